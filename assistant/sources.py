"""What a file, a web address or a string holds: its text, and what it says of itself.

Encodings, HTML (trafilatura lives here) and tables of figures; knows nothing of the corpus, of front matter or of how
pages are fetched.
"""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from assistant.errors import ArticleError
from assistant.fetching.fetcher import Fetcher
from assistant.fetching.page import canonical_url, published, refuse_without_article
from assistant.fetching.refusals import Refused
from assistant.providers.provider import FetchError
from assistant.providers.spreadsheet import read_rows
from assistant.types import Language

Note = dict[Language, str]

MAX_BYTES = 5_000_000
SUFFIXES = (".md", ".markdown", ".txt", ".html", ".htm", ".csv", ".xlsx")
_HTML_SUFFIXES = (".html", ".htm")
_SHEET_SUFFIXES = (".csv", ".xlsx")
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_TEXT_TYPES = ("text/plain", "text/markdown", "text/x-markdown")
_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_NO_CHARSETS = ("idna", "punycode", "unicode", "raw", "undefined", "mbcs", "oem")  # Python's own; some are very slow
_KOREAN = re.compile(r"[\uac00-\ud7a3]")
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*://|(https?|file|data|javascript|blob|jar):(?=\S))\S*", re.IGNORECASE)
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")


@dataclass(frozen=True, slots=True)
class Source:
    """A text with what is known of it; `name` is how messages call it, `notes` what its reader should be told."""

    text: str
    name: str
    title: str | None = None
    published: date | None = None
    publisher: str | None = None
    url: str | None = None
    notes: tuple[Note, ...] = ()


def read_source(source: str | Path, fetcher: Fetcher | None = None) -> Source:
    """Return what a path, an http(s) address or a text holds; raises ArticleError. A short string that is not a text
    (`note.md`) is taken for a path."""
    if isinstance(source, Path):
        return _read_file(source)
    if is_address(source):
        return _read_page(source.strip(" "), fetcher or Fetcher())
    if _looks_like_path(source):
        return _read_file(Path(source))
    if "\0" in source:
        raise _binary("the text", "글")
    return Source(source, "text")


def is_address(text: str) -> bool:
    """Tell whether the text is an address such as https://example.com, of any scheme."""
    return _ADDRESS.fullmatch(text.strip(" ")) is not None


def files_of(folder: Path) -> list[Path]:
    """Return the files in the folder and below that can be read, by path; raises ArticleError when there are none."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix.lower() in SUFFIXES]
    if not files:
        known = ", ".join(SUFFIXES)
        raise ArticleError(f"{folder} has no files of {known}.", f"{folder} 폴더에 {known} 파일이 없어요.")
    return files


def _looks_like_path(text: str) -> bool:
    if "\n" in text or "\0" in text or len(text) > 255 or not text.strip():
        return False
    return Path(text).exists() or re.fullmatch(r"\S+\.\w{1,5}|[~./]\S*/\S*", text) is not None


def _read_file(path: Path) -> Source:
    name = str(path)
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise ArticleError(f"{name} is a folder, not a file.", f"{name}: 파일이 아니라 폴더예요.")
        if path.suffix.lower() not in SUFFIXES:
            raise _unsupported(name, path.suffix)
        if size > MAX_BYTES:
            raise _too_large(name)
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ArticleError(f"There is no file {name}.", f"{name} 파일이 없어요.") from error
    except (OSError, ValueError) as error:
        raise ArticleError(f"{name} cannot be read: {error}", f"{name} 파일을 읽을 수 없어요: {error}") from error
    if path.suffix.lower() in _HTML_SUFFIXES:
        html, notes = _decode_html(data, name)
        return _read_html(html, name, notes)
    if path.suffix.lower() in _SHEET_SUFFIXES:
        return _read_sheet(data, name)
    text, notes = decode(data, name)
    return Source(text, name, notes=notes)


def _read_sheet(data: bytes, name: str) -> Source:
    """Return a table of figures as sentences, dated by its newest figure."""
    from assistant.extraction.sheet import read_sheet  # its vocabulary is of no use to other sources

    rows, notes = _rows(data, name)
    sheet = read_sheet(rows, name)
    return Source(sheet.text, name, Path(name).stem, sheet.newest, notes=notes)


def _rows(data: bytes, name: str) -> tuple[list[list[str]], tuple[Note, ...]]:
    """Return the cells of an .xlsx file's first sheet, or of a CSV file parted by commas, semicolons or tabs."""
    try:
        if data.startswith(b"PK"):
            return read_rows(data, name), ()
        text, notes = decode(data, name)
        head = text.partition("\n")[0]
        return list(csv.reader(text.splitlines(), delimiter=max(",;\t", key=head.count), strict=True)), notes
    except (FetchError, csv.Error) as error:
        raise ArticleError(
            f"{name} cannot be read as a table: {error}", f"{name} 파일을 표로 읽을 수 없어요: {error}"
        ) from error


