"""The writer that needs no model: it composes a draft from dated figures and exact sentences, one way for each shape.

Knows nothing of how evidence is found or checked. It would rather abstain than answer something near the question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from assistant import phrases
from assistant.bindings import stands_alone
from assistant.citations import Claim, Draft, Pages, together
from assistant.clocks import Now, Pair, paired
from assistant.comparison import Comparison
from assistant.evidence import Finder
from assistant.figure_lookup import FigureLookup
from assistant.figures.preference import LiveTable
from assistant.figures.risks import Risk, factors
from assistant.figures.table import belongs
from assistant.live_phrases import beside_text, difference, gauge_claim, live_claim, live_item, rival_claim
from assistant.morphemes import terms
from assistant.question import Question
from assistant.ranking import at_places, place_claim, places_said, sum_claim
from assistant.types import Article, Figure, Head, Hit, Sentence
from assistant.vocabulary import Vocabulary

MOST_SENTENCES = 6
MOST_COMMON = 3
MOST_SPELT_OUT = 3  # figures that get a sentence each; more become a list of short items
_LISTED = re.compile(r"(?:,|&|\band|\bor|와|과|랑|하고)\s+([A-Z][A-Za-z]+)")
US = "US"  # the subject of figures of the whole economy
NOTHING = Draft((), ())  # abstain at once: what is asked for is known not to be there


class ExtractiveWriter:
    def __init__(
        self,
        heads: Mapping[str, Article | Head],
        lookup: FigureLookup,
        finder: Finder,
        vocabulary: Vocabulary,
        now: Callable[[], Now],
        risks: Callable[[], Sequence[Risk]] = tuple,
    ) -> None:
        self.now = now
        self.risks = risks
        self.heads = heads
        self.lookup = lookup
        self.finder = finder
        self.vocabulary = vocabulary

    def write(self, question: Question, hits: Sequence[Hit]) -> Draft | None:
        """Return a draft from the figures and the passages found, or None where the sources do not answer.

        Where a claim is not borne out, it is answered by what is so.
        """
        draft = self._written(question, hits)
        if (draft is None or not draft.claims) and question.asks("claim") and question.metrics and question.subjects:
            return self._written(question.unclaimed(), hits)
        return draft

    def _written(self, question: Question, hits: Sequence[Hit]) -> Draft | None:
        now = self._now(question)
        if question.asks("advice") and not (question.asks("list") and question.concepts("topic")):
            return None
        if quoted := self.finder.quoted(question, MOST_SENTENCES):
            return self._gauged(question, *quoted)
        if question.introduces:
            return _quoted(self.finder.introduction(question, question.sentences or MOST_SENTENCES))
        ways = {
            "compare": (self._compare, self._figure, self._explain),
            "figure": (self._figure, self._explain),
            "list": (self._list, self._figure, self._explain),
            "explain": (self._explain,),
        }
        for way in ways[question.shape]:
            draft = way(question, hits, now)
            if draft is not None and (draft.claims or len(question.alone()) < 2):
                return self._completed(draft, question, hits, now)
        return self._each(question, hits, now)

    def _completed(self, draft: Draft, question: Question, hits: Sequence[Hit], now: Now) -> Draft:
        """The draft with what sentences say of those of several metrics that its figures are not of, or without it."""
        shown = [source.figure.metric for source in draft.sources if source.figure]
        if not shown:
            return draft
        metrics = question.metrics if len(question.metrics) > 1 else ()
        lacking = [each for each in metrics if not any(belongs(other, each) for other in shown)]
        drafts = [draft, Draft((), (), self._strange(question))]
        for alone in question.alone() if lacking else ():
            if set(alone.metrics) <= set(lacking) and (said := self._explain(alone, hits, now)):
                lacking = [metric for metric in lacking if metric not in alone.metrics]
                drafts.append(said)
        return together([*drafts, Draft((), (), self._absent(lacking, question))])

    def _each(self, question: Question, hits: Sequence[Hit], now: Now) -> Draft | None:
        """What is said of each of several metrics alone, where nothing speaks of all; None where nothing is."""
        drafts, lacking = list[Draft](), list[str]()
        each = question.alone()
        for alone in each if len(each) > 1 and not question.reasons else ():
            said = self._figure(alone, hits, now) or self._explain(alone, hits, now)
            drafts += [said] if said and said.claims else []
            lacking += [] if said and said.claims else alone.metrics
        return together([*drafts, Draft((), (), self._absent(lacking, question))]) if drafts else None

    def _absent(self, metrics: Sequence[str], question: Question) -> list[str]:
        """The names of the metrics of which there is no figure at all."""
        subjects = question.figure_subjects
        return [
            phrases.name_text(subject.id if subject else US, metric, question.language, self.vocabulary)
            for metric in metrics
            for subject in subjects or (None,)
            if not self.lookup.of(subject, metric, question)
        ]

    def _now(self, question: Question) -> Now:
        """What is known of the time asked about: of what will be nothing is."""
        now = self.now()
        return replace(now, table=LiveTable((), now.today)) if question.foresees else now.at(question.period)

    def _strange(self, question: Question) -> list[str]:
        """The weights asked for of names listed with companies, of which nothing is known: IonQ's and Nvidia's."""
        if not question.concepts("company") or question.reasons:
            return []
        names = (word for word in _LISTED.findall(question.text) if set(terms(word, "en")) & set(question.names))
        return [phrases.weight_text(name, question.language) for name in names]

    # -- figures ---------------------------------------------------------------------------------------------------

    def _figure(self, question: Question, hits: Sequence[Hit], now: Now) -> Draft | None:
        """One sentence a figure, with the live one after it, or the family in order where a family is asked for."""
        stated, live = self.lookup.asked(question), self.lookup.live(question, now.table)
        if not stated and not live:
            return NOTHING if stated is None else None
        pairs = at_places(_own_first(paired(stated or [], live, now), question), question)
        if not pairs or (question.sums and "holding_weight" in question.metrics and len(pairs) < (question.limit or 0)):
            return NOTHING
        pages = Pages()
        if len(pairs) > MOST_SPELT_OUT:
            return Draft([*self._items(pairs, question, pages), *self._sum(pairs, question, pages)], pages.sources)
        claims = []
        for number, pair in enumerate(pairs, start=1):
            lead, *rest = self._both(pair, question, now, pages)
            claims += [replace(lead, lead=f"\n{number}. " if len(pairs) > 1 else " "), *rest]
        first = pairs[0].stated if len(pairs) == 1 else None
        quoted = first and not live and stands_alone(first.quote, claims[0].text)
        if first and quoted:
            claims.append(Claim(first.quote + pages.mark_figure(first)))
        if first and question.places_parts and not (quoted and places_said(first.quote)):
            place = place_claim(first, self.lookup.figures, question.language, pages.mark_figure)
            claims += [place] if place else []
        return Draft([*claims, *self._sum(pairs, question, pages)], pages.sources)

    def _sum(self, pairs: Sequence[Pair], question: Question, pages: Pages) -> Iterator[Claim]:
        """What the articles' weights come to together, where that is asked for."""
        stated = [pair.stated for pair in pairs if pair.stated]
        if question.sums and len(stated) == len(pairs):
            claim = sum_claim(stated, question.language, pages.mark_figure)
            yield from [claim] if claim else []

    def _both(self, pair: Pair, question: Question, now: Now, pages: Pages) -> list[Claim]:
        """What the article says and what is true now, the one that is asked for first, and how they differ."""
        written, current, apart = [], [], None
        if pair.stated:
            head = self.heads[pair.stated.article]
            text = phrases.figure_sentence(
                pair.stated, pair.subject, head.published, question.language, self.vocabulary
            )
            written = [Claim(text + pages.mark_figure(pair.stated))]
            written += [self._otherwise(rival, question, pages) for rival in self.lookup.figures.rivals(pair.stated)]
        if pair.live:
            current = self._live_claims(pair.live, pair.subject, question, now, pages)
        if pair.stated and pair.live:
            apart = difference(pair.stated, pair.live, question.language, pages.mark_figure)
        first, second = (current, written) if question.wants_current else (written, current)
        return [*first, *second, *([apart] if apart else [])]

    def _otherwise(self, figure: Figure, question: Question, pages: Pages) -> Claim:
        """What another article says of the same metric and date."""
        text = phrases.other_sentence(figure, self.heads[figure.article].published, question.language)
        return Claim(text + pages.mark_figure(figure))

    def _live_claims(self, figure: Figure, subject: str, question: Question, now: Now, pages: Pages) -> list[Claim]:
        """The sentence on a live figure, and one for each source that says otherwise."""
        claim = live_claim(
            figure, subject, question.language, now.rate(), pages.mark_figure, self.vocabulary,
            won_asked="krw" in question.units,
        )  # fmt: skip
        rivals = [rival_claim(other, question.language, pages.mark_figure) for other in now.table.rivals(figure)]
        return [claim, *rivals]

    def _items(self, pairs: Sequence[Pair], question: Question, pages: Pages) -> Iterator[Claim]:
        """One line a figure, with the live one beside it."""
        numbers = question.places if len(question.places) == len(pairs) else range(1, len(pairs) + 1)
        for number, pair in zip(numbers, pairs, strict=True):
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
        """A table of figures, below what is said of all the subjects at once where nothing else is asked for."""
        topics = set(question.concepts("topic")) - {self.vocabulary.concepts["small_cap"]}
        if len(question.figure_subjects) < 2 or not self.lookup.is_pure(question) or (not question.metrics and topics):
            return None
        comparison = Comparison(question, self.lookup, now, self.vocabulary)
        if not comparison.rows:
            return None
        pages = Pages()
        claims = [] if question.metrics else self._common(question, hits, pages)
        return Draft([*claims, *comparison.claims(pages)], pages.sources)

    def _common(self, question: Question, hits: Sequence[Hit], pages: Pages) -> list[Claim]:
        """The sentences that speak of all the subjects at once, and the list of an article that does."""
        names = [subject.id for subject in question.subjects]
        found = self.finder.together(question, hits, names, MOST_COMMON)
        items = self.finder.listed(names, question.language)
        claims = [Claim(evidence.sentence.text + pages.mark(evidence.sentence)) for evidence in found]
        return claims + [Claim(item.text + pages.mark(item), "\n- ") for item in items]

    # -- lists -----------------------------------------------------------------------------------------------------

    def _list(self, question: Question, hits: Sequence[Hit], now: Now) -> Draft | None:
        """The items of the list that the question names, in their order, or the one asked for by its place."""
        group = self.finder.group(question)
        if group is None:
            return None
        if len(question.places) == 1:
            place = question.places[0]
            items = group.items[place - 1][:MOST_SENTENCES] if 1 <= place <= len(group.items) else ()
            return self._gauged(question, items) or NOTHING
        pages = Pages()
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
        """The sentences that carry the reasoning, in the order in which their article has them, and the live figures
        of the metrics asked for that they state."""
        found = self.finder.explanation(question, hits, MOST_SENTENCES)
        best = sorted(found, key=lambda evidence: -evidence.score)[: question.sentences]
        sentences = [evidence.sentence for evidence in found if evidence in best]
        draft, pages = self._gauged(question, sentences), Pages()
        stated = [figure for sentence in sentences for figure in self.lookup.stated_in(sentence, question)]
        if draft is None or question.reasons or not stated:
            return draft
        pages.sources += draft.sources
        claims = list(draft.claims)
        for figure, live in {figure: live for figure in stated if (live := now.beside(figure))}.items():
            subject = phrases.subject_text(figure.subject, question.language, self.vocabulary)
            claims += self._live_claims(live, subject, question, now, pages)
            apart = difference(figure, live, question.language, pages.mark_figure)
            claims += [apart] if apart else []
        return Draft(claims, pages.sources)

    def _gauged(self, question: Question, *parts: Sequence[Sentence]) -> Draft | None:
        """The sentences, each part below the other, and the live gauges of the risk factors that the parts begin in."""
        pages, claims = Pages(), list[Claim]()
        for part in filter(None, parts):
            first, *rest = [Claim(sentence.text + pages.mark(sentence)) for sentence in part]
            claims += [replace(first, lead="\n\n"), *rest]
        if not claims:
            return None
        sections = {part[0].section[-1:] for part in parts if part}
        is_risk = any((factor.section[question.language],) in sections for factor in factors())
        for risk in self.risks() if is_risk else ():
            if (risk.section[question.language],) in sections:
                gauges = [gauge for gauge in risk.gauges if gauge.figure]
                claims += [gauge_claim(gauge, question.language, pages.mark_figure) for gauge in gauges]
        return Draft(claims, pages.sources)


def _quoted(sentences: Sequence[Sentence]) -> Draft | None:
    if not sentences:
        return None
    pages = Pages()
    return Draft([Claim(sentence.text + pages.mark(sentence)) for sentence in sentences], pages.sources)


def _own_first(found: list[Pair], question: Question) -> list[Pair]:
    """The subjects' own figures before those of whoever stands in for them."""
    asked = {subject.id for subject in question.figure_subjects}
    return sorted(found, key=lambda pair: bool(asked) and pair.about not in asked)
