"""A source made into an article: what it says of itself, what is given, and what can be guessed.

Knows nothing of the corpus folder: a draft is not kept yet.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypedDict, Unpack

from assistant.fetching.fetcher import Fetcher
from assistant.front_matter import Fields, no_text, split_front_matter, to_article
from assistant.language import main_language, normalize
from assistant.markdown import blocks
from assistant.sources import File, Note, Source, read_source
from assistant.types import Article, Language

_log = logging.getLogger(__name__)
_RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)\d")  # no file names on Windows
_LONGEST_TITLE = 120
_LONGEST_SLUG = 60
_TITLE_LINE = re.compile(rf"\A([^\n#|>*+-][^\n]{{0,{_LONGEST_TITLE - 1}}}(?<![.!?。:,;])) *\n\n+(?=\S)")
"""A first line that stands alone and is no sentence: the heading of a plain text."""
_TODAY: Note = {
    "en": "no publication date was found; today's is used",
    "ko": "발행일을 찾지 못해 오늘 날짜를 썼어요",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """An article that is not saved yet, and what its author should be told."""

    article: Article
    notes: tuple[Note, ...] = ()


class Given(TypedDict, total=False):
    """What whoever adds an article says of it; None is as good as nothing."""

    language: Language | None
    title: str | None
    published: date | None
    url: str | None


def draft_article(source: str | Path | File, fetcher: Fetcher | None = None, **given: Unpack[Given]) -> Draft:
    """Return an article made of a file of any format that is read, an http(s) address or a text; raises ArticleError.

    What is given wins over what the source says of itself, that over what can be guessed; a guessed date is noted.
    """
    read = read_source(source, fetcher)
    stated, body = split_front_matter(read.text, read.name)
    body = "".join(char for char in body if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"})
    if not any(blocks(body)):  # as of headings alone
        raise no_text(read.name)
    body = _TITLE_LINE.sub(r"# \1\n\n", body)
    said = {"source_url" if name == "url" else name: value for name, value in given.items()}
    fields = _guessed(read, body) | _known(stated) | _known(said)
    fields.setdefault("id", slug(str(fields["title"])))
    notes = read.notes
    if "published" not in fields:
        fields["published"] = date.today()
        notes += ({language: f"{read.name}: {text}" for language, text in _TODAY.items()},)
    for note in notes:
        _log.warning("%s", note["en"], extra={"messages": note})
    return Draft(to_article(fields, body, read.name), notes)


def slug(text: str) -> str:
    """Return a name for a file and an id: lower-case letters (Hangul kept) and digits, joined by hyphens."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).lower())
    name = "-".join(words)[:_LONGEST_SLUG].strip("-") or "article"
    return f"article-{name}" if _RESERVED.fullmatch(name) else name


def _known(fields: Fields) -> dict[str, object]:
    return {field: value for field, value in fields.items() if value not in (None, "")}


def _guessed(read: Source, body: str) -> dict[str, object]:
    """Return the fields that a source without front matter gives; the id only of a file, which has a name."""
    guessed = {
        "id": slug(Path(read.name).stem) if read.url is None and read.name != "text" else None,
        "title": read.title or _title(body),
        "language": main_language(body),
        "publisher": read.publisher or "user",
        "published": read.published,
        "source_url": read.url,
    }
    return _known(guessed)


def _title(body: str) -> str:
    """Return the first heading, else the first line, as far as it is not too long."""
    heading = re.search(r"^#\s+(.+)", body, re.MULTILINE)
    first = normalize(heading[1] if heading else body.lstrip("# \n").partition("\n")[0])
    return first if len(first) <= _LONGEST_TITLE else first[:_LONGEST_TITLE].rsplit(" ", 1)[0] + "…"
