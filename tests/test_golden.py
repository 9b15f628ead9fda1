"""The golden questions: each answer right, exactly cited, every number supported; and how answers are judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Assistant
from assistant.errors import AssistantError
from assistant.golden import Golden, answer_scores, judged, read_golden

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = read_golden(ROOT / "tests/golden/questions.yaml")


@pytest.mark.parametrize("golden", QUESTIONS, ids=lambda golden: golden.id)
def test_golden_question(assistant: Assistant, golden: Golden) -> None:
    answer = assistant.ask(golden.question)
    assert not judged(golden, answer).faults, answer.text
    assert all(cited.article.text[cited.start : cited.end] == cited.quote for cited in answer.quotes)
    assert all(check.verdict != "unsupported" for sentence in answer.sentences for check in sentence.numbers)


def test_there_are_as_many_questions_of_each_kind_as_promised() -> None:
    answerable = [golden.language for golden in QUESTIONS if golden.kind != "abstain"]
    assert answerable.count("ko") >= 90
    assert answerable.count("en") >= 50
    assert len(QUESTIONS) - len(answerable) >= 40
    assert sum("near_miss" in golden.tags for golden in QUESTIONS) >= 15


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        (Golden("1", "IWM 총보수?", "ko", "figure", contains=("0.19%", ["연", "년"])), None),
        (Golden("2", "IWM 총보수?", "ko", "figure", contains=("0.20%",)), "lacks 0.20%"),
        (Golden("3", "IWM 총보수?", "ko", "figure", excludes=("0.19%",)), "has 0.19%"),
        (Golden("4", "IWM 총보수?", "ko", "figure", order=("0.19%", "IWM의 총보수는")), "lacks IWM의 총보수는 after"),
        (Golden("5", "IWM 총보수?", "ko", "abstain"), "answered"),
        (Golden("6", "비트코인 가격은?", "ko", "figure"), "abstained"),
        (Golden("7", "IWM 총보수?", "en", "figure"), "language ko"),
    ],
    ids=lambda value: value.id if isinstance(value, Golden) else None,
)
def test_an_answer_is_judged_by_what_is_wanted_of_it(assistant: Assistant, wanted: Golden, fault: str | None) -> None:
    faults = judged(wanted, assistant.ask(wanted.question)).faults
    assert bool(faults) == bool(fault)
    assert all(fault and found.startswith(fault) for found in faults)


def test_scores_name_each_wrong_answer_and_count_by_language(assistant: Assistant, tmp_path: Path) -> None:
    file = tmp_path / "questions.yaml"
    file.write_text(
        "- {id: right, question: 'IWM 총보수?', language: ko, kind: figure, contains: ['0.19%']}\n"
        "- {id: wrong, question: 'What is the expense ratio of IWM?', language: en, kind: abstain}\n",
        encoding="utf-8",
    )
    wrong, english, korean = answer_scores(assistant, file)
    assert (wrong["wrong"], wrong["faults"]) == ("wrong", "answered")
    assert english["abstain"] == "0/1 (0.0%)"
    assert korean["figure"] == "1/1 (100.0%)"
    assert korean["false_abstain"] == "0/1 (0.0%)"


def test_a_file_that_holds_no_questions_is_named(tmp_path: Path) -> None:
    file = tmp_path / "questions.yaml"
    file.write_text("- just: words\n", encoding="utf-8")
    with pytest.raises(AssistantError, match=r"questions\.yaml cannot be read as golden questions"):
        read_golden(file)
