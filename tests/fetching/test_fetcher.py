"""Pages that are fetched over real HTTP and TLS, and the limits at which fetching ends."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis.strategies import binary, integers, lists, sampled_from, tuples

from assistant.certificates import tls_context
from assistant.fetching.fetcher import MOST_BYTES, MOST_REDIRECTS, SECONDS, Fetcher, Page
from assistant.fetching.refusals import Refused
from assistant.language import LANGUAGES
from tests.fetching.web import DEAD, PUBLIC, PUBLIC_6, SILENT, SITE, Reply, Web, dripping, head, raw, reply, to

KINDS = ["text/html", "text/plain"]
PAGE = f"http://{SITE}/page"
TEXT = "Small companies borrow at floating rates. 소형주는 변동금리로 빌려요. " * 20
DATA = TEXT.encode()
OK = head(200, {"content-type": "text/html"})
CHUNKED = head(200, {"content-type": "text/html", "transfer-encoding": "chunked"})
GZIPPED = head(200, {"content-type": "text/html", "content-encoding": "gzip"})


def fetch(web: Web, address: str = PAGE, seconds: float = SECONDS) -> Page:
    return web.fetcher(seconds).fetch(address, KINDS)


def refusal(web: Web, address: str = PAGE, seconds: float = SECONDS) -> Refused:
    with pytest.raises(Refused) as refused:
        fetch(web, address, seconds)
    for language in LANGUAGES:
        assert refused.value.message(language).startswith(f"{address}: ")
    return refused.value


NOTHING = b"\0\0\0\xff\xff"  # an empty block of a gzip stream
PACKED_NOTHING = zlib.compressobj(wbits=31).flush(zlib.Z_SYNC_FLUSH)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


# --- what works -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        f"http://{SITE}/page", f"https://{SITE}/page", f"HTTPS://{SITE.upper()}:443/a/../page#top",
        "https://www.example.test/page", "http://news.example.test./page", "https://러셀.test/page",
        f"http://{PUBLIC}/page", f"http://[{PUBLIC_6}]/page", "https://other.test/page", "http://dead.test/page",
    ],
)  # fmt: skip
def test_public_page_is_fetched(web: Web, address: str) -> None:
    web.names |= {"other.test": [PUBLIC_6], "dead.test": [DEAD, PUBLIC]}
    for host in (*web.names, PUBLIC, f"[{PUBLIC_6}]"):
        web.play(f"{host}/page", reply(TEXT))
    page = fetch(web, address)
    assert (page.data, page.kind, page.charset) == (DATA, "text/html", "utf-8")
    assert web.trapped == 0


@pytest.mark.parametrize(
    "answer",
    [
        reply(gzip.compress(DATA), content_encoding="gzip"),
        reply(gzip.compress(DATA), content_encoding="X-GZIP"),
        raw(CHUNKED, *(chunk(DATA[start : start + 100]) for start in range(0, len(DATA), 100)), b"0\r\n\r\n"),
        raw(head(100, {}) + head(103, {"link": "</a.css>"}), OK, DATA),
        raw(OK + DATA),
    ],
    ids=["gzip", "x-gzip", "chunked", "after hints", "until the end"],
)
def test_page_is_read_however_it_is_sent(web: Web, answer: Reply) -> None:
    web.play(f"{SITE}/page", answer)
    assert fetch(web).data == DATA


@pytest.mark.parametrize(
    ("header", "kind", "charset"),
    [
        ("Text/HTML;Charset=EUC-KR", "text/html", "EUC-KR"), ("text/plain; charset='utf-8'", "text/plain", "utf-8"),
        ("text/html", "text/html", None), (None, "text/html", None),
    ],
)  # fmt: skip
def test_type_and_charset_are_what_the_site_says(web: Web, header: str | None, kind: str, charset: str | None) -> None:
    web.play(f"{SITE}/page", reply(TEXT, kind=header))
    page = fetch(web)
    assert (page.kind, page.charset) == (kind, charset)


def test_page_knows_where_redirects_led(web: Web) -> None:
    for number in range(MOST_REDIRECTS):
        web.play(f"{SITE}/{number}", to(f"/{number + 1}", (301, 302, 303, 307, 308)[number % 5]))
    web.play(f"{SITE}/{MOST_REDIRECTS}", reply(TEXT))
    assert str(fetch(web, f"https://{SITE}/0").url) == f"https://{SITE}/{MOST_REDIRECTS}"


@pytest.mark.parametrize("location", ["/소형주 지수", "/%EC%86%8C%ED%98%95%EC%A3%BC%20지수"])
def test_redirect_in_plain_korean_is_followed(web: Web, location: str) -> None:
    web.play(f"{SITE}/page", raw(b"HTTP/1.1 302 Found\r\nLocation: " + location.encode() + b"\r\n\r\n"))
    web.play(f"{SITE}/%EC%86%8C%ED%98%95%EC%A3%BC%20%EC%A7%80%EC%88%98", reply(TEXT))
    assert fetch(web).data == DATA


# --- what the site answers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "en", "ko"),
    [
        (401, "The site answered 401 (it asks for a login).", "401(로그인 필요)"),
        (403, "The site answered 403 (refused).", "403(거부)"),
        (404, "The site answered 404 (there is no such page).", "404(없는 페이지)"),
        (410, "The site answered 410 (the page is gone).", "410"),
        (418, "The site answered 418.", "사이트가 418 응답"),
        (429, "The site answered 429 (too many requests; try again later).", "429(요청이 너무 많음"),
        (451, "The site answered 451 (not to be had for legal reasons).", "451"),
        (500, "The site answered 500 (trouble at the site; try again later).", "500(사이트 장애"),
        (503, "The site answered 503 (trouble at the site; try again later).", "503(사이트 장애"),
        (204, "The site answered 204.", "204"),
        (302, "The site answered 302.", "302"),
    ],
)
def test_status_is_told_with_its_meaning(web: Web, status: int, en: str, ko: str) -> None:
    web.play(f"{SITE}/page", raw(head(status, {"content-length": "0"})))
    refused = refusal(web)
    assert refused.reason == "status"
    assert en in refused.message("en") and ko in refused.message("ko")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply(b"%PDF-1.7", kind="application/pdf"), "type"),
        (reply(b"\0" * 100, kind="video/mp4"), "type"),
        (reply(TEXT, kind="text/html\u00e9"), "type"),
        (reply(TEXT, content_encoding="br"), "coding"),
        (reply(gzip.compress(gzip.compress(DATA)), content_encoding="gzip, gzip"), "coding"),
        (raw(GZIPPED, gzip.compress(DATA)[:-9]), "garbled"),
        (raw(GZIPPED, gzip.compress(DATA) + b"more"), "garbled"),
        (raw(GZIPPED, DATA), "garbled"),
        (raw(head(200, {"content-type": "text/html", "content-length": "9999"}), DATA), "garbled"),
        (raw(CHUNKED, chunk(DATA)), "garbled"),
        (raw(CHUNKED, b"zz\r\nzz"), "garbled"),
        (raw(head(200, {"content-length": "5"})[:-2] + b"Content-Length: 6\r\n\r\n", DATA), "garbled"),
        (raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "garbled"),
        (raw(b"<html>no head</html>\r\n\r\n"), "garbled"),
        (raw(b""), "garbled"),
        (raw(b"HTTP/1.1 200 OK\r\n", b"a: " + b"b" * 200_000), "garbled"),
        (raw(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"), "garbled"),
        (to(PAGE), "redirect_loop"),
        (to(f"{PAGE}?#"), "redirect_loop"),
        (to("mailto:a@example.test"), "scheme"),
    ],
)
def test_what_is_no_page_is_refused_with_its_reason(web: Web, answer: Reply, reason: str) -> None:
    web.play(f"{SITE}/page", answer)
    web.play(f"{SITE}/page?", to(PAGE))
    assert refusal(web).reason == reason


def test_redirects_in_a_circle_and_too_many_are_refused(web: Web) -> None:
    web.play(f"{SITE}/page", to("/b"))
    web.play(f"{SITE}/b", to("https://www.example.test/c"))
    web.play("www.example.test/c", to(PAGE))
    assert refusal(web).reason == "redirect_loop"
    for number in range(MOST_REDIRECTS + 1):
        web.play(f"{SITE}/{number}", to(f"/{number + 1}"))
    assert refusal(web, f"http://{SITE}/0").reason == "redirects"
    assert web.asked()[-1] == f"/{MOST_REDIRECTS}"


@settings(deadline=None, max_examples=60)
@given(
    sampled_from(
        [reply(DATA), reply(gzip.compress(DATA), content_encoding="gzip"), raw(CHUNKED, chunk(DATA), b"0\r\n\r\n")]
    ),
    lists(tuples(integers(0, 400), binary(max_size=4)), max_size=3),
    integers(0, 2000),
)
def test_damaged_reply_is_a_page_or_refused(answer: Reply, edits: list[tuple[int, bytes]], end: int) -> None:
    data = b"".join(answer())
    for place, piece in edits:
        data = data[:place] + piece + data[place + len(piece) :]
    with Web() as web:
        web.play(f"{SITE}/page", raw(data[:end]))
        try:
            assert len(fetch(web, seconds=2).data) <= len(DATA) + 12
        except Refused:
            pass


# --- limits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [OK, CHUNKED], ids=["plain", "chunked"])
def test_body_without_an_end_is_left_at_the_limit(web: Web, start: bytes) -> None:
    piece = b"x" * 1_000_000
    web.play(f"{SITE}/page", dripping(start, chunk(piece) if start is CHUNKED else piece, 0))
    assert refusal(web).reason == "too_big"


def test_limit_is_exact(web: Web) -> None:
    web.play(f"{SITE}/page", reply(b"x" * MOST_BYTES))
    assert len(fetch(web).data) == MOST_BYTES
    web.play(f"{SITE}/page", reply(gzip.compress(b"x" * MOST_BYTES), content_encoding="gzip"))
    assert len(fetch(web).data) == MOST_BYTES
    web.play(f"{SITE}/page", reply(b"x" * (MOST_BYTES + 1)))
    assert "larger than 10,000,000 bytes" in refusal(web).message("en")


def bomb(megabytes: int) -> bytes:
    """A gzip stream of so many megabytes of spaces: one packed megabyte, which stands alone, again and again."""
    packer = zlib.compressobj(wbits=31)
    begin = packer.compress(b" ") + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    return begin + piece * megabytes


def test_packed_gigabyte_never_fills_the_memory(web: Web) -> None:
    packed = bomb(9_500)
    assert 9_000_000 < len(packed) < MOST_BYTES
    assert len(zlib.decompressobj(31).decompress(packed, 20_000_000)) == 20_000_000  # it does unpack
    web.play(f"{SITE}/page", reply(packed, content_encoding="gzip"))
    tracemalloc.start()
    try:
        reason = refusal(web).reason
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert reason == "too_big" and peak < 4 * MOST_BYTES


def test_packed_nothing_without_an_end_is_left_at_the_limit(web: Web) -> None:
    web.play(f"{SITE}/page", dripping(GZIPPED + PACKED_NOTHING, NOTHING * 100_000, 0))
    assert refusal(web).reason == "too_big"


SLOW: dict[str, Reply] = {
    "body": dripping(OK, b"x", 0.05),
    "packed body": dripping(GZIPPED + PACKED_NOTHING, NOTHING, 0.05),
    "head": dripping(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n", 0.05),
    "first line": dripping(b"HTTP/1.1 ", b"2", 0.05),
    "hints": dripping(b"", head(103, {"link": "</a.css>"}), 0.05),
    "trailers": dripping(CHUNKED + chunk(DATA) + b"0\r\n", b"a: b\r\n", 0.05),
}


@pytest.mark.parametrize("slow", SLOW)
def test_site_that_drips_is_left_when_the_time_is_over(web: Web, slow: str) -> None:
    web.play(f"{SITE}/page", SLOW[slow])
    began = time.monotonic()
    assert refusal(web, seconds=0.5).reason == "too_slow"
    assert time.monotonic() - began < 2


def test_time_is_for_all_redirects_together(web: Web) -> None:
    def late(location: str) -> Reply:
        def pieces() -> list[bytes]:
            time.sleep(0.3)
            return [head(302, {"location": location})]

        return pieces

    for number in range(4):
        web.play(f"{SITE}/{number}", late(f"/{number + 1}"))
    began = time.monotonic()
    assert refusal(web, f"http://{SITE}/0", seconds=0.8).reason == "too_slow"
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_site_that_says_nothing_is_left(web: Web, scheme: str) -> None:
    web.names[SITE] = [SILENT]
    refused = refusal(web, f"{scheme}://{SITE}/page", seconds=0.3)
    assert refused.reason == "too_slow" and "0.3 seconds" in refused.message("en")


def test_name_server_that_says_nothing_is_left(web: Web) -> None:
    def look_up() -> list[str]:
        time.sleep(1)
        return [PUBLIC]

    web.names[SITE] = look_up
    began = time.monotonic()
    assert refusal(web, seconds=0.2).reason == "too_slow"
    assert time.monotonic() - began < 0.9 and web.dialled == []


def test_site_that_is_not_there_or_not_to_be_reached_says_so(web: Web) -> None:
    assert refusal(web, "http://unknown.test/").reason == "unknown_host"
    web.names["nowhere.test"] = []
    assert refusal(web, "http://nowhere.test/").reason == "unknown_host"
    web.names[SITE] = [DEAD, DEAD]
    refused = refusal(web)
    assert refused.reason == "unreachable" and "Connection refused" in refused.message("ko")


# --- TLS ------------------------------------------------------------------------------------------------------------


def test_certificate_of_another_name_is_refused(web: Web) -> None:
    web.names["impostor.test"] = [PUBLIC]
    refused = refusal(web, "https://impostor.test/page")
    assert refused.reason == "tls" and "impostor.test" in refused.message("en")
    assert web.requests == []


@pytest.mark.parametrize("address", [f"https://{PUBLIC}/page", f"https://{SITE}/page"])
def test_certificate_of_another_address_or_authority_is_refused(web: Web, address: str) -> None:
    with pytest.raises(Refused) as refused:
        Fetcher(web.resolve, web.connect, tls_context).fetch(address, KINDS)
    assert refused.value.reason == "tls" and web.requests == []


def test_plain_request_to_a_port_that_speaks_tls_is_refused(web: Web) -> None:
    assert refusal(web, f"http://{SITE}:443/page").reason == "garbled"
