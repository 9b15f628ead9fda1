"""Books: chapters in the order of the spine, with their own headings or a number."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.formats.document import Refusal
from assistant.formats.epub import read
from tests.formats.documents import ENGLISH, KOREAN, book_file


def test_chapters_become_markdown_without_the_table_of_contents() -> None:
    document = read(book_file(f"<h1>Debt</h1><p>{ENGLISH}</p><h2>Why</h2><ul><li>One</li></ul>", f"<p>{ENGLISH}</p>"))
    assert document.text == f"# Debt\n\n{ENGLISH}\n\n## Why\n\n- One\n\n## Chapter 2\n\n{ENGLISH}"
    assert (document.title, document.publisher) == ("The book of funds", "A House")
    assert document.published == date(2026, 1, 5)


def test_chapter_number_speaks_the_language_of_the_book() -> None:
    assert read(book_file(f"<p>{KOREAN}&nbsp;</p>")).text == f"## 1장\n\n{KOREAN}"


def test_book_with_a_chapter_missing_is_damaged() -> None:
    data = book_file("<p>x</p>").replace(b"OPS/text/c0.xhtml", b"OPS/text/d0.xhtml")
    with pytest.raises(Refusal, match="damaged"):
        read(data)
