"""What is found in a snapshot is there, is allowed, and is what looking at every vector finds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from assistant.store import snapshot as module
from assistant.store.segment import Segment
from assistant.store.snapshot import Rows, Snapshot
from tests.test_sieve import unit

SIZES = (1_500, 400, 60, 3)  # vectors of each segment
K = 10


@pytest.fixture
def sieved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at so few vectors exactly that the sieve decides."""
    monkeypatch.setattr(module, "EXACT", 100)
    monkeypatch.setattr(module, "WIDTH", 100)
    monkeypatch.setattr(module, "SIEVED", 200)


def snapshot_of(parts: Sequence[np.ndarray], removed: Sequence[int] = ()) -> Snapshot:
    """Return a snapshot whose row n has the key n + 1; every third passage is Korean."""
    segments, first = [], 1
    for vectors in parts:
        keys = np.arange(first, first + len(vectors))
        languages = ["ko" if key % 3 else "en" for key in keys]
        segments.append(Segment.of(keys, languages, vectors, [["word"]] * len(keys)))  # type: ignore[arg-type]
        first += len(vectors)
    return Snapshot(segments, np.array(removed, dtype=np.int64), parts[0].shape[1])


def exactly(snapshot: Snapshot, vector: np.ndarray, among: Rows) -> list[int]:
    """Return the K rows among these that looking at each finds."""
    cosines = snapshot.vectors(among) @ vector
    return sorted(among[np.argsort(-cosines)[:K]].tolist())


@pytest.mark.usefixtures("sieved")
@pytest.mark.parametrize("language", [None, "ko", "en"])
@pytest.mark.parametrize("left", [1_900, 700, 150, 40, 4])
def test_what_is_removed_or_not_allowed_is_never_found(language, left: int) -> None:
    """However few are left: fewer than the sieve would let through, and fewer than are looked at exactly."""
    chance = np.random.default_rng(left)
    removed = np.sort(chance.choice(np.arange(1, sum(SIZES) + 1), sum(SIZES) - left, replace=False))
    snapshot = snapshot_of([unit(seed, size) for seed, size in enumerate(SIZES)], removed.tolist())
    allowed = snapshot.mask(language, None, None)
    there = np.setdiff1d(np.arange(sum(SIZES)), removed - 1)
    among = there if allowed is None else there[allowed[there]]
    for query in unit(9, 20):
        found = snapshot.nearest(query, K, allowed)
        assert len(found) == min(K, len(among)) and np.isin(found, among).all()


@pytest.mark.usefixtures("sieved")
def test_newest_article_is_found_among_very_many_passages() -> None:
    """Its passages are alike, so that the signs around their own mean say nothing of what they are near to."""
    topic = unit(5, 1)[0]
    many = unit(6, 3_000) + 0.8 * unit(7, 30)[np.random.default_rng(8).integers(0, 30, 3_000)]
    newest = topic + 0.5 * unit(10, 12)
    parts = [part / np.linalg.norm(part, axis=1, keepdims=True) for part in (many, newest)]
    snapshot = snapshot_of([part.astype(np.float32) for part in parts])
    for query in topic + 0.7 * unit(11, 30):
        vector = (query / np.linalg.norm(query)).astype(np.float32)
        assert snapshot.nearest(vector, K).tolist() == exactly(snapshot, vector, np.arange(len(snapshot)))


def test_few_vectors_are_all_looked_at() -> None:
    snapshot = snapshot_of([unit(seed, size) for seed, size in enumerate(SIZES)], [1, 1_901])
    there = np.setdiff1d(np.arange(sum(SIZES)), [0, 1_900])
    for query in unit(9, 20):
        assert snapshot.nearest(query, K).tolist() == exactly(snapshot, query, there)
