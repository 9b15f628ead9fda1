"""The assistant's own words: sentences about figures in both languages, with the particles that fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assistant import phrases
from assistant.citations import mark
from assistant.types import Figure, Language
from assistant.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()
FEE = Figure(
    "IWM", "expense_ratio", 0.19, "percent", date(2025, 12, 31), "article", "Publisher", "basics", 0, 18,
    "IWM charges 0.19%.",
)  # fmt: skip
VTWO_FEE = replace(FEE, subject="VTWO", value=0.07, quote="VTWO charges 0.07%.")


@pytest.mark.parametrize(("language", "text"), [("ko", "2025년 12월 1일"), ("en", "December 1, 2025")])
def test_date_is_written_as_the_language_does(language: Language, text: str) -> None:
    assert phrases.date_text(date(2025, 12, 1), language) == text


@pytest.mark.parametrize(
    ("metric", "ko", "en"),
    [
        ("expense_ratio", "총보수", "expense ratio"),
        ("sector_weight.health_care", "헬스케어 비중", "health care weight"),
        ("holding_weight.IONQ", "아이온큐(IonQ) 비중", "IonQ weight"),
        ("return.10y", "10년 수익률", "10-year return"),
        ("return.ytd", "연초 이후 수익률", "year-to-date return"),
        ("pe_ratio", "주가수익비율(P/E)", "P/E ratio"),
        ("rate_cuts", "금리 인하 횟수", "number of rate cuts"),
        ("rank_day", "rank day", "rank day"),
    ],
)
def test_metric_is_named_in_both_languages(metric: str, ko: str, en: str) -> None:
    assert phrases.metric_text(metric, "ko", VOCABULARY) == ko
    assert phrases.metric_text(metric, "en", VOCABULARY) == en


@pytest.mark.parametrize(
    ("subject", "ko", "en"),
    [
        ("IWM", "IWM", "IWM"),
        ("Russell 2000", "러셀 2000", "the Russell 2000"),
        ("Federal Reserve", "연준", "the Federal Reserve"),
        ("Russell US Indexes", "Russell US Indexes", "Russell US Indexes"),
    ],
)
def test_subject_is_named_in_both_languages(subject: str, ko: str, en: str) -> None:
    assert phrases.subject_text(subject, "ko", VOCABULARY) == ko
    assert phrases.subject_text(subject, "en", VOCABULARY) == en


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("ko", "IWM의 총보수는 0.19%예요(2025년 12월 31일 기준, Publisher 2026년 1월 5일)."),
        ("en", "The expense ratio of IWM is 0.19% (as of December 31, 2025; Publisher, January 5, 2026)."),
    ],
)
def test_figure_sentence_has_both_dates(language: Language, sentence: str) -> None:
    assert phrases.figure_sentence(FEE, "IWM", date(2026, 1, 5), language, VOCABULARY) == sentence


def test_korean_ending_fits_a_day() -> None:
    began = replace(
        FEE, metric="inception_date", value=date(2000, 5, 22), unit="date", quote="IWM은 2000년 5월 22일에 나왔습니다."
    )
    sentence = phrases.figure_sentence(began, "IWM", date(2026, 1, 5), "ko", VOCABULARY)
    assert sentence.startswith("IWM의 설정일은 2000년 5월 22일이에요(")


@pytest.mark.parametrize(
    ("language", "item"),
    [("ko", "IWM의 총보수: 0.19% (2025-12-31)"), ("en", "Expense ratio of IWM: 0.19% (2025-12-31)")],
)
def test_figure_item_is_one_line_with_its_date(language: Language, item: str) -> None:
    assert phrases.figure_item(FEE, "IWM", language, VOCABULARY) == item


@pytest.mark.parametrize(
    ("language", "question"), [("ko", "IWM의 총보수는?"), ("en", "What is the expense ratio of IWM?")]
)
def test_figure_question_asks_for_the_figure(language: Language, question: str) -> None:
    assert phrases.figure_question(FEE, language, VOCABULARY) == question


@pytest.mark.parametrize(
    ("value", "unit", "quote", "shown"),
    [
        (5.0, "percent", "상위 10개 종목은 약 5%입니다.", "약 5%"),
        (5.0, "percent", "The top ten make up about 5%.", "about 5%"),
        (72e9, "usd", "IWM의 순자산은 720억 달러입니다.", "720억 달러"),
        (72e9, "usd", "Net assets were $72 billion.", "$72 billion"),
        (1961.0, "count", "IWM은 1,961개 종목을 담습니다.", "1,961개"),
        (20.4, "multiple", "P/E는 20.4배, S&P 500은 25.2배입니다.", "20.4배"),
        (0.5, "percent", "EchoStar — 0.50%", "0.50%"),
    ],
)
def test_value_is_shown_as_the_article_writes_it(value: float, unit: str, quote: str, shown: str) -> None:
    figure = replace(FEE, value=value, unit=unit, quote=quote)
    assert phrases.value_text(figure, "ko") == shown


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("ko", "0.12%p예요(|0.19% − 0.07%|). [1] [2]", "0.12%p"),
        ("en", "0.12 percentage points (|0.19% − 0.07%|). [1] [2]", "0.12 percentage points"),
    ],
)
def test_difference_has_its_formula_and_cites_both(language: Language, text: str, value: str) -> None:
    claim = phrases.difference_claim(FEE, VTWO_FEE, language, lambda figure: mark(1 if figure is FEE else 2))
    assert claim is not None and claim.text.endswith(text)
    assert dict(claim.formulas) == {value: "|0.19% − 0.07%|"}


def test_difference_does_not_depend_on_the_order() -> None:
    claim = phrases.difference_claim(VTWO_FEE, FEE, "ko", lambda figure: "")
    assert claim is not None and dict(claim.formulas) == {"0.12%p": "|0.07% − 0.19%|"}


def test_difference_is_no_finer_than_its_values() -> None:
    first, second = (replace(FEE, value=value, quote=f"{value:.0f}%.") for value in (32.0, 6.0))
    claim = phrases.difference_claim(first, second, "ko", lambda figure: "")
    assert claim is not None and list(claim.formulas) == ["26%p"]


@pytest.mark.parametrize("other", [replace(FEE, unit="multiple"), replace(FEE, value=date(2000, 5, 22), unit="date")])
def test_values_of_other_kinds_have_no_difference(other: Figure) -> None:
    assert phrases.difference_claim(FEE, other, "en", lambda figure: "") is None


@pytest.mark.parametrize(
    ("language", "fund", "benchmark"),
    [
        ("ko", "IWM이 따르는 러셀 2000", "러셀 2000을 따르는 VTWO"),
        ("en", "the Russell 2000, the index that IWM tracks,", "VTWO, which tracks the Russell 2000,"),
    ],
)
def test_stand_in_is_named_as_what_it_is(language: Language, fund: str, benchmark: str) -> None:
    iwm, vtwo, russell = (VOCABULARY.concepts[id] for id in ("IWM", "VTWO", "Russell 2000"))
    assert phrases.stand_in_text(iwm, russell, language) == fund
    assert phrases.stand_in_text(russell, vtwo, language) == benchmark


@pytest.mark.parametrize(
    ("language", "sentence", "topics"),
    [
        ("ko", "자료에서 찾지 못했어요.", "자료가 다루는 가까운 내용: A · B"),
        ("en", "The sources do not answer this.", "Nearest topics that the sources do cover: A · B"),
    ],
)
def test_abstaining_is_one_fixed_sentence_and_the_nearest_topics(
    language: Language, sentence: str, topics: str
) -> None:
    assert phrases.abstain_text([], language) == sentence
    assert phrases.abstain_text(["A", "B"], language) == f"{sentence}\n\n{topics}"
