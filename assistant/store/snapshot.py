"""The searchable contents of the index at one moment: the segments and what has been removed from them since.

A snapshot never changes; a changed index makes a new one, so that searches of many threads need no lock. Passages go by
key, which is lasting, and by row, which is of one snapshot. Knows nothing of files or of SQLite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from assistant.store.postings import WordSearch, found_at
from assistant.store.segment import CODES, Segment
from assistant.store.sieve import Distances, Likeness, distances, least, likeness, sketches
from assistant.store.threads import beside, side_by_side
from assistant.types import Language, Passage

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
Keys = NDArray[np.int64]
Mask = NDArray[np.bool_]

EXACT = 8192  # vectors up to which each is looked at
WIDTH = 896  # numbers of such a vector: of shorter ones more are looked at, for their signs alone say little
# Rows that the sieve leaves to be looked at, and how many times as many sketches are looked at closely: of the ten
# nearest of a million, these hold 99 in 100 where each has hundreds of others close by.
SIEVED = 2500
SKETCHED = 20


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
    """The rows of all segments, one after the other; the keys of a segment lie above those of the one before."""

    def __init__(self, segments: Sequence[Segment], removed: Keys, dimension: int) -> None:
        self.segments = tuple(segments)
        self.removed = removed
        self.dimension = dimension
        self._starts = np.cumsum([0, *map(len, segments)])
        self._keys = np.concatenate([np.empty(0, dtype=np.int64), *(segment.keys for segment in segments)])
        rows, here = found_at(self._keys, removed)
        self._dead = np.unique(rows[here])
        self._words = WordSearch([segment.postings for segment in segments], self._split(self._dead))

    def __len__(self) -> int:
        return len(self._keys) - len(self._dead)

    @property
    def keys(self) -> Keys:
        """The keys of all passages, ascending."""
        return np.delete(self._keys, self._dead) if len(self._dead) else self._keys

    @property
    def kept(self) -> list[Mask]:
        """For each segment, which of its rows are still there."""
        masks = [np.ones(len(segment), dtype=bool) for segment in self.segments]
        for mask, dead in zip(masks, self._split(self._dead), strict=True):
            mask[dead] = False
        return masks

    def frequency(self, term: str) -> int:
        """Return how many passages hold the term."""
        return self._words.frequency(term)

    def keys_of(self, rows: Rows) -> Keys:
        return self._keys[rows]

    def rows_of(self, keys: Iterable[int]) -> Rows:
        """Return the rows with these keys, in their order; a key that is not here is left out."""
        rows, here = found_at(self._keys, np.fromiter(keys, dtype=np.int64))
        return rows[here & ~found_at(self._dead, rows)[1]]

    def vectors(self, rows: Rows) -> Vectors:
        """Return the vectors of these rows, one below the other."""
        found = np.empty((len(rows), self.dimension), dtype=np.float32)
        owners = np.searchsorted(self._starts, rows, side="right") - 1
        for owner in np.unique(owners):
            its = owners == owner
            found[its] = self.segments[owner].vectors[rows[its] - self._starts[owner]]
        return found

    def mask(self, language: Language | None, include: Rows | None, exclude: Rows | None) -> Mask | None:
        """Return which rows are of the language, among the included and not among the excluded; None for all."""
        if language is None and include is None and exclude is None:
            return None
        if include is None:
            allowed = np.ones(len(self._keys), dtype=bool)
            allowed[self._dead] = False
        else:
            allowed = np.zeros(len(self._keys), dtype=bool)
            allowed[include] = True
        if language is not None:
            allowed &= self._languages == CODES[language]
        if exclude is not None:
            allowed[exclude] = False
        return allowed

    def nearest(self, vector: Vectors, k: int, allowed: Mask | None = None) -> Rows:
        """Return the k rows of the highest cosine, ascending; of very many, those that the sieve leaves."""
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        if self._are_many(count):
            rows = self._sieved(vector, max(SIEVED, 5 * k), allowed)
        elif allowed is not None:
            rows = np.flatnonzero(allowed)
        else:
            return self._all_looked_at(vector, k)
        return rows[_top(np.vecdot(self.vectors(rows), vector), k)]

    def find(
        self, vector: Vectors, terms: Iterable[str], k: int, allowed: Mask | None = None, nearest: Rows | None = None
    ) -> Found:
        """Return the k best rows of each leg; `nearest` gives those of the dense leg if already known."""
        words: Callable[[], tuple[Rows, Vectors]] = partial(self._by_words, terms, k, allowed)
        if self._are_many(len(self)):
            words = beside(words)
        if nearest is None:
            nearest = self.nearest(vector, k, allowed)
        best, bm25 = words()
        rows = np.union1d(nearest, best)
        return Found(rows, np.vecdot(self.vectors(rows), vector), bm25[rows])

    def _are_many(self, rows: int) -> bool:
        return rows * self.dimension > EXACT * WIDTH

    def _by_words(self, terms: Iterable[str], k: int, allowed: Mask | None) -> tuple[Rows, Vectors]:
        """Return the k best rows by their words, ascending, and the score of each row."""
        bm25 = self._words.scores(terms)
        if allowed is not None:
            bm25[~allowed] = 0
        best = _top(bm25, k)
        return best[bm25[best] > 0], bm25

    def _all_looked_at(self, vector: Vectors, k: int) -> Rows:
        cosines = [np.vecdot(np.asarray(segment.vectors, dtype=np.float32), vector) for segment in self.segments]
        together = np.concatenate([np.empty(0, dtype=np.float32), *cosines])
        together[self._dead] = -np.inf
        return _top(together, min(k, len(self)))

    def _sieved(self, vector: Vectors, count: int, allowed: Mask | None) -> Rows:
        """Return the rows with the sketches most like the vector, of those that differ least from its own sketch.

        Those of the newest and other small segments are all among them.
        """
        far = np.concatenate(side_by_side(partial(_far, vector), self.segments))
        out = np.iinfo(far.dtype).max
        far[self._dead] = out
        if allowed is not None:
            far[~allowed] = out
        small = self._small[far[self._small] < out]
        far[small] = out
        rows = least(far, SKETCHED * count)
        rows = rows[far[rows] < out]
        like = side_by_side(partial(_like, vector), self.segments, self._split(rows))
        return np.union1d(rows[_top(np.concatenate(like), count)], small)

    @cached_property
    def _languages(self) -> NDArray[np.uint8]:
        return np.concatenate([np.empty(0, dtype=np.uint8), *(segment.languages for segment in self.segments)])

    @cached_property
    def _small(self) -> Rows:
        """The rows of the smallest segments, no more than would be looked at exactly if they were all.

        Their sketches, around a centre of few vectors or of one article's, tell little beside those of others.
        """
        parts = [np.arange(start, start + len(each)) for start, each in zip(self._starts, self.segments, strict=False)]
        smallest = sorted(parts, key=len)
        fitting = takewhile(lambda rows: not self._are_many(rows), np.cumsum([len(rows) for rows in smallest]))
        return np.sort(np.concatenate([np.empty(0, dtype=np.int64), *smallest[: len(list(fitting))]]))

    def _split(self, rows: Rows) -> list[Rows]:
        """Return for each segment which of the rows, ascending, are its own, counted from its first."""
        cuts = np.searchsorted(rows, self._starts)
        return [
            rows[first:last] - start for first, last, start in zip(cuts[:-1], cuts[1:], self._starts[:-1], strict=True)
        ]


def _far(vector: Vectors, segment: Segment) -> Distances:
    return distances(segment.sketches, sketches(vector[None], segment.centre)[:, 0])


def _like(vector: Vectors, segment: Segment, rows: Rows) -> Likeness:
    return likeness(segment.sketches.take(rows, axis=1), vector)


def _top(scores: Vectors | Likeness, k: int) -> Rows:
    """Return the positions of the k highest scores, ascending by position."""
    if len(scores) <= k:
        return np.arange(len(scores))
    return np.sort(np.argpartition(-scores, k - 1)[:k])
