"""Figures computed from daily series: returns, volatility, drawdown, beta against SPY, premium over the NAV.

Pure functions over dated values, each figure with its formula and its dated inputs. Where the series do not reach far
enough, have a hole where they should begin or do not end together, there is no figure. numpy lives here. Knows nothing
of storage, of sources or of freshness.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from assistant.providers.provider import Series
from assistant.types import COMPUTED, Figure

BENCHMARK = "SPY"
TOTAL, PRICE = "total return", "price return"
VERSION = "v1"

_RETURNS = {"1y": 1, "3y": 3, "5y": 5, "10y": 10}
_ANNUALISED = ("3y", "5y", "10y")
_DRAWDOWNS = {"1y": 1, "10y": 10}
_RELATIVE = ("ytd", "1y")
_HOLE = timedelta(days=7)
_DAYS_A_YEAR = 252  # trading days
_SPARE = timedelta(days=15)  # that so many trading days may take beyond their years
_LEAST_SHARED = 0.98  # of the days of both series, for beta
_DECIMALS = 4  # sources repeat adjusted prices with noise in their last digits


@dataclass(frozen=True, slots=True)
class Span:
    """A series from a start to its end; `values` has what lies between too."""

    series: Series
    dates: tuple[date, ...]
    values: tuple[float, ...]

    @property
    def growth(self) -> float:
        return self.values[-1] / self.values[0] - 1

    @property
    def days(self) -> int:
        return (self.dates[-1] - self.dates[0]).days


def computed_figures(
    close: Series | None,
    adjusted: Series | None,
    benchmark: tuple[Series | None, Series | None],
    navs: Sequence[Figure],
) -> list[Figure]:
    """Return what can be computed of one subject; `benchmark` has SPY's close and adjusted close.

    A subject without dividends in its prices, such as a market index, has price returns only.
    """
    close, adjusted = _usable(close), _usable(adjusted)
    benchmark = _usable(benchmark[0]), _usable(benchmark[1])
    found: list[Figure] = []
    if close is not None:
        found += _returns(close, PRICE)
        found += _relative(close, benchmark[0], PRICE)
        found += _premiums(close, navs)
    has_dividends = adjusted is not None and (close is None or adjusted.points != close.points)
    if adjusted is not None and has_dividends:
        found += _returns(adjusted, TOTAL)
        found += _relative(adjusted, benchmark[1], TOTAL)
        found += [*_volatility(adjusted, TOTAL), *_drawdowns(adjusted, TOTAL), *_beta(adjusted, benchmark[1], TOTAL)]
    elif close is not None:
        found += [*_volatility(close, PRICE), *_drawdowns(close, PRICE), *_beta(close, benchmark[0], PRICE)]
    return [figure for figure in found if isinstance(figure.value, date) or math.isfinite(figure.value)]


def span(series: Series, period: str) -> Span | None:
    """Return the series from the last day on or before the period's start; None where it has none within a week."""
    if not series.points:
        return None
    end = series.points[-1][0]
    target = date(end.year - 1, 12, 31) if period == "ytd" else _years_before(end, int(period.removesuffix("y")))
    start = bisect_right(series.points, target, key=lambda point: point[0]) - 1
    if start < 0 or target - series.points[start][0] > _HOLE:
        return None
    dates, values = zip(*series.points[start:], strict=True)
    return Span(series, dates, values)


def _usable(series: Series | None) -> Series | None:
    """The series, if all of it are prices: finite and above zero."""
    return series if series and all(0 < value < math.inf for _, value in series.points) else None


def _returns(series: Series, basis: str) -> Iterator[Figure]:
    for period in ("ytd", *_RETURNS):
        part = span(series, period)
        if part is None:
            continue
        formula, inputs = _quotient(part), _ends(part)
        yield _figure(part, f"return.{period}", 100 * part.growth, basis, formula, inputs)
        if period in _ANNUALISED:
            annual = (1 + part.growth) ** (365.25 / part.days) - 1
            formula = (
                f"({series.metric}[{part.dates[-1]}] / {series.metric}[{part.dates[0]}]) ^ (365.25 / {part.days}) − 1"
            )
            yield _figure(part, f"return_annualised.{period}", 100 * annual, basis, formula, inputs)


def _relative(series: Series, benchmark: Series | None, basis: str) -> Iterator[Figure]:
    if benchmark is None or series.subject == benchmark.subject:
        return
    for period in _RELATIVE:
        own, other = span(series, period), span(benchmark, period)
        if own and other and (own.dates[0], own.dates[-1]) == (other.dates[0], other.dates[-1]):
            formula = f"({series.subject}: {_quotient(own)}) − ({benchmark.subject}: {_quotient(other)})"
            points = 100 * (own.growth - other.growth)
            inputs = (*_ends(own), *_ends(other))
            yield _figure(own, f"relative_return.{period}", points, basis, formula, inputs, "percentage_point")


