"""The time that a question names: since January, over ten years, in 2025.

Knows nothing of figures; texts come without names such as Russell 2000, whose digits are no year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_YTD = re.compile(
    r"올해|연초(?:\s*이후)?|올 들어|금년|ytd|year[- ]to[- ]date|this year|so far (?:this|in)", re.IGNORECASE
)
_SPAN = re.compile(
    r"(?<!\d)(?!(?:1|일|한)\s*년에)(?P<ko>1|2|3|5|10|15|20|30|일|이|삼|오|십|한|두|세|다섯|열)\s*(?:개년|년)(?!\s*[대도월])"
    r"|(?<![\w.])(?P<en>\d{1,2}|one|two|three|five|ten|twenty)[- ]?(?:years?|yrs?|y)\b"
    r"|(?P<decade>\bdecade\b)|(?P<months>\d{1,2})\s*(?:-?months?\b|개월)|(?P<last>\bpast year\b)",
    re.IGNORECASE,
)
_SPAN_WORDS = {
    "일": 1, "한": 1, "one": 1, "이": 2, "두": 2, "two": 2, "삼": 3, "세": 3, "three": 3,
    "오": 5, "다섯": 5, "five": 5, "십": 10, "열": 10, "ten": 10, "twenty": 20,
}  # fmt: skip
_YEAR = re.compile(
    r"(?<!\d)(?P<year>19\d\d|20\d\d|[23]\d(?=년))(?!\d)\s*(?:년)?\s*[-./]?\s*(?:(?P<month>1[0-2]|0?[1-9])\s*(?:월|[-./]))?"
)
_LAST_YEAR = re.compile(r"작년|지난해|전년|\blast year\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Period:
    """The time that a question names: a trailing span ("ytd", "10y") or a calendar year with or without a month."""

    span: str | None = None
    year: int | None = None
    month: int | None = None


def read_period(plain: str, this_year: int) -> Period:
    """Return the period that a text names; "last year" is the one before `this_year`."""
    dated = _YEAR.search(plain)
    year = (int(dated["year"]) + (2000 if len(dated["year"]) == 2 else 0)) if dated else None
    month = int(dated["month"]) if dated and dated["month"] else None
    if span := _SPAN.search(plain):
        return Period(_length(span), year, month)
    if _YTD.search(plain) and year in (None, this_year):
        return Period("ytd", year)
    if year:
        return Period(None, year, month)
    return Period(None, this_year - 1) if _LAST_YEAR.search(plain) else Period()


def find_period(plain: str) -> tuple[int, int] | None:
    """Return where a text names a period; None where it names none."""
    found = (pattern.search(plain) for pattern in (_SPAN, _YTD, _YEAR, _LAST_YEAR))
    return next((match.span() for match in found if match), None)


def _length(span: re.Match[str]) -> str:
    """Return the span as "10y" or "6m"; twelve months are a year."""
    if span["decade"]:
        return "10y"
    if span["months"]:
        return "1y" if span["months"] == "12" else f"{span['months']}m"
    count = (span["ko"] or span["en"] or "1").lower()
    return f"{count if count.isdigit() else _SPAN_WORDS[count]}y"
