"""What one sentence claims: each number with the subject and metric that it belongs to, where no doubt is left.

A number takes its names from what stands between it and the number before; a subject or metric missing there is that of
the number before it, or of the context. Nothing but light words may stand among the names and the number. A clause with
a number that finds no place claims nothing. Knows nothing of the day as of which a claim holds, nor of articles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.extraction.gaps import ends_at, has_other_subject, is_light, leads_to
from assistant.extraction.marked import NAME, SUBJECTS, MarkedText, distinct
from assistant.extraction.names import Claim, Names, is_counted, make_claim, metric_of, read_names
from assistant.extraction.wording import load_wording
from assistant.numbers import Number
from assistant.vocabulary import Mention

_EACH = re.compile(r"\brespectively\b|각각", re.IGNORECASE)
_JOINED = re.compile(rf"(?:\s|,|·|/|와|과|및|and\b|{NAME}|[(),])*")
_AS_OF_BEFORE = re.compile(r"\bas (?:of|at) $", re.IGNORECASE)
_AS_OF_AFTER = re.compile(r" ?(?:기준|현재|자|자료|기사|발표)(?![가-힣]*일)")
_Found = tuple[list[Claim], Names]  # the claims of a clause, and the names that the next clause may leave out


def claims_of(sentence: str, context: Names) -> list[Claim]:
    """Return what the sentence claims beyond doubt; `context` has what its headings name."""
    text = MarkedText(sentence)
    if not (text.amounts or text.dates) or load_wording().doubtful.search(text.plain):
        return []
    claims: list[Claim] = []
    known = context
    for start, end in text.clauses():
        if found := _Clause(text, start, end).read(known):
            claims, known = claims + found[0], found[1]
    return claims


class _Clause:
    """A part of a sentence that stands or falls as a whole."""

    def __init__(self, text: MarkedText, start: int, end: int) -> None:
        self.text, self.start, self.end = text, start, end
        self.span = text.span(start, end)

    def read(self, known: Names) -> _Found | None:
        for amounts in filter(None, self._candidates(known)):
            found = self._before(amounts, known) or self._after(amounts, known) or self._each(amounts, known)
            if found:
                return found
        return None

    def _candidates(self, known: Names) -> Iterator[list[Number]]:
        """The amounts that may be values: all in a unit that some metric here is written in, or a single date."""
        named = [metric for mention in self.text.named(self.start, self.end) if (metric := metric_of(mention))]
        units = {unit for metric in [*named, *filter(None, [known.metric])] for unit in metric.written}
        yield [n for n in self._within(self.text.amounts) if is_counted(n) or n.unit in units]
        if "date" in units and len(distinct(self.text.names, SUBJECTS)) < 2:
            yield from ([number] for number in self._within(self.text.dates) if not self._is_as_of(number))

    def _is_as_of(self, number: Number) -> bool:
        """Whether a date is that of a source: "2023년 12월 27일 자료에 따르면"."""
        plain = self.text.plain
        return bool(_AS_OF_AFTER.match(plain, number.end) or _AS_OF_BEFORE.search(plain[: number.start]))

    def _within(self, numbers: Sequence[Number]) -> list[Number]:
        return [number for number in numbers if self.start <= number.start and number.end <= self.end]

    def _before(self, amounts: Sequence[Number], known: Names) -> _Found | None:
        """Each number after its names: "IWM charges 0.19% and VTWO 0.07%"."""
        claims, lead, text = [], self.start, self.text
        known = replace(known, metric=metric_of(self._verb(amounts[-1], self.end)) or known.metric)
        for number, end in zip(amounts, self._ends(amounts), strict=True):
            own = any(mention.concept.kind == "metric" for mention in text.named(lead, number.start))
            verb = None if own else self._verb(number, end)
            names = self._names(lead, number.start, number, replace(known, metric=metric_of(verb) or known.metric))
            if names is None or not leads_to(text, lead, number, names, self.start):
                return None
            if has_other_subject(text, lead, number, end, names) or not (own or verb or ends_at(text, number)):
                return None
            if (claim := make_claim(names, number, text.plain[number.end :])) is None:
                return None
            claims.append(claim)
            known, lead = names, verb.end if verb else number.end
        return claims, known

    def _after(self, amounts: Sequence[Number], known: Names) -> _Found | None:
        """Each number before its names: "VTWO holds 18.8% in health care, 18.1% in industrials"."""
        claims, text = [], self.text
        opening = self._names(self.start, amounts[0].start, amounts[0], known, partly=True)
        if opening is None:
            return None
        known, opened = opening, leads_to(text, self.start, amounts[0], opening, self.start)
        for number, end in zip(amounts, self._ends(amounts), strict=True):
            mentions = text.named(number.end, end)
            names = self._names(number.end, end, number, known)
            if not mentions or names is None or not is_light(text, number.end, mentions[-1].end, names):
                return None
            if not opened and names.subject not in distinct(mentions, SUBJECTS):
                return None
            if (claim := make_claim(names, number, text.plain[number.end :])) is None:
                return None
            claims.append(claim)
            known = names
        return claims, known

    def _each(self, amounts: Sequence[Number], known: Names) -> _Found | None:
        """As many subjects as numbers, in one order: "IWM과 VTWO의 총보수는 각각 0.19%, 0.07%"."""
        text, lead = self.text, self.text.named(self.start, amounts[0].start)
        subjects = distinct(lead, SUBJECTS)
        joined = all(_JOINED.fullmatch(text.plain, a.end, b.start) for a, b in pairwise(amounts))
        said = _EACH.search(text.plain, self.start, self.end)
        if not said or not joined or not len(subjects) == len(amounts) > 1:
            return None
        rest = [mention for mention in lead if mention.concept not in subjects]
        names = read_names(rest, self.span, amounts[0], known)
        if names is None or not is_light(text, lead[0].start, amounts[0].start, names):
            return None
        made = [
            make_claim(replace(names, subject=subject), number, text.plain[number.end :])
            for subject, number in zip(subjects, amounts, strict=True)
        ]
        claims = [claim for claim in made if claim]
        return (claims, known) if len(claims) == len(amounts) else None

    def _names(self, start: int, end: int, number: Number, known: Names, *, partly: bool = False) -> Names | None:
        span = self.text.span(start, end) or self.span
        return read_names(self.text.named(start, end), span, number, known, partly=partly)

    def _ends(self, amounts: Sequence[Number]) -> list[int]:
        """Where what follows each number ends: at the next one, or with the clause."""
        return [*(number.start for number in amounts[1:]), self.end]

    def _verb(self, number: Number, end: int) -> Mention | None:
        """The metric that follows its number: "약 2,000개 종목을 담고", "a 0.07% expense ratio"."""
        for mention in self.text.named(number.end, end):
            metric = metric_of(mention)
            if metric and number.unit in metric.written:
                between = self.text.plain[number.end : mention.start]
                return mention if NAME not in between and load_wording().is_light(between, metric.between) else None
        return None
