"""Which sentences answer a question: lists named by their heading, statements of a metric, explanations, or nothing.

Knows nothing of wording or markers. A question is answered only where what it asks about stands in the sentences found:
their similarity alone never decides, because questions outside the sources come as close as questions inside them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache, partial
from statistics import fmean
from typing import Protocol

from assistant.cues import cues_in
from assistant.groups import Group, groups_of
from assistant.language import detect_language, normalize
from assistant.likeness import plain
from assistant.morphemes import concept_term, index_terms
from assistant.numbers import Number, Unit, equal, find_numbers
from assistant.question import QUOTED, Question
from assistant.types import Article, Head, Hit, Language, Sentence
from assistant.vocabulary import Kind, load_vocabulary

COVERAGE_WEIGHT = 0.4  # all the question's words are worth this beside a cosine of 1
PASSAGE_WEIGHT = 0.25  # what the passage's own score, from 0 to 1, adds
HEADING_SHARE = 0.7  # a word of a heading above the sentence counts less than one in it
NEIGHBOUR_BONUS = 0.05  # a sentence of the best sentence's section reads on from it
KEPT_SHARE = 0.7  # of the best score, which a further sentence must reach
INTRODUCING = 2  # sentences of one article that introduce a subject
LIST_ITEM_LOSS = 0.2  # an item of a list says less alone than a sentence of a paragraph
KEPT_SHARE_OF_VALUE = 0.85
MOST_ARTICLES = 64  # that are looked into one after the other; of more than that, the nearest
FEWEST = 3  # sentences of the best section that an explanation takes in any case
MOST_VALUED = 2
LEAST_QUOTED = 2  # sentences from each one that is quoted
SUBJECT = "Russell 2000"  # what the corpus is about
FAMILY_WEIGHT = 0.15
CONCEPT_WEIGHT = 2  # a concept says more of what is asked than a word
NAMED_KINDS: tuple[Kind, ...] = ("fund", "benchmark", "company", "organisation")  # what an answer may not swap
REASON_KINDS: tuple[Kind, ...] = ("fund", "benchmark", "company")
# Stated without a number, by the sentence that names it.
WORDED_METRICS = frozenset({"author", "issuer", "exchange", "distribution_frequency", "index_provider"})
LEAST_SIMILARITY = 0.28  # the least cosine, with centred vectors, of a sentence that speaks of what is asked
LEAST_SIMILARITY_OF_VALUE = 0.38  # a value near the one asked for is the worst answer: ask for more
# Named by the way.
PASSING_TOPICS = frozenset({"small_cap", "large_cap", "source", "asset_allocation", "economy", "benchmark_index"})
LEAST_TITLED = 0.6  # the share of the question's concepts that the title of a list must name
COUNT_BONUS, ABOUT_BONUS = 0.3, 0.2  # for a list as long as the question says, and of an article on its subject
LEAST_COVERAGE = 0.5  # or the share of the question's weight that must stand in its words


class Corpus(Protocol):
    """What the finder needs to know of the indexed articles."""

    def sentences(self, article: str) -> Sequence[Sentence]: ...
    def similarities(self, text: str, article: str) -> Sequence[float]: ...
    def frequency(self, term: str) -> int: ...
    def nearest(self, text: str) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence with its score and the question's keys that it, or a heading above it, covers."""

    sentence: Sentence
    score: float
    similarity: float
    keys: frozenset[str]


