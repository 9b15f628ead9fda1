"""Reads the chapters of an EPUB book in their order (EPUB 2 and 3: a zip of XHTML, listed in a package document)."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote, urldefrag
from xml.etree.ElementTree import Element

from assistant.formats.about import plausible_day, plausible_publisher, plausible_title
from assistant.formats.body import Body, label
from assistant.formats.document import Document, Refusal
from assistant.formats.markup import add_blocks, parse_html
from assistant.formats.package import Package
from assistant.language import main_language
from assistant.xml_tree import attribute

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")


def read(data: bytes) -> Document:
    """Return the document; a chapter without a heading of its own gets one with its number. Raises Refusal."""
    book = Package(data)
    root = book.xml(_CONTAINER).find(".//rootfile")
    path = attribute(root, "full-path") if root is not None else None
    if not path:
        raise Refusal("damaged", detail="no list of chapters")
    listing = book.xml(path)
    chapters = _chapters(listing, path)
    if _encrypted(book) & set(chapters):
        raise Refusal("protected")
    return Document(
        _body(book, chapters).require_text(),
        plausible_title(_stated(listing, "title")),
        plausible_publisher(_stated(listing, "publisher"), _stated(listing, "creator")),
        plausible_day(_stated(listing, "date")),
    )


def _chapters(listing: Element, path: str) -> list[str]:
    """Return the paths of the pages in reading order, without the table of contents."""
    items = {attribute(item, "id"): item for item in listing.iterfind("manifest/item")}
    found = []
    for reference in listing.iterfind("spine/itemref"):
        item = items.get(attribute(reference, "idref"))
        if item is None or attribute(item, "media-type") not in _PAGES:
            continue
        if "nav" not in (attribute(item, "properties") or "").split():
            target = unquote(urldefrag(attribute(item, "href") or "").url)
            found.append(posixpath.normpath(posixpath.join(posixpath.dirname(path), target)))
    return found


def _encrypted(book: Package) -> set[str]:
    """Return the paths that are encrypted; those of fonts often are."""
    listing = book.optional_xml(_ENCRYPTION)
    references = listing.iter("CipherReference") if listing is not None else ()
    return {unquote(attribute(reference, "URI") or "") for reference in references}


def _body(book: Package, paths: list[str]) -> Body:
    chapters = []
    for path in paths:
        chapter = Body()
        add_blocks(parse_html(_utf8(book.part(path))), chapter)
        if chapter.has_text or chapter.has_heading:
            chapters.append(chapter)
    language = main_language("".join(chapter.text for chapter in chapters))
    body = Body()
    for number, chapter in enumerate(chapters, start=1):
        if not chapter.has_heading:
            body.heading(2, label("chapter", language, number))
        body.extend(chapter)
    return body


def _utf8(data: bytes) -> bytes:
    """EPUB allows UTF-8, which most books are in, and UTF-16 with its mark."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16").encode()
    return data


def _stated(listing: Element, name: str) -> str | None:
    return listing.findtext(f"metadata/{name}") or listing.findtext(f"metadata/dc-metadata/{name}")
