"""HWPX documents: sections, headings of the outline, tables and boxes."""

from __future__ import annotations

from datetime import date

from assistant.formats.hwpx import read
from tests.formats.documents import HWPX_TABLE, KOREAN, hwpx_file


def paragraph(inside: str) -> str:
    return f"<hp:p><hp:run>{inside}</hp:run></hp:p>"


def test_headings_paragraphs_and_tables_become_markdown() -> None:
    document = read(hwpx_file())
    assert document.text == f"## 금리\n\n{KOREAN}\n\n다음 줄이에요.\n\n| 펀드 | 보수 |\n| IWM | 0.19% |"
    assert (document.title, document.publisher) == ("소형주 보고서", "연구소")
    assert document.published == date(2026, 3, 4)


def test_sections_stand_in_the_order_of_their_numbers() -> None:
    sections = [paragraph(f"<hp:t>{number}번 구역이에요.</hp:t>") for number in range(11)]
    assert read(hwpx_file(sections=sections)).text.split("\n\n") == [f"{number}번 구역이에요." for number in range(11)]


def test_boxes_and_footnotes_are_read_and_page_heads_and_comments_are_not() -> None:
    note = (
        f"<hp:ctrl><hp:footNote><hp:subList>{paragraph('<hp:t>각주예요.</hp:t>')}</hp:subList></hp:footNote></hp:ctrl>"
    )
    head = f"<hp:ctrl><hp:header><hp:subList>{paragraph('<hp:t>쪽 머리</hp:t>')}</hp:subList></hp:header></hp:ctrl>"
    comment = f"<hp:ctrl><hp:hiddenComment>{paragraph('<hp:t>숨은 설명</hp:t>')}</hp:hiddenComment></hp:ctrl>"
    box = (
        f"<hp:rect><hp:drawText><hp:subList>{paragraph('<hp:t>상자예요.</hp:t>')}</hp:subList></hp:drawText></hp:rect>"
    )
    section = paragraph(f"<hp:t>본문<hp:tab/>이에요.</hp:t>{note}{head}{comment}{box}")
    assert read(hwpx_file(sections=[section])).text == "본문 이에요.\n\n각주예요.\n\n상자예요."


def test_table_in_a_cell_of_its_own_is_read_as_a_table() -> None:
    outer = f"<hp:tbl><hp:tr><hp:tc><hp:subList>{paragraph(HWPX_TABLE)}</hp:subList></hp:tc></hp:tr></hp:tbl>"
    assert read(hwpx_file(sections=[paragraph(outer)])).text == "| 펀드 | 보수 |\n| IWM | 0.19% |"
