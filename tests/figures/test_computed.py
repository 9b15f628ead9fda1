"""Figures computed from series: by hand, by their properties, and none where the series do not carry them."""

from __future__ import annotations

import math
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.figures.computed import computed_figures, span
from assistant.providers.provider import Series
from assistant.types import Figure

END = date(2026, 11, 20)  # a Friday
Points = dict[date, float]


def _series(metric: str, points: Points, subject: str = "IWM") -> Series:
    return Series(subject, metric, "usd", tuple(sorted(points.items())), "Yahoo Finance", "https://example.org")


def _weekdays(end: date, days: int) -> list[date]:
    every = (end - timedelta(days=back) for back in range(days, -1, -1))
    return [day for day in every if day.weekday() < 5]


def _steady(end: date = END, days: int = 3700, growth: float = 0.0004, start: float = 100.0) -> Points:
    return {day: start * (1 + growth) ** n for n, day in enumerate(_weekdays(end, days))}


def _wavy(days: int = 3700, size: float = 0.01, end: date = END) -> Points:
    """Up and down by turns: by `size`, two days up and one down."""
    points, value = {}, 100.0
    for n, day in enumerate(_weekdays(end, days)):
        value *= 1 - size if n % 3 == 2 else 1 + size
        points[day] = value
    return points


def _compute(
    close: Points | None = None,
    adjusted: Points | None = None,
    spy: Points | None = None,
    navs: tuple[Figure, ...] = (),
    spy_adjusted: Points | None = None,
) -> dict[tuple[str, str], Figure]:
    found = computed_figures(
        _series("close", close) if close else None,
        _series("adjusted_close", adjusted) if adjusted else None,
        (
            _series("close", spy, "SPY") if spy else None,
            _series("adjusted_close", spy_adjusted, "SPY") if spy_adjusted else None,
        ),
        navs,
    )
    return {(figure.metric, figure.basis): figure for figure in found}


def test_returns_by_hand() -> None:
    adjusted = {
        date(2016, 11, 18): 25.0,  # a Friday: November 20, 2016 was a Sunday
        date(2021, 11, 19): 50.0,
        date(2023, 11, 20): 64.0,
        date(2025, 11, 20): 80.0,
        date(2025, 12, 31): 90.0,
        END: 100.0,
    }
    close = {day: value + 1 for day, value in adjusted.items()}
    found = _compute(close, adjusted)
    total = {metric: figure.value for (metric, basis), figure in found.items() if basis == "total return"}
    assert total == {
        "return.ytd": 11.1111,
        "return.1y": 25.0,
        "return.3y": 56.25,
        "return_annualised.3y": pytest.approx(100 * (1.5625 ** (365.25 / 1096) - 1), abs=1e-4),
        "return.5y": 100.0,
        "return_annualised.5y": pytest.approx(100 * (2 ** (365.25 / 1827) - 1), abs=1e-4),
        "return.10y": 300.0,
        "return_annualised.10y": pytest.approx(100 * (4 ** (365.25 / 3654) - 1), abs=1e-4),
        "max_drawdown.1y": 0.0,
        "max_drawdown.10y": 0.0,
    }
    assert found["return.1y", "price return"].value == pytest.approx(100 * (101 / 81 - 1), abs=1e-4)
    ytd = found["return.ytd", "total return"]
    assert (ytd.as_of, ytd.as_of_kind, ytd.method, ytd.source, ytd.origin, ytd.unit) == (
        END, "trade_date", "computed", "computed", "live", "percent",
    )  # fmt: skip
    assert ytd.formula == "adjusted_close[2026-11-20] / adjusted_close[2025-12-31] − 1 (v1)"
    assert ytd.inputs == (
        "IWM|adjusted_close|Yahoo Finance|2026-11-20",
        "IWM|adjusted_close|Yahoo Finance|2025-12-31",
    )


def test_index_has_price_returns_only() -> None:
    level = _steady()
    for adjusted in (None, level):
        assert {basis for _, basis in _compute(level, adjusted)} == {"price return"}


