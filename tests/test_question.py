"""What a question asks for, as far as its words say: nothing here looks into a corpus."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.errors import QuestionError
from assistant.periods import Period
from assistant.question import Question, read_question
from assistant.types import Language
from assistant.vocabulary import load_vocabulary


def _read(text: str, *known: str) -> Question:
    return read_question(text, load_vocabulary(), this_year=2026, known=lambda word: word in known)


def _subjects(text: str) -> list[str]:
    return [subject.id for subject in _read(text).subjects]


@pytest.mark.parametrize(
    ("text", "language"), [("IWM의 총보수는?", "ko"), ("What is IWM?", "en"), ("expense ratio 알려줘", "ko")]
)
def test_language_is_that_of_the_text(text: str, language: str) -> None:
    assert _read(text).language == language


@pytest.mark.parametrize("text", ["", "가" * 10_000])
def test_question_that_cannot_be_asked_is_refused(text: str) -> None:
    with pytest.raises(QuestionError):
        _read(text)


# --- subjects and metrics -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("IWM이랑 VTWO의 총보수 차이는?", ["IWM", "VTWO"]),
        ("Compare IWM with VTWO and the S&P 500", ["IWM", "VTWO", "S&P 500"]),
        ("러셀2000이 올랐나요?", ["Russell 2000"]),
        ("소형주의 PER은?", ["Russell 2000"]),
        ("What is the P/E of small caps?", ["Russell 2000"]),
        ("뱅가드 ETF의 총보수는?", ["VTWO"]),
        ("What does BlackRock charge?", ["IWM"]),
        ("vtow 수수료", ["VTWO"]),
        ("오늘 날씨는?", []),
    ],
)
def test_subjects_are_named_stood_for_or_run(text: str, subjects: list[str]) -> None:
    assert _subjects(text) == subjects


@pytest.mark.parametrize("text", ["VTWG의 총보수는?", "What is the expense ratio of IWN?", "IJR 수수료"])
def test_other_fund_is_a_name_and_no_subject(text: str) -> None:
    question = _read(text)
    assert not question.subjects
    assert set(question.names) & {"vtwg", "iwn", "ijr"}


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("IWM의 총보수는 얼마예요?", ("expense_ratio",)),
        ("What is the expense ratio of IWM?", ("expense_ratio",)),
        ("VTWO의 헬스케어 비중은?", ("sector_weight.health_care",)),
        ("What is VTWO's energy weight?", ("sector_weight.energy",)),
        ("VTWO에서 아이온큐 비중은?", ("holding_weight.IONQ",)),
        ("What is the weight of IonQ in VTWO?", ("holding_weight.IONQ",)),
        ("VTWO의 10년 수익률은?", ("return.10y",)),
        ("What was VTWO's ten-year return?", ("return.10y",)),
        ("러셀 2000의 올해 수익률은?", ("return.ytd",)),
        ("What is the year-to-date return of the Russell 2000?", ("return.ytd",)),
        ("VTWO 상위 10개 종목 합계 비중은?", ("top10_weight",)),
        ("VTWO 상위 10개 종목이 차지하는 비중은?", ("top10_weight",)),
        ("How concentrated are VTWO's ten largest holdings?", ("top10_weight",)),
        ("VTWO 상위 10개 종목이 각각 차지하는 비중은?", ("holding_weight",)),
        ("VTWO 상위 5개 종목이 차지하는 비중은?", ("holding_weight",)),
        ("VTWO에서 가장 큰 비중을 차지하는 종목은?", ("holding_weight",)),
        ("크레도는 VTWO에서 몇 번째로 큰 종목이야?", ("holding_weight.CRDO",)),
        ("What rank is Bloom Energy?", ("holding_weight.BE",)),
        ("How does health care rank among VTWO's sectors?", ("sector_weight.health_care",)),
        ("Which holding is the second largest?", ("holding_weight",)),
        ("두 번째로 큰 종목은?", ("holding_weight",)),
        ("미국에서 두 번째로 큰 회사는?", ()),
        ("금리 인하가 몇 번 더 예상되나요?", ("rate_cuts_expected",)),
        ("How many more rate cuts are expected?", ("rate_cuts_expected",)),
        ("IWM의 순자산과 설정일은?", ("net_assets", "inception_date")),
        ("오늘 날씨는?", ()),
    ],
)
def test_metric_is_narrowed_by_what_stands_beside_it(text: str, metrics: tuple[str, ...]) -> None:
    assert _read(text).metrics == metrics


@pytest.mark.parametrize("text", ["VTWO에서 아이온큐 비중은?", "What is the weight of IonQ in VTWO?"])
def test_weight_of_a_holding_is_a_figure_of_its_fund(text: str) -> None:
    assert [subject.id for subject in _read(text).figure_subjects] == ["VTWO"]


# --- shapes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("VTWO의 헬스케어 비중은?", "figure"),
        ("What is the expense ratio of IWM?", "figure"),
        ("IWM 총보수", "figure"),
        ("IWM과 VTWO의 총보수를 비교해줘", "compare"),
        ("Which is cheaper by expense ratio, IWM or VTWO?", "compare"),
        ("소형주의 위험요인 아홉 가지를 나열해줘", "list"),
        ("List the nine risk factors of small caps", "list"),
        ("소형주의 세 번째 위험은?", "list"),
        ("What is the third risk of small caps?", "list"),
        ("금리가 오르면 소형주에 왜 나쁜가요?", "explain"),
        ("Why do rising interest rates hurt small caps?", "explain"),
    ],
)
def test_shape_of_the_answer_follows_from_the_words(text: str, shape: str) -> None:
    assert _read(text).shape == shape


@pytest.mark.parametrize("text", ["소형주는 왜 금리에 약해?", "Why are small caps sensitive to rates?"])
def test_reason_is_asked_for(text: str) -> None:
    assert _read(text).reasons
    assert _read(text).required_metrics == ()


@pytest.mark.parametrize("text", ["IWM의 총보수는 얼마예요?", "How much is the expense ratio of IWM?"])
def test_value_is_no_reason(text: str) -> None:
    assert not _read(text).reasons
    assert [metric.id for metric in _read(text).required_metrics] == ["expense_ratio"]


# --- time, place, number --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("VTWO의 10년 수익률은?", Period("10y")),
        ("지난 5년 동안 수익률은?", Period("5y")),
        ("What was the return over the past decade?", Period("10y")),
        ("What was VTWO's three-year return?", Period("3y")),
        ("12개월 수익률은?", Period("1y")),
        ("What is the 6-month return?", Period("6m")),
        ("올해 수익률은?", Period("ytd")),
        ("What is the YTD return?", Period("ytd")),
        ("2016년 총보수는?", Period(None, 2016)),
        ("the fee in 2016", Period(None, 2016)),
        ("2025년 12월의 종목", Period(None, 2025, 12)),
        ("작년 수익률은?", Period(None, 2025)),
        ("What was the return last year?", Period(None, 2025)),
        ("max drawdown in the last year", Period("1y")),
        ("the last twelve months' return", Period("1y")),
        ("YTD return as of February 2026", Period("ytd", 2026, 2)),
        ("the fee on January 5, 2026", Period(None, 2026, 1, 5)),
        ("11월 3일 종가", Period(None, None, 11, 3)),
        ("the return in September", Period(None, None, 9)),
        ("2026년 수익률", Period("ytd", 2026)),
        ("26년 3월 말 비중", Period(None, 2026, 3)),
        ("2025.12 비중", Period(None, 2025, 12)),
        ("작년 12월 비중", Period(None, 2025, 12)),
        ("재작년 수익률", Period(None, 2024)),
        ("2024년 9월부터 금리 인하", Period(None, 2024, 9, since=True)),
        ("cuts since early 2024", Period(None, 2024, since=True)),
        ("지난달 수익률", Period("1m")),
        ("return this week", Period("1w")),
        ("어제 종가", Period(days_ago=1)),
        ("the close the day before yesterday", Period(days_ago=2)),
        ("20년 수익률", Period("20y")),
        ("총보수는?", Period()),
        ("러셀 2000의 PER은?", Period()),
        ("What is the Russell 2000?", Period()),
    ],
)
def test_period_is_a_span_or_a_year(text: str, period: Period) -> None:
    assert _read(text).period == period


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("세 번째 위험은?", (3,)),
        ("What is the third risk?", (3,)),
        ("3번째 위험은?", (3,)),
        ("the 7th risk factor", (7,)),
        ("아홉째 위험은?", (9,)),
        ("열두 번째 위험은?", (12,)),
        ("첫 번째와 두 번째 위험은?", (1, 2)),
        ("the first and the second risk", (1, 2)),
        ("6~10위 종목은?", (6, 7, 8, 9, 10)),
        ("1위부터 3위까지 종목은?", (1, 2, 3)),
        ("IWM의 총보수는?", ()),
        ("When did the index first come out?", ()),
    ],
)
def test_places_in_a_list_are_read(text: str, places: tuple[int, ...]) -> None:
    assert _read(text).places == places


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("VTWO 상위 5개 종목은?", 5),
        ("the top three holdings of VTWO", 3),
        ("VTWO의 상위 세 종목은?", 3),
        ("the 5 largest sectors", 5),
        ("VTWO의 종목은?", None),
    ],
)
def test_limit_of_a_list_is_read(text: str, limit: int | None) -> None:
    assert _read(text).limit == limit


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("헬스케어는 몇 퍼센트예요?", "percent"),
        ("What percent is health care?", "percent"),
        ("IWM은 언제 나왔어요?", "date"),
        ("When did IWM begin?", "date"),
        ("직원은 몇 명이에요?", "count"),
        ("How many people work there?", "count"),
        ("PER은 몇 배예요?", "multiple"),
    ],
)
def test_kind_of_number_asked_for_is_read(text: str, unit: str) -> None:
    assert unit in _read(text).units


@pytest.mark.parametrize(
    ("text", "value"), [("비중이 0.55%인 종목은?", "0.55"), ("Which holding has a weight of 0.55%?", "0.55")]
)
def test_number_that_the_question_states_is_kept(text: str, value: str) -> None:
    assert [number.value for number in _read(text).numbers] == [Decimal(value)]


# --- words and names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ZZTOP 펀드의 총보수는?", "zztop"),
        ("What is the expense ratio of ZZTOP?", "zztop"),
        ("How does Netflix affect IWM?", "netflix"),
        ("엔비디아의 비중은?", "엔비디아"),
        ("리비안 주가가 소형주 지수에 미치는 영향은?", "리비안"),
        ("팔란티어 때문에 소형주가 왜 빠져?", "팔란티어"),
    ],
)
def test_unknown_name_is_a_name(text: str, name: str) -> None:
    question = _read(text)
    assert name in {*question.names, *question.proper_nouns}


@pytest.mark.parametrize(
    "text", ["IWM의 총보수는 얼마인지 알려주세요", "Please tell me what the expense ratio of IWM is"]
)
def test_words_that_only_shape_a_question_are_left_out(text: str) -> None:
    question = _read(text)
    assert (question.words, question.names, question.proper_nouns) == ((), (), ())


@pytest.mark.parametrize(
    ("text", "concept"),
    [("VTWO의 헬스캐어 비중은?", "health_care"), ("What is the weight of helthcare in VTWO?", "health_care")],
)
def test_strange_word_is_mended_and_marked(text: str, concept: str) -> None:
    mended = [mention.concept.id for mention in _read(text).mentions if mention.mended]
    assert mended == [concept]


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("IWM 거래량은?", "volume_average"),
        ("IWM volume today", "volume_average"),
        ("IWM 호가 스프레드는?", "bid_ask_spread"),
        ("IWM 3년 변동성", "volatility.3y"),
        ("How volatile is IWM right now?", "volatility.1y"),
        ("IWM과 VTWO 중 지금 배당을 더 주는 쪽은?", "dividend_yield"),
        ("IWM 한 주 몇 원이야?", "price"),
        ("How is IWM's dividend yield right now?", "dividend_yield"),
    ],
)
def test_number_of_a_topic_is_asked_for_by_its_word(text: str, metric: str) -> None:
    question = _read(text)
    assert question.metrics == (metric,) and question.topics == () and not question.reasons


@pytest.mark.parametrize(
    "text",
    [
        "IWM 배당금은 얼마나 자주 나와요?",
        "IWM 유동성은?",
        "소형주는 거래량이 왜 적어?",
        "How does low trading volume hurt IWM?",
        "소형주의 변동성이 큰 이유는?",
    ],
)
def test_topic_without_a_number_stays_a_topic(text: str) -> None:
    question = _read(text)
    assert question.metrics == () and question.topics


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IWM 내년 수익률은?", True),
        ("What will IWM trade at in December?", True),
        ("What will VTWO cost me?", False),
        ("How often will the index be reconstituted?", False),
        ("IWM 수익률은?", False),
    ],
)
def test_what_nobody_knows_yet_is_a_value_that_moves(text: str, expected: bool) -> None:
    assert _read(text).foresees == expected


@pytest.mark.parametrize(
    ("text", "named", "concept"),
    [
        ("averge daily volume of IWM", "averge daily volume", "volume_average"),
        ("dividned yield of IWM", "dividned yield", "dividend_yield"),
        ("IWM 운용보슈는?", "운용보슈", "expense_ratio"),
        ("VTWO 최대 낙퐄은?", "최대 낙퐄", "max_drawdown"),
        ("rusell 2000 P/E", "rusell 2000", "Russell 2000"),
        ("Rusell 3000 returns", "Rusell 3000", "Russell 3000"),
    ],
)
def test_slip_in_a_word_of_a_longer_name_is_mended(text: str, named: str, concept: str) -> None:
    question = _read(text)
    mended = [mention for mention in question.mentions if mention.mended]
    assert [(question.text[each.start : each.end], each.concept.id) for each in mended] == [(named, concept)]
    assert not question.words


def test_word_of_the_corpus_is_not_mended() -> None:
    text = "What is helthcare?"
    assert not [mention for mention in _read(text, "helthcare").mentions if mention.mended]


def test_mentions_are_exact_spans() -> None:
    question = _read("VTWO와 IWM의 총보수")
    assert [question.text[mention.start : mention.end] for mention in question.mentions] == ["VTWO", "IWM", "총보수"]


def test_when_that_begins_a_clause_asks_for_no_date() -> None:
    assert _read("When rates fall, what do small caps do?").units == set()
    assert _read("When did IWM launch?").units == {"date"}


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("VTWO는 누가 만들었어?", "issuer"),
        ("러셀 2000은 누가 만들었어?", "index_provider"),
        ("Who is the issuer of VTWO?", "issuer"),
        ("Who is the provider of the Russell 2000?", "index_provider"),
    ],
)
def test_maker_of_a_benchmark_is_its_index_provider(text: str, metric: str) -> None:
    assert _read(text).metrics == (metric,)


@pytest.mark.parametrize(
    "text", ["“The second risk is liquidity.” Why?", "“두 번째 위험은 유동성이에요.” 왜 그런가요?"]
)
def test_places_inside_a_quote_are_not_asked_for(text: str) -> None:
    assert read_question(text, load_vocabulary(), this_year=2026).places == ()


@pytest.mark.parametrize(("text", "language"), [("IWM 총보수는?", "en"), ("What is IWM's fee?", "ko")])
def test_answer_may_be_wanted_in_the_other_language(text: str, language: Language) -> None:
    read = read_question(text, load_vocabulary(), this_year=2026, answer_in=language)
    assert (read.language, read.metrics) == (language, ("expense_ratio",))


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("What's the standard deviation of VTWO's monthly returns?", ("volatility.1y",)),
        ("IWM 수익률의 표준편차는?", ("volatility.1y",)),
        ("Besides fees, what is the P/E of the Russell 2000?", ("pe_ratio",)),
        ("보수 말고 IWM의 순자산은?", ("net_assets",)),
        ("시총이 얼마는 돼야 러셀 지수에 들어갈 수 있어?", ("minimum_market_cap",)),
        ("크레도 시총은 얼마야?", ("market_cap",)),
        ("VTWO 상위 10개 종목 비중을 리스트로", ("holding_weight",)),
        ("VTWO 상위 10개 종목 비중은 모두 합쳐 얼마야?", ("top10_weight",)),
        ("What is the bid-ask spread on IWM?", ("bid_ask_spread",)),
        ("뱅가드의 러셀 2000 ETF 보수는?", ("expense_ratio",)),
    ],
)
def test_metric_is_the_one_that_is_asked_for_and_not_each_that_is_named(text: str, metrics: tuple[str, ...]) -> None:
    assert _read(text).metrics == metrics


def test_fund_that_is_called_by_its_benchmark_is_asked_about_alone() -> None:
    assert [subject.id for subject in _read("뱅가드에서 나온 러셀 2000 ETF의 보수는?").subjects] == ["VTWO"]


def test_each_metric_can_be_asked_about_alone() -> None:
    question = _read("IWM의 운용사와 보수는?")
    assert [alone.metrics for alone in question.alone()] == [("issuer",), ("expense_ratio",)]
    assert [alone.metrics for alone in _read("아이온큐 주가는 2023년 이후 몇 % 올랐어?").alone()] == [("return",)]
