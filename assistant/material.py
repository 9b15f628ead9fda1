"""What a model may write from: numbered rows, each an exact span of an article or a dated live figure.

First come the sources of the answer that needs no model, under the same numbers, then sentences of the passages that
the search found. Knows nothing of prompts or of how a reply is checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant import phrases
from assistant.citations import Draft, Source
from assistant.evidence import Corpus, is_reference
from assistant.live_phrases import live_item
from assistant.question import Question
from assistant.types import Article, Figure, Hit, Language
from assistant.vocabulary import Vocabulary

MOST_ROWS = 30
MOST_PASSAGES = 4


@dataclass(frozen=True, slots=True)
class Row:
    """`text` is the span, or the live figure in words; `above` what stands over it: title, headings, metric."""

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
    corpus: Corpus,
    vocabulary: Vocabulary,
) -> list[Row]:
    """Return the rows, the draft's own sources first: row n is what the marker [n] stands for."""
    rows = [_row(source, question, articles, vocabulary) for source in draft.sources]
    taken = {(row.source.article, row.source.start) for row in rows}
    for source, headings in _around(hits, corpus):
        if len(rows) < MOST_ROWS and (source.article, source.start) not in taken:
            rows.append(_stated(source, articles[source.article], headings))
    return rows


def _around(hits: Sequence[Hit], corpus: Corpus) -> Iterator[tuple[Source, str]]:
    """The sentences of the best passages with their headings, in reading order; no entries of a list of sources."""
    for hit in hits[:MOST_PASSAGES]:
        passage = hit.passage
        for sentence in corpus.sentences(passage.article):
            if passage.start <= sentence.start < passage.end and not is_reference(sentence):
                yield Source(sentence.article, sentence.start, sentence.end), " · ".join(sentence.section)


def _row(source: Source, question: Question, articles: Mapping[str, Article], vocabulary: Vocabulary) -> Row:
    figure = source.figure
    if figure is not None and figure.origin == "live":
        return _live(source, figure, question.language, vocabulary)
    article = articles[source.article]
    return _stated(source, article, _metric(figure, article.language, vocabulary))


def _stated(source: Source, article: Article, headings: str) -> Row:
    above = " · ".join(filter(None, [article.title, headings]))
    dated = (source.figure.as_of if source.figure else article.published).isoformat()
    text = article.text[source.start : source.end]
    return Row(source, text, article.language, above, article.publisher, dated)


def _live(source: Source, figure: Figure, language: Language, vocabulary: Vocabulary) -> Row:
    subject = phrases.subject_text(figure.subject, language, vocabulary)
    text = live_item(figure, subject, language, lambda _: "", vocabulary)
    above = _metric(figure, language, vocabulary)
    return Row(source, text, language, above, figure.source, figure.as_of.isoformat())


def _metric(figure: Figure | None, language: Language, vocabulary: Vocabulary) -> str:
    """The figure's subject and metric, which its sentence may leave to its heading."""
    if figure is None:
        return ""
    metric = phrases.metric_text(figure.metric, language, vocabulary)
    return f"{phrases.subject_text(figure.subject, language, vocabulary)}: {metric}"
