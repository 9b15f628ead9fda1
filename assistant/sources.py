"""What a file, a web address or a string holds: its text, and what it says of itself.

Encodings, HTML (trafilatura lives here), tables of figures and fetching; knows nothing of the corpus or front matter.
"""

from __future__ import annotations

import codecs
import csv
import re
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from assistant.errors import ArticleError
from assistant.providers.provider import FetchError
from assistant.providers.spreadsheet import read_rows
from assistant.types import Language

Note = dict[Language, str]

MAX_BYTES = 5_000_000
FETCH_SECONDS = 30.0
SUFFIXES = (".md", ".markdown", ".txt", ".html", ".htm", ".csv", ".xlsx")
_HTML_SUFFIXES = (".html", ".htm")
_SHEET_SUFFIXES = (".csv", ".xlsx")
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_TEXT_TYPES = ("text/plain", "text/markdown", "text/x-markdown")
_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_KOREAN = re.compile(r"[\uac00-\ud7a3]")
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


def read_source(source: str | Path) -> Source:
    """Return what a path, an http(s) address or a text holds; raises ArticleError. A short string that is not a text
    (`note.md`) is taken for a path."""
    if isinstance(source, Path):
        return _read_file(source)
    if is_address(source):
        return _fetch(source)
    if _looks_like_path(source):
        return _read_file(Path(source))
    if "\0" in source:
        raise _binary("the text", "글")
    return Source(source, "text")


def is_address(text: str) -> bool:
    """Tell whether the text is an address such as https://example.com, of any scheme."""
    return re.fullmatch(r"[a-z][a-z0-9+.-]*://\S+", text, re.IGNORECASE) is not None


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
        return _read_html(data, name)
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


def _read_html(data: bytes, name: str, url: str | None = None, charset: str | None = None) -> Source:
    import trafilatura  # takes half a second, which nothing else need wait for
    from trafilatura.metadata import extract_metadata

    html, notes = _decode_html(data, name, charset)
    found = trafilatura.extract(html, url=url, output_format="markdown", include_comments=False, favor_recall=True)
    text = _EMPHASIS.sub(r"\2", found or trafilatura.html2txt(html) or "").strip()
    if not text:
        raise ArticleError(f"{name}: no text was found in the page.", f"{name}: 페이지에서 본문을 찾지 못했어요.")
    about = extract_metadata(html, default_url=url)
    published = date.fromisoformat(about.date) if about.date else None
    return Source(text, name, about.title, published, about.sitename or _host(url), url, notes)


def _decode_html(data: bytes, name: str, charset: str | None) -> tuple[str, tuple[Note, ...]]:
    declared = _CHARSET.search(data[:4096])
    if charset is None and declared:
        charset = declared[1].decode("ascii")
    try:
        codec = codecs.lookup(charset or "utf-8").name
        text = data.decode({"euc_kr": "cp949"}.get(codec, codec))
    except (LookupError, UnicodeDecodeError):
        return decode(data, name)
    if "\0" in text:
        raise _binary(name, name)
    return text, ()


def _fetch(url: str) -> Source:
    """Return what the address serves, within the limits of size and time; only http and https, redirects included."""
    import httpx

    if urlsplit(url).scheme.lower() not in ("http", "https"):
        raise ArticleError(
            f"{url}: only http:// and https:// addresses are read.", f"{url}: http://와 https:// 주소만 읽어요."
        )
    deadline = time.monotonic() + FETCH_SECONDS
    data = bytearray()
    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=10, headers={"User-Agent": "Mozilla/5.0"}) as got:
            got.raise_for_status()
            for part in got.iter_bytes():
                data += part
                if len(data) > MAX_BYTES:
                    raise _too_large(url)
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout(f"longer than {FETCH_SECONDS:.0f} s")
    except httpx.HTTPStatusError as error:
        reason = f"HTTP {error.response.status_code}"
        raise _not_fetched(url, reason) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _not_fetched(url, str(error) or type(error).__name__) from error
    kind = got.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
    if kind in _HTML_TYPES:
        return _read_html(bytes(data), url, str(got.url), got.charset_encoding)
    if kind not in _TEXT_TYPES:
        raise _unsupported(url, kind)
    text, notes = decode(bytes(data), url)
    return Source(text, url, publisher=_host(url), url=str(got.url), notes=notes)


def _host(url: str | None) -> str | None:
    return urlsplit(url).hostname if url else None


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


def _not_fetched(url: str, reason: str) -> ArticleError:
    return ArticleError(f"{url} cannot be fetched: {reason}", f"{url} 주소를 읽을 수 없어요: {reason}")
