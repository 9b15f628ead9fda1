"""Word documents: what becomes a heading, an item, a row, and what is left out."""

from __future__ import annotations

import io
from datetime import date

import docx
from docx.oxml import parse_xml as xml

from assistant.formats.document import Document
from assistant.formats.docx import read
from tests.formats.documents import ENGLISH, KOREAN, word_file, zipped

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def document_of(*blocks: str) -> Document:
    """Return what is read of a document with these blocks, written as XML."""
    made = docx.Document()
    for block in blocks:
        start, _, rest = block.partition(">")
        made.element.body.insert(len(made.element.body) - 1, xml(f"{start} {WORD}>{rest}"))
    out = io.BytesIO()
    made.save(out)
    return read(out.getvalue())


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def test_headings_lists_and_tables_become_markdown() -> None:
    document = read(word_file())
    assert document.text == (
        f"# Debt\n\n{ENGLISH}\n\n## 금리\n\n{KOREAN}\n\n- First reason\n- Second reason\n\n"
        "| Fund | Fee |\n| IWM | 0.19% |"
    )
    assert (document.title, document.publisher) == ("Fund report", "Example Research")
    assert document.published == date(2026, 3, 2)


def test_title_may_stand_in_the_text() -> None:
    made = docx.Document()
    made.core_properties.title = "Document1"
    made.add_heading("Small caps", level=0)
    made.add_paragraph(ENGLISH)
    out = io.BytesIO()
    made.save(out)
    assert (read(out.getvalue()).title, read(out.getvalue()).publisher) == ("Small caps", None)


def test_inserted_text_counts_and_deleted_moved_and_field_codes_do_not() -> None:
    text = document_of(
        f"<w:p><w:ins>{run('new ')}</w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
        f"<w:moveFrom>{run('away')}</w:moveFrom><w:hyperlink>{run('linked')}</w:hyperlink>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:tab/><w:t>end</w:t><w:br/><w:t>below</w:t></w:r></w:p>"
    ).text
    assert text == "new linked end\n\nbelow"


def test_hidden_text_is_left_out_and_said() -> None:
    document = document_of(f"<w:p>{run('Buy now. ', '<w:vanish/>')}{run('Seen.')}</w:p>")
    assert (document.text, document.remarks) == ("Seen.", (("hidden_text", {}),))


def test_text_in_wrappers_boxes_and_single_cells_is_found() -> None:
    text = document_of(
        f"<w:sdt><w:sdtContent><w:p>{run('In a control.')}</w:p></w:sdtContent></w:sdt>",
        f"<w:p><w:r><w:pict><w:txbxContent><w:p>{run('In a box.')}</w:p></w:txbxContent></w:pict></w:r></w:p>",
        f"<w:tbl><w:tr><w:tc><w:p>{run('In a frame.')}</w:p><w:p>{run('And below.')}</w:p></w:tc></w:tr></w:tbl>",
    ).text
    assert text == "In a control.\n\nIn a box.\n\nIn a frame.\n\nAnd below."


def test_outline_level_of_a_paragraph_makes_a_heading() -> None:
    text = document_of(
        f'<w:p><w:pPr><w:outlineLvl w:val="2"/></w:pPr>{run("Third")}</w:p>',
        f'<w:p><w:pPr><w:outlineLvl w:val="9"/></w:pPr>{run("Words")}</w:p>',
    ).text
    assert text == "### Third\n\nWords"


def test_footnotes_follow_and_styles_inherit_their_level() -> None:
    kinds = {"styles": "styles.xml", "footnotes": "footnotes.xml"}
    links = "".join(f'<Relationship Type="x/{kind}" Target="{name}"/>' for kind, name in kinds.items())
    styles = (
        '<w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:styleId="My"><w:name w:val="My own"/><w:basedOn w:val="1"/></w:style>'
        '<w:style w:styleId="A"><w:basedOn w:val="B"/></w:style><w:style w:styleId="B"><w:basedOn w:val="A"/></w:style>'
    )
    body = (
        f'<w:p><w:pPr><w:pStyle w:val="My"/></w:pPr>{run("금리")}</w:p><w:p>{run("본문이에요.")}'
        '<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
        f'<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr>{run("끝이에요.")}</w:p>'
    )
    notes = f'<w:footnote w:type="separator"/><w:footnote w:id="2"><w:p>{run("각주예요.")}</w:p></w:footnote>'
    parts = {
        "_rels/.rels": '<r><Relationship Type="x/officeDocument" Target="/word/document.xml"/></r>',
        "word/_rels/document.xml.rels": f"<r>{links}</r>",
        "word/document.xml": f"<w:document {WORD}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {WORD}>{styles}</w:styles>",
        "word/footnotes.xml": f"<w:footnotes {WORD}>{notes}</w:footnotes>",
    }
    assert read(zipped(parts)).text == "# 금리\n\n본문이에요.\n\n끝이에요.\n\n# 주석\n\n각주예요."
