"""Word search over one list of documents and over several as if they were one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.store.postings import K1, B, Postings, WordSearch, joined

DOCUMENTS = [["oil", "oil", "bank"], ["bank"], [], ["debt", "oil", "fee", "fee", "fee"]]
documents = st.lists(st.lists(st.sampled_from("oil bank debt fee 금리 위험".split()), max_size=8), max_size=12)


def searched(*parts: list[list[str]], dead: list[list[int]] | None = None) -> WordSearch:
    gone = dead or [[] for _ in parts]
    return WordSearch([Postings.of(part) for part in parts], [np.array(rows, dtype=np.int64) for rows in gone])


def test_score_is_bm25_as_worked_out_by_hand() -> None:
    scores = searched(DOCUMENTS).scores(["oil"])
    rarity, mean = math.log1p((4 - 2 + 0.5) / (2 + 0.5)), 9 / 4
    for row, count, length in ((0, 2, 3), (3, 1, 5)):
        damping = K1 * (1 - B + B * length / mean)
        assert scores[row] == pytest.approx(rarity * count * (K1 + 1) / (count + damping))
    assert scores[1] == scores[2] == 0


def test_word_that_nobody_has_and_a_repeated_one_add_nothing() -> None:
    search = searched(DOCUMENTS)
    assert not search.scores(["nowhere"]).any()
    assert search.scores(["oil", "oil"]).tolist() == search.scores(["oil"]).tolist()
    assert (search.frequency("bank"), search.frequency("nowhere")) == (2, 0)


@given(documents, st.data())
def test_lists_in_parts_and_with_dead_documents_score_like_one_list_of_the_rest(
    every: list[list[str]], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(every)))
    dead = data.draw(st.sets(st.integers(0, max(len(every) - 1, 0)), max_size=len(every)))
    dead = {row for row in dead if row < len(every)}
    parts = [every[:cut], every[cut:]]
    gone = [sorted(row for row in dead if row < cut), sorted(row - cut for row in dead if row >= cut)]
    alive = [document for row, document in enumerate(every) if row not in dead]
    whole, cut_up = searched(alive), searched(*parts, dead=gone)
    kept = [row for row in range(len(every)) if row not in dead]
    for term in ("oil", "금리"):
        assert cut_up.frequency(term) == whole.frequency(term)
        scores = cut_up.scores([term, "bank"])
        assert scores[kept] == pytest.approx(whole.scores([term, "bank"]), abs=1e-6)
        assert not scores[sorted(dead)].any()


@given(documents, documents, st.data())
def test_joined_lists_are_those_of_the_documents_that_stay(
    first: list[list[str]], second: list[list[str]], data: st.DataObject
) -> None:
    kept = [np.array([data.draw(st.booleans()) for _ in part], dtype=bool) for part in (first, second)]
    stay = [
        document
        for part, keep in zip((first, second), kept, strict=True)
        for document, stays in zip(part, keep, strict=True)
        if stays
    ]
    found, wanted = joined([Postings.of(first), Postings.of(second)], kept), Postings.of(stay)
    for name in ("terms", "starts", "documents", "counts", "lengths"):
        assert getattr(found, name).tolist() == getattr(wanted, name).tolist(), name


def test_lists_are_joined_the_same_in_many_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(3)
    many = [[f"w{word}" for word in chance.integers(0, 60, 12)] for _ in range(40)]
    parts = [Postings.of(many[:25]), Postings.of(many[25:])]
    monkeypatch.setattr("assistant.store.postings._AT_ONCE", 7)
    found, wanted = joined(parts, [np.ones(25, dtype=bool), np.ones(15, dtype=bool)]), Postings.of(many)
    assert found.documents.tolist() == wanted.documents.tolist() and found.starts.tolist() == wanted.starts.tolist()
