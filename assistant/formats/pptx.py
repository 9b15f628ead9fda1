"""Reads the slides of a PowerPoint file (.pptx, ECMA-376 part 1, PresentationML) with their notes.

Texts stand in the order in which the file has them, which is seldom another than one reads them in. Charts and pictures
are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from assistant.formats.body import Body, label
from assistant.formats.document import Document
from assistant.formats.office import open_office, remarks_of, stated
from assistant.formats.package import Package
from assistant.language import main_language, normalize
from assistant.xml_tree import attribute

_TITLES = ("title", "ctrTitle")
_FURNITURE = ("sldNum", "dt", "ftr", "hdr", "sldImg")
_ID = "relationships}id"  # of the name of the attribute r:id; a slide has an id of its own beside it


def read(data: bytes) -> Document:
    """Return the document with a heading for each slide; raises Refusal."""
    package, main = open_office(data)
    slides = [_Slide(package, part) for part in _parts(package, main)]
    language = main_language("".join(slide.title + slide.body.text for slide in slides))
    body = Body()
    for number, slide in enumerate(slides, start=1):
        title = f": {slide.title}" if slide.title else ""
        body.heading(2, label("slide", language, number) + title)
        body.extend(slide.body)
        if slide.notes.has_text:
            body.heading(3, label("speaker", language))
            body.extend(slide.notes)
    stated_title, publisher, day = stated(package)
    first = next((slide.title for slide in slides if slide.title), None)
    return Document(body.require_text(), stated_title or first, publisher, day, remarks_of(package))


class _Slide:
    """The texts of one slide: its title, what stands on it, and what its speaker noted."""

    def __init__(self, package: Package, part: str) -> None:
        self.title = ""
        self.body = Body()
        self.notes = Body()
        for shape in _shapes(package.xml(part)):
            kind = _placeholder(shape)
            if kind in _TITLES and not self.title:
                self.title = normalize(" ".join(_paragraphs(shape)))
            elif kind not in _FURNITURE:
                _add(shape, self.body)
        notes = package.optional_xml(package.related(part, "notesSlide"))
        for shape in _shapes(notes) if notes is not None else ():
            if _placeholder(shape) == "body":
                _add(shape, self.notes)


def _parts(package: Package, main: str) -> list[str]:
    """Return the parts of the slides in their order."""
    targets = {id: target for id, _, target in package.relationships(main)}
    slides = package.xml(main).iterfind("sldIdLst/sldId")
    ids = [next((value for key, value in slide.attrib.items() if key.endswith(_ID)), "") for slide in slides]
    return [targets[id] for id in ids if id in targets]


def _shapes(root: Element) -> Iterator[Element]:
    """Yield what holds text: shapes and tables, also those in groups."""
    return (element for element in root.iter() if element.tag in ("sp", "tbl"))


def _placeholder(shape: Element) -> str | None:
    found = shape.find("nvSpPr/nvPr/ph")
    return attribute(found, "type") or "obj" if found is not None else None


def _add(shape: Element, body: Body) -> None:
    if shape.tag == "tbl":
        for row in shape.iterfind("tr"):
            body.row(" ".join(_paragraphs(cell)) for cell in row.iterfind("tc"))
    for paragraph in _paragraphs(shape) if shape.tag == "sp" else ():
        body.paragraph(paragraph)


def _paragraphs(shape: Element) -> Iterator[str]:
    for paragraph in shape.iterfind("txBody/p"):
        yield "".join("\n" if part.tag == "br" else part.findtext("t") or "" for part in paragraph)
