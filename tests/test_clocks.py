"""Two clocks: an article's figure and the live one beside it, in answers to real questions over the real corpus.

All live values are synthetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.clocks import Now, last_reconstitution
from assistant.embedder import Embedder
from assistant.figures.preference import LiveTable
from assistant.index import Index
from assistant.live import LiveFigures
from assistant.periods import Period
from assistant.providers.provider import Fetched, Refused, Series
from assistant.retriever import Retriever
from assistant.types import CLOSE, Answer, Figure, FigureCitation, Language
from assistant.vocabulary import load_vocabulary

ROOT = Path(__file__).resolve().parents[1]
TODAY = date.today()
NOW = datetime.now(UTC)
DAY = TODAY - timedelta(days=1)
MONTH_END = TODAY.replace(day=1) - timedelta(days=1)
both = pytest.mark.parametrize("language", ["ko", "en"])


def _live(subject: str, metric: str, value: float, unit: str, source: str = "Yahoo Finance", **more: object) -> Figure:
    figure = Figure(subject, metric, value, unit, DAY, "live", source, as_of_kind="trade_date", fetched_at=NOW)
    return replace(figure, source_url="https://example.com", **more)


VANGUARD = Fetched(
    (
        _live("VTWO", "sector_weight.health_care", 17.6, "percent", "Vanguard", basis="ICB", as_of=MONTH_END),
        _live("VTWO", "sector_weight.energy", 5.1, "percent", "Vanguard", basis="ICB", as_of=MONTH_END),
        _live("VTWO", "expense_ratio", 0.07, "percent", "Vanguard"),
    )
)
YAHOO = Fetched(
    (
        _live("IWM", "price", 234.56, "usd"),
        _live("IWM", "net_assets", 71_840_000_000.0, "usd", as_of=TODAY, as_of_kind="fetch"),
        _live("IWM", "expense_ratio", 0.18, "percent"),
        _live("IWM", "volatility.1y", 21.4, "percent", "computed", method="computed", formula="stdev × √252 (v1)"),
    ),
    refused=(Refused("IWM", "dividend_yield", "implausible", "19 %"),),
)
INDEX = Fetched((_live("Russell 2000", "return.ytd", 12.3, "percent", "computed", basis="price return"),))
WON = Fetched((_live("USD/KRW", "price", 1390.5, "krw"),))


YIELDS = Series(
    "US", "macro.DGS10", "percent",
    tuple((DAY - timedelta(days=days), 4.0 + days / 1000) for days in range(1200, -1, -1)), "FRED", "https://example.com",
)  # fmt: skip
MACRO = Fetched((_live("US", "macro.DGS10", 4.0, "percent", "FRED"),), (YIELDS,))


@pytest.fixture(scope="module")
def informed(indexes: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The real assistant with live figures in store."""
    live = LiveFigures(tmp_path_factory.mktemp("figures"), None)
    for provider, subject, fetched in (
        ("vanguard", "VTWO", VANGUARD), ("yahoo", "IWM", YAHOO), ("yahoo", "Russell 2000", INDEX),
        ("yahoo", "USD/KRW", WON), ("fred", "US", MACRO),
    ):  # fmt: skip
        live.store.save(provider, subject, fetched, NOW)
    with Assistant(ROOT / "corpus", Index.open(indexes, embedder), _retriever(indexes, embedder), live) as opened:
        yield opened


def _retriever(indexes: Path, embedder: Embedder) -> Retriever:
    return Retriever(Index.open(indexes, embedder), embedder)


def _values(answer: Answer) -> list[tuple[str, float | date]]:
    return [(figure.origin, figure.value) for figure in answer.figures]


