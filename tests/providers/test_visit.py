"""What a visit asks, how it waits, and what is left of it when parts fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from assistant.providers.provider import Fetched, FetchError, Reason, Refused, Series
from assistant.providers.visit import Part, Visit, collect
from tests.providers.player import Player, Reply

SERIES = Series("US", "macro.X", "percent", ((date(2001, 1, 2), 1.0),), "synthetic", "")


def _parts(*reasons: Reason | None) -> tuple[list[Part], list[int]]:
    """Parts that bring a series, or fail for a reason; and which of them were asked."""
    asked: list[int] = []

    def part(at: int, reason: Reason | None) -> Callable[[], Fetched]:
        def fetch() -> Fetched:
            asked.append(at)
            if reason is not None:
                raise FetchError(reason, f"part {at}")
            return Fetched(series=(SERIES,))

        return fetch

    return [(f"metric.{at}", part(at, reason)) for at, reason in enumerate(reasons)], asked


def test_first_request_does_not_wait(player: Player) -> None:
    player.play("www.sec.gov", "/", Reply(200, b"{}"))
    pauses: list[float] = []
    visit = Visit(0.7, pauses.append)
    for _ in range(3):
        visit.get("https://www.sec.gov/x", user_agent="somebody")
    assert pauses == [0.7, 0.7]
    assert {request.headers["user-agent"] for request in player.requests} == {"somebody"}


def test_slow_reply_is_a_timeout(player: Player) -> None:
    player.play("www.sec.gov", "/", Reply(200, b"{}", delay=2.0))
    with pytest.raises(FetchError) as caught:
        Visit(0, lambda seconds: None, seconds=0.2).get("https://www.sec.gov/x")
    assert caught.value.reason == "timeout"


def test_dead_proxy_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with pytest.raises(FetchError) as caught:
        Visit(0, lambda seconds: None).get("https://www.sec.gov/x")
    assert caught.value.reason == "unreachable"


def test_parts_come_together_with_what_was_refused() -> None:
    parts, asked = _parts(None, "server_error", None)
    got = collect("US", parts)
    assert got.series == (SERIES, SERIES)
    assert got.refused == (Refused("US", "metric.1", "server_error", "part 1"),)
    assert asked == [0, 1, 2]


@pytest.mark.parametrize(
    ("reasons", "asked"),
    [
        ((None, "timeout", "timeout", None), [0, 1, 2]),
        ((None, "unreachable", "timeout", None), [0, 1, 2]),
        ((None, "unauthorized", "unauthorized", None), [0, 1, 2]),
        ((None, "timeout", None, "timeout", None), [0, 1, 2, 3, 4]),
        ((None, "timeout", "changed", "timeout", None), [0, 1, 2, 3, 4]),
        ((None, "server_error", "server_error", "not_found", None), [0, 1, 2, 3, 4]),
    ],
)
def test_site_that_does_not_answer_twice_is_left_alone(reasons: tuple[Reason | None, ...], asked: list[int]) -> None:
    parts, really = _parts(*reasons)
    got = collect("US", parts)
    assert really == asked
    assert len(got.series) + len(got.refused) == len(reasons)
    assert all(
        refused.detail.startswith("not asked for") for refused in got.refused if refused.metric == "metric.3"
    ) or (3 in asked)


def test_dead_site_is_given_up_after_two_parts() -> None:
    parts, asked = _parts(*["timeout"] * 20)
    with pytest.raises(FetchError, match="part 0"):
        collect("US", parts)
    assert asked == [0, 1]


@pytest.mark.parametrize(("keep", "first"), [(False, None), (True, "not_found")])
def test_rate_limit_raises(keep: bool, first: Reason | None) -> None:
    parts, asked = _parts(first, "rate_limited", None)
    with pytest.raises(FetchError) as caught:
        collect("US", parts, keep_when_limited=keep)
    assert caught.value.reason == "rate_limited"
    assert asked == [0, 1]


def test_rate_limit_may_keep_what_came() -> None:
    parts, asked = _parts(None, "rate_limited", None)
    got = collect("US", parts, keep_when_limited=True)
    assert got.series == (SERIES,)
    assert [refused.reason for refused in got.refused] == ["rate_limited", "rate_limited"]
    assert asked == [0, 1]
