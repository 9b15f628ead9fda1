"""The shapes of the JSON that REST and MCP give: what their documents promise, field by field.

The values are made by `Answer.to_dict()` and records.py; nothing is added, left out or renamed here, and a record that
does not fit its shape is an error.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.figures.catalogue import Freshness
from assistant.figures.gauges import Absence, Concern
from assistant.figures.trends import Direction
from assistant.language import MAX_LENGTH
from assistant.types import AsOfKind, Language, Verdict

Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Value = Annotated[float | str, Field(description="A number, or a date (ISO 8601) where `unit` is `date`.")]
QuestionText = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Bilingual(Shape):
    ko: str
    en: str


class Article(Shape):
    id: str
    title: str
    language: Language
    publisher: str
    published: Day
    source_url: str | None
    tickers: list[str]
    translation_of: str | None = Field(description="The id of the article that this one translates.")


class WholeArticle(Article):
    text: str = Field(description="The Markdown body; all offsets count its characters.")


class Hit(Shape):
    """A passage of an article, `text` being its characters from `start` to `end`, or a card of live figures."""

    rank: int = Field(description="From 1, the best.")
    score: float = Field(description="Higher is better; comparable within one search only.")
    id: str
    kind: Literal["passage", "figure card"]
    article: str = Field(description="The article's id; a figure card has its own id here.")
    title: str | None
    publisher: str | None
    published: Day | None
    url: str | None
    section: list[str] = Field(description="The headings above it, outermost first.")
    start: int
    end: int
    text: str
    language: Language


class Figure(Shape):
    """One dated number: an article's with its exact quote, or a live one with its source."""

    subject: str
    metric: str
    value: Value
    unit: str
    as_of: Day
    origin: Literal["article", "live"]
    source: str
    article: str = Field(description="The id of the article that states it; empty for a live figure.")
    start: int
    end: int
    quote: str
    as_of_kind: AsOfKind
    basis: str
    currency: str | None
    fetched_at: Moment | None
    source_url: str | None
    raw_path: str
    method: Literal["reported", "computed"]
    formula: str
    inputs: list[str]
    quality: str
    stale: bool


class Gauge(Shape):
    """A dated reading, or the reason why there is none."""

    subject: str
    metric: str
    title: Bilingual
    concerns: Concern
    percentile: float | None = Field(description="The share of its history since `since` at or below it, 0 to 100.")
    since: Day | None
    change: float | None = Field(description="Its move over three months, in points of its unit.")
    direction: Direction | None
    freshness: Freshness | None
    reason: Absence | Literal[""]
    figure: Figure | None


class Quote(Shape):
    article: str
    start: int
    end: int
    quote: str


class Risk(Shape):
    number: int
    id: str
    title: Bilingual
    gauges: list[Gauge]
    meaning: dict[Language, Quote] = Field(description="What the article of each language says of it.")


class Turn(Shape):
    """An earlier question with the text of its answer."""

    question: QuestionText
    answer: str


class NumberCheck(Shape):
    text: str
    verdict: Verdict
    citation: int | None
    formula: str = Field("", description="Only where the number was computed.")


class AnswerSentence(Shape):
    text: str
    citations: list[int]
    numbers: list[NumberCheck]


class PassageCitation(Shape):
    """`text[start:end]` of the article is the quote, character for character."""

    number: int
    kind: Literal["passage"]
    article: str
    title: str
    url: str | None
    publisher: str
    published: Day
    language: Language
    start: int
    end: int
    quote: str
    translation: str = Field("", description="A language model's, of a quote in another language than the answer's.")


class LiveFigure(Shape):
    subject: str
    metric: str
    as_of: Day
    as_of_kind: AsOfKind
    basis: str
    fetched_at: Moment | None
    source: str
    source_url: str | None
    raw_path: str
    method: Literal["reported", "computed"]
    formula: str
    inputs: list[str]
    quality: str


class FigureCitation(Shape):
    number: int
    kind: Literal["figure"]
    figure: LiveFigure


class AnswerFigure(Shape):
    """A figure that the answer shows; a live one has the fields from `as_of_kind` on as well."""

    subject: str
    metric: str
    value: Value
    unit: str
    as_of: Day
    origin: Literal["article", "live"]
    source: str
    citation: int | None
    stale: bool
    as_of_kind: AsOfKind = "stated"
    basis: str = ""
    fetched_at: Moment | None = None
    source_url: str | None = None
    raw_path: str = ""
    method: Literal["reported", "computed"] = "reported"
    formula: str = ""
    inputs: list[str] = []
    quality: str = ""


class Answer(Shape):
    """A complete, checked answer; abstaining, where the sources do not answer, is a normal one."""

    question: str
    asked_as: str | None
    """The whole question, where what was typed is a follow-up."""
    language: Language
    abstained: bool
    writer: str
    text: str
    sentences: list[AnswerSentence]
    citations: list[Annotated[PassageCitation | FigureCitation, Field(discriminator="kind")]]
    figures: list[AnswerFigure]
    follow_ups: list[str]
    notices: list[str]
    timings_ms: dict[str, int]


class Problem(Shape):
    """Why a request was not done (RFC 9457); `code` is stable, `detail` is in Korean or English."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str = Field(description="Under which the server's log has it, where the fault is the server's.")
    fields: list[str] = Field(description="What is missing or wrong in the request.")
