"""The blocks of a body: paragraphs, list items and rows."""

from __future__ import annotations

from assistant.markdown import blocks

WRAPPED = "This paragraph was wrapped by hand at some width, and\nso its sentences run over the ends of its lines."


def read(text: str, title: str = "") -> list[tuple[tuple[str, ...], str, int | None]]:
    return [(block.section, text[block.start : block.end], block.list_number) for block in blocks(text, title)]


def test_sections_nest_and_the_title_is_none() -> None:
    text = "# Small caps\nzero\n\n## A\none\n\n### B ##\ntwo\n\n## C\nthree"
    assert read(text, "Small caps") == [
        ((), "zero", None),
        (("A",), "one", None),
        (("A", "B"), "two", None),
        (("C",), "three", None),
    ]


def test_underlined_line_is_a_heading() -> None:
    assert read("First\n=====\none\n\nSecond\n------\ntwo") == [
        (("First",), "one", None),
        (("First", "Second"), "two", None),
    ]


def test_items_are_numbered_within_their_list() -> None:
    text = "1. a\n1. b\n   - c\n   - d\n\n9. e\n10. f\n\nBetween\n\n- g\n- h"
    assert [(piece, number) for _, piece, number in read(text)] == [
        ("a", 1),
        ("b", 2),
        ("c", 1),
        ("d", 2),
        ("e", 3),
        ("f", 4),
        ("Between", None),
        ("g", 1),
        ("h", 2),
    ]


def test_heading_starts_a_new_list() -> None:
    assert [number for _, _, number in read("- a\n- b\n## H\n- c")] == [1, 2, 1]


def test_item_goes_on_in_indented_lines() -> None:
    assert [piece for _, piece, _ in read("- one\n  still one\n- two")] == ["one\n  still one", "two"]


def test_date_number_and_minus_open_no_list() -> None:
    assert [number for _, _, number in read("2026. 2. 13. 기준\n\n-12.5% 하락\n\n3.5배")] == [None, None, None]


def test_wrapped_paragraph_is_one_block_and_short_lines_are_their_own() -> None:
    assert [piece for _, piece, _ in read(WRAPPED)] == [WRAPPED]
    assert [piece for _, piece, _ in read("Short\nanother line\nlast")] == ["Short", "another line", "last"]


def test_tables_code_and_html_are_plain_lines() -> None:
    lines = ["| a | 1 |", "|---|---|", "| b | 2 |", "```python", "# no heading", "- no item", "```", "<b>bold</b>"]
    kept = ["| a | 1 |", "| b | 2 |", "# no heading", "- no item", "<b>bold</b>"]
    assert [piece for _, piece, _ in read("\n".join(lines))] == kept


def test_text_without_words_has_no_blocks() -> None:
    assert read("") == read("\n \n---\n***\n") == []
