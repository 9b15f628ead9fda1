"""Markers and their check: an answer shows a citation only where the span is exact, and gives every number a verdict.

Owns the marker format at both ends: writers put raw markers `[n]` into claims, and the checked answer carries checked
ones. Knows nothing of how claims are found or which writer made them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.figures.table import figure_number
from assistant.numbers import Number, equal, find_numbers
from assistant.types import AnswerSentence, Article, Citation, Figure, FigureCitation, NumberCheck, Sentence

_DIGITS = re.compile(r"\d+")
MARKER = re.compile(r"\s?\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Source:
    """What a marker points to: a span of an article and the figure that it states, if any, or a live figure alone."""

    article: str
    start: int
    end: int
    figure: Figure | None = None

    @property
    def live(self) -> Figure | None:
        return self.figure if self.figure and self.figure.origin == "live" else None


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of a draft, with raw markers `[n]` for `Draft.sources[n - 1]`. `lead` is layout that states nothing
    (a list mark, a table head, a blank line); `formulas` explain computed numbers by their text."""

    text: str
    lead: str = " "
    formulas: Mapping[str, str] = field(default_factory=dict)
    note: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer proposes; nothing of it is shown before `check_draft` has passed it.

    `absent` names what else was asked for and not found.
    """

    claims: Sequence[Claim]
    sources: Sequence[Source]
    absent: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What passed: the text with markers, its sentences and citations, and how many claims were dropped."""

    text: str
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation | FigureCitation, ...]
    dropped: int


class Pages:
    """Collects the sources of a draft and hands out their raw markers."""

    def __init__(self) -> None:
        self.sources: list[Source] = []

    def mark(self, sentence: Sentence) -> str:
        return self.mark_source(Source(sentence.article, sentence.start, sentence.end))

    def mark_figure(self, figure: Figure) -> str:
        return self.mark_source(Source(figure.article, figure.start, figure.end, figure))

    def mark_source(self, source: Source) -> str:
        if source not in self.sources:
            self.sources.append(source)
        return mark(self.sources.index(source) + 1)


def mark(number: int) -> str:
    return f" [{number}]"


def together(drafts: Sequence[Draft]) -> Draft:
    """Return one draft of several, each below the other, without what an earlier one has said."""
    pages, claims, said = Pages(), list[Claim](), set[str]()
    for draft in drafts:
        marks = {number: pages.mark_source(source) for number, source in enumerate(draft.sources, start=1)}
        own = [replace(claim, text=_remarked(claim.text, marks)) for claim in draft.claims]
        new = [claim for claim in own if claim.text not in said]
        said |= {claim.text for claim in own}
        claims += [replace(claim, lead="\n\n" + claim.lead.lstrip()) for claim in new[:1]] + new[1:]
    return Draft(claims, pages.sources, [name for draft in drafts for name in draft.absent])


def check_draft(draft: Draft, articles: Mapping[str, Article]) -> Checked:
    """Return the claims that are cited and whose every number has support, their citations numbered by first use."""
    cited: dict[int, Citation | FigureCitation] = {}
    pieces, sentences, dropped = [], [], 0
    for claim in draft.claims:
        asked = [int(number) for number in MARKER.findall(claim.text)]
        sources = {number: source for number in asked if (source := _exact(draft, number, articles)) is not None}
        plain = MARKER.sub("", claim.text)
        checks = check_numbers(plain, claim, list(sources.items()), articles)
        if (not sources and not claim.note) or any(check.verdict == "unsupported" for check in checks):
            dropped += 1
            continue
        for number, source in sources.items():
            cited.setdefault(number, _citation(len(cited) + 1, source, articles))
        numbers = {number: cited[number].number for number in sources}
        pieces.append(claim.lead + _renumbered(claim.text, numbers))
        sentences.append(
            AnswerSentence(plain, tuple(dict.fromkeys(numbers.values())), tuple(_renumber(checks, numbers)))
        )
    return Checked("".join(pieces).strip(), tuple(sentences), tuple(cited.values()), dropped)


def _exact(draft: Draft, number: int, articles: Mapping[str, Article]) -> Source | None:
    """Return the marker's source when there is one and its span is exact."""
    if not 1 <= number <= len(draft.sources):
        return None
    source = draft.sources[number - 1]
    if source.live:
        return source
    article = articles.get(source.article)
    if article is None or not 0 <= source.start < source.end <= len(article.text):
        return None
    if not article.text[source.start : source.end].strip():
        return None
    if source.figure is not None and article.text[source.start : source.end] != source.figure.quote:
        return None
    return source


def _citation(number: int, source: Source, articles: Mapping[str, Article]) -> Citation | FigureCitation:
    if source.live:
        return FigureCitation(number, source.live)
    article = articles[source.article]
    return Citation(number, article, source.start, source.end, article.text[source.start : source.end], source.figure)


def check_numbers(
    text: str, claim: Claim, sources: Sequence[tuple[int, Source]], articles: Mapping[str, Article]
) -> list[NumberCheck]:
    """Return a verdict on each number of the text by the sources under their raw numbers; a place in a list is none."""
    numbers = (number for number in find_numbers(text) if number.unit != "ordinal")
    return [_verdict(number, claim, sources, articles) for number in numbers]


def _verdict(
    number: Number, claim: Claim, sources: Sequence[tuple[int, Source]], articles: Mapping[str, Article]
) -> NumberCheck:
    if number.text in claim.formulas:
        first = sources[0][0] if sources else None
        return NumberCheck(number.text, "computed", first, claim.formulas[number.text])
    for marker, source in sources:
        if source.live:
            if _is_of_live(number, source.live):
                return NumberCheck(number.text, "figure", marker, source.live.formula or None)
            continue
        article = articles[source.article]
        stated = find_numbers(article.text[source.start : source.end])
        if any(equal(number, other) and number.step >= other.step for other in stated):
            return NumberCheck(number.text, "quoted", marker)
        if _is_date_of(number, source, article):
            return NumberCheck(number.text, "figure" if source.figure else "quoted", marker)
    return NumberCheck(number.text, "unsupported")


def _is_of_live(number: Number, figure: Figure) -> bool:
    """Whether the number is the figure's value, to the rounding shown, one of its dates, or part of its name."""
    if str(number.value) in _DIGITS.findall(f"{figure.metric} {figure.basis}"):
        return True
    dates = [figure.as_of.isoformat(), figure.basis]
    dates += [figure.fetched_at.date().isoformat()] if figure.fetched_at else []
    stated = [figure_number(figure), *(other for date in dates for other in find_numbers(date))]
    return any(equal(number, other) for other in stated)


def _is_date_of(number: Number, source: Source, article: Article) -> bool:
    """Whether the number is the figure's as-of date or the article's own date."""
    dates = [article.published.isoformat()] + ([source.figure.as_of.isoformat()] if source.figure else [])
    return any(equal(number, other) for date in dates for other in find_numbers(date))


def _renumbered(text: str, numbers: Mapping[int, int]) -> str:
    """Put the checked number for each raw marker, and nothing for one that failed."""
    return _remarked(text, {raw: mark(number) for raw, number in numbers.items()})


def _remarked(text: str, marks: Mapping[int, str]) -> str:
    return MARKER.sub(lambda match: marks.get(int(match[1]), ""), text)


def _renumber(checks: Sequence[NumberCheck], numbers: Mapping[int, int]) -> list[NumberCheck]:
    return [
        NumberCheck(check.text, check.verdict, numbers.get(check.citation) if check.citation else None, check.formula)
        for check in checks
    ]
