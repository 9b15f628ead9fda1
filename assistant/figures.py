"""Figures that articles state: reading corpus/figures.csv, finding figures by subject and metric, and as a table.

Knows nothing of questions or wording. pandas lives here, imported only when a table is asked for.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import ArticleError
from assistant.numbers import Number, find_numbers
from assistant.types import Article, Figure, Language

if TYPE_CHECKING:
    import pandas

_SUFFIXES = {
    "percent": "%",
    "percentage_point": "%p",
    "basis_point": "bp",
    "multiple": "배",
    "usd": "달러",
    "krw": "원",
    "count": "개",
}

COLUMNS = ("subject", "metric", "value", "unit", "as_of", "article", "quote")


class FigureTable:
    """Figures by subject and metric; where only the date differs, the newest counts."""

    def __init__(self, figures: Iterable[Figure], languages: Mapping[str, Language]) -> None:
        self.figures = tuple(figures)
        self._languages = languages

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
        for figure in self.figures:
            if subject in (None, figure.subject) and belongs(figure.metric, metric) and when(figure):
                key = figure.subject, figure.metric
                if key not in newest or self._rank(figure, language) > self._rank(newest[key], language):
                    newest[key] = figure
        return list(newest.values())

    def subjects(self) -> set[str]:
        return {figure.subject for figure in self.figures}

    def _rank(self, figure: Figure, language: Language) -> tuple[date, bool]:
        return figure.as_of, self._languages[figure.article] == language


def read_figures(path: Path, articles: Mapping[str, Article]) -> list[Figure]:
    """Return the figures of a CSV file (columns COLUMNS) whose article is in the corpus; no file, no figures.

    Raises ArticleError where a row cannot be read or its quote does not stand in its article.
    """
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise ArticleError(
                f"{path.name} has the columns {rows.fieldnames}: they must be {', '.join(COLUMNS)}.",
                f"{path.name}의 열이 {rows.fieldnames}이에요. {', '.join(COLUMNS)} 순서여야 해요.",
            )
        return [_figure(row, articles[row["article"]]) for row in rows if row["article"] in articles]


def to_frame(figures: Sequence[Figure]) -> pandas.DataFrame:
    """Return one dated figure a row; `value` is a number, or a date where `unit` is "date"."""
    import pandas

    return pandas.DataFrame([asdict(figure) for figure in figures], columns=list(Figure.__slots__))


def figure_number(figure: Figure) -> Number:
    """Return the figure's value as a number with its unit, to compare with numbers in a text."""
    if isinstance(figure.value, date):
        return find_numbers(figure.value.isoformat())[0]
    return find_numbers(f"{figure.value:.15g}{_SUFFIXES[figure.unit]}")[0]


def _figure(row: dict[str, str], article: Article) -> Figure:
    start = article.text.find(row["quote"])
    try:
        value = float(row["value"]) if row["unit"] != "date" else date.fromisoformat(row["value"])
        as_of = date.fromisoformat(row["as_of"])
        if start < 0 or not row["quote"]:
            raise ValueError("the quote does not stand in the article")
    except ValueError as error:
        name = f"{row['subject']} {row['metric']} ({article.id})"
        raise ArticleError(
            f"figures.csv: {name} cannot be used: {error}. Correct the row.",
            f"figures.csv: {name} 행을 쓸 수 없어요: {error}. 행을 고쳐 주세요.",
        ) from error
    return Figure(
        subject=row["subject"],
        metric=row["metric"],
        value=value,
        unit=row["unit"],
        as_of=as_of,
        origin="article",
        source=article.publisher,
        article=article.id,
        start=start,
        end=start + len(row["quote"]),
        quote=row["quote"],
    )


def belongs(metric: str, asked: str) -> bool:
    """Whether the metric is the one asked for or of its family; every metric is of the family ""."""
    return not asked or metric == asked or metric.startswith(f"{asked}.")