def _volatility(series: Series, basis: str) -> Iterator[Figure]:
    for period, years in _RETURNS.items():
        days = years * _DAYS_A_YEAR
        points = series.points[-days - 1 :]
        if len(points) <= days or points[-1][0] - points[0][0] > years * timedelta(days=365) + _SPARE:
            continue
        dates, values = zip(*points, strict=True)
        part = Span(series, dates, values)
        deviation = float(np.std(np.diff(np.log(values)), ddof=1))
        formula = f"stdev(ln({series.metric}[t] / {series.metric}[t−1]), {days} days) × √{_DAYS_A_YEAR}"
        value = 100 * deviation * math.sqrt(_DAYS_A_YEAR)
        yield _figure(part, f"volatility.{period}", value, basis, formula, _whole(part))


def _drawdowns(series: Series, basis: str) -> Iterator[Figure]:
    for period in _DRAWDOWNS:
        part = span(series, period)
        if part is not None:
            values = np.array(part.values)
            deepest = float(np.min(values / np.maximum.accumulate(values) - 1))
            formula = f"min({series.metric}[t] / max({series.metric}[{part.dates[0]}..t]) − 1)"
            yield _figure(part, f"max_drawdown.{period}", 100 * deepest, basis, formula, _whole(part))


def _beta(series: Series, benchmark: Series | None, basis: str) -> Iterator[Figure]:
    if benchmark is None or series.subject == benchmark.subject:
        return
    own, other = span(series, "3y"), span(benchmark, "3y")
    if not own or not other or (own.dates[0], own.dates[-1]) != (other.dates[0], other.dates[-1]):
        return
    shared = sorted(set(own.dates) & set(other.dates))
    if len(shared) < max(_LEAST_SHARED * len(set(own.dates) | set(other.dates)), 3 * _DAYS_A_YEAR * _LEAST_SHARED):
        return
    moves, market = (_daily_returns(part, shared) for part in (own, other))
    variance = float(np.var(market, ddof=1))
    if variance == 0:
        return
    beta = float(np.cov(moves, market, ddof=1)[0, 1]) / variance
    formula = (
        f"cov(daily returns of {series.subject}, of {benchmark.subject}) / var(daily returns of {benchmark.subject})"
    )
    yield _figure(own, "beta.3y", beta, basis, formula, (*_whole(own), *_whole(other)), "ratio")


def _premiums(close: Series, navs: Iterable[Figure]) -> Iterator[Figure]:
    """Close against net asset value of the same day, where both are there."""
    days = [day for day, _ in close.points]
    for nav in navs:
        place = bisect_right(days, nav.as_of) - 1
        if isinstance(nav.value, date) or nav.value <= 0 or nav.as_of_kind == "fetch" or nav.unit != close.unit:
            continue
        if place < 0 or days[place] != nav.as_of:
            continue
        part = Span(close, (nav.as_of,), (close.points[place][1],))
        formula = f"close[{nav.as_of}] / nav[{nav.as_of}] − 1"
        inputs = (_key(close, nav.as_of), f"{nav.subject}|nav|{nav.source}|{nav.as_of}")
        yield _figure(part, "premium_discount", 100 * (part.values[0] / nav.value - 1), "", formula, inputs)


def _figure(
    part: Span, metric: str, value: float, basis: str, formula: str, inputs: tuple[str, ...], unit: str = "percent"
) -> Figure:
    return Figure(
        subject=part.series.subject, metric=metric, value=round(value, _DECIMALS), unit=unit, as_of=part.dates[-1],
        origin="live", source=COMPUTED, as_of_kind="trade_date", basis=basis, source_url=part.series.source_url or None,
        method="computed", formula=f"{formula} ({VERSION})", inputs=inputs,
    )  # fmt: skip


def _daily_returns(part: Span, days: Sequence[date]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    known = dict(zip(part.dates, part.values, strict=True))
    values = np.array([known[day] for day in days], dtype=np.float64)
    return values[1:] / values[:-1] - 1


def _quotient(part: Span) -> str:
    metric = part.series.metric
    return f"{metric}[{part.dates[-1]}] / {metric}[{part.dates[0]}] − 1"


def _ends(part: Span) -> tuple[str, ...]:
    return _key(part.series, part.dates[-1]), _key(part.series, part.dates[0])


def _whole(part: Span) -> tuple[str, ...]:
    return (f"{_key(part.series, part.dates[0])}..{part.dates[-1]}",)


def _key(series: Series, day: date) -> str:
    return f"{series.subject}|{series.metric}|{series.source}|{day}"


def _years_before(day: date, years: int) -> date:
    """The same day of an earlier year; of February 29 it may be the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