@pytest.mark.parametrize(
    ("question", "said", "now", "apart"),
    [
        ("VTWO의 헬스케어 비중은?", "18.8%", "17.6%", "1.2%p 낮아요"),
        ("What is VTWO's health care weight?", "18.8%", "17.6%", "1.2 percentage points less"),
        ("IWM의 총보수는?", "0.19%", "0.18%", "0.01%p 낮아요"),
        ("What does IWM charge? Expense ratio?", "0.19%", "0.18%", "0.01 percentage points less"),
        ("러셀 2000의 연초 이후 수익률은?", "8%", "12.3%", "4.3%p 높아요"),
        ("What is the year-to-date return of the Russell 2000?", "8%", "12.3%", "4.3 percentage points more"),
    ],
)
def test_both_clocks_are_shown_with_their_difference(
    informed: Assistant, question: str, said: str, now: str, apart: str
) -> None:
    answer = informed.ask(question)
    assert said in answer.text and now in answer.text and apart in answer.text
    assert {origin for origin, _ in _values(answer)} == {"article", "live"}
    assert {check.verdict for sentence in answer.sentences for check in sentence.numbers} <= {
        "quoted", "figure", "computed",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("지금 IWM 총보수는?", "0.18%"),
        ("IWM의 총보수는?", "0.19%"),
        ("What is IWM's current expense ratio?", "0.18%"),
        ("What is IWM's expense ratio?", "0.19%"),
    ],
)
def test_who_asks_for_now_reads_the_live_figure_first(informed: Assistant, question: str, first: str) -> None:
    assert first in informed.ask(question).sentences[0].text


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("IWM 현재 가격은?", "234.56달러"),
        ("What is IWM's price today?", "$234.56"),
        ("VTWO의 에너지 비중은?", "5.1%"),
        ("What is the energy weight of VTWO?", "5.1%"),
        ("IWM의 변동성 수치는?", "21.4%"),
        ("What is the annualised volatility of IWM?", "21.4%"),
        ("지금 미국 10년물 국채금리는?", "미국 10년물 국채금리는 4%예요"),
        ("What is the 10-year Treasury yield today?", "10-year US Treasury yield is 4%"),
        ("원달러 환율은 지금 얼마야?", "원/달러 환율은 1,390.5원이에요"),
        ("USD/KRW now?", "USD/KRW is 1,390.5 won"),
    ],
)
def test_what_only_a_live_source_has_is_answered_from_it(informed: Assistant, question: str, value: str) -> None:
    answer = informed.ask(question)
    assert value in answer.text
    assert [type(citation) for citation in answer.citations] == [FigureCitation]
    record = answer.to_dict()["citations"][0]
    assert (record["kind"], record["figure"]["as_of"]) == ("figure", answer.figures[0].as_of.isoformat())


@pytest.mark.parametrize(
    "question",
    ["VTWO 현재 가격은?", "What is the price of gold today?", "What is VTWO's annualised volatility?",
     "IWM 1년 뒤 주가를 얼마로 예상해?"],
)  # fmt: skip
def test_a_live_figure_of_something_else_is_no_answer(informed: Assistant, question: str) -> None:
    assert informed.ask(question).abstained


def test_dollars_come_in_won_too_for_korean_readers(informed: Assistant) -> None:
    korean, english = informed.ask("IWM의 순자산은?"), informed.ask("What are IWM's net assets?")
    assert "718억 4,000만 달러(약 99조 8,935억 원" in korean.text and "1,390.5원" in korean.text
    won = [check for sentence in korean.sentences for check in sentence.numbers if check.text.startswith("99조")]
    assert [(check.verdict, check.formula) for check in won] == [("computed", "718억 4,000만 달러 × 1,390.5원")]
    assert "$71.84 billion" in english.text and "won" not in english.text


@pytest.mark.parametrize(("question", "row"), [
    ("IWM과 VTWO의 총보수를 비교해줘", "| 총보수 (최신) | 0.18%"),
    ("Compare the expense ratios of IWM and VTWO", "| expense ratio (latest) | 0.18%"),
])  # fmt: skip
def test_comparison_has_a_row_for_each_clock(informed: Assistant, question: str, row: str) -> None:
    text = informed.ask(question).text
    assert row in text and "0.19%" in text


