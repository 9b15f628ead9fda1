"""The values that flow through the assistant: frozen, standard library only, ignorant of every stage.

Offsets count characters (Python `str` positions) of `Article.text`, so `article.text[start:end]` is the quoted text.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

Language = Literal["ko", "en"]
Verdict = Literal["quoted", "figure", "computed", "unsupported"]
# What a figure's `as_of` is: the date that an article or source states, a trading day, the end of a month or other
# period, or, where none is stated, the day of the article's publication or of the fetch.
AsOfKind = Literal["stated", "trade_date", "month_end", "period_end", "published", "fetch"]

COMPUTED = "computed"  # the source of a figure that is computed here
CLOSE = "close"  # the basis of a price that is the close of a past day


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of an article without its text."""

    id: str
    title: str
    language: Language
    publisher: str
    published: date
    source_url: str | None = None
    tickers: tuple[str, ...] = ()
    translation_of: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One document of the corpus; `text` is its Markdown body without front matter."""

    id: str
    title: str
    language: Language
    publisher: str
    published: date
    text: str
    source_url: str | None = None
    tickers: tuple[str, ...] = ()
    translation_of: str | None = None

    @property
    def head(self) -> Head:
        return Head(
            self.id,
            self.title,
            self.language,
            self.publisher,
            self.published,
            self.source_url,
            self.tickers,
            self.translation_of,
        )


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, list item or table row of an article; `list_number` is its place in an ordered or bulleted list."""

    article: str
    section: tuple[str, ...]
    start: int
    end: int
    text: str
    list_number: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of one section of one article, or a figure card with its current numbers: what retrieval returns.

    A card stands in no article: its own id is in `article`, and its offsets count its own text.
    """

    id: str
    article: str
    section: tuple[str, ...]
    start: int
    end: int
    text: str
    language: Language
    kind: Literal["passage", "figure card"] = "passage"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query; a higher score is better, `rank` starts at 1."""

    passage: Passage
    score: float
    rank: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One dated number of an article or of a live source.

    `value` is in `unit`: percent is 18.8 and never 0.188, usd is whole dollars. An article's figure has its exact span,
    `article.text[start:end] == quote`; a live one has `fetched_at` and says where in the reply its value stands.
    `stale` is set on figures of an answer that are older than their kind of figure may be.
    """

    subject: str
    metric: str
    value: float | date
    unit: str
    as_of: date
    origin: Literal["article", "live"]
    source: str
    article: str = ""
    start: int = 0
    end: int = 0
    quote: str = ""
    as_of_kind: AsOfKind = "stated"
    basis: str = ""
    currency: str | None = None
    fetched_at: datetime | None = None
    source_url: str | None = None
    raw_path: str = ""
    method: Literal["reported", "computed"] = "reported"
    formula: str = ""
    inputs: tuple[str, ...] = ()
    quality: str = "ok"
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """A checked link from the answer to an exact span of an article.

    `translation` is a language model's, of a quote in the other language; empty where there is none.
    """

    number: int
    article: Article
    start: int
    end: int
    quote: str
    figure: Figure | None = None
    translation: str = ""


@dataclass(frozen=True, slots=True)
class FigureCitation:
    """A checked link from the answer to a live figure."""

    number: int
    figure: Figure


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """The verdict on one number that the answer shows."""

    text: str
    verdict: Verdict
    citation: int | None = None
    formula: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    text: str
    citations: tuple[int, ...] = ()
    numbers: tuple[NumberCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete, checked answer: the same value on the page, the command line and in Python.

    `asked_as` is the whole question that a follow-up was taken for, where it is not `question` itself; `corpus` is a
    fingerprint of all articles at the time.
    """

    question: str
    language: Language
    abstained: bool
    writer: str
    text: str
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation | FigureCitation, ...] = ()
    figures: tuple[Figure, ...] = ()
    follow_ups: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    timings_ms: dict[str, int] = field(default_factory=dict)
    asked_as: str | None = None
    corpus: str = ""

    @property
    def quotes(self) -> tuple[Citation, ...]:
        """The citations of articles, without those of live figures."""
        return tuple(citation for citation in self.citations if isinstance(citation, Citation))

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON values: dates in ISO 8601, citations by number."""
        places = {
            replace(citation.figure, stale=False): citation.number for citation in self.citations if citation.figure
        }
        return {
            "question": self.question,
            "asked_as": self.asked_as,
            "language": self.language,
            "abstained": self.abstained,
            "writer": self.writer,
            "text": self.text,
            "sentences": [_sentence_dict(sentence) for sentence in self.sentences],
            "citations": [_citation_dict(citation) for citation in self.citations],
            "figures": [_figure_dict(figure, places.get(replace(figure, stale=False))) for figure in self.figures],
            "follow_ups": list(self.follow_ups),
            "notices": list(self.notices),
            "timings_ms": dict(self.timings_ms),
        }


def _sentence_dict(sentence: AnswerSentence) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "citations": list(sentence.citations),
        "numbers": [
            {"text": check.text, "verdict": check.verdict, "citation": check.citation}
            | ({"formula": check.formula} if check.formula else {})
            for check in sentence.numbers
        ],
    }


def _citation_dict(citation: Citation | FigureCitation) -> dict[str, Any]:
    if isinstance(citation, FigureCitation):
        return {"number": citation.number, "kind": "figure", "figure": _live_dict(citation.figure)}
    article = citation.article
    return {
        "number": citation.number,
        "kind": "passage",
        "article": article.id,
        "title": article.title,
        "url": article.source_url,
        "publisher": article.publisher,
        "published": article.published.isoformat(),
        "language": article.language,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    } | ({"translation": citation.translation} if citation.translation else {})


def _figure_dict(figure: Figure, citation: int | None) -> dict[str, Any]:
    value = figure.value.isoformat() if isinstance(figure.value, date) else figure.value
    record = {
        "subject": figure.subject,
        "metric": figure.metric,
        "value": value,
        "unit": figure.unit,
        "as_of": figure.as_of.isoformat(),
        "origin": figure.origin,
        "source": figure.source,
        "citation": citation,
        "stale": figure.stale,
    }
    return record | (_live_dict(figure) if figure.origin == "live" else {})


def _live_dict(figure: Figure) -> dict[str, Any]:
    """What there is to check of a live figure: when and where it was read, and how it was computed if it was."""
    return {
        "subject": figure.subject,
        "metric": figure.metric,
        "as_of": figure.as_of.isoformat(),
        "as_of_kind": figure.as_of_kind,
        "basis": figure.basis,
        "fetched_at": figure.fetched_at.isoformat() if figure.fetched_at else None,
        "source": figure.source,
        "source_url": figure.source_url,
        "raw_path": figure.raw_path,
        "method": figure.method,
        "formula": figure.formula,
        "inputs": list(figure.inputs),
        "quality": figure.quality,
    }
