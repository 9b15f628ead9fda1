"""Which kind some bytes are: told by content, whatever the name says."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from assistant.formats.document import Refusal
from assistant.formats.kinds import SUFFIXES, kind_of
from tests.formats.documents import one_of_each, zipped


@pytest.mark.parametrize("name", one_of_each())
def test_kind_is_that_of_the_suffix(name: str) -> None:
    kind = SUFFIXES[PurePath(name).suffix]
    assert kind_of(one_of_each()[name], kind, "") == kind


@pytest.mark.parametrize("name", [name for name in one_of_each() if not name.startswith("note")])
def test_content_wins_over_the_name(name: str) -> None:
    assert kind_of(one_of_each()[name], "text", ".txt") == SUFFIXES[PurePath(name).suffix]


def test_zip_of_anything_else_is_a_zip() -> None:
    assert kind_of(zipped({"a.md": "x"}), None, "") == "zip"


def test_article_that_names_a_format_is_still_text() -> None:
    assert kind_of(b"How %PDF-1.7 begins", "text", ".md") == "text"
    assert kind_of(b"<!doctype html><p>How %PDF-1.7 begins", "html", ".html") == "html"
    assert kind_of(b"An <html> tag", "text", ".md") == "text"


@pytest.mark.parametrize(
    ("data", "named", "reason"),
    [
        (b"a,b", ".ods", "spreadsheet"),
        (b"words", "", "unknown_kind"),
        (b"words", "image/png", "unknown_kind"),
        (b"HWP Document File V3.00", ".hwp", "old_hwp"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), ".odt", "unknown_kind"),
    ],
)
def test_kind_that_is_not_read_is_named(data: bytes, named: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        kind_of(data, None, named)
