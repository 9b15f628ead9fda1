"""What the page shows after a question, step by step, without a browser."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest
from fastapi import HTTPException

from assistant.types import Language
from assistant.web.answers import OpenAnswers
from assistant.web.conversation import TURNS_KEPT, Conversation, Turn, answer_steps
from assistant.web.page import Assistant
from assistant.web.render import render_question
from assistant.web.texts import TEXTS
from tests.web.fake_assistant import ABSTAINED, FIGURE_ANSWER, LIST_ANSWER, FakeAssistant

SHELF = OpenAnswers()


def _ready(assistant: FakeAssistant) -> Future[Assistant]:
    future: Future[Assistant] = Future()
    future.set_result(assistant)
    return future


def _steps(
    question: str,
    conversation: Conversation | None = None,
    language: Language = "ko",
    fake: FakeAssistant | None = None,
) -> Any:
    async def collect() -> list[Any]:
        steps = answer_steps(question, conversation or Conversation(), language, _ready(fake or FakeAssistant()), SHELF)
        return [step async for step in steps]

    return asyncio.run(collect())


def test_progress_comes_first_then_the_answer_grows_and_the_panel_comes_with_it() -> None:
    steps = _steps("IWM 보수는?")
    assert TEXTS["ko"].searching in steps[0][0][-1]["content"]
    lengths = [len(messages[-1]["content"]) for messages, _ in steps[1:]]
    assert lengths == sorted(lengths) and len(lengths) > 2
    assert all("<mark>" in panel for _, panel in steps[1:])
    assert all(type(messages) is list and type(panel) is str for messages, panel in steps)  # gr.skip() would leak


def test_what_has_passed_is_shown_before_the_answer_is_whole_and_never_twice() -> None:
    steps = [messages[-1]["content"] for messages, _ in _steps("IWM 보수는? piecemeal")]
    assert "0.19%" in steps[1] and "설명" not in steps[1]
    assert steps[1:-1] == sorted(set(steps[1:-1]), key=len)
    assert "growing" not in steps[-1] and "0.12%p" in steps[-1]


def test_the_last_step_has_question_answer_and_follow_ups() -> None:
    conversation = Conversation()
    messages, _ = _steps("IWM 보수는?", conversation)[-1]
    assert [message["role"] for message in messages] == ["user", "assistant"]
    assert messages[-1]["options"] == [{"value": "위험요인은 뭐예요?"}]
    assert conversation.turns == [Turn(1, "IWM 보수는?", FIGURE_ANSWER)]


def test_earlier_turns_are_the_history_and_stay_in_view() -> None:
    fake = FakeAssistant()
    conversation = Conversation([Turn(1, "IWM 보수는?", FIGURE_ANSWER), Turn(2, "fail", message="없어요")])
    messages, panel = _steps("위험요인은?", conversation, fake=fake)[-1]
    assert fake.asked == [("위험요인은?", [("IWM 보수는?", FIGURE_ANSWER.text)])]
    assert len(messages) == 6 and [turn.number for turn in conversation.turns] == [1, 2, 3]
    assert 'data-card="1-1"' in panel and 'data-card="3-2"' in panel


def test_old_turns_leave_with_their_cards_and_numbers_never_repeat() -> None:
    conversation = Conversation([Turn(number, "위험요인", LIST_ANSWER) for number in range(5, 5 + TURNS_KEPT)])
    _, panel = _steps("비트코인은?", conversation)[-1]
    assert len(conversation.turns) == TURNS_KEPT
    assert conversation.turns[-1] == Turn(5 + TURNS_KEPT, "비트코인은?", ABSTAINED)
    assert 'data-turn="5"' not in panel and 'data-turn="6"' in panel


def test_questions_at_once_are_answered_one_after_the_other() -> None:
    conversation = Conversation()

    async def ask(question: str) -> None:
        async for _ in answer_steps(question, conversation, "ko", _ready(FakeAssistant()), SHELF):
            pass

    async def ask_all() -> None:
        await asyncio.gather(ask("IWM 보수는?"), ask("위험요인은?"), ask("비트코인은?"))

    asyncio.run(ask_all())
    assert [turn.question for turn in conversation.turns] == ["IWM 보수는?", "위험요인은?", "비트코인은?"]


@pytest.mark.parametrize("model", [None, "openai:scripted"])
def test_an_answer_may_be_stopped_while_a_language_model_writes_it(model: str | None) -> None:
    conversation, fake = Conversation(), FakeAssistant()
    fake.model = model

    async def ask() -> list[bool]:
        steps = answer_steps("IWM 보수는?", conversation, "ko", _ready(fake), SHELF)
        return [conversation.may_stop async for _ in steps]

    *writing, whole = asyncio.run(ask())
    assert set(writing) == {model is not None} and not whole
    conversation.wait_no_longer()  # too late, and no harm


@pytest.mark.parametrize(("language", "words"), [("ko", "그런 질문은 없어요."), ("en", "No such question.")])
def test_a_refusal_is_shown_in_the_language_of_the_page(language: Language, words: str) -> None:
    messages, _ = _steps("fail", language=language)[-1]
    assert words in messages[-1]["content"]


def test_a_failure_is_logged_and_said_in_plain_words(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        messages, _ = _steps("crash")[-1]
    assert TEXTS["ko"].failed in messages[-1]["content"] and "ZeroDivisionError" not in messages[-1]["content"]
    assert "ZeroDivisionError" in caplog.text


def test_the_first_question_waits_for_the_assistant_and_says_so() -> None:
    async def ask_early() -> tuple[str, str]:
        opening: Future[Assistant] = Future()
        steps = answer_steps("IWM 보수는?", Conversation(), "ko", opening, SHELF)
        first, _ = await anext(steps)
        asyncio.get_running_loop().call_later(0.05, opening.set_result, FakeAssistant())
        later = [messages async for messages, _ in steps]
        return first[-1]["content"], later[-1][-1]["content"]

    waiting, answered = asyncio.run(ask_early())
    assert TEXTS["ko"].opening in waiting
    assert "0.19%" in answered


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_a_follow_up_was_taken_for_stands_under_the_question(language: Language) -> None:
    fake = FakeAssistant()
    messages, _ = _steps("그럼 IWM 보수는?", language=language, fake=fake)[-1]
    assert "asked-as" not in messages[0]["content"]
    understood = replace(FIGURE_ANSWER, asked_as="IWM의 <b>보수</b>는?")
    asked = render_question("그럼 IWM은?", understood, language)
    assert '<span class="whole">IWM의 &#60;b&#62;보수&#60;/b&#62;는?</span>' in asked.replace("&lt;", "&#60;")
    assert TEXTS[language].asked_as.rstrip(":") in asked and TEXTS[language].edit in asked


@pytest.mark.parametrize(("language", "words"), [("ko", "영어로 답해요"), ("en", "answered in English")])
def test_the_language_of_an_answer_is_said_where_it_is_not_the_questions(language: Language, words: str) -> None:
    understood = replace(FIGURE_ANSWER, asked_as="IWM의 보수는?")
    assert words not in render_question("그럼 IWM은?", understood, language)
    assert words in render_question("영어로 다시", replace(understood, language="en"), language)


def test_an_answer_can_be_fetched_for_as_long_as_its_turn_is_there() -> None:
    conversation = Conversation()
    messages, _ = _steps("IWM 보수는?", conversation)[-1]
    token = conversation.turns[0].kept.token  # type: ignore[union-attr]
    assert f"/answers/{token}.md" in messages[-1]["content"] and SHELF.find(token).answer == FIGURE_ANSWER
    conversation.turns.clear()
    with pytest.raises(HTTPException, match="404"):
        SHELF.find(token)
