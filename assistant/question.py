"""What a question asks for: its language, subjects, metric, period, places in a list, and the shape of a good answer.

Knows nothing of the corpus: whether anything answers the question is for the writer to find out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from assistant.cues import cues_in, fillers, units_in
from assistant.language import clean_question, detect_language
from assistant.mentions import read_mentions, without_mentions
from assistant.morphemes import placed_proper_nouns, placed_terms, proper_nouns, terms
from assistant.numbers import Number, Unit, find_numbers
from assistant.ordinals import TOP, read_brevity, read_limit, read_places
from assistant.periods import Period, read_period
from assistant.types import Language
from assistant.vocabulary import SUBJECT_KINDS, Concept, Kind, Mention, Vocabulary, load_vocabulary

Shape = Literal["figure", "list", "compare", "explain"]

TOP10 = 10  # holdings whose weights together articles state
LARGE = 10_000  # a bare number from here on is a sum of money

WEIGHTS = ("sector_weight", "holding_weight")  # families of the weights of a fund's parts
_WEAK = (*WEIGHTS, "price")  # their words (종목, sector, 주가) stand in questions about other metrics too

_STANDS_FOR = {"small_cap": "Russell 2000", "large_cap": "S&P 500"}
_OF_PARTS = frozenset[Unit]({"percent", "ordinal"})  # kinds of number that a part of a fund is asked for by
_HOLDING = re.compile(r"종목|기업|회사|holding|stock|position|compan", re.IGNORECASE)
_HOLDING_BY_SIZE = re.compile(
    r"(?:큰|작은|비중\S* (?:높은|낮은)) (?:보유 ?)?종목|(?:largest|biggest|heaviest|smallest) (?:holding|position)"
    r"|(?:holding|position)\b.*\b(?:largest|biggest|heaviest|smallest)",
    re.IGNORECASE,
)

# Topics that people name to ask for a number, with the metric; of a topic with several, by the word for it.
_MEASURED = (
    ("volatility_topic", "volatility", None),
    ("dividend", "dividend_yield", None),
    ("liquidity", "volume_average", re.compile(r"거래량|volume", re.IGNORECASE)),
    ("liquidity", "bid_ask_spread", re.compile(r"스프레드|호가|spread", re.IGNORECASE)),
)
# Metrics measured over a time that may be named.
_SPANNED = ("return", "return_annualised", "max_drawdown", "volatility", "beta")
# Metrics of which nobody knows what they will be; a fee or a schedule is what it is.
_MOVING = frozenset(
    {
        *_SPANNED, *WEIGHTS, "change", "price", "nav", "premium_discount", "dividend_yield", "sec_yield", "pe_ratio",
        "net_assets", "volume_average", "index_level", "market_cap",
    }
)  # fmt: skip
_NAMED = frozenset({"author", "issuer", "exchange", "index_provider"})  # metrics whose values are names
_ADMITTING = {"market_cap": "minimum_market_cap", "price": "minimum_price"}  # what a member of an index must have
# Metrics that people name otherwise than figures do.
_MEANT = {"index_level": ("price",), "range_52_weeks": ("high.52w", "low.52w"), "volatility": ("volatility.1y",)}

_PRICED = frozenset({"pric", "가격", "level"})  # "price", "가격" and "level" as terms

_BESIDES = re.compile(
    r"\b(?:besides|other than|apart from|aside from|except(?: for)?)\s+(?:the|its|their)?\s*$", re.IGNORECASE
)
_SET_ASIDE = re.compile(r"\s*[은는를을]?\s*(?:말고|빼고|제외하?고?|외에)")
_OF = re.compile(r"\s+of\s+(?:[\w&'’-]+\s+){0,3}", re.IGNORECASE)
_FUND = re.compile(r"\s*(?:ETF|펀드|fund)", re.IGNORECASE)

QUOTED = re.compile(r"“(?P<quote>[^“”]+)”")
_GLUED = re.compile(r"(?P<word>[가-힣]{2,}|[A-Za-z&]{2,})-?\d{2,}")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9&.\-]*")


@dataclass(frozen=True, slots=True)
class Question:
    """One question, read.

    `words` are the content words that no concept covers, `names` those that look like names, `places` the positions in
    a list, `limit` how many of its first items, `units` the kinds of number asked for, `numbers` those that it states,
    `sentences` how many the answer may have.
    """

    text: str
    language: Language
    shape: Shape
    mentions: tuple[Mention, ...]
    words: tuple[str, ...]
    names: tuple[str, ...]
    proper_nouns: tuple[str, ...]
    cues: frozenset[str]
    period: Period
    places: tuple[int, ...]
    limit: int | None
    units: frozenset[Unit]
    numbers: tuple[Number, ...]
    sentences: int | None = None

    def concepts(self, *kinds: Kind) -> tuple[Concept, ...]:
        """Return the concepts of these kinds, each once, in reading order."""
        found = (mention.concept for mention in self.mentions if mention.concept.kind in kinds)
        return tuple(dict.fromkeys(found))

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics asked for, as in figures.csv: a sector, a holding or a period narrows its family."""
        asked = [concept.id for concept in self._asked]
        strong = [metric for metric in asked if metric not in self._weak]
        parts = [f"sector_weight.{sector.id}" for sector in self.concepts("sector")]
        parts += [f"holding_weight.{company.id}" for company in self.concepts("company")]
        compared = (self.asks("compare") or len(self.concepts("company")) > 1) and bool(self.concepts("fund"))
        if parts and not strong and (asked or compared or self.asks("weight", "amount") or self.units & _OF_PARTS):
            return (*parts, "sector_weight") if "sector_weight" in asked and self.asks("most") else tuple(parts)
        if not asked and (self.figure_subjects or not self.subjects):
            strong = self._implied() if self.subjects else self._held()
        narrowed = [part for metric in strong or asked for part in self._narrowed(metric)]
        return tuple(dict.fromkeys(narrowed))

    def _implied(self) -> list[str]:
        """The metric that goes without saying: a return over a period, the number of holdings, or their weights."""
        topics = [topic for topic in self.concepts("topic") if topic.id not in _STANDS_FOR]
        if (
            self.period.span
            and not topics
            and (self.asks("amount", "compare", "weight") or len(self.subjects) > 1 or not self.words)
        ):
            return ["return"]
        if (self._asks_price or any(subject.id == "USD/KRW" for subject in self.subjects)) and not topics:
            return ["price"]
        if self._measured:
            return [self._measured]
        if self.units == {"date"} and len(self.words) < 2 and self.concepts("fund") and not topics:
            return ["inception_date"]
        if topics or not self.concepts("fund") or not _HOLDING.search(self.text):
            return []
        if "count" in self.units:
            return ["holdings_count"]
        ranked = self.asks("most", "least", "list") or self.limit or self.places
        return ["holding_weight"] if ranked or self.numbers else []

    def _held(self) -> list[str]:
        """The metric of a holding that is named by its size alone, without a fund: "the second largest holding"."""
        return ["holding_weight"] if _HOLDING_BY_SIZE.search(self.text) and not self.concepts("topic") else []

    @property
    def _weak(self) -> tuple[str, ...]:
        """The metrics whose words stand in questions about other metrics too: how big the ninth holding is."""
        ranked = bool(self.places) or self.asks("most")
        return (*_WEAK, "net_assets") if ranked and _HOLDING.search(self.text) else _WEAK

    @property
    def _asked(self) -> list[Concept]:
        """The metrics named that are asked for."""
        return [concept for concept in self.concepts("metric") if concept not in self._not_asked]

    @property
    def _not_asked(self) -> set[Concept]:
        """The metrics that are named but not asked for: those set aside ("besides fees"), and those of which another
        metric is asked for ("the standard deviation of monthly returns")."""
        named = [mention for mention in self.mentions if mention.concept.kind == "metric"]
        aside = {
            mention.concept
            for mention in named
            if _BESIDES.search(self.text[: mention.start]) or _SET_ASIDE.match(self.text, mention.end)
        }
        return aside | {
            (after if _OF.fullmatch(between) else before).concept
            for before, after in pairwise(named)
            if before.concept != after.concept
            and ((between := self.text[before.end : after.start]).strip() == "의" or _OF.fullmatch(between))
        }

    @property
    def sums(self) -> bool:
        """Whether it asks what several figures come to together: the weights of the five largest holdings."""
        one = (self.asks("most", "least") or bool(self.places)) and not self.limit
        return self.asks("total") and not one and not self.asks("each")

    @property
    def places_parts(self) -> bool:
        """Whether it asks for a part of a fund by its place among all by weight, or for the place of a part."""
        ranked = bool(self.places) or "ordinal" in self.units or self.asks("most")
        return ranked and any(metric.split(".")[0] in WEIGHTS for metric in self.metrics)

    @property
    def topics(self) -> tuple[Concept, ...]:
        """The topics named, without one whose number is asked for."""
        return () if self._measured else self.concepts("topic")

    @property
    def _measured(self) -> str | None:
        """The metric of the one topic named, where it is a number that is asked for: of a fund's "volume?"."""
        topics = {topic.id for topic in self.concepts("topic") if topic.id not in _STANDS_FOR}
        named = " ".join(self.text[each.start : each.end] for each in self.mentions if each.concept.id in topics)
        terse = bool(self.concepts("fund")) and not self.words and not self.cues
        compared = len(self.concepts("fund")) > 1 and not self.reasons  # by a word that is a number's: 거래량, "volume"
        if self.concepts("metric"):
            return None
        return next(
            (
                metric
                for topic, metric, words in _MEASURED
                if (topics == {topic} if words is None else topic in topics and words.search(named))
                and (self._asks_number or terse or (words and (compared or self._asks_value)))
            ),
            None,
        )

    @property
    def _asks_value(self) -> bool:
        """Whether what something of a fund is, is all that is asked: "what is the spread on IWM?"."""
        return bool(self.concepts("fund")) and not self.words and self.cues == {"value"}

    @property
    def _asks_number(self) -> bool:
        """Whether a number is asked for, as things stand: "how volatile is it right now"."""
        return not self.reasons and (
            bool(self.units - {"date"}) or self.asks("amount", "now") or bool(self.period.span)
        )

    @property
    def _asks_price(self) -> bool:
        """Whether the price of a fund is asked for, or today's level of a benchmark: "IWM price"."""
        timed = self.asks("now") or self.period.day or self.period.days_ago
        named = bool(self.concepts("fund")) or (bool(self.concepts("benchmark")) and bool(timed))
        priced = bool(self.words) and _PRICED.issuperset(self.words) and not self.asks("how", "why")
        alone = named and not self.concepts("company", "sector")
        return alone and (
            priced or (self.asks("amount") and (self.asks("now") or "krw" in self.units) and not self.words)
        )

    @property
    def reasons(self) -> bool:
        """Whether the question asks for a reason or a working rather than for a value: not "how is its yield now"."""
        timed = self.period.span or self.period.year or self.period.days_ago or self._asks_state
        valued = self.asks("amount", "total") or "ordinal" in self.units
        return self.asks("why") or (self.asks("how") and not valued and not timed)

    @property
    def _asks_state(self) -> bool:
        """Whether it asks how a metric is now, and names nothing else."""
        return self.asks("now") and bool(self.concepts("metric")) and not self.words

    @property
    def required_metrics(self) -> tuple[Concept, ...]:
        """The metrics that an answer has to speak of, where the question asks for a value and not for a reason."""
        asked = {*self.metrics, *(metric.split(".")[0] for metric in self.metrics)} - set(WEIGHTS)
        named = self.concepts("metric")
        concepts = load_vocabulary().concepts
        meant = [concepts[_ADMITTING[each.id]] if _ADMITTING.get(each.id) in asked else each for each in named]
        if self.asks("why"):
            return ()
        passing = {*_MOVING, "rate_cuts"} if self.reasons else set[str]()  # how it works is told without its value
        return tuple(each for each in meant if (each.id in asked or each.id in _MEANT) and each.id not in passing)

    @property
    def wants_current(self) -> bool:
        """Whether what is true now comes before what an article said."""
        return self.asks("now") or (self.period.span == "ytd" and not self.period.is_dated)

    @property
    def foresees(self) -> bool:
        """Whether it asks what a value will be that nobody knows yet."""
        return self.asks("forecast") and self.moves and not self.reasons

    @property
    def moves(self) -> bool:
        """Whether it asks for a value that is another one every day."""
        return any(metric.startswith("macro.") or metric.split(".")[0] in _MOVING for metric in self.metrics)

    @property
    def introduces(self) -> bool:
        """Whether it names a subject and nothing else: "What is VTWO?"."""
        alone = len(self.mentions) == 1 and self.mentions[0].concept.kind in SUBJECT_KINDS and not self.words
        return alone and self.shape == "explain" and not self.metrics and self.cues <= {"value"} and not self.units

    @property
    def counted(self) -> bool:
        """Whether the question says how many things it asks for ("nine risks")."""
        return any(number.unit in {"count", "none"} for number in find_numbers(self.text))

    def unclaimed(self) -> Question:
        """Return the question without the value, date or name that it wants to have confirmed.

        What is another one every day keeps its date, and what may be a ticker stays.
        """
        period = self.period if self.moves else replace(self.period, year=None, month=None, day=None)
        tickers = () if _NAMED.issuperset(self.metrics) else [name for name in self.names if name.upper() in self.text]
        return replace(self, numbers=(), names=tuple(tickers), proper_nouns=(), period=period)

    def alone(self) -> list[Question]:
        """Return the question of each metric that it names and asks for, without the others."""
        metrics = set(self.concepts("metric"))
        each = [self._without(metrics - {concept}) for concept in self._asked]
        return [question for question in each if set(question.metrics) <= set(self.metrics)]

    def _without(self, concepts: set[Concept]) -> Question:
        return replace(self, mentions=tuple(each for each in self.mentions if each.concept not in concepts))

    def _narrowed(self, metric: str) -> tuple[str, ...]:
        """The metrics that one is, by the time, the subjects and the list that are named with it."""
        if metric in _SPANNED and self.period.span:
            return (f"{metric}.{self.period.span}",)
        if metric == "return" and self.asks("today"):
            return ("change.day",)
        if metric in _MEANT:
            return _MEANT[metric]
        if metric in _ADMITTING and any(topic.id == "selection" for topic in self.concepts("topic")):
            return (_ADMITTING[metric],)
        if metric == "holding_weight" and self.sums and self.limit in (None, TOP10):
            return ("top10_weight",)
        if metric == "top10_weight" and self.asks("list") and not self.asks("total"):
            return ("holding_weight",)
        return self._narrowed_by_subject(metric)

    def _narrowed_by_subject(self, metric: str) -> tuple[str, ...]:
        kinds = {subject.kind for subject in self.subjects}
        if metric == "pe_discount" and (kinds == {"fund"} or self.asks("compare")):
            return ("expense_ratio",) if kinds == {"fund"} else ("pe_ratio", "pe_discount")
        if metric == "issuer" and kinds == {"benchmark"}:
            return ("index_provider",)
        ahead = self.asks("expected", "forecast") or any(maker.id == "cme" for maker in self.concepts("organisation"))
        if metric == "rate_cuts" and ahead:
            return ("rate_cuts", "rate_cuts_expected") if self.asks("past") else ("rate_cuts_expected",)
        return (metric,)

    @property
    def subjects(self) -> tuple[Concept, ...]:
        """Funds, benchmarks and companies that are asked about; "small caps" is their benchmark where none is named."""
        named = tuple(each for each in self.concepts(*SUBJECT_KINDS) if each not in self._called_by_benchmark)
        stood_for = tuple(_STANDS_FOR[topic.id] for topic in self.concepts("topic") if topic.id in _STANDS_FOR)
        if self.concepts("fund") or any(subject.id in stood_for for subject in named):
            return named
        concepts = load_vocabulary().concepts
        return (*(concepts[id] for id in stood_for), *named)

    @property
    def _called_by_benchmark(self) -> set[Concept]:
        """The benchmarks by which a fund that is named is called: "뱅가드의 러셀 2000 ETF"."""
        tracked = {fund.tracks for fund in self.concepts("fund")}
        return {
            mention.concept
            for mention in self.mentions
            if mention.concept.id in tracked and _FUND.match(self.text, mention.end)
        }

    @property
    def figure_subjects(self) -> tuple[Concept, ...]:
        """The subjects whose figures are asked for: a holding's weight is its fund's figure."""
        if any(concept.kind == "company" for concept in self.subjects) and self._weighs_holdings:
            return self.concepts("fund", "benchmark")
        return self.subjects

    @property
    def _weighs_holdings(self) -> bool:
        strong = [concept for concept in self.concepts("metric") if concept.id not in self._weak]
        return not strong and bool(self.concepts("company"))

    def asks(self, *cues: str) -> bool:
        return not self.cues.isdisjoint(cues)


