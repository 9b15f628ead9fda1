"""Reads a document of Hangul Word Processor 5 (.hwp) from its records; olefile lives here.

The format is that of Hancom's published description, HWP Document File Formats 5.0, revision 1.3: an OLE file whose
streams hold records of a tag, a level and some bytes. Other OLE files end here too, and are named.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

import olefile

from assistant.formats.about import plausible_day, plausible_publisher, plausible_title
from assistant.formats.body import Body
from assistant.formats.document import Document, Refusal
from assistant.formats.limits import UNPACKED_BYTES

_SIGNATURE = b"HWP Document File"
_COMPRESSED, _PASSWORD, _PROTECTED = 0x1, 0x2, 0x4 | 0x10 | 0x100 | 0x400  # for distribution, DRM, certificates
_SECTION = re.compile(r"Section(\d+)")
_SUMMARY = "\x05HwpSummaryInformation"
_TITLE, _AUTHOR, _CREATED, _SAVED = 2, 4, 12, 13  # properties of an OLE summary

_PARA_SHAPE, _PARA_HEADER, _PARA_TEXT, _CTRL_HEADER, _LIST_HEADER, _TABLE = 25, 66, 67, 71, 72, 77
_OUTLINE = 1  # the kind of a paragraph's head, bits 23 and 24 of its shape; bits 25 to 27 are the level
_LEFT_OUT = (b"daeh", b"toof", b"tmct")  # controls: head and foot of a page, hidden comment; the letters run backwards
_TABLE_CONTROL = b" lbt"
_WIDE = frozenset({*range(1, 10), 11, 12, *range(14, 24)})  # control characters that take eight places
_SPACES = {9: " ", 10: "\n", 24: "-", 30: " ", 31: " "}
_OTHERS = {
    "EncryptedPackage": "password",
    "WordDocument": "old_office",
    "PowerPoint Document": "old_office",
    "Workbook": "spreadsheet",
    "Book": "spreadsheet",
}


def read(data: bytes) -> Document:
    """Return the document; raises Refusal."""
    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        if not ole.exists("FileHeader"):
            reason = next((reason for name, reason in _OTHERS.items() if ole.exists(name)), None)
            raise Refusal(reason) if reason else Refusal("unknown_kind", kind="OLE", known=".hwp, .hwpx")
        streams = _Streams(ole)
        headings = list(_headings(streams.records("DocInfo")))
        body = Body()
        for name in streams.sections():
            _read(_tree(streams.records(name)), headings, body)
        text = body.require_text()
        stated = ole.getproperties(_SUMMARY, convert_time=True) if ole.exists(_SUMMARY) else {}
    return Document(
        text,
        plausible_title(_text(stated.get(_TITLE))),
        plausible_publisher(_text(stated.get(_AUTHOR))),
        plausible_day(_text(stated.get(_SAVED)), _text(stated.get(_CREATED))),
    )


@dataclass(slots=True)
class _Record:
    """Some bytes with a tag, and the records below them."""

    tag: int
    data: bytes
    below: list[_Record] = field(default_factory=list)


class _Streams:
    """The streams of a document, unpacked within the limit."""

    def __init__(self, ole: olefile.OleFileIO) -> None:
        header = ole.openstream("FileHeader").read()
        if not header.startswith(_SIGNATURE) or len(header) < 40:
            raise Refusal("damaged", detail="HWP")
        flags = int.from_bytes(header[36:40], "little")
        if flags & _PASSWORD:
            raise Refusal("password")
        if flags & _PROTECTED:
            raise Refusal("protected")
        self._ole = ole
        self._compressed = bool(flags & _COMPRESSED)
        self._room = UNPACKED_BYTES

    def sections(self) -> list[str]:
        names = [path[1] for path in self._ole.listdir() if len(path) == 2 and path[0] == "BodyText"]
        numbers = sorted(int(found[1]) for name in names if (found := _SECTION.fullmatch(name)))
        return [f"BodyText/Section{number}" for number in numbers]

    def records(self, name: str) -> Iterator[tuple[int, int, bytes]]:
        """Yield tag, level and bytes of each record; one that is cut off ends with the stream."""
        data = self._unpacked(self._ole.openstream(name).read())
        place = 0
        while place + 4 <= len(data):
            (head,) = struct.unpack_from("<I", data, place)
            place += 4
            tag, level, size = head & 0x3FF, head >> 10 & 0x3FF, head >> 20
            if size == 0xFFF:
                (size,) = struct.unpack_from("<I", data, place)
                place += 4
            yield tag, level, data[place : place + size]
            place += size

    def _unpacked(self, data: bytes) -> bytes:
        if self._compressed:
            data = zlib.decompressobj(-15).decompress(data, self._room + 1)
        self._room -= len(data)
        if self._room < 0:
            raise Refusal("unpacks_too_large", megabytes=UNPACKED_BYTES // 1_000_000)
        return data


def _tree(records: Iterator[tuple[int, int, bytes]]) -> list[_Record]:
    """Return the records of level 0, each with those of higher levels that follow it."""
    top: list[_Record] = []
    open_lists = [top]
    for tag, level, data in records:
        del open_lists[level + 1 :]
        record = _Record(tag, data)
        open_lists[-1].append(record)
        open_lists.append(record.below)
    return top


def _headings(records: Iterator[tuple[int, int, bytes]]) -> Iterator[int]:
    """Yield the outline level of each paragraph shape, from 1; 0 where it is none."""
    for tag, _, data in records:
        if tag == _PARA_SHAPE:
            flags = int.from_bytes(data[:4], "little")
            yield (flags >> 25 & 7) + 1 if flags >> 23 & 3 == _OUTLINE else 0


def _read(records: list[_Record], headings: list[int], body: Body) -> None:
    """Add the paragraphs and tables among the records and below them."""
    for record in records:
        if record.tag == _PARA_HEADER:
            shape = int.from_bytes(record.data[8:10], "little")
            level = headings[shape] if shape < len(headings) else 0
            if level:
                body.heading(level, _own_text(record))
            else:
                body.paragraph(_own_text(record))
        if record.tag == _CTRL_HEADER and record.data[:4] in _LEFT_OUT:
            continue
        if record.tag == _CTRL_HEADER and record.data[:4] == _TABLE_CONTROL:
            _read_table(record.below, headings, body)
        else:
            _read(record.below, headings, body)


def _read_table(records: list[_Record], headings: list[int], body: Body) -> None:
    """Add the rows of a table, a row of one cell as the paragraphs in it, and its caption before."""
    start = next((place for place, record in enumerate(records) if record.tag == _TABLE), len(records))
    _read(records[:start], headings, body)
    cells: list[tuple[int, list[_Record]]] = []
    for record in records[start:]:
        if record.tag == _LIST_HEADER:
            cells.append((int.from_bytes(record.data[10:12], "little"), []))
        elif cells:
            cells[-1][1].append(record)
    for _, row in groupby(cells, key=lambda cell: cell[0]):
        contents = [content for _, content in row]
        if len(contents) == 1:
            _read(contents[0], headings, body)
        else:
            body.row(" ".join(_all_text(content)) for content in contents)


def _all_text(records: list[_Record]) -> Iterator[str]:
    for record in records:
        if record.tag == _PARA_HEADER:
            yield _own_text(record)
        yield from _all_text(record.below)


def _own_text(paragraph: _Record) -> str:
    """Return the words of a paragraph (UTF-16) without its controls."""
    data = b"".join(record.data for record in paragraph.below if record.tag == _PARA_TEXT)
    units = struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])
    kept: list[str] = []
    place = 0
    while place < len(units):
        unit = units[place]
        if unit >= 32:
            kept.append(chr(unit))
        else:
            kept.append(_SPACES.get(unit, ""))
        place += 8 if unit in _WIDE else 1
    return "".join(kept).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _text(value: object) -> str | None:
    """Return a property of the summary as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").rstrip("\0")
    return value if isinstance(value, str) else None
