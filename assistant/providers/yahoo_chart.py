"""Prices in Yahoo's chart (v8): the last price, the day's change, the range of a year, and daily series.

chartPreviousClose is never read: it is the close before the whole range, not yesterday's. Knows nothing of requests.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from assistant.providers.provider import Fetched, FetchError
from assistant.providers.yahoo_findings import JUMP, Findings, Listing, around, at, number, result

METRICS = ("price", "change.day", "high.52w", "low.52w", "close", "adjusted_close", "volume")
YEAR = timedelta(days=366)
WEEK = timedelta(days=7)
META = "chart.result[0].meta"

Days = Mapping[date, float]


def read_chart(reply: Mapping[str, Any], listing: Listing, fetched_at: datetime) -> Fetched:
    """Return price, change, range and daily series; raises FetchError where the chart is of no use."""
    found = Findings(listing, fetched_at)
    chart = result(reply, "chart")
    meta = at(chart, "meta")
    listing.check(at(meta, "symbol"), at(meta, "currency"))
    zone = _zone(at(meta, "exchangeTimezoneName"))
    stamps = at(chart, "timestamp")
    closes = _dated(stamps, at(chart, "indicators", "quote", 0, "close"), zone)
    adjusted = _dated(stamps, at(chart, "indicators", "adjclose", 0, "adjclose"), zone)
    volumes = _dated(stamps, at(chart, "indicators", "quote", 0, "volume"), zone)
    _take_price(found, meta, closes, zone)
    running = _running_day(meta, zone, fetched_at)
    for metric, points in (("close", closes), ("adjusted_close", adjusted), ("volume", volumes)):
        _take_series(found, metric, {day: value for day, value in points.items() if day != running})
    return found.fetched()


def _take_price(found: Findings, meta: Any, closes: Days, zone: ZoneInfo) -> None:
    """Take what belongs to the last trade."""
    time = number(at(meta, "regularMarketTime"))
    day = None if time is None else _day(time, zone)
    if day is None or day > found.fetched_at.astimezone(zone).date():
        for metric in ("price", "change.day", "high.52w", "low.52w"):
            if day is None:
                found.refuse(metric, "changed", f"no {META}.regularMarketTime in the reply")
            else:
                found.refuse(metric, "implausible", f"a trade date that is still to come: {day}")
        return
    price, path = number(at(meta, "regularMarketPrice")), f"{META}.regularMarketPrice"
    before = {earlier: value for earlier, value in closes.items() if earlier < day}
    # The middle one of several closes, so that one bad close does not make a good price look wrong.
    usual = statistics.median([*before.values()][-5:] or [price or 0.0])
    if found.take("price", price, found.listing.unit, path, around(usual), day):
        _take_change(found, price or 0.0, path, day, before)
    else:
        found.refuse("change.day", found.refused[-1].reason, "there is no price that can be used")
    _take_extreme(found, meta, "high.52w", "fiftyTwoWeekHigh", day, closes, max)
    _take_extreme(found, meta, "low.52w", "fiftyTwoWeekLow", day, closes, min)


def _take_change(found: Findings, price: float, path: str, day: date, before: Days) -> None:
    """Take the last close against the one before; the last price is the last close, once the day is over."""
    last = max(before, default=None)
    if last is None or not before[last] > 0:
        return found.refuse("change.day", "changed", "no two closes in the reply")
    change = round((price / before[last] - 1) * 100, 6)
    limit = JUMP * 100
    inputs = (f"close {last} = {before[last]:.10g}", f"close {day} = {price:.10g}")
    found.take(
        "change.day", change, "percent", path, (-limit, limit), day,
        method="computed", formula="(last close / close before - 1) x 100", inputs=inputs,
    )  # fmt: skip


def _take_extreme(
    found: Findings, meta: Any, metric: str, key: str, day: date, closes: Days, best: Callable[[Iterable[float]], float]
) -> None:
    """Take the highest or lowest price of 52 weeks if it goes with the closes of that time."""
    year = {earlier: value for earlier, value in closes.items() if day - earlier <= YEAR}
    if jump := _jump(year):
        return found.refuse(metric, "implausible", f"the closes have a step of {JUMP:.0%} or more on {jump}")
    value = number(at(meta, key))
    usual = best(year.values()) if year else value or 0.0
    found.take(metric, value, found.listing.unit, f"{META}.{key}", around(usual), day)


def _take_series(found: Findings, metric: str, points: Days) -> None:
    if metric == "volume" and found.listing.unit != "usd":
        return  # a benchmark or a currency has no volume of its own
    if not points:
        found.refuse(metric, "changed", "no values in the reply")
    elif metric == "volume":
        found.take_series(metric, "count", points)
    elif jump := _jump(points):
        found.refuse(metric, "implausible", f"a step of {JUMP:.0%} or more on {jump}")
    else:
        found.take_series(metric, found.listing.unit, points)


def _zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, TypeError, ValueError, OSError, AttributeError) as error:  # as names of all kinds raise
        raise FetchError("changed", f"no time zone is named {name}") from error


def _day(time: float, zone: ZoneInfo) -> date:
    try:
        return datetime.fromtimestamp(time, zone).date()
    except (ValueError, OverflowError, OSError) as error:
        raise FetchError("changed", f"{time} is no time") from error


def _dated(stamps: Any, values: Any, zone: ZoneInfo) -> dict[date, float]:
    """Return the values by day, oldest first, without missing ones; of two on a day the later one counts."""
    if values is None:
        return {}
    if not isinstance(stamps, list) or not isinstance(values, list) or len(stamps) != len(values):
        raise FetchError("changed", "another number of times than of values")
    pairs = [(number(stamp), number(value)) for stamp, value in zip(stamps, values, strict=True)]
    full = sorted((stamp, value) for stamp, value in pairs if stamp is not None and value is not None)
    return {_day(stamp, zone): value for stamp, value in full}


def _jump(points: Days) -> date | None:
    """The last day whose value cannot be right beside the one before it; after a long gap anything can."""
    for earlier, day in reversed(list(pairwise(points))):
        if points[earlier] <= 0 or (day - earlier <= WEEK and abs(points[day] / points[earlier] - 1) >= JUMP):
            return day
    return None


def _running_day(meta: Any, zone: ZoneInfo, now: datetime) -> date | None:
    """The trading day that is not over: its close and volume are not final, so no series has them yet."""
    start, end = (number(at(meta, "currentTradingPeriod", "regular", edge)) for edge in ("start", "end"))
    return _day(start, zone) if start is not None and end is not None and now.timestamp() < end else None
