"""The writer that needs no model: it composes a draft from dated figures and exact sentences, one way for each shape.

Knows nothing of how evidence is found or checked. It would rather abstain than answer something near the question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from assistant import phrases
from assistant.citations import Claim, Draft, Source, mark
from assistant.clocks import Now, Pair, paired
from assistant.evidence import Finder
from assistant.figure_lookup import FigureLookup
from assistant.figures.risks import Risk, factors
from assistant.figures.table import belongs
from assistant.live_phrases import beside_text, difference, gauge_claim, live_claim, live_item, rival_claim, said
from assistant.numbers import equal, find_numbers
from assistant.question import Question
from assistant.types import Article, Figure, Hit, Sentence
from assistant.vocabulary import Concept, Vocabulary

MOST_SENTENCES = 6
MOST_COMPARED = 3
# What funds are compared by when nothing is named.
COMPARED = ("expense_ratio", "return.ytd", "return.1y", "pe_ratio", "net_assets", "volatility.1y", "max_drawdown.1y")
MOST_COMMON = 3
MOST_SPELT_OUT = 3  # figures that get a sentence each; more become a list of short items
NOTHING = Draft((), ())  # abstain at once: what is asked for is known not to be there


class ExtractiveWriter:
    def __init__(
        self,
        articles: Mapping[str, Article],
        lookup: FigureLookup,
        finder: Finder,
        vocabulary: Vocabulary,
        now: Callable[[], Now],
        risks: Callable[[], Sequence[Risk]] = tuple,
    ) -> None:
        self.now = now
        self.risks = risks
        self.articles = articles
        self.lookup = lookup
        self.finder = finder
        self.vocabulary = vocabulary

    def write(self, question: Question, hits: Sequence[Hit]) -> Draft | None:
        """Return a draft from the figures and the passages found, or None where the sources do not answer."""
        now = self.now()
        if question.asks("advice") and not (question.asks("list") and question.concepts("topic")):
            return None
        if quoted := self.finder.quoted(question, MOST_SENTENCES):
            return self._gauged(quoted, question)
        if question.introduces:
            return _quoted(self.finder.introduction(question, MOST_SENTENCES))
        ways = {
            "compare": (self._compare, self._figure, self._explain),
            "figure": (self._figure, self._explain),
            "list": (self._list, self._figure, self._explain),
            "explain": (self._explain,),
        }
        for way in ways[question.shape]:
            draft = way(question, hits, now)
            if draft is not None:
                return draft
        return None

    # -- figures ---------------------------------------------------------------------------------------------------

    def _figure(self, question: Question, hits: Sequence[Hit], now: Now) -> Draft | None:
        """One sentence a figure, with the live one after it, or the family in order where a family is asked for."""
        stated, live = self.lookup.asked(question), self.lookup.live(question, now.table)
        if not stated and not live:
            return NOTHING if stated is None else None
        pairs = _ranked(paired(stated or [], live, now, question.period.year), question)
        if not pairs:
            return NOTHING
        pages = _Pages()
        if len(pairs) > MOST_SPELT_OUT:
            return Draft(list(self._items(pairs, question, pages)), pages.sources)
        claims = []
        for number, pair in enumerate(pairs, start=1):
            lead, *rest = self._both(pair, question, now, pages)
            claims += [replace(lead, lead=f"\n{number}. " if len(pairs) > 1 else " "), *rest]
        first = pairs[0].stated
        if len(pairs) == 1 and first and not live and _adds_to(claims[0].text, first):
            claims.append(Claim(first.quote + pages.mark_figure(first)))
        return Draft(claims, pages.sources)

    def _both(self, pair: Pair, question: Question, now: Now, pages: _Pages) -> list[Claim]:
        """What the article says and what is true now, the one that is asked for first, and how they differ."""
        written, current, apart = [], [], None
        if pair.stated:
            article = self.articles[pair.stated.article]
            text = phrases.figure_sentence(
                pair.stated, pair.subject, article.published, question.language, self.vocabulary
            )
            written = [Claim(text + pages.mark_figure(pair.stated))]
            written += [self._otherwise(rival, question, pages) for rival in self.lookup.figures.rivals(pair.stated)]
        if pair.live:
            current = self._live_claims(pair.live, pair.subject, question, now, pages)
        if pair.stated and pair.live:
            apart = difference(pair.stated, pair.live, question.language, pages.mark_figure)
        first, second = (current, written) if question.wants_current else (written, current)
        return [*first, *second, *([apart] if apart else [])]

    def _otherwise(self, figure: Figure, question: Question, pages: _Pages) -> Claim:
        """What another article says of the same metric and date."""
        text = phrases.other_sentence(figure, self.articles[figure.article].published, question.language)
        return Claim(text + pages.mark_figure(figure))

    def _live_claims(self, figure: Figure, subject: str, question: Question, now: Now, pages: _Pages) -> list[Claim]:
        """The sentence on a live figure, and one for each source that says otherwise."""
        claim = live_claim(figure, subject, question.language, now.rate(), pages.mark_figure, self.vocabulary)
        rivals = [rival_claim(other, question.language, pages.mark_figure) for other in now.table.rivals(figure)]
        return [claim, *rivals]

    def _items(self, pairs: Sequence[Pair], question: Question, pages: _Pages) -> Iterator[Claim]:
        """One line a figure, with the live one beside it."""
        for number, pair in enumerate(pairs, start=1):
            text = ""
            if pair.stated:
                text = phrases.figure_item(pair.stated, pair.subject, question.language, self.vocabulary)
                text += pages.mark_figure(pair.stated)
                text += beside_text(pair.live, question.language, pages.mark_figure) if pair.live else ""
            elif pair.live:
                text = live_item(pair.live, pair.subject, question.language, pages.mark_figure, self.vocabulary)
            yield Claim(text, f"\n{number}. ")

    # -- comparisons -----------------------------------------------------------------------------------------------

    def _compare(self, question: Question, hits: Sequence[Hit], now: Now) -> Draft | None:
        """A table: one row a metric, one column a subject, each figure cited and dated."""
        subjects = question.figure_subjects[:MOST_COMPARED]
        topics = set(question.concepts("topic")) - {self.vocabulary.concepts["small_cap"]}
        if len(subjects) < 2 or not self.lookup.is_pure(question) or (not question.metrics and topics):
            return None
        rows = [row for metric in self.lookup.compared(question) if (row := self._row(metric, subjects, question))]
        latest = self._latest(subjects, question, now)
        rows = [*latest, *rows] if question.wants_current else [*rows, *latest]
        if not rows:
            return None
        pages = _Pages()
        claims = [] if question.metrics else self._common(question, hits, pages)
        for number, cells in enumerate(rows):
            claims.append(
                Claim(self._row_text(cells, question, pages), "\n" if number else self._table_head(subjects, question))
            )
        if len(rows) == 1 and (apart := self._difference(rows[0], question, pages)):
            claims.append(apart)
        return Draft(claims, pages.sources)

    def _latest(self, subjects: Sequence[Concept], question: Question, now: Now) -> list[list[Figure | None]]:
        """A row of live figures for each metric that is asked for, or that people compare funds by."""
        rows = []
        for metric in _live_metrics(question, now):
            cells = [now.of(subject.id, metric, question.period.year) for subject in subjects]
            known = [figure for figure in cells if figure]
            if len(known) > 1 or (known and question.metrics):
                rows.append(cells)
        return rows

    def _common(self, question: Question, hits: Sequence[Hit], pages: _Pages) -> list[Claim]:
        """The sentences that speak of all the subjects at once, and the list of an article that does."""
        names = [subject.id for subject in question.subjects]
        found = self.finder.together(question, hits, names, MOST_COMMON)
        items = self.finder.listed(names, question.language)
        claims = [Claim(evidence.sentence.text + pages.mark(evidence.sentence)) for evidence in found]
        return claims + [Claim(item.text + pages.mark(item), "\n- ") for item in items]

    def _row(self, metric: str, subjects: Sequence[Concept], question: Question) -> list[Figure | None] | None:
        """A figure or nothing for each subject; a row with one alone only where its metric was asked for."""
        cells = []
        for subject in subjects:
            found = self.lookup.of(subject, metric, question)
            cells.append(found[0][0] if found else None)
        known = sum(cell is not None for cell in cells)
        if known > 1 and len(set(cells)) == 1:
            return None
        asked = any(belongs(metric, name) for name in question.metrics)
        return cells if known > 1 or (known and asked) else None

    def _table_head(self, subjects: Sequence[Concept], question: Question) -> str:
        language = question.language
        heads = [phrases.text("head_metric", language)]
        heads += [subject.label(language) for subject in subjects] + [phrases.text("head_date", language)]
        return f"\n\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}\n"

    def _row_text(self, cells: Sequence[Figure | None], question: Question, pages: _Pages) -> str:
        language = question.language
        figures = [figure for figure in cells if figure]
        values = [
            said(figure, language) + pages.mark_figure(figure) if figure else phrases.text("no_value", language)
            for figure in cells
        ]
        dates = " / ".join(dict.fromkeys(figure.as_of.isoformat() for figure in figures))
        metric = phrases.metric_text(figures[0].metric, language, self.vocabulary)
        if figures[0].origin == "live":
            metric = phrases.text("latest", language, metric=metric)
        return f"| {' | '.join([metric, *values, dates])} |"

    def _difference(self, cells: Sequence[Figure | None], question: Question, pages: _Pages) -> Claim | None:
        if len(cells) != 2 or cells[0] is None or cells[1] is None:
            return None
        return phrases.difference_claim(cells[0], cells[1], question.language, pages.mark_figure)

    # -- lists -----------------------------------------------------------------------------------------------------

    def _list(self, question: Question, hits: Sequence[Hit], now: Now) -> Draft | None:
        """The items of the list that the question names, in their order, or the one asked for by its place."""
        group = self.finder.group(question)
        if group is None:
            return None
        if len(question.places) == 1:
            place = question.places[0]
            items = group.items[place - 1][:MOST_SENTENCES] if 1 <= place <= len(group.items) else ()
            return self._gauged(items, question) or NOTHING
        pages = _Pages()
        places = [place for place in question.places if 1 <= place <= len(group.items)] or range(
            1, len(group.items) + 1
        )
        claims = [
            Claim(group.items[place - 1][0].text + pages.mark(group.items[place - 1][0]), f"\n{place}. ")
            for place in places[: question.limit]
        ]
        return Draft(claims, pages.sources)

    # -- sentences -------------------------------------------------------------------------------------------------

    def _explain(self, question: Question, hits: Sequence[Hit], now: Now) -> Draft | None:
        """The sentences that carry the reasoning, in the order in which their article has them."""
        return self._gauged(
            [found.sentence for found in self.finder.explanation(question, hits, MOST_SENTENCES)], question
        )

    def _gauged(self, sentences: Sequence[Sentence], question: Question) -> Draft | None:
        """The sentences, and the live gauges of the risk factor that their first one belongs to."""
        if not sentences:
            return None
        pages = _Pages()
        claims = [Claim(sentence.text + pages.mark(sentence)) for sentence in sentences]
        section = sentences[0].section[-1:]
        is_risk = any((factor.section[question.language],) == section for factor in factors())
        for risk in self.risks() if is_risk else ():
            if (risk.section[question.language],) == section:
                gauges = [gauge for gauge in risk.gauges if gauge.figure]
                claims += [gauge_claim(gauge, question.language, pages.mark_figure) for gauge in gauges]
        return Draft(claims, pages.sources)


class _Pages:
    """Collects the sources of a draft and hands out their raw markers."""

    def __init__(self) -> None:
        self.sources: list[Source] = []

    def mark(self, sentence: Sentence) -> str:
        return self._mark(Source(sentence.article, sentence.start, sentence.end))

    def mark_figure(self, figure: Figure) -> str:
        return self._mark(Source(figure.article, figure.start, figure.end, figure))

    def _mark(self, source: Source) -> str:
        if source not in self.sources:
            self.sources.append(source)
        return mark(self.sources.index(source) + 1)


def _quoted(sentences: Sequence[Sentence]) -> Draft | None:
    if not sentences:
        return None
    pages = _Pages()
    return Draft([Claim(sentence.text + pages.mark(sentence)) for sentence in sentences], pages.sources)


def _live_metrics(question: Question, now: Now) -> list[str]:
    """The live metrics of the families asked for, or COMPARED."""
    if not question.metrics:
        return list(COMPARED)
    found = [figure for metric in question.metrics for figure in now.table.find(None, metric, question.language)]
    return list(dict.fromkeys(figure.metric for figure in found))


def _ranked(found: list[Pair], question: Question) -> list[Pair]:
    """Those at the places asked for, the largest first as the articles list them."""
    if question.places:
        return [found[place - 1] for place in question.places if 1 <= place <= len(found)]
    if question.limit:
        return found[: question.limit]
    return found[:1] if question.asks("most") and not question.asks("list") else found


def _adds_to(text: str, figure: Figure) -> bool:
    """Whether the quote is a sentence that says more of the figure and gives no other figure beside it."""
    said = find_numbers(text)
    others = [number for number in find_numbers(figure.quote) if not any(equal(number, other) for other in said)]
    return figure.quote.endswith((".", "요", "다")) and all(
        number.unit in {"date", "ordinal", "year"} for number in others
    )
