"""The two bundled encoders as plain torch arithmetic: piece numbers of texts -> unit vectors.

Plain torch, because importing transformers takes longer than all the rest; both vocabulary tables stay packed and only
the rows in use are unpacked. Sets torch to one thread an operation in this process: batches run side by side instead.
Knows nothing of prefixes, languages, centres, or of what the texts are for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from assistant.weights import Array, E5Weights, UseWeights, Vocabulary, unpack_q4

if TYPE_CHECKING:
    from torch import Tensor

Linear = Callable[["Tensor"], "Tensor"]
Pair = tuple["Tensor", "Tensor"]

# A batch of about this many tokens keeps the widest activations inside the cache of one core.
BATCH_TOKENS = 1024
_UNKNOWN_PENALTY = 10.0
_USE_MAX_TOKENS = 2048
_USE_CHUNKS = 17
# Lengths of the n-grams that USE convolves, each with the number of pieces to the left of its centre.
_NGRAMS = ((2, 0), (3, 1), (5, 2))


class PieceSplitter:
    """Splits text into the most probable pieces of a unigram vocabulary, word by word."""

    def __init__(self, vocabulary: Vocabulary, limit: int) -> None:
        self._vocabulary = vocabulary
        self._limit = limit
        self._scores = vocabulary.scores.tolist()
        self._unknown_score = min(self._scores) - _UNKNOWN_PENALTY
        self._longest = max(map(len, vocabulary.ids))
        self._word = lru_cache(maxsize=50_000)(self._split_word)

    def __call__(self, text: str) -> list[int]:
        """Piece numbers between the begin and end marks, cut to the limit."""
        words = text.translate(self._vocabulary.replacements).split()
        pieces = [piece for word in words for piece in self._word("▁" + word)]
        return [self._vocabulary.begin, *pieces[: self._limit - 2], self._vocabulary.end]

    def _split_word(self, word: str) -> tuple[int, ...]:
        """Viterbi: `best[j]` is the score of the best split of `word[:j]`, `steps[j]` its last piece."""
        ids, scores, size = self._vocabulary.ids, self._scores, len(word)
        best = [0.0] + [-np.inf] * size
        steps = [(0, 0)] * (size + 1)
        for start in range(size):
            candidates = [(start + 1, self._vocabulary.unknown, self._unknown_score)]
            for end in range(start + 1, min(start + self._longest, size) + 1):
                piece = ids.get(word[start:end])
                if piece is not None:
                    candidates.append((end, piece, scores[piece]))
            for end, piece, score in candidates:
                if best[start] + score > best[end]:
                    best[end] = best[start] + score
                    steps[end] = (start, piece)
        pieces, end = [], size
        while end:
            end, piece = steps[end]
            pieces.append(piece)
        return tuple(reversed(pieces))


class E5Encoder:
    """multilingual-e5-small: twelve transformer layers, the mean of the last one, unit length."""

    def __init__(self, weights: E5Weights) -> None:
        import torch

        self.dimension = weights.width
        self.pieces = PieceSplitter(weights.vocabulary, weights.max_tokens)
        self._weights = weights
        get = {name: torch.from_numpy(array) for name, array in weights.tensors.items()}
        self._positions = get["emb.pos"].view(-1, weights.width) + get["emb.type"].view(-1, weights.width)[0]
        self._norm = (get["emb.ln.w"], get["emb.ln.b"])
        self._layers = [_Layer({n.removeprefix(f"l{i}."): t for n, t in get.items() if n.startswith(f"l{i}.")},
                               weights.heads, weights.epsilon) for i in range(weights.layers)]  # fmt: skip

    def encode(self, batch: Sequence[Sequence[int]]) -> Array:
        """Piece numbers of n texts as (n, dimension) float32 unit vectors."""
        import torch
        from torch.nn import functional

        with torch.inference_mode():
            ids, mask = _padded(batch)
            words = torch.from_numpy(unpack_q4(self._weights.word_rows[ids.ravel()]))
            x = words.view(*ids.shape, -1) + self._positions[: ids.shape[1]]
            x = functional.layer_norm(x, x.shape[-1:], *self._norm, self._weights.epsilon)
            kept = torch.from_numpy(mask)
            for layer in self._layers:
                x = layer(x, kept)
            summed = (x * kept[..., None]).sum(1)
            return functional.normalize(summed, dim=-1).numpy()


class _Layer:
    """One transformer layer, normalised after each half as in BERT."""

    def __init__(self, tensors: dict[str, Tensor], heads: int, epsilon: float) -> None:
        import torch

        self._heads, self._epsilon = heads, epsilon
        self._query_key_value = _quick_linear(
            torch.cat([tensors[f"{name}.w"] for name in "qkv"]), torch.cat([tensors[f"{name}.b"] for name in "qkv"])
        )
        self._attended = _quick_linear(tensors["ao.w"], tensors["ao.b"])
        self._attended_norm = (tensors["aln.w"], tensors["aln.b"])
        self._inner = _quick_linear(tensors["fi.w"], tensors["fi.b"])
        self._outer = _quick_linear(tensors["fo.w"], tensors["fo.b"])
        self._outer_norm = (tensors["oln.w"], tensors["oln.b"])

    def __call__(self, x: Tensor, kept: Tensor) -> Tensor:
        from torch.nn import functional

        texts, length, _ = x.shape
        parts = self._query_key_value(x).view(texts, length, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
        query, key, value = parts
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=kept[:, None, None, :])
        x = self._add(x, self._attended(mixed.transpose(1, 2).reshape(x.shape)), self._attended_norm)
        return self._add(x, self._outer(functional.gelu(self._inner(x))), self._outer_norm)

    def _add(self, x: Tensor, change: Tensor, norm: Pair) -> Tensor:
        from torch.nn import functional

        return functional.layer_norm(x + change, x.shape[-1:], *norm, self._epsilon)


class UseEncoder:
    """USE-multilingual-v3: three n-gram convolutions over piece vectors, summed over the text, then a small network."""

    def __init__(self, weights: UseWeights) -> None:
        import torch

        self.pieces = PieceSplitter(weights.vocabulary, _USE_MAX_TOKENS)
        self.dimension = weights.table.shape[1]
        self._weights = weights
        get = {name: torch.from_numpy(array) for name, array in weights.tensors.items()}
        self._dense = get
        self._project = _linear(torch.cat([get[f"proj{n}"] for n, _ in _NGRAMS], 1).T,
                                torch.cat([get[f"proj_b{n}"] for n, _ in _NGRAMS]))  # fmt: skip
        self._projected_norm = (
            torch.cat([get[f"ln_g{n}"] for n, _ in _NGRAMS]),
            torch.cat([get[f"ln_b{n}"] for n, _ in _NGRAMS]),
        )
        self._convolutions = [
            (_linear(get[f"w1_{n}"].T, get[f"b1_{n}"]), _linear(get[f"w2_{n}"].T, get[f"b2_{n}"])) for n, _ in _NGRAMS
        ]

    def encode(self, batch: Sequence[Sequence[int]]) -> Array:
        """Piece numbers of n texts as (n, dimension) float32 unit vectors."""
        import torch
        from torch.nn import functional

        with torch.inference_mode():
            lengths = np.array([len(pieces) for pieces in batch])
            vectors = torch.from_numpy(self._piece_vectors(np.concatenate([np.asarray(p) for p in batch])))
            features = self._features(vectors, lengths)
            texts = torch.from_numpy(np.repeat(np.arange(len(batch)), lengths))
            summed = torch.zeros(len(batch), features.shape[1]).index_add_(0, texts, features)
            return functional.normalize(self._head(summed, torch.from_numpy(lengths)), dim=-1).numpy()

    def _piece_vectors(self, ids: Array) -> Array:
        chunk = ids % _USE_CHUNKS
        vectors: Array = self._weights.table[ids].astype(np.float32)
        vectors *= self._weights.scale[chunk, None]
        vectors += self._weights.low[chunk, None]
        return vectors

    def _features(self, vectors: Tensor, lengths: Array) -> Tensor:
        """Piece vectors (t, d) of texts laid end to end as (t, d + 3 c) normalised features."""
        import torch
        from torch.nn import functional

        projected = self._project(vectors)
        projected = functional.layer_norm(projected, projected.shape[-1:], *self._projected_norm, self._weights.epsilon)
        neighbours = _neighbours(lengths)
        features = [vectors]
        for (size, left), (first, second), x in zip(_NGRAMS, self._convolutions, projected.chunk(3, 1), strict=True):
            window = neighbours[:, 2 - left : 2 - left + size]
            x = functional.relu(first(_gather(x, window))) + x
            features.append(functional.relu(second(_gather(x, window))) + x)
        joined = torch.cat(features, 1)
        norm = (self._dense["ln_g"], self._dense["ln_b"])
        return functional.layer_norm(joined, joined.shape[-1:], *norm, self._weights.epsilon)

    def _head(self, summed: Tensor, lengths: Tensor) -> Tensor:
        w = self._dense
        count = lengths.float()[:, None]
        x = (summed @ w["cnn_W"] + count * w["cnn_b"]) / count.sqrt()
        x = (x @ w["p1"] + (x @ w["d0"]).relu() @ w["d1"]).relu()
        return (x @ w["p3"] + (x @ w["d2"]).relu() @ w["d3"]).tanh()


def encode_texts(encoder: E5Encoder | UseEncoder, texts: Sequence[str]) -> Array:
    """Texts as (n, dimension) float32 unit vectors, encoded in batches of like length, a batch on each core."""
    split = [encoder.pieces(text) for text in texts]
    vectors = np.empty((len(texts), encoder.dimension), np.float32)

    def encode(batch: list[int]) -> None:
        vectors[batch] = encoder.encode([split[i] for i in batch])

    cores = _cores()
    batches = _batches([len(pieces) for pieces in split])
    if len(batches) == 1:
        encode(batches[0])
    else:
        with ThreadPoolExecutor(cores) as pool:
            list(pool.map(encode, batches[::-1]))
    return vectors


@cache
def _cores() -> int:
    """The threads that torch would use, which from now on use one each.

    Batches side by side are a fifth faster than one batch on all cores, and a single query no longer waits for
    threads that other programs keep from running: a second on a busy machine, for a gain of ten milliseconds.
    """
    import torch

    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    return cores


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Positions grouped by length, each group of at most BATCH_TOKENS padded tokens or of one text."""
    batches: list[list[int]] = []
    for position in sorted(range(len(lengths)), key=lengths.__getitem__):
        if not batches or (len(batches[-1]) + 1) * lengths[position] > BATCH_TOKENS:
            batches.append([])
        batches[-1].append(position)
    return batches


