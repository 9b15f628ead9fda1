"""The searchable contents of the index at one moment, in memory: passages, their vectors, their terms.

A snapshot never changes; a changed index makes a new one, so that searches of many threads need no lock. Knows nothing
of files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.store.postings import Postings
from assistant.types import Language, Passage

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage found by meaning or by words, with all its scores: of the whole, of its best sentence, of its words."""

    passage: Passage
    cosine: float
    sentence_cosine: float
    bm25: float


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that one of the legs found, ascending, with their scores in both."""

    rows: Rows
    cosines: Vectors
    bm25: Vectors


class Snapshot:
    """`keys` are the passages' lasting numbers, ascending; `vectors` one unit vector a row, in the same order."""

    def __init__(
        self, passages: Sequence[Passage], keys: Rows, vectors: Vectors, terms: Sequence[Sequence[str]]
    ) -> None:
        self.passages = tuple(passages)
        self.keys = keys
        self.vectors = vectors
        self._postings = Postings(terms)
        self._rows = _group([passage.article for passage in passages])
        self._languages = {passage.article: passage.language for passage in passages}
        self._row_of_id = {passage.id: row for row, passage in enumerate(passages)}

    def passage(self, id: str) -> Passage | None:
        row = self._row_of_id.get(id)
        return None if row is None else self.passages[row]

    def articles(self, language: Language | None = None) -> frozenset[str]:
        """Return the articles that have passages, those of one language or all."""
        return frozenset(id for id, its in self._languages.items() if language in {None, its})

    def frequency(self, term: str) -> int:
        """Return how many passages hold the term."""
        return self._postings.frequency(term)

    def rows_of(self, articles: Iterable[str]) -> Rows:
        """Return the rows of the articles' passages, ascending."""
        found = [self._rows[article] for article in articles if article in self._rows]
        return np.sort(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)

    def rows_of_keys(self, keys: Iterable[int]) -> Rows:
        """Return the rows with these keys; a key that is not here is left out."""
        wanted = np.fromiter(keys, dtype=np.int64)
        rows = np.searchsorted(self.keys, wanted)
        inside = rows < len(self.keys)
        rows, wanted = rows[inside], wanted[inside]
        return np.asarray(rows[self.keys[rows] == wanted])

    def nearest(self, vector: Vectors, k: int, within: Rows | None = None) -> Rows:
        """Return the k rows of the highest cosine, by looking at every one."""
        vectors = self.vectors if within is None else self.vectors[within]
        best = _top(vectors @ vector, k)
        return best if within is None else within[best]

    def find(
        self, vector: Vectors, terms: Iterable[str], k: int, within: Rows | None = None, nearest: Rows | None = None
    ) -> Found:
        """Return the k best rows of each leg; `nearest` gives those of the dense leg if already known."""
        bm25 = self._postings.scores(terms)
        if nearest is None:
            nearest = self.nearest(vector, k, within)
        rows = np.union1d(nearest, self._lexical(bm25, k, within))
        return Found(rows, self.vectors[rows] @ vector, bm25[rows])

    def _lexical(self, bm25: NDArray[np.float32], k: int, within: Rows | None) -> Rows:
        scores = bm25 if within is None else bm25[within]
        best = _top(scores, k)
        best = best[scores[best] > 0]
        return best if within is None else within[best]


def _top(scores: NDArray[np.float32], k: int) -> Rows:
    """Return the positions of the k highest scores, ascending by position."""
    if len(scores) <= k:
        return np.arange(len(scores))
    return np.sort(np.argpartition(-scores, k - 1)[:k])


def _group(articles: Sequence[str]) -> dict[str, Rows]:
    rows: dict[str, list[int]] = {}
    for row, article in enumerate(articles):
        rows.setdefault(article, []).append(row)
    return {article: np.array(found, dtype=np.int64) for article, found in rows.items()}
