"""Values as text: what is written reads back as the same value, in both languages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.figures.formats import amount_text, signed_text, value_text
from assistant.figures.table import figure_number
from assistant.numbers import equal, find_numbers
from assistant.types import Figure, Language

LANGUAGES: tuple[Language, ...] = ("ko", "en")


def _figure(value: float | date, unit: str) -> Figure:
    return Figure("IWM", "metric", value, unit, date(2026, 11, 20), "live", "Source")


@pytest.mark.parametrize(
    ("value", "unit", "ko", "en"),
    [
        (18.8, "percent", "18.8%", "18.8%"),
        (0.07, "percent", "0.07%", "0.07%"),
        (-12.346, "percent", "-12.35%", "-12.35%"),
        (1.5, "percentage_point", "1.5%p", "1.5 percentage points"),
        (18.34, "multiple", "18.34배", "18.34x"),
        (234.5, "usd", "234.5달러", "$234.5"),
        (71_840_000_000, "usd", "718억 4,000만 달러", "$71.84 billion"),
        (1_234_500_000_000, "usd", "1조 2,345억 달러", "$1.23 trillion"),
        (999_999_600_000, "usd", "9,999억 9,960만 달러", "$1,000 billion"),
        (1_390.5, "krw", "1,390.5원", "1,390.5 won"),
        (99_802_000_000_000, "krw", "99조 8,020억 원", "99.8 trillion won"),
        (1961, "count", "1,961", "1,961"),
        (34_560_000, "count", "3,456만", "34.56 million"),
        (2345.678, "index", "2,345.68", "2,345.68"),
        (-0.0312, "percent", "-0.0312%", "-0.0312%"),
    ],
)
def test_value_is_written_as_its_readers_write_it(value: float, unit: str, ko: str, en: str) -> None:
    assert (amount_text(value, unit, "ko"), amount_text(value, unit, "en")) == (ko, en)


def test_date_is_written_out() -> None:
    assert value_text(_figure(date(2000, 5, 22), "date"), "ko") == "2000년 5월 22일"
    assert value_text(_figure(date(2000, 5, 22), "date"), "en") == "May 22, 2000"


def test_change_has_its_sign() -> None:
    assert (signed_text(1.2, "percentage_point", "ko"), signed_text(-1.2, "percent", "en")) == ("+1.2%p", "-1.2%")


@pytest.mark.parametrize("language", LANGUAGES)
@given(
    value=st.floats(0.001, 1e11) | st.floats(-1e11, -0.001),
    unit=st.sampled_from(["percent", "usd", "krw", "multiple"]),
)
def test_text_reads_back_as_the_value(language: Language, value: float, unit: str) -> None:
    figure = _figure(value, unit)
    (number,) = find_numbers(value_text(figure, language))
    assert equal(number, figure_number(figure)), (number, figure.value)
