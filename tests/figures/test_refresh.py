"""Refreshes with scripted providers: what is due is fetched, failures are stored and waited out, nobody is held up."""

from __future__ import annotations

import gc
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assistant.figures.refresh import Refresher, Report
from assistant.figures.store import FigureStore
from assistant.providers.provider import Fetched, FetchError, Reason, Refused, Series
from assistant.types import Figure

logger = logging.getLogger(__name__)

START = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)  # Friday, New York has closed
DAY = date(2026, 11, 20)
SUBJECTS = (
    "IWM",
    "VTWO",
    "SPY",
    "QQQ",
    "Russell 2000",
    "S&P 500",
    "Nasdaq-100",
    "USD/KRW",
    "KRE",
    "XBI",
    "XLF",
    "XLI",
    "XLE",
)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Scripted:
    """A provider that answers as it is told, and keeps what it was asked."""

    name: str = "yahoo"
    spacing: float = 0.0
    names: tuple[str, ...] = ("IWM", "SPY")
    answer: Callable[[str], Fetched] = field(default=lambda subject: Fetched((price(subject),)))
    asked: list[str] = field(default_factory=list)

    def subjects(self) -> tuple[str, ...]:
        return self.names

    def fetch(self, subject: str) -> Fetched:
        self.asked.append(subject)
        return self.answer(subject)


def price(subject: str, value: float = 250.0, as_of: date = DAY, metric: str = "price") -> Figure:
    return Figure(subject, metric, value, "usd", as_of, "live", "Yahoo Finance", as_of_kind="trade_date")


def failing(reason: Reason, retry_after: float | None = None) -> Callable[[str], Fetched]:
    def fail(subject: str) -> Fetched:
        raise FetchError(reason, "scripted", retry_after)

    return fail


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FigureStore]:
    opened = FigureStore(tmp_path / "figures.sqlite3")
    yield opened
    opened.close()


def refresher(store: FigureStore, clock: Clock, *providers: Scripted, **more: object) -> Refresher:
    return Refresher(providers, store, now=clock, chance=lambda: 0.0, **more)  # type: ignore[arg-type]


def statuses(report: Report) -> list[tuple[str, str, str]]:
    return [(outcome.provider, outcome.subject, outcome.status) for outcome in report.outcomes]


def held(seconds: float = 10.0) -> tuple[Callable[[str], Fetched], threading.Event]:
    """An answer that comes only once it is let go."""
    gate = threading.Event()

    def answer(subject: str) -> Fetched:
        gate.wait(seconds)
        return Fetched((price(subject),))

    return answer, gate


def test_nothing_is_fetched_on_construction(store: FigureStore, clock: Clock) -> None:
    provider = Scripted()
    threads = set(threading.enumerate())
    refresher(store, clock, provider)
    assert provider.asked == [] and set(threading.enumerate()) <= threads


def test_what_is_fetched_is_stored_and_reported(store: FigureStore, clock: Clock) -> None:
    provider, seen = Scripted(), list[tuple[str, int, int]]()
    report = refresher(store, clock, provider).refresh(
        progress=lambda o, done, total: seen.append((o.subject, done, total))
    )
    assert statuses(report) == [("yahoo", "IWM", "ok"), ("yahoo", "SPY", "ok")]
    assert provider.asked == ["SPY", "IWM"]  # the benchmark first
    assert seen == [("SPY", 1, 2), ("IWM", 2, 2)]
    assert [figure.subject for figure in store.figures()] == ["IWM", "SPY"]
    assert len(report.outcomes[0].saved.new) == 1 and report.started == report.ended == START


def test_only_what_is_asked_for_is_fetched(store: FigureStore, clock: Clock) -> None:
    provider = Scripted()
    report = refresher(store, clock, provider).refresh(["IWM", "nobody's"])
    assert provider.asked == ["IWM"] and len(report.outcomes) == 1


def test_nothing_is_fetched_before_it_is_due(store: FigureStore, clock: Clock) -> None:
    provider = Scripted()
    live = refresher(store, clock, provider)
    live.refresh()
    clock.pass_by(days=2)  # Sunday
    report = live.refresh()
    assert {status for *_, status in statuses(report)} == {"not_due"} and len(provider.asked) == 2
    assert report.outcomes[0].next_try == datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
    clock.pass_by(days=1)
    assert live.refresh().count("ok") == 2
    assert live.refresh(force=True).count("ok") == 2


