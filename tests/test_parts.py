"""The questions that one message asks, in both languages, and messages that ask one alone."""

from __future__ import annotations

from time import perf_counter

import pytest

from assistant import Assistant
from assistant.parts import parts_of
from assistant.vocabulary import load_vocabulary


def _texts(text: str) -> list[str]:
    return [part.text for part in parts_of(text, load_vocabulary())]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "How many stocks does VTWO hold, and when did it start trading?",
            ["How many stocks does VTWO hold", "when did VTWO start trading?"],
        ),
        ("Who runs IWM and where is it listed?", ["Who runs IWM", "where is IWM listed?"]),
        ("IWM fee, plus its P/E?", ["IWM fee", "What is the P/E of IWM?"]),
        ("What does IonQ do? What was its revenue?", ["What does IonQ do?", "What was IonQ's revenue?"]),
        ("How big is IWM and how often does the Fed meet?", ["How big is IWM", "how often does the Fed meet?"]),
        ("VTWO 총보수 몇%고 추적오차는 얼마예요?", ["VTWO 총보수 몇%고", "VTWO의 추적오차는?"]),
        ("IWM 어디서 운용하고 어느 거래소에 있어?", ["IWM 어디서 운용하고", "IWM 어느 거래소에 있어?"]),
        ("IWM 배당 몇 달마다 줘? 다음 배당락일도", ["IWM 배당 몇 달마다 줘?", "IWM 다음 배당락일도"]),
        ("블룸에너지는 뭐 하는 회사야? VTWO 비중은?", ["블룸에너지는 뭐 하는 회사야?", "VTWO의 블룸 에너지 비중은?"]),
    ],
)
def test_each_question_is_made_whole_by_the_one_before(text: str, parts: list[str]) -> None:
    assert _texts(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("VTWO's fee in 2016 and in 2020?", ["VTWO's fee in 2016?", "VTWO's fee in 2020?"]),
        (
            "IWM 보수는 2016년과 2025년에 각각 얼마야?",
            ["IWM 보수는 2016년에 각각 얼마야?", "IWM 보수는 2025년에 각각 얼마야?"],
        ),
        ("VTWO 10년 수익률하고 5년 수익률은?", ["VTWO 10년 수익률은?", "VTWO 5년 수익률은?"]),
        (
            "러셀 2000의 1년, 3년, 5년 수익률은?",
            ["러셀 2000의 1년 수익률은?", "러셀 2000의 3년 수익률은?", "러셀 2000의 5년 수익률은?"],
        ),
    ],
)
def test_times_named_together_are_asked_about_each(text: str, parts: list[str]) -> None:
    assert _texts(text) == parts


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (
            "I bought VTWO back in 2016 when it cost 0.15%. What does it charge these days?",
            "What does VTWO charge these days?",
        ),
        (
            "Half my money is in QQQ and I'm thinking of adding VTWO. What are its biggest sectors?",
            "What are VTWO's biggest sectors?",
        ),
        (
            "Somebody typed 2001 as IWM's launch year. That looks off. What's the actual date?",
            "IWM, inception date: What's the actual date?",
        ),
        (
            "소형주가 대형주보다 싸다고 들었어요. PER로 치면 얼마나 싼 건가요?",
            "소형주, 대형주: PER로 치면 얼마나 싼 건가요?",
        ),
        ("아버지가 배당을 좋아하세요. IWM의 순자산은 얼마예요?", "IWM의 순자산은 얼마예요?"),
    ],
)
def test_question_after_something_else_is_asked_alone(text: str, asked: str) -> None:
    assert _texts(text) == [asked]


def test_what_is_said_after_a_question_stays_with_it() -> None:
    assert _texts("IWM 보수는 얼마예요? 오래 들고 갈 거라서요.") == []
    assert _texts("Tell me the fee of IWM. I hold it. And of VTWO?")[0] == "Tell me the fee of IWM. I hold it."


def test_asking_whether_that_is_right_is_no_question_of_its_own() -> None:
    assert _texts("Someone says VTWO only started in 2012. Is that right?") == []
    assert _texts("IWM 보수는 0.19%라던데요. 맞아요?") == []


@pytest.mark.parametrize(
    "text",
    [
        "What is VTWO?",
        "Which fund is cheaper, IWM or VTWO?",
        "How do growth stocks and value stocks behave when rates move?",
        "How did IWM's fee change between 2016 and 2025?",
        "Which stock ranks ninth in VTWO and how big is the position?",
        "When appetite for risk comes back, what do small caps do?",
        "iwm 보수",
        "I'd like the P/E of the Russell 2000 vs. that of the S&P 500.",
        "What tools are there for managing risk? Bullets, please.",
        "IWM은 왜 경기를 먼저 보라고 하나요?",
        "소형주는 얼마나 싸게 거래되고 있어요?",
        "VTWO에서 제일 많이 담은 종목이 뭐고 비중은 얼마야?",
        "IWM하고 VTWO, 누가 먼저 상장했고 각각 몇 년도야?",
        "2016년과 2025년 사이에 IWM 보수는 얼마나 내렸어?",
        "2026년 2월까지 10년 동안 왜 밀렸어?",
        "“VTWO의 보수는 얼마이고 언제 나왔어?” 이 내용을 자세히 설명해 주세요.",
    ],
)
def test_one_question_stays_one(text: str) -> None:
    assert _texts(text) == []