@pytest.mark.parametrize("years", [1, 3, 5, 10])
def test_volatility_by_hand(years: int) -> None:
    """Log returns of ln 1.01, ln 1.01 and ln 0.99 by turns; 252 of them are 84 rounds."""
    up, down = math.log(1.01), math.log(0.99)
    mean = (2 * up + down) / 3
    variance = 84 * years * (2 * (up - mean) ** 2 + (down - mean) ** 2) / (252 * years - 1)
    expected = 100 * math.sqrt(variance) * math.sqrt(252)
    found = _compute(_wavy(3900))[f"volatility.{years}y", "price return"]
    assert found.value == pytest.approx(expected, abs=1e-4) and f"{252 * years} days" in found.formula


def test_drawdown_by_hand() -> None:
    points = _steady(growth=0.0)
    for day in points:
        if date(2020, 3, 1) <= day < date(2021, 1, 1):
            points[day] = 60.0
        elif date(2026, 5, 1) <= day < date(2026, 5, 8):
            points[day] = 90.0
    found = _compute(points)
    assert found["max_drawdown.10y", "price return"].value == -40.0
    assert found["max_drawdown.1y", "price return"].value == -10.0


def test_beta_and_relative_return_by_hand() -> None:
    """Every move is twice the benchmark's, so beta is 2."""
    spy, own = _wavy(size=0.005), _wavy(size=0.01)
    found = _compute(own, None, spy)
    beta = found["beta.3y", "price return"]
    assert (beta.value, beta.unit) == (pytest.approx(2.0), "ratio")
    relative = found["relative_return.1y", "price return"]
    start = date(2025, 11, 20)
    points = 100 * (own[END] / own[start] - spy[END] / spy[start])
    assert (relative.value, relative.unit) == (pytest.approx(points, abs=1e-4), "percentage_point")
    assert any(key.startswith("SPY|close|") for key in relative.inputs)


def test_benchmark_is_not_compared_with_itself() -> None:
    points = _wavy()
    benchmark = _series("close", points, "SPY")
    metrics = {figure.metric for figure in computed_figures(benchmark, None, (benchmark, None), ())}
    assert metrics and not metrics & {"beta.3y", "relative_return.1y", "relative_return.ytd"}


def test_benchmark_that_ends_earlier_gives_no_comparison() -> None:
    spy = _wavy()
    del spy[END]
    metrics = {metric for metric, _ in _compute(_wavy(), None, spy)}
    assert "return.1y" in metrics and not metrics & {"beta.3y", "relative_return.1y", "relative_return.ytd"}


def test_dividends_are_compared_with_dividends() -> None:
    own, spy = _wavy(size=0.01), _wavy(size=0.005)
    grown = {day: value * (1 + n / 1e6) for n, (day, value) in enumerate(spy.items())}
    found = _compute(own, {day: 0.9 * value for day, value in own.items()}, spy, spy_adjusted=grown)
    inputs = found["relative_return.1y", "total return"].inputs
    assert all("|adjusted_close|" in key for key in inputs)


@pytest.mark.parametrize(("hole", "there"), [(7, True), (8, False)])
def test_a_hole_of_more_than_a_week_at_the_start_gives_nothing(hole: int, there: bool) -> None:
    start = date(2025, 11, 20)
    points = {start - timedelta(days=hole): 100.0, start + timedelta(days=1): 101.0, END: 110.0}
    assert (("return.1y", "price return") in _compute(points)) is there


def test_series_that_begins_too_late_gives_nothing() -> None:
    points = {day: value for day, value in _steady().items() if day > date(2025, 11, 20)}
    metrics = {metric for metric, _ in _compute(points)}
    assert metrics == {"return.ytd", "volatility.1y"}


@pytest.mark.parametrize("wrong", [0.0, -1.0, math.nan, math.inf])
def test_series_with_what_is_no_price_gives_nothing(wrong: float) -> None:
    assert _compute(_steady() | {date(2024, 5, 1): wrong}) == {}