def test_the_shortest_time_to_live_of_a_fetch_counts(store: FigureStore, clock: Clock) -> None:
    provider = Scripted(
        names=("IWM",), answer=lambda s: Fetched((price(s, metric="nav"), price(s, 5e9, metric="net_assets")))
    )
    live = refresher(store, clock, provider)
    live.refresh()
    assert live.refresh().outcomes[0].next_try == START + timedelta(hours=12)


def test_fetch_of_which_a_part_failed_in_passing_is_due_soon(store: FigureStore, clock: Clock) -> None:
    refused = Refused("IWM", "net_assets", "server_error", "500")
    provider = Scripted(names=("IWM",), answer=lambda s: Fetched((price(s),), refused=(refused,)))
    live = refresher(store, clock, provider)
    live.refresh()
    assert live.refresh().outcomes[0].next_try == START + timedelta(hours=1)


@pytest.mark.parametrize(
    ("reason", "minutes"),
    [
        ("rate_limited", [15, 60, 360, 360]),
        ("server_error", [1, 5, 30, 30]),
        ("timeout", [1, 5, 30, 30]),
        ("unreachable", [1, 5, 30, 30]),
        ("unauthorized", [1, 5, 30, 30]),
        ("not_data", [360, 360]),
        ("changed", [360, 360]),
    ],
)
def test_failures_keep_a_provider_shut_longer_and_longer(
    store: FigureStore, clock: Clock, reason: Reason, minutes: list[int]
) -> None:
    provider = Scripted(answer=failing(reason))
    live = refresher(store, clock, provider)
    for n, wait in enumerate(minutes, 1):
        report = live.refresh()
        assert statuses(report) == [("yahoo", "IWM", "open"), ("yahoo", "SPY", "failed")]
        assert {outcome.next_try for outcome in report.outcomes} == {clock.now + timedelta(minutes=wait)}
        assert {outcome.reason for outcome in report.outcomes} == {reason}
        state = store.state("yahoo")
        assert (state.failures, state.changed) == (n, reason in ("not_data", "changed"))
        clock.pass_by(minutes=wait, seconds=-1)
        assert live.refresh().count("open") == 2
        clock.pass_by(seconds=1)
    assert len(provider.asked) == len(minutes)  # each time one subject only
    assert [(missing.reason, missing.source) for missing in store.missing()] == [(reason, "yahoo")]


def test_retry_after_is_honoured_and_chance_spreads_the_waits(store: FigureStore, clock: Clock) -> None:
    live = refresher(store, clock, Scripted(answer=failing("rate_limited", 90.0)))
    live.refresh()
    assert store.state("yahoo").next_try == START + timedelta(seconds=90)
    spread = Refresher([Scripted("other", answer=failing("rate_limited"))], store, now=clock, chance=lambda: 1.0)
    spread.refresh()
    assert store.state("other").next_try == START + timedelta(minutes=18)


@pytest.mark.parametrize("wait", [0.0, 1e12])
def test_odd_retry_after_does_no_harm(store: FigureStore, clock: Clock, wait: float) -> None:
    refresher(store, clock, Scripted(answer=failing("rate_limited", wait))).refresh()
    assert store.state("yahoo").next_try == START + min(timedelta(seconds=wait), timedelta(days=7))


def test_force_does_not_override_a_provider_that_asked_to_be_left_alone(store: FigureStore, clock: Clock) -> None:
    limited, down = (
        Scripted("limited", answer=failing("rate_limited")),
        Scripted("down", answer=failing("server_error")),
    )
    live = refresher(store, clock, limited, down)
    live.refresh()
    live.refresh(force=True)
    assert (len(limited.asked), len(down.asked)) == (1, 2)


def test_open_breaker_outlives_the_process(tmp_path: Path, clock: Clock) -> None:
    path, provider = tmp_path / "figures.sqlite3", Scripted(answer=failing("rate_limited", 3600.0))
    first = FigureStore(path)
    refresher(first, clock, provider).refresh()
    first.close()
    second = FigureStore(path)
    clock.pass_by(minutes=59)
    assert refresher(second, clock, provider).refresh(force=True).count("open") == 2 and len(provider.asked) == 1
    clock.pass_by(minutes=1)
    provider.answer = Scripted().answer
    assert refresher(second, clock, provider).refresh().count("ok") == 2
    state = second.state("yahoo")
    assert (state.failures, state.next_try, state.last_ok, state.reason) == (0, None, clock.now, "rate_limited")
    second.close()


