"""What was read from articles, kept beside the index so that no article is read for figures twice.

A line of the file has a checksum, the hash of an article and of the way of reading it, and its figures as JSON. The
file is derived and may be deleted at any time; what a torn or damaged line held is read again from its article.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import zlib
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

from assistant.extraction.extractor import extract_figures
from assistant.extraction.wording import wording_fingerprint
from assistant.store.derived import article_record
from assistant.types import Article, Figure, Sentence
from assistant.vocabulary import vocabulary_fingerprint

FILE = "stated.jsonl"
READING = 1  # raised when sentences are read in another way: every article is then read again
_SPARE = 1_000  # lines of articles that are gone, before the file is written anew
_log = logging.getLogger(__name__)


class Notebook:
    """The figures of articles by their content. Used by one thread at a time; other processes may add lines as well."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._lines = dict(_entries(self._path))
        self._figures: dict[Article, list[Figure]] = {}  # those of the articles asked for last

    def figures(self, articles: Sequence[Article], sentences: Callable[[str], Sequence[Sentence]]) -> list[Figure]:
        """Return what these articles state; `sentences` gives those of an article by its id."""
        before = set(self._lines)
        self._figures = {article: self._of(article, sentences) for article in articles}
        if len(self._lines) > 2 * len(articles) + _SPARE:
            self._lines = {name: self._lines[name] for name in map(_name, articles)}
            self._save(self._lines.items(), afresh=True)
        elif fresh := [(name, line) for name, line in self._lines.items() if name not in before]:
            self._save(fresh)
        return [figure for figures in self._figures.values() for figure in figures]

    def _of(self, article: Article, sentences: Callable[[str], Sequence[Sentence]]) -> list[Figure]:
        if article in self._figures:
            return self._figures[article]
        name = _name(article)
        if name not in self._lines:
            self._lines[name] = _written(extract_figures(article, sentences(article.id)))
        return _read(self._lines[name], article)

    def _save(self, entries: Iterable[tuple[str, str]], *, afresh: bool = False) -> None:
        """Add lines, or put a new file in place; each line begins on its own, whatever the last one was cut off by."""
        data = "".join(f"\n{_checksum(name, line)} {name} {line}" for name, line in entries).encode()
        path = self._path.with_suffix(f".{os.getpid()}.tmp") if afresh else self._path
        try:
            with path.open("wb" if afresh else "ab") as file:
                file.write(data)
            if afresh:
                path.replace(self._path)
        except OSError as error:
            _log.warning("%s cannot be written (%s): figures of articles are read again next time", path, error)


def _entries(path: Path) -> Iterable[tuple[str, str]]:
    """Yield the names and lines of a file, without those that are damaged."""
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return
    for entry in text.split("\n"):
        checksum, _, rest = entry.partition(" ")
        name, _, line = rest.partition(" ")
        if line and checksum == str(_checksum(name, line)):
            yield name, line


def _name(article: Article) -> str:
    read = f"{READING}\n{vocabulary_fingerprint()}\n{wording_fingerprint()}\n{article_record(article)}"
    return hashlib.sha256(read.encode()).hexdigest()


def _checksum(name: str, line: str) -> int:
    return zlib.crc32(f"{name} {line}".encode())


def _written(figures: Sequence[Figure]) -> str:
    return json.dumps(
        [
            [
                f.subject,
                f.metric,
                f.value if f.unit != "date" else str(f.value),
                f.unit,
                str(f.as_of),
                f.as_of_kind,
                f.start,
                f.end,
            ]
            for f in figures
        ],
        ensure_ascii=False,
    )


def _read(line: str, article: Article) -> list[Figure]:
    return [
        Figure(
            subject=subject,
            metric=metric,
            value=date.fromisoformat(value) if unit == "date" else value,
            unit=unit,
            as_of=date.fromisoformat(as_of),
            as_of_kind=kind,
            origin="article",
            source=article.publisher,
            article=article.id,
            start=start,
            end=end,
            quote=article.text[start:end],
        )
        for subject, metric, value, unit, as_of, kind, start, end in json.loads(line)
    ]
