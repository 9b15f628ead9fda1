"""Whether a model's sentence may be shown: what is checked beyond exact spans and numbers.

Likeness of words and meaning, names, the side on which numbers stand, directions and denials. Measured on the corpus
with `tests/test_support_measured.py`. What stays unseen: a statement turned round without such a word, a number told of
the right name but of another property where the cited span has both, a "more than" or "about" left out. Knows nothing
of models or prompts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations
from typing import Literal

from assistant.bindings import misstates, names_of, says, swapped
from assistant.citations import MARKER, Claim, Source, check_numbers
from assistant.cues import fillers
from assistant.english import ENGLISH_STOP_WORDS
from assistant.evidence import Corpus
from assistant.language import is_hangul
from assistant.material import Row
from assistant.morphemes import index_terms, proper_nouns
from assistant.numbers import Number, equal, find_numbers, values_in
from assistant.polarity import denies, directions
from assistant.ranking import places_said
from assistant.reply import Said
from assistant.types import Article, Language
from assistant.vocabulary import Kind, Mention, load_vocabulary

LEAST_LIKENESS = 0.45  # cosine, with centred vectors, of a sentence with one that it cites
LEAST_LIKENESS_ACROSS = 0.34  # where that one is in the other language
LEAST_SHARED = 0.6  # of its words that stand in what it cites or above it, in its language
LEAST_OWN = 0.4  # of its words that stand in what it cites: a title alone bears nothing out
LEAST_HANGUL, MOST_FOREIGN = 0.5, 0.1  # Hangul among a Korean sentence's letters, any but a to z among an English one's
LEAST_SMALL, FEW_WORDS = 0.05, 5  # small English words (the, of) among so many or more
RATIO_TOLERANCE = Decimal("0.05")

_NAMED: tuple[Kind, ...] = ("fund", "benchmark", "company", "organisation")
MARKUP = re.compile(r"https?:|www\.|javascript:|data:\w+/|<\s*[A-Za-z!/]|&#?\w+;|\]\s*\(|!\[|[{}]|\$\$", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9&.'’-]*")
_POSSESSIVE = re.compile(r"(?:['’]s)?[.'’-]*$")
_CAPITALISED = re.compile(r"\b[A-Z][A-Za-z0-9&.-]*")
_COMMON = frozenset({"us", "u.s", "etf", "etfs", "i"})

FaultKind = Literal[
    "markup", "language", "uncited", "marker", "unlike", "number", "name", "swapped", "direction", "denial"
]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a sentence may not be shown, and the marker, number or name at fault where it is one."""

    kind: FaultKind
    what: str = ""


class Support:
    """Judges sentences by the rows that they cite."""

    def __init__(self, articles: Mapping[str, Article], corpus: Corpus) -> None:
        self.articles = articles
        self.corpus = corpus

    def judged(self, said: Said, rows: Sequence[Row], language: Language) -> Claim | Fault:
        """Return the sentence as a claim, without the markers of rows that do not speak of it, or what is wrong."""
        plain = MARKER.sub("", said.text).strip()
        if MARKUP.search(said.text):
            return Fault("markup")
        asked = list(dict.fromkeys(int(number) for number in MARKER.findall(said.text)))
        if wrong := [number for number in asked if not 1 <= number <= len(rows)]:
            return Fault("marker", f"[{wrong[0]}]")
        if any(rows[number - 1].text == plain and rows[number - 1].language == language for number in asked):
            return Claim(said.text, said.lead)
        if not is_in(plain, language):
            return Fault("language")
        if not asked:
            return Fault("uncited")
        cited = {number: rows[number - 1] for number in asked if self._is_like(plain, rows[number - 1], language)}
        if not cited:
            return Fault("unlike")
        text = MARKER.sub(lambda match: match[0] if int(match[1]) in cited else "", said.text)
        claim = Claim(text, said.lead, _formulas(plain, list(cited.values())))
        return self._number_fault(plain, claim, cited) or _fault(plain, list(cited.values()), language) or claim

    def _number_fault(self, plain: str, claim: Claim, cited: Mapping[int, Row]) -> Fault | None:
        sources: list[tuple[int, Source]] = [(number, row.source) for number, row in cited.items()]
        checks = check_numbers(plain, claim, sources, self.articles)
        wrong = next((check.text for check in checks if check.verdict == "unsupported"), None)
        return Fault("number", wrong) if wrong else None

    def _is_like(self, plain: str, row: Row, language: Language) -> bool:
        """Whether the row's sentence is about the same, by its meaning; a live figure has words alone.

        A figure may stand in a row of few words: whoever says its value of its subject is about the same.
        """
        if row.source.live:
            return bool(_concepts(plain) & _concepts(f"{row.text} {row.above}"))
        figure = row.source.figure
        if figure and figure.subject in _concepts(plain) and says(plain, figure):
            return True
        similarities = self.corpus.similarities(plain, row.source.article)
        pairs = zip(self.corpus.sentences(row.source.article), similarities, strict=True)
        start, end = row.source.start, row.source.end
        spanned = (like for sentence, like in pairs if sentence.start < end and start < sentence.end)
        least = LEAST_LIKENESS if row.language == language else LEAST_LIKENESS_ACROSS
        return max(spanned, default=0.0) >= least


def is_in(text: str, language: Language) -> bool:
    """Whether the sentence is in the language: by its letters and, in English, by the small words between.

    Latin words with a capital may be names, which both languages have.
    """
    letters = [char for char in _CAPITALISED.sub("", text) if char.isalpha()]
    words = re.findall(r"\b[a-z]+\b", text)
    if language == "ko":
        return bool(letters) and sum(map(is_hangul, letters)) >= LEAST_HANGUL * len(letters)
    foreign = sum(not char.isascii() for char in letters)
    small = sum(word in ENGLISH_STOP_WORDS for word in words)
    return foreign <= MOST_FOREIGN * len(letters) and (len(words) < FEW_WORDS or small >= LEAST_SMALL * len(words))


