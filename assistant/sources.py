"""What a file, a web address or a string holds: its text, and what it says of itself.

Reading and fetching; knows nothing of the corpus, of front matter, or of how each format is read.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePath
from urllib.parse import urlsplit

from assistant.errors import ArticleError, FileError
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
from assistant.types import Language

Note = dict[Language, str]

FETCH_SECONDS = 30.0
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


def read_source(source: str | Path | File) -> Source:
    """Return what a path, an http(s) address, a file or a text holds; raises ArticleError. A short string that is not a
    text (`note.md`) is taken for a path."""
    if isinstance(source, File):
        suffix = PurePath(source.name).suffix.lower()
        return read_bytes(source.data, source.name, source.hint or SUFFIXES.get(suffix), named=suffix)
    if isinstance(source, Path):
        return _read_path(source)
    if is_address(source):
        return _fetch(source)
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
        document = _read(kind, data, url or "", charset)
    except Refusal as refusal:
        raise _refused(name, refusal) from refusal
    remarks = document.remarks
    if named and hint != kind:
        remarks = (("other_kind", {"kind": kind.upper()}), *remarks)
    notes = tuple(said(NOTES[key], name, values) for key, values in remarks)
    publisher = document.publisher or (urlsplit(url).hostname if url else None)
    return Source(document.text, name, document.title, document.published, publisher, url, notes)


def is_address(text: str) -> bool:
    """Tell whether the text is an address such as https://example.com, of any scheme."""
    return re.fullmatch(r"[a-z][a-z0-9+.-]*://\S+", text, re.IGNORECASE) is not None


def files_of(path: Path) -> Iterator[Path | File | ArticleError]:
    """Yield what the path stands for: a file itself, each file of a zip, or each file in a folder and below it.

    Where one cannot be had, the error that says why is yielded instead.
    """
    paths = [path]
    if path.is_dir():
        paths = [each for each in sorted(path.rglob("*")) if each.is_file() and each.suffix.lower() in SUFFIXES]
        if not paths:
            yield _refused(shown_name(str(path)), Refusal("nothing_inside", known=", ".join(SUFFIXES)))
    for each in paths:
        yield from _members(each) if each.suffix.lower() == ".zip" else (each,)


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


def _read(kind: Kind, data: bytes, url: str, charset: str | None) -> Document:
    if kind == "text":
        return _plain(data)
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
                if len(data) > FILE_BYTES:
                    raise _refused(url, _too_large(FILE_BYTES))
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout(f"longer than {FETCH_SECONDS:.0f} s")
    except httpx.HTTPStatusError as error:
        reason = f"HTTP {error.response.status_code}"
        raise _not_fetched(url, reason) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _not_fetched(url, str(error) or type(error).__name__) from error
    kind = got.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
    return read_bytes(
        bytes(data), url, MEDIA_TYPES.get(kind), named=kind, url=str(got.url), charset=got.charset_encoding
    )


def _refused(name: str, refusal: Refusal) -> FileError:
    message = said(REASONS[refusal.reason], name, refusal.values)
    return FileError(message["en"], message["ko"], refusal.reason)


def _too_large(most: int) -> Refusal:
    return Refusal("file_too_large", megabytes=most // 1_000_000)


def _not_fetched(url: str, reason: str) -> ArticleError:
    return ArticleError(f"{url} cannot be fetched: {reason}", f"{url} 주소를 읽을 수 없어요: {reason}")
