"""What one sentence claims: each number with the subject and metric that it belongs to, where the wording leaves no doubt.

A number takes its names from what stands between it and the number before; a subject or metric missing there is the one of
the number before it, or of the context. Nothing but light words may stand among the names and the number. A clause with a
number that finds no place claims nothing. Knows nothing of dates as of which a claim holds, of articles or of figures.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from assistant.figures.catalogue import family
from assistant.figures.wording import COUNTED, TOP10, WEIGHT, Metric, load_wording
from assistant.numbers import Number, Period, find_numbers
from assistant.periods import find_spans
from assistant.vocabulary import Concept, Kind, Mention

NAME, SPAN, DATE, AMOUNT = "\1", "\2", "\3", "\4"  # what stands in a plain text for names, periods, dates and amounts
_SPANNED = ("return", "return_annualised")
_WON = 1_000  # least and greatest sums of won are those of dollars times this
_AMOUNTS = frozenset({"percent", "percentage_point", "basis_point", "multiple", "usd", "krw", "count", "none"})
_SUBJECTS: frozenset[Kind] = frozenset({"fund", "benchmark", "company"})
_HOLDINGS = ("stocks", "holdings", "constituents")
_CLAUSE = re.compile(
    r"[;；]\s*|,? (?=(?:while|whereas|but|though|although)\b)|, (?=and\b)|(?<=[고며만나데]),\s*", re.IGNORECASE
)
# Words before a subject that make it part of another phrase: "the largest holding of VTWO", "unlike VTWO".
_COMPARED = re.compile(r"\b(?:than|unlike|like|versus|vs\.?|against|beyond|except|tracking)(?: the)? $", re.IGNORECASE)
_WITHIN = re.compile(r"\w\W*\b(?:of|to|by|from|as|with|for|in|on|at|among|inside|behind)(?: the)? $", re.IGNORECASE)
_POSSESSED = re.compile(r"(?:['’]s|의) $")  # before a metric: "Schwab's expense ratio"
_NARROWED = re.compile(r"[^,.;()]{0,20}?\b(?:that|which|with|from|in|whose|out)\b|(?: 종목)?[은는]", re.IGNORECASE)
_OWN = re.compile(r"['’]s |의 | ?\(|: ?")  # "VTWO's 0.07%", "VTWO(0.07%)"
# Who says so, between a topic and its number: "IWM의 총보수는 Motley Fool의 2025년 12월 31일 기사 기준으로".
_SOURCED = re.compile(
    rf"^\)?[은는이가도],? (?:(?:기준일이|[^\s,]*[^\s은는이가을를고며,]) )*?[^\s,]*"
    rf"(?:에 따르면|기준(?:으로)?|(?:자료|기사|목록|보고서|안내서|공시)(?:에서)?(?:는|도)?)(?=[\s,{AMOUNT}]|$)"
)
_ACCORDING = re.compile(r",? ?\baccording to [^,;]+(?:, ?|$)|(?:^|, ?)[^,]{1,40}에 따르면,? ?", re.IGNORECASE)
_TICKER = re.compile(r"(?<![A-Za-z])[A-Z]{3,5}(?![A-Za-z])")
_INITIALS = frozenset("ETF AUM NAV PER TER USD KRW NYSE SEC IPO CEO FOMC GDP CPI FTSE LSEG MSCI CME".split())
_EACH = re.compile(r"\brespectively\b|각각", re.IGNORECASE)
_JOINED = re.compile(rf"(?:\s|,|·|/|와|과|및|and\b|{NAME}|[(),])*")


@dataclass(frozen=True, slots=True)
class Names:
    """What a number may belong to, as far as it is named; `member` is the sector or holding that a weight is of."""

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


def claims_of(sentence: str, context: Names = Names()) -> list[Claim]:
    """Return what the sentence claims beyond doubt; `context` has what its headings name."""
    text = _Text(sentence)
    if not (text.amounts or text.dates) or load_wording().doubtful.search(text.plain):
        return []
    found: list[Claim] = []
    known = context
    for start, end in text.clauses():
        clause = _Clause(text, start, end)
        claims, known_after = clause.read(known)
        if claims:
            found, known = found + claims, known_after
    return found


def named_in(heading: str) -> Names:
    """Return what a heading or title names: one fund or benchmark, one metric, one period; not what it names several of."""
    text = _Text(heading)
    subjects = _distinct(text.names, _SUBJECTS - {"company"})
    ids = {mention.concept.id for mention in text.names} & load_wording().metrics.keys() - {COUNTED}
    ids -= {TOP10} if WEIGHT in ids else set()
    metric = load_wording().metrics[ids.pop()] if len(ids) == 1 else None
    return Names(subjects[0] if len(subjects) == 1 else None, metric, text.span(0, len(heading)))


def subjects_in(text: str) -> set[str]:
    """Return the funds and benchmarks that a text names, and what looks like the ticker of another fund."""
    read = _Text(text)
    tickers = set(_TICKER.findall(read.plain)) - _INITIALS
    return tickers | {concept.id for concept in _distinct(read.names, _SUBJECTS - {"company"})}


def has_amounts(text: str) -> bool:
    """Whether the text has a number beside those of names, periods and dates."""
    return bool(_Text(text).amounts)


class _Text:
    """A sentence with its names, periods and numbers; in `plain` they are blanked, each character in its place."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        numbers = find_numbers(sentence)
        found = load_wording().names.find(sentence)
        self.names = [mention for mention in found if not any(n.start < mention.start < n.end for n in numbers)]
        inside = [(mention.start, mention.end) for mention in self.names]
        blanked = _blank(sentence, inside, NAME)
        self.spans = find_spans(blanked)
        blanked = _blank(blanked, [(start, end) for start, end, _ in self.spans], SPAN)
        free = [n for n in numbers if not any(char in blanked[n.start : n.end] for char in NAME + SPAN)]
        self.dates = [n for n in free if isinstance(n.value, Period)]
        self.amounts = [n for n in free if n.unit in _AMOUNTS]
        blanked = _blank(blanked, [(n.start, n.end) for n in self.dates], DATE)
        self.plain = _blank(blanked, [(n.start, n.end) for n in self.amounts], AMOUNT)

    def clauses(self) -> Iterator[tuple[int, int]]:
        cuts = [0, *(match.end() for match in _CLAUSE.finditer(self.plain)), len(self.plain)]
        yield from pairwise(cuts)

    def named(self, start: int, end: int) -> list[Mention]:
        return [mention for mention in self.names if start <= mention.start and mention.end <= end]

    def span(self, start: int, end: int) -> str | None:
        """Return the one period that is named between two places."""
        spans = {span for at, until, span in self.spans if start <= at and until <= end}
        return spans.pop() if len(spans) == 1 else None