def read_question(
    text: str,
    vocabulary: Vocabulary,
    *,
    this_year: int,
    known: Callable[[str], bool] = lambda word: False,
    answer_in: Language | None = None,
) -> Question:
    """Read one question. `known` says whether a word stands in the corpus, so that only strange words are mended.

    With `answer_in`, the question's `language` is that of the answer, whichever the text is in: names and concepts are
    found in both. Raises QuestionError as `clean_question` does.
    """
    asked = clean_question(text)
    language = detect_language(asked)
    mentions = read_mentions(asked, vocabulary, known)
    rest = without_mentions(asked, mentions)
    words = tuple(dict.fromkeys(_words(placed_terms(asked, language), mentions, language)))
    alone = proper_nouns(rest)  # what stands around a word may make it a name: it is one with and without that
    nouns = tuple(
        noun for noun in dict.fromkeys(_words(placed_proper_nouns(asked), mentions, language)) if noun in alone
    )
    numbers = tuple(number for number in find_numbers(rest) if _is_amount(number))
    period = read_period(rest, this_year)
    unquoted = QUOTED.sub(" ", asked)
    limit = read_limit(unquoted)
    places = () if limit else read_places(QUOTED.sub(" ", rest))
    units = units_in(rest)
    names, cues = _names(rest, language), cues_in(asked)
    question = Question(
        asked,
        answer_in or language,
        "explain",
        mentions,
        words,
        names,
        nouns,
        cues,
        period,
        places,
        limit,
        units,
        numbers,
        read_brevity(unquoted),
    )
    return replace(question, shape=_shape(question))


