"""HWP 5 documents, and the other files that are OLE."""

from __future__ import annotations

import struct

import pytest

from assistant.formats.document import Refusal
from assistant.formats.hwp import read
from tests.formats.documents import KOREAN, hwp_file, hwp_paragraph, hwp_table, record
from tests.formats.ole_writer import ole


@pytest.mark.parametrize("packed", [True, False])
def test_headings_paragraphs_and_tables_become_markdown(packed: bool) -> None:
    text = read(hwp_file(flags=int(packed), packed=packed)).text
    assert text == f"## 금리\n\n{KOREAN}\n\n| 펀드 | 보수 |\n| IWM | 0.19% |"


def test_controls_in_a_text_take_their_places() -> None:
    units = [
        ord("가"),
        9,
        *[0] * 7,
        ord("나"),
        10,
        ord("다"),
        30,
        ord("라"),
        2,
        *[1] * 7,
        ord("마"),
        0xD83D,
        0xDCC8,
        13,
    ]
    words = struct.pack(f"<{len(units)}H", *units)
    body = record(66, 0, bytes(11)) + record(67, 1, words)
    assert read(hwp_file(body)).text == "가 나\n\n다 라마📈"


def test_long_text_has_a_size_of_its_own() -> None:
    assert read(hwp_file(hwp_paragraph("가나다 " * 2_000))).text == ("가나다 " * 2_000).strip()


def test_heads_of_pages_and_hidden_comments_are_left_out_and_footnotes_are_not() -> None:
    body = hwp_paragraph("본문이에요.")
    for control, text in ((b"daeh", "쪽 머리"), (b"tmct", "숨은 설명"), (b"  nf", "각주예요.")):
        body += record(71, 1, control) + record(72, 2, bytes(8)) + hwp_paragraph(text, 2)
    assert read(hwp_file(body)).text == "본문이에요.\n\n각주예요."


def test_row_of_one_cell_is_a_box_of_paragraphs() -> None:
    assert read(hwp_file(hwp_table([["상자 속 글이에요."]]))).text == "상자 속 글이에요."


@pytest.mark.parametrize(
    ("streams", "reason"),
    [
        ({"EncryptedPackage": b""}, "password"),
        ({"WordDocument": b""}, "old_office"),
        ({"Workbook": b""}, "spreadsheet"),
        ({"Anything": b""}, "unknown_kind"),
        ({"FileHeader": b"other"}, "damaged"),
    ],
)
def test_other_ole_files_are_named(streams: dict[str, bytes], reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        read(ole(streams))


@pytest.mark.parametrize(("flags", "reason"), [(0x3, "password"), (0x5, "protected"), (0x11, "protected")])
def test_locked_document_is_refused(flags: int, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        read(hwp_file(flags=flags))
