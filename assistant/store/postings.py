"""Word search: for each term the documents that hold it, and BM25 over several such lists as if they were one.

SQLite's own FTS5 scores only what it returns, while fusion needs the score of whatever the other leg found, and it
takes 65 ms a question at 100,000 passages where this takes 2. Knows nothing of languages, passages or files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Scores = NDArray[np.float32]

K1, B = 1.2, 0.75
_AT_ONCE = 2_000_000  # postings that are sorted together when lists are joined


def number_of(term: str) -> int:
    """Return the number that a term goes by: 64 bits of its hash, so that a list of terms is a row of numbers."""
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The documents 0 to N-1 by the terms that they hold.

    `terms` (T, ascending) has postings from `starts[i]` to `starts[i + 1]` in `documents` (ascending within a term) and
    `counts` (how often the document holds it); `lengths` (N) is how many terms each document has, repeated ones too.
    """

    terms: NDArray[np.uint64]
    starts: Numbers
    documents: NDArray[np.int32]
    counts: NDArray[np.uint16]
    lengths: NDArray[np.int32]

    @classmethod
    def of(cls, documents: Sequence[Sequence[str]]) -> Postings:
        places: dict[str, int] = {}
        flat = [places.setdefault(term, len(places)) for document in documents for term in document]
        lengths = np.array([len(document) for document in documents], dtype=np.int32)
        numbers = np.fromiter(map(number_of, places), dtype=np.uint64, count=len(places))
        order = np.argsort(numbers)
        ranks = np.empty(len(numbers), dtype=np.int64)
        ranks[order] = np.arange(len(numbers))
        size = max(len(documents), 1)
        pairs = ranks[np.array(flat, dtype=np.int64)] * size + np.repeat(np.arange(len(documents)), lengths)
        pairs, counts = np.unique(pairs, return_counts=True)
        owners, holders = np.divmod(pairs, size)
        starts = np.searchsorted(owners, np.arange(len(numbers) + 1))
        return cls(numbers[order], starts, holders.astype(np.int32), _small(counts), lengths)

    def span(self, term: int) -> slice:
        """Return where the postings of a term stand; empty where no document holds it."""
        place = int(np.searchsorted(self.terms, np.uint64(term)))
        if place == len(self.terms) or self.terms[place] != term:
            return slice(0, 0)
        return slice(int(self.starts[place]), int(self.starts[place + 1]))


class WordSearch:
    """BM25 over the documents of several lists, one after the other, as if they were one list; `dead` ones are out."""

    def __init__(self, parts: Sequence[Postings], dead: Sequence[Numbers]) -> None:
        self._parts, self._dead = tuple(parts), tuple(dead)
        lengths = [part.lengths.astype(np.float32) for part in parts]
        self._size = sum(map(len, lengths)) - sum(map(len, dead))
        total = sum(float(each.sum()) - float(each[gone].sum()) for each, gone in zip(lengths, dead, strict=True))
        mean = max(total / max(self._size, 1), 1.0)
        self._damping = [np.float32(K1) * (np.float32(1 - B) + np.float32(B / mean) * each) for each in lengths]

    def scores(self, terms: Iterable[str]) -> Scores:
        """Return the BM25 score of each document, 0 where it holds none of the terms; a repeated term counts once."""
        totals = [np.zeros(len(part.lengths), dtype=np.float32) for part in self._parts]
        for term in dict.fromkeys(terms):
            number = number_of(term)
            spans = [part.span(number) for part in self._parts]
            found_in = self._found_in(spans)
            weight = np.float32(np.log1p((self._size - found_in + 0.5) / (found_in + 0.5)) * (K1 + 1))
            for part, span, damping, total in zip(self._parts, spans, self._damping, totals, strict=True):
                documents, counts = part.documents[span], part.counts[span]
                total[documents] += weight * counts / (counts + damping[documents])
        for total, gone in zip(totals, self._dead, strict=True):
            total[gone] = 0
        return np.concatenate(totals) if totals else np.zeros(0, dtype=np.float32)

    def frequency(self, term: str) -> int:
        """Return how many documents hold the term."""
        number = number_of(term)
        return self._found_in([part.span(number) for part in self._parts])

    def _found_in(self, spans: Sequence[slice]) -> int:
        return sum(
            span.stop - span.start - int(np.count_nonzero(found_at(part.documents[span], gone)[1]))
            for part, span, gone in zip(self._parts, spans, self._dead, strict=True)
        )


def joined(parts: Sequence[Postings], kept: Sequence[NDArray[np.bool_]]) -> Postings:
    """Return one list of the documents that are kept of each part, in the order of the parts."""
    terms = np.unique(np.concatenate([part.terms for part in parts]))
    befores = np.cumsum([0, *(int(keep.sum()) for keep in kept)])
    renumbered = [np.cumsum(keep) - 1 + before for keep, before in zip(kept, befores[:-1], strict=True)]
    size = max(int(befores[-1]), 1)
    found: list[tuple[NDArray[Any], ...]] = []
    for stretch in _stretches(parts, terms):
        taken = [_taken(*each, stretch, size) for each in zip(parts, kept, renumbered, strict=True)]
        pairs, counts = (np.concatenate(column) for column in zip(*taken, strict=True))
        order = np.argsort(pairs)
        owners, documents = np.divmod(pairs[order], size)
        held, sizes = np.unique(owners, return_counts=True)
        found.append((stretch[held], sizes, documents.astype(np.int32), counts[order]))
    columns = [np.concatenate(column) for column in zip(*found, strict=True)]
    numbers, sizes, documents, counts = columns or [np.empty(0, dtype=np.int64)] * 4
    return Postings(
        numbers.astype(np.uint64),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        documents.astype(np.int32),
        counts.astype(np.uint16),
        np.concatenate([part.lengths[keep] for part, keep in zip(parts, kept, strict=True)]),
    )


def _stretches(parts: Sequence[Postings], terms: NDArray[np.uint64]) -> Iterator[NDArray[np.uint64]]:
    """Cut the terms into stretches of so many postings as can be sorted at once."""
    sizes = np.zeros(len(terms), dtype=np.int64)
    for part in parts:
        sizes[np.searchsorted(terms, part.terms)] += np.diff(part.starts)
    cuts = np.flatnonzero(np.diff(np.cumsum(sizes) // _AT_ONCE)) + 1
    yield from (stretch for stretch in np.split(terms, cuts) if len(stretch))


def _taken(
    part: Postings, keep: NDArray[np.bool_], renumbered: Numbers, stretch: NDArray[np.uint64], size: int
) -> tuple[Numbers, NDArray[np.uint16]]:
    """Return the postings of these terms, each as the place of its term times `size` plus its new document."""
    first, last = np.searchsorted(part.terms, stretch[0]), np.searchsorted(part.terms, stretch[-1], side="right")
    places = np.searchsorted(stretch, part.terms[first:last])
    owners = np.repeat(places, np.diff(part.starts[first : last + 1]))
    span = slice(int(part.starts[first]), int(part.starts[last]))
    documents, counts = part.documents[span], part.counts[span]
    stays = keep[documents]
    return owners[stays] * size + renumbered[documents[stays]], counts[stays]


def found_at(ascending: NDArray[np.integer], wanted: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return where each of the wanted numbers stands, and whether it is there at all."""
    if not len(ascending):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
    places = np.minimum(np.searchsorted(ascending, wanted), len(ascending) - 1)
    return places, np.asarray(ascending[places] == wanted)


def _small(counts: Numbers) -> NDArray[np.uint16]:
    return np.minimum(counts, np.iinfo(np.uint16).max).astype(np.uint16)
