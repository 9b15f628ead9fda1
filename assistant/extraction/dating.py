"""As of which day a statement holds: the date beside its number, in its sentence, or in headings and notes above it.

Knows nothing of what is stated. A date that cannot be a day of the past, or one of several, dates nothing.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.numbers import Number, Period, find_numbers
from assistant.types import AsOfKind

_BEFORE_PERIOD = re.compile(
    r"\b(?:since|from|until|between|through|by|after|before)(?: the)?(?: (?:start|end) of)? $", re.I
)
_AFTER_PERIOD = re.compile(r"(?: ?(?:초|말))? ?(?:이후|부터|까지|이전|이래)")
_MONTH_END = re.compile(r"\b(?:end of|month[- ]end) (?:the )?$", re.I)
_MONTH_END_AFTER = re.compile(r" ?말(?![가-힣]*씀)")
_BESIDE = re.compile(r"[^(),.;]{0,8}\(([^()]*)\)")
_NOTE = re.compile(
    r"기준|\bas (?:of|at)\b|\b(?:figures|data|weights|numbers|holdings) (?:are|were|is) (?:for|from)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day with what it is: stated, the end of a month, or that of the publication for want of another."""

    day: date
    kind: AsOfKind


def dates_in(text: str) -> list[Number]:
    return [number for number in find_numbers(text) if number.unit == "date"]


def noted_day(text: str, published: date) -> Day | None:
    """Return the one day as of which a heading or note says that figures hold."""
    return _only(text, dates_in(text), published) if _NOTE.search(text) else None


def stated_day(text: str, start: int, end: int, above: Day, published: date) -> Day | None:
    """Return the day of the number at `start` to `end`, which may be a date itself; `above` where the text has none.

    None where the text has a date that is none of a day, lies ahead, or is one of several.
    """
    dates = [number for number in dates_in(text) if number.end <= start or number.start >= end]
    if not dates:
        return above
    beside = _BESIDE.match(text, end)
    own = [number for number in dates if beside and beside.start(1) <= number.start < beside.end(1)]
    return _only(text, own or [number for number in dates if not _is_beside_another(text, number)], published)


def _is_beside_another(text: str, date: Number) -> bool:
    """Whether a date stands in the brackets after another number."""
    return any(
        (beside := _BESIDE.match(text, number.end)) and beside.start(1) <= date.start < beside.end(1)
        for number in find_numbers(text)
        if number.end < date.start
    )


def _only(text: str, dates: Sequence[Number], published: date) -> Day | None:
    if any(_bounds_a_period(text, number) for number in dates):
        return None
    days: set[Day | None] = {_day(text, number, published) for number in dates}
    whole = {day for day in days if day and day.kind != "published"}
    found = next(iter(whole or days))
    one = len(whole) == 1 or len(days) == 1
    return found if one and None not in days and found and found.day <= published else None


def _bounds_a_period(text: str, number: Number) -> bool:
    return bool(_BEFORE_PERIOD.search(text[: number.start]) or _AFTER_PERIOD.match(text, number.end))


def _day(text: str, number: Number, published: date) -> Day | None:
    """The day that a date names; one without a day is the publication's, if it agrees with that."""
    assert isinstance(number.value, Period)
    year, month, day = number.value
    year = year or published.year
    try:
        if month and day:
            return Day(date(year, month, day), "stated")
        if month and (_MONTH_END.search(text[: number.start]) or _MONTH_END_AFTER.match(text, number.end)):
            return Day(date(year, month, monthrange(year, month)[1]), "month_end")
    except ValueError:  # "30 February"
        return None
    agrees = number.value.agrees(Period(published.year, published.month, published.day))
    return Day(published, "published") if agrees else None
