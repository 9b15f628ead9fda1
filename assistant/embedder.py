"""Texts -> unit vectors: the bundled pair of small encoders, or any sentence-transformers model.

torch is imported when the first text is encoded, sentence-transformers only for a model that needs it. Knows nothing of
passages, indexes or scores: a text's vector depends on that text alone, and the cosine of a query's and a passage's
vector says how well they fit.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from assistant.encoders import E5Encoder, UseEncoder, encode_texts
from assistant.errors import ModelError
from assistant.types import Language
from assistant.weights import (
    E5_DIMENSION,
    E5_SHA256,
    USE_DIMENSION,
    USE_VOCABULARY_SHA256,
    USE_WEIGHTS_SHA256,
    Array,
    read_e5,
    read_use,
    require_carriers,
)

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Kind = Literal["passage", "query"]

BUNDLED = "bundled"
HUB_MODEL = "intfloat/multilingual-e5-small"
CENTRES = Path(__file__).with_name("centres.npz")
# Added to e5's cosine: the best trade between both directions across languages; the same language hardly minds.
USE_WEIGHT = 0.6
RECIPE = 1

_HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")
_LATIN = re.compile(r"[A-Za-z]")
# A Hangul syllable says about as much as two to three Latin letters; tickers and names stay Latin in Korean sentences.
_LATIN_PER_HANGUL = 3

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Embedder:
    """A model, for use from any thread; two embedders with one `fingerprint` give the same vectors."""

    name: str
    fingerprint: str
    dimension: int
    _encode: Callable[[Sequence[str], Kind], Array] = field(repr=False, compare=False)

    def encode_passages(self, texts: Sequence[str]) -> Array:
        """Texts to be found, or single sentences of them, as (n, dimension) float32 unit vectors."""
        return self._checked(texts, "passage")

    def encode_queries(self, texts: Sequence[str]) -> Array:
        """Texts to search with, as (n, dimension) float32 unit vectors."""
        return self._checked(texts, "query")

    def _checked(self, texts: Sequence[str], kind: Kind) -> Array:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return self._encode(texts, kind)


def load_embedder(model: str = BUNDLED) -> Embedder:
    """The bundled embedder, or a sentence-transformers model by name or folder; raises ModelError."""
    if model != BUNDLED:
        return _sentence_transformer(model)
    try:
        return _bundled()
    except FileNotFoundError as missing:
        logger.warning("Bundled embedding weights: %s; loading %s instead.", missing, HUB_MODEL)
        return _sentence_transformer(HUB_MODEL)


def _bundled() -> Embedder:
    """The bundled pair, whose weights are read and checked when the first text is encoded."""
    require_carriers()
    seal = hashlib.sha256("".join([E5_SHA256, USE_VOCABULARY_SHA256, USE_WEIGHTS_SHA256, str(RECIPE)]).encode())
    seal.update(CENTRES.read_bytes())
    loading = threading.Lock()
    loaded = cache(_Bundled)

    def encode(texts: Sequence[str], kind: Kind) -> Array:
        with loading:
            bundled = loaded()
        return bundled.encode(texts, kind)

    return Embedder(BUNDLED, seal.hexdigest(), E5_DIMENSION + USE_DIMENSION, encode)


class _Bundled:
    """Both encoders and the centres of their vectors."""

    def __init__(self) -> None:
        weights = read_e5()
        self._e5 = E5Encoder(weights)
        self._use = UseEncoder(read_use(weights.vocabulary.replacements))
        with np.load(CENTRES) as archive:
            self._centres = {name: archive[name] for name in archive.files}

    def encode(self, texts: Sequence[str], kind: Kind) -> Array:
        languages = [script(text) for text in texts]
        e5 = encode_texts(self._e5, [f"{kind}: {text}" for text in texts])
        use = encode_texts(self._use, texts)
        return join(self._centred(e5, "e5", kind, languages), self._centred(use, "use", kind, languages))

    def _centred(self, vectors: Array, encoder: str, kind: Kind, languages: Sequence[Language]) -> Array:
        """Unit vectors seen from the mean of their language and kind, where texts of both languages can be compared."""
        moved = vectors - np.stack([self._centres[f"{encoder}.{kind}.{language}"] for language in languages])
        unit: Array = moved / np.linalg.norm(moved, axis=1, keepdims=True)
        return unit


def join(e5: Array, use: Array) -> Array:
    """Unit vectors of both encoders as one, whose cosine is the weighted mean of both cosines."""
    total = 1.0 + USE_WEIGHT
    joined = np.concatenate([e5 * (1.0 / total) ** 0.5, use * (USE_WEIGHT / total) ** 0.5], axis=1)
    return joined.astype(np.float32)


def script(text: str) -> Language:
    """The language whose centre a text's vectors lie around, judged by its letters."""
    return "ko" if _LATIN_PER_HANGUL * len(_HANGUL.findall(text)) > len(_LATIN.findall(text)) else "en"


def _sentence_transformer(name: str) -> Embedder:
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(name, device="cpu")
    except (OSError, ValueError, RuntimeError) as problem:
        raise ModelError(
            en=f"The embedding model {name!r} cannot be loaded: {problem}",
            ko=f"임베딩 모델 {name!r} 을(를) 불러올 수 없어요: {problem}",
        ) from problem
    if "e5" in name.lower() and not any(model.prompts.values()):
        model.prompts.update(query="query: ", document="passage: ")

    def encode(texts: Sequence[str], kind: Kind) -> Array:
        chosen = model.encode_query if kind == "query" else model.encode_document
        vectors: Array = chosen(list(texts), normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True)
        return vectors.astype(np.float32)

    return Embedder(name, _fingerprint(model), model.get_embedding_dimension() or 0, encode)


def _fingerprint(model: SentenceTransformer) -> str:
    """sha256 of all weights and of the prompts."""
    import torch

    seal = hashlib.sha256(repr(sorted(model.prompts.items())).encode())
    for name, tensor in sorted(model.state_dict().items()):
        seal.update(name.encode())
        seal.update(tensor.contiguous().view(-1).view(torch.uint8).numpy())
    return seal.hexdigest()
