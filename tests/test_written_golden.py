"""Golden questions with a scripted good model, which quotes what it is given: no worse than without a model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Answer, Assistant
from assistant.golden import Golden, _is_exact, _is_supported, judged, read_golden
from assistant.types import Citation
from tests.chat_server import ChatServer, Prompt, Reply

QUESTIONS = read_golden(Path(__file__).resolve().parents[1] / "tests/golden/questions.yaml")[::6]
MOST = 10  # rows that it writes from
OPENED = {"ko": "자료에 따르면 ", "en": "According to the sources, "}
pytestmark = pytest.mark.slow


def _quoting(prompt: Prompt) -> Reply:
    return Reply("\n".join(f"{row.text} [{row.n}]" for row in prompt.rows[:MOST]))


def _telling(prompt: Prompt) -> Reply:
    """Each row in a sentence of its own, in words around the row's."""
    opened = OPENED["ko" if any("가" <= char <= "힣" for char in prompt.question) else "en"]
    return Reply("\n".join(f"{opened}{row.text} [{row.n}]" for row in prompt.rows[:MOST]))


def _supported(answer: Answer) -> list[bool]:
    """Whether each sentence cites the row that it was made from: known, because the model is ours."""
    by_number = {citation.number: citation for citation in answer.citations}
    shares = []
    for sentence in answer.sentences:
        cited = [by_number[number] for number in sentence.citations]
        quoted = any(isinstance(each, Citation) and each.quote in sentence.text for each in cited)
        shares.append(quoted or _is_supported(answer, sentence))
    return shares


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
    assert answer.abstained or all(_supported(answer))
    assert all(check.verdict != "unsupported" for sentence in answer.sentences for check in sentence.numbers)