def _fault(plain: str, cited: Sequence[Row], language: Language) -> Fault | None:
    """What is wrong with a sentence whose rows are about the same and have its numbers."""
    texts = " ".join(row.text for row in cited)
    if strange := _strange_name(plain, cited, language):
        return Fault("name", strange)
    if swapped(plain, [row.text for row in cited]):
        return Fault("swapped")
    if place := _strange_place(plain, cited):
        return Fault("number", place)
    same = all(row.language == language for row in cited)
    said, stated = directions(plain), directions(texts)
    if not said and misstates(plain, [row.source.figure for row in cited if row.source.figure]):
        return Fault("swapped")
    if said - stated if same else (said and stated and not said & stated):
        return Fault("direction")
    if denies(plain) not in {denies(row.text) for row in cited}:
        return Fault("denial")
    if same and not _is_shared(plain, cited, language):
        return Fault("unlike")
    return None


def _strange_place(plain: str, cited: Sequence[Row]) -> str | None:
    """Return a place by size that is not the figures', where the rows say theirs."""
    known = places_said(" ".join(f"{row.text} {row.above}" for row in cited if row.source.figure))
    strange = places_said(plain) - known if known else frozenset()
    return str(min(strange)) if strange else None


def _strange_name(plain: str, cited: Sequence[Row], language: Language) -> str | None:
    """Return a name that the rows do not have: of a fund, index, company or house, or any other."""
    texts, above = " ".join(row.text for row in cited), " ".join(f"{row.above} {row.publisher}" for row in cited)
    for kind in _NAMED:
        stated = names_of(texts, kind) or names_of(above, kind)
        if strange := [name for name in names_of(plain, kind) if name not in stated]:
            return strange[0]
    numbers = find_numbers(plain)
    sectors = [name for name in names_of(plain, "sector") if name not in names_of(f"{texts} {above}", "sector")]
    metrics, theirs = names_of(plain, "metric"), names_of(f"{texts} {above}", "metric")
    if values_in(plain) and (sectors or (metrics and theirs and not set(metrics) & set(theirs))):
        return (sectors or metrics)[0]
    rest = _blank(plain, [*numbers, *load_vocabulary().find(plain)])
    everything = f"{texts} {above}".casefold()
    return next((name for name in _names(rest, cited, language) if name.casefold() not in everything), None)


def _names(rest: str, cited: Sequence[Row], language: Language) -> list[str]:
    """Words that only a name can be, and digits that are no number."""
    found = [match for match in _NAME.finditer(rest) if match[0].rstrip(".").lower() not in _COMMON]
    names = [_POSSESSIVE.sub("", match[0]) for match in found if _is_name(match, language)]
    if language == "ko" and any(row.language == "ko" for row in cited):
        names += [noun for noun in proper_nouns(rest) if len(noun) > 1]  # a syllable is a slip of the analysis
    return names + re.findall(r"\d+", rest)


def _is_name(match: re.Match[str], language: Language) -> bool:
    word = match[0]
    first = not match.string[: match.start()].strip(" \"'“‘(")
    return language == "ko" or (word[0].isupper() and not first) or any(char.isupper() for char in word[1:])


def _blank(plain: str, known: Iterable[Number | Mention]) -> str:
    chars = list(plain)
    for each in known:
        chars[each.start : each.end] = " " * (each.end - each.start)
    return "".join(chars)


def _is_shared(plain: str, rows: Sequence[Row], language: Language) -> bool:
    """Whether enough of the sentence's words stand in the rows or above them; numbers have a check of their own."""
    wanted = set(index_terms(_blank(plain, find_numbers(plain)), language)) - fillers(language)
    stated = set(index_terms(" ".join(row.text for row in rows), language))
    above = set(index_terms(" ".join(f"{row.above} {row.publisher}" for row in rows), language))
    own, all_of_it = len(wanted & stated), len(wanted & (stated | above))
    return all_of_it >= LEAST_SHARED * len(wanted) and own >= LEAST_OWN * len(wanted)


def _concepts(text: str) -> frozenset[str]:
    return frozenset(mention.concept.id for mention in load_vocabulary().find(text))


def _formulas(plain: str, cited: Sequence[Row]) -> dict[str, str]:
    """How each number that no row states comes from two that the sentence gives: their difference or ratio."""
    stated = [number for row in cited for number in find_numbers(row.text)]
    said = find_numbers(plain)
    given = [number for number in said if any(equal(number, other) for other in stated)]
    formulas = {}
    for number in said:
        if number in given:
            continue
        for a, b in permutations(given, 2):
            if formula := _formula(number, a, b):
                formulas[number.text] = formula
    return formulas


def _formula(number: Number, a: Number, b: Number) -> str | None:
    """How the number comes from the larger and the smaller of two, if it does."""
    values = number.value, a.value, b.value
    if not all(isinstance(value, Decimal) for value in values) or a.unit != b.unit:
        return None
    value, high, low = (Decimal(str(each)) for each in values)
    if high <= low:
        return None
    unit = "percentage_point" if a.unit == "percent" else a.unit
    if number.unit == unit and abs(value - (high - low)) <= number.step / 2:
        return f"{a.text} − {b.text}"
    if number.unit == "multiple" and low > 0 and abs(value - high / low) <= RATIO_TOLERANCE * value:
        return f"{a.text} ÷ {b.text}"
    return None
