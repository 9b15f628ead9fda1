"""Which figures answer a question, and which of its near misses must not be answered with another one.

Knows nothing of wording beyond the names of subjects, and nothing of sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from assistant import phrases
from assistant.cues import cues_in
from assistant.figures.catalogue import is_counted
from assistant.figures.preference import LiveTable
from assistant.figures.table import FigureTable, belongs, figure_number
from assistant.morphemes import concept_term, index_terms
from assistant.numbers import Period as Date
from assistant.numbers import equal, find_numbers
from assistant.question import Question
from assistant.types import Article, Figure, Head, Sentence
from assistant.vocabulary import Concept, Vocabulary

_SPOKEN_OF = ("volume_average", "bid_ask_spread")  # of which sentences speak in general
MACRO = "macro."  # figures of the whole economy, which need no subject
# Topics that questions about figures name in passing.
SAID_BY_FIGURES = frozenset(
    {
        "small_cap",
        "large_cap",
        "valuation",
        "asset_allocation",
        "bank",
        "biotech",
        "quantum",
        "data_center",
        "artificial_intelligence",
        "clean_energy",
        "theme",
        "disclosure",
        "source",
    }
)


class FigureLookup:
    """Finds figures of a question's subjects and metrics, with the words that name their subject."""

    def __init__(self, heads: Mapping[str, Article | Head], figures: FigureTable, vocabulary: Vocabulary) -> None:
        self.figures = figures
        self.vocabulary = vocabulary
        self._covered = {ticker for head in heads.values() for ticker in head.tickers}

    def live(self, question: Question, table: LiveTable) -> list[tuple[Figure, str]]:
        """Return the live figures that are asked for, each with the words that name its subject.

        None where something is named that figures do not speak of.
        """
        if _names_more(question):
            return []
        found = (
            pair
            for metric in question.metrics
            for subject in question.figure_subjects or ((None,) if metric.startswith(MACRO) else ())
            for pair in self._first(table, subject, metric, question)
        )
        return list(dict.fromkeys(found))

    def asked(self, question: Question) -> list[tuple[Figure, str]] | None:
        """Return the figures that answer the question, each with the words that name its subject.

        A benchmark may stand in for its fund and a fund for its benchmark, and is then named as what it is. None where
        no metric asked for has a figure although the family of one has: then nothing else can be the answer. Of several
        metrics, those that have none are left out.
        """
        found = self._of_value(question)
        if found or not self.is_pure(question):
            return found
        near = False
        for metric in question.metrics:
            for subject in question.figure_subjects or (None,):
                figures = self.of(subject, metric, question)
                near |= not figures and self._is_near(subject, metric, question)
                found += figures
            if near and len(question.metrics) == 1:
                return None
        return list(dict.fromkeys(found)) or (None if near else [])

    def _is_near(self, subject: Concept | None, metric: str, question: Question) -> bool:
        """Whether figures of the same family would be mistaken for the one that is missing, or sentences would."""
        family = self._has_family(subject, metric, question) or metric in _SPOKEN_OF
        return family or _is_weighed(metric, question) or _is_price_of_fund(subject, metric)

    def _of_value(self, question: Question) -> list[tuple[Figure, str]]:
        """The figures that have a value which the question states: of the family asked for ("which one is 0.55%?"), or
        of who is named, where that value is to be confirmed."""
        families = {metric.split(".")[0] for metric in question.metrics} if question.asks("who") else set[str]()
        of_family = [each for family in families for each in self.figures.find(None, family, question.language)]
        confirmed = question.asks("claim") and not question.concepts("metric")
        subjects = question.subjects if confirmed else ()
        of_subject = [each for about in subjects for each in self.figures.find(about.id, "", question.language)]
        return [
            (figure, phrases.subject_text(figure.subject, question.language, self.vocabulary))
            for figure in (*of_family, *of_subject)
            if any(equal(number, figure_number(figure)) for number in question.numbers)
        ]

    def is_pure(self, question: Question) -> bool:
        """Whether the question names nothing beyond figures: no unknown name, no topic that they do not speak of."""
        return not _names_more(question) and self._covers_topics(question)

    def _covers_topics(self, question: Question) -> bool:
        """Whether the figures asked for speak of each topic that the question names: a weight does not of dividends."""
        topics = {concept_term(topic.id) for topic in question.topics if topic.id not in SAID_BY_FIGURES}
        figures = [
            figure for metric in question.metrics for figure in self.figures.find(None, metric, question.language)
        ]
        said = {term for figure in figures for term in index_terms(figure.quote, question.language)}
        return topics <= said

    def _has_family(self, subject: Concept | None, metric: str, question: Question) -> bool:
        family = metric.split(".")[0]
        return bool(self.figures.find(subject.id if subject else None, family, question.language))

    def of(self, subject: Concept | None, metric: str, question: Question) -> list[tuple[Figure, str]]:
        return self._first(self.figures, subject, metric, question, lambda figure: _fits(figure, question))

    def _first(
        self,
        table: FigureTable,
        subject: Concept | None,
        metric: str,
        question: Question,
        when: Callable[[Figure], bool] = lambda figure: True,
    ) -> list[tuple[Figure, str]]:
        """The table's figures of the subject, else of the first that may stand in for it and has some."""
        for candidate in [subject, *(self._stand_ins(subject) if subject else [])]:
            figures = table.find(candidate.id if candidate else None, metric, question.language, when)
            if figures:
                return [(figure, self._named(figure, subject, candidate, question)) for figure in figures]
        return []

    def _stand_ins(self, subject: Concept) -> list[Concept]:
        """The benchmark of a fund that the corpus is about, or such funds of a benchmark."""
        concepts = self.vocabulary.concepts
        if subject.tracks and subject.id in self._covered:
            return [concepts[subject.tracks]]
        return [
            concepts[ticker]
            for ticker in sorted(self._covered)
            if ticker in concepts and concepts[ticker].tracks == subject.id
        ]

    def _named(self, figure: Figure, asked: Concept | None, found: Concept | None, question: Question) -> str:
        if asked is not None and found is not None and asked != found:
            return phrases.stand_in_text(asked, found, question.language)
        return phrases.subject_text(figure.subject, question.language, self.vocabulary)

    def stated_in(self, sentence: Sentence, question: Question) -> list[Figure]:
        """Return the figures of the metrics asked for that a sentence states."""
        return [
            figure
            for figure in self.figures.of_article(sentence.article)
            if sentence.start <= figure.start < sentence.end
            and any(belongs(figure.metric, metric) for metric in question.metrics)
        ]

    def compared(self, question: Question) -> list[str]:
        """Return the metrics that a comparison shows: those asked for, or all that the subjects have."""
        if question.metrics:
            families = [self.figures.find(None, metric, question.language) for metric in question.metrics]
            return list(dict.fromkeys(figure.metric for figures in families for figure in figures))
        return self.figures.metrics_of([subject.id for subject in question.figure_subjects])


