"""Follow-ups: which question each is taken for, what it is answered, and that whole questions stay as they are."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.conversation import Turn, Whole, resolved
from assistant.errors import QuestionError
from assistant.golden import Golden, judged, read_golden
from assistant.language import detect_language
from assistant.vocabulary import load_vocabulary

GOLDEN = Path(__file__).resolve().parent / "golden"
PAIRS: list[dict[str, Any]] = yaml.safe_load((GOLDEN / "follow_ups.yaml").read_text(encoding="utf-8"))
QUESTIONS = [golden.question for golden in read_golden(GOLDEN / "questions.yaml")]
HOLDINGS = "\n".join(f"{place}. VTWO의 크레도(Credo Technology) 비중: 0.74% (2025-12-31) [1]" for place in range(1, 12))
FOLLOWING = [pytest.param(pair, id=pair["id"]) for pair in PAIRS if "asked_as" in pair]
ALONE = [pytest.param(pair, id=pair["id"]) for pair in PAIRS if "asked_as" not in pair]

turns = st.lists(st.tuples(st.sampled_from(QUESTIONS), st.just(HOLDINGS)), max_size=3)


def _whole(question: str, *history: Turn) -> Whole:
    return resolved(question, history, load_vocabulary())


@pytest.mark.parametrize("pair", FOLLOWING)
def test_follow_up_is_answered_as_the_question_that_it_stands_for(assistant: Assistant, pair: dict[str, Any]) -> None:
    history: list[Turn] = []
    for question in pair["before"]:
        history.append((question, assistant.ask(question, history).text))
    answer = assistant.ask(pair["question"], history)
    wanted = {key: tuple(value) if isinstance(value, list) else value for key, value in pair.items()}
    del wanted["before"]
    assert (answer.question, answer.asked_as) == (pair["question"], wanted.pop("asked_as"))
    assert not judged(Golden(**wanted), answer).faults, answer.text
    assert all(cited.article.text[cited.start : cited.end] == cited.quote for cited in answer.quotes)
    assert all(check.verdict != "unsupported" for sentence in answer.sentences for check in sentence.numbers)
    assert _whole(pair["asked_as"], *history).text == pair["asked_as"]


@pytest.mark.parametrize("pair", ALONE)
def test_whole_question_stays_as_it_is(pair: dict[str, Any]) -> None:
    history = [(question, HOLDINGS) for question in pair["before"]]
    assert _whole(pair["question"], *history).text == pair["question"]


@given(st.sampled_from(QUESTIONS), turns)
def test_golden_question_means_the_same_after_any_history(question: str, history: list[Turn]) -> None:
    assert _whole(question, *history) == Whole(question, detect_language(question))


def test_there_are_as_many_follow_ups_as_promised() -> None:
    follow_ups = [pair["id"][:2] for pair in PAIRS if "asked_as" in pair]
    assert follow_ups.count("ko") >= 35 and follow_ups.count("en") >= 30 and len(follow_ups) >= 70
    assert len(PAIRS) - len(follow_ups) >= 20


@pytest.mark.parametrize(
    "follow_up", ["그럼 VTWO는?", "and VTWO?", "왜?", "why?", "두 번째는?", "영어로 다시", "출처는?"]
)
def test_without_a_history_nothing_follows(follow_up: str) -> None:
    assert _whole(follow_up).text == follow_up


def test_turns_may_be_given_as_typed_or_whole() -> None:
    typed = [("IWM 총보수는?", ""), ("그럼 VTWO는?", "")]
    whole = [("IWM 총보수는?", ""), ("VTWO 총보수는?", "")]
    assert _whole("왜?", *typed) == _whole("왜?", *whole) == Whole("VTWO 총보수는? 왜 그런가요?", "ko")


def test_asking_why_twice_asks_once() -> None:
    assert _whole("why?", ("What is VTWO's return?", ""), ("why?", "")).text == "What is VTWO's return? Why is that?"


def test_place_beyond_the_list_is_nobody() -> None:
    assert _whole("열두 번째는?", ("VTWO 상위 종목은?", HOLDINGS)).text == "열두 번째는?"


def test_sources_are_asked_for_again_and_not_the_answer_alone() -> None:
    assert _whole("출처는?", ("IWM 총보수는?", "")) == Whole("IWM 총보수는?", "ko", sources=True)


@pytest.mark.parametrize(
    ("before", "follow_up", "whole"),
    [
        ("IWM은 언제 상장했어?", "VTWO는?", "VTWO는 언제 상장했어?"),
        ("VTWO가 뭐야?", "그럼 IWM은?", "IWM이 뭐야?"),
        ("IWM과 VTWO의 차이는?", "둘 다 같은 지수를 따라?", "IWM과 VTWO 같은 지수를 따라?"),
        ("Compare the P/E of the Russell 2000", "and VTWO?", "Compare the P/E of VTWO"),
        ("What is VTWO's ten-year return?", "and the S&P 500?", "What is the S&P 500's ten-year return?"),
    ],
)
def test_particles_and_articles_fit_the_new_name(before: str, follow_up: str, whole: str) -> None:
    assert _whole(follow_up, (before, "")).text == whole


@pytest.mark.parametrize(("before", "language"), [("IWM 총보수는?", "ko"), ("What is IWM's fee?", "en")])
def test_name_alone_keeps_the_language_of_the_conversation(before: str, language: str) -> None:
    assert _whole("VTWO?", (before, "")).language == language


@pytest.mark.parametrize(
    "unit", ["해 ", "에는", "the ", "and ", "it ", "more ", "출처 ", "다시 ", "VTWO와 ", "IWM의", "in "]
)
@pytest.mark.parametrize("start", ["", "영어로 ", "what about "])
def test_no_text_takes_long(unit: str, start: str) -> None:
    started = perf_counter()
    for end in ("", "x", "?"):
        _whole((start + unit * 60)[:119] + end, ("IWM 총보수는?", HOLDINGS))
    assert perf_counter() - started < 5


def test_empty_follow_up_is_refused() -> None:
    with pytest.raises(QuestionError):
        _whole(" ", ("IWM 총보수는?", ""))


def test_sources_of_the_answer_before_are_named(assistant: Assistant) -> None:
    answer = assistant.ask("출처는?", [("VTWO의 헬스케어 비중은?", "18.8%")])
    assert "이 답의 출처: VTWO: 2026년 초" in answer.notices[0] and "2026-02-13" in answer.notices[0]


def test_what_one_language_cannot_answer_is_not_answered_in_the_other(assistant: Assistant) -> None:
    assert assistant.ask("What revenue did Credo report last quarter?", language="ko").abstained
