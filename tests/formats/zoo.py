"""Bad files of every sort, each with the outcomes that are right for it.

All are made here; the heavy ones, which use up the limits, are apart.
"""

from __future__ import annotations

import random
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.formats import documents
from tests.formats.documents import ENGLISH, KOREAN, book_file, hwp_file, hwpx_file, one_of_each, zipped
from tests.formats.ole_writer import ole
from tests.formats.pdf_writer import IMAGE_PAGE, assembled, pdf

ADDED, WARNED, EMPTY, PASSWORD, DAMAGED, BIG, UNREAD = (
    "added", "added with warning", "no text", "password", "damaged", "too big", "not read",
)  # fmt: skip
ANY = (ADDED, WARNED, EMPTY, PASSWORD, DAMAGED, BIG, UNREAD)
BINARY = ("report.pdf", "report.docx", "slides.pptx", "book.epub", "report.hwpx", "report.hwp")
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@dataclass(frozen=True, slots=True)
class Animal:
    """A file with the outcomes of which one is right."""

    name: str
    data: bytes
    outcomes: tuple[str, ...]


def animals() -> Iterator[Animal]:
    """Yield every bad file that is read or refused quickly."""
    for kind in (
        _nearly_nothing, _wrong_names, _cut, _flipped, _locked, _silent, _broken_pdf, _bombs, _active, _encodings,
        _odd_names, _pages, _line_ends, _polyglots, _foreign,
    ):  # fmt: skip
        for animal in kind():
            yield Animal(f"{kind.__name__.strip('_')}-{animal.name}", animal.data, animal.outcomes)


def heavy_animals() -> Iterator[Animal]:
    """Yield those that use up time or memory."""
    paragraphs = "<w:p><w:r><w:t>a</w:t></w:r></w:p>"
    yield Animal("a-million-paragraphs.docx", _word(paragraphs * 1_000_000, zipfile.ZIP_DEFLATED), (BIG,))
    yield Animal("packed.hwp", hwp_file(documents.record(67, 0, bytes(101_000_000))), (BIG,))
    yield Animal("text-300-mb.docx", _word("a" * 300_000_000, zipfile.ZIP_DEFLATED), (BIG,))
    yield Animal("many-paragraphs.docx", _word(paragraphs * 270_000), (BIG, ADDED))
    yield Animal("flate-of-1-gb.pdf", _content(_packed(b"0 0 m " * 170_000_000)), (BIG, DAMAGED, EMPTY))
    doubled = _packed(_packed(b"(a) Tj " * 140_000_000))
    yield Animal("double-flate-of-1-gb.pdf", _content(doubled, b"[/FlateDecode/FlateDecode]"), (BIG, DAMAGED, EMPTY))
    words = b"BT /F 10 Tf 40 800 Td " + b"<0001>Tj " * 4_000_000 + b"ET"
    yield Animal("four-million-words.pdf", _content(_packed(words)), (BIG, DAMAGED, EMPTY))
    yield Animal("pages-4999.pdf", pdf(*[[ENGLISH]] * 4_999), (ADDED, BIG))
    yield Animal("deep.html", b"<div>" * 1_000_000 + ENGLISH.encode(), (BIG, EMPTY))
    yield Animal("wide.html", b"<p>" + b"<b>a" * 3_000_000, (BIG, EMPTY, ADDED))
    yield Animal("long.html", b"<p>" + ENGLISH.encode() * 190_000, (BIG,))
    yield Animal("bomb.hwp", hwp_file(documents.hwp_paragraph("가" * 45_000_000)), (BIG, DAMAGED))


def _nearly_nothing() -> Iterator[Animal]:
    for name in (*one_of_each(), "all.zip"):
        yield Animal(f"empty-{name}", b"", (EMPTY,))
        yield Animal(f"zeros-{name}", bytes(5_000), (EMPTY,))
    for name in BINARY:
        yield Animal(f"letter-{name}", b"x", (DAMAGED,))
    yield Animal("dot.txt", b".", (EMPTY,))
    yield Animal("spaces.md", b" \n\t\r\n" * 100, (EMPTY,))
    yield Animal("headings.md", b"# One\n\n## Two\n", (EMPTY,))
    yield Animal("rules.md", b"---\n\n***\n\n```\n```\n", (EMPTY, DAMAGED))
    yield Animal("letter.txt", b"x", (ADDED,))


