"""Figures by subject and metric, and as a table.

Knows nothing of where figures come from, of questions or wording. pandas lives here, imported for a table only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

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


class FigureTable:
    """Figures by subject and metric; where only the date differs, the newest counts."""

    def __init__(self, figures: Iterable[Figure], languages: Mapping[str, Language]) -> None:
        self.figures = tuple(figures)
        self._languages = languages
        self._by_name: dict[tuple[str | None, str], list[Figure]] = {}  # subject or any, family of metrics or any
        self._by_article: dict[str, list[Figure]] = {}
        for figure in self.figures:
            self._by_article.setdefault(figure.article, []).append(figure)
            for name in product((None, figure.subject), ("", _family(figure.metric))):
                self._by_name.setdefault(name, []).append(figure)

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
        for figure in self._by_name.get((subject, _family(metric)), ()):
            if belongs(figure.metric, metric) and when(figure):
                key = figure.subject, figure.metric
                if key not in newest or self._rank(figure, language) > self._rank(newest[key], language):
                    newest[key] = figure
        return list(newest.values())

    def rivals(self, figure: Figure) -> list[Figure]:
        """Return what other articles in the same language say otherwise of the same subject, metric and date."""
        language = self._languages.get(figure.article)
        return [
            other
            for other in self._by_name.get((figure.subject, _family(figure.metric)), ())
            if (other.subject, other.metric, other.as_of) == (figure.subject, figure.metric, figure.as_of)
            and other.article != figure.article
            and self._languages.get(other.article) == language
            and not equal(figure_number(other), figure_number(figure))
        ]

    def of_article(self, id: str) -> Sequence[Figure]:
        return self._by_article.get(id, ())

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


def _family(metric: str) -> str:
    return metric.partition(".")[0]


def belongs(metric: str, asked: str) -> bool:
    """Whether the metric is the one asked for or of its family; every metric is of the family ""."""
    return not asked or metric == asked or metric.startswith(f"{asked}.")
