"""The time that a question names: over ten years, in 2025, since September 2024, yesterday.

Knows nothing of figures; texts come without names such as Russell 2000, whose digits are no year.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from assistant.numbers import find_numbers

_YTD = re.compile(
    r"올해|연초(?:\s*이후)?|올 들어|금년|ytd|year[- ]to[- ]date|this year|so far (?:this|in)", re.IGNORECASE
)
_SPAN = re.compile(
    r"(?<!\d)(?!(?:1|일|한)\s*년에)(?P<ko>1|2|3|5|10|15|20|30|일|이|삼|오|십|한|두|세|다섯|열)\s*(?:개년|년)(?!\s*[대도월])"
    r"|(?<![\w.])(?P<en>\d{1,2}|one|two|three|five|ten|twenty)[- ]?(?:years?|yrs?|y)\b"
    r"|(?P<decade>\bdecade\b)|(?P<months>\d{1,2}|twelve)\s*(?:-?months?\b|개월)"
    r"|(?P<month>(?:지난|이번)\s*달|\b(?:last|past|this) month\b)"
    r"|(?P<week>(?:지난|이번)\s*주|\b(?:last|past|this) week\b)"
    r"|\b(?P<last>past year|(?:the|this) (?:last|past) year|trailing year)\b",
    re.IGNORECASE,
)
_SPAN_WORDS = {
    "일": 1, "한": 1, "one": 1, "이": 2, "두": 2, "two": 2, "삼": 3, "세": 3, "three": 3,
    "오": 5, "다섯": 5, "five": 5, "십": 10, "열": 10, "ten": 10, "twenty": 20,
}  # fmt: skip
_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = re.compile(
    rf"\b(?:in|since|by|during|last|early|late|mid)[\s-]+(?P<month>{'|'.join(_MONTHS)})\b", re.IGNORECASE
)
# Years and months as numbers.py does not read them: 26년, 2025.12
_SHORT_YEAR = re.compile(r"(?<!\d)(2[1-9])(?=년(?!\s*[간동]))")
_DOTTED = re.compile(r"(?<!\d)(20\d\d)\s*[./]\s*(1[0-2]|0?[1-9])(?![\d./])")
_LAST_YEAR = re.compile(r"작년|지난해|전년|\blast year\b", re.IGNORECASE)
_BEFORE_LAST_YEAR = re.compile(r"재작년|\byear before last\b", re.IGNORECASE)
_SINCE = re.compile(r"\s*(?:초|말|중순)?\s*(?:부터|이후|이래)")
_SINCE_BEFORE = re.compile(
    r"\bsince\s+(?:the\s+)?(?:(?:start|end|beginning)\s+of\s+)?(?:early|late|mid)?[\s-]*$", re.IGNORECASE
)
_DAYS_AGO = {
    2: re.compile(r"그저께|그제|엊그제|\bday before yesterday\b", re.IGNORECASE),
    1: re.compile(r"어제|어저께|\byesterday\b", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Period:
    """The time that a question names: a trailing span ("ytd", "10y"), a year, month or day, or days ago.

    With `since` the date begins a stretch that lasts until now.
    """

    span: str | None = None
    year: int | None = None
    month: int | None = None
    day: int | None = None
    since: bool = False
    days_ago: int | None = None

    @property
    def is_dated(self) -> bool:
        return any(part is not None for part in (self.year, self.month, self.days_ago))

    def covers(self, day: date, today: date) -> bool:
        """Whether what is of that day is of the time named."""
        if self.days_ago is not None:
            return day <= today - timedelta(days=self.days_ago)
        if self.since and self.year is not None:
            return day >= date(self.year, self.month or 1, self.day or 1)
        return all(
            part in (None, own) for part, own in zip((self.year, self.month, self.day), day.timetuple(), strict=False)
        )

    def named_day(self, today: date) -> date | None:
        """Return the day, where it is one day that is named, and no later one than today."""
        if self.days_ago is not None:
            return today - timedelta(days=self.days_ago)
        if self.since or not self.month or not self.day:
            return None
        years = [self.year] if self.year else [today.year, today.year - 1]
        days = [date(year, self.month, self.day) for year in years if self.day <= monthrange(year, self.month)[1]]
        return next((day for day in days if day <= today), None)


def read_period(plain: str, this_year: int) -> Period:
    """Return the period that a text names; "last year" is the one before `this_year`, "the last year" twelve months."""
    text = _DOTTED.sub(r"\1-\2", _SHORT_YEAR.sub(r"20\1", plain))
    dated = _dated(text)
    if span := _SPAN.search(plain):
        return replace(dated, span=_length(span))
    if _YTD.search(plain) and dated.year in (None, this_year):
        return replace(dated, span="ytd")
    if dated.year is None:
        ago = 2 if _BEFORE_LAST_YEAR.search(plain) else 1 if _LAST_YEAR.search(plain) else 0
        return replace(dated, year=this_year - ago) if ago else dated
    return replace(dated, span="ytd") if dated == Period(year=this_year) else dated


def _dated(text: str) -> Period:
    """The first date with a year, or else the first without one."""
    dates = [(number, number.value) for number in find_numbers(text) if not isinstance(number.value, Decimal)]
    for number, value in sorted(dates, key=lambda pair: pair[1].year is None):
        since = _SINCE.match(text, number.end) or _SINCE_BEFORE.search(text[: number.start])
        return Period(None, value.year, value.month, value.day, bool(since))
    if named := _MONTH.search(text):
        return Period(month=_MONTHS.index(named["month"].lower()) + 1)
    return Period(days_ago=next((days for days, words in _DAYS_AGO.items() if words.search(text)), None))


def find_spans(plain: str) -> list[tuple[int, int, str]]:
    """Return where a text names a trailing span, and which: "ytd", "10y", "6m"; last week is none to measure by."""
    found = [match for match in _SPAN.finditer(plain) if not (match["month"] or match["week"])]
    spans = [(match.start(), match.end(), _length(match)) for match in found]
    return sorted([*spans, *((match.start(), match.end(), "ytd") for match in _YTD.finditer(plain))])


def find_period(plain: str) -> tuple[int, int] | None:
    """Return where a text names a period; None where it names none."""
    return next(_periods(plain), None)


def find_periods(plain: str) -> list[tuple[int, int]]:
    """Return where a text names periods, in reading order; of those that overlap, the first that `find_period` has."""
    found: list[tuple[int, int]] = []
    for start, end in _periods(plain):
        if all(end <= other[0] or start >= other[1] for other in found):
            found.append((start, end))
    return sorted(found)


def _periods(plain: str) -> Iterator[tuple[int, int]]:
    """Spans, then dates with a year, then words for a time."""
    for pattern in (_SPAN, _YTD):
        yield from (match.span() for match in pattern.finditer(plain))
    for number in find_numbers(plain):
        if getattr(number.value, "year", None) is not None:
            yield number.start, number.end
    for pattern in (*_DAYS_AGO.values(), _BEFORE_LAST_YEAR, _SHORT_YEAR, _LAST_YEAR):
        yield from (match.span() for match in pattern.finditer(plain))


def _length(span: re.Match[str]) -> str:
    """Return the span as "10y", "6m" or "1w"; twelve months are a year."""
    if span["decade"]:
        return "10y"
    if span["month"] or span["week"]:
        return "1m" if span["month"] else "1w"
    if span["months"]:
        return "1y" if span["months"].lower() in ("12", "twelve") else f"{span['months']}m"
    count = (span["ko"] or span["en"] or "1").lower()
    return f"{count if count.isdigit() else _SPAN_WORDS[count]}y"
