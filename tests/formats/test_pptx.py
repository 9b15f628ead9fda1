"""Slides: one heading each, in the order in which they are shown."""

from __future__ import annotations

import io
from datetime import date

import pptx
import pytest

from assistant.formats.document import Refusal
from assistant.formats.pptx import read
from tests.formats.documents import ENGLISH, slides_file


def test_slides_tables_and_notes_become_markdown() -> None:
    document = read(slides_file())
    assert document.text == (
        f"## Slide 1: Small caps in 2026\n\n{ENGLISH}\n\n### Speaker notes\n\nSay that rates matter.\n\n"
        "## Slide 2: Fees\n\n| Fund | Fee |\n| VTWO | 0.06% |"
    )
    assert (document.title, document.publisher) == ("Small caps in 2026", None)
    assert document.published == date(2026, 3, 3)


def test_slides_stand_in_their_order_and_language_and_groups_are_opened() -> None:
    deck = pptx.Presentation()
    for text in ("둘째 슬라이드의 글이에요.", "첫째 슬라이드의 글이에요."):
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        box = slide.shapes.add_group_shape().shapes.add_textbox(0, 0, 10, 10)
        box.text_frame.text = text
    order = deck.part._element.sldIdLst
    order.append(order[0])
    out = io.BytesIO()
    deck.save(out)
    assert read(out.getvalue()).text == (
        "## 슬라이드 1\n\n첫째 슬라이드의 글이에요.\n\n## 슬라이드 2\n\n둘째 슬라이드의 글이에요."
    )


def test_deck_of_titles_alone_has_no_text() -> None:
    deck = pptx.Presentation()
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "Title"
    out = io.BytesIO()
    deck.save(out)
    with pytest.raises(Refusal, match="no_text"):
        read(out.getvalue())
