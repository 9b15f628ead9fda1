"""Reads the text layer of a PDF file page by page (pypdfium2 lives here).

Knows nothing of recognising letters in images; where there are only images it says so.
"""

from __future__ import annotations

from itertools import chain

import pypdfium2
from pypdfium2 import raw

from assistant.formats.about import plausible_day, plausible_publisher, plausible_title
from assistant.formats.body import Body, label
from assistant.formats.document import Document, Refusal, Remark
from assistant.formats.limits import PAGES, TEXT_BYTES
from assistant.formats.lines import paragraphs_of
from assistant.language import main_language

_ERRORS = {raw.FPDF_ERR_PASSWORD: "password", raw.FPDF_ERR_SECURITY: "protected"}


def read(data: bytes) -> Document:
    """Return the document with a heading for each page that has text; raises Refusal."""
    try:
        pdf = pypdfium2.PdfDocument(data)
        count = len(pdf)
    except pypdfium2.PdfiumError as error:
        reason = _ERRORS.get(error.err_code or 0)
        raise Refusal(reason) if reason else Refusal("damaged", detail="PDF") from error
    if count > PAGES:
        raise Refusal("too_many_pages", pages=count, count=PAGES)
    pages = _Pages(pdf)
    body = _body(paragraphs_of(pages.texts))
    if not body.has_text:
        pages.refuse()
    stated = pdf.get_metadata_dict()
    return Document(
        body.text,
        plausible_title(stated["Title"]),
        plausible_publisher(stated["Author"]),
        plausible_day(stated["CreationDate"], stated["ModDate"]),
        pages.remarks(),
    )


class _Pages:
    """The text of each page, and which pages are damaged or hold images only."""

    def __init__(self, pdf: pypdfium2.PdfDocument) -> None:
        self.texts: list[str] = []
        self.damaged: list[int] = []
        self.images: list[int] = []
        size = 0
        for number in range(1, len(pdf) + 1):
            text = self._read(pdf, number)
            self.texts.append(text)
            size += len(text.encode("utf-8", "replace"))
            if size > TEXT_BYTES:
                raise Refusal("text_too_large", megabytes=TEXT_BYTES // 1_000_000)

    def _read(self, pdf: pypdfium2.PdfDocument, number: int) -> str:
        try:
            page = pdf[number - 1]
            text = str(page.get_textpage().get_text_bounded())
            if not text.strip() and next(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]), None):
                self.images.append(number)
        except pypdfium2.PdfiumError:
            self.damaged.append(number)
            return ""
        return text

    def refuse(self) -> None:
        """Raise the Refusal that says why there is no text on any page."""
        if self.damaged:
            raise Refusal("damaged", detail="PDF")
        raise Refusal("only_images" if self.images else "no_text")

    def remarks(self) -> tuple[Remark, ...]:
        kinds = (("damaged_pages", self.damaged), ("empty_pages", self.images))
        return tuple(
            (key, {"count": len(numbers), "pages": len(self.texts), "first": numbers[0]})
            for key, numbers in kinds
            if numbers
        )


def _body(pages: list[list[str]]) -> Body:
    language = main_language("".join(chain.from_iterable(pages)))
    body = Body()
    for number, paragraphs in enumerate(pages, start=1):
        if paragraphs:
            body.heading(2, label("page", language, number))
        for paragraph in paragraphs:
            body.paragraph(paragraph)
    return body
