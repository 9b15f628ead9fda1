"""What a number may belong to: the subject, metric, period and member that are named near it, and the claim they make.

Knows nothing of the words between the names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assistant.extraction.marked import SUBJECTS, MarkedText, distinct
from assistant.extraction.wording import COUNTED, TOP10, WEIGHT, Metric, load_wording
from assistant.figures.catalogue import family
from assistant.numbers import Number
from assistant.vocabulary import Concept, Kind, Mention

_SPANNED = ("return", "return_annualised")
_WON = 1_000  # least and greatest sums of won are those of dollars times this
_HOLDINGS = ("stocks", "holdings", "constituents")
_COUNTED = (*_HOLDINGS, "companies", "개", "종목")
_NARROWED = re.compile(r"[^,.;()]{0,20}?\b(?:that|which|with|from|in|whose|out)\b|(?: 종목)?[은는]", re.IGNORECASE)
_TICKER = re.compile(r"(?<![A-Za-z])[A-Z]{3,5}(?![A-Za-z])")
_INITIALS = frozenset("ETF AUM NAV PER TER USD KRW NYSE SEC IPO CEO FOMC GDP CPI FTSE LSEG MSCI CME".split())


@dataclass(frozen=True, slots=True)
class Names:
    """What is named; `member` is the sector or holding that a weight is of."""

    subject: Concept | None = None
    metric: Metric | None = None
    span: str | None = None
    member: Concept | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """`subject`'s `metric` is `value`, by the number at `start` to `end` of the sentence."""

    subject: str
    metric: str
    value: float | date
    unit: str
    start: int
    end: int


def named_in(heading: str) -> Names:
    """Return what a heading or title names: one fund, else one benchmark, one metric, one period; none of several."""
    text = MarkedText(heading)
    subjects = distinct(text.names, {"fund"}) or distinct(text.names, {"benchmark"})
    ids = {mention.concept.id for mention in text.names} & load_wording().metrics.keys() - {COUNTED}
    ids -= {TOP10} if WEIGHT in ids else set()
    metric = load_wording().metrics[ids.pop()] if len(ids) == 1 else None
    return Names(subjects[0] if len(subjects) == 1 else None, metric, text.span(0, len(heading)))


def funds_in(text: str) -> set[str]:
    """Return the funds and benchmarks that a text names, and what looks like the ticker of another fund."""
    marked = MarkedText(text)
    tickers = set(_TICKER.findall(marked.plain)) - _INITIALS
    return tickers | {concept.id for concept in distinct(marked.names, {"fund", "benchmark"})}


def read_names(
    mentions: Sequence[Mention], span: str | None, number: Number, known: Names, *, partly: bool = False
) -> Names | None:
    """Return what mentions near a number name, and what they leave out from `known`; None where that is not clear.

    `partly`: the metric may be missing, or be written in another unit.
    """
    named = _fitting(mentions, number)
    if named is None:
        return None
    weighed = named or ({known.metric.id} if known.metric else set())
    weighs = bool(weighed) and weighed <= {WEIGHT, TOP10}
    member_kinds: frozenset[Kind] = frozenset({"sector", "company"} if weighs else {"sector"})
    members, subjects = distinct(mentions, member_kinds), distinct(mentions, SUBJECTS - member_kinds)
    metrics = {WEIGHT} if weighs and members else named - ({WEIGHT} if TOP10 in named else set())
    if max(len(members), len(subjects), len(metrics)) > 1 or (members and not weighs):
        return None
    metric = load_wording().metrics[metrics.pop()] if metrics else known.metric
    if is_counted(number) and (metric is None or number.unit not in metric.written):
        metric = load_wording().metrics[COUNTED]
    elif not partly and (not mentions or metric is None or number.unit not in metric.written):
        return None
    subject = subjects[0] if subjects else known.subject
    member = members[0] if members else known.member if subjects and not named else None
    return Names(subject, metric, span or known.span, member)


def make_claim(names: Names, number: Number, after: str) -> Claim | None:
    """Return the claim of a number, unless it is out of bounds or, by the text after it, a bound or a difference."""
    subject, metric, value = names.subject, names.metric, _value(number)
    if subject is None or metric is None or value is None or subject.kind not in metric.subjects:
        return None
    if load_wording().qualified.match(after) or "+" in number.text:
        return None
    id, unit = _metric_id(names, metric), "krw" if number.unit == "krw" else metric.unit
    if id is None or not _is_plausible(value, id, unit, metric):
        return None
    if metric.id == COUNTED and (not number.text.casefold().endswith(_COUNTED) or _NARROWED.match(after)):
        return None
    return Claim(subject.id, id, value, unit, number.start, number.end)


def metric_of(mention: Mention | None) -> Metric | None:
    return load_wording().metrics.get(mention.concept.id) if mention else None


def is_counted(number: Number) -> bool:
    """Whether the number says itself that it counts holdings: "1,961 stocks"."""
    return number.unit == "count" and number.text.casefold().endswith(_HOLDINGS)


def _fitting(mentions: Iterable[Mention], number: Number) -> set[str] | None:
    """The metrics named that are written in the number's unit; None where one is named that is not."""
    named: dict[int, set[str]] = {}
    for mention in mentions:
        if metric := metric_of(mention):
            fits = named.setdefault(mention.start, set())
            fits |= {metric.id} if number.unit in metric.written else set()
    return {id for fits in named.values() for id in fits} if all(named.values()) else None


def _metric_id(names: Names, metric: Metric) -> str | None:
    """The metric as figures name it; None where its member or period is missing."""
    if metric.id == WEIGHT:
        return f"{load_wording().members[names.member.kind]}.{names.member.id}" if names.member else None
    if metric.id in _SPANNED:
        return f"{metric.id}.{names.span}" if names.span else None
    return "holdings_count" if metric.id == COUNTED else metric.id


def _value(number: Number) -> float | date | None:
    if isinstance(number.value, Decimal):
        return float(number.value / 100 if number.unit == "basis_point" else number.value)
    year, month, day = number.value
    return date(year, month, day) if year and month and day else None


def _is_plausible(value: float | date, id: str, unit: str, metric: Metric) -> bool:
    if isinstance(value, date):
        return True
    worth = _WON if unit == "krw" else 1
    bounds = metric.bounds or family(id).units.get("usd" if unit == "krw" else unit)
    return bounds is None or bounds[0] * worth <= value <= bounds[1] * worth
