"""The store keeps good rows good: nothing older, failed, doubtful or damaged takes their place, in any order."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import IndexingError
from assistant.figures.admission import implausible
from assistant.figures.breaker import ProviderState
from assistant.figures.saving import Saved
from assistant.figures.store import FigureStore
from assistant.providers.provider import Fetched, FetchError, Refused, Series
from assistant.types import Figure

NOW = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FigureStore]:
    opened = FigureStore(tmp_path / "figures.sqlite3")
    yield opened
    opened.close()


def _figure(
    value: float | date = 250.0,
    as_of: date = DAY,
    metric: str = "price",
    unit: str = "usd",
    source: str = "Yahoo Finance",
    basis: str = "",
    quality: str = "ok",
) -> Figure:
    return Figure(
        "IWM", metric, value, unit, as_of, "live", source, as_of_kind="trade_date", basis=basis, quality=quality,
        currency="USD" if unit == "usd" else None, source_url="https://example.org/IWM", raw_path="meta.price",
    )  # fmt: skip


def _save(store: FigureStore, *figures: Figure, hours: float = 0, **more: tuple[Refused, ...]) -> Saved:
    return store.save("yahoo", "IWM", Fetched(figures, **more), NOW + timedelta(hours=hours))  # type: ignore[arg-type]


def _values(store: FigureStore) -> list[float | date]:
    return [figure.value for figure in store.figures()]


def _series(points: dict[date, float], metric: str = "close", source: str = "Yahoo Finance") -> Fetched:
    return Fetched(series=(Series("IWM", metric, "usd", tuple(points.items()), source, "https://example.org"),))


def _days(first: date, *values: float) -> dict[date, float]:
    return {first + timedelta(days=n): value for n, value in enumerate(values)}


def test_figure_comes_back_whole(store: FigureStore) -> None:
    figure = _figure()
    saved = _save(store, figure)
    (back,) = store.figures()
    assert back.fetched_at == NOW and saved == Saved(new=(back,))
    assert {name: getattr(back, name) for name in Figure.__slots__ if name != "fetched_at"} == {
        name: getattr(figure, name) for name in Figure.__slots__ if name != "fetched_at"
    }
    assert store.history("IWM", "price") == store.current("IWM", "price") == [back]


def test_dates_and_inputs_are_kept(store: FigureStore) -> None:
    began = Figure(
        "IWM", "inception_date", date(2000, 5, 22), "date", DAY, "live", "BlackRock", formula="f", inputs=("a", "b")
    )
    _save(store, began)
    (back,) = store.figures()
    assert (back.value, back.inputs, back.formula) == (date(2000, 5, 22), ("a", "b"), "f")


def test_same_value_and_date_only_counts_as_fetched_again(store: FigureStore) -> None:
    _save(store, _figure())
    saved = _save(store, _figure(), hours=1)
    (back,) = store.figures()
    assert back.fetched_at == NOW + timedelta(hours=1) and saved.kept == (back,)
    assert len(store.history("IWM", "price")) == 1


def test_newer_value_becomes_current_and_the_old_one_history(store: FigureStore) -> None:
    _save(store, _figure())
    _save(store, _figure(251.0), _figure(252.0, DAY + timedelta(days=1)), hours=20)
    assert _values(store) == [252.0]
    assert [figure.value for figure in store.history("IWM", "price")] == [250.0, 251.0, 252.0]


def test_keys_differ_by_basis_and_source(store: FigureStore) -> None:
    _save(store, _figure(5.0, metric="return.1y", unit="percent", basis="price return"),
          _figure(6.0, metric="return.1y", unit="percent", basis="total return"),
          _figure(7.0, metric="return.1y", unit="percent", basis="total return", source="other"))  # fmt: skip
    assert _values(store) == [6.0, 7.0, 5.0]


def test_as_of_never_goes_backwards(store: FigureStore, caplog: pytest.LogCaptureFixture) -> None:
    _save(store, _figure())
    with caplog.at_level(logging.DEBUG):
        saved = _save(store, _figure(249.0, DAY - timedelta(days=1)), hours=1)
    assert _values(store) == [250.0] and len(store.history("IWM", "price")) == 1
    assert [turned.verdict for turned in saved.turned_away] == ["older"]
    assert "IWM price is older" in caplog.text and store.missing() == []


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (_figure(19.0, metric="expense_ratio", unit="percent"), "not between"),
        (_figure(0.0019, metric="expense_ratio", unit="percent"), "not between"),
        (_figure(0.0571, metric="pe_ratio", unit="multiple"), "not between"),
        (_figure(0.0123, metric="dividend_yield", unit="percent"), "not between"),
        (_figure(float("nan")), "not a number"),
        (_figure(float("inf"), metric="macro.DGS10"), "not a number"),
        (_figure(250.0, unit="eur"), "unit is eur"),
        (_figure(250.0, DAY + timedelta(days=2)), "in the future"),
    ],
)
def test_what_cannot_be_right_is_turned_away(store: FigureStore, figure: Figure, words: str) -> None:
    saved = _save(store, figure)
    assert store.figures() == store.history("IWM", figure.metric) == []
    assert saved.turned_away[0].verdict == "implausible" and words in saved.turned_away[0].detail
    (missing,) = store.missing()
    assert (missing.metric, missing.source, missing.reason, missing.at) == (figure.metric, "yahoo", "implausible", NOW)


def test_end_of_a_running_quarter_is_no_future() -> None:
    figure = Figure("US", "macro.DRTSCIS", 5.0, "percent", date(2026, 12, 31), "live", "FRED", as_of_kind="period_end")
    assert implausible(figure, DAY) == ""


def test_jump_stays_in_history_until_a_later_date_confirms_it(store: FigureStore) -> None:
    """A tenfold price is first doubted; when the next trading day says so too, it was a split."""
    _save(store, _figure())
    saved = _save(store, _figure(2500.0), hours=1)
    assert _values(store) == [250.0] and saved.turned_away[0].verdict == "suspect"
    assert store.history("IWM", "price")[-1].quality.startswith("suspect: it went from 250 on 2026-11-20 to 2500")
    assert store.missing()[0].reason == "implausible"
    _save(store, _figure(2500.0), hours=2)
    assert _values(store) == [250.0]  # the same date confirms nothing
    _save(store, _figure(2510.0, DAY + timedelta(days=3)), hours=72)
    assert _values(store) == [2510.0] and store.missing() == []
    _save(store, _figure(2520.0, DAY + timedelta(days=4)), hours=96)
    assert _values(store) == [2520.0]


def test_jump_is_forgotten_after_a_good_value(store: FigureStore) -> None:
    _save(store, _figure())
    _save(store, _figure(2500.0), hours=1)
    _save(store, _figure(), hours=2)
    _save(store, _figure(2510.0, DAY + timedelta(days=3)), hours=72)
    assert _values(store) == [250.0]


def test_two_jumps_to_different_places_confirm_nothing(store: FigureStore) -> None:
    _save(store, _figure())
    for hours, value in ((24, 2500.0), (48, 25.0), (72, 2500.0)):
        _save(store, _figure(value, DAY + timedelta(days=hours // 24)), hours=hours)
    assert _values(store) == [250.0]


def test_guard_widens_with_the_days_between(store: FigureStore) -> None:
    _save(store, _figure(250.0, DAY - timedelta(days=30)))
    _save(store, _figure(500.0), hours=1)
    assert _values(store) == [500.0]


@pytest.mark.parametrize("unit", ["krw", "index"])
def test_other_unit_or_currency_is_doubted(store: FigureStore, unit: str) -> None:
    _save(store, _figure())
    saved = _save(store, _figure(260.0, DAY + timedelta(days=1), unit=unit), hours=24)
    assert _values(store) == [250.0] and "its unit was usd" in saved.turned_away[0].detail
    _save(store, _figure(261.0, DAY + timedelta(days=2), unit=unit), hours=48)
    assert _values(store) == [261.0]


def test_value_a_million_times_another_source_is_doubted(store: FigureStore) -> None:
    good = _figure(70_000_000_000.0, metric="net_assets", source="BlackRock")
    _save(store, good)
    saved = _save(store, _figure(68_000_000.0, metric="net_assets"), _figure(71e9, metric="net_assets", source="SEC"))
    assert sorted(_values(store), key=str) == [70_000_000_000.0, 71_000_000_000.0]
    assert "where BlackRock says" in saved.turned_away[0].detail


def test_what_the_provider_doubts_is_never_current(store: FigureStore) -> None:
    _save(store, _figure(quality="suspect: odd"))
    assert store.figures() == []
    _save(store, _figure())
    assert _values(store) == [250.0] and [f.quality for f in store.history("IWM", "price")] == ["ok"]


def test_failed_fetch_changes_no_row_and_says_why(store: FigureStore) -> None:
    _save(store, _figure())
    before = store.figures()
    store.fail("yahoo", "IWM", FetchError("rate_limited", "429"), NOW + timedelta(hours=1))
    assert store.figures() == before
    (missing,) = store.missing()
    assert (missing.subject, missing.metric, missing.reason, missing.detail) == ("IWM", "", "rate_limited", "429")
    assert store.fetched_at("yahoo", "IWM") == NOW
    last = store.last_fetch("yahoo", "IWM")
    assert last is not None and (last.tried_at, last.reason) == (NOW + timedelta(hours=1), "rate_limited")
    _save(store, _figure(), hours=2)
    assert store.missing() == [] and store.fetched_at("yahoo", "IWM") == NOW + timedelta(hours=2)


def test_refused_values_are_missing_until_they_come(store: FigureStore) -> None:
    refused = Refused("IWM", "expense_ratio", "changed", "no field")
    _save(store, _figure(), refused=(refused,))
    assert [(missing.metric, missing.reason) for missing in store.missing()] == [("expense_ratio", "changed")]
    assert store.partly_missing("yahoo", "IWM") == {"changed"}
    _save(store, _figure(), hours=1)
    assert store.missing() == []


def test_state_outlives_the_process(tmp_path: Path) -> None:
    state = ProviderState("yahoo", 2, NOW + timedelta(hours=1), NOW, "rate_limited", "429", NOW)
    first = FigureStore(tmp_path / "figures.sqlite3")
    assert first.state("yahoo") == ProviderState("yahoo") and first.fetched_at("yahoo", "IWM") is None
    first.set_state(state)
    first.close()
    second = FigureStore(tmp_path / "figures.sqlite3")
    assert second.state("yahoo") == state
    second.close()


def test_series_comes_back_in_order(store: FigureStore) -> None:
    store.save("yahoo", "IWM", _series(_days(DAY - timedelta(days=2), 1.0, 1.1, 1.2)), NOW)
    assert store.series("IWM", "close") == list(_days(DAY - timedelta(days=2), 1.0, 1.1, 1.2).items())
    assert store.series("IWM", "volume") == [] and store.whole_series("IWM", "volume") is None
    assert store.subjects_with("close") == ["IWM"] and store.metrics("yahoo", "IWM") == {"close"}


def test_older_series_changes_nothing(store: FigureStore) -> None:
    points = _days(DAY - timedelta(days=2), 100.0, 101.0, 102.0)
    store.save("yahoo", "IWM", _series(points), NOW)
    saved = store.save("yahoo", "IWM", _series({DAY - timedelta(days=1): 99.0}), NOW)
    assert store.series("IWM", "close") == list(points.items()) and saved.turned_away[0].verdict == "older"


def test_short_series_keeps_the_history_in_proportion(store: FigureStore) -> None:
    """After a dividend all adjusted prices before it are lower; a short reply must not mix the two scales."""
    start = DAY - timedelta(days=3)
    store.save("yahoo", "IWM", _series(_days(start, 100.0, 110.0, 120.0), "adjusted_close"), NOW)
    store.save("yahoo", "IWM", _series(_days(start + timedelta(days=1), 99.0, 108.0, 109.0), "adjusted_close"), NOW)
    assert store.series("IWM", "adjusted_close") == list(_days(start, 90.0, 99.0, 108.0, 109.0).items())


def test_macro_history_is_kept_as_it_was(store: FigureStore) -> None:
    start = DAY - timedelta(days=3)
    store.save("fred", "US", _series(_days(start, 4.0, 4.1, 4.2), "macro.DGS10"), NOW)
    store.save("fred", "US", _series(_days(start + timedelta(days=1), 5.0, 4.2, 4.3), "macro.DGS10"), NOW)
    assert [value for _, value in store.series("IWM", "macro.DGS10")] == [4.0, 5.0, 4.2, 4.3]


def test_jump_to_the_last_point_is_left_off_until_it_holds(store: FigureStore) -> None:
    start = DAY - timedelta(days=3)
    saved = store.save("yahoo", "IWM", _series(_days(start, 100.0, 101.0, 1010.0)), NOW)
    assert [value for _, value in store.series("IWM", "close")] == [100.0, 101.0]
    assert saved.turned_away[0].verdict == "suspect"
    store.save("yahoo", "IWM", _series(_days(start, 100.0, 101.0, 1010.0, 1020.0)), NOW)
    assert [value for _, value in store.series("IWM", "close")] == [100.0, 101.0, 1010.0, 1020.0]


def test_points_that_are_no_prices_are_left_out(store: FigureStore) -> None:
    start = DAY - timedelta(days=2)
    wrong = {DAY + timedelta(days=9): 103.0}
    store.save("yahoo", "IWM", _series(_days(start, float("nan"), 0.0, 102.0) | wrong), NOW)
    assert store.series("IWM", "close") == [(DAY, 102.0)]


def test_the_series_that_reaches_furthest_counts(store: FigureStore) -> None:
    store.save("a", "IWM", _series(_days(DAY - timedelta(days=4), 1.0, 1.1), source="a"), NOW)
    store.save("b", "IWM", _series(_days(DAY - timedelta(days=1), 2.0, 2.1), source="b"), NOW)
    whole = store.whole_series("IWM", "close")
    assert whole is not None and (whole.source, whole.unit) == ("b", "usd")


def test_log_is_kept_short(store: FigureStore) -> None:
    for n in range(1_010):
        store.fail("yahoo", "IWM", FetchError("timeout", str(n)), NOW)
    log = store.log()
    assert len(log) == 1_000 and log[0] == (NOW, "yahoo", "IWM", "timeout: 1009")


@pytest.mark.parametrize("content", [b"no database at all", b"SQLite format 3\0" + bytes(4000)])
def test_file_that_cannot_be_used_is_set_aside(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "figures.sqlite3"
    path.write_bytes(content)
    store = FigureStore(path)
    _save(store, _figure())
    store.close()
    (aside,) = tmp_path.glob("figures.sqlite3.damaged-*")
    assert aside.read_bytes() == content and "is kept as figures.sqlite3.damaged-" in caplog.text
    again = FigureStore(path)
    assert _values(again) == [250.0]
    again.close()


def test_other_programs_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "figures.sqlite3"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE notes (text TEXT)")
    other.commit()
    other.close()
    store = FigureStore(path)
    assert store.figures() == [] and len(list(tmp_path.glob("*.damaged-*"))) == 1
    store.close()


def test_file_damaged_while_open_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "figures.sqlite3"
    store = FigureStore(path)
    _save(store, _figure())
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
    with path.open("r+b") as file:
        file.seek(0)
        file.write(b"x" * path.stat().st_size)
    saved = _save(store, _figure(251.0, DAY + timedelta(days=1)), hours=24)
    assert saved.new and _values(store) == [251.0]
    assert len(list(tmp_path.glob("*.damaged-*"))) == 1
    store.close()


def test_file_deleted_while_open_is_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "figures.sqlite3"
    store = FigureStore(path)
    _save(store, _figure())
    for part in tmp_path.iterdir():
        part.unlink()
    _save(store, _figure(251.0), hours=1)
    assert _values(store) == [251.0] and path.exists()
    store.close()


def test_without_a_place_to_write_figures_last_as_long_as_the_process(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = FigureStore(tmp_path / "file" / "figures.sqlite3")
    _save(store, _figure())
    assert _values(store) == [250.0]
    store.close()


def test_closed_store_says_so(store: FigureStore) -> None:
    store.close()
    with pytest.raises(IndexingError, match="closed already"):
        store.figures()
    with pytest.raises(IndexingError, match="closed already"):
        _save(store, _figure())


def test_a_save_happens_whole_or_not_at_all(store: FigureStore) -> None:
    wrong = Refused("IWM", "nav", None, "a reason must be there")  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError):
        _save(store, _figure(), refused=(wrong,))
    assert store.figures() == store.history("IWM", "price") == store.log() == []


def test_second_store_reads_what_the_first_writes(store: FigureStore, tmp_path: Path) -> None:
    second = FigureStore(tmp_path / "figures.sqlite3")
    _save(store, _figure())
    assert _values(second) == [250.0]
    second.close()


def test_threads_read_while_others_write(store: FigureStore) -> None:
    seen: list[int] = []

    def write(source: str) -> None:
        for n in range(20):
            _save(store, *(_figure(250.0 + n / 10, source=f"{source}{i}", as_of=DAY) for i in range(5)), hours=n)

    def read() -> None:
        for _ in range(60):
            seen.append(len(store.figures()))

    threads = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    threads += [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(seen) <= {0, 5, 10} and len(_values(store)) == 10  # never half a save


fetches = st.tuples(
    st.integers(-5, 5),  # days
    st.one_of(st.floats(-10, 1e6), st.sampled_from([250.0, 251.0, 2500.0, 25.0, float("nan")])),
    st.sampled_from(["ok", "suspect: odd", "fails"]),
    st.sampled_from(["usd", "krw"]),
)


@given(st.lists(fetches, max_size=25))
@settings(max_examples=40, deadline=None)
def test_no_sequence_of_saves_moves_a_date_backwards_or_loses_a_good_row(
    sequence: list[tuple[int, float, str, str]],
) -> None:
    with TemporaryDirectory() as folder:
        store = FigureStore(Path(folder) / "figures.sqlite3")
        last: Figure | None = None
        lengths = 0
        for hours, (days, value, quality, unit) in enumerate(sequence):
            if quality == "fails":
                store.fail("yahoo", "IWM", FetchError("timeout", "slow"), NOW + timedelta(hours=hours))
                assert store.current("IWM", "price") == ([last] if last else [])
            else:
                saved = _save(
                    store, _figure(value, DAY + timedelta(days=days), unit=unit, quality=quality), hours=hours
                )
                assert len(saved.new) + len(saved.kept) + len(saved.turned_away) == 1
                current = store.current("IWM", "price")
                assert current == ([*saved.new, *saved.kept] or ([last] if last else []))
                if last is not None:
                    assert current[0].as_of >= last.as_of
                last = current[0] if current else None
            history = store.history("IWM", "price")
            assert len(history) >= lengths and (last is None or last.value in [f.value for f in history])
            lengths = len(history)
            assert last is None or (last.quality == "ok" and implausible(last, DAY + timedelta(days=1)) == "")
        store.close()
