"""Dollars in won: when they are shown, and with what."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.figures.won import in_won
from assistant.types import Figure, Language

DAY = date(2026, 11, 20)
RATE = Figure("USD/KRW", "price", 1390.5, "krw", DAY, "live", "Yahoo Finance")  # synthetic


def _dollars(value: float, unit: str = "usd") -> Figure:
    return Figure("IWM", "price", value, unit, DAY, "live", "Yahoo Finance")


@pytest.mark.parametrize(
    ("value", "language", "asked", "amount"),
    [
        (71.84e9, "ko", False, "99조 8,935억 원"),
        (71.84e9, "en", False, None),
        (71.84e9, "en", True, "99.89 trillion won"),
        (234.56, "ko", False, None),
        (234.56, "ko", True, "326,156원"),
        (234.56, "en", True, "326,156 won"),
    ],
)
def test_large_sums_come_in_won_for_korean_readers_and_any_where_asked_for(
    value: float, language: Language, asked: bool, amount: str | None
) -> None:
    won = in_won(_dollars(value), RATE, language, asked=asked)
    assert (won.amount if won else None) == amount
    if won:
        assert won.amount in won.text and "1,390.5" in won.text and DAY.isoformat() in won.text
        assert won.formula.endswith("× 1,390.5" + {"ko": "원", "en": " won"}[language])


def test_without_a_rate_or_dollars_there_are_no_won() -> None:
    assert in_won(_dollars(71.84e9), None, "ko") is None
    assert in_won(_dollars(18.8, "percent"), RATE, "ko", asked=True) is None
