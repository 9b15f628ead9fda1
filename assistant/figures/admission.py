"""Whether a figure that came may become the current one, beside what is known already.

A value is doubted that moved further in the days between than its family may, that changed its unit or currency, or
that is a hundred, a thousand or a million times what another source says. It stays apart until a fetch with a later
as-of date says much the same with no good value in between: then a split or a change of the fund is real, and it is
taken.
Knows nothing of storage or of sources.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from assistant.figures.catalogue import Jump, family
from assistant.types import Figure

Verdict = Literal["new", "kept", "older", "suspect", "implausible"]

_AHEAD = timedelta(days=1)  # it may be tomorrow already where the source is
_PERIOD_AHEAD = timedelta(days=100)  # the end of a quarter that has only begun
_SCALES = (100.0, 1_000.0, 1_000_000.0, 1_000_000_000.0)
_NEAR = 1.25


def judge(
    new: Figure, current: Figure | None, doubted: Figure | None, others: Sequence[Figure], today: date
) -> tuple[Verdict, str]:
    """Return what becomes of a figure and, unless it is taken, why.

    `current` is the good row of the same key, `doubted` the newest suspect one, `others` are current rows of other
    sources on the same subject and metric.
    """
    if problem := implausible(new, today):
        return "implausible", problem
    if current is not None and new.as_of < current.as_of:
        return "older", f"its date {new.as_of} lies before {current.as_of}"
    if new.quality.startswith("suspect"):
        return "suspect", new.quality
    if current is not None and _same(new, current):
        return "kept", ""
    doubt = (_doubt(current, new) if current is not None else "") or _off_scale(new, others)
    if doubt and not _confirmed(new, current, doubted):
        return "suspect", doubt
    return "new", ""


def implausible(figure: Figure, today: date) -> str:
    """Return why the figure cannot be right whatever was known before, or nothing."""
    ahead = _PERIOD_AHEAD if figure.as_of_kind in ("month_end", "period_end") else _AHEAD
    if figure.as_of > today + ahead:
        return f"its date {figure.as_of} lies in the future"
    if isinstance(figure.value, date):
        return ""
    if not math.isfinite(figure.value):
        return f"{figure.value} is not a number"
    units = family(figure.metric).units
    if not units:
        return ""
    if figure.unit not in units:
        return f"its unit is {figure.unit}, not {' or '.join(units)}"
    least, most = units[figure.unit]
    if not least <= figure.value <= most:
        return f"{figure.value:g} {figure.unit} is not between {least:g} and {most:g}"
    return ""


def moved(jump: Jump | None, old: float, new: float, days: int) -> bool:
    """Whether the value moved further than it may in so many days."""
    if jump is None:
        return False
    if jump.measure == "points":
        distance = abs(new - old)
    else:
        base = 100.0 if jump.measure == "growth" else 0.0
        low, high = sorted((base + old, base + new))
        if low <= 0:  # no ratio can be told
            return False
        distance = high / low - 1
    return distance > jump.most * math.sqrt(max(1, days))


def _same(one: Figure, other: Figure) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in ("value", "as_of", "unit", "currency", "quality"))


def _doubt(old: Figure, new: Figure) -> str:
    if (old.unit, old.currency) != (new.unit, new.currency):
        return f"its unit was {old.unit} {old.currency or ''}, and is {new.unit} {new.currency or ''}"
    if isinstance(old.value, date) or isinstance(new.value, date):
        return ""
    if moved(family(new.metric).jump, old.value, new.value, (new.as_of - old.as_of).days):
        return f"it went from {old.value:g} on {old.as_of} to {new.value:g} on {new.as_of}"
    return ""


def _off_scale(new: Figure, others: Sequence[Figure]) -> str:
    if not family(new.metric).scaled or isinstance(new.value, date):
        return ""
    for other in others:
        if other.unit != new.unit or isinstance(other.value, date) or new.value * other.value <= 0:
            continue
        ratio = max(new.value / other.value, other.value / new.value)
        if any(scale / _NEAR < ratio < scale * _NEAR for scale in _SCALES):
            return f"it is {new.value:g} where {other.source} says {other.value:g}"
    return ""


def _confirmed(new: Figure, current: Figure | None, doubted: Figure | None) -> bool:
    if doubted is None or new.as_of <= doubted.as_of or _doubt(doubted, new):
        return False
    if current is None or current.fetched_at is None or doubted.fetched_at is None:
        return current is None
    return doubted.fetched_at > current.fetched_at
