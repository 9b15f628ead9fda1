"""Measures an assistant at several sizes, each in processes of its own, and prints its figures against the others'.

    python -m tests.benchmarks.size                    1,000, 10,000 and 100,000 passages
    python -m tests.benchmarks.size 10000 1000000      those named; the last takes 15 GB of disk and an hour and a half

The passages are made, not real: each is of three sentences of the corpus (and of the public evaluation data, where it
is there) with a number of its own; its vectors are real vectors mixed and disturbed by chance, since a million texts
would take a day to embed. Each 25 are an article with a file of its own, whose figures are read. Questions, and the
articles that are added, are real and embedded for real. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import Assistant
from assistant.articles import read_corpus
from assistant.embedder import Embedder, load_embedder
from assistant.front_matter import to_markdown
from assistant.golden import read_golden
from assistant.index import Index
from assistant.language import detect_language
from assistant.ledger import parse_article
from assistant.live import LiveFigures
from assistant.retriever import Retriever
from assistant.store.database import Database
from assistant.store.derived import IndexedArticle, IndexedPassage, content_hash, derive, text_name, words
from assistant.types import Article, Passage, Sentence
from tests.benchmarks.__main__ import CORPUS, ROOT, Result, queries, resident, seconds

Vectors = NDArray[np.float32]

GOLDEN = ROOT / "tests" / "golden" / "questions.yaml"
SIZES = (1_000, 10_000, 100_000)
EVALUATION = ROOT.parent / "shared" / "eval"
EVALUATED = 300  # questions of each file that serve as sentences
PASSAGES = 25  # an article
SENTENCES = 3  # a passage
ARTICLES_AT_ONCE = 400
EACH = 10  # of so many golden questions one is answered, the first time to warm up
DAY = date(2026, 5, 3)
RECALLED = 50  # queries whose nearest ten are compared with exact search


@dataclass(frozen=True)
class Pool:
    """Sentences with their terms and vectors, from which passages are made."""

    texts: Sequence[str]
    terms: Sequence[tuple[str, ...]]
    vectors: Vectors

    @cached_property
    def noise(self) -> Vectors:
        chance = np.random.default_rng(5)
        return (chance.normal(size=(4096, self.vectors.shape[1])) * 0.5 / self.vectors.shape[1] ** 0.5).astype(
            np.float32
        )

    @classmethod
    def of(cls, embedder: Embedder) -> Pool:
        found = {text: words(text, detect_language(text)) for text in sentences()}
        return cls(list(found), list(found.values()), embedder.encode_passages(list(found)))

    def article(self, number: int) -> tuple[IndexedArticle, dict[str, Vectors]]:
        """Return an article as the index derives it, with the vectors of its texts."""
        chance, id = random.Random(number), f"made-{number}"
        passages, spans, text = [], [], ""
        rows: list[int] = []
        for place in range(PASSAGES):
            chosen = [chance.randrange(len(self.texts)) for _ in range(SENTENCES)]
            own = f"{number}-{place}"
            lines = [f"{self.texts[row]} {own}.{nth}" for nth, row in enumerate(chosen)]
            start, written = len(text), " ".join(lines)
            for line in lines:
                spans.append(Sentence(id, (), len(text), len(text) + len(line), line, None))
                text += f"{line} "
            language = detect_language(written)
            passage = Passage(f"{id}:{start}", id, (), start, start + len(written), written, language, "passage")
            terms = (*(term for row in chosen for term in self.terms[row]), own)
            passages.append(IndexedPassage(passage, terms, (f"{id}\n{written}", *lines)))
            rows += [chosen[0], *chosen]
        article = parse_article(to_markdown(Article(id, id, "ko", "made", DAY, text)), id)
        names = [text_name(text) for item in passages for text in item.texts]
        entry = IndexedArticle(article, content_hash(article), tuple(spans), tuple(passages))
        return entry, dict(zip(names, self._vectors(rows, number), strict=True))

    def _vectors(self, rows: Sequence[int], seed: int) -> Vectors:
        chance = np.random.default_rng(seed)
        share = chance.uniform(0.55, 0.95, (len(rows), 1)).astype(np.float32)
        other = self.vectors[chance.integers(0, len(self.vectors), len(rows))]
        mixed = share * self.vectors[list(rows)] + (1 - share) * other
        mixed += self.noise[chance.integers(0, len(self.noise), len(rows))]
        unit: Vectors = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
        return unit


def sentences() -> Iterator[str]:
    for article in read_corpus(CORPUS).articles:
        yield from (sentence.text for sentence in derive(article).sentences)
    for path in sorted((EVALUATION / "belebele").glob("questions.*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines()[:EVALUATED]:
            yield json.loads(line)["text"]


def build(folder: Path, sizes: Sequence[int]) -> None:
    """Fill an index of so many passages for each size, in a folder of that name."""
    embedder = load_embedder()
    pool = Pool.of(embedder)
    for size in sizes:
        fill(folder / str(size), size, pool, embedder)


def fill(folder: Path, size: int, pool: Pool, embedder: Embedder) -> None:
    """Fill the index and write the files, then read the figures of all articles."""
    files = folder / CORPUS.name
    files.mkdir(parents=True)
    with Index.open(folder, embedder, graph_after=None) as index:
        database = Database(folder / "index.sqlite3")
        built = {"model": embedder.name, "fingerprint": embedder.fingerprint}
        for first in range(0, size // PASSAGES, ARTICLES_AT_ONCE):
            numbers = range(first, min(first + ARTICLES_AT_ONCE, size // PASSAGES))
            made = [pool.article(number) for number in numbers]
            for entry, _ in made:
                (files / f"{entry.article.id}.md").write_text(to_markdown(entry.article), encoding="utf-8")
            database.apply([], made, built)
            index.article("")
            index.frequency("")
        while index._shelf._tidying is not None or index._shelf._untidy:
            index.frequency("")
            time.sleep(0.2)
        database.close()
    opened(folder, embedder).close()


def opened(folder: Path, embedder: Embedder) -> Assistant:
    """Open the assistant over a folder that was filled."""
    index = Index.open(folder, embedder, graph_after=None)
    return Assistant(folder / CORPUS.name, index, Retriever(index, embedder), LiveFigures(folder, None))


def measure(folder: Path) -> dict[str, Any]:
    """Return the figures of the assistant over this folder, in seconds and bytes; asks, adds and removes."""
    embedder = load_embedder()
    asked, questions = queries(), [golden.question for golden in read_golden(GOLDEN)[::EACH]]
    vectors = {query: vector for query in asked for vector in embedder.encode_queries([query])}
    known = replace(embedder, _encode=lambda texts, kind: np.stack([vectors[text] for text in texts]))
    before = resident()
    opening = seconds(lambda: opened(folder, embedder).close())
    with opened(folder, embedder) as assistant:
        index = assistant._index
        verification = index._verification  # it takes minutes in a large index, and half of a core
        verification.close()
        while verification._thread.is_alive():
            time.sleep(0.1)
        first = seconds(lambda: Retriever(index, known).search(asked[0]))
        retrievers = [Retriever(index, known) for _ in range(4)]
        times = [seconds(lambda: each.search(query)) for each in retrievers for query in asked]  # noqa: B023
        encoding = median(seconds(lambda: embedder.encode_queries([query])) for query in asked)  # noqa: B023
        recall = recalled(index, list(vectors.values())[:RECALLED])
        answering = [seconds(lambda: assistant.ask(question)) for _ in range(2) for question in questions]  # noqa: B023
        adding = [seconds(lambda: assistant.add(added(number), published=DAY)) for number in range(5)]  # noqa: B023
        memory = resident()
        passages = len(index._current())
        news = [head.id for head in assistant.heads() if head.publisher != "made"]
        removing = [seconds(lambda: assistant.remove(id)) for id in news]  # noqa: B023
    late = sorted(times[len(asked) :])
    return {
        "passages": passages,
        "open": opening,
        "first search": first,
        "p50": median(late),
        "p95": late[int(len(late) * 0.95)],
        "encoding": encoding,
        "an answer": median(answering[len(questions) :]),
        "adding": median(adding),
        "removing": median(removing),
        "memory": memory,
        "memory before": before,
        "disk": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        "recall": recall,
    }


def recalled(index: Index, asked: Sequence[Vectors]) -> float:
    """Return the share of the ten nearest by exact search that the index finds."""
    snapshot = index._current()
    scores = np.empty((len(asked), 0), dtype=np.float32)
    for segment in snapshot.segments:
        for start in range(0, len(segment), 16_384):
            block = np.asarray(segment.vectors[start : start + 16_384], dtype=np.float32)
            scores = np.concatenate([scores, np.stack(asked) @ block.T], axis=1)
    scores[:, ~np.concatenate(snapshot.kept)] = -1
    exact = np.argpartition(-scores, 10, axis=1)[:, :10]
    found = [snapshot.nearest(vector, 10) for vector in asked]
    return float(np.mean([len(np.intersect1d(*pair)) / 10 for pair in zip(exact, found, strict=True)]))


def added(number: int) -> str:
    """The text of a real article of usual length, each a little different."""
    return read_corpus(CORPUS).articles[0].text[:3000].replace("2026", f"2026 ({number})")


def goals(figures: Sequence[dict[str, Any]]) -> Iterator[Result]:
    least, middle, most = figures[0], figures[len(figures) // 2], figures[-1]
    name = f"{most['passages']:,} passages"
    yield Result(f"{name}: search p95 against {middle['passages']:,}", most["p95"] / middle["p95"], 3)
    yield Result(f"{name}: search p95 without encoding, of 150 ms", most["p95"] / 0.15, 1)
    yield Result(f"{name}: adding an article against {least['passages']:,}", most["adding"] / least["adding"], 1.5)
    yield Result(f"{name}: opening unchanged, of 5 s", most["open"] / 5, 1)
    yield Result(f"{name}: memory, of 6 GB", most["memory"] / 6e9, 1)
    yield Result(f"{name}: recall@10 against exact search", most["recall"], 0.99, most=False)


def main(arguments: Sequence[str]) -> int:
    if arguments[:1] == ["build"]:
        build(Path(arguments[1]), [int(size) for size in arguments[2:]])
        return 0
    if arguments[:1] == ["measure"]:
        sys.stdout.write(json.dumps(measure(Path(arguments[1]))))
        return 0
    figures, sizes = [], arguments or list(map(str, SIZES))
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.benchmarks.size"]
        subprocess.run([*command, "build", folder, *sizes], check=True, cwd=ROOT)
        for size in sizes:
            measured = [*command, "measure", f"{folder}/{size}"]
            done = subprocess.run(measured, check=True, cwd=ROOT, stdout=subprocess.PIPE)
            figures.append(json.loads(done.stdout))
            line = "  ".join(f"{name} {value:.6g}" for name, value in figures[-1].items())
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    results = list(goals(figures))
    sys.stdout.write("".join(f"{result}\n" for result in results))
    return 0 if all(result.reached for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
