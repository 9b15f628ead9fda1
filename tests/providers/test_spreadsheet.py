"""The first sheet of an .xlsx file, and files that must not be unpacked."""

from __future__ import annotations

import io
import zipfile

import pytest

from assistant.providers import spreadsheet
from assistant.providers.provider import FetchError
from assistant.providers.spreadsheet import SHEET, STRINGS, read_rows
from tests.providers.samples_issuers import packed, workbook


def test_cells_stand_where_their_place_says() -> None:
    rows = [["Name", "", "Weight"], [], ["A & B", "한국", "1.50", "", "<x>"]]
    assert read_rows(workbook(rows), "sample") == rows


def test_cells_without_place_follow_each_other() -> None:
    sheet = "<worksheet><row><c><v>1</v></c><c t='inlineStr'><is><t> two </t></is></c><c/></row></worksheet>"
    assert read_rows(packed({SHEET: sheet}), "sample") == [["1", "two", ""]]


BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"PK\x03\x04 nothing", "changed"),
        (b"", "not_data"),
        (packed({"other.xml": "<x/>"}), "changed"),
        (packed({SHEET: "<worksheet><row>"}), "changed"),
        (packed({SHEET: "<worksheet><row><c r='A1' t='s'><v>3</v></c></row></worksheet>"}), "changed"),
        (packed({SHEET: "<worksheet><row><c r='ZZZ1'><v>3</v></c></row></worksheet>"}), "changed"),
        (packed({SHEET: "<worksheet/>", STRINGS: "<sst>"}), "changed"),
        (workbook([["a"]], BOMB), "not_data"),
    ],
)
def test_file_that_cannot_be_read(body: bytes, reason: str) -> None:
    with pytest.raises(FetchError) as caught:
        read_rows(body, "sample")
    assert caught.value.reason == reason


def test_part_that_unpacks_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_BYTES", 1_000_000)
    with pytest.raises(FetchError, match="unpacks to more than"):
        read_rows(packed({SHEET: "<worksheet>" + " " * 1_000_001}), "sample")


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_part_that_is_packed_in_an_unknown_way(packing: int) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        archive.writestr(SHEET, "<worksheet/>")
    with pytest.raises(FetchError, match="packed in an unknown way"):
        read_rows(file.getvalue(), "sample")


def test_damaged_part() -> None:
    body = bytearray(workbook([["name", "1"]] * 50))
    at = body.index(b"sheet1.xml") + 20
    body[at : at + 20] = b"\xff" * 20
    with pytest.raises(FetchError, match="changed"):
        read_rows(bytes(body), "sample")
