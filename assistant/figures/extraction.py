"""Figures that an article states, found in its sentences: what is not beyond doubt is left out.

A figure's subject may stand in the heading above it or in the title; a list or table takes its metric from its heading,
from its first row, or from the sentence that leads to it. Knows nothing of corpus/figures.csv or of where figures are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from assistant.figures.clauses import Claim, Names, claims_of, has_amounts, named_in, subjects_in
from assistant.figures.dating import Day, noted_day, stated_day
from assistant.figures.table import figure_number
from assistant.numbers import equal
from assistant.types import Article, Figure, Sentence

_LEADS = re.compile(r"[:：]$|다음과 같|아래와 같|\bas follows\b|\bfollowing\b|\bbelow\b", re.IGNORECASE)
_NOTES = re.compile(r"수치|자료|데이터|비중|구성|\b(?:figures|data|weights|numbers|holdings)\b", re.IGNORECASE)
_ROW = "|"


@dataclass(frozen=True, slots=True)
class _Above:
    """What headings and leading sentences say of the figures below them."""

    names: Names
    day: Day


def extract_figures(article: Article, sentences: Sequence[Sentence]) -> list[Figure]:
    """Return the figures of the article in reading order; `article.text[start:end] == quote`, a whole sentence.

    A figure that the article states twice counts once; one that it states with two values is left out.
    """
    stated: dict[tuple[str, str, object], list[Figure]] = {}
    for _, inside in groupby(sentences, key=lambda sentence: sentence.section):
        for figure in _figures(article, list(inside)):
            stated.setdefault((figure.subject, figure.metric, figure.as_of), []).append(figure)
    return [first for first, *others in stated.values() if all(_agree(first, other) for other in others)]


def _figures(article: Article, part: Sequence[Sentence]) -> Iterator[Figure]:
    """The figures of one section."""
    headed = above = _headed(article, part)
    paragraph = 0
    for before, sentence in zip([None, *part], part, strict=False):
        listed = sentence.list_number is not None or sentence.text.startswith(_ROW)
        numbered = any(map(str.isdigit, sentence.text))
        if before is None or "\n" in article.text[before.end : sentence.start]:
            paragraph = sentence.start
        if not listed:
            above = _led(headed, sentence.text, article) if _LEADS.search(sentence.text) else headed
        elif sentence.text.startswith(_ROW) and not numbered:
            above = _led(headed, sentence.text, article)
        if numbered:
            names = above.names if listed else replace(headed.names, metric=None)
            claims = claims_of(sentence.text, names)
            if claims and names.subject and subjects_in(article.text[paragraph : sentence.end]) - {names.subject.id}:
                claims = claims_of(sentence.text, replace(names, subject=None))
            for claim in claims:
                if day := stated_day(sentence.text, claim.start, claim.end, above.day, article.published):
                    yield _figure(article, sentence, claim, day)


def _headed(article: Article, part: Sequence[Sentence]) -> _Above:
    """What stands above a section: the nearest heading's names, else the article's fund; its date, or one in a note."""
    headings = [*reversed(part[0].section), article.title]
    named = [named_in(heading) for heading in headings]
    subject = next((names.subject for names in named if names.subject), None)
    days = [noted_day(heading, article.published) for heading in headings]
    notes = (sentence.text for sentence in part if sentence.list_number is None and _NOTES.search(sentence.text))
    days += [noted_day(note, article.published) for note in notes if not has_amounts(note)]
    day = next((day for day in days if day), Day(article.published, "published"))
    return _Above(replace(named[0] if part[0].section else Names(), subject=subject), day)


def _led(headed: _Above, text: str, article: Article) -> _Above:
    """What a sentence or first row says of the list or table below it, and what it leaves to the heading."""
    own = named_in(text)
    names = Names(
        own.subject or headed.names.subject, own.metric or headed.names.metric, own.span or headed.names.span
    )
    return _Above(names, noted_day(text, article.published) or headed.day)


def _figure(article: Article, sentence: Sentence, claim: Claim, day: Day) -> Figure:
    return Figure(
        subject=claim.subject,
        metric=claim.metric,
        value=claim.value,
        unit=claim.unit,
        as_of=day.day,
        as_of_kind=day.kind,
        origin="article",
        source=article.publisher,
        article=article.id,
        start=sentence.start,
        end=sentence.end,
        quote=sentence.text,
    )


def _agree(first: Figure, other: Figure) -> bool:
    return first.unit == other.unit and equal(figure_number(first), figure_number(other))