def _padded(batch: Sequence[Sequence[int]]) -> tuple[Array, Array]:
    """Piece numbers (n, longest), zero after the end, and which of them are real."""
    ids = np.zeros((len(batch), max(map(len, batch))), np.int64)
    mask = np.zeros(ids.shape, bool)
    for row, pieces in enumerate(batch):
        ids[row, : len(pieces)] = pieces
        mask[row, : len(pieces)] = True
    return ids, mask


def _neighbours(lengths: Array) -> Tensor:
    """For each piece the positions of itself and two on either side; the row after the last where the text ends."""
    import torch

    ends = np.cumsum(lengths)
    total = int(ends[-1])
    window = np.arange(total)[:, None] + np.arange(-2, 3)
    inside = (window >= np.repeat(ends - lengths, lengths)[:, None]) & (window < np.repeat(ends, lengths)[:, None])
    return torch.from_numpy(np.where(inside, window, total))


def _gather(x: Tensor, window: Tensor) -> Tensor:
    """The rows of each window side by side; a row of zeros stands after the last."""
    from torch.nn import functional

    return functional.pad(x, (0, 0, 0, 1))[window].flatten(1)


def _linear(weight: Tensor, bias: Tensor) -> Linear:
    """x -> x W' + b in float32."""
    from torch.nn import functional

    return lambda x: functional.linear(x, weight, bias)


def _quick_linear(weight: Tensor, bias: Tensor) -> Linear:
    """x -> x W' + b, in bfloat16 where the processor has instructions for it; int8 would cost 4 points of nDCG."""
    import torch
    from torch.nn import functional

    if not (torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()):
        return _linear(weight, bias)
    halved, halved_bias = weight.bfloat16(), bias.bfloat16()
    return lambda x: functional.linear(x.bfloat16(), halved, halved_bias).float()