def test_no_series_or_an_empty_one_gives_nothing() -> None:
    empty = Series("IWM", "close", "usd", (), "Yahoo Finance", "")
    assert computed_figures(None, None, (None, None), ()) == computed_figures(empty, empty, (empty, empty), ()) == []


def test_constant_benchmark_has_no_beta() -> None:
    assert ("beta.3y", "price return") not in _compute(_wavy(), None, _steady(growth=0.0))


def test_leap_day_is_compared_with_the_day_before() -> None:
    points = {date(2027, 2, 26): 90.0, date(2027, 2, 28): 100.0, date(2028, 2, 29): 110.0}
    part = span(_series("close", points), "1y")
    assert part is not None and part.dates[0] == date(2027, 2, 28)


def _nav(as_of: date, kind: str = "trade_date", value: float = 99.0) -> Figure:
    return Figure("IWM", "nav", value, "usd", as_of, "live", "BlackRock", as_of_kind=kind)  # type: ignore[arg-type]


def test_premium_by_hand() -> None:
    day = date(2026, 11, 19)
    premium = _compute({day: 100.0, END: 200.0}, navs=(_nav(day),))["premium_discount", ""]
    assert (premium.value, premium.as_of) == (1.0101, day)
    assert premium.inputs == ("IWM|close|Yahoo Finance|2026-11-19", "IWM|nav|BlackRock|2026-11-19")


@pytest.mark.parametrize("nav", [_nav(date(2026, 11, 18)), _nav(END, "fetch"), _nav(END, value=0.0)])
def test_no_premium_without_a_value_of_the_same_stated_day(nav: Figure) -> None:
    assert ("premium_discount", "") not in _compute({date(2026, 11, 19): 100.0, END: 100.0}, navs=(nav,))


@given(st.integers(0, 1_000_000), st.floats(0.01, 100))
@settings(max_examples=15, deadline=None)
def test_a_scale_changes_nothing(seed: int, scale: float) -> None:
    """A split, or a price in cents, leaves every figure as it is; drawdown and volatility keep their signs."""
    random = Random(seed)
    points, spy, value = {}, {}, 100.0
    for day in _weekdays(END, 1200):
        value *= random.uniform(0.95, 1.05)
        points[day] = value
        spy[day] = 100 * random.uniform(0.9, 1.1)
    found, scaled = _compute(points, None, spy), _compute({d: v * scale for d, v in points.items()}, None, spy)
    assert found.keys() == scaled.keys() and len(found) == 10
    for key, figure in found.items():
        assert scaled[key].value == pytest.approx(figure.value, abs=2e-4)
    assert -100 < found["max_drawdown.1y", "price return"].value <= 0
    assert found["volatility.1y", "price return"].value >= 0


@given(st.sets(st.dates(date(2014, 1, 1), END), max_size=300))
@settings(max_examples=60, deadline=None)
def test_whatever_days_there_are_every_figure_is_dated_by_the_last(days: set[date]) -> None:
    points = {day: 100.0 + n for n, day in enumerate(sorted(days))}
    for figure in _compute(points).values():
        assert figure.as_of == max(days) and figure.formula.endswith("(v1)") and figure.inputs
        assert math.isfinite(figure.value)  # type: ignore[arg-type]


@given(st.dates(date(2018, 1, 1), date(2030, 1, 1)), st.sampled_from(["ytd", "1y", "3y"]))
@settings(deadline=None)
def test_a_period_starts_on_or_at_most_a_week_before_its_day(end: date, period: str) -> None:
    part = span(_series("close", _steady(end, 1500)), period)
    assert part is not None
    last = part.dates[-1]
    years = 1 if period == "ytd" else int(period[0])
    target = date(last.year - 1, 12, 31) if period == "ytd" else last - timedelta(days=365.25 * years)
    assert timedelta(days=-1) <= target - part.dates[0] <= timedelta(days=7)
