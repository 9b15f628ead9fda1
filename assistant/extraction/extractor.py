"""Figures that an article states, found in its sentences: what is not beyond doubt is left out.

A figure's subject may stand in the heading above it, the title or the tickers; a list or table takes its metric from
its heading, its first row, or the sentence that leads to it. Knows nothing of corpus/figures.csv, nor of where figures
are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from assistant.extraction.clauses import claims_of
from assistant.extraction.dating import Day, noted_day, stated_day
from assistant.extraction.marked import MarkedText
from assistant.extraction.names import Claim, Names, funds_in, named_in
from assistant.extraction.wording import load_wording
from assistant.figures.table import figure_number
from assistant.numbers import equal
from assistant.types import Article, Figure, Sentence
from assistant.vocabulary import Concept

_HELD = ("sector_weight", "holding_weight", "top10_weight", "holdings_count")
_ON_HOLDINGS = re.compile(r"비중|구성|보유|\b(?:weights|holdings|composition)\b", re.IGNORECASE)
_ON_ALL = re.compile(r"수치|자료|데이터|\b(?:figures|data|numbers)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Above:
    """What headings, notes and leading sentences say of the figures below; holdings may have a date of their own."""

    names: Names
    day: Day
    holdings_day: Day

    def day_of(self, metric: str) -> Day:
        return self.holdings_day if metric.startswith(_HELD) else self.day


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
    for before, sentence, after in zip([None, *part], part, [*part[1:], None], strict=False):
        if before is None or "\n" in article.text[before.end : sentence.start]:
            paragraph = sentence.start
        if after and _leads(sentence, after):
            above = _led(headed, sentence.text, article)
        elif not _is_listed(sentence):
            above = headed
        if any(map(str.isdigit, sentence.text)):
            names = above.names if _is_listed(sentence) else replace(headed.names, metric=None)
            claims = claims_of(sentence.text, names)
            if claims and names.subject and funds_in(article.text[paragraph : sentence.end]) - {names.subject.id}:
                claims = claims_of(sentence.text, replace(names, subject=None))
            for claim in claims:
                day = above.day_of(claim.metric)
                if stated := stated_day(sentence.text, claim.start, claim.end, day, article.published):
                    yield _figure(article, sentence, claim, stated)


def _headed(article: Article, part: Sequence[Sentence]) -> _Above:
    """What stands above a section: the nearest heading's names, else the article's fund; its date, or one in a note."""
    headings = [*reversed(part[0].section), article.title]
    days = [day for heading in headings if (day := noted_day(heading, article.published))]
    notes = [sentence.text for sentence in part if not _is_listed(sentence)]
    of_all, of_holdings = (_noted(notes, about, article) for about in (_ON_ALL, _ON_HOLDINGS))
    day = next(iter([*days, *of_all]), Day(article.published, "published"))
    names = named_in(headings[0]) if part[0].section else Names()
    names = replace(names, subject=_subject([*headings, " ".join(article.tickers)]))
    return _Above(names, day, next(iter([*days, *of_holdings]), day))


def _subject(headings: Sequence[str]) -> Concept | None:
    """The fund, else the benchmark, that the nearest heading is about; none where that names several or another one."""
    for heading in headings:
        if funds := funds_in(heading):
            subject = named_in(heading).subject
            return subject if all(fund in load_wording().names.concepts for fund in funds) else None
    return None


def _noted(texts: Sequence[str], about: re.Pattern[str], article: Article) -> list[Day]:
    """The days as of which sentences without a figure say that figures hold."""
    found = (
        noted_day(text, article.published) for text in texts if about.search(text) and not MarkedText(text).amounts
    )
    return [day for day in found if day]


def _is_listed(sentence: Sentence) -> bool:
    """Whether it is a list item or the row of a table."""
    return sentence.list_number is not None or _is_row(sentence)


def _leads(sentence: Sentence, after: Sentence) -> bool:
    """Whether a sentence or a table's first row leads to the list or table after it."""
    alone = not _is_listed(sentence) or _is_row(sentence)
    return alone and _is_listed(after) and not MarkedText(sentence.text).amounts


def _is_row(sentence: Sentence) -> bool:
    return sentence.text.startswith("|")


def _led(headed: _Above, text: str, article: Article) -> _Above:
    """What a sentence or first row says of the list or table below it, and what it leaves to the heading."""
    own = named_in(text)
    names = Names(own.subject or headed.names.subject, own.metric or headed.names.metric, own.span or headed.names.span)
    day = noted_day(text, article.published)
    return _Above(names, day or headed.day, day or headed.holdings_day)


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
