"""Reads a document of Hangul Word Processor in its open format (.hwpx, KS X 6101: OWPML in a zip).

Headings are the paragraphs of an outline level. Heads and feet of pages are left out.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from assistant.formats.about import plausible_day, plausible_publisher, plausible_title
from assistant.formats.body import Body
from assistant.formats.document import Document, Refusal
from assistant.formats.package import Package
from assistant.xml_tree import attribute

_SECTION = re.compile(r"Contents/section(\d+)\.xml", re.IGNORECASE)
_LISTING = "Contents/content.hpf"
_STYLES = "Contents/header.xml"
_MANIFEST = "META-INF/manifest.xml"
_LEFT_OUT = frozenset({"header", "footer", "hiddenComment", "parameters", "secPr"})
_SPACES = {"tab": " ", "lineBreak": "\n", "nbSpace": " ", "fwSpace": " ", "hyphen": "-"}


def read(data: bytes) -> Document:
    """Return the document; raises Refusal."""
    package = Package(data)
    manifest = package.optional_xml(_MANIFEST)
    if manifest is not None and next(manifest.iter("encryption-data"), None) is not None:
        raise Refusal("password")
    sections = sorted((int(found[1]), name) for name in package.names if (found := _SECTION.fullmatch(name)))
    if not sections:
        raise Refusal("damaged", detail="no section")
    reader = _Reader(_headings(package.optional_xml(_STYLES)))
    for _, name in sections:
        reader.read(package.xml(name))
    stated = _stated(package.optional_xml(_LISTING))
    return Document(
        reader.body.require_text(),
        plausible_title(stated.get("title")),
        plausible_publisher(stated.get("creator"), stated.get("lastsaveby")),
        plausible_day(stated.get("ModifiedDate"), stated.get("CreatedDate")),
    )


class _Reader:
    def __init__(self, headings: dict[str | None, int]) -> None:
        self.body = Body()
        self._headings = headings

    def read(self, parent: Element) -> None:
        """Read the paragraphs and tables below an element, through whatever holds them."""
        for element in parent:
            if element.tag == "p":
                self._read_paragraph(element)
            elif element.tag == "tbl":
                self._read_table(element)
            elif element.tag not in _LEFT_OUT:
                self.read(element)

    def _read_paragraph(self, paragraph: Element) -> None:
        text = _own_text(paragraph)
        level = self._headings.get(attribute(paragraph, "paraPrIDRef"))
        if level:
            self.body.heading(level, text)
        else:
            self.body.paragraph(text)
        for run in paragraph.iterfind("run"):
            self.read(run)

    def _read_table(self, table: Element) -> None:
        for row in table.iterfind("tr"):
            cells = row.findall("tc")
            if len(cells) == 1:  # a box around text
                self.read(cells[0])
            else:
                self.body.row(" ".join(_own_text(paragraph) for paragraph in cell.iter("p")) for cell in cells)


def _own_text(paragraph: Element) -> str:
    """Return the words of a paragraph without those of tables and boxes that are anchored in it."""
    parts = []
    for text in paragraph.iterfind("run/t"):
        parts.append(text.text or "")
        for mark in text:
            parts += (_SPACES.get(mark.tag, ""), mark.tail or "")
    return "".join(parts)


def _headings(styles: Element | None) -> dict[str | None, int]:
    """Return the level of each paragraph shape that is part of an outline."""
    found = {}
    for shape in styles.iter("paraPr") if styles is not None else ():
        heading = shape.find("heading")
        if heading is not None and attribute(heading, "type") == "OUTLINE":
            level = attribute(heading, "level") or "0"
            found[attribute(shape, "id")] = int(level) + 1 if level.isdecimal() else 1
    return found


def _stated(listing: Element | None) -> dict[str, str]:
    """Return what the package says of itself: its title, and each `meta` by name."""
    metadata = listing.find("metadata") if listing is not None else None
    if metadata is None:
        return {}
    found = {attribute(meta, "name") or "": meta.text or "" for meta in metadata.iterfind("meta")}
    return found | {"title": metadata.findtext("title") or ""}
