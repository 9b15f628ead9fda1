"""The article files of the corpus: read, saved, replaced, removed and brought back.

Knows nothing of passages, the index or questions. Whatever it changes is one rename of a file, by one process at a
time; what it replaces or removes is put aside.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from assistant import past
from assistant.durable import make_folder, remove_file, require_space, write_file
from assistant.errors import ArticleError, UnknownArticleError
from assistant.file_lock import Lock
from assistant.front_matter import split_front_matter, to_article, to_markdown
from assistant.sources import read_source
from assistant.types import Article

ADDED = "added"  # the folder of the corpus for what users add

_log = logging.getLogger(__name__)
_NOT_ARTICLES = frozenset({"readme.md"})


@dataclass(frozen=True, slots=True)
class Corpus:
    """The articles of a folder in the order of their paths, their files by id, and why files were left out."""

    articles: tuple[Article, ...]
    files: Mapping[str, Path]
    problems: tuple[ArticleError, ...]


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
    for path in article_files(folder):
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


def article_files(folder: Path) -> list[Path]:
    """Return the files under the folder that should be articles, by path."""
    return sorted(
        path
        for path in folder.rglob("*.md")
        if path.is_file() and path.name.lower() not in _NOT_ARTICLES and not _is_hidden(path.relative_to(folder))
    )


def save_article(article: Article, folder: Path) -> Article:
    """Write the article into the corpus folder, whole or not at all, and return it with the id that it got.

    A taken id gets a number; an article whose text is already there is refused.
    """
    target = folder / ADDED
    with _changing(target, folder):
        require_space(folder)
        corpus = read_corpus(folder)
        for present in corpus.articles:
            if present.text == article.text:
                raise ArticleError(
                    f"This text is already there: {present.id}.", f"같은 글이 이미 있어요: {present.id}."
                )
        taken = {id.casefold() for id in corpus.files} | {path.stem.casefold() for path in target.glob("*.md")}
        numbered = (f"{article.id}-{number}" for number in range(2, len(taken) + 3))
        free = next(id for id in (article.id, *numbered) if id.casefold() not in taken)
        saved = _as_read(replace(article, id=free))
        make_folder(target)
        write_file(target / f"{saved.id}.md", to_markdown(saved))
    return saved


def replace_article(article: Article, folder: Path) -> Article:
    """Put the article in the place of the one of its id, in the same file, and return the one that was there."""
    with _changing(folder, folder):
        require_space(folder)
        path, former = _present(article.id, folder)
        text = to_markdown(_as_read(article))
        past.put_copy_aside(path, article.id, folder)
        write_file(path, text)
    return former


def remove_article(article: Article, folder: Path) -> Article:
    """Put the article's file aside and return the article as it stood there."""
    with _changing(folder, folder):
        path, removed = _present(article.id, folder)
        past.put_aside(path, article.id, folder)
    return removed


def take_back(article: Article, folder: Path) -> None:
    """Undo the saving of an article that could not be indexed: nothing of it is kept."""
    with _changing(folder, folder):
        remove_file(_present(article.id, folder)[0])


def take_back_replacement(article: Article, folder: Path) -> None:
    """Undo the replacing of an article by a version that could not be indexed: nothing of that is kept."""
    with _changing(folder, folder):
        past.bring_back(past.former(article.id, folder)[-1], _present(article.id, folder)[0])


def restore_article(id: str, folder: Path) -> Article:
    """Bring back the version of an article that was put aside last, and return it; one that is there is put aside."""
    with _changing(folder, folder):
        versions = past.former(id, folder)
        if not versions:
            raise UnknownArticleError(
                f"No former version of {id!r} is kept.", f"{id!r} 글의 이전 판이 남아 있지 않아요."
            )
        restored, present = _read_article(versions[-1]), read_corpus(folder).files.get(id)
        if present:
            past.put_copy_aside(present, id, folder)
        past.bring_back(versions[-1], present or past.original(versions[-1], id, folder))
    return restored


@contextmanager
def _changing(path: Path, folder: Path) -> Iterator[None]:
    """Hold the corpus folder, so that it stays as it is read; `path` is how messages call what cannot be changed."""
    try:
        with Lock(folder / ".lock").held():
            yield
    except OSError as error:
        raise _unwritable(path, error) from error


def _present(id: str, folder: Path) -> tuple[Path, Article]:
    corpus = read_corpus(folder)
    if id not in corpus.files:
        raise UnknownArticleError(f"There is no article {id!r}.", f"{id!r} 글이 없어요.")
    return corpus.files[id], next(article for article in corpus.articles if article.id == id)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _as_read(article: Article) -> Article:
    """Return the article as its file will be read; raises ArticleError where a field is none that a file may have."""
    return parse_article(to_markdown(article), article.id)


def _read_article(path: Path) -> Article:
    source = read_source(path)
    for note in source.notes:
        _log.info("%s", note["en"], extra={"messages": note})
    return parse_article(source.text, source.name)


def _same_id(id: str, kept: Path, left_out: Path) -> ArticleError:
    return ArticleError(
        f"Two articles have the id {id!r}: {kept} is used, {left_out} is left out.",
        f"{id!r} id를 쓰는 글이 둘이에요. {kept} 파일을 쓰고 {left_out} 파일은 뺐어요.",
    )


def _unwritable(path: Path, error: OSError) -> ArticleError:
    reason = error.strerror or str(error)
    return ArticleError(f"{path} cannot be changed: {reason}.", f"{path} 파일을 바꿀 수 없어요: {reason}.")
