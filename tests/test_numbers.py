"""Numbers of Korean and English text: found with unit, step and exact span, and equal as values under rounding."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.numbers import Number, Period, Unit, equal, find_numbers

relaxed = settings(database=None, deadline=None)


def only(text: str) -> Number:
    (number,) = find_numbers(text)
    return number


def read(text: str) -> list[tuple[str, str]]:
    """Each number as (text, unit)."""
    return [(number.text, number.unit) for number in find_numbers(text)]


# --- tables: the whole text is one number ---

AMOUNTS: list[tuple[str, str, Unit, str]] = [
    # 조, 억, 만, 천
    ("1조 2,300억", "1230000000000", "none", "1e8"),
    ("1조2300억", "1230000000000", "none", "1e8"),
    ("98조 6,000억 원", "98600000000000", "krw", "1e8"),
    ("98.6조 원", "98600000000000", "krw", "1e11"),
    ("724억 달러", "72400000000", "usd", "1e8"),
    ("3천5백억 원", "350000000000", "krw", "1e10"),
    ("1억 2,345만 6,789원", "123456789", "krw", "1"),
    ("12만 3,456개", "123456", "count", "1"),
    ("1만5천 명", "15000", "count", "1000"),
    ("5천만 원", "50000000", "krw", "1e7"),
    ("1조 2,300억 달러", "1230000000000", "usd", "1e8"),
    # money in English
    ("$72.4bn", "72400000000", "usd", "1e8"),
    ("$72.4B", "72400000000", "usd", "1e8"),
    ("$1,234.56", "1234.56", "usd", "0.01"),
    ("US$3.2 billion", "3200000000", "usd", "1e8"),
    ("USD 5m", "5000000", "usd", "1e6"),
    ("72.4 billion dollars", "72400000000", "usd", "1e8"),
    ("-$12.5bn", "-12500000000", "usd", "1e8"),
    ("₩1,230", "1230", "krw", "1"),
    ("KRW 98.6 trillion", "98600000000000", "krw", "1e11"),
    ("1.2 million", "1200000", "none", "1e5"),
    # counts
    ("2,000여 개", "2000", "count", "1"),
    ("2천여 개", "2000", "count", "1000"),
    ("2000개", "2000", "count", "1"),
    ("2,000+ stocks", "2000", "count", "1"),
    ("2,000 holdings", "2000", "count", "1"),
    ("6회", "6", "count", "1"),
    ("여섯 차례", "6", "count", "1"),
    ("두 번", "2", "count", "1"),
    ("네 가지", "4", "count", "1"),
    ("six rate cuts", "6", "count", "1"),
    # percent
    ("18.8%", "18.8", "percent", "0.1"),
    ("18.8 %", "18.8", "percent", "0.1"),
    ("18.8퍼센트", "18.8", "percent", "0.1"),
    ("18.8 percent", "18.8", "percent", "0.1"),
    ("0.19%", "0.19", "percent", "0.01"),
    (".5%", "0.5", "percent", "0.1"),
    ("１８．８％", "18.8", "percent", "0.1"),
    ("１，２３４％", "1234", "percent", "1"),
    ("-12.5%", "-12.5", "percent", "0.1"),
    ("\N{MINUS SIGN}12.5%", "-12.5", "percent", "0.1"),
    ("\N{EN DASH}12.5%", "-12.5", "percent", "0.1"),
    ("마이너스 12.5%", "-12.5", "percent", "0.1"),
    ("minus 12.5 percent", "-12.5", "percent", "0.1"),
    ("+3%", "3", "percent", "1"),
    # points
    ("25bp", "25", "basis_point", "1"),
    ("25bps", "25", "basis_point", "1"),
    ("25 basis points", "25", "basis_point", "1"),
    ("25-basis-point", "25", "basis_point", "1"),
    ("25 베이시스포인트", "25", "basis_point", "1"),
    ("1.5%p", "1.5", "percentage_point", "0.1"),
    ("1.5%포인트", "1.5", "percentage_point", "0.1"),
    ("1.5퍼센트포인트", "1.5", "percentage_point", "0.1"),
    ("1.5 percentage points", "1.5", "percentage_point", "0.1"),
    # multiples
    ("18.3배", "18.3", "multiple", "0.1"),
    ("18.3x", "18.3", "multiple", "0.1"),
    ("18.3 times", "18.3", "multiple", "0.1"),
    ("두 배", "2", "multiple", "1"),
    # durations
    ("10년", "10", "year", "1"),
    ("10여 년", "10", "year", "1"),
    ("10-year", "10", "year", "1"),
    ("10-Year", "10", "year", "1"),
    ("ten years", "10", "year", "1"),
    ("one year", "1", "year", "1"),
    # ordinals
    ("첫째", "1", "ordinal", "1"),
    ("둘째", "2", "ordinal", "1"),
    ("두 번째", "2", "ordinal", "1"),
    ("2번째", "2", "ordinal", "1"),
    ("1위", "1", "ordinal", "1"),
    ("3분기", "3", "ordinal", "1"),
    ("first", "1", "ordinal", "1"),
    ("second", "2", "ordinal", "1"),
    ("3rd", "3", "ordinal", "1"),
    # nothing written
    ("20.4", "20.4", "none", "0.1"),
    ("six", "6", "none", "1"),
    ("twice", "2", "none", "1"),
]
DATES: list[tuple[str, Period, int]] = [
    ("2026년", Period(2026), 365),
    ("2026", Period(2026), 365),
    ("1990s", Period(1990), 365),
    ("2024년 9월", Period(2024, 9), 30),
    ("September 2024", Period(2024, 9), 30),
    ("Sept. 2024", Period(2024, 9), 30),
    ("2024-09", Period(2024, 9), 30),
    ("9월", Period(month=9), 30),
    ("2025년 12월 31일", Period(2025, 12, 31), 1),
    ("2025년12월31일", Period(2025, 12, 31), 1),
    ("2025-12-31", Period(2025, 12, 31), 1),
    ("2025.12.31", Period(2025, 12, 31), 1),
    ("2025. 12. 31", Period(2025, 12, 31), 1),
    ("12/31/2025", Period(2025, 12, 31), 1),
    ("Dec 31, 2025", Period(2025, 12, 31), 1),
    ("December 31st, 2025", Period(2025, 12, 31), 1),
    ("31 December 2025", Period(2025, 12, 31), 1),
    ("12월 31일", Period(None, 12, 31), 1),
    ("May 5", Period(None, 5, 5), 1),
]


@pytest.mark.parametrize(("text", "value", "unit", "step"), AMOUNTS)
def test_amount_is_read_whole(text: str, value: str, unit: Unit, step: str) -> None:
    assert only(text) == Number(text, 0, len(text), Decimal(value), unit, Decimal(step))


@pytest.mark.parametrize(("text", "period", "days"), DATES)
def test_date_is_read_as_far_as_it_is_written(text: str, period: Period, days: int) -> None:
    assert only(text) == Number(text, 0, len(text), period, "date", Decimal(days))


# --- tables: numbers inside a text ---

TEXTS: list[tuple[str, list[tuple[str, str]]]] = [
    # Hangul particles are glued on
    ("18.8%이고", [("18.8%", "percent")]),
    ("2,000개로", [("2,000개", "count")]),
    ("20.4로", [("20.4", "none")]),
    ("25bp인하", [("25bp", "basis_point")]),
    ("724억 달러인 ETF", [("724억 달러", "usd")]),
    ("2회의 인하", [("2회", "count")]),
    ("약 5%로", [("5%", "percent")]),
    ("10년간 220%", [("10년", "year"), ("220%", "percent")]),
    # ranges
    ("3~5%", [("3", "percent"), ("5%", "percent")]),
    ("3-5%", [("3", "percent"), ("5%", "percent")]),
    ("3\N{EN DASH}5 percent", [("3", "percent"), ("5 percent", "percent")]),
    ("3% - 5%", [("3%", "percent"), ("5%", "percent")]),
    ("three to five years", [("three", "year"), ("five years", "year")]),
    ("1조~2조 원", [("1조", "krw"), ("2조 원", "krw")]),
    ("$5-6%", [("$5", "usd"), ("6%", "percent")]),
    ("2024~2026년", [("2024", "date"), ("2026년", "date")]),
    ("from 3% in 2024 to 5% in 2025", [("3%", "percent"), ("2024", "date"), ("5%", "percent"), ("2025", "date")]),
    # names
    *((name, []) for name in ("러셀 2000", "러셀2000", "Russell 2000", "Russell 3000", "러셀 3000", "러셀 1000")),
    *((name, []) for name in ("S&P 500", "S&P500", "S&P 500 companies", "코스피 200", "코스닥 150")),
    *((name, []) for name in ("나스닥-100의", "나스닥100", "Nasdaq-100", "NASDAQ 100")),
    *((name, []) for name in ("Form 10-K", "13F", "CO2", "R&D", "Q1", "e5", "GPT4", "v1.2.3", "COVID-19", "12b-1")),
    ("www.example.com/etfs/2025/12/31/iwm-2 에서 3%", [("3%", "percent")]),
    ("example.com/doc/321437222, 2018", [("2018", "date")]),
    ("러셀 2000의 2000개 종목", [("2000개", "count")]),
    ("Russell 2000: 2,000 stocks", [("2,000 stocks", "count")]),
    ("러셀 2000이 8% 올랐다", [("8%", "percent")]),
    ("S&P 500의 25.2 대비 약 19%", [("25.2", "none"), ("19%", "percent")]),
    ("나스닥 100포인트", [("100", "none")]),
    ("코스피 2,500선", [("2,500", "none")]),
    ("mid-2026", [("2026", "date")]),
    ("Q4 2025", [("2025", "date")]),
    # separators: a comma groups three digits, anything else divides
    ("1,23", [("1", "none"), ("23", "none")]),
    ("1,2,3", [("1", "none"), ("2", "none"), ("3", "none")]),
    ("12,3456", [("12", "none"), ("3456", "none")]),
    ("1234,567", [("1234", "none"), ("567", "none")]),
    ("1,234,56", [("1,234", "none"), ("56", "none")]),
    ("1,234,567.89", [("1,234,567.89", "none")]),
    ("1,234F", []),
    ("1.2.3", []),
    # years and what only looks like one
    ("up 1.4% in 2026.", [("1.4%", "percent"), ("2026", "date")]),
    ("about 2000 small companies", [("2000", "none")]),
    ("12만 2026년", [("12만", "none"), ("2026년", "date")]),
    ("2024년 9월 이후 6회", [("2024년 9월", "date"), ("6회", "count")]),
    ("may 5 and May 5%", [("5", "none"), ("5%", "percent")]),
    # list marks stand at the start of a line only
    ("1. Credo\n10. BridgeBio", [("1.", "ordinal"), ("10.", "ordinal")]),
    ("둘 중 1. 다음", [("1", "none")]),
    # words only where they count
    ("첫째, 둘째, 두 번째", [("첫째", "ordinal"), ("둘째", "ordinal"), ("두 번째", "ordinal")]),
    ("first and second", [("first", "ordinal"), ("second", "ordinal")]),
    *((text, []) for text in ("또한 번", "대한 가지", "한 개인", "한 회사", "다시 한 번", "한번 보면", "세 배당주")),
    *((text, []) for text in ("one of them", "often", "forty-two", "weight")),
    # units that begin another word
    ("3 배당주", [("3", "none")]),
    ("3 원칙", [("3", "none")]),
    ("6 times", [("6", "none")]),
    ("10²", [("10", "none")]),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_text_has_exactly_these_numbers(text: str, expected: list[tuple[str, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("3~5조 원", "3e12", "5e12"),
        ("$3\N{EN DASH}5 billion", "3e9", "5e9"),
        ("$3-$5 billion", "3e9", "5e9"),
        ("2~3만 명", "2e4", "3e4"),
        ("500~1만 원", "500", "1e4"),
        ("3만~5만 원", "3e4", "5e4"),
        ("-3~-1%", "-3", "-1"),
        ("-3~5%", "-3", "5"),
    ],
)
def test_range_shares_scale_when_it_then_still_rises(text: str, low: str, high: str) -> None:
    first, second = find_numbers(text)
    assert (first.value, second.value) == (Decimal(low), Decimal(high))
    assert first.unit == second.unit


# --- equality ---

EQUAL = [
    ("$72.4bn", "724억 달러"),
    ("72.4 billion dollars", "724억 달러"),
    ("1조 2,300억 달러", "$1.23 trillion"),
    ("1조 2,300억 원", "1.2조 원"),
    ("98조 6,000억 원", "KRW 98.6 trillion"),
    ("25bp", "0.25%p"),
    ("25bp", "0.25%"),
    ("25 basis points", "0.25 percentage points"),
    ("18.3배", "18.3x"),
    ("18.3배", "18.3 times"),
    ("18.83%", "18.8 percent"),
    ("약 19%", "18.8%"),
    ("12.5%", "+12.5%"),
    ("-12.5%", "\N{MINUS SIGN}12.5 percent"),
    ("20.4", "20.4배"),
    ("2,000여 개", "2,000+ stocks"),
    ("2천 개", "1,966 holdings"),
    ("6회", "six"),
    ("여섯 차례", "6 times"),
    ("10년", "ten years"),
    ("두 번째", "second"),
    ("2025년 12월 31일", "Dec 31, 2025"),
    ("2024년 9월", "September 2024"),
    ("2026년", "2026-02-13"),
    ("12월 31일", "31 December 2025"),
]
DIFFERENT = [
    ("-12.5%", "12.5%"),
    ("18.8%", "18.9%"),
    ("18.8%", "18.8"),
    ("18.8%", "18.8배"),
    ("1.5%", "1.5%p"),
    ("25bp", "25%"),
    ("$72.4bn", "724억 원"),
    ("$72.4bn", "72.4"),
    ("$72.4bn", "725억 달러"),
    ("6회", "6배"),
    ("10년", "10"),
    ("10년", "2010년"),
    ("2026년", "2,026개"),
    ("1위", "1개"),
    ("2025년 12월 31일", "2025년 12월 30일"),
    ("2025년 12월", "2024년 12월"),
    ("2026년", "9월"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_same_value_in_another_form_is_equal(one: str, other: str) -> None:
    assert equal(only(one), only(other)) and equal(only(other), only(one))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_another_value_or_unit_is_not_equal(one: str, other: str) -> None:
    assert not equal(only(one), only(other)) and not equal(only(other), only(one))


# --- properties ---

BEFORE = st.sampled_from(["", "비중은 ", "약 ", "(", "러셀 2000의 ", "S&P 500: ", "about ", "in GPT4, ", "—"])
AFTER = st.sampled_from(["", "이고 ", "로", "의", ")", ".", ", R&D", " of it", " 수준\n", "; Russell 2000"])
WIDE = str.maketrans("0123456789.,%-", "０１２３４５６７８９．，％－")
FRAGMENTS = st.sampled_from(
    [
        *"0123456789.,%-+~$₩ x조억만천백년월일개번배원\n\0",
        "bp",
        "%p",
        " to ",
        "한",
        "세 ",
        "2025",
        "12",
        "Dec ",
        "－",
        "½",
        "²",
    ]
)
ANYTHING = st.lists(st.integers(0, 0x10FFFF).map(chr), max_size=30).map("".join)
MESSY = st.lists(FRAGMENTS, max_size=14).map("".join)


def percents(value: Decimal) -> list[str]:
    return [f"{value:f}{unit}" for unit in ("%", " %", "퍼센트", " percent")] + [
        f"{value:,f}%",
        f"{value:f}%".translate(WIDE),
    ]


@relaxed
@given(st.decimals(0, 10**6, places=2), st.integers(0, 2), st.booleans(), BEFORE, AFTER, st.data())
def test_printed_percent_is_found_again(
    value: Decimal, places: int, falls: bool, before: str, after: str, data: st.DataObject
) -> None:
    value = round(value, places) if places else value.to_integral_value()
    printed = data.draw(st.sampled_from(percents(value)))
    if falls and before != "—":
        value, printed = -value, data.draw(st.sampled_from("-−－")) + printed
    text = before + printed + after
    number = only(text)
    assert (number.text, number.value, number.unit) == (printed, value, "percent")
    assert text[number.start : number.end] == number.text
    assert number.step == Decimal(10) ** -places


def myriads(eok: int, comma: bool, space: str) -> str:
    parts = [(eok // 10000, "조"), (eok % 10000, "억")]
    return space.join(f"{count:{',' if comma else ''}}{unit}" for count, unit in parts if count)


@relaxed
@given(st.integers(1, 10**7), st.booleans(), st.sampled_from(["", " "]), BEFORE, AFTER)
def test_korean_amount_equals_its_english_form(eok: int, comma: bool, space: str, before: str, after: str) -> None:
    korean = only(before + myriads(eok, comma, space) + " 달러" + after)
    assert korean.value == eok * 10**8
    for english in (f"${eok / 10:,.1f}bn", f"{eok / 10:.1f} billion dollars", f"US${eok / 10:,.1f} billion"):
        assert only(before + english + after).text == english
        assert equal(korean, only(before + english + after))


@relaxed
@given(st.integers(2100, 10**9), BEFORE, AFTER)
def test_printed_count_is_found_again(count: int, before: str, after: str) -> None:
    for printed in (f"{count:,}개", f"{count}개", f"{count:,}여 개", f"{count:,} stocks", f"{count:,}+ stocks"):
        number = only(before + printed + after)
        assert (number.text, number.value, number.unit) == (printed, Decimal(count), "count")
        assert equal(number, only(f"{count:,}"))


@relaxed
@given(st.dates(date(1800, 1, 1), date(2099, 12, 31)), BEFORE, AFTER)
def test_printed_date_is_found_again(day: date, before: str, after: str) -> None:
    forms = [
        "{0:%Y-%m-%d}",
        "{0.year}.{0.month}.{0.day}",
        "{0.year}년 {0.month}월 {0.day}일",
        "{0:%b} {0.day}, {0.year}",
    ]
    for printed in (form.format(day) for form in [*forms, "{0.day} {0:%B} {0.year}"]):
        number = only(before + printed + after)
        assert (number.text, number.value) == (printed, Period(day.year, day.month, day.day))


@relaxed
@given(ANYTHING | MESSY)
def test_any_text_gives_ordered_spans_that_are_its_own(text: str) -> None:
    end = 0
    for number in find_numbers(text):
        assert end <= number.start < number.end
        assert text[number.start : number.end] == number.text
        end = number.end


@pytest.mark.parametrize(
    "piece", ["a.", "a-", "1,", "1천", "1조 ", "1~", "한 ", "-", "$", "Jan ", "2025-", "_", ",000"]
)
def test_time_grows_with_the_length_not_its_square(piece: str) -> None:
    began = perf_counter()
    find_numbers(piece * 20_000)
    assert perf_counter() - began < 20  # under one second; a quadratic pattern needs minutes


@relaxed
@given(MESSY, MESSY)
def test_equality_is_reflexive_and_symmetric(one: str, other: str) -> None:
    numbers = find_numbers(one) + find_numbers(other)
    assert all(equal(number, number) for number in numbers)
    assert all(equal(a, b) == equal(b, a) for a in numbers for b in numbers)


@relaxed
@given(st.decimals(-(10**6), 10**6, places=4), st.integers(0, 3), st.sampled_from([-1, 1]))
def test_rounded_value_is_equal_and_a_whole_step_off_is_not(value: Decimal, places: int, direction: int) -> None:
    step = Decimal(10) ** -places
    rounded = value.quantize(step, ROUND_HALF_UP)
    coarse = only(f"{rounded:f}%")
    assert equal(only(f"{value:f}%"), coarse)
    assert not equal(coarse, only(f"{rounded + direction * step:f}%"))


@relaxed
@given(st.lists(st.sampled_from([row[0] for row in [*AMOUNTS, *DATES]]), max_size=5), st.data())
def test_numbers_of_a_list_are_found_one_by_one(written: list[str], data: st.DataObject) -> None:
    separators = st.sampled_from(["; ", " 대비 ", "와 ", " and ", " (", "\n"])
    text = "".join(number + data.draw(separators) for number in written)
    assert [number.text for number in find_numbers(text)] == written
    assert [number.value for number in find_numbers(text)] == [only(number).value for number in written]
