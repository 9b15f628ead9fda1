"""Finding the nearest of very many vectors without looking at each: by the signs of their numbers, then exactly.

A vector's sketch is one bit a dimension: whether it lies above the centre of the vectors around it. Two sketches differ
in about as many bits as the angle between their vectors is wide (Charikar 2002), so that those which differ least hold
the nearest vectors. It needs no graph, no training and no order in which vectors come: one more vector is one more row.
Knows nothing of texts or files.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.floating]
Sketches = NDArray[np.uint64]
Distances = NDArray[np.uint16]
Likeness = NDArray[np.int32]

_WORD = 64
_BLOCK = 32_768  # sketches that are compared together: few enough to stay in the processor's cache
BITS = 4  # of each number of a vector whose likeness to sketches is asked for


def sketches(vectors: Vectors, centre: Vectors) -> Sketches:
    """Return the sketches of n vectors as (words of 64 bits, n): each word of all vectors stands together."""
    return _packed(vectors > centre)


def _packed(bits: NDArray[np.bool_] | NDArray[np.integer]) -> Sketches:
    octets = np.packbits(bits, axis=1)
    padded = np.zeros((len(octets), -(-bits.shape[1] // _WORD) * _WORD // 8), dtype=np.uint8)
    padded[:, : octets.shape[1]] = octets
    return np.ascontiguousarray(padded.view(np.uint64).T)


def distances(stored: Sketches, wanted: NDArray[np.uint64]) -> Distances:
    """Return in how many bits each of n sketches differs from one, given as its words."""
    total = np.zeros(stored.shape[1], dtype=np.uint16)
    for start in range(0, len(total), _BLOCK):
        block = total[start : start + _BLOCK]
        for words, word in zip(stored[:, start : start + _BLOCK], wanted, strict=True):
            block += np.bitwise_count(words ^ word)
    return total


def likeness(stored: Sketches, vector: Vectors) -> Likeness:
    """Return about how like n stored vectors are to one: the sum of its numbers where their sketches have a bit.

    Only the stored vectors are signs, the one asked about keeps its numbers (an asymmetric distance, Dong et al.
    2008), rounded to a few BITS each: their sum is then a count of common bits for each of them.
    """
    most = 2 ** (BITS - 1) - 1
    steps = np.round(vector * (most / np.abs(vector).max())).astype(np.int8)
    total = np.zeros(stored.shape[1], dtype=np.int32)
    for bit in range(BITS):
        common = np.zeros(stored.shape[1], dtype=np.uint16)
        for words, word in zip(stored, _packed(steps[None] >> bit & 1)[:, 0], strict=True):
            common += np.bitwise_count(words & word)
        weight = 2**bit if bit < BITS - 1 else -(2**bit)  # two's complement
        total += common * np.int32(weight)
    return total


def least(values: Distances, count: int) -> NDArray[np.int64]:
    """Return the places of the `count` least values, ascending, and of all that equal the greatest of them."""
    reached = np.cumsum(np.bincount(values))
    limit = int(np.searchsorted(reached, min(count, len(values))))
    return np.flatnonzero(values <= limit)