def _wrong_names() -> Iterator[Animal]:
    each = one_of_each()
    yield Animal("word.pdf", each["report.docx"], (WARNED,))
    yield Animal("pdf.docx", each["report.pdf"], (WARNED,))
    yield Animal("hwp.hwpx", each["report.hwp"], (WARNED,))
    yield Animal("book.zip", each["book.epub"], (WARNED,))
    yield Animal("page.pdf", each["page.html"], (WARNED,))
    yield Animal("pdf.dat", each["report.pdf"], (WARNED,))
    for name in BINARY:
        yield Animal(f"text-{name}", ENGLISH.encode(), (DAMAGED,))
    yield Animal("text.csv", b"fund,fee\nIWM,0.19\n", (DAMAGED,))
    yield Animal("text.py", b"print(1)", (UNREAD,))
    yield Animal("text", ENGLISH.encode(), (UNREAD,))


def _cut() -> Iterator[Animal]:
    for name in BINARY:
        data = one_of_each()[name]
        for percent in (10, 50, 99):
            rescued = (ADDED, WARNED, EMPTY) if name in ("report.pdf", "report.hwp") else ()
            yield Animal(f"{percent}-{name}", data[: len(data) * percent // 100], (DAMAGED, *rescued))


def _flipped() -> Iterator[Animal]:
    chance = random.Random(7)
    for name in BINARY:
        data = bytearray(one_of_each()[name])
        for _ in range(max(1, len(data) // 1_000)):
            data[chance.randrange(8, len(data))] ^= 1 << chance.randrange(8)
        yield Animal(f"one-in-1000-{name}", bytes(data), ANY)
    for name in BINARY:
        data = one_of_each()[name]
        yield Animal(f"zeroed-{name}", data[: len(data) // 2] + bytes(len(data) // 2), ANY)


def _locked() -> Iterator[Animal]:
    for algorithm in ("RC4-40", "RC4-128", "AES-128", "AES-256"):
        yield Animal(f"{algorithm}.pdf", documents.encrypted_pdf("secret", algorithm), (PASSWORD,))
    yield Animal("changes-forbidden.pdf", documents.encrypted_pdf("", "AES-128"), (ADDED,))
    yield Animal("word.docx", ole({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}), (PASSWORD,))
    yield Animal("hwp.hwp", hwp_file(flags=3), (PASSWORD,))
    yield Animal("distribution.hwp", hwp_file(flags=5), (PASSWORD,))
    yield Animal("drm.hwp", hwp_file(flags=17), (PASSWORD,))
    manifest = "<m><file-entry><encryption-data/></file-entry></m>"
    yield Animal("hwpx.hwpx", hwpx_file({"META-INF/manifest.xml": manifest}), (PASSWORD,))
    encryption = '<encryption><CipherData><CipherReference URI="OPS/text/c0.xhtml"/></CipherData></encryption>'
    yield Animal("drm.epub", book_file("<p>x</p>", more={"META-INF/encryption.xml": encryption}), (PASSWORD,))
    locked = bytearray(zipped({"note.txt": ENGLISH}))
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        locked[locked.index(mark) + place] |= 1
    yield Animal("zip.docx", bytes(locked), (PASSWORD,))


def _silent() -> Iterator[Animal]:
    yield Animal("scan.pdf", pdf(IMAGE_PAGE), (EMPTY,))
    yield Animal("scans.pdf", pdf(*[IMAGE_PAGE] * 3), (EMPTY,))
    yield Animal("half-scanned.pdf", pdf([ENGLISH], IMAGE_PAGE), (WARNED,))
    yield Animal("blank.pdf", pdf([]), (EMPTY,))
    yield Animal("dots.pdf", pdf(["...", "---"]), (EMPTY,))
    yield Animal("blank.docx", _word("<w:p/>"), (EMPTY,))
    yield Animal("all-deleted.docx", _word(f"<w:p><w:del><w:r><w:t>{ENGLISH}</w:t></w:r></w:del></w:p>"), (EMPTY,))
    yield Animal("picture.epub", book_file('<img src="a.png"/>'), (EMPTY,))
    yield Animal("headings.epub", book_file("<h1>One</h1>", "<h1>Two</h1>"), (EMPTY,))
    yield Animal("blank.hwpx", hwpx_file(sections=["<hp:p/>"]), (EMPTY,))
    yield Animal("blank.hwp", hwp_file(documents.hwp_paragraph("")), (EMPTY,))
    yield Animal("no-slides.pptx", _office("ppt/presentation.xml", "<p/>"), (EMPTY,))


def _broken_pdf() -> Iterator[Animal]:
    good = pdf([ENGLISH])
    yield Animal("only-header.pdf", b"%PDF-1.7\n", (DAMAGED,))
    yield Animal("no-pages.pdf", pdf(), (EMPTY, DAMAGED))
    yield Animal("pages-5001.pdf", pdf(*[[]] * 5_001), (BIG,))
    yield Animal("pages-10000.pdf", pdf(*[[]] * 10_000), (BIG,))
    yield Animal("million-pages-claimed.pdf", good.replace(b"/Count 1", b"/Count 1000000"), ANY)
    yield Animal("no-table.pdf", good.replace(b"xref", b"xxxx"), (ADDED, DAMAGED))
    yield Animal("table-elsewhere.pdf", good[: good.rindex(b"startxref")] + b"startxref\n99\n%%EOF", (ADDED, DAMAGED))
    yield Animal("negative-table.pdf", good[: good.rindex(b"startxref")] + b"startxref\n-9\n%%EOF", (ADDED, DAMAGED))
    yield Animal("no-root.pdf", good.replace(b"/Root 1 0 R", b""), (ADDED, DAMAGED))
    yield Animal("late.pdf", b"x" * 500 + good, (ADDED, DAMAGED))
    catalogue, leaf = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents %d 0 R>>"
    loops = {
        "pages-in-pages": [catalogue, b"<</Type/Pages/Kids[2 0 R]/Count 1>>"],
        "pages-in-a-ring": [catalogue, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"],
        "content-is-page": [catalogue, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", leaf % 3],
        "length-is-itself": [
            catalogue, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", leaf % 4, b"<</Length 4 0 R>>stream\nx\nendstream",
        ],
    }  # fmt: skip
    for name, objects in loops.items():
        yield Animal(f"{name}.pdf", assembled(objects, b"/Root 1 0 R"), (EMPTY, DAMAGED))
    deep = [catalogue, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", leaf % 4, b"[" * 100_000]
    yield Animal("brackets.pdf", assembled(deep, b"/Root 1 0 R"), (EMPTY, DAMAGED))


def _bombs() -> Iterator[Animal]:
    yield Animal("packed-tightly.docx", _word("a" * 11_000_000, zipfile.ZIP_DEFLATED), (BIG,))
    yield Animal("flate-10-mb.pdf", _content(_packed(bytes(10_000_000))), (EMPTY, BIG, DAMAGED))
    yield Animal("members.zip", zipped({f"{number}.txt": "" for number in range(5_001)}), (BIG,))
    inner = zipped({"note.txt": ENGLISH})
    yield Animal("zip-in-zip.zip", zipped({"inner.zip": inner}), (UNREAD,))
    for name, root in (("laughs", LAUGHS), ("outside", OUTSIDE)):
        body = f"{root}<w:document><w:body><w:p>&a;</w:p></w:body></w:document>"
        yield Animal(f"{name}.docx", _office("word/document.xml", body), (DAMAGED,))
        yield Animal(f"{name}.pptx", _office("ppt/presentation.xml", f"{root}<p>&a;</p>"), (DAMAGED,))
        yield Animal(
            f"{name}.hwpx",
            zipped({"Contents/content.hpf": "", "Contents/section0.xml": f"{root}<s>&a;</s>"}),
            (DAMAGED,),
        )
        yield Animal(f"{name}.epub", zipped({"META-INF/container.xml": f"{root}<c>&a;</c>"}), (DAMAGED,))
    yield Animal("deep.docx", _word("<w:x>" * 100_000 + "</w:x>" * 100_000, zipfile.ZIP_DEFLATED), (DAMAGED, BIG))
    lying = bytearray(zipped({"mimetype": "application/epub+zip", "a.txt": ENGLISH}))
    struct.pack_into("<I", lying, lying.rindex(b"PK\1\2") + 24, 4_000_000_000)
    yield Animal("size-claimed.zip", bytes(lying), (BIG,))
    yield Animal("21-mb.txt", b"word " * 4_200_001, (BIG,))
    yield Animal("6-mb.txt", b"word " * 1_200_001, (BIG,))
    yield Animal("21-mb.pdf", b"%PDF-1.7" + bytes(21_000_000), (BIG,))
    yield Animal("deep.hwp", hwp_file(b"".join(documents.record(66, level, b"") for level in range(1_023))), ANY)


def _active() -> Iterator[Animal]:
    yield Animal("macros.docx", _word(f"<w:p><w:r><w:t>{ENGLISH}</w:t></w:r></w:p>", vba=True), (WARNED,))
    hidden = f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Buy now.</w:t></w:r><w:r><w:t>{ENGLISH}</w:t></w:r></w:p>"
    yield Animal("hidden.docx", _word(hidden), (WARNED,))
    script = b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>"
    yield Animal("script.pdf", pdf([ENGLISH]).replace(b"<</Type/Catalog/Pages 2 0 R>>", script), (ADDED,))
    yield Animal("script.hwpx", hwpx_file({"Scripts/sourceScripts.js": "alert(1)"}), (ADDED,))
    linked = '<p>Text stays.</p><iframe src="file:///etc/passwd"></iframe><object data="http://127.0.0.1/"></object>'
    yield Animal("frames.epub", book_file(linked), (ADDED,))


def _encodings() -> Iterator[Animal]:
    for encoding in ("utf-8-sig", "utf-16", "utf-8"):
        yield Animal(f"{encoding}.txt", KOREAN.encode(encoding), (ADDED,))
    for encoding in ("utf-16-le", "utf-16-be", "cp949", "euc-kr", "iso2022_kr"):
        yield Animal(f"{encoding}.txt", KOREAN.encode(encoding), (WARNED,))
    yield Animal("latin.txt", "Café “so”, naïve façade".encode("cp1252"), (DAMAGED,))
    yield Animal("utf-32.txt", KOREAN.encode("utf-32"), (DAMAGED,))
    yield Animal("wrong-mark.txt", b"\xff\xfe" + ENGLISH.encode() + b".", (DAMAGED,))
    yield Animal("mixed.txt", KOREAN.encode() + "é".encode("latin-1") + KOREAN.encode("cp949"), (DAMAGED,))
    yield Animal("noise.txt", random.Random(3).randbytes(3_000), (DAMAGED, UNREAD))


def _odd_names() -> Iterator[Animal]:
    for name in (
        "../../etc/passwd.txt", "..\\..\\boot.txt", "con.txt", "nul.md", "a\nb.txt", "a\tb.md", "a\u202etxt.fdp.txt",
        "\u2066a\u2069.txt", unicodedata.normalize("NFD", "소형주.txt"), "📈.md", "-rf.txt", "a" * 400 + ".txt",
        "a;b|c.txt",
        "%2e%2e%2f.txt", "\ud800.txt", "<img src=x>.txt", "{name}.txt",
    ):  # fmt: skip
        yield Animal(name, ENGLISH.encode(), (ADDED,))


def _pages() -> Iterator[Animal]:
    yield Animal("no-body.html", b"<html><head><title>x</title></head></html>", (EMPTY,))
    yield Animal("script.html", b"<script>document.write('x')</script>", (EMPTY,))
    yield Animal("frames.html", b"<html><frameset><frame src=a></frameset></html>", (EMPTY,))
    yield Animal("lying.html", b'<meta charset="utf-8"><p>' + (KOREAN * 3).encode("cp949"), (WARNED,))
    yield Animal("nul.html", b"<p>" + ENGLISH.encode() + b"\0</p>", (UNREAD,))
    yield Animal("deep.html", b"<div>" * 10_000 + ENGLISH.encode(), (BIG,))
    yield Animal("unclosed.html", b"<html><body><p>" + ENGLISH.encode() + b"<table><tr><td>x", (ADDED,))


def _line_ends() -> Iterator[Animal]:
    yield Animal("cr.txt", ENGLISH.encode() * 2 + b"\r" + KOREAN.encode(), (ADDED,))
    yield Animal("none.txt", b"word" * 100_000, (ADDED,))
    yield Animal("mixed.txt", b"One.\r\nTwo.\rThree.\n\x0cFour.\x0bFive.", (ADDED,))
    yield Animal("nel.txt", "One.\u0085Two.\u2028Three.\u2029".encode(), (ADDED,))
    yield Animal("open-front-matter.md", b"---\ntitle: x\n\nText.", (DAMAGED,))
    yield Animal("wrong-front-matter.md", b"---\n- a\n---\nText.", (DAMAGED,))
    yield Animal("brackets.md", b"[" * 20_000 + b"x" + b"]" * 20_000, (ADDED,))


def _polyglots() -> Iterator[Animal]:
    each = one_of_each()
    yield Animal("pdf-and-zip.pdf", each["report.pdf"] + each["report.docx"], (ADDED, DAMAGED))
    yield Animal("pdf-and-zip.zip", each["report.pdf"] + each["report.docx"], (WARNED, DAMAGED))
    yield Animal("page-and-pdf.html", each["page.html"] + each["report.pdf"].replace(b"\0", b""), ANY)
    yield Animal("gif-and-page.html", b"GIF89a" + each["page.html"], (UNREAD,))
    yield Animal("both.docx", zipped({"[Content_Types].xml": "", "word/a": "", "ppt/b": ""}), (DAMAGED,))
    yield Animal("claims-epub.epub", zipped({"mimetype": "application/epub+zip"}), (DAMAGED,))
    yield Animal("claims-hwpx.hwpx", zipped({"mimetype": "application/hwp+zip"}), (DAMAGED,))
    yield Animal("far-part.docx", _office("word/document.xml", "<d/>", target="../../../etc/passwd"), (DAMAGED,))
    yield Animal("outer-part.docx", _office("word/document.xml", "<d/>", target="http://127.0.0.1/"), (DAMAGED,))


def _foreign() -> Iterator[Animal]:
    samples = {
        "png.pdf": b"\x89PNG\r\n\x1a\n", "gif.txt": b"GIF89a\1", "jpeg.html": b"\xff\xd8\xff\xe0",
        "exe.txt": b"MZ\x90\0", "elf.md": b"\x7fELF\2", "rar.zip": b"Rar!\x1a\7",
        "7z.docx": b"7z\xbc\xaf\x27\x1c", "gz.txt": b"\x1f\x8b\x08",
        "rtf.docx": b"{\\rtf1 text}", "ps.pdf": b"%!PS-Adobe", "hwp3.hwp": b"HWP Document File V3.00 \x1a",
    }  # fmt: skip
    for name, data in samples.items():
        yield Animal(name, data, (UNREAD,))
    for name in ("WordDocument", "PowerPoint Document", "Workbook", "Other"):
        yield Animal(f"{name}.doc", ole({name: b"x"}), (UNREAD,))
    yield Animal("sheet.xlsx", zipped({"[Content_Types].xml": "", "xl/workbook.xml": ""}), (DAMAGED,))
    yield Animal("text.odt", zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), (UNREAD,))
    yield Animal("classes.jar", zipped({"META-INF/MANIFEST.MF": "", "A.class": ""}), (UNREAD,))


def _packed(data: bytes) -> bytes:
    return zlib.compress(data, 9)


def _content(packed: bytes, filters: bytes = b"/FlateDecode") -> bytes:
    """Return a PDF whose only page has this content."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>"
    stream = b"<</Filter%s/Length %d>>stream\n%s\nendstream" % (filters, len(packed), packed)
    return assembled(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream], b"/Root 1 0 R"
    )


def _office(main: str, body: str, *, target: str | None = None, vba: bool = False, method: int = 0) -> bytes:
    relation = f'<r><Relationship Type="x/officeDocument" Target="{target or main}"/></r>'
    parts = {"[Content_Types].xml": "<Types/>", "_rels/.rels": relation, main: body}
    return zipped(parts | ({"word/vbaProject.bin": "x"} if vba else {}), method)


def _word(inside: str, method: int = zipfile.ZIP_STORED, *, vba: bool = False) -> bytes:
    body = f'<w:document xmlns:w="urn:w"><w:body>{inside}</w:body></w:document>'
    return _office("word/document.xml", body, method=method, vba=vba)
