"""Measures the assistant: retrieval on public questions, through the same search that users call.

Knows nothing of how passages are found; it reads question sets, asks, and compares.
"""

from __future__ import annotations

import json
import logging
import math
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from assistant.embedder import BUNDLED, load_embedder
from assistant.errors import AssistantError
from assistant.index import Embedder, Index
from assistant.language import normalize
from assistant.retriever import QueryEncoder, Retriever
from assistant.types import Article, Hit, Language

KORQUAD = Path("korquad/KorQuAD_v1.0_dev.json")
BELEBELE = Path("belebele")
DEPTH = 10
CUTS = (1, 5, 10)
# An article may fill several places with its passages; so many hits nearly always hold ten articles.
_HITS = 50
_BATCH = 64
_LANGUAGES: tuple[Language, ...] = ("ko", "en")

Progress = Callable[[str, int, int], None]
_log = logging.getLogger(__name__)


class Model(Embedder, QueryEncoder, Protocol):
    """What measuring needs of an embedding model."""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions in one language, each with the id of the one article that answers it."""

    name: str
    language: Language
    questions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Task:
    """A corpus in one language and the question sets asked over it."""

    name: str
    language: Language
    articles: tuple[Article, ...]
    question_sets: tuple[QuestionSet, ...]


def retrieval_scores(folder: Path, model: str = BUNDLED, progress: Progress | None = None) -> Iterator[dict[str, Any]]:
    """Yield one row a question set of the folder, as soon as it is measured; raises AssistantError when there is none.

    `progress(what, done, total)` counts characters of texts, and questions.
    """
    tasks = list(read_tasks(folder))
    if not tasks:
        raise AssistantError(
            f"{folder} holds neither {KORQUAD} nor {BELEBELE}: give the folder of the evaluation data.",
            f"{folder}에 {KORQUAD}도 {BELEBELE}도 없어요. 평가 데이터 폴더를 알려 주세요.",
        )
    embedder = load_embedder(model)
    for task in tasks:
        yield from measure(task, embedder, progress)


def measure(task: Task, embedder: Model, progress: Progress | None = None) -> Iterator[dict[str, Any]]:
    """Index the task's articles in a temporary folder and yield one row a question set."""
    report = progress or (lambda what, done, total: None)
    with tempfile.TemporaryDirectory() as folder, Index.open(Path(folder), embedder, graph_after=0) as index:
        started = time.monotonic()
        index.sync(task.articles, partial(report, f"{task.name} {task.language}"))
        _log.info("%s: %d articles indexed in %.0f s", task.name, len(task.articles), time.monotonic() - started)
        retriever = Retriever(index, embedder)
        for question_set in task.question_sets:
            pair = f"{question_set.language}→{task.language}"
            places = list(_places(retriever, question_set, partial(report, f"{task.name} {pair}")))
            size = {"questions": len(places), "articles": len(task.articles)}
            yield {"task": task.name, "pair": pair, **size, **_scores(places)}


def _places(retriever: Retriever, asked: QuestionSet, report: Callable[[int, int], None]) -> Iterator[int | None]:
    """Yield for each question the place of its article among the articles found, from 1; None when it is not there."""
    for start in range(0, len(asked.questions), _BATCH):
        batch = asked.questions[start : start + _BATCH]
        found = retriever.search_many([question for question, _ in batch], k=_HITS)
        for hits, (_, wanted) in zip(found, batch, strict=True):
            yield _place(hits, wanted)
        report(start + len(batch), len(asked.questions))


def _place(hits: Sequence[Hit], wanted: str) -> int | None:
    articles = list(dict.fromkeys(hit.passage.article for hit in hits))
    return articles.index(wanted) + 1 if wanted in articles else None


def _scores(places: Sequence[int | None]) -> Mapping[str, float]:
    """Return nDCG at 10 and recall at 1, 5 and 10, where each question has one right article."""
    gains = [1 / math.log2(place + 1) for place in places if place is not None and place <= DEPTH]
    scores = {f"ndcg@{DEPTH}": sum(gains) / max(len(places), 1)}
    for cut in CUTS:
        found = sum(place is not None and place <= cut for place in places)
        scores[f"recall@{cut}"] = found / max(len(places), 1)
    return {name: round(score, 4) for name, score in scores.items()}


def read_tasks(folder: Path) -> Iterator[Task]:
    """Yield the tasks whose data the folder holds: KorQuAD 1.0, and Belebele in both languages."""
    if (folder / KORQUAD).exists():
        yield _korquad(folder / KORQUAD)
    if (folder / BELEBELE).exists():
        yield from (_belebele(folder / BELEBELE, language) for language in _LANGUAGES)


def _korquad(path: Path) -> Task:
    """Each paragraph is an article of its own, under the title of the page that it comes from."""
    articles, questions = [], []
    for number, page in enumerate(json.loads(path.read_text(encoding="utf-8"))["data"]):
        for place, paragraph in enumerate(page["paragraphs"]):
            id = f"{number}-{place}"
            articles.append(_article(id, page["title"].replace("_", " "), paragraph["context"], "ko"))
            questions += [(qa["question"], id) for qa in paragraph["qas"]]
    return Task("korquad", "ko", tuple(articles), (QuestionSet("korquad", "ko", tuple(questions)),))


def _belebele(folder: Path, language: Language) -> Task:
    lines = (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]
    answers = dict(line.split("\t")[:2] for line in lines)
    passages = _read_lines(folder / f"passages.{language}.jsonl")
    articles = tuple(_article(line["id"], "", line["text"], language) for line in passages)
    sets = []
    for asked_in in (language, *(other for other in _LANGUAGES if other != language)):
        questions = _read_lines(folder / f"questions.{asked_in}.jsonl")
        sets.append(QuestionSet("belebele", asked_in, tuple((line["text"], answers[line["id"]]) for line in questions)))
    return Task("belebele", language, articles, tuple(sets))


def _read_lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _article(id: str, title: str, text: str, language: Language) -> Article:
    paragraphs = (normalize(paragraph) for paragraph in text.split("\n"))
    body = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    return Article(id, title, language, "", date.min, body)
