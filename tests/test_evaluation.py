"""Measuring retrieval on a small set of data whose scores can be worked out by hand."""

from __future__ import annotations

import json
from math import log2
from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.evaluation import BELEBELE, KORQUAD, measure, read_tasks, retrieval_scores
from tests.fakes import WordCounts

TEXTS = {"p1": "Oil oil oil.", "p2": "Health health.", "p3": "Debt and banks."}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    paragraphs = [{"context": text, "qas": [{"question": text.split()[0]}]} for text in TEXTS.values()]
    (tmp_path / KORQUAD).parent.mkdir()
    (tmp_path / KORQUAD).write_text(json.dumps({"data": [{"title": "A_page", "paragraphs": paragraphs}]}))
    belebele = tmp_path / BELEBELE
    belebele.mkdir()
    for language in ("ko", "en"):
        passages = [{"id": id, "text": text} for id, text in TEXTS.items()]
        (belebele / f"passages.{language}.jsonl").write_text("\n".join(map(json.dumps, passages)))
        questions = [{"id": "q1", "text": "oil"}, {"id": "q2", "text": "health"}]
        (belebele / f"questions.{language}.jsonl").write_text("\n".join(map(json.dumps, questions)))
    # The second question's answer is given as p1, which search puts behind p2.
    (belebele / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tp1\t1\nq2\tp1\t1\n")
    return tmp_path


def test_each_paragraph_is_an_article_under_its_page_title(folder: Path) -> None:
    korquad = next(read_tasks(folder))
    assert [article.text for article in korquad.articles] == list(TEXTS.values())
    assert {article.title for article in korquad.articles} == {"A page"}
    assert [question for question, _ in korquad.question_sets[0].questions] == ["Oil", "Health", "Debt"]


def test_scores_are_those_worked_out_by_hand(folder: Path) -> None:
    tasks = list(read_tasks(folder))
    embedder = WordCounts("oil health debt")
    rows = [row for task in tasks for row in measure(task, embedder)]
    assert [(row["task"], row["pair"]) for row in rows] == [
        ("korquad", "ko→ko"),
        ("belebele", "ko→ko"),
        ("belebele", "en→ko"),
        ("belebele", "en→en"),
        ("belebele", "ko→en"),
    ]
    assert rows[0] == {
        "task": "korquad", "pair": "ko→ko", "questions": 3, "articles": 3,
        "ndcg@10": 1.0, "recall@1": 1.0, "recall@5": 1.0, "recall@10": 1.0,
    }  # fmt: skip
    assert rows[3]["recall@1"] == 0.5 and rows[3]["recall@5"] == 1.0
    assert rows[3]["ndcg@10"] in {round((1 + 1 / log2(place + 1)) / 2, 4) for place in (2, 3)}


def test_progress_counts_characters_and_questions(folder: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    list(measure(next(read_tasks(folder)), WordCounts("oil"), lambda *step: seen.append(step)))
    length = sum(map(len, TEXTS.values()))
    assert seen == [("korquad ko", length, length), ("korquad ko→ko", 3, 3)]


def test_folder_without_data_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(AssistantError, match=str(tmp_path)):
        next(retrieval_scores(tmp_path))
