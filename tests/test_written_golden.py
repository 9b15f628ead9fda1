"""Golden questions with a scripted good model, which quotes what it is given: no worse than without a model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.attribution import attribution
from assistant.golden import Golden, _is_exact, judged, read_golden
from tests.chat_server import ChatServer, Prompt, Reply

QUESTIONS = read_golden(Path(__file__).resolve().parents[1] / "tests/golden/questions.yaml")[::6]
MOST = 10  # rows that it writes from
OPENED = {"ko": "{} 자료에 따르면 ", "en": "According to the source of {}, "}
pytestmark = pytest.mark.slow


def _quoting(prompt: Prompt) -> Reply:
    return Reply("\n".join(f"{row.text} [{row.n}]" for row in prompt.rows[:MOST]))


def _telling(prompt: Prompt) -> Reply:
    """Each row in a sentence of its own, with its date, in words around the row's."""
    opened = OPENED["ko" if any("가" <= char <= "힣" for char in prompt.question) else "en"]
    return Reply("\n".join(f"{opened.format(row.dated)}{row.text} [{row.n}]" for row in prompt.rows[:MOST]))


@pytest.mark.parametrize("script", [_quoting, _telling])
@pytest.mark.parametrize("golden", QUESTIONS, ids=lambda golden: golden.id)
def test_answer_with_a_good_model_is_no_worse(
    assistant: Assistant,
    modelled: Assistant,
    chat_server: ChatServer,
    golden: Golden,
    script: Callable[[Prompt], Reply],
) -> None:
    chat_server.script = script
    answer, without = modelled.ask(golden.question), assistant.ask(golden.question)
    assert set(judged(golden, answer).faults) <= set(judged(golden, without).faults), answer.text
    assert answer.abstained == without.abstained
    assert answer.abstained or answer.writer == "openai:scripted"
    assert _is_exact(answer)
    if not answer.abstained:
        counts = attribution(answer)
        assert (counts.borne_out, counts.needed) == (counts.sentences, counts.citations)
    assert all(check.verdict != "unsupported" for sentence in answer.sentences for check in sentence.numbers)
