"""Figures that articles state, as corpus/figures.csv lists them; each quote stands in its article."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from assistant.errors import ArticleError
from assistant.stamps import Stamp, stamp_of
from assistant.types import Article, Figure, Head

COLUMNS = ("subject", "metric", "value", "unit", "as_of", "article", "quote")


class Listed:
    """The figures that a CSV file lists; it is read again when it has changed, and a row when its article has."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stamp: Stamp | None = None
        self._settled = False
        self._rows: list[dict[str, str]] = []
        self._made: dict[tuple[int, str], Figure] = {}

    def figures(self, hashes: Mapping[str, str], article: Callable[[str], Article]) -> list[Figure]:
        """Return the figures whose article is among these, given with the hashes of their contents, in file order.

        Raises ArticleError where a row cannot be read or its quote does not stand in its article.
        """
        now, stamp = time.time_ns(), stamp_of(self.path)
        if stamp != self.stamp or not self._settled:
            self._rows, self._made = _rows(self.path) if stamp else [], {}
            self.stamp, self._settled = stamp, stamp is None or stamp.is_settled(now)
        made = {}
        for number, row in enumerate(self._rows):
            if hash := hashes.get(row["article"]):
                key = number, hash
                made[key] = self._made.get(key) or _figure(row, article(row["article"]))
        self._made = made
        return list(made.values())


def read_figures(path: Path, articles: Mapping[str, Article]) -> list[Figure]:
    """Return the figures of a CSV file (columns COLUMNS) whose article is among these; no file, no figures.

    Raises ArticleError where a row cannot be read or its quote does not stand in its article.
    """
    return Listed(path).figures({id: id for id in articles}, articles.__getitem__)


def uncovered(heads: Mapping[str, Article | Head], figures: Sequence[Figure]) -> list[str]:
    """Return the articles that the file lists no figure of, neither in their own language nor in another."""
    listed = {figure.article for figure in figures}
    listed |= {original for id in listed if (original := heads[id].translation_of)}
    return [id for id, head in heads.items() if id not in listed and head.translation_of not in listed]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise ArticleError(
                f"{path.name} has the columns {rows.fieldnames}: they must be {', '.join(COLUMNS)}.",
                f"{path.name}의 열이 {rows.fieldnames}이에요. {', '.join(COLUMNS)} 순서여야 해요.",
            )
        return list(rows)


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
