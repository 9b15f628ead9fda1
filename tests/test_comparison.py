"""Comparisons: a row for each clock, each cell dated and named after whose value it is. All values are synthetic."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from assistant.citations import Checked, Draft, Pages, check_draft
from assistant.clocks import Now
from assistant.comparison import Comparison
from assistant.figure_lookup import FigureLookup
from assistant.figures.preference import LiveTable
from assistant.figures.table import FigureTable
from assistant.question import read_question
from assistant.types import Article, AsOfKind, Figure
from assistant.vocabulary import load_vocabulary

TODAY = date(2026, 11, 22)
QUOTES = {
    ("IWM", "expense_ratio"): ("IWM charges 0.19%.", 0.19, "percent"),
    ("VTWO", "expense_ratio"): ("VTWO charges 0.07%.", 0.07, "percent"),
    ("Russell 2000", "pe_ratio"): ("The P/E of the Russell 2000 is 20.4 times.", 20.4, "multiple"),
    ("S&P 500", "pe_ratio"): ("The P/E of the S&P 500 is 25.2 times.", 25.2, "multiple"),
    ("IWM", "return.10y"): ("IWM returned 120% in ten years.", 120.0, "percent"),
    ("VTWO", "return.10y"): ("VTWO returned 121% in ten years.", 121.0, "percent"),
}
TEXT = " ".join(quote for quote, _, _ in QUOTES.values())
ARTICLES = {"en": Article("en", "Basics", "en", "Publisher", date(2026, 2, 13), TEXT, tickers=("IWM", "VTWO"))}
STATED = [
    Figure(
        subject, metric, value, unit, date(2025, 12, 31), "article", "Publisher", "en",
        TEXT.index(quote), TEXT.index(quote) + len(quote), quote,
    )
    for (subject, metric), (quote, value, unit) in QUOTES.items()
]  # fmt: skip


def _live(subject: str, value: float, kind: AsOfKind, as_of: date, metric: str = "expense_ratio") -> Figure:
    return Figure(subject, metric, value, "percent", as_of, "live", "Source", as_of_kind=kind)


LIVE = [_live("IWM", 0.18, "fetch", TODAY), _live("VTWO", 0.06, "stated", date(2026, 5, 4))]


def _table(text: str, live: list[Figure] = LIVE) -> Checked:
    vocabulary = load_vocabulary()
    question = read_question(text, vocabulary, this_year=2026)
    lookup, now = (
        FigureLookup(ARTICLES, FigureTable(STATED, {"en": "en"}), vocabulary),
        Now(LiveTable(live, TODAY), {}, TODAY),
    )
    pages = Pages()
    checked = check_draft(Draft(Comparison(question, lookup, now, vocabulary).claims(pages), pages.sources), ARTICLES)
    assert checked.dropped == 0
    return checked


def test_each_clock_has_a_row_and_the_day_of_a_fetch_is_called_that() -> None:
    rows = _table("Compare the expense ratios of IWM and VTWO").text.splitlines()
    assert rows[-2:] == [
        "| expense ratio | 0.19% [1] | 0.07% [2] | 2025-12-31 |",
        "| expense ratio (latest) | 0.18% [3] | 0.06% [4] | fetched 2026-11-22 / 2026-05-04 |",
    ]


def test_who_asks_for_now_reads_the_live_row_first() -> None:
    text = _table("Compare the expense ratios of IWM and VTWO today").text
    assert text.index("0.18%") < text.index("0.19%")


def test_a_stand_in_says_whose_value_it_is() -> None:
    text = _table("Compare the P/E of IWM and the S&P 500", []).text
    assert "| P/E ratio | 20.4 times (the Russell 2000) [1] | 25.2 times [2] | 2025-12-31 |" in text
    assert "The difference is 4.8x" in text


@pytest.mark.parametrize("text", ["Compare the returns of IWM and VTWO next year", "IWM과 VTWO 내년 수익률 비교"])
def test_what_was_is_no_forecast(text: str) -> None:
    vocabulary = load_vocabulary()
    lookup = FigureLookup(ARTICLES, FigureTable(STATED, {"en": "en"}), vocabulary)
    question = read_question(text, vocabulary, this_year=2026)
    assert question.foresees
    assert not any(lookup.of(subject, "return.10y", question) for subject in question.figure_subjects)
    assert lookup.of(question.figure_subjects[0], "return.10y", read_question("IWM return", vocabulary, this_year=2026))


def test_difference_is_that_of_the_values_as_shown() -> None:
    live = [
        _live("QQQ", 4.834, "trade_date", TODAY, "volatility.3y"),
        _live("SPY", 3.596, "trade_date", TODAY, "volatility.3y"),
    ]
    text = _table("Compare the three-year volatility of QQQ and SPY", live).text
    assert "| 4.83% [1] | 3.6% [2] | 2026-11-22 |" in text and "1.23 percentage points (|4.83% − 3.6%|)" in text


def test_rows_keep_the_order_of_the_metrics() -> None:
    text = _table("Compare IWM and VTWO", []).text
    places = [text.index(name) for name in ("expense ratio", "10-year return")]
    assert all(first < second for first, second in pairwise(places))
