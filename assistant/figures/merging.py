"""How a series that came is laid over what is stored of it, and what of it can be trusted.

Pure. Knows nothing of storage or of sources.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from assistant.figures.admission import moved
from assistant.figures.catalogue import family
from assistant.providers.provider import Series

Point = tuple[date, float]
# Past prices change with every split, adjusted ones with every dividend too: what is stored follows in proportion.
PRICES = {"close", "adjusted_close"}
_AHEAD = timedelta(days=100)  # the date of a quarter's value may be its end
_AHEAD_OF_PRICE = timedelta(days=1)


def trusted(series: Series, today: date) -> tuple[tuple[Point, ...], str]:
    """Return the points that can be used and, where the last one is left off, why.

    A jump to the last point is left off until another day confirms it. What is not a finite number, no price at all or
    dated in the future is no point.
    """
    price = series.metric in PRICES
    latest = today + (_AHEAD_OF_PRICE if price else _AHEAD)
    points = tuple(
        sorted(
            (day, value)
            for day, value in series.points
            if math.isfinite(value) and day <= latest and (value > 0 or not price)
        )
    )
    if len(points) < 2:
        return points, ""
    (before, old), (last, new) = points[-2:]
    if moved(family(series.metric).jump, old, new, (last - before).days):
        return points[:-1], f"it went from {old:g} on {before} to {new:g} on {last}"
    return points, ""


def merged(metric: str, stored: Mapping[date, float], points: Sequence[Point]) -> Iterator[Point]:
    """Yield the new points, and the stored ones on other days: of a price in their old proportion to the new."""
    new = dict(points)
    ratios = {day: new[day] / old for day, old in sorted(stored.items()) if metric in PRICES and day in new and old}
    ratio = next(iter(ratios.values()), 1.0)
    yield from points
    for day, old in sorted(stored.items()):
        ratio = ratios.get(day, ratio)
        if day not in new:
            yield day, old * ratio
