"""The article files of the corpus: read, made from other sources, saved and removed.

Knows nothing of passages, the index or questions. Whatever it changes is one rename or one removal of a file.
"""

from __future__ import annotations

import logging
import os
import re
import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from assistant.errors import ArticleError
from assistant.front_matter import Fields, no_text, split_front_matter, to_article, to_markdown
from assistant.language import main_language, normalize
from assistant.markdown import blocks
from assistant.sources import File, Note, Source, read_source
from assistant.types import Article, Language

ADDED = "added"  # the folder of the corpus for what users add

_log = logging.getLogger(__name__)
_NOT_ARTICLES = frozenset({"readme.md"})
_RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)\d")  # no file names on Windows
_LONGEST_TITLE = 120
_LONGEST_SLUG = 60
_TODAY: Note = {
    "en": "no publication date was found; today's is used",
    "ko": "발행일을 찾지 못해 오늘 날짜를 썼어요",
}


@dataclass(frozen=True, slots=True)
class Corpus:
    """The articles of a folder in the order of their paths, their files by id, and why files were left out."""

    articles: tuple[Article, ...]
    files: Mapping[str, Path]
    problems: tuple[ArticleError, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """An article that is not saved yet, and what its author should be told."""

    article: Article
    notes: tuple[Note, ...] = ()


def parse_article(text: str, name: str) -> Article:
    """Return the article that the text of a file holds; `name` is how errors call the file."""
    fields, body = split_front_matter(text, name)
    return to_article(fields, body, name)


def read_corpus(folder: Path) -> Corpus:
    """Return all articles under the folder; a file that is none, or whose id is taken, is a problem and left out."""
    if not folder.is_dir():
        raise ArticleError(
            f"There is no corpus folder {folder}: set ASSISTANT_CORPUS, or create it.",
            f"{folder} 말뭉치 폴더가 없어요. ASSISTANT_CORPUS를 바로잡거나 폴더를 만들어 주세요.",
        )
    articles: dict[str, Article] = {}
    files: dict[str, Path] = {}
    problems = []
    for path in _article_files(folder):
        try:
            article = _read_article(path)
        except ArticleError as problem:
            problems.append(problem)
            continue
        if article.id in articles:
            problems.append(_same_id(article.id, files[article.id], path))
        else:
            articles[article.id], files[article.id] = article, path
    return Corpus(tuple(articles.values()), files, tuple(problems))


def draft_article(
    source: str | Path | File,
    *,
    language: Language | None = None,
    title: str | None = None,
    published: date | None = None,
    url: str | None = None,
) -> Draft:
    """Return an article made of a file of any format that is read, an http(s) address or a text; raises ArticleError.

    What is given wins over what the source says of itself, that over what can be guessed; a guessed date is noted.
    """
    read = read_source(source)
    stated, body = split_front_matter(read.text, read.name)
    body = "".join(char for char in body if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"})
    if not any(blocks(body)):  # as of headings alone
        raise no_text(read.name)
    given = {"language": language, "title": title, "published": published, "source_url": url}
    fields = _guessed(read, body) | _known(stated) | _known(given)
    fields.setdefault("id", slug(str(fields["title"])))
    notes = read.notes
    if "published" not in fields:
        fields["published"] = date.today()
        notes += ({language: f"{read.name}: {text}" for language, text in _TODAY.items()},)
    for note in notes:
        _log.warning("%s", note["en"], extra={"messages": note})
    return Draft(to_article(fields, body, read.name), notes)


def save_article(article: Article, folder: Path) -> Article:
    """Write the article into the corpus folder, whole or not at all, and return it with the id that it got.

    A taken id gets a number; an article whose text is already there is refused.
    """
    corpus = read_corpus(folder)
    for present in corpus.articles:
        if present.text == article.text:
            raise ArticleError(f"This text is already there: {present.id}.", f"같은 글이 이미 있어요: {present.id}.")
    target = folder / ADDED
    taken = {id.casefold() for id in corpus.files} | {path.stem.casefold() for path in target.glob("*.md")}
    numbered = (f"{article.id}-{number}" for number in range(2, len(taken) + 3))
    saved = replace(article, id=next(id for id in (article.id, *numbered) if id.casefold() not in taken))
    try:
        target.mkdir(exist_ok=True)
        _write(target / f"{saved.id}.md", to_markdown(saved))
    except OSError as error:
        raise _unwritable(target, error) from error
    return saved


def remove_article(article: Article, folder: Path) -> Article:
    """Delete the article's file from the corpus folder and return the article as it stood there."""
    corpus = read_corpus(folder)
    path = corpus.files.get(article.id)
    if path is None:
        raise ArticleError(f"There is no article {article.id!r}.", f"{article.id!r} 글이 없어요.")
    try:
        path.unlink()
        _sync_folder(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    return next(present for present in corpus.articles if present.id == article.id)


def slug(text: str) -> str:
    """Return a name for a file and an id: lower-case letters (Hangul kept) and digits, joined by hyphens."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).lower())
    name = "-".join(words)[:_LONGEST_SLUG].strip("-") or "article"
    return f"article-{name}" if _RESERVED.fullmatch(name) else name


def _article_files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*.md")
        if path.is_file() and path.name.lower() not in _NOT_ARTICLES and not path.name.startswith(".")
    )


def _read_article(path: Path) -> Article:
    source = read_source(path)
    for note in source.notes:
        _log.info("%s", note["en"], extra={"messages": note})
    return parse_article(source.text, source.name)


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


def _write(path: Path, text: str) -> None:
    """Put a whole file in place, durably: a crash leaves either no file or all of it."""
    handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _same_id(id: str, kept: Path, left_out: Path) -> ArticleError:
    return ArticleError(
        f"Two articles have the id {id!r}: {kept} is used, {left_out} is left out.",
        f"{id!r} id를 쓰는 글이 둘이에요. {kept} 파일을 쓰고 {left_out} 파일은 뺐어요.",
    )


def _unwritable(path: Path, error: OSError) -> ArticleError:
    reason = error.strerror or str(error)
    return ArticleError(f"{path} cannot be changed: {reason}.", f"{path} 파일을 바꿀 수 없어요: {reason}.")
