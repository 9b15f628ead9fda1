"""From a checked draft to the whole answer: the fixed sentence where nothing passed, and what to ask next.

Knows nothing of how evidence is found. Every suggestion is something that the corpus can answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant import phrases
from assistant.citations import Checked
from assistant.clocks import Now
from assistant.figures.table import FigureTable
from assistant.figures.won import RATE
from assistant.question import Question
from assistant.types import Answer, AnswerSentence, Citation, Figure, Hit
from assistant.vocabulary import load_vocabulary

MOST_TOPICS = 3
MOST_FOLLOW_UPS = 3
WRITER = "extractive"


def complete(
    question: Question,
    checked: Checked | None,
    hits: Sequence[Hit],
    figures: FigureTable,
    now: Now,
) -> Answer:
    """Return the answer; without a checked sentence it abstains and names the nearest topics."""
    if checked is None or not checked.sentences:
        text = phrases.abstain_text(_topics(hits), question.language)
        sentence = AnswerSentence(phrases.ABSTAIN[question.language])
        absent = tuple(now.without(_asked(question), question.language, load_vocabulary()))
        return Answer(question.text, question.language, True, WRITER, text, (sentence,), notices=absent)
    cited = [citation.figure for citation in checked.citations if citation.figure]
    notices = [
        *_foreign(question, checked),
        *now.notices(cited, _asked(question), question.language, load_vocabulary()),
    ]
    return Answer(
        question.text,
        question.language,
        False,
        WRITER,
        checked.text,
        checked.sentences,
        checked.citations,
        tuple(map(now.marked, cited)),
        tuple(_follow_ups(question, checked, cited, hits, figures)),
        tuple(notices),
    )


def _asked(question: Question) -> list[tuple[str, str]]:
    """The subjects and metrics whose figures are asked for, the rate of the won among them where won are."""
    if question.reasons:
        return []
    pairs = [(subject.id, metric) for subject in question.figure_subjects for metric in question.metrics]
    pairs += [("US", metric) for metric in question.metrics if metric.startswith("macro.")]
    return pairs + ([RATE] if "krw" in question.units else [])


def growing(question: Question, checked: Checked, writer: str) -> Answer:
    """Return what there is of an answer that is still being written."""
    return Answer(question.text, question.language, False, writer, checked.text, checked.sentences, checked.citations)


def _foreign(question: Question, checked: Checked) -> list[str]:
    """Say where quotes are in another language than the answer."""
    quotes = [citation for citation in checked.citations if isinstance(citation, Citation)]
    foreign = any(citation.article.language != question.language for citation in quotes)
    return [phrases.text("foreign", question.language)] if foreign else []


def _topics(hits: Sequence[Hit]) -> list[str]:
    headings = (
        hit.passage.section[-1]
        for hit in hits
        if hit.passage.section and not phrases.is_plain_heading(hit.passage.section[-1])
    )
    return list(dict.fromkeys(headings))[:MOST_TOPICS]


def _follow_ups(
    question: Question, checked: Checked, cited: Sequence[Figure], hits: Sequence[Hit], figures: FigureTable
) -> list[str]:
    """Other figures of the subject that was asked about, then nearby sections that were not cited."""
    asked = [_ask_figure(figure, question) for figure in _related(cited, figures, question)]
    return list(dict.fromkeys(asked + _sections(question, checked, hits)))[:MOST_FOLLOW_UPS]


def _related(cited: Sequence[Figure], figures: FigureTable, question: Question) -> list[Figure]:
    if not cited:
        return []
    shown = {figure.metric for figure in cited}
    others = figures.find(cited[0].subject, "", question.language)
    by_family = {figure.metric.split(".")[0]: figure for figure in others if figure.metric not in shown}
    return list(by_family.values())[: MOST_FOLLOW_UPS - 1]


def _ask_figure(figure: Figure, question: Question) -> str:
    return phrases.figure_question(figure, question.language, load_vocabulary())


def _sections(question: Question, checked: Checked, hits: Sequence[Hit]) -> list[str]:
    quotes = [citation for citation in checked.citations if isinstance(citation, Citation)]
    spans = [(citation.article.id, citation.start) for citation in quotes]
    uncited = (
        hit.passage
        for hit in hits
        if hit.passage.section
        and not phrases.is_plain_heading(hit.passage.section[-1])
        and not any(hit.passage.article == id and hit.passage.start <= start < hit.passage.end for id, start in spans)
    )
    return [phrases.text("tell_more", question.language, topic=passage.section[-1]) for passage in uncited]
