"""The sieve finds the nearest vectors by their signs, and exact search finds the same."""

from __future__ import annotations

import numpy as np

from assistant.store.sieve import distances, least, likeness, sketches


def unit(seed: int, count: int, dimension: int = 100) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_distance_is_the_number_of_signs_that_differ() -> None:
    vectors, centre = unit(1, 50), np.zeros(100, dtype=np.float32)
    stored = sketches(vectors, centre)
    assert stored.shape == (2, 50)
    assert distances(stored, stored[:, 7])[7] == 0
    wanted = ((vectors > 0) != (vectors[7] > 0)).sum(axis=1)
    assert distances(stored, stored[:, 7]).tolist() == wanted.tolist()


def test_likeness_is_the_sum_of_the_rounded_numbers_where_a_sketch_has_a_bit() -> None:
    vectors, centre = unit(1, 50), unit(5, 1)[0] * 0.1
    rounded = np.round(vectors[7] * 7 / np.abs(vectors[7]).max())
    found = likeness(sketches(vectors, centre), vectors[7])
    assert found.tolist() == ((vectors > centre) @ rounded).tolist()


def test_least_takes_all_that_equal_the_greatest_taken() -> None:
    values = np.array([5, 1, 3, 3, 9], dtype=np.uint16)
    assert least(values, 2).tolist() == [1, 2, 3]
    assert least(values, 1).tolist() == [1]
    assert least(values, 99).tolist() == [0, 1, 2, 3, 4]


def test_nearest_tens_pass_the_sieve_though_all_vectors_lie_to_one_side() -> None:
    """Models that are not centred give vectors that all point in much the same direction."""
    side = np.ones(100, dtype=np.float32)
    centres = unit(2, 300)
    vectors = centres[np.random.default_rng(3).integers(0, 300, 20_000)] + 0.4 * unit(4, 20_000) + side
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    centre = vectors.mean(axis=0)
    stored, found = sketches(vectors, centre), 0
    for query in vectors[:50]:
        nearest = np.argsort(-(vectors @ query))[:10]
        passed = least(distances(stored, sketches(query[None], centre)[:, 0]), 1000)
        found += len(np.intersect1d(nearest, passed))
    assert found >= 0.99 * 500
