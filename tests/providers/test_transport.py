"""Plain HTTP through a proxy and over TLS: what arrives, and by which name each failure goes."""

from __future__ import annotations

import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from assistant.providers import transport
from assistant.providers.provider import FetchError
from tests.outgoing.sitecustomize import taken_notes
from tests.providers.player import Answer, Player, Reply

HOST = "fred.stlouisfed.org"
URL = f"https://{HOST}/data"
CSV = Reply(body=b"observation_date,DGS10\n2001-01-02,5.01\n", content_type="text/csv")  # synthetic
PAGE = b"<!DOCTYPE html><html><body>Please wait</body></html>"


def _fails(player: Player, *replies: Answer, seconds: float = 5.0) -> FetchError:
    player.play(HOST, "/", *replies)
    with pytest.raises(FetchError) as caught:
        transport.get(URL, seconds=seconds)
    assert URL in caught.value.detail
    return caught.value


def test_reply_arrives_through_the_proxy(player: Player) -> None:
    player.play(HOST, "/data", CSV)
    got = transport.get(URL, {"id": "DGS10", "cosd": "2001-01-01"}, accept="text/csv")
    assert got.body == CSV.body
    assert got.content_type == "text/csv"
    assert player.connects == [f"{HOST}:443"]
    (request,) = player.requests
    assert (request.host, request.path, request.query) == (HOST, "/data", {"id": "DGS10", "cosd": "2001-01-01"})
    assert (request.headers["user-agent"], request.headers["accept"]) == (transport.USER_AGENT, "text/csv")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (429, "rate_limited"),
        (401, "unauthorized"),
        (403, "unauthorized"),
        (404, "not_found"),
        (500, "server_error"),
        (503, "server_error"),
        (418, "changed"),
    ],
)
def test_each_status_has_its_reason(player: Player, status: int, reason: str) -> None:
    error = _fails(player, Reply(status, PAGE, "text/html"))
    assert (error.reason, error.retry_after) == (reason, None)
    assert str(status) in error.detail


def test_retry_after_in_seconds(player: Player) -> None:
    assert _fails(player, Reply(429, headers={"Retry-After": "120"})).retry_after == 120


def test_retry_after_as_a_date(player: Player) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert _fails(player, Reply(503, headers={"Retry-After": later})).retry_after == pytest.approx(90, abs=3)
    past = "Mon, 01 Jan 2001 00:00:00 GMT"
    assert _fails(player, Reply(429, headers={"Retry-After": past})).retry_after == 0


@pytest.mark.parametrize("value", ["soon", "-5", "", "²"])
def test_retry_after_that_says_nothing(value: str) -> None:
    assert transport.retry_after({"retry-after": value}) is None


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(PAGE, "text/html; charset=utf-8"), (b"\xef\xbb\xbf \n<HTML>", "text/csv"), (PAGE, "application/json")],
)
def test_page_is_no_data(player: Player, body: bytes, content_type: str) -> None:
    assert _fails(player, Reply(body=body, content_type=content_type)).reason == "not_data"


def test_no_reply_in_time(player: Player) -> None:
    assert _fails(player, Reply(delay=5), seconds=0.2).reason == "timeout"


def test_slow_drip_ends_in_time(player: Player) -> None:
    started = time.monotonic()
    assert _fails(player, Reply(body=b"1" * 10_000, drip=0.05), seconds=0.3).reason == "timeout"
    assert time.monotonic() - started < 1


def test_body_that_is_cut_off(player: Player) -> None:
    assert _fails(player, Reply(body=CSV.body, cut=10)).reason == "changed"


def test_body_that_cannot_be_unpacked(player: Player) -> None:
    assert _fails(player, Reply(body=b"not gzip", headers={"Content-Encoding": "gzip"})).reason == "changed"


def test_body_without_end(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MOST_BYTES", 1000)
    assert _fails(player, Reply(body=b"1" * 2000)).reason == "not_data"


def test_redirect_is_followed(player: Player) -> None:
    player.play(HOST, "/data", Reply(302, headers={"Location": f"https://{HOST}/there"}))
    player.play(HOST, "/there", CSV)
    assert transport.get(URL).body == CSV.body


def test_redirects_without_end(player: Player) -> None:
    assert _fails(player, Reply(302, headers={"Location": URL})).reason == "changed"


def test_proxy_that_is_not_there(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert _fails(player, CSV).reason == "unreachable"
    assert player.connects == []


@pytest.mark.parametrize("proxy", ["nonsense://127.0.0.1:1", "socks5://127.0.0.1:1"])
def test_proxy_that_cannot_be_used(player: Player, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    assert _fails(player, CSV).reason == "unreachable"


def test_proxy_whose_name_is_no_name(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://[")
    assert _fails(player, CSV).reason == "unreachable"
    assert taken_notes().startswith("socket.getaddrinfo: %5B\n")  # all the same it is looked up


def test_certificate_of_an_unknown_authority(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    error = _fails(player, CSV)
    assert error.reason == "unreachable"
    assert "CERTIFICATE_VERIFY_FAILED" in error.detail
    assert player.requests == []


@pytest.mark.parametrize("left_out", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_either_variable_names_the_authority(player: Player, monkeypatch: pytest.MonkeyPatch, left_out: str) -> None:
    monkeypatch.delenv(left_out)
    player.play(HOST, "/", CSV)
    assert transport.get(URL).body == CSV.body


def test_bundle_that_is_not_there(player: Player, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    error = _fails(player, CSV)
    assert error.reason == "unreachable"
    assert "missing.pem" in error.detail
