"""Opinions on answers: whole lines from many threads, and the draft questions made of them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from assistant.errors import AssistantError
from assistant.feedback import FIELDS, append_opinion, draft_questions, read_opinions
from assistant.golden import read_golden
from tests.web.fake_assistant import ABSTAINED, FIGURE_ANSWER, LIST_ANSWER, TABLE_ANSWER

TIME = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "feedback.jsonl"


def test_line_holds_question_answer_verdict_time_and_receipt_and_nothing_else(file: Path) -> None:
    append_opinion(file, FIGURE_ANSWER, "up", TIME)
    (entry,) = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert entry.keys() == FIELDS == {"question", "answer", "verdict", "time", "receipt"}
    assert (entry["question"], entry["verdict"], entry["time"]) == ("IWM 보수는?", "up", "2026-11-22T09:00:00+00:00")
    assert entry["receipt"]["text"] == entry["answer"] == FIGURE_ANSWER.text


def test_only_the_owner_may_read_the_file(file: Path) -> None:
    append_opinion(file, FIGURE_ANSWER, "up", TIME)
    assert file.stat().st_mode & 0o777 == 0o600


def test_lines_of_many_threads_stay_whole(file: Path) -> None:
    answers = [replace(FIGURE_ANSWER, question=f"질문 {number}", text="가" * 5_000) for number in range(60)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda answer: append_opinion(file, answer, "down", TIME), answers))
    entries = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert {entry["question"] for entry in entries} == {answer.question for answer in answers}


def test_last_verdict_on_an_answer_counts_and_torn_lines_are_skipped(file: Path) -> None:
    append_opinion(file, FIGURE_ANSWER, "up", TIME)
    append_opinion(file, FIGURE_ANSWER, "down", TIME)
    with file.open("a", encoding="utf-8") as torn:
        torn.write('[1, 2]\n{"question": "x"}\n\n{"question": "IWM')
    assert [entry["verdict"] for entry in read_opinions(file)] == ["down"]


def test_draft_questions_are_golden_questions(file: Path) -> None:
    append_opinion(file, replace(FIGURE_ANSWER, asked_as="IWM의 보수는?"), "up", TIME)
    append_opinion(file, replace(LIST_ANSWER, text="\n1. 금리 [1]\n2. 거래량 [2]"), "down", TIME)
    append_opinion(file, TABLE_ANSWER, "up", TIME)
    append_opinion(file, ABSTAINED, "down", TIME)
    drafts = draft_questions(file)
    (file.parent / "drafts.yaml").write_text(drafts, encoding="utf-8")
    figure, listed, compared, abstained = read_golden(file.parent / "drafts.yaml")
    assert (figure.id, figure.question, figure.kind) == ("ko-feedback-001", "IWM의 보수는?", "figure")
    assert figure.tags == ("draft", "helpful") and "0.19%" in figure.contains
    assert (listed.kind, listed.contains, listed.tags) == ("list", (), ("draft", "unhelpful"))
    assert (compared.kind, compared.language, compared.contains) == ("compare", "en", ("0.19%", "0.07%"))
    assert (abstained.kind, abstained.question) == ("abstain", "비트코인")
    assert "# answered: 2. 거래량 [2]" in drafts


def test_text_of_an_answer_cannot_leave_its_comment(file: Path) -> None:
    append_opinion(
        file, replace(LIST_ANSWER, question="x: [", text="a\r- id: planted\u2028- id: planted"), "down", TIME
    )
    (draft,) = yaml.safe_load(draft_questions(file))
    assert draft["question"] == "x: ["


def test_empty_file_makes_no_questions(file: Path) -> None:
    file.touch()
    assert yaml.safe_load(draft_questions(file)) == []


def test_what_cannot_be_written_or_read_is_said_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(AssistantError, match="could not be written") as written:
        append_opinion(tmp_path, FIGURE_ANSWER, "up", TIME)
    assert "적지 못했어요" in written.value.message("ko")
    with pytest.raises(AssistantError, match="cannot be read as feedback"):
        read_opinions(tmp_path / "none.jsonl")
