"""Fuzzes what reads files, led by the coverage of their code: `make fuzz`, or `python -m tests.formats.fuzz -help=1`.

Texts, tables and zips are read in the server's own process: there, nothing but a refusal may come of any bytes. The
readers of other formats run in a process of their own, which may fail but not hang, grow or die.
"""

from __future__ import annotations

import logging
import struct
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["assistant", "frontmatter", "yaml"]):
    from assistant.drafts import draft_article
    from assistant.errors import ArticleError, AssistantError
    from assistant.extraction.extractor import extract_figures
    from assistant.formats import docx, epub, html, hwp, hwpx, pptx
    from assistant.formats.archive import members_of
    from assistant.formats.document import Refusal
    from assistant.formats.kinds import SUFFIXES, kind_of
    from assistant.formats.plain_text import decode_html
    from assistant.passages import passages_of, sentences_of
    from assistant.question import read_question
    from assistant.sources import File
    from assistant.vocabulary import load_vocabulary
    from tests.formats.documents import book_file, hwp_file, hwpx_file, zipped

RELATIONS = '<r><Relationship Type="x/{}" Target="{}"/></r>'
LIMITS = ["-timeout=20", "-rss_limit_mb=2500", "-max_len=4096"]


def read_text(data: bytes) -> None:
    """Add the bytes as a text and as a table of figures, and find passages and figures."""
    for name in ("a.md", "a.csv"):
        with suppress(ArticleError, Refusal):
            if kind_of(data, SUFFIXES[name[1:]], name[1:]) not in ("text", "csv"):  # another process reads it
                continue
            article = draft_article(File(name, data)).article
            article.text.encode()
            sentences = sentences_of(article)
            assert passages_of(article, sentences)
            for figure in extract_figures(article, sentences):
                assert article.text[figure.start : figure.end] == figure.quote


def read_zip(data: bytes) -> None:
    with suppress(Refusal):
        list(members_of(data))
    with suppress(Refusal):
        decode_html(data, None)


def ask(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    with suppress(AssistantError):
        read_question(text, load_vocabulary(), this_year=2026)


def read_hwp(data: bytes) -> None:
    """Take the bytes for records, each two of them for the head of the next."""
    records = b"".join(
        struct.pack("<I", 66 + data[at] % 16 | data[at + 1] % 8 << 10 | min(len(data) - at - 2, 60) << 20)
        + data[at + 2 : at + 62]
        for at in range(0, len(data) - 2, 62)
    )
    hwp.read(hwp_file(records or b"\0", packed=False))


def read_hwpx(data: bytes) -> None:
    hwpx.read(hwpx_file(sections=[data.decode("utf-8", "replace")]))


def read_docx(data: bytes) -> None:
    parts = {"_rels/.rels": RELATIONS.format("officeDocument", "/word/document.xml"), "word/document.xml": data}
    docx.read(zipped(parts))


def read_pptx(data: bytes) -> None:
    slides = '<p xmlns:r="relationships"><sldIdLst><sldId r:id="s"/></sldIdLst></p>'
    parts: dict[str, str | bytes] = {
        "_rels/.rels": RELATIONS.format("officeDocument", "/ppt/presentation.xml"),
        "ppt/presentation.xml": slides,
        "ppt/_rels/presentation.xml.rels": '<r><Relationship Id="s" Type="x/slide" Target="slide.xml"/></r>',
        "ppt/slide.xml": data,
    }
    pptx.read(zipped(parts))


def read_epub(data: bytes) -> None:
    epub.read(book_file(data.decode("utf-8", "replace")))


def read_html(data: bytes) -> None:
    html.read(data)


SHEET = b"subject,metric,value,unit,as_of,source\nIWM,expense_ratio,0.19,percent,2026-01-02,Press\n"
NOTE = "---\ntitle: 제목\n---\n\n## 금리\n\nIWM의 총보수는 0.19%예요.\n\n- 하나\n\n| Fund | Fee |\n| IWM | 0.19% |\n"
RUN = b'<p paraPrIDRef="1"><run><t>a</t><tbl><tr><tc><p><run><t>b</t></run></p></tc><tc/></tr></tbl></run></p>'
WORD = (
    b'<document><body><p><pPr><outlineLvl val="1"/></pPr><r><t>a</t></r></p><tbl><tr><tc/></tr></tbl></body></document>'
)
SLIDE = b'<sld><sp><nvSpPr><nvPr><ph type="title"/></nvPr></nvSpPr><txBody><p><r><t>a</t></r></p></txBody></sp></sld>'
PAGE = b"<html><body><h1>a</h1><table><tr><td>b<td>c</table><ul><li>d<ol><li>e</ol></ul><p>Words of an article."
STRICT: dict[Callable[[bytes], None], tuple[bytes, ...]] = {
    read_text: (NOTE.encode(), SHEET),
    read_zip: (zipped({"a.md": "x", "b/c.txt": "y"}), b"<meta charset=euc-kr>"),
    ask: ("VTWO의 헬스케어 비중은?".encode(), b"Compare the fees of IWM and VTWO in 2025"),
}
LENIENT: dict[Callable[[bytes], None], tuple[bytes, ...]] = {
    read_hwp: (b"\1\2" + "금리".encode("utf-16-le") * 40,),
    read_hwpx: (RUN,),
    read_docx: (WORD,),
    read_pptx: (SLIDE,),
    read_epub: (PAGE,),
    read_html: (PAGE,),
}
READERS = (*STRICT, *LENIENT)


def once(data: bytes) -> None:
    """Give the bytes to the reader that the first of them chooses."""
    reader = READERS[data[0] % len(READERS)] if data else None
    if reader in STRICT:
        reader(data[1:])
    elif reader:
        with suppress(Exception):  # which ends its process, and that alone
            reader(data[1:])


def main() -> None:
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        for place, examples in enumerate((*STRICT.values(), *LENIENT.values())):
            for number, example in enumerate(examples):
                Path(folder, f"{place}-{number}").write_bytes(bytes([place]) + example)
                once(bytes([place]) + example)  # what is slow the first time is over
        atheris.Setup([sys.argv[0], *LIMITS, f"-artifact_prefix={tempfile.gettempdir()}/", *sys.argv[1:], folder], once)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
