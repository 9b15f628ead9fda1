"""Reads the first sheet of an .xlsx file as rows of text, with the standard library alone.

Knows nothing of what the cells mean; formulas, dates and formats are not read.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from xml.etree.ElementTree import Element

from assistant.providers.fields import read_xml
from assistant.providers.provider import FetchError

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
MOST_BYTES = 30_000_000  # of one part, unpacked
MOST_COLUMNS = 200
# What zipfile raises on damaged, encrypted or foreign files.
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_PLACE = re.compile(r"([A-Z]{1,3})\d+")


def read_rows(body: bytes, what: str) -> list[list[str]]:
    """Return the rows that the sheet holds, an empty text for a cell that it leaves out; raises FetchError."""
    if not body.startswith(b"PK"):
        raise FetchError("not_data", f"{what}: no spreadsheet")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = archive.namelist()
            if SHEET not in names:
                raise FetchError("changed", f"{what}: no {SHEET}")
            strings = _strings(_part(archive, STRINGS, what)) if STRINGS in names else []
            sheet = _part(archive, SHEET, what)
    except _DAMAGE as error:
        raise FetchError("changed", f"{what}: the spreadsheet cannot be unpacked: {error}") from error
    return [_row(row, strings, what) for row in sheet.iter("row")]


def _part(archive: zipfile.ZipFile, name: str, what: str) -> Element:
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FetchError("changed", f"{what}: {name} is packed in an unknown way")
    with archive.open(name) as part:
        text = part.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise FetchError("not_data", f"{what}: {name} unpacks to more than {MOST_BYTES:,} bytes")
    return read_xml(text, f"{what}, {name}")


def _strings(root: Element) -> list[str]:
    return ["".join(text.text or "" for text in entry.iter("t")) for entry in root.iter("si")]


def _row(row: Element, strings: list[str], what: str) -> list[str]:
    cells: dict[int, str] = {}
    for cell in row.iter("c"):
        cells[_column(cell, len(cells), what)] = _value(cell, strings, what)
    return [cells.get(column, "") for column in range(max(cells, default=-1) + 1)]


def _column(cell: Element, following: int, what: str) -> int:
    """The cell's column from its place ("C7" is 2), as cells that are empty may be left out."""
    place = cell.get("r")
    if place is None:
        return following
    found = _PLACE.fullmatch(place)
    column = 0
    for letter in found[1] if found else "":
        column = column * 26 + ord(letter) - ord("A") + 1
    if not 0 < column <= MOST_COLUMNS:
        raise FetchError("changed", f"{what}: a cell at {place!r}")
    return column - 1


def _value(cell: Element, strings: list[str], what: str) -> str:
    if cell.get("t") == "inlineStr":
        return "".join(text.text or "" for text in cell.iter("t")).strip()
    text = (cell.findtext("v") or "").strip()
    if cell.get("t") != "s":
        return text
    if not text.isdecimal() or int(text) >= len(strings):
        raise FetchError("changed", f"{what}: no shared string {text!r}")
    return strings[int(text)].strip()
