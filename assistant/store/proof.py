"""The proof that an index is what the articles make: read back whole, and each passage found by its own vector.

Knows nothing of how it came about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np

from assistant.store.chroma import Chroma
from assistant.store.connection import Damaged
from assistant.store.database import Contents, Database
from assistant.store.derived import IndexedArticle, derive, text_name
from assistant.store.snapshot import Snapshot, Vectors
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
    articles: Sequence[Article], database: Database, snapshot: Snapshot, chroma: Chroma | None, embedder: Embedder
) -> list[str]:
    """Return what differs, one line each; the vectors of a sample are compared with new ones of their texts."""
    try:
        database.verify()
        contents = database.contents(embedder.dimension)
    except Damaged as damage:
        return [f"the database is damaged: {damage}"]
    wanted = [derive(article) for article in articles]
    found = [*_out_of_step(wanted, database.hashes()), *_wrong_passages(wanted, contents)]
    found += [*_wrong_vectors(wanted, contents, database, embedder), *_wrong_sample(wanted, contents, embedder)]
    if chroma is not None and len(snapshot.keys):
        found += [f"{snapshot.passages[row].id}: not found by its own vector" for row in chroma.wrong(snapshot)]
        found += ["the search graph cannot be used"] * (chroma.state == "failed")
    return found


def _out_of_step(wanted: Sequence[IndexedArticle], hashes: Mapping[str, str]) -> Iterator[str]:
    expected = {entry.article.id: entry.hash for entry in wanted}
    for id in sorted(hashes.keys() | expected.keys()):
        if id not in expected:
            yield f"{id}: in the index, but not in the corpus"
        elif id not in hashes:
            yield f"{id}: in the corpus, but not in the index"
        elif hashes[id] != expected[id]:
            yield f"{id}: the index has another version"


def _wrong_passages(wanted: Sequence[IndexedArticle], contents: Contents) -> Iterator[str]:
    """Compare what an article is cut into, and the words of each piece, with what stands in the index."""
    expected = Counter((item.passage, item.terms) for entry in wanted for item in entry.passages)
    present = Counter(zip(contents.passages, map(tuple, contents.terms), strict=True))
    yield from (f"{passage.id}: not in the index" for passage, _ in expected - present)
    yield from (f"{passage.id}: in the index, but of no article, or twice" for passage, _ in present - expected)


def _wrong_vectors(
    wanted: Sequence[IndexedArticle], contents: Contents, database: Database, embedder: Embedder
) -> Iterator[str]:
    """Look for each vector under the name of its text; a unit vector is nearest to itself where all are looked at."""
    rows = _rows(contents)
    for entry in wanted:
        stored = database.known_vectors([entry.article.id], embedder.dimension, embedder.fingerprint)
        for item in entry.passages:
            id, names = item.passage.id, [text_name(text) for text in item.texts]
            complete = all(name in stored for name in names)
            if id in rows and not (complete and np.array_equal(contents.vectors[rows[id]], stored[names[0]])):
                yield f"{id}: its vectors are not those of its texts"
    lengths = np.linalg.norm(contents.vectors, axis=1)
    wrong = np.flatnonzero(~(abs(lengths - 1) < 0.01))
    yield from (f"{contents.passages[row].id}: its vector is not of length 1" for row in wrong)


def _wrong_sample(wanted: Sequence[IndexedArticle], contents: Contents, embedder: Embedder) -> Iterator[str]:
    """Embed some texts again, evenly spread."""
    rows = _rows(contents)
    items = [item for entry in wanted for item in entry.passages if item.passage.id in rows]
    sample = items[:: max(1, len(items) // _SAMPLE)]
    if sample:
        again = embedder.encode_passages([item.texts[0] for item in sample])
        for item, vector in zip(sample, again, strict=True):
            if not contents.vectors[rows[item.passage.id]] @ vector > _LEAST:
                yield f"{item.passage.id}: its vector is not what the model makes of its text"


def _rows(contents: Contents) -> dict[str, int]:
    return {passage.id: row for row, passage in enumerate(contents.passages)}
