"""What a file, a web address or a string holds: its text, and what it says of itself.

Knows nothing of the corpus, of front matter, of how each format is read or how pages are fetched.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePath

from assistant.errors import ArticleError, FileError
from assistant.fetching.fetcher import Fetcher
from assistant.fetching.page import canonical_url, published, refuse_without_article
from assistant.fetching.refusals import Refused
from assistant.formats.archive import members_of
from assistant.formats.document import Document, Refusal, Remark
from assistant.formats.kinds import MEDIA_TYPES, SUFFIXES, Kind, kind_of
from assistant.formats.limits import FILE_BYTES, TEXT_BYTES
from assistant.formats.lines import BREAK
from assistant.formats.messages import NOTES, REASONS, said
from assistant.formats.plain_text import decode as decode_text
from assistant.formats.plain_text import decode_html
from assistant.formats.sandbox import read_apart
from assistant.language import normalize
from assistant.morphemes import join_broken
from assistant.providers.provider import FetchError
from assistant.providers.spreadsheet import read_rows
from assistant.types import Language

Note = dict[Language, str]

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*://|(https?|file|data|javascript|blob|jar):(?=\S))\S*", re.IGNORECASE)
_LONGEST_NAME = 200  # characters of a file's name in a message


@dataclass(frozen=True, slots=True)
class File:
    """A file from anywhere: a zip, an upload, a web server. Its kind is told by its content, its name is for people."""

    name: str
    data: bytes
    hint: Kind | None = None  # where the name does not tell


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


def read_source(source: str | Path | File, fetcher: Fetcher | None = None) -> Source:
    """Return what a path, an http(s) address, a file or a text holds; raises ArticleError. A short string that is not a
    text (`note.md`) is taken for a path."""
    if isinstance(source, File):
        suffix = PurePath(source.name).suffix.lower()
        return read_bytes(source.data, source.name, source.hint or SUFFIXES.get(suffix), named=suffix)
    if isinstance(source, Path):
        return _read_path(source)
    if is_address(source):
        return _read_page(source.strip(" "), fetcher or Fetcher())
    if _looks_like_path(source):
        return _read_path(Path(source))
    if "\0" in source:
        raise ArticleError("the text is binary data, not text.", "글: 글이 아니라 이진 데이터예요.")
    return Source(source, "text")


def read_bytes(
    data: bytes, name: str, hint: Kind | None, *, named: str = "", url: str | None = None, charset: str | None = None
) -> Source:
    """Return what the bytes hold, whatever their format; raises FileError.

    `hint` is the kind that the name or the server gives, `named` its suffix or media type for messages; `url` is where
    the bytes came from and `charset` what the server says of their encoding.
    """
    name = shown_name(name)
    try:
        if len(data) > FILE_BYTES:
            raise _too_large(FILE_BYTES)
        kind = kind_of(data, hint, named)
        document = _read(kind, data, name, url or "", charset)
    except Refusal as refusal:
        raise _refused(name, refusal) from refusal
    remarks = document.remarks
    if named and hint != kind:
        remarks = (("other_kind", {"kind": kind.upper()}), *remarks)
    notes = tuple(said(NOTES[key], name, values) for key, values in remarks)
    return Source(document.text, name, document.title, document.published, document.publisher, url, notes)


def is_address(text: str) -> bool:
    """Tell whether the text is an address such as https://example.com, of any scheme."""
    return _ADDRESS.fullmatch(text.strip(" ")) is not None


def files_of(path: Path) -> Iterator[Path | File | ArticleError]:
    """Yield what the path stands for: a file itself, each file of a zip, or each file in a folder and below it.

    Where one cannot be had, the error that says why is yielded instead.
    """
    paths = paths_of(path)
    if not paths:
        yield _refused(shown_name(str(path)), Refusal("nothing_inside", known=", ".join(SUFFIXES)))
    for each in paths:
        yield from _members(each) if each.suffix.lower() == ".zip" else (each,)


def paths_of(path: Path) -> list[Path]:
    """Return the files in a folder and below it that can be read, by their names; else the path itself."""
    if not path.is_dir():
        return [path]
    return [each for each in sorted(path.rglob("*")) if each.is_file() and each.suffix.lower() in SUFFIXES]


def decode(data: bytes, name: str) -> tuple[str, tuple[Note, ...]]:
    """Return the text of the bytes in UTF-8, UTF-16 or a Korean encoding, which is noted; else FileError."""
    try:
        document = _plain(data)
    except Refusal as refusal:
        raise _refused(name, refusal) from refusal
    return document.text, tuple(said(NOTES[key], name, values) for key, values in document.remarks)


