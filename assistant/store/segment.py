"""A part of what can be searched: the vectors, sketches and words of some passages, by ascending key.

A segment never changes. It is made in memory, or lies in a folder of numpy files that are mapped into memory, so that
opening a large one reads nothing and what no search looks at is never read. Knows nothing of SQLite.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.store.connection import Damaged
from assistant.store.postings import Postings, joined
from assistant.store.sieve import Sketches, sketches
from assistant.types import Language

Vectors = NDArray[np.float32]
Stored = NDArray[np.floating]
Rows = NDArray[np.int64]

CODES: dict[Language, int] = {"ko": 0, "en": 1}
_CONTENTS = "contents.json"
_AT_ONCE = 16_384  # rows that are moved together
_POSTINGS = ("terms", "starts", "documents", "counts", "lengths")
_OWN = ("keys", "languages", "vectors", "centre", "sketches")
_UNREADABLE = (OSError, ValueError, TypeError, AttributeError, KeyError)


class SegmentDamaged(Damaged):
    """A segment cannot be trusted; what it holds is in the database too."""


@dataclass(frozen=True, slots=True)
class _Written:
    """What a file was when it was written; the array, in C order, is the end of it."""

    size: int
    checksum: int
    dtype: str
    shape: Sequence[int]

    @classmethod
    def of(cls, path: Path, array: NDArray[Any]) -> _Written:
        return cls(path.stat().st_size, _checksum(path), array.dtype.str, array.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """N passages: `keys` (N), `languages` (N, see CODES), unit `vectors` (N, dimension), sketches around `centre`."""

    keys: Rows
    languages: NDArray[np.uint8]
    vectors: Stored
    centre: Vectors
    sketches: Sketches
    postings: Postings

    @classmethod
    def of(cls, keys: Rows, languages: Sequence[Language], vectors: Vectors, terms: Sequence[Sequence[str]]) -> Segment:
        codes = np.array([CODES[language] for language in languages], dtype=np.uint8)
        centre = _mean(vectors)
        return cls(keys, codes, vectors, centre, sketches(vectors, centre), Postings.of(terms))

    @classmethod
    def open(cls, folder: Path) -> Segment:
        """Map a folder into memory; raises SegmentDamaged where its files are not as large as they were written."""
        try:
            contents = _contents(folder)
            if {path.name: path.stat().st_size for path in folder.glob("*.npy")} != {
                name: written.size for name, written in contents.items()
            }:
                raise SegmentDamaged(f"{folder.name} is not as it was written")
            arrays = {name: _mapped(folder, f"{name}.npy", contents) for name in (*_OWN, *_POSTINGS)}
        except _UNREADABLE as error:
            raise SegmentDamaged(f"{folder.name} cannot be read ({error})") from error
        postings = Postings(*(arrays[name] for name in _POSTINGS))
        return cls(**{name: arrays[name] for name in _OWN}, postings=postings)

    def __len__(self) -> int:
        return len(self.keys)

    def save(self, folder: Path) -> None:
        """Write the folder, whole or not at all; raises OSError."""
        aside = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        arrays = {name: getattr(self, name) for name in _OWN} | {
            name: getattr(self.postings, name) for name in _POSTINGS
        }
        arrays["vectors"] = self.vectors.astype(np.float16, copy=False)
        arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        for name, array in arrays.items():
            with (aside / f"{name}.npy").open("wb") as file:
                np.save(file, array)
                file.flush()
                os.fsync(file.fileno())
        contents = {f"{name}.npy": _Written.of(aside / f"{name}.npy", array) for name, array in arrays.items()}
        listed = json.dumps({name: astuple(written) for name, written in contents.items()})
        (aside / _CONTENTS).write_text(f"{zlib.crc32(listed.encode())}\n{listed}", encoding="utf-8")
        aside.rename(folder)


def verify_segment(folder: Path) -> None:
    """Read everything and raise SegmentDamaged where a byte is not as it was written."""
    try:
        wrong = [name for name, each in _contents(folder).items() if _checksum(folder / name) != each.checksum]
    except _UNREADABLE as error:
        raise SegmentDamaged(f"{folder.name} cannot be read ({error})") from error
    if wrong:
        raise SegmentDamaged(f"{folder.name}/{wrong[0]} differs from its checksum")


def merged(parts: Sequence[Segment], kept: Sequence[NDArray[np.bool_]]) -> Segment:
    """Return one segment of the rows that are kept of each part; the keys of a part lie above the one's before."""
    keys, languages = (
        np.concatenate([getattr(part, name)[keep] for part, keep in zip(parts, kept, strict=True)])
        for name in ("keys", "languages")
    )
    vectors = np.empty((len(keys), parts[0].vectors.shape[1]), dtype=np.result_type(*(p.vectors.dtype for p in parts)))
    start = 0
    for piece in _pieces(parts, kept):
        vectors[start : start + len(piece)] = piece
        start += len(piece)
    centre = _mean(vectors)
    blocks = [sketches(vectors[at : at + _AT_ONCE], centre) for at in range(0, max(len(keys), 1), _AT_ONCE)]
    postings = joined([part.postings for part in parts], kept)
    return Segment(keys, languages, vectors, centre, np.concatenate(blocks, axis=1), postings)


def _pieces(parts: Sequence[Segment], kept: Sequence[NDArray[np.bool_]]) -> Iterator[Stored]:
    for part, keep in zip(parts, kept, strict=True):
        for at in range(0, len(part), _AT_ONCE):
            yield part.vectors[at : at + _AT_ONCE][keep[at : at + _AT_ONCE]]


def _mean(vectors: Stored) -> Vectors:
    total = np.zeros(vectors.shape[1], dtype=np.float32)
    for at in range(0, len(vectors), _AT_ONCE):
        total += vectors[at : at + _AT_ONCE].sum(axis=0, dtype=np.float32)
    return total / np.float32(max(len(vectors), 1))


def _contents(folder: Path) -> dict[str, _Written]:
    """What the files were, by name; the list begins with its own checksum, for arrays are mapped by what it says."""
    checksum, _, listed = (folder / _CONTENTS).read_text(encoding="utf-8").partition("\n")
    if zlib.crc32(listed.encode()) != int(checksum):
        raise ValueError(f"{_CONTENTS} differs from its checksum")
    return {name: _Written(*written) for name, written in json.loads(listed).items()}


def _mapped(folder: Path, name: str, contents: Mapping[str, _Written]) -> NDArray[Any]:
    """Map an array by what the contents say of it.

    NumPy reads it from the head of the file as Python source, at which CPython 3.11 fails now and then where two
    threads do so at once (https://github.com/python/cpython/issues/106905).
    """
    written = contents[name]
    kind = np.dtype(written.dtype)
    offset = written.size - kind.itemsize * math.prod(written.shape)
    return np.memmap(folder / name, kind, "r", offset, tuple(written.shape)).view(np.ndarray)


def _checksum(path: Path) -> int:
    total = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total = zlib.crc32(block, total)
    return total