def decode(data: bytes, name: str) -> tuple[str, tuple[Note, ...]]:
    """Return the text of the bytes: UTF-8, UTF-16 with its mark, or Korean CP949, which is noted; else ArticleError."""
    for bom, encoding in _BOMS.items():
        if data.startswith(bom):
            try:
                return data[len(bom) :].decode(encoding), ()
            except UnicodeDecodeError as error:
                raise _wrong_encoding(name) from error
    if b"\0" in data:
        raise _binary(name, name)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        return _decode_korean(data, name)


def _decode_korean(data: bytes, name: str) -> tuple[str, tuple[Note, ...]]:
    try:
        text = data.decode("cp949")
    except UnicodeDecodeError as error:
        raise _wrong_encoding(name) from error
    letters = sum(map(str.isalpha, text))
    if len(_KOREAN.findall(text)) < letters / 4:  # curly quotes of a western encoding decode to rare syllables
        raise _wrong_encoding(name)
    note: Note = {
        "en": f"{name} was read as CP949 (EUC-KR), not UTF-8.",
        "ko": f"{name}: UTF-8이 아니라 CP949(EUC-KR)로 읽었어요.",
    }
    return text, (note,)


def _read_html(html: str, name: str, notes: tuple[Note, ...], url: str | None = None) -> Source:
    import trafilatura  # takes half a second, which nothing else need wait for
    from trafilatura.metadata import extract_metadata

    found = trafilatura.extract(html, url=url, output_format="markdown", include_comments=False, favor_recall=True)
    text = _EMPHASIS.sub(r"\2", found or trafilatura.html2txt(html) or "").strip()
    if not text:
        raise Refused.because("no_article").at(name)
    about = extract_metadata(html, default_url=url)
    return Source(text, name, about.title, published(html), about.sitename, url, notes)


def _decode_html(data: bytes, name: str, charset: str | None = None) -> tuple[str, tuple[Note, ...]]:
    """Return the text of a page in the charset that the site names, else in the one that the page names itself."""
    declared = _CHARSET.search(data[:4096])
    for named in (charset, declared[1].decode("ascii") if declared else None, "utf-8"):
        if named is None or named.lower().startswith(_NO_CHARSETS):
            continue
        try:
            codec = codecs.lookup(named).name
            text = data.decode({"euc_kr": "cp949"}.get(codec, codec))
        except (LookupError, UnicodeDecodeError):
            continue
        if "\0" in text:
            raise _binary(name, name)
        return text, ()
    return decode(data, name)


def _read_page(address: str, fetcher: Fetcher) -> Source:
    """Return what a web page holds; of a page in HTML the address and the day that it gives as its own."""
    page = fetcher.fetch(address, _HTML_TYPES + _TEXT_TYPES)
    host = page.url.host.removeprefix("www.")
    if page.kind in _TEXT_TYPES:
        text, notes = decode(page.data, address)
        return Source(text, address, publisher=host, url=str(page.url.without_tracking()), notes=notes)
    html, notes = _decode_html(page.data, address, page.charset)
    source = _read_html(html, address, notes, str(page.url))
    try:
        refuse_without_article(html, source.text)
    except Refused as why:
        raise why.at(address) from why
    url, day = canonical_url(html, page.url), published(html, page.url)
    return replace(source, published=day, publisher=source.publisher or host, url=str(url))


def _binary(en: str, ko: str) -> ArticleError:
    return ArticleError(f"{en} is binary data, not text.", f"{ko}: 글이 아니라 이진 데이터예요.")


def _too_large(name: str) -> ArticleError:
    megabytes = MAX_BYTES // 1_000_000
    return ArticleError(f"{name} is larger than {megabytes} MB.", f"{name}: {megabytes}MB보다 커요.")


def _unsupported(name: str, kind: str) -> ArticleError:
    known = ", ".join(SUFFIXES)
    return ArticleError(
        f"{name}: this kind of file ({kind or 'no suffix'}) is not read; those that are: {known}.",
        f"{name}: 이 형식({kind or '확장자 없음'})은 읽지 못해요. 읽는 형식: {known}.",
    )


def _wrong_encoding(name: str) -> ArticleError:
    return ArticleError(
        f"{name} is neither UTF-8 nor Korean CP949: save it as UTF-8.",
        f"{name}: UTF-8도 CP949도 아니에요. UTF-8로 저장해 주세요.",
    )
