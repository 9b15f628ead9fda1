"""Figures by size: which of them are at the places asked for, which place one has, and what several come to together.

Knows nothing of how figures are found; what an article gives no figure of has no place here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from assistant import phrases
from assistant.citations import Claim
from assistant.clocks import Pair
from assistant.cues import cues_in
from assistant.figures.formats import amount_text
from assistant.figures.table import FigureTable
from assistant.language import josa
from assistant.numbers import find_numbers
from assistant.question import WEIGHTS, Question
from assistant.types import Figure, Language

_TEXTS: dict[str, dict[Language, str]] = {
    "first": {
        "ko": "같은 자료에 비중이 나온 {whole}의 {parts} 가운데 가장 커요.",
        "en": "That is the largest of the {whole} {parts} that the same source gives a weight for.",
    },
    "place": {
        "ko": "같은 자료에 비중이 나온 {whole}의 {parts} 가운데 {place}번째로 커요.",
        "en": "That is the {place}{ending} largest of the {whole} {parts} that the same source gives a weight for.",
    },
    "sum": {
        "ko": "모두 더하면 {value}{yeyo}({formula}).",
        "en": "Together they come to {value} ({formula}).",
    },
}
_PARTS: dict[str, dict[Language, str]] = {
    "holding_weight": {"ko": "종목", "en": "holdings"},
    "sector_weight": {"ko": "업종", "en": "sectors"},
}
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def at_places(pairs: Sequence[Pair], question: Question) -> list[Pair]:
    """Return those at the places asked for, the largest first; all where no place is.

    The smallest of all holdings or sectors is not known where only the largest have a figure.
    """
    found = _by_size(pairs)
    if question.places:
        return [found[place - 1] for place in question.places if 1 <= place <= len(found)]
    if question.asks("least") and not question.asks("list"):
        weighed = any(_family(pair.shown) in WEIGHTS for pair in found)
        return found[: question.limit][-1:] if question.limit or not weighed else []
    if question.limit:
        return found[: question.limit]
    return found[:1] if question.asks("most") and not question.asks("list") else found


def place_claim(figure: Figure, table: FigureTable, language: Language, cite: Callable[[Figure], str]) -> Claim | None:
    """Return the sentence on the place of a weight among all that the same article gives; none where it is alone."""
    family = _family(figure)
    given = [
        other
        for other in table.find(figure.subject, family, language)
        if (other.article, other.as_of) == (figure.article, figure.as_of)
    ]
    if family not in _PARTS or len(given) < 2 or figure not in given:
        return None
    place = sorted(given, key=lambda other: -_size(other)).index(figure) + 1
    ending = _ENDINGS.get(place, "th") if place < 20 else _ENDINGS.get(place % 10, "th")
    text = _TEXTS["first" if place == 1 else "place"][language]
    parts = _PARTS[family][language]
    return Claim(text.format(whole=figure.subject, parts=parts, place=place, ending=ending) + cite(figure))


def places_said(text: str) -> frozenset[int]:
    """Return the places by size that a text says something has: 1 for the largest, 4 for the fourth largest."""
    ordinals = [number.value for number in find_numbers(text) if number.unit == "ordinal"]
    places = frozenset(int(value) for value in ordinals if isinstance(value, Decimal) and value % 1 == 0)
    return places or (frozenset({1}) if "most" in cues_in(text) else places)


def sum_claim(figures: Sequence[Figure], language: Language, cite: Callable[[Figure], str]) -> Claim | None:
    """Return the sentence on what several weights in one fund on one date come to together, with its formula."""
    wholes = {(figure.subject, figure.as_of, figure.unit) for figure in figures}
    if len(figures) < 2 or len(wholes) > 1 or any(_family(figure) not in WEIGHTS for figure in figures):
        return None
    total = sum((phrases.shown(figure, language) for figure in figures), Decimal(0))
    value = amount_text(float(total), figures[0].unit, language)
    formula = " + ".join(phrases.said(figure, language) for figure in figures)
    text = _TEXTS["sum"][language].format(value=value, yeyo=josa(value, "이에요/예요"), formula=formula)
    return Claim(text + "".join(map(cite, figures)), "\n\n", {value: formula})


def _by_size(pairs: Sequence[Pair]) -> list[Pair]:
    """The largest first, where all are amounts of one metric or family; dates stay as they come."""
    kinds = {(_family(pair.shown), pair.shown.unit) for pair in pairs}
    return sorted(pairs, key=lambda pair: -_size(pair.shown)) if len(kinds) == 1 else list(pairs)


def _family(figure: Figure) -> str:
    return figure.metric.split(".")[0]


def _size(figure: Figure) -> float:
    return 0 if isinstance(figure.value, date) else figure.value
