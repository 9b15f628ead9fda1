"""What the figures of tests/providers/world.py come to, worked out apart from the program: by hand, or by numpy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np

from tests.providers import samples, samples_issuers, world
from tests.providers.world import FACTS, QUOTED, World

Key = tuple[str, str]  # subject and metric
Dated = tuple[float, date]
SPANS = {"1y": 1, "3y": 3, "5y": 5, "10y": 10}
NAMES = {"volatility": "volatility.1y", "volatility 3y": "volatility.3y",
         "beta": "beta.3y", "drawdown 1y": "max_drawdown.1y",
         "drawdown 10y": "max_drawdown.10y", "ytd": "return.ytd", "p.a. 5y": "return_annualised.5y"}  # fmt: skip
NAMES |= {span: f"return.{span}" for span in SPANS}
VTWO_RETURNS = {"return.1y": 10.5, "return_annualised.3y": -8.25, "return_annualised.5y": 6.75,
                "return_annualised.10y": 7.5}  # fmt: skip  # Vanguard's own, in samples_issuers.vanguard_funds
SECTORS = {"Technology": "information_technology", "Communication": "communication_services",
           "Telecommunications": "communication_services", "Basic Materials": "materials"}  # fmt: skip
FACTORS = {"WALCL": 1e6, "RRPONTSYD": 1e9, "PAYEMS": 1e3}  # from FRED's units to one


def truth(now: World) -> dict[Key, set[Dated]]:
    """All values that a live figure may have, with their days, by subject and metric."""
    found: dict[Key, set[Dated]] = {}
    for subject, metric, value, day in (*_quoted(now), *_stated(now), *_held(now), *_computed(now), *_macro(now)):
        found.setdefault((subject, metric), set()).add((value, day))
    return found


def texts(now: World) -> dict[str, tuple[str, ...]]:
    """The computed values as text, by the names that live.yaml has for them: "IWM 1y"."""
    values = {(subject, metric): value for subject, metric, value, _ in _computed(now)}
    found = {
        f"{subject} {name}": _rounded(values[subject, metric])
        for subject in QUOTED
        for name, metric in NAMES.items()
        if (subject, metric) in values
    }
    assert len(found) > 100
    return found


def _rounded(value: float) -> tuple[str, ...]:
    """The value with two decimals; both neighbours where rounding it to four makes a tie."""
    exact, stored = Decimal(repr(float(value))), Decimal(repr(round(float(value), 4)))
    both = (each.quantize(Decimal("0.01"), ROUND_HALF_EVEN) for each in (exact, stored))
    return tuple(dict.fromkeys(f"{each:f}".rstrip("0").rstrip(".") for each in both))


def _quoted(now: World) -> Iterator[tuple[str, str, float, date]]:
    """What stands in Yahoo's charts."""
    for subject, quoted in QUOTED.items():
        yield subject, "price", quoted.price, now.traded
        yield subject, "change.day", 100 * (quoted.price / quoted.before - 1), now.traded
        yield subject, "high.52w", quoted.high, now.traded
        yield subject, "low.52w", quoted.low, now.traded


def _stated(now: World) -> Iterator[tuple[str, str, float, date]]:
    """What Yahoo and Vanguard say of funds, beside what they hold."""
    for fund, facts in FACTS.items():
        yield fund, "expense_ratio", 100 * facts.fee, now.today
        yield fund, "net_assets", facts.assets, now.today
        yield fund, "pe_ratio", facts.pe, now.today
        yield fund, "dividend_yield", 100 * facts.dividends, now.today
        yield fund, "nav", facts.nav, now.today
        yield fund, "volume_average.3m", facts.volume, now.today
    yield "VTWO", "expense_ratio", 0.06, now.stated
    yield "VTWO", "nav", 98.7, now.traded
    yield "VTWO", "premium_discount", 100 * (98.76 / 98.7 - 1), now.traded
    yield "VTWO", "sec_yield", 1.31, now.traded
    for metric, value in VTWO_RETURNS.items():
        yield "VTWO", metric, value, now.month_end