@both
def test_without_live_figures_the_answer_says_so(assistant: Assistant, language: Language) -> None:
    questions: dict[Language, str] = {"ko": "IWM의 총보수는?", "en": "What is IWM's expense ratio?"}
    notices: dict[Language, str] = {"ko": "가져온 적이 없어서", "en": "No live figures have been fetched yet"}
    assert any(notices[language] in notice for notice in assistant.ask(questions[language]).notices)


@pytest.mark.parametrize(
    ("question", "notice"),
    [
        ("IWM 현재 가격은?", "실시간 수치를 가져온 적이 없어요. `assistant refresh`로 가져올 수 있어요."),
        ("What is IWM's price today?", "No live figures have been fetched yet; `assistant refresh` fetches them."),
        ("ARK 이노베이션 ETF 수수료 알려줘", None),
        ("What does the ARK Innovation ETF charge?", None),
    ],
)
def test_abstaining_names_live_figures_only_where_they_might_answer(
    assistant: Assistant, question: str, notice: str | None
) -> None:
    answer = assistant.ask(question)
    assert answer.abstained and answer.notices == ((notice,) if notice else ())


@both
def test_a_question_on_a_risk_factor_shows_its_gauges(informed: Assistant, language: Language) -> None:
    questions: dict[Language, str] = {
        "ko": "소형주의 첫 번째 위험은 뭐야?", "en": "What is the first risk factor of small caps?",
    }  # fmt: skip
    moved: dict[Language, str] = {"ko": "하락", "en": "down"}
    answer = informed.ask(questions[language])
    gauges = [sentence for sentence in answer.sentences if "10" in sentence.text and "4%" in sentence.text]
    assert len(gauges) == 1 and moved[language] in gauges[0].text, answer.text
    checks = gauges[0].numbers
    assert {check.verdict for check in checks} == {"figure", "computed"}
    assert all(check.formula for check in checks if check.verdict == "computed")


@both
def test_why_a_live_figure_is_missing_is_said(informed: Assistant, language: Language) -> None:
    questions: dict[Language, str] = {"ko": "IWM의 배당수익률은?", "en": "What is the dividend yield of IWM?"}
    reasons: dict[Language, str] = {"ko": "믿을 수 없는 값", "en": "cannot be right"}
    assert any(reasons[language] in notice for notice in informed.ask(questions[language]).notices)


@both
def test_weights_older_than_the_last_reconstitution_are_said_to_be(assistant: Assistant, language: Language) -> None:
    questions: dict[Language, str] = {"ko": "VTWO의 금융 비중은?", "en": "What is VTWO's financials weight?"}
    words: dict[Language, str] = {"ko": "마지막 정기 재구성", "en": "last index reconstitution"}
    assert any(words[language] in notice for notice in assistant.ask(questions[language]).notices)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 22), date(2026, 6, 26)),
        (date(2026, 6, 26), date(2026, 6, 26)),
        (date(2026, 6, 25), date(2025, 6, 27)),
        (date(2025, 1, 1), date(2024, 6, 28)),
    ],
)
def test_reconstitution_is_on_the_fourth_friday_of_june(today: date, expected: date) -> None:
    assert last_reconstitution(today) == expected


def test_two_sources_that_disagree_on_one_date_are_both_shown() -> None:
    first = _live("IWM", "nav", 100.25, "usd", "BlackRock")
    table = LiveTable([first, replace(first, value=101.5, source="Yahoo Finance"), replace(first, source="SEC")], TODAY)
    assert [rival.value for rival in table.rivals(first)] == [101.5]


def test_old_live_figure_is_stale() -> None:
    old = replace(_live("IWM", "price", 100.0, "usd"), as_of=TODAY - timedelta(days=30))
    now = Now(LiveTable([old], TODAY), {}, TODAY)
    found = now.beside(old)
    assert found is not None and found.stale
    assert now.notices([old], [], "en", load_vocabulary()) == []