def _is_amount(number: Number) -> bool:
    """Whether it is a share, a multiple or a sum, and no count, date or place."""
    large = isinstance(number.value, Decimal) and number.unit == "none" and number.value >= LARGE
    return large or number.unit in {"percent", "multiple", "usd", "krw"}


def _words(placed: Iterable[tuple[int, str]], mentions: Iterable[Mention], language: Language) -> Iterable[str]:
    """The content words among terms that overlap no mention."""
    covered = {place for mention in mentions for place in range(mention.start, mention.end)}
    for start, word in placed:
        if covered.isdisjoint(range(start, start + len(word))) and _is_content(word, language):
            yield word


def _is_content(word: str, language: Language) -> bool:
    """Whether a term is no filler and no bare number; a plural mark does not make a filler a content word."""
    stem = word.removesuffix("들")
    return len(stem) > 1 and stem not in fillers(language) and not word.replace(".", "").isdigit()


def _shape(question: Question) -> Shape:
    reasons, metrics, terse = question.reasons, bool(question.metrics), _PRICED.issuperset(question.words)
    ranked = question.asks("most", "least") or bool(question.places) or question.limit is not None
    valued = (
        question.asks("value", "weight", "amount", "list") or ranked or bool(question.units) or bool(question.numbers)
    )
    if len(question.figure_subjects) > 1 and not reasons and (metrics or question.asks("compare")):
        return "compare"
    if metrics and not reasons and (valued or terse) and (ranked or question.numbers or not question.asks("who")):
        return "figure"
    listed = question.asks("list") and not question.asks("compare", "why")
    named = (terse and not question.asks("polar")) or question.counted  # "IWM risks", "the nine risks"
    if question.places or listed or (named and not reasons and question.concepts("topic")):
        return "list"
    return "explain"


def _names(rest: str, language: Language) -> tuple[str, ...]:
    """Words that only a name can be, as terms: Latin words of a Korean question, capitalised English ones, words glued
    to a number (코스닥150)."""
    found = [term for match in _GLUED.finditer(TOP.sub(" ", rest)) for term in terms(match["word"], language)]
    for match in _LATIN.finditer(rest):
        word = match.group().rstrip(".-&")
        first = not rest[: match.start()].strip(" \"'“‘(")
        if TOP.fullmatch(word):
            continue
        if language == "ko" or word.isupper() or (word[0].isupper() and not first):
            found += terms(word, language)
    return tuple(name for name in dict.fromkeys(found) if _is_content(name, language))
