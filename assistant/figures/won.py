"""Dollars in won beside them, at the rate in store: of large sums for Korean readers, of any for whoever asks for won.

Knows nothing of what the dollars are of.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from assistant.figures.formats import amount_text, value_text
from assistant.types import Figure, Language

RATE = ("USD/KRW", "price")
# Dollars from which on won stand beside them unasked.
_LARGE: dict[Language, float] = {"ko": 1_000_000, "en": math.inf}
_TEXTS: dict[Language, str] = {
    "ko": "(약 {won}, {day} 환율 {rate})",
    "en": " (about {won} at {rate} a dollar, {day})",
}


@dataclass(frozen=True, slots=True)
class Won:
    """What is written behind the dollars, the sum in it, and how it was computed."""

    text: str
    amount: str
    formula: str


def in_won(figure: Figure, rate: Figure | None, language: Language, *, asked: bool = False) -> Won | None:
    """Return a figure in won at the price of a dollar; None for what is no sum of dollars, or small and unasked."""
    if rate is None or figure.unit != "usd" or isinstance(figure.value, date) or isinstance(rate.value, date):
        return None
    if abs(figure.value) < _LARGE[language] and not asked:
        return None
    amount, price = amount_text(round(figure.value * rate.value), "krw", language), value_text(rate, language)
    text = _TEXTS[language].format(won=amount, rate=price, day=rate.as_of.isoformat())
    return Won(text, amount, f"{value_text(figure, language)} × {price}")
