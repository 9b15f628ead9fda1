"""Figures that articles state, as corpus/figures.csv lists them; each quote stands in its article."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from assistant.errors import ArticleError
from assistant.types import Article, Figure

COLUMNS = ("subject", "metric", "value", "unit", "as_of", "article", "quote")


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


def uncovered(articles: Mapping[str, Article], figures: Sequence[Figure]) -> list[Article]:
    """Return the articles that the file lists no figure of, neither in their own language nor in another."""
    listed = {figure.article for figure in figures}
    listed |= {original for id in listed if (original := articles[id].translation_of)}
    return [article for article in articles.values() if listed.isdisjoint({article.id, article.translation_of})]


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
