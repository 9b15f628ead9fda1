"""The YAML block at the head of an article file: what it says, and how it is written.

Knows nothing of folders, encodings or where a text came from.
"""

from __future__ import annotations

import re
import reprlib
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime

import yaml
from frontmatter.default_handlers import YAMLHandler

from assistant.errors import ArticleError, FileError
from assistant.language import LANGUAGES
from assistant.types import Article, Language

REQUIRED = ("id", "title", "language", "publisher", "published")
Fields = Mapping[str, object]

_OPTIONAL = ("source_url", "tickers", "translation_of")
_SAFE_ID = re.compile(r"[^\W_][\w.\-]{0,99}")


def split_front_matter(text: str, name: str) -> tuple[Fields, str]:
    """Return the fields at the head of `text` (none where it has no front matter) and its body, in NFC, with \\n.

    The body has no blank lines around it. `name` is how errors call the text.
    """
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    if not re.match(r"---[ \t]*\n", text):
        return {}, _trimmed(text)
    parts = re.split(r"^---[ \t]*$", text, maxsplit=2, flags=re.MULTILINE)
    if len(parts) < 3:
        raise ArticleError(
            f"{name}: the front matter has no closing line `---`.",
            f"{name}: 머리말(front matter)을 닫는 `---` 줄이 없어요.",
        )
    try:
        fields = YAMLHandler().load(parts[1])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _broken_yaml(name, error) from error
    if not isinstance(fields, dict):
        raise _broken_yaml(name, "not a list of `name: value` lines")
    return fields, _trimmed(parts[2])


def to_article(fields: Fields, body: str, name: str) -> Article:
    """Return the article that fields and body make; raises ArticleError naming the field that is missing or wrong."""
    missing = [field for field in REQUIRED if not str(fields.get(field) or "").strip()]
    if missing:
        names = ", ".join(f"`{field}`" for field in missing)
        raise ArticleError(f"{name}: the front matter lacks {names}.", f"{name}: 머리말에 {names} 항목이 없어요.")
    require_text(body, name)
    return Article(
        id=_id(fields, name),
        title=_line(fields, "title", name),
        language=_language(fields, name),
        publisher=_line(fields, "publisher", name),
        published=to_date(fields["published"], name),
        text=body,
        source_url=_url(fields, name),
        tickers=_tickers(fields, name),
        translation_of=_line(fields, "translation_of", name) if fields.get("translation_of") else None,
    )


def require_text(body: str, name: str) -> None:
    """Raise FileError when the body has no word."""
    if not any(map(str.isalnum, body)):
        raise no_text(name)


def no_text(name: str) -> FileError:
    """Return the error of a text that has nothing to be found."""
    return FileError(f"{name}: there is no text.", f"{name}: 본문이 비어 있어요.", "no_text")


def other_fields(text: str, name: str) -> Fields:
    """Return what the front matter of a file says beyond what articles have."""
    fields, _ = split_front_matter(text, name)
    return {field: value for field, value in fields.items() if field not in (*REQUIRED, *_OPTIONAL)}


def to_markdown(article: Article, others: Fields | None = None) -> str:
    """Return the text of the article's file, with other fields behind its own; reading it gives the article back."""
    fields: dict[str, object] = {field: getattr(article, field) for field in REQUIRED}
    for field in _OPTIONAL:
        if value := getattr(article, field):
            fields[field] = list(value) if field == "tickers" else value
    fields |= others or {}
    head = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{head}---\n\n{article.text}\n"


def to_date(value: object, name: str) -> date:
    """Return the day that a field gives, as YAML reads it or as YYYY-MM-DD."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise _wrong("published", value, name, "YYYY-MM-DD", "YYYY-MM-DD 꼴의 날짜") from error


def _id(fields: Fields, name: str) -> str:
    id = _line(fields, "id", name)
    if not _SAFE_ID.fullmatch(id):
        raise _wrong(
            "id",
            id,
            name,
            "letters, digits, `-`, `_` and `.` (at most 100)",
            "글자, 숫자와 `-`, `_`, `.`로 된 100자 이하의 이름",
        )
    return id


def _language(fields: Fields, name: str) -> Language:
    for language in LANGUAGES:
        if fields["language"] == language:
            return language
    allowed = " / ".join(LANGUAGES)
    raise _wrong("language", fields["language"], name, allowed, allowed)


def _line(fields: Fields, field: str, name: str) -> str:
    value = fields[field]
    if not isinstance(value, str | int | float | date):
        raise _wrong(field, value, name, "one line of text", "한 줄의 글")
    return " ".join(str(value).split())


def _url(fields: Fields, name: str) -> str | None:
    url = fields.get("source_url")
    if url in (None, ""):
        return None
    if not isinstance(url, str) or not re.fullmatch(r"https?://[^\s<>\"]+", url):
        raise _wrong("source_url", url, name, "an address with http:// or https://", "http:// 또는 https:// 주소")
    return url


def _tickers(fields: Fields, name: str) -> tuple[str, ...]:
    tickers = fields.get("tickers") or []
    if not isinstance(tickers, list) or not all(isinstance(ticker, str) for ticker in tickers):
        raise _wrong("tickers", tickers, name, "a list such as [IWM, VTWO]", "[IWM, VTWO] 같은 목록")
    return tuple(tickers)


def _trimmed(body: str) -> str:
    """Return the body without blank lines around it; the indent of its first line stays."""
    return re.sub(r"\A(?:[^\S\n]*\n)+", "", body).rstrip()


def _wrong(field: str, value: object, name: str, allowed_en: str, allowed_ko: str) -> ArticleError:
    seen = reprlib.repr(value)
    return ArticleError(
        f"{name}: `{field}` is {seen}; allowed: {allowed_en}.",
        f"{name}: `{field}` 값이 {seen}인데, {allowed_ko}만 쓸 수 있어요.",
    )


def _broken_yaml(name: str, problem: object) -> ArticleError:
    reason = " ".join(str(problem).split())[:200]
    return ArticleError(
        f"{name}: the front matter cannot be read: {reason}", f"{name}: 머리말(YAML)을 읽을 수 없어요: {reason}"
    )