FRIDAY, SATURDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)
PRICE = Figure("IWM", "price", 234.56, "usd", MONDAY, "live", "Yahoo Finance", as_of_kind="trade_date", fetched_at=NOW)
CLOSES = ((date(2026, 11, 18), 230.0), (date(2026, 11, 19), 231.0), (FRIDAY, 232.0), (MONDAY, 234.56))


def _on(period: Period, *closes: tuple[date, float], today: date = MONDAY, source: str = PRICE.source) -> Figure | None:
    series = Series("IWM", "close", "usd", closes, source, "https://example.com")
    return Now(LiveTable([PRICE], today), {}, today, lambda subject: series).at(period).of("IWM", "price")


@pytest.mark.parametrize(
    ("period", "today", "value", "day"),
    [
        (Period(days_ago=1), MONDAY, 232.0, FRIDAY),  # a Sunday
        (Period(days_ago=1), date(2026, 11, 24), 234.56, MONDAY),
        (Period(None, 2026, 11, 19), MONDAY, 231.0, date(2026, 11, 19)),
        (Period(None, None, 11, 19), MONDAY, 231.0, date(2026, 11, 19)),
        (Period(None, 2026, 11, 21), MONDAY, 232.0, FRIDAY),
        (Period(None, 2026, 11), MONDAY, 234.56, MONDAY),
        (Period(), MONDAY, 234.56, MONDAY),
    ],
)
def test_price_of_a_past_day_is_its_close(period: Period, today: date, value: float, day: date) -> None:
    found = _on(period, *CLOSES, today=today)
    assert found is not None and (found.value, found.as_of) == (value, day)
    assert (found.basis == CLOSE) == (day != MONDAY)


@pytest.mark.parametrize(
    ("period", "closes"),
    [
        (Period(None, 2020, 3), CLOSES),  # a month has no one close
        (Period(None, 2020, 3, 2), CLOSES),
        (Period(None, 2027, 3, 2), CLOSES),
        (Period(None, 2026, 11, 19), CLOSES[:1]),  # nothing is known of the 19th
        (Period(None, 2026, 11, 12), ((date(2026, 11, 2), 1.0), *CLOSES)),  # a hole is no holiday
        (Period(days_ago=1), ()),
    ],
)
def test_without_a_close_of_the_day_there_is_no_price(period: Period, closes: tuple[tuple[date, float], ...]) -> None:
    assert _on(period, *closes) is None


def test_a_close_of_another_source_is_not_mixed_in() -> None:
    assert _on(Period(days_ago=1), *CLOSES, source="Another") is None


@pytest.mark.parametrize(
    ("period", "shown"),
    [
        (Period(), True),
        (Period(None, 2024, 9, since=True), True),
        (Period(None, 2024, since=True), True),
        (Period(None, 2025, since=True), False),
        (Period(None, 2024, 9), False),
    ],
)
def test_what_is_counted_since_a_day_answers_for_that_day_alone(period: Period, shown: bool) -> None:
    cuts = replace(PRICE, subject="Federal Reserve", metric="rate_cuts", unit="count", basis="since 2024-09", value=7.0)
    now = Now(LiveTable([cuts], MONDAY), {}, MONDAY).at(period)
    assert (now.of("Federal Reserve", "rate_cuts") is not None) == shown


@both
def test_why_nothing_live_answers_is_said_without_an_article_figure_too(
    informed: Assistant, language: Language
) -> None:
    questions: dict[Language, str] = {"ko": "IWM 괴리율은?", "en": "What is IWM's premium to NAV?"}
    reasons: dict[Language, str] = {"ko": "괴리율의 최신 값이 없어요", "en": "no live premium to NAV of IWM"}
    answer = informed.ask(questions[language])
    assert answer.abstained and any(reasons[language] in notice for notice in answer.notices), answer.notices
