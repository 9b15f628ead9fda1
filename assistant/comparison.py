"""A comparison: a table of what an article says of each subject and of what is true now, each cell dated.

Knows nothing of sentences about the subjects, and nothing of how a question is read.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant import phrases
from assistant.citations import Claim, Pages
from assistant.clocks import Now
from assistant.figure_lookup import FigureLookup
from assistant.figures.table import belongs
from assistant.live_phrases import row_date
from assistant.question import Question
from assistant.types import Figure, Language
from assistant.vocabulary import Concept, Vocabulary

MOST_COMPARED = 3
# What funds are compared by when nothing is named.
COMPARED = ("expense_ratio", "return.ytd", "return.1y", "pe_ratio", "net_assets", "volatility.1y", "max_drawdown.1y")

Cells = list[Figure | None]


class Comparison:
    """One row a metric, one column a subject: what is asked about first comes first."""

    def __init__(self, question: Question, lookup: FigureLookup, now: Now, vocabulary: Vocabulary) -> None:
        self._question = question
        self._lookup = lookup
        self._now = now
        self._vocabulary = vocabulary
        self._subjects = question.figure_subjects[:MOST_COMPARED]
        stated = [row for metric in lookup.compared(question) if (row := self._stated(metric))]
        latest = [row for metric in self._live_metrics() if (row := self._latest(metric))]
        self.rows = [*latest, *stated] if question.wants_current else [*stated, *latest]

    def claims(self, pages: Pages) -> list[Claim]:
        """Return the table, a claim a row; one row of two values is followed by their difference."""
        claims = [Claim(self._text(cells, pages), "\n" if at else self._head()) for at, cells in enumerate(self.rows)]
        apart = self._difference(self.rows[0], pages) if len(self.rows) == 1 else None
        return [*claims, apart] if apart else claims

    def _stated(self, metric: str) -> Cells | None:
        """A figure or nothing for each subject; a row with one alone only where its metric was asked for."""
        found = [self._lookup.of(subject, metric, self._question) for subject in self._subjects]
        cells = [figures[0][0] if figures else None for figures in found]
        known = sum(cell is not None for cell in cells)
        if known > 1 and len(set(cells)) == 1:
            return None
        asked = any(belongs(metric, name) for name in self._question.metrics)
        return cells if known > 1 or (known and asked) else None

    def _latest(self, metric: str) -> Cells | None:
        cells = [self._now.of(subject.id, metric) for subject in self._subjects]
        known = sum(cell is not None for cell in cells)
        return cells if known > 1 or (known and self._question.metrics) else None

    def _live_metrics(self) -> list[str]:
        """The live metrics of the families asked for, or COMPARED."""
        if not self._question.metrics:
            return list(COMPARED)
        table, language = self._now.table, self._question.language
        found = [figure for metric in self._question.metrics for figure in table.find(None, metric, language)]
        return list(dict.fromkeys(figure.metric for figure in found))

    def _head(self) -> str:
        language = self._question.language
        heads = [phrases.text("head_metric", language)]
        heads += [subject.label(language) for subject in self._subjects] + [phrases.text("head_date", language)]
        return f"\n\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}\n"

    def _text(self, cells: Cells, pages: Pages) -> str:
        language = self._question.language
        figures = [figure for figure in cells if figure]
        pairs = zip(self._subjects, cells, strict=True)
        values = [_value(subject, figure, language, pages, self._vocabulary) for subject, figure in pairs]
        dates = " / ".join(dict.fromkeys(row_date(figure, language) for figure in figures))
        metric = phrases.metric_text(figures[0].metric, language, self._vocabulary)
        if figures[0].origin == "live":
            metric = phrases.text("latest", language, metric=metric)
        return f"| {' | '.join([metric, *values, dates])} |"

    def _difference(self, cells: Sequence[Figure | None], pages: Pages) -> Claim | None:
        if len(cells) != 2 or cells[0] is None or cells[1] is None:
            return None
        return phrases.difference_claim(cells[0], cells[1], self._question.language, pages.mark_figure)


def _value(subject: Concept, figure: Figure | None, language: Language, pages: Pages, vocabulary: Vocabulary) -> str:
    """A value as it stands in its cell; one of a stand-in says whose it is."""
    if figure is None:
        return phrases.text("no_value", language)
    whose = f" ({phrases.subject_text(figure.subject, language, vocabulary)})" if figure.subject != subject.id else ""
    return phrases.said(figure, language) + whose + pages.mark_figure(figure)
