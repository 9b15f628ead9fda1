"""Figures read from the sentences of articles: what is stated beyond doubt, and nothing else."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.articles import read_corpus
from assistant.extraction.extractor import extract_figures
from assistant.figures.formats import amount_text
from assistant.figures.stated import read_figures
from assistant.figures.table import figure_number
from assistant.numbers import equal, find_numbers
from assistant.passages import sentences_of
from assistant.types import Article, Figure, Language

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT.parent / "shared" / "seeds"
PUBLISHED = date(2026, 5, 3)
Expected = tuple[str, str, float | date]


def _article(text: str, language: Language, title: str = "A note") -> Article:
    return Article("note", title, language, "Publisher", PUBLISHED, text)


def _found(article: Article) -> list[Figure]:
    return extract_figures(article, sentences_of(article))


def _keys(figures: list[Figure]) -> list[Expected]:
    return [(figure.subject, figure.metric, figure.value) for figure in figures]


# --- what is stated -------------------------------------------------------------------------------------------------

STATED: dict[Language, dict[str, list[Expected]]] = {
    "ko": {
        "IWM의 총보수는 연 0.19%입니다.": [("IWM", "expense_ratio", 0.19)],
        "VTWO ETF의 총보수율은 0.07%로 낮은 편이다.": [("VTWO", "expense_ratio", 0.07)],
        "IWM의 총보수는 0.19%이고 VTWO의 총보수는 0.07%다.": [
            ("IWM", "expense_ratio", 0.19), ("VTWO", "expense_ratio", 0.07),
        ],
        "총보수는 IWM 0.19%, VTWO 0.07%이다.": [("IWM", "expense_ratio", 0.19), ("VTWO", "expense_ratio", 0.07)],
        "IWM과 VTWO의 총보수는 각각 0.19%와 0.07%다.": [
            ("IWM", "expense_ratio", 0.19), ("VTWO", "expense_ratio", 0.07),
        ],
        "VTWO의 운용보수는 7bp입니다.": [("VTWO", "expense_ratio", 0.07)],
        "IWM의 총보수는 0.19%로 VTWO(0.07%)보다 높다.": [
            ("IWM", "expense_ratio", 0.19), ("VTWO", "expense_ratio", 0.07),
        ],
        "IWM의 순자산은 약 720억 달러입니다.": [("IWM", "net_assets", 72e9)],
        "VTWO의 운용자산은 18조 2,000억 원이다.": [("VTWO", "net_assets", 18.2e12)],
        "IWM의 보유 종목 수는 1,961개입니다.": [("IWM", "holdings_count", 1961)],
        "VTWO는 약 2,000개 종목을 담고 있습니다.": [("VTWO", "holdings_count", 2000)],
        "IWM의 배당수익률은 0.97%입니다.": [("IWM", "dividend_yield", 0.97)],
        "IWM의 총보수는 0.19%, 배당수익률은 1.05%, PER은 18.3배다.": [
            ("IWM", "expense_ratio", 0.19), ("IWM", "dividend_yield", 1.05), ("IWM", "pe_ratio", 18.3),
        ],
        "러셀 2000의 PER은 20.4배입니다.": [("Russell 2000", "pe_ratio", 20.4)],
        "러셀 2000의 주가수익비율(P/E)은 적자 기업을 제외하고 19.1배이며, S&P 500의 24.8배와 견줄 만하다.": [
            ("Russell 2000", "pe_ratio", 19.1), ("S&P 500", "pe_ratio", 24.8),
        ],
        "VTWO의 헬스케어 비중은 18.8%입니다.": [("VTWO", "sector_weight.health_care", 18.8)],
        "VTWO의 섹터 비중은 헬스케어 18.8%, 산업재 17.6%, 금융 17.2% 순이다.": [
            ("VTWO", "sector_weight.health_care", 18.8), ("VTWO", "sector_weight.industrials", 17.6),
            ("VTWO", "sector_weight.financials", 17.2),
        ],
        "VTWO에서 금융 업종은 17.2%를 차지한다.": [("VTWO", "sector_weight.financials", 17.2)],
        "IWM의 에너지 섹터 비중은 5.1%, 유틸리티 섹터 비중은 3.2%다.": [
            ("IWM", "sector_weight.energy", 5.1), ("IWM", "sector_weight.utilities", 3.2),
        ],
        "VTWO의 보유 종목 비중은 크레도 0.74%, 블룸에너지 0.64%다.": [
            ("VTWO", "holding_weight.CRDO", 0.74), ("VTWO", "holding_weight.BE", 0.64),
        ],
        "IWM의 상위 10개 종목 비중은 모두 합쳐 4.8%입니다.": [("IWM", "top10_weight", 4.8)],
        "러셀 2000의 연초 이후 수익률은 8.2%입니다.": [("Russell 2000", "return.ytd", 8.2)],
        "VTWO의 10년 수익률은 약 220%였고, 같은 10년 동안 S&P 500은 346%, 나스닥-100은 602%의 수익률을 올렸습니다.": [
            ("VTWO", "return.10y", 220), ("S&P 500", "return.10y", 346), ("Nasdaq-100", "return.10y", 602),
        ],
        "IWM은 올해 들어 7.5% 올랐다.": [("IWM", "return.ytd", 7.5)],
        "VTWO의 5년 연평균 수익률은 6.1%다.": [("VTWO", "return_annualised.5y", 6.1)],
        "IWM의 설정일은 2000년 5월 22일입니다.": [("IWM", "inception_date", date(2000, 5, 22))],
        "러셀 2000의 변동금리 부채 비중은 32%, S&P 500의 변동금리 부채 비중은 6%다.": [
            ("Russell 2000", "floating_rate_debt_share", 32), ("S&P 500", "floating_rate_debt_share", 6),
        ],
        "S&P 500은 정보기술 비중이 32.9%로 가장 크고, 헬스케어 비중 18.8%가 가장 큰 VTWO와 다르다.": [
            ("S&P 500", "sector_weight.information_technology", 32.9), ("VTWO", "sector_weight.health_care", 18.8),
        ],
        "VTWO는 유동성이 좋은 편이고, IWM의 총보수는 0.19%다.": [("IWM", "expense_ratio", 0.19)],
        "IWM(iShares Russell 2000 ETF)의 순자산은 718억 달러이다.": [("IWM", "net_assets", 71.8e9)],
        "IWM의 1년 수익률은 -3.2%입니다.": [("IWM", "return.1y", -3.2)],
    },
    "en": {
        "IWM's expense ratio is 0.19%.": [("IWM", "expense_ratio", 0.19)],
        "The expense ratio of VTWO is 0.07% a year.": [("VTWO", "expense_ratio", 0.07)],
        "IWM charges 0.19% and VTWO 0.07%.": [("IWM", "expense_ratio", 0.19), ("VTWO", "expense_ratio", 0.07)],
        "IWM charged 0.19% and VTWO 0.07%.": [("IWM", "expense_ratio", 0.19), ("VTWO", "expense_ratio", 0.07)],
        "VTWO charged 0.07%.": [("VTWO", "expense_ratio", 0.07)],
        "IWM yielded 1.1%.": [("IWM", "dividend_yield", 1.1)],
        "Health care made up 16.4% of IWM.": [("IWM", "sector_weight.health_care", 16.4)],
        "VTWO held 18.8% in health care.": [("VTWO", "sector_weight.health_care", 18.8)],
        "VTWO held about 1,976 stocks.": [("VTWO", "holdings_count", 1976)],
        "The Russell 2000 rises 8% this year.": [("Russell 2000", "return.ytd", 8)],
        "IWM charges 0.19%, while VTWO charges 0.07%.": [
            ("IWM", "expense_ratio", 0.19), ("VTWO", "expense_ratio", 0.07),
        ],
        "IWM and VTWO have expense ratios of 0.19% and 0.07%, respectively.": [
            ("IWM", "expense_ratio", 0.19), ("VTWO", "expense_ratio", 0.07),
        ],
        "VTWO has a 0.07% expense ratio.": [("VTWO", "expense_ratio", 0.07)],
        "VTWO carries an expense ratio of 7 basis points.": [("VTWO", "expense_ratio", 0.07)],
        "IWM's net assets were about $67.7 billion.": [("IWM", "net_assets", 67.7e9)],
        "VTWO has net assets of $12.4bn and an expense ratio of 0.07%.": [
            ("VTWO", "net_assets", 12.4e9), ("VTWO", "expense_ratio", 0.07),
        ],
        "IWM's number of holdings is 1,961.": [("IWM", "holdings_count", 1961)],
        "VTWO holds about 1,976 stocks.": [("VTWO", "holdings_count", 1976)],
        "IWM's dividend yield was 0.97%.": [("IWM", "dividend_yield", 0.97)],
        "IWM yields 1.1% and VTWO yields 1.2%.": [("IWM", "dividend_yield", 1.1), ("VTWO", "dividend_yield", 1.2)],
        "The Russell 2000 trades at a P/E of 20.4.": [("Russell 2000", "pe_ratio", 20.4)],
        "The P/E ratio of the Russell 2000, excluding loss-making companies, is 20.4x.": [
            ("Russell 2000", "pe_ratio", 20.4),
        ],
        "VTWO's health care weight is 18.8%.": [("VTWO", "sector_weight.health_care", 18.8)],
        "VTWO's sector weights are health care 18.8%, industrials 17.6% and financials 17.2%.": [
            ("VTWO", "sector_weight.health_care", 18.8), ("VTWO", "sector_weight.industrials", 17.6),
            ("VTWO", "sector_weight.financials", 17.2),
        ],
        "VTWO holds 18.8% in health care, 18.1% in industrials and 17.2% in financials.": [
            ("VTWO", "sector_weight.health_care", 18.8), ("VTWO", "sector_weight.industrials", 18.1),
            ("VTWO", "sector_weight.financials", 17.2),
        ],
        "Health care makes up 16.4% of IWM.": [("IWM", "sector_weight.health_care", 16.4)],
        "IWM's portfolio weights are Credo 0.6%, Bloom Energy 0.5%.": [
            ("IWM", "holding_weight.CRDO", 0.6), ("IWM", "holding_weight.BE", 0.5),
        ],
        "VTWO's top 10 holdings add up to 5% of the portfolio.": [("VTWO", "top10_weight", 5)],
        "The Russell 2000's year-to-date return was 8%.": [("Russell 2000", "return.ytd", 8)],
        "The S&P 500 returned 346% and the Nasdaq-100 returned 602% over the same ten years.": [
            ("S&P 500", "return.10y", 346), ("Nasdaq-100", "return.10y", 602),
        ],
        "IWM has gained 7.5% this year.": [("IWM", "return.ytd", 7.5)],
        "VTWO's five-year annualized return is 6.1%.": [("VTWO", "return_annualised.5y", 6.1)],
        "IWM's inception date is May 22, 2000.": [("IWM", "inception_date", date(2000, 5, 22))],
        "Goldman finds that about 32% of Russell 2000 companies carry floating-rate debt.": [
            ("Russell 2000", "floating_rate_debt_share", 32),
        ],
        "According to Vanguard, VTWO's expense ratio is only 0.07%.": [("VTWO", "expense_ratio", 0.07)],
        "IWM (the iShares Russell 2000 ETF) has assets under management of $72 billion.": [("IWM", "net_assets", 72e9)],
        "IWM's one-year return is -3.2%.": [("IWM", "return.1y", -3.2)],
    },
}  # fmt: skip

UNITS = {
    "expense_ratio": "percent", "dividend_yield": "percent", "sector_weight": "percent", "holding_weight": "percent",
    "top10_weight": "percent", "return": "percent", "return_annualised": "percent", "pe_ratio": "multiple",
    "floating_rate_debt_share": "percent", "holdings_count": "count", "inception_date": "date",
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, texts in STATED.items() for text in texts]
)
def test_sentence_states_its_figures(language: Language, text: str) -> None:
    figures = _found(_article(f"A word first.\n\n{text}", language))
    assert _keys(figures) == [(subject, metric, pytest.approx(value) if isinstance(value, float) else value)
                              for subject, metric, value in STATED[language][text]]  # fmt: skip
    for figure in figures:
        assert figure.quote == text and figure.as_of == PUBLISHED and figure.as_of_kind == "published"
        unit = UNITS.get(figure.metric.split(".")[0]) or ("krw" if "원" in text else "usd")
        assert (figure.unit, figure.origin, figure.source) == (unit, "article", "Publisher")


# --- what is not ----------------------------------------------------------------------------------------------------

UNCERTAIN: dict[Language, list[str]] = {
    "ko": [
        "VTWO의 총보수는 0.05%까지 내려갈 전망이다.",
        "뱅가드는 VTWO의 총보수를 0.05%로 낮출 계획이다.",
        "IWM의 총보수는 0.19%가 아니다.",
        "IWM의 총보수는 0.15~0.19%다.",
        "IWM의 총보수는 0.2% 이하이다.",
        "IWM의 총보수는 0.2%를 넘지 않는다.",
        "IWM의 총보수는 VTWO보다 0.12%p 높다.",
        "IWM의 총보수는 VTWO보다 0.12% 높다.",
        "VTWO의 헬스케어 비중은 3%p 상승했다.",
        "VTWO의 헬스케어 비중이 2% 늘었다.",
        "SCHA의 총보수는 0.04%다.",
        "VTWO와 경쟁하는 SCHA의 총보수는 0.04%다.",
        "VTWO와 달리 SCHA의 총보수는 0.04%다.",
        "소형주 ETF의 평균 총보수는 0.35%다.",
        "IWM의 총보수가 0.3%라면 비싼 편이다.",
        "IWM의 총보수는 0.19%인가요?",
        "IWM의 목표 수익률은 올해 12%다.",
        "러셀 2000 기업의 이익은 올해 8% 늘었다.",
        "러셀 2000의 이익은 올해 8% 올랐다.",
        "VTWO의 순자산은 올해 8% 올랐다.",
        "IWM은 지난주 3% 올랐다.",
        "러셀 2000 성장주 지수의 PER은 30.1배다.",
        "동일가중 S&P 500의 PER은 17.2배다.",
        "VTWO의 최대 보유 종목의 배당수익률은 3%다.",
        "VTWO를 살 때 증권사 수수료는 0.1%다.",
        "IWM의 총보수는 19%다.",
        "러셀 2000 ETF의 총보수는 0.1%다.",
        "IWM과 VTWO의 총보수는 0.19%와 0.07% 사이다.",
        "IWM의 PER은 2018년에 16.2배였다.",
        "작년 말 IWM의 순자산은 650억 달러였다.",
        "IWM의 10년 수익률은 S&P 500에 120%p 뒤진다.",
        "IWM의 헬스케어와 금융 비중을 더하면 34%다.",
        "VTWO는 30개 종목을 새로 담았다.",
        "내 VTWO 수익률은 올해 15%다.",
        "VTWO의 헬스케어 종목은 올해 12% 올랐다.",
        "VTWO의 총보수와 기타비용은 0.12%다.",
        "2,400명으로 이루어진 부대가 강을 건넜다.",
        "VTWO는 직원 120명으로 이루어진 팀이 운용한다.",
        "IWM은 최소 1,900개 종목을 담고 있다.",
        "애플의 배당수익률은 0.4%다.",
        "IWM의 2027년 1월 1일 총보수는 0.18%다.",
        "연준의 기준금리는 4.25%다.",
        "IWM의 총보수는 0.1%씩 두 번 내렸다.",
        "경쟁 펀드의 총보수는 0.04%이고 VTWO의 총보수는 그보다 높다.",
    ],
    "en": [
        "VTWO's expense ratio could fall to 0.05%.",
        "VTWO's expense ratio is expected to be 0.05%.",
        "Vanguard plans an expense ratio of 0.05% for VTWO.",
        "IWM's expense ratio is not 0.19%.",
        "IWM's expense ratio isn't 0.19%.",
        "IWM's expense ratio is between 0.15% and 0.19%.",
        "IWM's expense ratio is 0.15–0.19%.",
        "IWM's expense ratio is below 0.2%.",
        "IWM's expense ratio is 0.2% or less.",
        "IWM's expense ratio is more than 0.15%.",
        "IWM's expense ratio is 0.12 percentage points higher than VTWO's.",
        "IWM's expense ratio is 0.12% higher than VTWO's.",
        "VTWO's health care weight rose by 2 points.",
        "VTWO's health care weight rose 2% to 18.8%.",
        "SCHA's expense ratio is 0.04%.",
        "Unlike VTWO, SCHA has an expense ratio of 0.04%.",
        "Like VTWO, Schwab's fund has an expense ratio of 0.04%.",
        "Schwab's rival to VTWO has an expense ratio of 0.04%.",
        "The average expense ratio of small-cap funds is 0.35%.",
        "If IWM's expense ratio were 0.3%, it would be expensive.",
        "Is IWM's expense ratio 0.19%?",
        "Our target for IWM is a return of 12% this year.",
        "Earnings of Russell 2000 companies rose 8% this year.",
        "Russell 2000 earnings have risen 8% this year.",
        "VTWO's net assets rose 8% this year.",
        "IWM gained 3% last week.",
        "The Russell 2000 Growth Index has a P/E of 30.1.",
        "The iShares Russell 2000 Value ETF has an expense ratio of 0.24%.",
        "The equal-weight S&P 500 has a P/E of 17.2.",
        "The largest holding of VTWO has a dividend yield of 3%.",
        "VTWO's largest holding has a dividend yield of 3%.",
        "Buying VTWO costs a commission of 0.1%.",
        "IWM's expense ratio is 19%.",
        "A Russell 2000 ETF has an expense ratio of 0.1%.",
        "IWM's P/E was 16.2 in 2018.",
        "A year ago IWM's net assets were $65 billion.",
        "IWM's health care and financials weights add up to 34%.",
        "VTWO holds 30 stocks that pay no dividend.",
        "IWM holds at least 1,900 stocks.",
        "Apple's dividend yield is 0.4%.",
        "IWM's expense ratio on January 1, 2027 is 0.18%.",
        "The Fed funds rate is 4.25%.",
        "VTWO's dividend yield is low, and 3% of its stocks pay none.",
        "VTWO competes with SCHA, and its expense ratio is 0.04%.",
        "SCHA and VTWO have expense ratios of 0.04% and 0.07%.",
        "The Russell 2000 has returned 8% since 2023.",
        "Fund A has an expense ratio of 0.5%.",
        "A fund has an expense ratio of 0.5%.",
        "My return on VTWO is 15% this year.",
        "VTWO's health care stocks returned 12% this year.",
        "VTWO's turnover is 12%, expense ratio 0.07%.",
    ],
}


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, texts in UNCERTAIN.items() for text in texts]
)
def test_uncertain_sentence_states_nothing(language: Language, text: str) -> None:
    for title in ("A note", "VTWO"):
        assert _found(_article(text, language, title)) == []


# --- of which subject and day ---------------------------------------------------------------------------------------

DATED: dict[Language, dict[str, tuple[date, str] | None]] = {
    "ko": {
        "IWM의 총보수는 2025년 12월 31일 기준 0.19%입니다.": (date(2025, 12, 31), "stated"),
        "IWM의 총보수는 0.19%다(2025년 12월 31일).": (date(2025, 12, 31), "stated"),
        "IWM의 총보수는 Motley Fool의 2025년 12월 31일 기사 기준으로 0.19%다.": (date(2025, 12, 31), "stated"),
        "2026년 3월 말 기준 IWM의 총보수는 0.19%다.": (date(2026, 3, 31), "month_end"),
        "IWM의 총보수는 2월 13일 기준 0.19%다.": (date(2026, 2, 13), "stated"),
        "2026년 5월 현재 IWM의 총보수는 0.19%다.": (PUBLISHED, "published"),
        "IWM의 총보수는 0.19%다.": (PUBLISHED, "published"),
        "2018년 IWM의 총보수는 0.19%였다.": None,
        "2026년 3월 1일과 4월 1일에 IWM의 총보수는 0.19%였다.": None,
        "2026년 6월 1일 기준 IWM의 총보수는 0.19%다.": None,
    },
    "en": {
        "IWM's expense ratio was 0.19% as of December 31, 2025.": (date(2025, 12, 31), "stated"),
        "IWM's expense ratio is 0.19% (Motley Fool, December 31, 2025).": (date(2025, 12, 31), "stated"),
        "At the end of March 2026 IWM's expense ratio was 0.19%.": (date(2026, 3, 31), "month_end"),
        "As of May 2026, IWM's expense ratio is 0.19%.": (PUBLISHED, "published"),
        "IWM's expense ratio is 0.19%.": (PUBLISHED, "published"),
        "In 2018 IWM's expense ratio was 0.19%.": None,
        "On March 1 and April 1, 2026, IWM's expense ratio was 0.19%.": None,
        "As of June 1, 2026, IWM's expense ratio is 0.19%.": None,
        "Since March 1, 2026, IWM's expense ratio is 0.19%.": None,
    },
}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language in DATED for text in DATED[language]])
def test_figure_has_the_day_that_is_stated_for_it(language: Language, text: str) -> None:
    found = [(figure.as_of, figure.as_of_kind) for figure in _found(_article(text, language))]
    expected = DATED[language][text]
    assert found == ([expected] if expected else [])


def test_each_number_keeps_the_day_in_brackets_beside_it() -> None:
    text = "IWM's expense ratio is 0.19% (December 31, 2025) and VTWO's expense ratio is 0.07% (January 5, 2026)."
    found = [(figure.subject, figure.as_of) for figure in _found(_article(text, "en"))]
    assert found == [("IWM", date(2025, 12, 31)), ("VTWO", date(2026, 1, 5))]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ko", "VTWO의 설정일은 2026년 1월 31일 기준 2010년 9월 22일이다."),
        ("en", "As of January 31, 2026, VTWO's inception date is September 22, 2010."),
        ("en", "VTWO's inception date as of January 31, 2026 is September 22, 2010."),
    ],
)
def test_date_that_is_a_value_is_told_from_the_day_as_of_which_it_holds(language: Language, text: str) -> None:
    (figure,) = _found(_article(text, language))
    assert (figure.metric, figure.value, figure.as_of) == ("inception_date", date(2010, 9, 22), date(2026, 1, 31))


BELOW: dict[str, list[tuple[str, str, float, date]]] = {
    "## VTWO (as of March 31, 2026)\n\n- Expense ratio: 0.07%\n- Dividend yield: 1.31%\n- Beta: 1.2": [
        ("VTWO", "expense_ratio", 0.07, date(2026, 3, 31)), ("VTWO", "dividend_yield", 1.31, date(2026, 3, 31)),
    ],
    "## 총보수\n\n- IWM: 0.19%\n- SCHA: 0.04%\n- VTWO: 0.07%": [
        ("IWM", "expense_ratio", 0.19, PUBLISHED), ("VTWO", "expense_ratio", 0.07, PUBLISHED),
    ],
    "Top ten holdings of IWM as of March 31, 2026:\n\n1. Credo Technology (CRDO): 0.8%\n2. Apple (AAPL): 0.7%": [
        ("IWM", "holding_weight.CRDO", 0.8, date(2026, 3, 31)),
    ],
    "## Cost\n\n| Fund | Expense ratio |\n|---|---|\n| IWM | 0.19% |\n| VTWO | 0.07% |": [
        ("IWM", "expense_ratio", 0.19, PUBLISHED), ("VTWO", "expense_ratio", 0.07, PUBLISHED),
    ],
    "## VTWO 섹터 비중\n\n섹터 비중은 2026년 3월 31일 기준이다.\n\n- 헬스케어 18.1%\n- 산업재 18.9%": [
        ("VTWO", "sector_weight.health_care", 18.1, date(2026, 3, 31)),
        ("VTWO", "sector_weight.industrials", 18.9, date(2026, 3, 31)),
    ],
    "## IWM\n\nThe fund's expense ratio is 0.19%.": [("IWM", "expense_ratio", 0.19, PUBLISHED)],
    "## IWM\n\nSCHA is run by Schwab. The fund has an expense ratio of 0.04%.": [],
    "## IWM and VTWO\n\nThe expense ratio is 0.19%.": [],
    "The expense ratio is 0.19%.": [],
}  # fmt: skip


@pytest.mark.parametrize("text", BELOW)
def test_headings_and_leading_sentences_name_what_stands_below_them(text: str) -> None:
    language: Language = "ko" if "비중" in text or "보수" in text else "en"
    found = [(figure.subject, figure.metric, figure.value, figure.as_of) for figure in _found(_article(text, language))]
    assert found == BELOW[text]


@pytest.mark.parametrize(
    ("title", "subjects"),
    [
        ("VTWO 노트", {"VTWO"}),
        ("러셀 2000을 따르는 VTWO", {"VTWO"}),
        ("IWM과 VTWO", set()),
        ("VTWO와 SCHA", set()),
        ("메모", set()),
    ],
)
def test_title_names_the_fund_of_its_article(title: str, subjects: set[str]) -> None:
    found = _found(_article("총보수는 연 0.07%다.", "ko", title))
    assert {figure.subject for figure in found} == subjects


def test_nearest_heading_that_names_funds_counts_and_tickers_where_none_does() -> None:
    fee = "The expense ratio is 0.07%."
    for heading, subjects in {
        "## Costs": {"VTWO"},
        "## IWM": {"IWM"},
        "## IWM and VTWO": set(),
        "## SCHA": set(),
    }.items():
        found = _found(_article(f"{heading}\n\n{fee}", "en", "VTWO"))
        assert {figure.subject for figure in found} == subjects
    tagged = replace(_article(fee, "en"), tickers=("VTWO",))
    assert {figure.subject for figure in _found(tagged)} == {"VTWO"}
    assert not _found(replace(tagged, tickers=("IWM", "VTWO")))


def test_figure_stated_twice_counts_once_and_one_with_two_values_not_at_all() -> None:
    twice = "IWM's expense ratio is 0.19%. Once more: IWM's expense ratio is 0.19%. VTWO's expense ratio is 0.07%."
    assert _keys(_found(_article(twice.replace("Once more: ", ""), "en"))) == [
        ("IWM", "expense_ratio", 0.19),
        ("VTWO", "expense_ratio", 0.07),
    ]
    split = "IWM's expense ratio is 0.19%. IWM's expense ratio is 0.25%. VTWO's expense ratio is 0.07%."
    assert _keys(_found(_article(split, "en"))) == [("VTWO", "expense_ratio", 0.07)]


# --- measured -------------------------------------------------------------------------------------------------------


def test_figures_of_the_corpus_are_those_that_its_file_lists(capsys: pytest.CaptureFixture[str]) -> None:
    """Precision is 1: whatever is read from the corpus stands in figures.csv, with its day; recall is what it is."""
    articles = {article.id: article for article in read_corpus(ROOT / "corpus" / "articles").articles}
    listed = read_figures(ROOT / "corpus" / "figures.csv", articles)
    recall = {}
    for language in ("ko", "en"):
        inside = {id for id, article in articles.items() if article.language == language}
        truth = {_row(figure) for figure in listed if figure.article in inside}
        found = {_row(figure) for id in inside for figure in _found(articles[id])}
        assert found <= truth, found - truth
        recall[language] = len(found) / len(truth)
    with capsys.disabled():
        sys.stdout.write(f"\nfigures of the corpus: precision 1, recall {recall['ko']:.2f} ko, {recall['en']:.2f} en\n")
    assert min(recall.values()) > 0.6


def _row(figure: Figure) -> tuple[object, ...]:
    return figure.article, figure.subject, figure.metric, figure.value, figure.unit, figure.as_of


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the source articles are not beside this repository")
def test_source_articles_give_figures_that_the_corpus_has() -> None:
    articles = {article.id: article for article in read_corpus(ROOT / "corpus" / "articles").articles}
    listed = {(figure.subject, figure.metric, figure.value) for figure in read_figures(
        ROOT / "corpus" / "figures.csv", articles)}  # fmt: skip
    found = []
    for path in sorted(SEEDS.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        found += _keys(_found(Article("seed", text.split("\n")[0][:120], "ko", "Publisher", PUBLISHED, text)))
    assert len(found) >= 13 and set(found) <= listed


# --- for any value --------------------------------------------------------------------------------------------------

FORMS: dict[Language, dict[str, str]] = {
    "ko": {
        "expense_ratio": "{}의 총보수는 연 {}입니다.", "pe_ratio": "{}의 PER은 {}입니다.",
        "net_assets": "{}의 순자산은 {}입니다.", "sector_weight.energy": "{}의 에너지 비중은 {}다.",
        "return.5y": "{}의 5년 수익률은 {}였다.", "top10_weight": "{}의 상위 10개 종목 비중은 {}다.",
    },
    "en": {
        "expense_ratio": "{}'s expense ratio is {}.", "pe_ratio": "The P/E of {} is {}.",
        "net_assets": "{} has net assets of {}.", "sector_weight.energy": "{}'s energy weight is {}.",
        "return.5y": "{}'s five-year return was {}.", "top10_weight": "{}'s top ten holdings add up to {}.",
    },
}  # fmt: skip
RANGES = {
    "expense_ratio": ("percent", 1, 200, 100), "pe_ratio": ("multiple", 30, 2_000, 10),
    "net_assets": ("usd", 1_000_000, 10**12, 1), "sector_weight.energy": ("percent", 0, 1_000, 10),
    "return.5y": ("percent", 0, 50_000, 10), "top10_weight": ("percent", 5, 1_000, 10),
}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["ko", "en"]), st.sampled_from(sorted(RANGES)), st.sampled_from(["IWM", "VTWO", "SPY"]), st.data()
)
def test_number_of_a_figure_reads_from_its_quote_as_its_value(
    language: Language, metric: str, subject: str, data: st.DataObject
) -> None:
    unit, least, most, parts = RANGES[metric]
    value = data.draw(st.integers(least, most), label="value") / parts
    written = amount_text(value, unit, language)
    text = FORMS[language][metric].format(subject, written)
    (figure,) = _found(_article(text, language))
    assert (figure.subject, figure.metric, figure.unit) == (subject, metric, unit)
    assert any(equal(number, figure_number(figure)) for number in find_numbers(figure.quote))
    assert any(equal(number, figure_number(figure)) for number in find_numbers(written))


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.sampled_from([text for texts in STATED.values() for text in texts]), max_size=6), st.text(max_size=40)
)
def test_every_quote_is_an_exact_span_whatever_stands_around_it(sentences: list[str], noise: str) -> None:
    article = _article("\n\n".join([noise.replace("\0", ""), *sentences, "끝."]), "ko")
    for figure in _found(article):
        assert article.text[figure.start : figure.end] == figure.quote
        assert any(equal(number, figure_number(figure)) for number in find_numbers(figure.quote))
