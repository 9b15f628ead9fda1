"""Stand-ins that can be computed by hand."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from assistant.types import Article, Language


class WordCounts:
    """An embedder: dimension i counts the i-th word of its list, the last one is 1 so that no vector is empty."""

    def __init__(self, words: str, name: str = "word-counts", fingerprint: str = "1") -> None:
        self.words = words.split()
        self.name = name
        self.fingerprint = fingerprint
        self.dimension = len(self.words) + 1
        self.embedded: list[str] = []
        self.stop_after: int | None = None
        self._lock = threading.Lock()

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        with self._lock:
            if self.stop_after is not None and len(self.embedded) >= self.stop_after:
                raise KeyboardInterrupt
            self.embedded += texts
        return self.encode_queries(texts)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        counts = [[*(text.lower().count(word) for word in self.words), 1] for text in texts]
        vectors = np.array(counts, dtype=np.float32).reshape(len(texts), self.dimension)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def article(id: str, text: str, language: Language = "en", title: str = "") -> Article:
    return Article(id, title or id, language, "Publisher", date(2026, 5, 3), text)
