"""Real documents with bytes lost, changed and moved, and texts of any characters: added whole or refused clearly."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.drafts import draft_article
from assistant.errors import ArticleError
from assistant.formats.archive import members_of
from assistant.formats.document import Refusal
from assistant.formats.kinds import kind_of
from assistant.formats.plain_text import decode
from assistant.passages import passages_of, sentences_of
from assistant.sources import File
from tests.formats.documents import one_of_each

PARSED = [name for name in one_of_each() if not name.startswith(("note", "page"))]
MARKS = (
    "%PDF-1.7",
    "---\n",
    "# ",
    "- ",
    "| ",
    "<html>",
    "\ufeff",
    "\u202e",
    "\0",
    "\ud7ff",
    "금리",
    "1. ",
    "```",
    "\r",
)
relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@st.composite
def damage(draw: st.DrawFn, names: list[str]) -> File:
    """A document with one to four pieces cut out, overwritten, doubled or moved."""
    name = draw(st.sampled_from(names))
    data = bytearray(one_of_each()[name])
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(1, 64)))
        to = draw(st.integers(0, len(data)))
        match draw(st.sampled_from(("cut", "overwrite", "double", "move"))):
            case "cut":
                del data[start:end]
            case "overwrite":
                data[start:end] = draw(st.binary(min_size=end - start, max_size=end - start))
            case "double":
                data[to:to] = data[start:end]
            case "move":
                piece = data[start:end]
                del data[start:end]
                data[to:to] = piece
    return File(name, bytes(data))


def add(file: File) -> None:
    """Add the file: either it is refused in both languages, or it is an article that can be found."""
    try:
        article = draft_article(file).article
    except ArticleError as error:
        assert all(message.isprintable() for message in error.messages.values())
        return
    article.text.encode()
    assert "\0" not in article.text
    assert passages_of(article, sentences_of(article))


@settings(relaxed, max_examples=12)
@given(damage(PARSED))
def test_damaged_document_is_added_or_refused(file: File) -> None:
    add(file)


@settings(relaxed, max_examples=60)
@given(
    st.lists(st.sampled_from(MARKS) | st.text(max_size=20), max_size=12).map("".join),
    st.sampled_from(("a.md", "a.txt")),
)
def test_any_text_is_added_or_refused(text: str, name: str) -> None:
    add(File(name, text.encode("utf-8", "replace")))


@settings(relaxed, max_examples=200)
@given(damage(PARSED) | st.binary(max_size=300).map(lambda data: File("", data)))
def test_what_is_done_before_the_process_starts_refuses_by_name(file: File) -> None:
    with suppress(Refusal):
        kind_of(file.data, "text", ".txt")
    with suppress(Refusal):
        list(members_of(file.data))
    with suppress(Refusal):
        decode(file.data)


@pytest.mark.slow
@settings(relaxed, max_examples=1_000)
@given(damage(PARSED))
def test_many_damaged_documents_are_added_or_refused(file: File) -> None:
    add(file)


@pytest.mark.slow
@settings(relaxed, max_examples=1_000)
@given(damage(["page.html", "note.md", "note.txt"]) | st.binary(max_size=500).map(lambda data: File("a.html", data)))
def test_many_damaged_pages_are_added_or_refused(file: File) -> None:
    add(file)
