"""Receipts: what they hold, and what a replay finds changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.errors import AssistantError
from assistant.receipt import fingerprint, read_receipt, receipt_of, replay
from assistant.types import Answer, Language
from tests.web.fake_assistant import FEE, FEE_QUOTE, FIGURE_ANSWER, KOREAN

THEN, NOW = datetime(2026, 11, 1, 9, tzinfo=UTC), datetime(2026, 11, 22, 9, tzinfo=UTC)
GIVEN = replace(FIGURE_ANSWER, corpus="c0ffee", asked_as="IWM의 보수는?")


class Again:
    """Answers every question with one answer, and keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[tuple[str, Language | None]] = []

    def ask(self, question: str, *, language: Language | None = None) -> Answer:
        self.asked.append((question, language))
        return self.answer


def test_receipt_says_what_the_answer_was_made_of() -> None:
    receipt = receipt_of(GIVEN, THEN)
    assert json.loads(json.dumps(receipt)) == receipt
    assert (receipt["question"], receipt["asked_as"]) == ("IWM 보수는?", "IWM의 보수는?")
    assert (receipt["corpus"], receipt["writer"], receipt["created"]) == ("c0ffee", "fake", "2026-11-01T09:00:00+00:00")
    assert [span["quote"] for span in receipt["spans"]] == [FEE_QUOTE]
    assert KOREAN.text[receipt["spans"][0]["start"] : receipt["spans"][0]["end"]] == FEE_QUOTE
    assert [(figure["value"], figure["as_of"]) for figure in receipt["figures"]] == [(0.19, "2025-12-31")]
    assert [(cited["id"], len(cited["sha256"])) for cited in receipt["articles"]] == [("fund-note", 64)]
    assert receipt["version"]


def test_the_same_answer_is_the_same_whatever_else_is_in_the_corpus() -> None:
    again = Again(replace(GIVEN, corpus="beef"))
    changes = replay(receipt_of(GIVEN, THEN), again, NOW)
    assert again.asked == [("IWM의 보수는?", "ko")]
    assert changes["same"] and changes["corpus_changed"] and not changes["version_changed"]


def test_changed_article_is_named() -> None:
    edited = replace(KOREAN, text=KOREAN.text + "덧붙인 문장이에요.\n")
    answer = replace(GIVEN, citations=(replace(GIVEN.quotes[0], article=edited),))
    changes = replay(receipt_of(GIVEN, THEN), Again(answer), NOW)
    assert not changes["same"] and not changes["text"]
    assert [change["then"]["id"] for change in changes["articles"]] == ["fund-note"]
    assert changes["articles"][0]["then"]["sha256"] != changes["articles"][0]["now"]["sha256"]


def test_changed_figure_and_text_are_shown_beside_each_other() -> None:
    answer = replace(GIVEN, figures=(replace(FEE, value=0.18),), text=GIVEN.text.replace("0.19%", "0.18%"))
    changes = replay(receipt_of(GIVEN, THEN), Again(answer), NOW)
    (figure,) = changes["figures"]
    assert (figure["then"]["value"], figure["now"]["value"]) == (0.19, 0.18)
    assert "-IWM의 총보수는 연 0.19%예요 [1]. 3~5% 사이라는 **설명**도 있어요 [1][9]." in changes["text"]
    assert any(line.startswith("+") and "0.18%" in line for line in changes["text"])


def test_answer_that_is_gone_has_nothing_now() -> None:
    nothing = Answer("IWM 보수는?", "ko", True, "fake", "자료에서 찾지 못했어요.")
    changes = replay(receipt_of(GIVEN, THEN), Again(nothing), NOW)
    assert changes["articles"][0]["now"] is None and changes["figures"][0]["now"] is None and not changes["same"]


def test_fingerprint_knows_each_article_and_no_order() -> None:
    assert fingerprint(["one", "two"]) == fingerprint(["two", "one"]) != fingerprint(["one", "two!"])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "another"}', '{"format": "assistant-receipt-1"}'])
def test_file_that_holds_no_receipt_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "receipt.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AssistantError, match=r"receipt\.json cannot be read as a receipt") as raised:
        read_receipt(file)
    assert "영수증" in raised.value.message("ko")


@pytest.mark.parametrize(
    ("question", "history"),
    [
        ("VTWO의 헬스케어 비중은?", []),
        ("영어로 다시", [("VTWO의 헬스케어 비중은?", "18.8%")]),
        ("and VTWO?", [("What is IWM's expense ratio?", "0.19%")]),
    ],
)
def test_real_answer_replays_as_the_same(
    assistant: Assistant, question: str, history: list[Any], tmp_path: Path
) -> None:
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(assistant.receipt(assistant.ask(question, history))), encoding="utf-8")
    changes = replay(read_receipt(file), assistant, NOW)
    assert changes["same"] and not changes["corpus_changed"], changes
