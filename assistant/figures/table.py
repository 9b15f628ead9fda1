"""Figures by subject and metric, and as a table.

Knows nothing of where figures come from, of questions or wording. pandas lives here, imported for a table only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from itertools import accumulate, chain, product
from typing import TYPE_CHECKING, Protocol

from assistant.numbers import Number, Unit, equal, find_numbers
from assistant.types import Figure, Language

if TYPE_CHECKING:
    import pandas

# What is written behind a value, and the unit that it is read with, by the unit of its figure.
_UNITS: dict[str, tuple[str, Unit]] = {
    "percent": ("%", "percent"),
    "percentage_point": ("%p", "percentage_point"),
    "basis_point": ("bp", "basis_point"),
    "multiple": ("배", "multiple"),
    "usd": ("달러", "usd"),
    "krw": ("원", "krw"),
    "count": ("개", "count"),
    "index": ("", "none"),
    "ratio": ("", "none"),
}


Name = tuple[str | None, str]
"""A subject or any (None), and a metric, a family of metrics or any ("")."""


class Source(Protocol):
    """Figures that are kept elsewhere, in an order of their own."""

    def __iter__(self) -> Iterator[Figure]: ...
    def named(self, name: Name) -> Sequence[Figure]: ...
    def of_article(self, id: str) -> Sequence[Figure]: ...


class FigureTable:
    """Figures by subject and metric, those of `others` behind the rest; where only the date differs, the newest counts.

    `languages` are those of the articles by id.
    """

    def __init__(
        self, figures: Iterable[Figure], languages: Mapping[str, Language], others: Source | None = None
    ) -> None:
        self._own = tuple(figures)
        self._others = others
        self._languages = languages
        self._by_name: dict[Name, list[Figure]] = {}
        self._by_article: dict[str, list[Figure]] = {}
        for figure in self._own:
            self._by_article.setdefault(figure.article, []).append(figure)
            for name in names_of(figure.subject, figure.metric):
                self._by_name.setdefault(name, []).append(figure)

    @property
    def figures(self) -> Sequence[Figure]:
        return (*self._own, *self._others) if self._others else self._own

    def find(
        self,
        subject: str | None,
        metric: str,
        language: Language,
        when: Callable[[Figure], bool] = lambda figure: True,
    ) -> list[Figure]:
        """Return the newest figure of each subject and metric, in file order, of those that `when` lets through.

        A metric names itself and its family (`sector_weight` finds `sector_weight.energy`, "" all). Articles in
        `language` are taken first.
        """
        newest: dict[tuple[str, str], Figure] = {}
        for figure in self._named((subject, metric)):
            key = figure.subject, figure.metric
            newer = key not in newest or self._rank(figure, language) > self._rank(newest[key], language)
            if newer and when(figure):
                newest[key] = figure
        return list(newest.values())

    def rivals(self, figure: Figure) -> list[Figure]:
        """Return what other articles in the same language say otherwise of the same subject, metric and date.

        What several of them say is there once.
        """
        language = self._languages.get(figure.article)
        said = {(figure.value, figure.unit): figure}
        for other in self._named((figure.subject, figure.metric)):
            if (
                (other.metric, other.as_of) == (figure.metric, figure.as_of)
                and other.article != figure.article
                and self._languages.get(other.article) == language
            ):
                said.setdefault((other.value, other.unit), other)
        found = [figure]
        for other in said.values():
            if not any(equal(figure_number(other), figure_number(each)) for each in found):
                found.append(other)
        return found[1:]

    def metrics_of(self, subjects: Sequence[str]) -> list[str]:
        """Return the metrics that there are of these subjects, each once."""
        own = (figure for figure in self._own if figure.subject in subjects)
        others = (figure for subject in subjects if self._others for figure in self._others.named((subject, "")))
        return list(dict.fromkeys(figure.metric for figure in chain(own, others)))

    def of_article(self, id: str) -> Sequence[Figure]:
        return [*self._by_article.get(id, ()), *(self._others.of_article(id) if self._others else ())]

    def _named(self, name: Name) -> Iterable[Figure]:
        return chain(self._by_name.get(name, ()), self._others.named(name) if self._others else ())

    def _rank(self, figure: Figure, language: Language) -> tuple[date, bool]:
        return figure.as_of, self._languages[figure.article] == language


def to_frame(figures: Sequence[Figure]) -> pandas.DataFrame:
    """Return one dated figure a row; `value` is a number, or a date where `unit` is "date"."""
    import pandas

    return pandas.DataFrame([asdict(figure) for figure in figures], columns=list(Figure.__slots__))


def to_series(points: Sequence[tuple[date, float]], name: str) -> pandas.Series[float]:
    """Return dated values, oldest first, with their dates as the index."""
    import pandas

    days = pandas.DatetimeIndex([day for day, _ in points])
    return pandas.Series([value for _, value in points], index=days, name=name, dtype=float)


def figure_number(figure: Figure) -> Number:
    """Return the figure's value as a number with its unit, to compare with numbers in a text."""
    if isinstance(figure.value, date):
        return find_numbers(figure.value.isoformat())[0]
    value, (suffix, unit) = Decimal(f"{figure.value:.15g}"), _UNITS[figure.unit]
    exponent = value.as_tuple().exponent
    step = Decimal(1).scaleb(exponent) if isinstance(exponent, int) else Decimal(1)
    text = f"{value:f}{suffix}"
    return Number(text, 0, len(text), value, unit, step)


def names_of(subject: str, metric: str) -> Iterator[Name]:
    """Yield the names by which a figure is found."""
    parts = metric.split(".")
    return product((None, subject), ("", *accumulate(parts, lambda family, part: f"{family}.{part}")))


def is_named(subject: str, metric: str, name: Name) -> bool:
    """Whether a figure of this subject and metric is found by the name."""
    return name[0] in (None, subject) and belongs(metric, name[1])


def belongs(metric: str, asked: str) -> bool:
    """Whether the metric is the one asked for or of its family; every metric is of the family ""."""
    return not asked or metric == asked or metric.startswith(f"{asked}.")
