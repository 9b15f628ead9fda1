"""The files in a zip: which are taken, and what they are called."""

from __future__ import annotations

import io
import zipfile

import pytest

from assistant.formats.archive import members_of
from assistant.formats.document import Refusal
from assistant.formats.limits import FILE_BYTES
from tests.formats.documents import zipped


def names(data: bytes) -> list[str]:
    return [name for name, _ in members_of(data)]


def test_files_of_known_suffixes_are_taken_and_the_rest_is_not() -> None:
    parts = {"a.md": "x", "b/c.TXT": "y", "d.exe": "", "e": "", ".f.md": "", "__MACOSX/a.md": "", "g.md/": ""}
    assert list(members_of(zipped(parts))) == [("a.md", b"x"), ("b/c.TXT", b"y")]


def test_file_without_a_name_is_left_out() -> None:
    nameless = zipped({"a.md": "x", "unnamed": "y"}).replace(b"unnamed", b"\0named!")  # a name ends at the first nul
    assert names(nameless) == ["a.md"]


def test_names_lead_nowhere() -> None:
    assert names(zipped({"../../a.md": "", "/b.md": "", "c\\..\\d.md": "", "C:/e.md": ""})) == [
        "a.md", "b.md", "c/d.md", "e.md",
    ]  # fmt: skip


def test_korean_names_of_windows_are_read() -> None:
    data = zipped({"xxxxxx.md": ""}).replace(b"xxxxxx", "소형주".encode("cp949"))
    assert names(data) == ["소형주.md"]


def test_member_that_cannot_be_had_does_not_stop_the_others() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.md", "first words")
        archive.writestr("b.md", bytes(FILE_BYTES + 1))
        archive.writestr("c.md", "last words")
    data = out.getvalue().replace(b"first", b"fixed", 1)
    found = [what.reason if isinstance(what, Refusal) else what for _, what in members_of(data)]
    assert found == ["damaged", "file_too_large", b"last words"]


@pytest.mark.parametrize(("data", "reason"), [(zipped({"a.exe": ""}), "nothing_inside"), (b"PK\3\4", "damaged")])
def test_zip_without_articles_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(Refusal) as raised:
        names(data)
    assert raised.value.reason == reason
