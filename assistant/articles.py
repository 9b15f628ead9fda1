"""The article files of the corpus: read, saved, replaced, removed and brought back.

Knows nothing of passages, the index or questions. Whatever it changes is one rename of a file, by one process at a
time; what it replaces or removes is put aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path

from assistant import past
from assistant.durable import clear_leftovers, make_folder, remove_file, require_space, write_file
from assistant.errors import ArticleError, PresentError, UnknownArticleError
from assistant.file_lock import Lock
from assistant.front_matter import other_fields, to_markdown
from assistant.ledger import Ledger, parse_article, read_article, same_id, text_hash
from assistant.sources import read_source
from assistant.stamps import in_order, stamps_of
from assistant.types import Article

ADDED = "added"  # the folder of the corpus for what users add


@dataclass(frozen=True, slots=True)
class Corpus:
    """The articles of a folder in the order of their paths, their files by id, and why files were left out."""

    articles: tuple[Article, ...]
    files: Mapping[str, Path]
    problems: tuple[ArticleError, ...]


def read_corpus(folder: Path) -> Corpus:
    """Return all articles under the folder; a file that is none, or whose id is taken, is a problem and left out."""
    articles: dict[str, Article] = {}
    files: dict[str, Path] = {}
    problems = []
    for path in article_files(folder):
        try:
            article = read_article(path)
        except ArticleError as problem:
            problems.append(problem)
            continue
        if article.id in articles:
            problems.append(same_id(article.id, files[article.id], path))
        else:
            articles[article.id], files[article.id] = article, path
    return Corpus(tuple(articles.values()), files, tuple(problems))


def article_files(folder: Path) -> list[Path]:
    """Return the files under the folder that should be articles, by path."""
    return [folder / path for path in sorted(stamps_of(folder), key=in_order)]


def save_articles(articles: Iterable[Article], ledger: Ledger) -> list[Article | ArticleError]:
    """Write articles into the corpus folder, each whole or not at all; return each as saved, or why it was refused.

    A taken id gets a number; an article whose text is already there is refused.
    """
    target = ledger.folder / ADDED
    with _changing(target, ledger.folder):
        require_space(ledger.folder)
        clear_leftovers(target)
        ledger.glance()
        return [_saved(article, ledger, target) for article in articles]


def replace_article(article: Article, ledger: Ledger) -> Article:
    """Put the article in the place of the one of its id, in the same file, and return the one that was there.

    What the file's front matter says beyond what articles have stays in it.
    """
    with _changing(ledger.folder, ledger.folder):
        require_space(ledger.folder)
        ledger.glance()
        path = _present(article.id, ledger)
        former, others = read_article(path), other_fields(read_source(path).text, path.name)
        text = to_markdown(_as_read(article), others)
        past.put_copy_aside(path, article.id, ledger.folder)
        clear_leftovers(path.parent)
        write_file(path, text)
        ledger.take(_within(path, ledger))
    return former


def remove_article(id: str, ledger: Ledger) -> Article:
    """Put the article's file aside and return the article as it stood there."""
    with _changing(ledger.folder, ledger.folder):
        ledger.glance()
        path = _present(id, ledger)
        removed = read_article(path)
        past.put_aside(path, id, ledger.folder)
        ledger.take(_within(path, ledger))
    return removed


def take_back(articles: Iterable[Article], ledger: Ledger) -> None:
    """Undo the saving of articles that could not be indexed: nothing of them is kept."""
    with _changing(ledger.folder, ledger.folder):
        ledger.glance()
        for article in articles:
            path = _present(article.id, ledger)
            remove_file(path)
            ledger.take(_within(path, ledger))


def take_back_replacement(article: Article, ledger: Ledger) -> None:
    """Undo the replacing of an article by a version that could not be indexed: nothing of that is kept."""
    with _changing(ledger.folder, ledger.folder):
        ledger.glance()
        path = _present(article.id, ledger)
        past.bring_back(past.former(article.id, ledger.folder)[-1], path)
        ledger.take(_within(path, ledger))


def restore_article(id: str, ledger: Ledger) -> Article:
    """Bring back the version of an article that was put aside last, and return it; one that is there is put aside."""
    with _changing(ledger.folder, ledger.folder):
        versions = past.former(id, ledger.folder)
        if not versions:
            raise UnknownArticleError(
                f"No former version of {id!r} is kept.", f"{id!r} 글의 이전 판이 남아 있지 않아요."
            )
        ledger.glance()
        restored, present = read_article(versions[-1]), ledger.path(id)
        if present:
            past.put_copy_aside(present, id, ledger.folder)
        place = present or past.original(versions[-1], id, ledger.folder)
        past.bring_back(versions[-1], place)
        ledger.take(_within(place, ledger))
    return restored


@contextmanager
def _changing(path: Path, folder: Path) -> Iterator[None]:
    """Hold the corpus folder, so that it stays as it is read; `path` is how messages call what cannot be changed."""
    try:
        with Lock(folder / ".lock").held():
            yield
    except OSError as error:
        raise _unwritable(path, error) from error


def _saved(article: Article, ledger: Ledger, target: Path) -> Article | ArticleError:
    if present := ledger.id_of(text_hash(article.text)):
        return PresentError(present)
    numbered = (f"{article.id}-{number}" for number in count(2))
    free = next(id for id in chain([article.id], numbered) if not ledger.is_taken(id, ADDED))
    try:
        saved = _as_read(replace(article, id=free))
    except ArticleError as refused:
        return refused
    make_folder(target)
    write_file(target / f"{saved.id}.md", to_markdown(saved))
    ledger.take(f"{ADDED}/{saved.id}.md")
    return saved


def _present(id: str, ledger: Ledger) -> Path:
    path = ledger.path(id)
    if path is None:
        raise UnknownArticleError(f"There is no article {id!r}.", f"{id!r} 글이 없어요.")
    return path


def _within(path: Path, ledger: Ledger) -> str:
    return path.relative_to(ledger.folder).as_posix()


def _as_read(article: Article) -> Article:
    """Return the article as its file will be read; raises ArticleError where a field is none that a file may have."""
    return parse_article(to_markdown(article), article.id)


def _unwritable(path: Path, error: OSError) -> ArticleError:
    reason = error.strerror or str(error)
    return ArticleError(f"{path} cannot be changed: {reason}.", f"{path} 파일을 바꿀 수 없어요: {reason}.")
