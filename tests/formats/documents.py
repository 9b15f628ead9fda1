"""Small real documents of every format, made when asked for."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

import docx
import pptx
import pypdf

from tests.formats.ole_writer import ole
from tests.formats.pdf_writer import pdf

ENGLISH = "Small caps carry more floating-rate debt than large caps."
KOREAN = "소형주는 변동금리 부채가 많아 금리에 민감해요."


def zipped(parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of these parts, in their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def word_file(title: str = "Fund report", author: str = "Example Research") -> bytes:
    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = author
    document.core_properties.modified = datetime(2026, 3, 2, 9, 30)
    document.add_heading("Debt", level=1)
    document.add_paragraph(ENGLISH)
    document.add_heading("금리", level=2)
    document.add_paragraph(KOREAN)
    document.add_paragraph("First reason", style="List Bullet")
    document.add_paragraph("Second reason", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("Fund", "Fee"), ("IWM", "0.19%")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def slides_file() -> bytes:
    deck = pptx.Presentation()
    deck.core_properties.title = "PowerPoint Presentation"
    deck.core_properties.author = "user"
    deck.core_properties.modified = datetime(2026, 3, 3)
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = "Small caps in 2026"
    first.placeholders[1].text = ENGLISH
    first.notes_slide.notes_text_frame.text = "Say that rates matter."
    second = deck.slides.add_slide(deck.slide_layouts[5])
    second.shapes.title.text = "Fees"
    table = second.shapes.add_table(2, 2, 0, 0, 100, 100).table
    for place, text in enumerate(("Fund", "Fee", "VTWO", "0.06%")):
        table.cell(place // 2, place % 2).text = text
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def book_file(*chapters: str, more: Mapping[str, str] | None = None) -> bytes:
    """Return an EPUB of these chapters, each the inside of a body."""
    names = [f"c{number}.xhtml" for number in range(len(chapters))]
    manifest = "".join(f'<item id="{name}" href="text/{name}" media-type="application/xhtml+xml"/>' for name in names)
    nav = '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    spine = "".join(f'<itemref idref="{name}"/>' for name in ("nav", *names))
    listing = f"""<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>The book of funds</dc:title>
        <dc:creator>An Author</dc:creator><dc:publisher>A House</dc:publisher><dc:date>2026-01-05</dc:date></metadata>
        <manifest>{nav}{manifest}</manifest><spine>{spine}</spine></package>"""
    container = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
        <rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
    doctype = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">'
    pages = {
        f"OPS/text/{name}": f'<?xml version="1.0" encoding="utf-8"?>{doctype}<html><body>{body}</body></html>'
        for name, body in zip(names, chapters, strict=True)
    }
    fixed = {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OPS/book.opf": listing}
    return zipped({**fixed, "OPS/nav.xhtml": "<html><body><p>Contents</p></body></html>", **pages, **(more or {})})


HWPX_TABLE = (
    "<hp:tbl><hp:tr><hp:tc><hp:subList><hp:p><hp:run><hp:t>펀드</hp:t></hp:run></hp:p></hp:subList></hp:tc><hp:tc>"
    "<hp:subList><hp:p><hp:run><hp:t>보수</hp:t></hp:run></hp:p></hp:subList></hp:tc></hp:tr><hp:tr><hp:tc><hp:subList>"
    "<hp:p><hp:run><hp:t>IWM</hp:t></hp:run></hp:p></hp:subList></hp:tc><hp:tc><hp:subList><hp:p><hp:run><hp:t>0.19%"
    "</hp:t></hp:run></hp:p></hp:subList></hp:tc></hp:tr></hp:tbl>"
)


def hwpx_file(more: Mapping[str, str] | None = None, sections: Sequence[str] | None = None) -> bytes:
    """Return a document with a heading, a paragraph and a table, or of these sections."""
    name = "http://www.hancom.co.kr/hwpml/2011/"
    spaces = f'xmlns:hp="{name}paragraph" xmlns:hs="{name}section" xmlns:hh="{name}head"'
    written = sections or (
        f'<hp:p paraPrIDRef="1"><hp:run><hp:t>금리</hp:t></hp:run></hp:p><hp:p paraPrIDRef="0"><hp:run><hp:t>{KOREAN}'
        f"<hp:lineBreak/>다음 줄이에요.</hp:t></hp:run><hp:run>{HWPX_TABLE}</hp:run></hp:p>",
    )
    header = (
        f'<hh:head {spaces}><hh:paraProperties><hh:paraPr id="0"><hh:heading type="NONE" level="0"/></hh:paraPr>'
        '<hh:paraPr id="1"><hh:heading type="OUTLINE" level="1"/></hh:paraPr></hh:paraProperties></hh:head>'
    )
    listing = """<opf:package xmlns:opf="http://www.idpf.org/2007/opf/"><opf:metadata>
        <opf:title>소형주 보고서</opf:title><opf:meta name="creator" content="text">연구소</opf:meta>
        <opf:meta name="ModifiedDate" content="text">2026-03-04T01:02:03Z</opf:meta></opf:metadata></opf:package>"""
    parts = {"mimetype": "application/hwp+zip", "Contents/content.hpf": listing, "Contents/header.xml": header}
    bodies = {
        f"Contents/section{number}.xml": f"<hs:sec {spaces}>{body}</hs:sec>" for number, body in enumerate(written)
    }
    return zipped({**parts, **bodies, **(more or {})})


def record(tag: int, level: int, data: bytes) -> bytes:
    """Return a record of HWP 5."""
    size = min(len(data), 0xFFF)
    head = struct.pack("<I", tag | level << 10 | size << 20)
    return head + (struct.pack("<I", len(data)) if size == 0xFFF else b"") + data


def hwp_paragraph(text: str, level: int = 0, shape: int = 0) -> bytes:
    words = text.encode("utf-16-le") + b"\r\0"
    return record(66, level, struct.pack("<IIHB", len(words) // 2, 0, shape, 0)) + record(67, level + 1, words)


def hwp_table(rows: Sequence[Sequence[str]]) -> bytes:
    """Return a paragraph that holds nothing but a table."""
    control = struct.pack("<H", 11) + b" lbt" + bytes(8) + struct.pack("<H", 11) + b"\r\0"
    parts = [record(66, 0, bytes(11)), record(67, 1, control), record(71, 1, b" lbt"), record(77, 2, b"")]
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            parts += (record(72, 2, struct.pack("<HHIHH", 1, 0, 0, column, number)), hwp_paragraph(text, 2))
    return b"".join(parts)


def hwp_file(body: bytes | None = None, flags: int = 1, packed: bool = True) -> bytes:
    """Return a document with a heading, a paragraph and a table, or with these records."""
    shapes = record(25, 0, struct.pack("<I", 0)) + record(25, 0, struct.pack("<I", 1 << 23 | 1 << 25))
    table = hwp_table((("펀드", "보수"), ("IWM", "0.19%")))
    written = body or hwp_paragraph("금리", shape=1) + hwp_paragraph(KOREAN) + table
    header = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05000300, flags)
    streams = {"FileHeader": header.ljust(256, b"\0")}
    for name, data in (("DocInfo", shapes), ("BodyText/Section0", written)):
        streams[name] = _deflated(data) if packed else data
    return ole(streams)


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def encrypted_pdf(password: str, algorithm: str = "AES-256", owner: str | None = "owner") -> bytes:
    """Return a PDF that opens with the password, "" for one that is only protected against changes."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf([ENGLISH])))
    writer.encrypt(password, owner, algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@cache
def one_of_each() -> Mapping[str, bytes]:
    """Return a good file of each format by name."""
    page = f"<html><head><title>Page</title></head><body><article><p>{ENGLISH * 5}</p></article></body></html>"
    return {
        "note.txt": KOREAN.encode(),
        "note.md": f"# Note\n\n{ENGLISH}".encode(),
        "page.html": page.encode(),
        "report.pdf": pdf([ENGLISH, "They follow rates."], [KOREAN]),
        "report.docx": word_file(),
        "slides.pptx": slides_file(),
        "book.epub": book_file(f"<h1>Debt</h1><p>{ENGLISH}</p>", f"<p>{KOREAN}</p>"),
        "report.hwpx": hwpx_file(),
        "report.hwp": hwp_file(),
    }
