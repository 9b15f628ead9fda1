"""The proof that an index is what the articles make: read back whole, and passages found by their own vectors.

Goes through one article after the other, so that it takes no more memory for many. Knows nothing of how it came about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np

from assistant.store.chroma import Chroma
from assistant.store.connection import Damaged
from assistant.store.database import Contents, Database
from assistant.store.derived import IndexedArticle, derive, text_name
from assistant.store.shared import Shared
from assistant.store.snapshot import EXACT, Snapshot, Vectors
from assistant.types import Article

_SAMPLE = 16  # passages that are embedded again
_LEAST = 0.99  # the cosine of two embeddings of one text: they differ a little with what else is in the batch


class Embedder(Protocol):
    @property
    def dimension(self) -> int: ...
    @property
    def fingerprint(self) -> str: ...
    def encode_passages(self, texts: Sequence[str]) -> Vectors: ...


def problems(
    articles: Iterable[Article],
    database: Database,
    snapshot: Snapshot,
    chroma: Chroma | Shared | None,
    embedder: Embedder,
) -> list[str]:
    """Return what differs, one line each; the vectors of a sample are compared with new ones of their texts.

    Each passage is looked for by its own vector, of more than EXACT an even sample of as many.
    """
    try:
        database.verify()
        return list(_differences(articles, database, snapshot, chroma, embedder))
    except Damaged as damage:
        return [f"the database is damaged: {damage}"]


def _differences(
    articles: Iterable[Article],
    database: Database,
    snapshot: Snapshot,
    chroma: Chroma | Shared | None,
    embedder: Embedder,
) -> Iterator[str]:
    hashes, seen = database.hashes(), set()
    sample = _Sample(embedder)
    for entry in map(derive, articles):
        id = entry.article.id
        seen.add(id)
        if id not in hashes:
            yield f"{id}: in the corpus, but not in the index"
            continue
        if hashes[id] != entry.hash:
            yield f"{id}: the index has another version"
        contents = database.contents_of(id, embedder.dimension)
        yield from _wrong_passages(entry, contents)
        yield from _wrong_vectors(entry, contents, database, embedder)
        sample.take(entry, contents)
    yield from (f"{id}: in the index, but not in the corpus" for id in sorted(hashes.keys() - seen))
    yield from sample.differences()
    yield from (f"{_name(key, database)}: not found" for key in _wrong_searches(database, snapshot, embedder.dimension))
    if chroma is not None and len(snapshot):
        yield from (f"{_name(key, database)}: not found by its own vector" for key in chroma.wrong(snapshot))
        yield from ["the search graph cannot be used"] * (chroma.state in ("failed", "away"))


def _wrong_passages(entry: IndexedArticle, contents: Contents) -> Iterator[str]:
    """Compare what an article is cut into, and the words of each piece, with what stands in the index."""
    expected = Counter((item.passage, item.terms) for item in entry.passages)
    present = Counter(zip(contents.passages, map(tuple, contents.terms), strict=True))
    yield from (f"{passage.id}: not in the index" for passage, _ in expected - present)
    yield from (f"{passage.id}: in the index, but of no article, or twice" for passage, _ in present - expected)


def _wrong_vectors(entry: IndexedArticle, contents: Contents, database: Database, embedder: Embedder) -> Iterator[str]:
    """Look for each vector under the name of its text."""
    rows = _rows(contents)
    stored = database.known_vectors([entry.article.id], [], embedder.dimension, embedder.fingerprint)
    for item in entry.passages:
        id, names = item.passage.id, [text_name(text) for text in item.texts]
        complete = all(name in stored for name in names)
        if id in rows and not (complete and np.array_equal(contents.vectors[rows[id]], stored[names[0]])):
            yield f"{id}: its vectors are not those of its texts"
    lengths = np.linalg.norm(contents.vectors, axis=1)
    wrong = np.flatnonzero(~(abs(lengths - 1) < 0.01))
    yield from (f"{contents.passages[row].id}: its vector is not of length 1" for row in wrong)


def _wrong_searches(database: Database, snapshot: Snapshot, dimension: int) -> Iterator[int]:
    """Compare what is searched with what is stored: the keys, the vectors, and whether a vector finds its passage."""
    keys, stored = snapshot.keys, []
    for contents in database.contents(0, dimension):
        stored.append(contents.keys)
        here = np.isin(contents.keys, keys)
        known = snapshot.vectors(snapshot.rows_of(contents.keys[here]))
        yield from contents.keys[here][(known != contents.vectors[here]).any(axis=1)]
    yield from np.setxor1d(keys, np.concatenate([np.empty(0, dtype=np.int64), *stored]))
    for key in keys[:: max(1, len(keys) // EXACT)]:
        own = snapshot.vectors(snapshot.rows_of([key]))[0]
        nearest = snapshot.vectors(snapshot.nearest(own, 1))[0]
        if nearest @ own < own @ own - 0.0001:
            yield key


class _Sample:
    """Every so many passages, to be embedded again; the more there are, the rarer."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._taken: list[tuple[str, str, Vectors]] = []
        self._every, self._met = 1, 0

    def take(self, entry: IndexedArticle, contents: Contents) -> None:
        rows = _rows(contents)
        for item in entry.passages:
            self._met += 1
            if item.passage.id in rows and self._met % self._every == 0:
                self._taken.append((item.passage.id, item.texts[0], contents.vectors[rows[item.passage.id]]))
            if len(self._taken) > 2 * _SAMPLE:
                self._taken, self._every = self._taken[1::2], 2 * self._every

    def differences(self) -> Iterator[str]:
        if not self._taken:
            return
        again = self._embedder.encode_passages([text for _, text, _ in self._taken])
        for (id, _, stored), vector in zip(self._taken, again, strict=True):
            if not stored @ vector > _LEAST:
                yield f"{id}: its vector is not what the model makes of its text"


def _name(key: int, database: Database) -> str:
    """Return the id of a passage, or what stands for it where there is none."""
    passage = database.passages([int(key)]).get(int(key))
    return passage.id if passage else f"passage {key}"


def _rows(contents: Contents) -> Mapping[str, int]:
    return {passage.id: row for row, passage in enumerate(contents.passages)}