@pytest.mark.parametrize("reason", ["not_found", "implausible"])
def test_failure_of_a_subject_concerns_no_other(store: FigureStore, clock: Clock, reason: Reason) -> None:
    def answer(subject: str) -> Fetched:
        return failing(reason)(subject) if subject == "SPY" else Fetched((price(subject),))

    provider = Scripted(answer=answer)
    live = refresher(store, clock, provider)
    report = live.refresh()
    assert statuses(report) == [("yahoo", "IWM", "ok"), ("yahoo", "SPY", "failed")]
    assert not store.state("yahoo").shut(clock.now)
    clock.pass_by(hours=5)
    assert live.refresh().outcomes[1].next_try == START + timedelta(hours=6)
    clock.pass_by(hours=1)
    live.refresh()
    assert provider.asked == ["SPY", "IWM", "SPY"]


def test_failed_fetch_changes_no_good_row(store: FigureStore, clock: Clock) -> None:
    provider = Scripted()
    live = refresher(store, clock, provider)
    live.refresh()
    before = store.figures()
    for reason in ("rate_limited", "not_data", "timeout", "implausible", "not_found"):
        provider.answer = failing(reason)  # type: ignore[arg-type]
        live.refresh(force=True)
        assert store.figures() == before
        clock.pass_by(days=1)


