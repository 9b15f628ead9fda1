"""Hits, articles, figures and risks as records: what JSON says of them, and a table of hits.

One home for all faces, so that they say the same. Every value is one that JSON has: dates are ISO 8601, what is missing
is null. An answer's record is `Answer.to_dict()`. Knows nothing of terminals, HTTP or questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from assistant.types import Article, Head, Hit

if TYPE_CHECKING:
    import pandas

    from assistant.figures.gauges import Gauge
    from assistant.figures.risks import Risk
    from assistant.figures.turn import Outcome

Record = dict[str, Any]

HIT_FIELDS = (
    *("rank", "score", "id", "kind", "article", "title", "publisher", "published", "url"),
    *("section", "start", "end", "text", "language"),
)
"""The fields of a hit's record and the columns of a table of hits.

`id` is the passage's own, `article` its article's, in which `start` and `end` count characters; the headings above it
are in `section`. A figure card (`kind`) is of no article: its title, publisher, published and url are null.
"""


class Hits(list[Hit]):
    """The hits of one search, best first: a list that knows the articles which its passages are from."""

    def __init__(self, hits: Iterable[Hit] = (), articles: Mapping[str, Article] | None = None) -> None:
        super().__init__(hits)
        self._articles = articles or {}

    def records(self) -> list[Record]:
        """Return one record a hit, with HIT_FIELDS."""
        return [{field: _plain(value) for field, value in row.items()} for row in self._rows()]

    def to_pandas(self) -> pandas.DataFrame:
        """Return one hit a row, with HIT_FIELDS as columns: `published` is a date, `section` a tuple of headings."""
        import pandas

        return pandas.DataFrame(self._rows(), columns=list(HIT_FIELDS))

    def _rows(self) -> list[Record]:
        return [_hit_row(hit, self._articles.get(hit.passage.article)) for hit in self]


def head_record(head: Head | Article) -> Record:
    """Return what is known of an article without its text."""
    fields = ("id", "title", "language", "publisher", "published", "source_url", "tickers", "translation_of")
    return {field: _plain(getattr(head, field)) for field in fields}


def whole_record(article: Article) -> Record:
    """Return an article with its text."""
    return head_record(article) | {"text": article.text}


def figure_records(figures: pandas.DataFrame) -> list[Record]:
    """Return the rows of `Assistant.figures()`."""
    rows = figures.astype(object).where(figures.notna(), None).to_dict("records")
    return [{str(name): _plain(value) for name, value in row.items()} for row in rows]


def risk_record(risk: Risk) -> Record:
    """Return a risk factor with its gauges, whose `points` are left out, and what the article says of it."""
    meaning = {
        language: {"article": said.article.id, "start": said.start, "end": said.end, "quote": said.quote}
        for language, said in risk.meaning.items()
    }
    gauges = [_gauge_record(gauge) for gauge in risk.gauges]
    return {"number": risk.number, "id": risk.id, "title": risk.title, "gauges": gauges, "meaning": meaning}


def outcome_record(outcome: Outcome) -> Record:
    """Return what became of one subject at one live source."""
    fields = ("provider", "subject", "status", "reason", "detail", "next_try")
    counts = {"new": len(outcome.saved.new), "kept": len(outcome.saved.kept)}
    return {field: _plain(getattr(outcome, field)) for field in fields} | counts


def _hit_row(hit: Hit, article: Article | None) -> Record:
    about = {
        "title": article and article.title,
        "publisher": article and article.publisher,
        "published": article and article.published,
        "url": article and article.source_url,
    }
    row = {field: getattr(hit.passage, field, None) for field in HIT_FIELDS}
    return row | about | {"rank": hit.rank, "score": hit.score}


def _gauge_record(gauge: Gauge) -> Record:
    fields = (
        *("subject", "metric", "title", "concerns", "percentile", "since"),
        *("change", "direction", "freshness", "reason"),
    )
    figure = gauge.figure and {name: _plain(value) for name, value in asdict(gauge.figure).items()}
    return {field: _plain(getattr(gauge, field)) for field in fields} | {"figure": figure}


def _plain(value: object) -> object:
    """Return the value as JSON has it."""
    if isinstance(value, date):  # and datetime, which is one
        return value.isoformat()
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
