"""What is known of each metric: every id in use has a family, ages and times as in the table of the sources."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.figures.catalogue import family, fresh_until, freshness, is_known, trading_days
from assistant.types import AsOfKind, Figure

METRICS = (
    "price change.day nav premium_discount expense_ratio net_assets dividend_yield sec_yield pe_ratio beta.3y "
    "return.day return.ytd return.1y return.3y return.5y return.10y return_annualised.3y return_annualised.5y "
    "return_annualised.10y relative_return.ytd relative_return.1y volatility.1y max_drawdown.1y max_drawdown.10y "
    "high.52w low.52w volume_average.3m bid_ask_spread holdings_count top10_weight sector_weight.energy "
    "holding_weight.IONQ macro.DGS10 close adjusted_close volume"
).split()
FRIDAY = date(2026, 11, 20)


def _figure(metric: str, as_of: date, kind: AsOfKind = "trade_date") -> Figure:
    return Figure("IWM", metric, 1.0, "percent", as_of, "live", "Yahoo Finance", as_of_kind=kind)


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_in_use_is_known(metric: str) -> None:
    known = family(metric)
    assert is_known(metric) and 0 < known.ages[0] < known.ages[1]


@pytest.mark.parametrize(
    ("metric", "name"),
    [
        ("return.day", "return.day"),
        ("return.5y", "return"),
        ("sector_weight.health_care", "sector_weight"),
        ("macro.DGS10", "macro.daily"),
        ("macro.DRTSCIS", "macro.quarterly"),
        ("macro.NEW", "macro.monthly"),
        ("inception_date", "other"),
    ],
)
def test_family_of_a_metric(metric: str, name: str) -> None:
    assert family(metric).name == name
    assert is_known(metric) == (metric not in ("macro.NEW", "inception_date"))


def test_frequencies_are_those_of_the_provider() -> None:
    path = Path(__file__).parents[2] / "assistant" / "providers" / "fred.toml"
    series = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    frequencies = {id: f"macro.{entry['frequency']}" for id, entry in series.items()}
    assert {id: family(f"macro.{id}").name for id in frequencies} == frequencies


@pytest.mark.parametrize(
    ("fetched", "until"),
    [
        ("2026-11-20T15:00", "2026-11-20T15:15"),  # Friday 10:00 in New York
        ("2026-11-20T21:10", "2026-11-20T21:25"),  # quotes follow the close by a quarter of an hour
        ("2026-11-20T21:25", "2026-11-23T14:30"),  # then nothing changes before Monday 9:30
        ("2026-11-22T12:00", "2026-11-23T14:30"),  # Sunday
        ("2026-11-23T14:29", "2026-11-23T14:30"),
        ("2026-07-01T02:00", "2026-07-01T13:30"),  # in summer it opens an hour earlier by UTC
    ],
)
def test_price_is_fresh_as_the_market_trades(fetched: str, until: str) -> None:
    at, end = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (fetched, until))
    assert fresh_until("price", at) == end


@pytest.mark.parametrize(
    ("metric", "hours"),
    [("nav", 12), ("return.1y", 12), ("pe_ratio", 24), ("expense_ratio", 168), ("sector_weight.energy", 24),
     ("macro.DGS10", 6), ("macro.ICSA", 12), ("macro.UNRATE", 24), ("macro.DRTSCIS", 24)],
)  # fmt: skip
def test_time_to_live(metric: str, hours: int) -> None:
    at = datetime(2026, 11, 20, 15, tzinfo=UTC)
    assert fresh_until(metric, at) == at + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("metric", "kind", "fresh", "stale", "old"),
    [
        ("price", "trade_date", "2026-11-23", "2026-11-24", "2026-11-26"),  # the weekend is no trading day
        ("nav", "trade_date", "2026-11-24", "2026-11-25", "2026-11-28"),
        ("pe_ratio", "trade_date", "2027-01-04", "2027-01-05", "2027-03-01"),
        ("expense_ratio", "stated", "2027-12-25", "2027-12-26", "2029-01-29"),
        ("sector_weight.energy", "trade_date", "2026-11-25", "2026-11-26", "2026-12-21"),
        ("sector_weight.energy", "month_end", "2027-01-04", "2027-01-05", "2027-03-01"),
        ("macro.DGS10", "trade_date", "2026-11-25", "2026-11-26", "2026-12-01"),
        ("macro.NFCI", "period_end", "2026-12-04", "2026-12-05", "2026-12-19"),
        ("macro.UNRATE", "stated", "2027-02-03", "2027-02-04", "2027-04-20"),
    ],
)
def test_ages(metric: str, kind: AsOfKind, fresh: str, stale: str, old: str) -> None:
    figure = _figure(metric, FRIDAY, kind)
    assert [freshness(figure, date.fromisoformat(day)) for day in (fresh, stale, old)] == ["fresh", "stale", "old"]


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_trading_days_are_counted_one_by_one(start: date, days: int) -> None:
    every = (start + timedelta(days=day) for day in range(1, days + 1))
    assert trading_days(start, start + timedelta(days=days)) == sum(day.weekday() < 5 for day in every)


@given(st.sampled_from(METRICS), st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_a_fetch_always_counts_for_some_time(metric: str, at: datetime) -> None:
    fetched = at.replace(tzinfo=UTC)
    assert fetched < fresh_until(metric, fetched) <= fetched + timedelta(days=7)


@given(st.sampled_from(METRICS), st.integers(0, 900), st.integers(0, 900))
def test_nothing_grows_fresher_with_time(metric: str, one: int, other: int) -> None:
    order = ["fresh", "stale", "old"]
    first, second = (freshness(_figure(metric, FRIDAY), FRIDAY + timedelta(days=d)) for d in sorted((one, other)))
    assert order.index(first) <= order.index(second)
