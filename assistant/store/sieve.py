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

_WORD = 64
_BLOCK = 32_768  # sketches that are compared together: few enough to stay in the processor's cache
# The signs of the eight bits that each value of a byte stands for, as 1 and -1.
_SIGNS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).astype(np.float32) * 2 - 1


def sketches(vectors: Vectors, centre: Vectors) -> Sketches:
    """Return the sketches of n vectors as (words of 64 bits, n): each word of all vectors stands together."""
    bits = np.packbits(vectors > centre, axis=1)
    padded = np.zeros((len(bits), -(-vectors.shape[1] // _WORD) * _WORD // 8), dtype=np.uint8)
    padded[:, : bits.shape[1]] = bits
    return np.ascontiguousarray(padded.view(np.uint64).T)


def distances(stored: Sketches, wanted: NDArray[np.uint64]) -> Distances:
    """Return in how many bits each of n sketches differs from one, given as its words."""
    total = np.zeros(stored.shape[1], dtype=np.uint16)
    for start in range(0, len(total), _BLOCK):
        block = total[start : start + _BLOCK]
        for words, word in zip(stored[:, start : start + _BLOCK], wanted, strict=True):
            block += np.bitwise_count(words ^ word)
    return total


def likeness(stored: Sketches, vector: Vectors) -> NDArray[np.float32]:
    """Return the sum of a vector's numbers, each with the signs of n sketches: nearer to the cosine.

    The vector keeps its numbers, only the stored ones are signs: an asymmetric distance (Dong et al. 2008).
    """
    words = len(stored)
    padded = np.zeros(words * _WORD, dtype=np.float32)
    padded[: len(vector)] = vector
    sums = padded.reshape(-1, 8) @ _SIGNS.T
    octets = np.ascontiguousarray(stored).view(np.uint8).reshape(words, -1, 8).transpose(0, 2, 1)
    total = np.zeros(stored.shape[1], dtype=np.float32)
    for values, column in zip(sums, np.ascontiguousarray(octets).reshape(words * 8, -1), strict=True):
        total += values.take(column)
    return total


def least(values: Distances, count: int) -> NDArray[np.int64]:
    """Return the places of the `count` least values, ascending, and of all that equal the greatest of them."""
    reached = np.cumsum(np.bincount(values))
    limit = int(np.searchsorted(reached, min(count, len(values))))
    return np.flatnonzero(values <= limit)