class _Clause:
    """A part of a sentence that stands or falls as a whole."""

    def __init__(self, text: _Text, start: int, end: int) -> None:
        self.text, self.start, self.end = text, start, end

    def read(self, known: Names) -> tuple[list[Claim], Names]:
        """Return what the clause claims, and the names that the next one may leave out."""
        for amounts in self._candidates(known):
            for way in (self._before, self._after, self._each):
                if amounts and (found := way(amounts, known)):
                    return found
        return [], known

    def _candidates(self, known: Names) -> Iterator[list[Number]]:
        """The amounts that may be values: all in a unit that some metric here is written in, or a single date."""
        ids = {mention.concept.id for mention in self.text.named(self.start, self.end)} & load_wording().metrics.keys()
        metrics = [load_wording().metrics[id] for id in ids] + ([known.metric] if known.metric else [])
        within = [n for n in self.text.amounts if self.start <= n.start and n.end <= self.end]
        yield [n for n in within if _is_counted(n) or any(n.unit in metric.written for metric in metrics)]
        if "inception_date" in ids and len(_distinct(self.text.names, _SUBJECTS)) < 2:
            yield from ([n] for n in self.text.dates if self.start <= n.start and n.end <= self.end)

    # -- how numbers and names stand together ------------------------------------------------------------------------

    def _before(self, amounts: Sequence[Number], known: Names) -> tuple[list[Claim], Names] | None:
        """Each number after its names: "IWM charges 0.19% and VTWO 0.07%"."""
        claims, lead = [], self.start
        closing = self._verb(amounts[-1], self.end)
        known = replace(known, metric=_metric(closing) or known.metric)
        for number, end in zip(amounts, self._ends(amounts), strict=True):
            own = any(mention.concept.kind == "metric" for mention in self.text.named(lead, number.start))
            verb = None if own else self._verb(number, end)
            names = self._names(lead, number.start, number, replace(known, metric=_metric(verb) or known.metric))
            if names is None or not self._leads_to(lead, number, names):
                return None
            if self._has_other_subject(lead, number, end, names) or (claim := self._claim(names, number)) is None:
                return None
            claims.append(claim)
            known, lead = replace(names, member=None), verb.end if verb else number.end
        return claims, known

    def _after(self, amounts: Sequence[Number], known: Names) -> tuple[list[Claim], Names] | None:
        """Each number before its names: "VTWO holds 18.8% in health care, 18.1% in industrials"."""
        claims = []
        opening = self._names(self.start, amounts[0].start, amounts[0], known, partly=True)
        if opening is None:
            return None
        opened = self._leads_to(self.start, amounts[0], opening)
        known = opening
        for number, end in zip(amounts, self._ends(amounts), strict=True):
            mentions = self.text.named(number.end, end)
            names = self._names(number.end, end, number, known)
            if not mentions or names is None or not self._is_light(number.end, mentions[-1].end, names):
                return None
            if not opened and names.subject not in _distinct(mentions, _SUBJECTS):
                return None
            if (claim := self._claim(names, number)) is None:
                return None
            claims.append(claim)
            known = replace(names, member=None)
        return claims, known

    def _each(self, amounts: Sequence[Number], known: Names) -> tuple[list[Claim], Names] | None:
        """As many subjects as numbers, in one order: "IWM과 VTWO의 총보수는 각각 0.19%, 0.07%"."""
        lead = self.text.named(self.start, amounts[0].start)
        subjects = _distinct(lead, _SUBJECTS)
        rest = [mention for mention in lead if mention.concept not in subjects]
        names = self._read(rest, amounts[0], known, (self.start, self.end))
        joined = all(_JOINED.fullmatch(self.text.plain, a.end, b.start) for a, b in pairwise(amounts))
        said = _EACH.search(self.text.plain, self.start, self.end)
        if names is None or not said or not joined or not len(subjects) == len(amounts) > 1:
            return None
        if not self._is_light(lead[0].start, amounts[0].start, names):
            return None
        found = [self._claim(replace(names, subject=s), n) for s, n in zip(subjects, amounts, strict=True)]
        claims = [claim for claim in found if claim]
        return (claims, known) if len(claims) == len(amounts) else None

    def _ends(self, amounts: Sequence[Number]) -> list[int]:
        return [*(number.start for number in amounts[1:]), self.end]

    def _verb(self, number: Number, end: int) -> Mention | None:
        """The metric that follows its number: "약 2,000개 종목을 담고", "a 0.07% expense ratio"."""
        for mention in self.text.named(number.end, end):
            metric = _metric(mention)
            if metric and number.unit in metric.written:
                between = self.text.plain[number.end : mention.start]
                return mention if NAME not in between and load_wording().is_light(between, metric.between) else None
        return None

    # -- names -------------------------------------------------------------------------------------------------------

    def _names(self, start: int, end: int, number: Number, known: Names, partly: bool = False) -> Names | None:
        """The names between two places, with what they leave out taken from `known`; None where they are not clear."""
        return self._read(self.text.named(start, end), number, known, (start, end), partly)

    def _read(
        self, mentions: Sequence[Mention], number: Number, known: Names, place: tuple[int, int], partly: bool = False
    ) -> Names | None:
        named = _fitting(mentions, number)
        if named is None:
            return None
        weighed = named | ({known.metric.id} if known.metric and not named else set())
        weighs = bool(weighed) and weighed <= {WEIGHT, TOP10}
        members = _distinct(mentions, frozenset({"sector", "company"}) if weighs else frozenset({"sector"}))
        subjects = _distinct(mentions, _SUBJECTS - {"company"} if weighs else _SUBJECTS)
        metrics = {WEIGHT} if weighs and members else named - ({WEIGHT} if TOP10 in named else set())
        if max(len(members), len(subjects), len(metrics)) > 1 or (members and not weighs):
            return None
        metric = load_wording().metrics[metrics.pop()] if metrics else known.metric
        if metric is None and _is_counted(number):
            metric = load_wording().metrics[COUNTED]
        if not partly and (not mentions or metric is None or number.unit not in metric.written):
            return None
        subject = subjects[0] if subjects else known.subject
        span = self.text.span(*place) or self.text.span(self.start, self.end) or known.span
        return Names(subject, metric, span, members[0] if members else None)

    # -- what stands between them ------------------------------------------------------------------------------------

    def _leads_to(self, start: int, number: Number, names: Names) -> bool:
        """Whether nothing but light words stands among the names before a number and the number."""
        mentions = self.text.named(start, number.start)
        own = next((mention for mention in mentions if mention.concept == names.subject), None)
        if own is None:
            return self._is_light(start, number.start, names)
        before, plain = self.text.plain[self.start : mentions[0].start], self.text.plain
        if own is mentions[0]:
            tight = _OWN.fullmatch(plain, mentions[-1].end, number.start)
            if not tight and (_COMPARED.search(before) or _WITHIN.search(before)):
                return False
        elif _POSSESSED.search(before):
            return False
        return self._is_light(mentions[0].start, number.start, names)

    def _has_other_subject(self, start: int, number: Number, end: int, names: Names) -> bool:
        """Whether a subject that the words before a number leave out may be another one, named after it."""
        inherited = names.subject not in _distinct(self.text.named(start, number.start), _SUBJECTS)
        return inherited and any(s != names.subject for s in _distinct(self.text.named(number.end, end), _SUBJECTS))

    def _is_light(self, start: int, end: int, names: Names) -> bool:
        besides = names.metric.between if names.metric else frozenset()
        for concept in (names.subject, names.member):
            besides |= {concept.id.casefold()} if concept else set()
        between = _ACCORDING.sub(" ", self.text.plain[start:end])
        return all(
            AMOUNT not in part and load_wording().is_light(_SOURCED.sub(" ", part), besides)
            for part in between.split(NAME)
        )

    def _claim(self, names: Names, number: Number) -> Claim | None:
        """The claim, unless the subject has no such metric, or the number is out of bounds or a bound itself."""
        subject, metric = names.subject, names.metric
        if subject is None or metric is None or subject.kind not in metric.subjects:
            return None
        if load_wording().qualified.match(self.text.plain, number.end) or "+" in number.text:
            return None
        id = _metric_id(names)
        value = _value(number)
        if id is None or value is None or (metric.id == COUNTED and _NARROWED.match(self.text.plain, number.end)):
            return None
        unit = "krw" if number.unit == "krw" else metric.unit
        return Claim(subject.id, id, value, unit, number.start, number.end) if _is_plausible(value, id, unit) else None


