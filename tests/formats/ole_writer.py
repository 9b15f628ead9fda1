"""Writes small OLE files (MS-CFB, version 3), as HWP 5 documents and encrypted office files are."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SECTOR = 512
_CUTOFF = 4096  # shorter streams would stand in a stream of their own; here they are filled up instead
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_STREAM, _STORAGE, _ROOT = 2, 1, 5


def ole(streams: Mapping[str, bytes]) -> bytes:
    """Return the file of the streams by path ("BodyText/Section0"), each filled up with zeros to 4,096 bytes."""
    padded = {name: data.ljust(_CUTOFF, b"\0") for name, data in streams.items()}
    entries = _entries(padded)
    sectors: list[bytes] = []
    chains: list[int] = []
    starts: dict[str, int] = {}
    for name, data in padded.items():
        starts[name] = _append(data, sectors, chains)
    directory = b"".join(_entry(each, starts, padded) for each in entries)
    directory_start = _append(directory, sectors, chains)
    count = 1
    while (len(chains) + count) * 4 > count * _SECTOR:
        count += 1
    tables = list(range(len(sectors), len(sectors) + count))
    chains += [_TABLE] * count
    allocation = struct.pack(f"<{len(chains)}I", *chains).ljust(count * _SECTOR, b"\xff")
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, count, directory_start, 0, _CUTOFF, _END, 0,
        _END, 0,
    )  # fmt: skip
    header += struct.pack("<109I", *tables, *[_FREE] * (109 - count))
    return header + b"".join(sectors) + allocation


def _append(data: bytes, sectors: list[bytes], chains: list[int]) -> int:
    start = len(sectors)
    pieces = [data[place : place + _SECTOR].ljust(_SECTOR, b"\0") for place in range(0, len(data), _SECTOR)]
    sectors += pieces
    chains += [*range(start + 1, start + len(pieces)), _END]
    return start


def _entries(streams: Mapping[str, bytes]) -> list[tuple[str, int, int, int]]:
    """Return path, kind, right sibling and child of each entry: those of a folder are a list to the right."""
    folders = sorted({name.rpartition("/")[0] for name in streams if "/" in name})
    order = ["", *folders, *streams]
    entries = []
    for path in order:
        parent = path.rpartition("/")[0] if path else None
        later = [other for other in order[order.index(path) + 1 :] if other.rpartition("/")[0] == parent]
        inside = [other for other in order[1:] if other.rpartition("/")[0] == path and other != path]
        kind = _ROOT if not path else _STREAM if path in streams else _STORAGE
        right = order.index(later[0]) if later and path else _FREE
        child = order.index(inside[0]) if inside and kind != _STREAM else _FREE
        entries.append((path, kind, right, child))
    return entries


def _entry(entry: tuple[str, int, int, int], starts: Mapping[str, int], streams: Mapping[str, bytes]) -> bytes:
    path, kind, right, child = entry
    name = (path.rpartition("/")[2] or "Root Entry").encode("utf-16-le") + b"\0\0"
    start = starts.get(path, _END if kind == _ROOT else 0)
    size = len(streams.get(path, b""))
    return name.ljust(64, b"\0") + struct.pack("<HBBIII36xIII", len(name), kind, 1, _FREE, right, child, start, size, 0)