def shown_name(name: str) -> str:
    """Return the name of a file as messages show it: on one line, not too long, nothing in it invisible."""
    shown = normalize(name.encode("utf-8", "replace").decode())
    return shown if len(shown) <= _LONGEST_NAME else f"…{shown[-_LONGEST_NAME:]}"


def _read(kind: Kind, data: bytes, name: str, url: str, charset: str | None) -> Document:
    if kind == "text":
        return _plain(data)
    if kind in ("csv", "xlsx"):
        return _sheet(kind, data, name)
    if kind == "html":
        html, encoding = decode_html(data, charset)
        return _with_encoding(read_apart("html", html.encode("utf-8", "replace"), url), encoding)
    if kind == "zip":
        raise Refusal("zip")
    document = read_apart(kind, data)
    return replace(document, text=join_broken(document.text, BREAK)) if kind == "pdf" else document


def _plain(data: bytes) -> Document:
    if len(data) > TEXT_BYTES:
        raise _too_large(TEXT_BYTES)
    text, encoding = decode_text(data)
    return _with_encoding(Document(text), encoding)


def _sheet(kind: Kind, data: bytes, name: str) -> Document:
    """Return a table of figures as sentences, dated by its newest figure."""
    from assistant.extraction.sheet import read_sheet  # its vocabulary is of no use to other sources

    text = _plain(data) if kind == "csv" else Document("")
    try:
        if kind == "csv":
            head = text.text.partition("\n")[0]
            rows = list(csv.reader(text.text.splitlines(), delimiter=max(",;\t", key=head.count), strict=True))
        else:
            rows = read_rows(data, name)
    except (FetchError, csv.Error) as error:
        raise Refusal("damaged", detail=str(error)) from error
    sheet = read_sheet(rows, name)
    return replace(text, text=sheet.text, title=PurePath(name).stem, published=sheet.newest)


def _with_encoding(document: Document, encoding: str | None) -> Document:
    remarks: tuple[Remark, ...] = (("encoding", {"encoding": encoding}),) if encoding else ()
    return replace(document, remarks=remarks + document.remarks)


def _looks_like_path(text: str) -> bool:
    if "\n" in text or "\0" in text or len(text) > 255 or not text.strip():
        return False
    return Path(text).exists() or re.fullmatch(r"\S+\.\w{1,5}|[~./]\S*/\S*", text) is not None


def _read_path(path: Path) -> Source:
    suffix = path.suffix.lower()
    return read_bytes(_bytes_of(path), str(path), SUFFIXES.get(suffix), named=suffix)


def _bytes_of(path: Path) -> bytes:
    name = shown_name(str(path))
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise ArticleError(f"{name} is a folder, not a file.", f"{name}: 파일이 아니라 폴더예요.")
        if size > FILE_BYTES:
            raise _refused(name, _too_large(FILE_BYTES))
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ArticleError(f"There is no file {name}.", f"{name} 파일이 없어요.") from error
    except (OSError, ValueError) as error:
        raise ArticleError(f"{name} cannot be read: {error}", f"{name} 파일을 읽을 수 없어요: {error}") from error


def _members(path: Path) -> Iterator[File | ArticleError]:
    """Yield the files of a zip, named by it and their path in it, or why they cannot be had."""
    try:
        for member, data in members_of(_bytes_of(path)):
            name = f"{path}/{member}"
            yield _refused(shown_name(name), data) if isinstance(data, Refusal) else File(name, data)
    except Refusal as refusal:
        yield _refused(shown_name(str(path)), refusal)
    except ArticleError as error:
        yield error


def _read_page(address: str, fetcher: Fetcher) -> Source:
    """Return what a web page holds; of a page in HTML the address and the day that it gives as its own."""
    page = fetcher.fetch(address, tuple(MEDIA_TYPES))
    kind, host = MEDIA_TYPES[page.kind], page.url.host.removeprefix("www.")
    try:
        source = read_bytes(
            page.data, address, kind, named=page.kind, url=str(page.url.without_tracking()), charset=page.charset
        )
    except FileError as why:
        if kind == "html" and why.reason == "no_text":
            raise Refused.because("no_article").at(address) from why
        raise
    source = replace(source, publisher=source.publisher or host)
    if kind != "html":
        return source
    html, _ = decode_html(page.data, page.charset)
    try:
        refuse_without_article(html, source.text)
    except Refused as why:
        raise why.at(address) from why
    return replace(source, published=published(html, page.url), url=str(canonical_url(html, page.url)))


def _refused(name: str, refusal: Refusal) -> FileError:
    message = said(REASONS[refusal.reason], name, refusal.values)
    return FileError(message["en"], message["ko"], refusal.reason)


def _too_large(most: int) -> Refusal:
    return Refusal("file_too_large", megabytes=most // 1_000_000)
