"""A small assistant over a folder of its own, with counted words for vectors, and articles made by chance."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

from assistant import Article, Assistant
from assistant.index import Index
from assistant.live import LiveFigures
from assistant.retriever import Retriever
from tests.fakes import WordCounts

WORDS = "energy health debt rates banks oil growth value profits losses funds fees"
QUERIES = ("oil and energy", "health", "debt of banks", "fees of funds", "growth or value")
PUBLISHED = date(2026, 5, 3)


def open_small(folder: Path, graph_after: float | None = None, *, fresh: bool = False) -> Assistant:
    """Open the assistant over `corpus` and `indexes` in this folder."""
    (folder / "corpus").mkdir(exist_ok=True)
    return open_over(folder / "corpus", folder / "indexes", graph_after, fresh=fresh)


def open_over(
    corpus: Path, indexes: Path, graph_after: float | None = None, *, server: str | None = None, fresh: bool = False
) -> Assistant:
    embedder = WordCounts(WORDS)
    index = Index.open(indexes, embedder, graph_after=graph_after, server=server, fresh=fresh)
    return Assistant(corpus, index, Retriever(index, embedder), LiveFigures(indexes, None))


def random_text(chance: random.Random, sections: int = 3) -> str:
    """Return a text of several passages that no other text equals."""
    words = WORDS.split()
    return "\n\n".join(
        f"## Part {part}\n\nNumber {chance.getrandbits(64)} is on {' '.join(chance.choices(words, k=6))}. "
        f"{' '.join(chance.choices(words, k=5)).capitalize()} followed."
        for part in range(sections)
    )


def add(assistant: Assistant, id: str, text: str) -> Article:
    """Add an article of a given id."""
    return assistant.add(text, title=id, published=PUBLISHED, language="en")


def texts(assistant: Assistant) -> dict[str, str]:
    return {article.id: article.text for article in assistant.articles()}


def found(assistant: Assistant) -> list[list[tuple[str, float]]]:
    """Return what each query finds: the passages with their scores."""
    return [[(hit.passage.id, round(hit.score, 5)) for hit in assistant.search(query, 50)] for query in QUERIES]
