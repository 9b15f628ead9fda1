"""Files, pages and texts from outside, in whatever state they come."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from assistant.articles import draft_article
from assistant.errors import ArticleError
from assistant.formats import limits
from assistant.passages import passages_of, sentences_of
from assistant.sources import File, files_of, read_bytes, read_source
from tests.formats.documents import ENGLISH, one_of_each, word_file, zipped
from tests.formats.documents import KOREAN as KOREAN_SENTENCE

KOREAN = "소형주는 금리에 민감해요. 변동금리 부채가 많거든요."
PARAGRAPHS = "".join(f"<p>Paragraph {n} says that small companies borrow at floating rates.</p>" for n in range(9))
PAGE = f"""<html><head><title>Small caps</title><meta charset="{{charset}}">
<meta property="article:published_time" content="2026-02-13T10:00:00Z">
<meta property="og:site_name" content="Example News"></head>
<body><nav>Home About</nav><article><h1>Small caps</h1><p>{{text}}</p><h2>Rates</h2>{PARAGRAPHS}
<p><b>Bold</b> words and <a href="/x">a link</a>.</p><ul><li>one item</li><li>two items</li></ul></article>
<script>alert(1)</script></body></html>"""


def page(text: str = "Rates matter.", charset: str = "utf-8") -> bytes:
    return PAGE.format(charset=charset, text=text).encode("cp949" if charset == "euc-kr" else charset)


def write(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_text_is_read_without_a_note(tmp_path: Path, encoding: str) -> None:
    source = read_source(write(tmp_path, "note.txt", KOREAN.encode(encoding)))
    assert (source.text, source.notes) == (KOREAN, ())


def test_cp949_text_is_read_with_a_note(tmp_path: Path) -> None:
    source = read_source(write(tmp_path, "note.txt", KOREAN.encode("cp949")))
    assert source.text == KOREAN
    assert all("CP949" in note for note in source.notes[0].values())


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("western.txt", "It’s the fund’s “return”, they said.".encode("cp1252"), "neither UTF-8"),
        ("broken.txt", KOREAN.encode("utf-8")[:-2] + b"\xff\xff", "neither UTF-8"),
        ("odd.txt", b"\xff\xfeabc", "neither UTF-8"),
        ("binary.txt", b"GIF89a\0\0\1", "binary"),
        ("report.pdf", b"%PDF-1.7", "damaged"),
        ("noname", b"text", "not read"),
        ("large.txt", b"x" * (limits.TEXT_BYTES + 1), "larger than 5 MB"),
        ("empty.html", b"<html><body></body></html>", "no text"),
    ],
)
def test_unreadable_file_says_why(tmp_path: Path, name: str, data: bytes, expected: str) -> None:
    with pytest.raises(ArticleError, match=expected) as raised:
        read_source(write(tmp_path, name, data))
    assert name in raised.value.message("ko")


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="no file"):
        read_source(tmp_path / "none.md")
    with pytest.raises(ArticleError, match="no file"):
        read_source("none.md")
    with pytest.raises(ArticleError, match="folder"):
        read_source(tmp_path)


def test_string_is_a_path_an_address_or_a_text(tmp_path: Path) -> None:
    assert read_source(str(write(tmp_path, "a.txt", "from a file"))).text == "from a file"
    assert read_source("Just a short text").text == "Just a short text"
    assert read_source("https://example.com\nis an address in a text").name == "text"


@pytest.mark.parametrize("charset", ["utf-8", "euc-kr"])
def test_html_gives_text_title_date_and_publisher(tmp_path: Path, charset: str) -> None:
    source = read_source(write(tmp_path, "page.html", page(KOREAN, charset)))
    assert (source.title, source.published, source.publisher) == ("Small caps", date(2026, 2, 13), "Example News")
    assert "## Rates" in source.text and KOREAN in source.text and "- one item" in source.text
    assert not any(word in source.text for word in ("alert", "About", "**", "<"))


def test_files_of_a_folder_are_those_that_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    wanted = [write(tmp_path, "a.MD", "x"), write(tmp_path, "sub/b.txt", "x")]
    write(tmp_path, "c.csv", "x")
    assert list(files_of(tmp_path)) == wanted
    assert list(files_of(tmp_path / "a.MD")) == wanted[:1]


def test_folder_without_files_that_can_be_read_says_so(tmp_path: Path) -> None:
    write(tmp_path, "c.csv", "x")
    (problem,) = files_of(tmp_path)
    assert isinstance(problem, ArticleError) and "no files" in str(problem)


def test_files_of_a_zip_are_its_members_and_the_rest_goes_on(tmp_path: Path) -> None:
    parts = {"a/note.txt": KOREAN, "b.csv": "1,2", "c.md": "# Text\n\nWords.", "d.zip": zipped({"x.md": "words"})}
    write(tmp_path, "all.zip", zipped(parts))
    write(tmp_path, "broken.zip", b"PK\3\4 no zip")
    found = list(files_of(tmp_path))
    assert [each.name.rpartition("all.zip")[2] for each in found if isinstance(each, File)] == [
        "/a/note.txt", "/c.md", "/d.zip",
    ]  # fmt: skip
    assert isinstance(found[-1], ArticleError) and "broken.zip" in str(found[-1])
    assert isinstance(found[0], File) and read_source(found[0]).text == KOREAN
    with pytest.raises(ArticleError, match="not one article"):
        read_source(found[2])


def test_kind_is_told_by_content_and_a_wrong_name_is_noted(tmp_path: Path) -> None:
    source = read_source(write(tmp_path, "note.txt", word_file()))
    assert source.title == "Fund report"
    assert all("DOCX" in note for note in source.notes[0].values())


@pytest.mark.parametrize("name", [*one_of_each()])
def test_each_format_becomes_an_article_with_passages(tmp_path: Path, name: str) -> None:
    article = draft_article(write(tmp_path, name, one_of_each()[name])).article
    passages = passages_of(article, sentences_of(article))
    assert any(ENGLISH in passage.text or KOREAN_SENTENCE in passage.text for passage in passages)
    assert article.id == Path(name).stem


class Site(BaseHTTPRequestHandler):
    """A site with one of everything."""

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("location", "/page")
            self.end_headers()
            return
        if self.path == "/to-file":
            self.send_response(302)
            self.send_header("location", "file:///etc/hostname")
            self.end_headers()
            return
        pages = {
            "/page": ("text/html; charset=utf-8", page()),
            "/text": ("text/plain", KOREAN.encode("cp949")),
            "/pdf": ("application/pdf", b"%PDF"),
            "/large": ("text/plain", b"x" * (limits.TEXT_BYTES + 1)),
        }
        kind, data = pages.get(self.path, ("text/plain", b"not here"))
        self.send_response(200 if self.path in pages else 404)
        self.send_header("content-type", kind)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_page_is_fetched_through_a_redirect(site: str) -> None:
    source = read_source(f"{site}/moved")
    assert (source.title, source.url) == ("Small caps", f"{site}/page")
    assert "floating rates" in source.text


def test_text_is_fetched_in_its_encoding(site: str) -> None:
    source = read_source(f"{site}/text")
    assert (source.text, source.publisher, len(source.notes)) == (KOREAN, "127.0.0.1", 1)


@pytest.mark.parametrize(
    ("place", "expected"),
    [("/none", "HTTP 404"), ("/pdf", "application/pdf"), ("/large", "larger than"), ("/to-file", "cannot be fetched")],
)
def test_unusable_address_says_why(site: str, place: str, expected: str) -> None:
    with pytest.raises(ArticleError, match=expected):
        read_source(site + place)


@pytest.mark.parametrize("address", ["ftp://example.com/a", "file:///etc/hostname"])
def test_other_schemes_are_refused(address: str) -> None:
    with pytest.raises(ArticleError, match="only http"):
        read_source(address)


def test_unreachable_address_says_so() -> None:
    with pytest.raises(ArticleError, match="cannot be fetched"):
        read_source("http://127.0.0.1:1/")


def test_page_and_slide_stand_in_the_section_of_a_passage(tmp_path: Path) -> None:
    for name, section in (
        ("report.pdf", "1쪽"),
        ("slides.pptx", "Slide 1: Small caps in 2026"),
        ("report.hwp", "금리"),
    ):
        article = draft_article(write(tmp_path, name, one_of_each()[name])).article
        assert passages_of(article, sentences_of(article))[0].section == (section,)


def test_server_says_what_kind_the_bytes_are_and_their_content_wins() -> None:
    source = read_bytes(word_file(), "https://example.com/a", "html", named="text/html", url="https://example.com/a")
    assert (source.title, source.publisher, source.url) == ("Fund report", "Example Research", "https://example.com/a")
    assert len(source.notes) == 1
    assert read_bytes(page(KOREAN), "page", "html", url="https://example.com/2025/03/04/a").publisher == "Example News"


def test_name_of_a_file_is_shown_on_one_line_without_what_cannot_be_seen() -> None:
    with pytest.raises(ArticleError) as raised:
        read_source(File("a\n\u202eb\x07" + "c" * 500 + ".pdf", b"x"))
    assert raised.value.message("en").isprintable() and len(raised.value.message("en")) < 300
