"""From a query to hits: search by meaning and by words, their scores added with weights by language.

Knows nothing of how questions are understood, of prompts or of answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np

from assistant.errors import QuestionError
from assistant.index import Index
from assistant.language import clean_question, detect_language, normalize
from assistant.store.snapshot import Candidate, Vectors
from assistant.types import Hit, Language

MAX_HITS = 200
CANDIDATES = 200  # of each leg; taking all passages instead changes nothing that can be measured
BEST_SENTENCE = 0.5  # what the best sentence of a passage is worth beside the whole of it
# The share of the words, by the language of query and passage. Across languages words agree only in names and numbers.
WORDS: dict[Language, float] = {"ko": 0.4, "en": 0.3}
WORDS_ACROSS_LANGUAGES = 0.05


class QueryEncoder(Protocol):
    def encode_queries(self, texts: Sequence[str]) -> Vectors: ...


class Cards(Protocol):
    """Figure cards, which are searched beside the index."""

    def candidates(
        self,
        query: str,
        vector: Vectors,
        language: Language | None,
        include: Iterable[str] | None,
        exclude: Iterable[str],
    ) -> list[Candidate]: ...


class Retriever:
    """Searches one index, and figure cards beside it where there are any; safe for any number of threads."""

    def __init__(self, index: Index, encoder: QueryEncoder, cards: Cards | None = None) -> None:
        self._index = index
        self._encoder = encoder
        self._cards = cards
        self._vector = lru_cache(maxsize=64)(self._encode)

    def search(
        self,
        query: str,
        k: int = 8,
        language: Language | None = None,
        include: Iterable[str] | None = None,
        exclude: Iterable[str] | None = None,
        *,
        cards: bool = False,
    ) -> list[Hit]:
        """Return the k best passages, best first: in `language`, of the included and not of the excluded articles.

        With `cards`, figure cards are among them. Raises QuestionError when the query is empty or too long, or k is not
        from 1 to MAX_HITS.
        """
        asked = _checked(query, k)
        vector = self._vector(asked)
        among = None if include is None else frozenset(include)
        without = None if exclude is None else frozenset(exclude)
        found = self._index.candidates(asked, vector, CANDIDATES, language, among, without)
        if cards and self._cards is not None:
            found += self._cards.candidates(asked, vector, language, among, without or ())
        return _hits(asked, found, k)

    def search_many(self, queries: Sequence[str], k: int = 8) -> list[list[Hit]]:
        """Return what `search` returns for each query, encoding them together."""
        asked = [_checked(query, k) for query in queries]
        vectors = self._encoder.encode_queries(asked)
        return [
            _hits(query, self._index.candidates(query, vector, CANDIDATES), k)
            for query, vector in zip(asked, vectors, strict=True)
        ]

    def similarities(self, text: str, article: str) -> list[float]:
        """Return the cosine of the text with each sentence of the article, in the order of `Index.sentences`."""
        vectors = self._index.sentence_vectors(article)
        return [float(cosine) for cosine in vectors @ self._vector(normalize(text))]

    def _encode(self, text: str) -> Vectors:
        vector: Vectors = self._encoder.encode_queries([text])[0]
        return vector


def _hits(query: str, candidates: Sequence[Candidate], k: int) -> list[Hit]:
    scored = zip(_fused(candidates, detect_language(query)), candidates, strict=True)
    ranked = sorted(scored, key=lambda pair: (-pair[0], pair[1].passage.article, pair[1].passage.start))
    return [Hit(found.passage, score, rank) for rank, (score, found) in enumerate(ranked[:k], start=1)]


def _fused(candidates: Sequence[Candidate], language: Language) -> list[float]:
    """Return a score from 0 to 1 a candidate: meaning and words, each stretched over the candidates, then added."""
    meaning = _stretched([(1 - BEST_SENTENCE) * c.cosine + BEST_SENTENCE * c.sentence_cosine for c in candidates])
    words = _stretched([c.bm25 for c in candidates])
    same = np.array([c.passage.language == language for c in candidates], dtype=bool)
    share = np.where(same, WORDS[language], WORDS_ACROSS_LANGUAGES)
    return [float(score) for score in (1 - share) * meaning + share * words]


def _stretched(scores: Sequence[float]) -> Vectors:
    values = np.array(scores, dtype=np.float32)
    if not len(values) or np.ptp(values) == 0:
        return np.zeros(len(values), dtype=np.float32)
    return np.asarray((values - values.min()) / np.ptp(values), dtype=np.float32)


def _checked(query: str, k: int) -> str:
    asked = clean_question(query)
    if not 1 <= k <= MAX_HITS:
        raise QuestionError(
            f"k is {k}: from 1 to {MAX_HITS} passages can be asked for.",
            f"k가 {k}이에요. 1에서 {MAX_HITS}까지 요청할 수 있어요.",
        )
    return asked
