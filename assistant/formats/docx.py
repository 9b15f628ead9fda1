"""Reads a Word document (.docx, ECMA-376 part 1, WordprocessingML) with its headings, lists, tables and footnotes.

Pages are no part of the format: where a page ends is decided by whoever prints it. Deleted text is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from assistant.formats.body import Body, label
from assistant.formats.document import Document, Refusal
from assistant.formats.office import open_office, remarks_of, stated
from assistant.language import main_language
from assistant.xml_tree import attribute

_HEADING = re.compile(r"(?:heading|개요|제목) ?([1-9])", re.IGNORECASE)
_NOT_BODY_LEVEL = 9  # outline levels 0 to 8 are headings
# Deleted or moved text, properties, field codes, and the copy of a drawing for old programs.
_LEFT_OUT = frozenset({"del", "moveFrom", "pPr", "rPr", "instrText", "Fallback", "txbxContent", "rt", "delText"})
_BREAKS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read(data: bytes) -> Document:
    """Return the document; raises Refusal."""
    package, main = open_office(data)
    root = package.xml(main).find("body")
    if root is None:
        raise Refusal("damaged", detail="no body")
    styles = package.optional_xml(package.related(main, "styles"))
    reader = _Reader(_headings(styles), _lists(styles))
    reader.read(root)
    for kind in ("footnotes", "endnotes"):
        reader.read_notes(package.optional_xml(package.related(main, kind)))
    text = reader.body.require_text()
    title, publisher, day = stated(package)
    return Document(text, title or reader.title, publisher, day, remarks_of(package, hidden=reader.hidden))


class _Reader:
    def __init__(self, headings: dict[str, int], lists: frozenset[str]) -> None:
        self.body = Body()
        self.title: str | None = None
        self.hidden = False
        self._headings = headings
        self._lists = lists

    def read(self, parent: Element) -> None:
        """Read the blocks below an element, through whatever wraps them."""
        for element in parent:
            if element.tag == "p":
                self._read_paragraph(element)
            elif element.tag == "tbl":
                self._read_table(element)
            elif element.tag not in _LEFT_OUT:
                self.read(element)

    def read_notes(self, root: Element | None) -> None:
        notes = [note for note in root if attribute(note, "type") is None] if root is not None else []
        if notes:
            self.body.heading(1, label("notes", main_language(self.body.text)))
        for note in notes:
            self.read(note)

    def _read_paragraph(self, paragraph: Element) -> None:
        text = self._text(paragraph)
        level = self._level(paragraph)
        if level == 0:
            self.title = self.title or " ".join(text.split()) or None
        if level is not None:
            self.body.heading(max(level, 1), text)
        elif paragraph.find("pPr/numPr") is not None or _style(paragraph) in self._lists:
            self.body.item(text, _number(paragraph.find("pPr/numPr/ilvl"), 0))
        else:
            self.body.paragraph(text)
        for box in _boxes(paragraph):
            self.read(box)

    def _read_table(self, table: Element) -> None:
        for row in _within(table, "tr"):
            cells = list(_within(row, "tc"))
            if len(cells) == 1:  # a box around text, as Korean documents have many
                self.read(cells[0])
            else:
                self.body.row(self._cell(cell) for cell in cells)

    def _cell(self, cell: Element) -> str:
        return " ".join(self._text(paragraph) for paragraph in cell.iter("p"))

    def _text(self, parent: Element) -> str:
        parts = []
        for element in parent:
            if element.tag == "t":
                parts.append(element.text or "")
            elif element.tag == "r" and _is_hidden(element):
                self.hidden = self.hidden or element.find("t") is not None
            elif element.tag in _BREAKS:
                parts.append(_BREAKS[element.tag])
            elif element.tag not in _LEFT_OUT:
                parts.append(self._text(element))
        return "".join(parts)

    def _level(self, paragraph: Element) -> int | None:
        """Return the level of a heading, 0 for a title, None for other paragraphs."""
        own = paragraph.find("pPr/outlineLvl")
        if own is not None:
            level = _number(own, _NOT_BODY_LEVEL)
            return level + 1 if level < _NOT_BODY_LEVEL else None
        return self._headings.get(_style(paragraph))


def _style(paragraph: Element) -> str:
    style = paragraph.find("pPr/pStyle")
    return attribute(style, "val") or "" if style is not None else ""


def _lists(styles: Element | None) -> frozenset[str]:
    """Return the styles that make list items."""
    found = styles.iterfind("style") if styles is not None else ()
    return frozenset(attribute(style, "styleId") or "" for style in found if style.find("pPr/numPr") is not None)


def _headings(styles: Element | None) -> dict[str, int]:
    """Return the level of each style that makes a heading, by its own rules or those of the style it is based on."""
    found: dict[str, int] = {}
    bases: dict[str, str] = {}
    for style in styles.iterfind("style") if styles is not None else ():
        id = attribute(style, "styleId") or ""
        name = style.find("name")
        level = _style_level(style, attribute(name, "val") or "" if name is not None else "")
        base = style.find("basedOn")
        if level is not None:
            found[id] = level
        elif base is not None:
            bases[id] = attribute(base, "val") or ""
    for id in bases:
        seen = {id}
        base_id = bases[id]
        while base_id in bases and base_id not in seen:
            seen.add(base_id)
            base_id = bases[base_id]
        if found.get(base_id):
            found[id] = found[base_id]
    return found


def _style_level(style: Element, name: str) -> int | None:
    if name.lower() == "title":
        return 0
    outline = style.find("pPr/outlineLvl")
    if outline is not None and _number(outline, _NOT_BODY_LEVEL) < _NOT_BODY_LEVEL:
        return _number(outline, 0) + 1
    heading = _HEADING.fullmatch(name)
    return int(heading[1]) if heading else None


def _within(parent: Element, tag: str) -> Iterator[Element]:
    """Yield the elements of a tag below the parent that are in no other table, through whatever wraps them."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag not in ("tbl", "p") and element.tag not in _LEFT_OUT:
            yield from _within(element, tag)


def _boxes(parent: Element) -> Iterator[Element]:
    """Yield the text boxes that are anchored in a paragraph."""
    for element in parent:
        if element.tag == "txbxContent":
            yield element
        elif element.tag not in _LEFT_OUT:
            yield from _boxes(element)


def _is_hidden(run: Element) -> bool:
    vanish = run.find("rPr/vanish")
    return vanish is not None and attribute(vanish, "val") not in ("0", "false", "off")


def _number(element: Element | None, otherwise: int) -> int:
    value = attribute(element, "val") if element is not None else None
    return int(value) if value and value.isdecimal() and len(value) < 3 else otherwise
