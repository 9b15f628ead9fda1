"""Which kind of file some bytes are: told by their content, and only between kinds of text by the name.

Knows nothing of how the kinds are read.
"""

from __future__ import annotations

import re
import zipfile
from typing import Literal

from assistant.formats.document import Refusal
from assistant.formats.package import open_zip, unpack

Kind = Literal["text", "html", "pdf", "docx", "pptx", "epub", "hwpx", "hwp", "csv", "xlsx", "zip"]

SUFFIXES: dict[str, Kind] = {
    ".md": "text", ".markdown": "text", ".txt": "text", ".html": "html", ".htm": "html", ".pdf": "pdf",
    ".docx": "docx", ".pptx": "pptx", ".epub": "epub", ".hwpx": "hwpx", ".hwp": "hwp", ".csv": "csv",
    ".xlsx": "xlsx", ".zip": "zip",
}  # fmt: skip
MEDIA_TYPES: dict[str, Kind] = {
    "text/plain": "text",
    "text/markdown": "text",
    "text/x-markdown": "text",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/csv": "csv",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/epub+zip": "epub",
    "application/hwp+zip": "hwpx",
    "application/x-hwp": "hwp",
}
SPREADSHEETS = (".tsv", ".xlsm", ".xls", ".ods")

_PDF = b"%PDF-"
_PDF_WITHIN = 1024  # bytes before which a PDF begins
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_HWP = b"HWP Document File V"
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype html|html)\b", re.I | re.S)
# How files of kinds that are not read begin, whatever their names say; some would pass for text.
_FOREIGN = (
    b"{\\rtf", b"%!PS", b"\x7fELF", b"MZ\x90", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf",
    b"\x1f\x8b",
)  # fmt: skip


def kind_of(data: bytes, hint: Kind | None, named: str) -> Kind:
    """Return the kind; `hint` is what the name or its server says, `named` how the message calls it.

    Raises Refusal for what is not read, and where the hint promises a kind that the content is not.
    """
    found = _told(data, hint)
    if found:
        return found
    if named in SPREADSHEETS:
        raise Refusal("spreadsheet")
    if hint is None or data.startswith(_FOREIGN):
        raise unknown(named)
    if not data.strip(b"\0 \t\r\n"):
        raise Refusal("no_text")
    if hint not in ("text", "html", "csv"):
        raise Refusal("other_content", kind=hint.upper())
    return hint


def unknown(named: str) -> Refusal:
    """Return the Refusal of a kind that nothing reads."""
    return Refusal("unknown_kind", kind=named or "?", known=", ".join(SUFFIXES))


def _told(data: bytes, hint: Kind | None) -> Kind | None:
    if data.startswith(b"PK\3\4"):
        return _zip_kind(data)
    if data.startswith(_OLE):
        return "hwp"
    if data.startswith(_OLD_HWP):
        raise Refusal("old_hwp")
    if _HTML.match(data):
        return "html"
    if data.startswith(_PDF) or (hint != "text" and _PDF in data[:_PDF_WITHIN]):
        return "pdf"
    return None


def _zip_kind(data: bytes) -> Kind:
    with open_zip(data) as opened:
        names = set(opened.namelist())
        media = _media_type(opened) if "mimetype" in names else b""
    if "[Content_Types].xml" in names or "xl/worksheets/sheet1.xml" in names:
        return _office_kind(names)
    if media.startswith(b"application/hwp+zip") or "Contents/content.hpf" in names:
        return "hwpx"
    if media.startswith(b"application/epub+zip") or "META-INF/container.xml" in names:
        return "epub"
    if media:
        raise unknown(media[:60].decode("ascii", "replace"))
    return "zip"


def _office_kind(names: set[str]) -> Kind:
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if any(name.startswith("ppt/") for name in names):
        return "pptx"
    if any(name.startswith("word/") for name in names):
        return "docx"
    raise Refusal("damaged", detail="no document in it")


def _media_type(opened: zipfile.ZipFile) -> bytes:
    return unpack(opened, opened.getinfo("mimetype"))[:100].strip()