def test_reply_that_a_parser_trips_over_is_a_changed_one(
    store: FigureStore, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    provider = Scripted(answer=lambda subject: Fetched(({}["figures"],)))
    report = refresher(store, clock, provider).refresh()
    assert report.outcomes[1].reason == "changed" and store.state("yahoo").changed
    assert "cannot be understood" in caplog.text


def test_programming_error_is_raised_and_leaves_no_refresh_behind(store: FigureStore, clock: Clock) -> None:
    def broken(subject: str) -> Fetched:
        raise NotImplementedError

    provider, other = Scripted(answer=broken), Scripted("other")
    live = refresher(store, clock, provider, other)
    with pytest.raises(NotImplementedError):
        live.refresh()
    assert len(other.asked) == 2 and not [t for t in threading.enumerate() if t.name.startswith("refresh")]
    provider.answer = Scripted().answer
    assert live.refresh(force=True).count("ok") == 4


def test_store_that_cannot_be_written_is_reported(store: FigureStore, clock: Clock) -> None:
    live = refresher(store, clock, Scripted())
    store.close()
    report = live.refresh()
    assert {(outcome.status, outcome.reason) for outcome in report.outcomes} == {("failed", "not_stored")}


def test_requests_keep_their_distance(store: FigureStore, clock: Clock) -> None:
    pauses: list[float] = []
    provider = Scripted(spacing=2.0, names=("A", "B", "C"))
    live = refresher(store, clock, provider, pause=pauses.append)
    live.refresh()
    assert len(pauses) == 2 and all(1.5 < pause <= 2.0 for pause in pauses)
    live.refresh(force=True)
    assert len(pauses) == 5  # the next refresh too


def test_providers_are_asked_at_once(store: FigureStore, clock: Clock) -> None:
    together = threading.Barrier(3)

    def answer(subject: str) -> Fetched:
        together.wait(5)
        return Fetched()

    providers = [Scripted(name, names=("IWM",), answer=answer) for name in "abc"]
    assert refresher(store, clock, *providers).refresh().count("ok") == 3


def test_two_refreshes_at_once_are_one(store: FigureStore, clock: Clock) -> None:
    answer, gate = held()
    provider = Scripted(names=("IWM",), answer=answer)
    live = refresher(store, clock, provider)
    reports: list[Report] = []
    threads = [threading.Thread(target=lambda: reports.append(live.refresh())) for _ in range(5)]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    gate.set()
    for thread in threads:
        thread.join()
    assert provider.asked == ["IWM"] and len(reports) == 5
    assert sum(report is reports[0] for report in reports) >= 2


def test_who_asks_for_more_waits_and_gets_it(store: FigureStore, clock: Clock) -> None:
    answer, gate = held()
    provider = Scripted(answer=answer)
    live = refresher(store, clock, provider)
    first = threading.Thread(target=live.refresh, args=(["SPY"],))
    first.start()
    while not provider.asked:
        time.sleep(0.001)
    threading.Timer(0.05, gate.set).start()
    report = live.refresh(["IWM"], force=True)
    first.join()
    assert provider.asked == ["SPY", "IWM"] and statuses(report) == [("yahoo", "IWM", "ok")]


def test_dead_network_is_given_up(store: FigureStore, clock: Clock) -> None:
    answer, gate = held()
    silent, refused = Scripted("silent", answer=answer), Scripted("refused", answer=failing("unreachable"))
    live = refresher(store, clock, silent, refused, patience=0.2)
    began = time.monotonic()
    report = live.refresh()
    assert time.monotonic() - began < 5
    assert [(outcome.provider, outcome.status, outcome.reason) for outcome in report.outcomes] == [
        ("silent", "failed", "timeout"), ("silent", "open", "timeout"),
        ("refused", "open", "unreachable"), ("refused", "failed", "unreachable"),
    ]  # fmt: skip
    assert store.state("silent").failures == 1 and silent.asked == ["SPY"]
    clock.pass_by(minutes=2)
    again = live.refresh(["IWM"])  # its thread still waits: it is not asked a second time
    assert again.outcomes[0].detail == "the last request still waits for its reply" and silent.asked == ["SPY"]
    gate.set()  # what comes late is stored all the same
    for thread in threading.enumerate():
        if thread.name == "refresh silent":
            thread.join()
    assert [figure.subject for figure in store.figures()] == ["SPY"] and store.state("silent").failures == 0


def test_late_failure_counts_once(store: FigureStore, clock: Clock) -> None:
    gate = threading.Event()

    def answer(subject: str) -> Fetched:
        gate.wait(10)
        raise FetchError("timeout", "late")

    live = refresher(store, clock, Scripted(answer=answer), patience=0.1)
    live.refresh()
    gate.set()
    for thread in threading.enumerate():
        if thread.name.startswith("refresh"):
            thread.join()
    assert store.state("yahoo").failures == 1


def test_provider_that_takes_long_while_all_is_well_may_say_so(store: FigureStore, clock: Clock) -> None:
    class Slow(Scripted):
        patience = 10.0

    def answer(subject: str) -> Fetched:
        time.sleep(0.3)
        return Fetched((price(subject),))

    assert refresher(store, clock, Slow(names=("US",), answer=answer), patience=0.1).refresh().count("ok") == 1


def test_background_refreshes_and_holds_nobody_up(store: FigureStore, clock: Clock) -> None:
    answer, gate = held()
    provider = Scripted(answer=answer)
    live = refresher(store, clock, provider)
    began = time.monotonic()
    live.start()
    live.start()  # once is enough
    assert time.monotonic() - began < 1
    while not provider.asked:
        time.sleep(0.001)
    assert store.figures() == []  # questions are answered meanwhile
    began = time.monotonic()
    live.stop()
    assert time.monotonic() - began < 1
    gate.set()
    live.stop()
    while [thread for thread in threading.enumerate() if thread.name.startswith("refresh")]:
        time.sleep(0.001)
    provider.answer = Scripted().answer
    live.start()
    while len(store.figures()) < 2:
        time.sleep(0.001)
    live.stop()


def test_background_asks_less_often_than_a_user(
    store: FigureStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.figures.refresh._TICK", 0.001)
    clock.now = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # New York trades
    provider = Scripted(names=("IWM",))
    live = refresher(store, clock, provider)
    live.refresh()
    clock.pass_by(minutes=16)
    live.start()
    time.sleep(0.05)
    assert len(provider.asked) == 1
    clock.pass_by(minutes=15)
    until = time.monotonic() + 5
    while len(provider.asked) < 2 and time.monotonic() < until:
        time.sleep(0.001)
    live.stop()
    assert len(provider.asked) == 2
    while [thread for thread in threading.enumerate() if thread.name.startswith("refresh")]:
        time.sleep(0.001)  # the reply that was under way when it was stopped
    clock.pass_by(minutes=16)
    assert live.refresh().count("ok") == 1


def test_stopped_refresh_reports_what_it_left(store: FigureStore, clock: Clock) -> None:
    answer, gate = held()
    provider = Scripted(answer=answer)
    live = refresher(store, clock, provider)
    reports: list[Report] = []
    thread = threading.Thread(target=lambda: reports.append(live.refresh()))
    thread.start()
    while not provider.asked:
        time.sleep(0.001)
    live.stop()
    thread.join(2)
    gate.set()
    assert {(outcome.status, outcome.reason) for outcome in reports[0].outcomes} == {("failed", "stopped")}


def _history(subject: str, end: date = DAY, days: int = 3700) -> Fetched:
    every = [end - timedelta(days=back) for back in range(days, -1, -1)]
    week = [day for day in every if day.weekday() < 5]
    close = tuple((day, 100.0 + n % 7 + len(subject) * (n % 2)) for n, day in enumerate(week))
    adjusted = tuple((day, value * (0.8 + 0.2 * n / len(close))) for n, (day, value) in enumerate(close))
    volume = tuple((day, 1e6) for day in week)
    return Fetched(
        (price(subject, close[-1][1], end),),
        tuple(
            Series(subject, metric, "usd", points, "Yahoo Finance", "https://example.org")
            for metric, points in (("close", close), ("adjusted_close", adjusted), ("volume", volume))
        ),
    )


def test_figures_are_computed_after_a_fetch(store: FigureStore, clock: Clock) -> None:
    nav = Scripted("issuer", names=("IWM",), answer=lambda s: Fetched((price(s, 100.0, metric="nav"),)))
    live = refresher(store, clock, Scripted(names=("IWM", "SPY"), answer=_history), nav)
    live.refresh()
    live.refresh(["IWM"], force=True)
    found = {
        (figure.metric, figure.basis)
        for figure in store.figures()
        if figure.subject == "IWM" and figure.source == "computed"
    }
    assert {("return.10y", "total return"), ("return.10y", "price return"), ("beta.3y", "total return"),
            ("relative_return.ytd", "total return"), ("premium_discount", "")} <= found  # fmt: skip


def test_others_are_compared_again_when_the_benchmark_comes_later(store: FigureStore, clock: Clock) -> None:
    live = refresher(store, clock, Scripted(answer=_history))
    live.refresh(["IWM"])
    assert store.current("IWM", "beta.3y") == []
    live.refresh(["SPY"])
    assert len(store.current("IWM", "beta.3y")) == 1


def test_thirteen_subjects_take_less_than_five_seconds(
    store: FigureStore, clock: Clock, record_property: Callable[[str, object], None]
) -> None:
    def answer(subject: str) -> Fetched:
        time.sleep(0.02)
        return _history(subject)

    live = refresher(store, clock, Scripted(names=SUBJECTS, answer=answer), Scripted("issuer", names=SUBJECTS[:4]))
    for kind in ("first", "second"):
        began = time.monotonic()
        assert live.refresh(force=True).count("ok") == 17
        seconds = time.monotonic() - began
        times = seconds / (13 * 0.02)
        record_property(kind, f"{seconds:.2f} s, {times:.1f} times the server's own time")
        logger.info("%s refresh of 13 subjects: %.2f s, %.1f times the server's own time", kind, seconds, times)
        assert seconds < 15


def _handles() -> int:
    gc.collect()
    return len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0


def _refresh_often(store: FigureStore, clock: Clock, times: int) -> None:
    def answer(subject: str) -> Fetched:
        return failing("server_error")(subject) if subject == "XLE" else Fetched((price(subject),))

    live = refresher(
        store, clock, Scripted(names=("IWM", "SPY", "XLE"), answer=answer), Scripted("other", answer=failing("timeout"))
    )
    live.refresh(force=True)
    threads, handles = set(threading.enumerate()), _handles()
    for _ in range(times):
        clock.pass_by(hours=1)
        live.refresh(force=True)
    assert set(threading.enumerate()) <= threads
    assert _handles() <= handles  # fewer where something of an earlier test ends meanwhile


def test_200_refreshes_leave_no_thread_or_handle(
    store: FigureStore, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    _refresh_often(store, clock, 200)


@pytest.mark.slow
def test_1000_refreshes_leave_no_thread_or_handle(
    store: FigureStore, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    _refresh_often(store, clock, 1000)