def _held(now: World) -> Iterator[tuple[str, str, float, date]]:
    """What the issuers say that the funds hold; Yahoo's undated lists are never to be shown beside them."""
    yield "IWM", "holdings_count", 1_950, now.traded
    yield "VTWO", "holdings_count", 1_968, now.month_end
    yield "SPY", "holdings_count", 495, now.traded
    yield "QQQ", "holdings_count", 100, now.traded
    yield "IWM", "top10_weight", 5.19, now.traded
    yield "VTWO", "top10_weight", 5.12, now.month_end
    for stock in world.IWM_LARGEST:
        yield "IWM", f"holding_weight.{stock.ticker}", float(stock.weight), now.traded
    for ticker, weight in world.VTWO_LARGEST.items():
        yield "VTWO", f"holding_weight.{ticker}", float(weight), now.month_end
    for name, count in world.IWM_SMALL.items():
        large = sum(float(stock.weight) for stock in world.IWM_LARGEST if stock.sector == name)
        yield "IWM", f"sector_weight.{_sector(name)}", 0.049 * count + large, now.traded
    for name, weight in world.VTWO_SECTORS.items():
        yield "VTWO", f"sector_weight.{_sector(name)}", float(weight), now.today
    for name, share in samples_issuers.NASDAQ.items():
        yield "QQQ", f"sector_weight.{_sector(name)}", share, now.traded
    yield "SPY", "sector_weight.information_technology", 34.0, now.today
    assert len(samples.WEIGHTS) == 11


def _sector(name: str) -> str:
    return SECTORS.get(name, name.lower().replace(" ", "_"))


def _computed(now: World) -> Iterator[tuple[str, str, float, date]]:
    """Total returns of what pays dividends, price returns of the rest, and what else comes from daily prices."""
    market = now.adjusted("SPY")
    for subject in QUOTED:
        points = now.adjusted(subject)
        for name, growth, days in _growths(points, now):
            yield subject, f"return.{name}", 100 * growth, now.traded
            if name in ("3y", "5y", "10y"):
                yield subject, f"return_annualised.{name}", 100 * ((1 + growth) ** (365.25 / days) - 1), now.traded
        for name, years in SPANS.items():
            yield subject, f"volatility.{name}", _volatility(points, years), now.traded
        for name in ("1y", "10y"):
            yield subject, f"max_drawdown.{name}", _drawdown(points, SPANS[name], now), now.traded
        if subject != "SPY":
            against = now.closes("SPY") if QUOTED[subject].dividends == 0 else market
            yield subject, "beta.3y", _beta(points, against, now), now.traded


def _growths(points: list[tuple[date, float]], now: World) -> Iterator[tuple[str, float, int]]:
    starts = {"ytd": date(now.traded.year - 1, 12, 31)} | {
        name: _back(now.traded, years) for name, years in SPANS.items()
    }
    for name, start in starts.items():
        day, value = [point for point in points if point[0] <= start][-1]
        yield name, points[-1][1] / value - 1, (now.traded - day).days


def _back(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28) if day.month == 2 else day.day)


def _from(points: list[tuple[date, float]], years: int, now: World) -> np.ndarray:
    """The values from the last day on or before that day some years ago."""
    place = sum(day <= _back(now.traded, years) for day, _ in points) - 1
    return np.array([value for _, value in points[place:]])


def _volatility(points: list[tuple[date, float]], years: int) -> float:
    days = 252 * years
    moves = np.log(np.array([value for _, value in points[-days:]]) / [value for _, value in points[-days - 1 : -1]])
    return float(100 * moves.std(ddof=1) * 252**0.5)


def _drawdown(points: list[tuple[date, float]], years: int, now: World) -> float:
    deepest, peak = 0.0, 0.0
    for value in _from(points, years, now):
        peak = max(peak, value)
        deepest = min(deepest, value / peak - 1)
    return float(100 * deepest)


def _beta(points: list[tuple[date, float]], market: list[tuple[date, float]], now: World) -> float:
    """The slope of a straight line through the daily returns."""
    own, other = (_from(each, 3, now) for each in (points, market))
    return float(np.polyfit(other[1:] / other[:-1] - 1, own[1:] / own[:-1] - 1, 1)[0])


def _macro(now: World) -> Iterator[tuple[str, str, float, date]]:
    for id in (*world.MACRO, "DFEDTARU"):
        day, value = now.macro(id)[-1]
        yield "US", f"macro.{id}", value * FACTORS.get(id, 1), day
    day = now.macro("DFEDTARU")[-1][0]
    cuts = sum(date(2024, 9, 1) <= since <= day for since in world.TARGETS)
    yield "Federal Reserve", "rate_cuts", cuts, day