class Finder:
    """Finds evidence in the articles of the question's language, and in others where they have no counterpart."""

    def __init__(self, heads: Mapping[str, Article | Head], corpus: Corpus) -> None:
        self.heads = heads
        self.corpus = corpus
        self._groups = lru_cache(MOST_ARTICLES)(self._groups_of)
        self._foreign = cache(partial(foreign_twins, heads))

    def foreign(self, language: Language) -> frozenset[str]:
        """Return the ids of the articles in the other language that have a counterpart in this one."""
        return self._foreign(language)

    def near(self, text: str) -> Iterable[str]:
        """Return the ids of the articles to look into for a text: all, where they are not too many."""
        return self.heads if len(self.heads) <= MOST_ARTICLES else self.corpus.nearest(text)

    def explanation(self, question: Question, hits: Sequence[Hit], most: int) -> list[Evidence]:
        """Return up to `most` sentences that answer the question, in reading order; none where nothing does.

        Where a value is asked for, each sentence has to state one of its kind and name all that was named.
        """
        keys = self._keys(question)
        worded = bool(question.metrics) and WORDED_METRICS.issuperset(question.metrics)
        measured = question.shape == "figure" or (question.shape == "compare" and question.metrics)
        valued = bool(worded or question.units or question.numbers or measured) and not question.reasons
        pool = [evidence for evidence in self._pool(question, keys, hits) if self._is_about(question, evidence)]
        if question.foresees:
            pool = [evidence for evidence in pool if cues_in(evidence.sentence.text) & {"forecast", "expected"}]
        if valued:
            pool = [evidence for evidence in pool if self._states(question, evidence)]
        of_that_time = [evidence for evidence in pool if question.period.span in evidence.keys]
        for candidates in (of_that_time, pool):
            chosen = _choose(candidates, 0, MOST_VALUED) if valued else self._chosen(keys, candidates, most)
            if chosen and self._answers(question, keys, chosen, valued):
                return chosen
        return []

    def _chosen(self, keys: Mapping[str, float], pool: Sequence[Evidence], most: int) -> list[Evidence]:
        """The best sentences; where none of them names the one topic asked about, the best of those that do."""
        chosen = _choose(pool, FEWEST, most)
        topics = {key for key in keys if key.startswith("#") and key not in _family()}
        naming = [evidence for evidence in pool if topics & evidence.keys]
        if len(topics) != 1 or not naming or any(topics & evidence.keys for evidence in chosen):
            return chosen
        return _choose(naming, FEWEST, most)

    def quoted(self, question: Question, most: int) -> list[list[Sentence]]:
        """Return each sentence of an article that the question quotes, with those that follow it in its section.

        They share the `most` sentences; none where one of them stands in no article.
        """
        quotes = [quote["quote"] for quote in QUOTED.finditer(question.text)]
        found = [self._from(quote, question.language, max(most // len(quotes), LEAST_QUOTED)) for quote in quotes]
        return found if all(found) else []

    def _from(self, quote: str, language: Language, most: int) -> list[Sentence]:
        """The sentence of these words, and those that follow it in its section."""
        for article in self._readable(quote, language):
            sentences = self.corpus.sentences(article)
            for place, sentence in enumerate(sentences):
                if sentence.list_number is None and normalize(sentence.text) == quote:
                    return [each for each in sentences[place : place + most] if each.section == sentence.section]
        return []

    def introduction(self, question: Question, most: int) -> list[Sentence]:
        """Return the sentences with which articles introduce the subject of a question, those on it alone first."""
        subject = question.subjects[0]
        readable = [self.heads[id] for id in self._readable(question.text, question.language)]
        about = sorted(readable, key=lambda article: (subject.id not in article.tickers, len(article.tickers)))
        others = _funds() - {concept_term(subject.id)}
        naming = [
            [
                sentence
                for sentence in self.corpus.sentences(article.id)
                if sentence.list_number is None
                and concept_term(subject.id) in _terms(sentence.text)
                and not others & _terms(sentence.text)
            ]
            for article in about
        ]
        return [sentence for sentences in naming for sentence in sentences[:INTRODUCING]][:most]

    def together(self, question: Question, hits: Sequence[Hit], names: Sequence[str], most: int) -> list[Evidence]:
        """Return the best sentences that name all of these concepts, in reading order."""
        wanted = {concept_term(name) for name in names}
        pool = self._pool(question, self._keys(question), hits)
        naming = [evidence for evidence in pool if wanted <= _terms(evidence.sentence.text)]
        return sorted(naming[:most], key=lambda found: (found.sentence.article, found.sentence.start))

    def listed(self, names: Sequence[str], language: Language) -> list[Sentence]:
        """Return the items of the Markdown list whose title names all of these concepts; none where there is none."""
        wanted = {concept_term(name) for name in names}
        labels = [load_vocabulary().concepts[name].label(language) for name in names]
        for article in self._readable(" ".join(labels), language):
            for group in self._groups(article):
                if wanted <= _terms(group.title) and all(item[0].list_number for item in group.items):
                    return [item[0] for item in group.items]
        return []

    def group(self, question: Question) -> Group | None:
        """Return the list that the question names; between two, the closer, of its subject and length, the longer."""
        keys = self._keys(question)
        counts = {number.value for number in find_numbers(question.text)} | {len(question.places)}
        subjects = {subject.id for subject in question.subjects}

        def rank(group: Group) -> tuple[float, bool, int]:
            size = len(group.items)
            closeness = self._closeness(question, group) + COUNT_BONUS * (size in counts)
            about = bool(subjects & set(self.heads[group.article].tickers))
            return self._titled(keys, group.title) + closeness + ABOUT_BONUS * about, about, size

        groups = [
            group
            for article in self._readable(question.text, question.language)
            for group in self._groups(article)
            if self._titled(keys, group.title) >= LEAST_TITLED
            or (len(group.items) in counts and self._closeness(question, group) >= LEAST_SIMILARITY / 2)
        ]
        best = max(groups, key=rank, default=None)
        if best is None or not {*question.names, *question.proper_nouns} <= self._speaks_of(best):
            return None
        return None if not question.places and self._is_narrower(keys, best) else best

    def _speaks_of(self, group: Group) -> set[str]:
        """The terms of a list and of its article's title."""
        items = (sentence.text for sentences in group.items for sentence in sentences)
        return set().union(*map(_terms, [self.heads[group.article].title, group.title, *items]))

    def _closeness(self, question: Question, group: Group) -> float:
        """The mean cosine of the question with the first sentences of the items."""
        leads = {sentences[0] for sentences in group.items}
        similarities = self.corpus.similarities(question.text, group.article)
        pairs = zip(self.corpus.sentences(group.article), similarities, strict=True)
        return sum(similarity for sentence, similarity in pairs if sentence in leads) / len(leads)

    def _is_narrower(self, keys: Mapping[str, float], group: Group) -> bool:
        """Whether it is about some of the items: it names a concept that few of them name, and no heading does."""
        beyond = {key for key in keys if key.startswith("#") and key not in _family()} - _terms(group.heading)
        items = [
            _terms(" ".join([*sentences[0].section, *(sentence.text for sentence in sentences)]))
            for sentences in group.items
        ]
        spread = [sum(key in item for item in items) for key in beyond]
        return any(0 < count <= len(items) / 2 for count in spread)

    # -- what the question turns on --------------------------------------------------------------------------------

    def _keys(self, question: Question) -> dict[str, float]:
        """The question's words and concepts with their weights: what is rare in the corpus weighs more."""
        concepts = (concept_term(mention.concept.id) for mention in question.mentions)
        span = [question.period.span] if question.period.span and question.period.span != "ytd" else []
        keys = dict.fromkeys([*concepts, *question.words, *span])
        return {key: FAMILY_WEIGHT if key in _family() else self._weight(key) for key in keys}

    def _weight(self, key: str) -> float:
        """From 1 for a word that stands nowhere to nearly 0 for one that stands everywhere; a concept weighs double."""
        return (CONCEPT_WEIGHT if key.startswith("#") else 1) / (1 + math.log1p(self.corpus.frequency(key)))

    def _titled(self, keys: Mapping[str, float], title: str) -> float:
        """The share of what is asked for that a list's title names: of the concepts, or of the words without any."""
        concepts = {key for key in keys if key.startswith("#") and key not in _family()}
        asked = concepts or {key for key in keys if key not in _family()}
        total = sum(keys[key] for key in asked)
        return sum(keys[key] for key in asked & _terms(title)) / total if total else 0.0

    def _answers(self, question: Question, keys: Mapping[str, float], chosen: Sequence[Evidence], valued: bool) -> bool:
        """Whether what the question turns on stands in the sentences chosen."""
        covered = frozenset[str]().union(*(evidence.keys for evidence in chosen))
        if not self._required(question) <= covered | _words(chosen) or not self._timely(question, chosen):
            return False
        if question.reasons and not _tells_of(question, chosen):
            return False
        if any(key.startswith("#") and key not in _family() and not self.corpus.frequency(key) for key in keys):
            return False
        total = sum(keys.values())
        coverage = sum(weight for key, weight in keys.items() if key in covered) / total if total else 0.0
        similarity = max(evidence.similarity for evidence in chosen)
        if valued and not self._subject_matter(question) <= covered | _words(chosen):
            return False
        least = LEAST_SIMILARITY_OF_VALUE if valued else LEAST_SIMILARITY
        return similarity >= least or (coverage >= LEAST_COVERAGE and similarity >= LEAST_SIMILARITY / 2)

    def _subject_matter(self, question: Question) -> set[str]:
        """The topics and sectors that a value has to be of."""
        concepts = question.concepts("topic", "sector")
        return {concept_term(concept.id) for concept in concepts if concept.id not in PASSING_TOPICS} - _family()

    def _required(self, question: Question) -> set[str]:
        """What the evidence must contain: names, known or not, and the metrics asked for.

        Where a reason is asked for, a name that the corpus has may be there by the way.
        """
        kinds = REASON_KINDS if question.reasons else NAMED_KINDS
        if not question.reasons and question.concepts("company"):
            kinds = (*NAMED_KINDS, "topic")
        named = [concept for concept in question.concepts(*kinds) if not concept.runs]
        known = {concept_term(concept.id) for concept in [*named, *question.required_metrics]} - _family()
        names = {*question.names, *question.proper_nouns}
        if question.reasons:
            return known | {name for name in names if not self.corpus.frequency(name)}
        return known | names

    def _is_about(self, question: Question, evidence: Evidence) -> bool:
        """Whether the sentence is of a fund that was asked about, where one was: not of another fund alone."""
        asked = {concept_term(concept.id) for concept in question.concepts("fund")}
        funds = _funds() & _terms(evidence.sentence.text)
        return not asked or not funds or bool(asked & funds)

    def _timely(self, question: Question, chosen: Sequence[Evidence]) -> bool:
        """Whether the time that the question names is the evidence's, by its words or its article's date."""
        texts = [evidence.sentence.text for evidence in chosen]
        year, span = question.period.year, question.period.span
        returns = any(metric.startswith("return") for metric in question.metrics)
        if returns and not question.reasons and span and span != "ytd":
            lengths = {number.value for text in texts for number in find_numbers(text) if number.unit == "year"}
            return span.endswith("y") and Decimal(span[:-1]) in lengths
        dated = any(self.heads[evidence.sentence.article].published.year == year for evidence in chosen)
        return year is None or dated or any(str(year) in text for text in texts)

    # -- sentences -------------------------------------------------------------------------------------------------

    def _pool(self, question: Question, keys: Mapping[str, float], hits: Sequence[Hit]) -> list[Evidence]:
        """The sentences of the passages found, best first.

        Beside a concept, a word that stands nowhere takes nothing from those that name it.
        """
        concepts = any(key.startswith("#") and key not in _family() for key in keys)
        total = sum(weight for key, weight in keys.items() if not concepts or self.corpus.frequency(key)) or 1.0
        pool = []
        for article in dict.fromkeys(hit.passage.article for hit in hits):
            near = [hit for hit in hits if hit.passage.article == article]
            similarities = self.corpus.similarities(question.text, article)
            for sentence, similarity in zip(self.corpus.sentences(article), similarities, strict=True):
                if is_reference(sentence) and "#source" not in keys:
                    continue
                if hit := next((hit for hit in near if _holds(hit, sentence)), None):
                    pool.append(_weigh(sentence, similarity, hit.score, keys, total))
        return sorted(pool, key=lambda evidence: (-evidence.score, evidence.sentence.article, evidence.sentence.start))

    def _states(self, question: Question, evidence: Evidence) -> bool:
        """Whether the sentence, with its headings, names all that was named and has a value of the kind asked for.

        A metric without a number is told by the sentence that names it and no other of its kind.
        """
        named = self._required(question) | {concept_term(found.id) for found in question.concepts("sector", "fund")}
        if not named <= evidence.keys | _terms(evidence.sentence.text):
            return False
        numbers = find_numbers(evidence.sentence.text)
        if not all(any(equal(stated, number) for number in numbers) for stated in question.numbers):
            return False
        if question.units:
            recurs = "date" in question.units and "recurring" in cues_in(evidence.sentence.text)
            return recurs or any(_is_of(number, question.units) for number in numbers)
        if question.metrics and WORDED_METRICS.issuperset(question.metrics):
            return set(question.metrics) == WORDED_METRICS & _named(evidence.sentence.text)
        idle = {"ordinal", "year", "date"} if question.moves else {"ordinal", "year"}
        return not question.required_metrics or any(number.unit not in idle for number in numbers)

    def _readable(self, text: str, language: Language) -> list[str]:
        """The articles to look into for a text, without those that have a counterpart in the language."""
        foreign = self.foreign(language)
        return [id for id in self.near(text) if id not in foreign]

    def _groups_of(self, article: str) -> tuple[Group, ...]:
        return tuple(groups_of(article, self.corpus.sentences(article)))


def foreign_twins(heads: Mapping[str, Article | Head], language: Language) -> frozenset[str]:
    """Return the ids of the articles in the other language that have a counterpart in this one."""
    pairs = [(head.id, head.translation_of) for head in heads.values() if head.translation_of in heads]
    return frozenset(id for pair in pairs for id in pair if id and heads[id].language != language)


def _choose(pool: Sequence[Evidence], fewest: int, most: int) -> list[Evidence]:
    """Take the best sentences, at least `fewest` of one section, and put them in reading order.

    It is the section whose so many best are best, of those with as many that name what the best sentence names.

    What a copy of an article says again counts once.
    """
    if not pool:
        return []
    once: dict[str, Evidence] = {}
    for evidence in pool:
        once.setdefault(plain(evidence.sentence.text), evidence)
    pool = list(once.values())
    sections: dict[tuple[str, tuple[str, ...]], list[Evidence]] = {}
    for evidence in pool:
        sections.setdefault(_section(evidence), []).append(evidence)
    full = {each: found for each, found in sections.items() if len(found) >= fewest or pool[0] in found}
    covering = [each for each, found in full.items() if any(pool[0].keys <= other.keys for other in found)]
    section = max(covering, key=lambda each: fmean(found.score for found in sections[each][: fewest or 1]))

    def near(evidence: Evidence) -> bool:
        return _section(evidence) == section

    bonus = NEIGHBOUR_BONUS if fewest else 0.0
    ranked = sorted(pool, key=lambda evidence: evidence.score + bonus * near(evidence), reverse=True)
    first = [evidence for evidence in ranked if near(evidence)][:fewest]
    least = (KEPT_SHARE if fewest else KEPT_SHARE_OF_VALUE) * pool[0].score
    good = [evidence for evidence in ranked if evidence.score >= least and evidence not in first]
    chosen = (first + good)[:most]
    order = list(dict.fromkeys(evidence.sentence.section for evidence in chosen))
    return sorted(chosen, key=lambda found: (order.index(found.sentence.section), found.sentence.start))


def _section(evidence: Evidence) -> tuple[str, tuple[str, ...]]:
    return evidence.sentence.article, evidence.sentence.section


@cache
def _funds() -> frozenset[str]:
    """The terms of all funds, of which a sentence on one does not answer for another."""
    return frozenset(
        concept_term(concept.id) for concept in load_vocabulary().concepts.values() if concept.kind == "fund"
    )


@cache
def _family() -> frozenset[str]:
    """The terms of what the whole corpus is about: naming one of them narrows nothing."""
    tracking = [concept.id for concept in load_vocabulary().concepts.values() if concept.tracks == SUBJECT]
    return frozenset(map(concept_term, [SUBJECT, "small_cap", *tracking]))


def _is_of(number: Number, units: frozenset[Unit]) -> bool:
    """Whether the number is of a kind asked for; a bare one may be a count or a multiple."""
    return number.unit in units or (number.unit == "none" and bool(units & {"count", "multiple"}))


def _tells_of(question: Question, chosen: Sequence[Evidence]) -> bool:
    """Whether sentences are on what the reasons are asked of: no list or disclosure that only names it.

    That is each company, and where no fund or benchmark is spoken of, whatever else is named.
    """
    told = [evidence for evidence in chosen if not _is_aside(evidence.sentence)]
    kinds: tuple[Kind, ...] = ("company",) if question.subjects else ("company", "organisation")
    names = () if question.subjects else (*question.names, *question.proper_nouns)
    return {concept_term(concept.id) for concept in question.concepts(*kinds)}.union(names) <= _words(told)


def _is_aside(sentence: Sentence) -> bool:
    """Whether the sentence is an item of a list or stands among disclosures."""
    return sentence.list_number is not None or _is_headed(sentence, "#disclosure")


def _words(chosen: Sequence[Evidence]) -> frozenset[str]:
    return frozenset[str]().union(*(_terms(evidence.sentence.text) for evidence in chosen))


def is_reference(sentence: Sentence) -> bool:
    """Whether the sentence is an entry of a list of sources, which answers only who asks for sources."""
    return _is_headed(sentence, "#source")


def _is_headed(sentence: Sentence, term: str) -> bool:
    """Whether the heading right above the sentence has the term."""
    return bool(sentence.section) and term in _terms(sentence.section[-1])


def _holds(hit: Hit, sentence: Sentence) -> bool:
    return hit.passage.start <= sentence.start < hit.passage.end


def _weigh(sentence: Sentence, similarity: float, passage: float, keys: Mapping[str, float], total: float) -> Evidence:
    inside = _terms(sentence.text) & keys.keys()
    above = (_terms(" ".join(sentence.section)) & keys.keys()) - inside
    coverage = (sum(keys[key] for key in inside) + HEADING_SHARE * sum(keys[key] for key in above)) / total
    score = similarity + COVERAGE_WEIGHT * coverage + PASSAGE_WEIGHT * passage
    score -= LIST_ITEM_LOSS * (sentence.list_number is not None)
    return Evidence(sentence, score, similarity, frozenset(inside | above))


def _named(text: str) -> frozenset[str]:
    return frozenset(mention.concept.id for mention in load_vocabulary().find(text))


@lru_cache(maxsize=20_000)
def _terms(text: str) -> frozenset[str]:
    """The text's terms, with the concepts inside a longer name: 변동금리 부채 is also of 금리 and of 부채.

    A metric is no other one: 배당수익률 is no 수익률. Stretches of time are as a question names them ("10y").
    """
    vocabulary = load_vocabulary()
    outer = [m for m in vocabulary.find(text) if m.concept.kind in ("metric", "topic")]
    inner = (
        mention.concept.id
        for m in outer
        for part in (text[m.start + 1 : m.end], text[m.start : m.end - 1])
        for mention in vocabulary.find(part)
        if not m.concept.kind == mention.concept.kind == "metric"
    )
    years = (f"{number.value}y" for number in find_numbers(text) if number.unit == "year")
    return frozenset(index_terms(text, detect_language(text))).union(map(concept_term, inner), years)
