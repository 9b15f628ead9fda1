"""Files, pages and texts from outside, in whatever state they come."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.drafts import draft_article
from assistant.errors import ArticleError
from assistant.fetching.fetcher import MOST_BYTES
from assistant.fetching.refusals import Refused
from assistant.formats import limits
from assistant.language import LANGUAGES
from assistant.passages import passages_of, sentences_of
from assistant.sources import File, Source, files_of, read_source
from tests.fetching.web import Reply, Web, reply, to
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
    write(tmp_path, "c.xls", "x")
    assert list(files_of(tmp_path)) == wanted
    assert list(files_of(tmp_path / "a.MD")) == wanted[:1]


def test_folder_without_files_that_can_be_read_says_so(tmp_path: Path) -> None:
    write(tmp_path, "c.xls", "x")
    (problem,) = files_of(tmp_path)
    assert isinstance(problem, ArticleError) and "no files" in str(problem)


def test_files_of_a_zip_are_its_members_and_the_rest_goes_on(tmp_path: Path) -> None:
    parts = {"a/note.txt": KOREAN, "b.xls": "1,2", "c.md": "# Text\n\nWords.", "d.zip": zipped({"x.md": "words"})}
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


def read(web: Web, address: str) -> Source:
    return read_source(address, web.fetcher())


def test_page_is_fetched_through_a_redirect(web: Web) -> None:
    web.play("example.test/moved", to("https://www.example.test/page"))
    web.play("www.example.test/page", reply(page()))
    source = read(web, "https://example.test/moved")
    assert (source.title, source.url) == ("Small caps", "https://www.example.test/page")
    assert (source.published, source.publisher) == (date(2026, 2, 13), "Example News")
    assert "floating rates" in source.text


def test_korean_address_with_spaces_around_it_is_fetched(web: Web) -> None:
    web.play("xn--vl2bq4o.test/%EC%86%8C%ED%98%95%EC%A3%BC", reply(page(KOREAN)))
    assert KOREAN in read(web, " http://러셀.test/소형주 ").text


def test_text_is_fetched_in_its_encoding(web: Web) -> None:
    web.play("www.example.test/text", reply(KOREAN.encode("cp949"), kind="text/plain"))
    source = read(web, "http://www.example.test/text")
    assert (source.text, source.publisher, len(source.notes)) == (KOREAN, "example.test", 1)
    assert source.url == "http://www.example.test/text"


@pytest.mark.parametrize(
    ("declared", "charset"),
    [("", "euc-kr"), ("; charset=euc-kr", "utf-8"), ("; charset=utf-8", "euc-kr"), ("; charset=idna", "euc-kr")],
)
def test_page_is_read_in_the_charset_that_the_site_or_the_page_names(web: Web, declared: str, charset: str) -> None:
    data = page(KOREAN, "euc-kr").replace(b'charset="euc-kr"', f'charset="{charset}"'.encode())
    web.play("example.test/page", reply(data, kind=f"text/html{declared}"))
    assert KOREAN in read(web, "http://example.test/page").text


def test_page_without_a_site_name_is_published_by_its_host(web: Web) -> None:
    web.play("www.example.test/page", reply(page().replace(b"og:site_name", b"og:nothing")))
    assert read(web, "http://www.example.test/page").publisher == "example.test"


def test_the_address_that_the_page_gives_as_its_own_is_kept_without_tracking(web: Web) -> None:
    own = b'<link rel="canonical" href="/articles/small-caps?id=7&amp;utm_source=page"></head>'
    web.play("m.example.test/a?id=7&utm_source=mail", reply(page().replace(b"</head>", own)))
    source = read(web, "https://m.example.test/a?id=7&utm_source=mail")
    assert source.url == "https://m.example.test/articles/small-caps?id=7"


LOGIN = """<html><head><title>Sign in</title></head><body><main><h1>Sign in</h1><p>Sign in to continue to Example News.
Subscribers can read every article.</p><form><input name=e><input type="password" name=p></form></main></body></html>"""
SHELL = """<html><head><title>News</title></head><body>
<noscript>You need to enable JavaScript to run this app.</noscript>
<div id="root"></div><script src="/main.js"></script></body></html>"""


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply("not here", 404), "status"),
        (reply("GIF8", kind="image/gif"), "type"),
        (reply("x" * (MOST_BYTES + 1), kind="text/plain"), "too_big"),
        (to("file:///etc/hostname"), "scheme"),
        (reply(LOGIN), "login"),
        (reply(SHELL), "no_article"),
        (reply("<html><body></body></html>"), "no_article"),
        (reply("<html><body><div id=app></div><script>load()</script></body></html>"), "no_article"),
        (reply(""), "no_article"),
    ],
)
def test_unusable_address_says_why_in_both_languages(web: Web, answer: Reply, reason: str) -> None:
    web.play("example.test/page", answer)
    with pytest.raises(Refused) as refused:
        read(web, "http://example.test/page")
    assert refused.value.reason == reason
    for language in LANGUAGES:
        assert refused.value.message(language).startswith("http://example.test/page: ")


def test_article_with_a_login_box_beside_it_is_read(web: Web) -> None:
    web.play("example.test/page", reply(page().replace(b"<nav>", b'<nav><input type="password" name=p>')))
    assert "floating rates" in read(web, "http://example.test/page").text


@pytest.mark.parametrize(
    "address", ["ftp://example.com/a", "file:///etc/hostname", "javascript:alert(1)", "data:text/plain,a", "https:a"]
)
def test_what_looks_like_an_address_is_never_taken_for_a_text(web: Web, address: str) -> None:
    with pytest.raises(Refused):
        read(web, address)
    assert web.dialled == []


def test_page_of_this_machine_is_refused_on_the_real_network() -> None:
    with pytest.raises(Refused, match="not public"):
        read_source("http://127.0.0.1/")
