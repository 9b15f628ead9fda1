"""What a model may write from: numbered rows, each an exact span of an article or a dated figure.

First come the sources of the answer that needs no model, under the same numbers, then what explains it. Which figures
and sentences answer was chosen with that answer, and no row goes beyond the choice: beside figures stand sentences of
the passages found that have no other value, beside an explanation those that the finder takes next. Knows nothing of
prompts, or of how a reply is checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant import phrases
from assistant.bindings import says, stands_alone
from assistant.citations import MARKER, Draft, Source
from assistant.evidence import Finder, is_reference
from assistant.live_phrases import live_item
from assistant.numbers import values_beyond
from assistant.question import Question
from assistant.types import Article, Figure, Hit, Language, Sentence
from assistant.vocabulary import Vocabulary

MOST_ROWS = 30
MOST_PASSAGES = 4


@dataclass(frozen=True, slots=True)
class Row:
    """`text` is the span, or the figure in words where it is a live one or its span does not stand alone; `above` what
    stands over it: title, headings, metric, and what is known of the figure besides, such as its place."""

    source: Source
    text: str
    language: Language
    above: str
    publisher: str
    dated: str


def rows_of(
    question: Question,
    draft: Draft,
    hits: Sequence[Hit],
    articles: Mapping[str, Article],
    finder: Finder,
    vocabulary: Vocabulary,
) -> list[Row]:
    """Return the rows, the draft's own sources first: row n is what the marker [n] stands for."""
    said = " ".join(MARKER.sub("", claim.text) for claim in draft.claims)
    rows = [
        _row(source, said, _known(number, draft), question.language, articles, vocabulary)
        for number, source in enumerate(draft.sources, start=1)
    ]
    taken = {(row.source.article, row.source.start) for row in rows}
    explains = any(source.figure is None for source in draft.sources)
    for sentence in _further(question, hits, finder) if explains else _around(hits, finder):
        new = (sentence.article, sentence.start) not in taken and not values_beyond(sentence.text, said)
        if len(rows) < MOST_ROWS and new:
            source = Source(sentence.article, sentence.start, sentence.end)
            rows.append(_stated(source, articles[source.article], sentence.section))
    return rows


def _further(question: Question, hits: Sequence[Hit], finder: Finder) -> Iterator[Sentence]:
    """The sentences that the finder takes for an explanation, as many as there is room for."""
    return (found.sentence for found in finder.explanation(question, hits, MOST_ROWS))


def _around(hits: Sequence[Hit], finder: Finder) -> Iterator[Sentence]:
    """The sentences of the best passages, in reading order; no entries of a list of sources."""
    for hit in hits[:MOST_PASSAGES]:
        passage = hit.passage
        for sentence in finder.corpus.sentences(passage.article):
            if passage.start <= sentence.start < passage.end and not is_reference(sentence):
                yield sentence


def _known(number: int, draft: Draft) -> str:
    """What the draft says of one figure besides its value: its place among others."""
    figure, markers = draft.sources[number - 1].figure, [str(number)]
    claims = [claim.text for claim in draft.claims if MARKER.findall(claim.text) == markers]
    return " ".join(MARKER.sub("", text) for text in claims if figure and not says(text, figure))


def _row(
    source: Source, said: str, known: str, language: Language, articles: Mapping[str, Article], vocabulary: Vocabulary
) -> Row:
    """The row of a source of the draft; `said` is all that the draft says, `known` what it says of the source alone."""
    figure = source.figure
    if figure is None:
        return _stated(source, articles[source.article])
    if figure.origin == "live":
        text, above = _in_words(figure, language, vocabulary), _metric(figure, language, vocabulary)
        return Row(source, text, language, above, figure.source, figure.as_of.isoformat())
    article = articles[source.article]
    row = _stated(source, article, [_metric(figure, article.language, vocabulary), known])
    if stands_alone(row.text, said):
        return row
    return replace(row, text=_in_words(figure, language, vocabulary), language=language)


def _stated(source: Source, article: Article, headings: Sequence[str] = ()) -> Row:
    above = " · ".join(filter(None, [article.title, *headings]))
    dated = (source.figure.as_of if source.figure else article.published).isoformat()
    text = article.text[source.start : source.end]
    return Row(source, text, article.language, above, article.publisher, dated)


def _in_words(figure: Figure, language: Language, vocabulary: Vocabulary) -> str:
    subject = phrases.subject_text(figure.subject, language, vocabulary)
    if figure.origin == "live":
        return live_item(figure, subject, language, lambda _: "", vocabulary)
    return phrases.figure_item(figure, subject, language, vocabulary)


def _metric(figure: Figure, language: Language, vocabulary: Vocabulary) -> str:
    """The figure's subject and metric, which its sentence may leave to its heading."""
    metric = phrases.metric_text(figure.metric, language, vocabulary)
    return f"{phrases.subject_text(figure.subject, language, vocabulary)}: {metric}"