def _names_more(question: Question) -> bool:
    """Whether the question names something that is no concept of ours, unless it may be a company or a sector."""
    return bool(question.names or question.proper_nouns) and not question.concepts("company", "sector")


def _fits(figure: Figure, question: Question) -> bool:
    """Whether the figure is of the kind and time, and by the organisation, that the question names, where it does.

    What will be is told by what the article says of the future alone.
    """
    if question.foresees and not cues_in(figure.quote) & {"forecast", "expected"}:
        return False
    named = [organisation for organisation in question.concepts("organisation") if not organisation.runs]
    said = all(
        organisation.label("en") == figure.subject or any(name in figure.quote for name in _all_names(organisation))
        for organisation in named
    )
    kind = question.units != {"date"} or figure.unit == "date"
    return said and (kind or question.asks("as_of")) and _is_timely(figure, question)


def _is_timely(figure: Figure, question: Question) -> bool:
    """Whether the figure's date, or one that its quote names, is of the year and month that the question names.

    What is counted since then has to say so in its quote, or begins with the year.
    """
    named, as_of = Date(question.period.year, question.period.month), figure.as_of
    if named == Date():
        return True
    stated = [number.value for number in find_numbers(figure.quote) if isinstance(number.value, Date)]
    if any(named.agrees(each) for each in stated):
        return True
    if not question.period.since or not named.year:
        return named.agrees(Date(as_of.year, as_of.month))
    if is_counted(figure.metric):
        return figure.metric.endswith(".ytd") and named.year == as_of.year and named.month in (None, 1)
    return as_of >= date(named.year, named.month or 1, 1)


def _is_weighed(metric: str, question: Question) -> bool:
    """Whether weights are asked for, which no sentence gives where no figure does."""
    family = metric.split(".")[0]
    return family == "holding_weight" or (family == "sector_weight" and question.asks("weight", "amount"))


def _is_price_of_fund(subject: Concept | None, metric: str) -> bool:
    """Whether the price of a fund or benchmark is asked for, which live sources give and no sentence does."""
    return metric == "price" and subject is not None and subject.kind in ("fund", "benchmark")


def _all_names(concept: Concept) -> Sequence[str]:
    return [name for names in concept.names.values() for name in names]