def test_very_many_questions_are_not_taken_apart() -> None:
    assert _texts("What is IWM's fee? " * 20) == []


def test_part_that_names_nothing_is_bare() -> None:
    parts = parts_of("Who is behind the Russell 2000, and which group does it belong to?", load_vocabulary())
    assert [part.bare for part in parts] == [False, True]


@pytest.mark.parametrize(
    "unit",
    ["and why ", "얼마고 ", "? ", "2016년과 ", "plus its ", "그리고 ", "the ", "하고 ", ", how ", "a. B"],
)
def test_no_text_takes_long_to_take_apart(unit: str) -> None:
    started = perf_counter()
    for end in ("", "x", "?"):
        _texts((unit * 2000)[:2000] + end)
    assert perf_counter() - started < 5


def test_known_part_is_answered_and_the_other_named(assistant: Assistant) -> None:
    answer = assistant.ask("VTWO 총보수는 얼마고 추적오차는 얼마야?")
    assert "0.07%" in answer.text and answer.notices[0] == "자료에서 찾지 못한 것: “추적오차는 얼마야”"
    answer = assistant.ask("What is IWM's fee and what is its tracking error?")
    assert "0.19%" in answer.text and answer.notices[0] == "Not found in the sources: “what is its tracking error”"


def test_metric_that_is_missing_beside_another_is_named(assistant: Assistant) -> None:
    answer = assistant.ask("VTWO의 헬스케어와 에너지 비중은?")
    assert "18.8%" in answer.text and answer.notices[0] == "자료에서 찾지 못한 것: VTWO의 에너지 비중"
    answer = assistant.ask("VTWO's net assets and expense ratio?")
    assert "0.07%" in answer.text and answer.notices[0] == "Not found in the sources: net assets of VTWO"


def test_parts_that_all_lack_an_answer_are_one_abstention(assistant: Assistant) -> None:
    answer = assistant.ask("VTWO의 추적오차는 얼마고 베타는 얼마야?")
    assert answer.abstained and not any("찾지 못한 것" in notice for notice in answer.notices)


def test_parts_cite_each_source_once(assistant: Assistant) -> None:
    answer = assistant.ask("IWM 보수는 얼마고 IWM 보수는 2025년에 몇 %야?")
    assert [cited.number for cited in answer.citations] == [1]


def test_what_has_no_figure_is_answered_by_its_sentence_beside_the_figures(assistant: Assistant) -> None:
    answer = assistant.ask("IWM과 VTWO의 거래소와 설정일과 베타는?")
    assert "|---|---|---|---|\n| 설정일 | 2000년 5월 22일" in answer.text and "NYSE" in answer.text
    assert answer.notices[0] == "자료에서 찾지 못한 것: IWM의 베타 · VTWO의 베타"
    answer = assistant.ask("VTWO's issuer and expense ratio?")
    assert "0.07%" in answer.text and "Vanguard" in answer.text


@pytest.mark.parametrize(
    ("question", "sentences"),
    [
        ("소형주 유동성 위험을 한 줄로 말해줘", 1),
        ("IWM이 뭔지 한 문장으로", 1),
        ("Why do rate cuts help? Two sentences.", 2),
    ],
)
def test_answer_has_as_many_sentences_as_are_wanted(assistant: Assistant, question: str, sentences: int) -> None:
    assert len(assistant.ask(question).sentences) == sentences


@pytest.mark.parametrize(
    ("claim", "truth"),
    [
        ("IWM 운용사가 스테이트 스트리트 맞죠?", "블랙록"),
        ("VTWO 보수가 0.15% 맞아?", "0.07%"),
        ("IWM's fee is 0.25%, right?", "0.19%"),
        ("VTWO launched in 2012, correct?", "September 20, 2010"),
        ("Credo is up 900% since the start of 2023, right?", "about 900%"),
    ],
)
def test_claim_is_answered_by_what_is_so(assistant: Assistant, claim: str, truth: str) -> None:
    assert truth in assistant.ask(claim).text


@pytest.mark.parametrize(
    "claim",
    [
        "IWM의 2024년 순자산이 700억 달러 맞아?",
        "VTWO's five-year return is 60%, right?",
        "IJR의 보수는 0.06% 맞죠?",
        "IWM과 IJR은 보수가 같은 거 맞지?",
    ],
)
def test_claim_on_what_the_sources_do_not_cover_is_not_answered_by_something_else(
    assistant: Assistant, claim: str
) -> None:
    assert assistant.ask(claim).abstained
