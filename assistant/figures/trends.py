"""What dated values tell of the last of them: its place in their history, its change over three months, a sparkline.

Pure functions over values in order of date. Knows nothing of storage, of metrics or of wording.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

Point = tuple[date, float]
Direction = Literal["up", "down", "flat"]

MONTHS = 3
SPARKLINE = 120
_LEAST_SPAN = timedelta(days=730)
_LEAST_VALUES = 24
_HOLE = timedelta(days=45)  # a value older than this says nothing of three months ago
_STILL = 0.005  # points, or five in ten thousand of a large value: no reader would call it a change


def percentile(points: Sequence[Point]) -> float | None:
    """Return the share of all values, 0 to 100, at or below the last one; None for less than two years or 24 values."""
    if len(points) < _LEAST_VALUES or points[-1][0] - points[0][0] < _LEAST_SPAN:
        return None
    last = points[-1][1]
    return 100 * sum(value <= last for _, value in points) / len(points)


def change(points: Sequence[Point]) -> float | None:
    """Return the last value less the last one on or before three months earlier; None where there is none near it."""
    if not points:
        return None
    end, last = points[-1]
    start = months_before(end, MONTHS)
    earlier = next(((day, value) for day, value in reversed(points) if day <= start), None)
    if earlier is None or start - earlier[0] > _HOLE:
        return None
    return last - earlier[1]


def direction(moved: float | None, last: float) -> Direction | None:
    """Return where a value went that moved by so much and stands at `last` now."""
    if moved is None:
        return None
    if abs(moved) < max(_STILL, abs(last) * _STILL / 10):
        return "flat"
    return "up" if moved > 0 else "down"


def thinned(points: Sequence[Point], most: int = SPARKLINE) -> tuple[Point, ...]:
    """Return at most so many points, evenly chosen, the first and the last among them."""
    if len(points) <= most:
        return tuple(points)
    return tuple(points[round(place * (len(points) - 1) / (most - 1))] for place in range(most))


def averages(points: Sequence[Point], days: int) -> tuple[Point, ...]:
    """Return for each day the mean of the values of so many calendar days up to it, from the first full stretch on."""
    return tuple(_averages(points, timedelta(days=days)))


def _averages(points: Sequence[Point], stretch: timedelta) -> Iterator[Point]:
    start, total = 0, 0.0
    for place, (day, value) in enumerate(points):
        total += value
        while points[start][0] <= day - stretch:
            total -= points[start][1]
            start += 1
        if day - points[0][0] >= stretch - timedelta(days=1):
            yield day, total / (place - start + 1)


def steps_down(points: Sequence[Point], since: date) -> tuple[Point, ...]:
    """Return for each day from `since` on how often the value fell by then; nothing where it begins later than that."""
    if not points or points[0][0] > since:
        return ()
    count, counted = 0, []
    for (_, before), (day, value) in pairwise(points):
        if day >= since:
            count += value < before
            counted.append((day, float(count)))
    return tuple(counted)


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))