def _metric(mention: Mention | None) -> Metric | None:
    return load_wording().metrics.get(mention.concept.id) if mention else None


def _fitting(mentions: Iterable[Mention], number: Number) -> set[str] | None:
    """The metrics named that the number's unit fits; None where one is named that it does not fit."""
    named: dict[int, set[str]] = {}
    for mention in mentions:
        if metric := _metric(mention):
            fits = named.setdefault(mention.start, set())
            fits |= {metric.id} if number.unit in metric.written else set()
    return {id for fits in named.values() for id in fits} if all(named.values()) else None


def _distinct(mentions: Iterable[Mention], kinds: Container[Kind]) -> list[Concept]:
    return list(dict.fromkeys(mention.concept for mention in mentions if mention.concept.kind in kinds))


def _metric_id(names: Names) -> str | None:
    """The metric as figures name it; None where its member or period is missing."""
    if names.metric is None:
        return None
    if names.metric.id == WEIGHT:
        return f"{load_wording().members[names.member.kind]}.{names.member.id}" if names.member else None
    if names.metric.id in _SPANNED:
        return f"{names.metric.id}.{names.span}" if names.span else None
    return "holdings_count" if names.metric.id == COUNTED else names.metric.id


def _is_counted(number: Number) -> bool:
    """Whether the number says itself that it counts holdings: "1,961 stocks"."""
    return number.unit == "count" and number.text.casefold().endswith(_HOLDINGS)


def _value(number: Number) -> float | date | None:
    if isinstance(number.value, Decimal):
        return float(number.value / 100 if number.unit == "basis_point" else number.value)
    year, month, day = number.value
    return date(year, month, day) if year and month and day else None


def _is_plausible(value: float | date, metric: str, unit: str) -> bool:
    if isinstance(value, date):
        return True
    worth = _WON if unit == "krw" else 1
    family_id = metric.partition(".")[0]
    known = load_wording().metrics.get(family_id)
    bounds = (known.bounds if known else None) or family(metric).units.get("usd" if unit == "krw" else unit)
    return bounds is None or bounds[0] * worth <= value <= bounds[1] * worth


def _blank(text: str, spans: Iterable[tuple[int, int]], mark: str) -> str:
    chars = list(text)
    for start, end in spans:
        chars[start:end] = mark * (end - start)
    return "".join(chars)
