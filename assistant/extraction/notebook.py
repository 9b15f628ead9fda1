"""What was read from articles, kept beside the index so that no article is read for figures twice.

What is kept is derived and may be deleted at any time. Knows nothing of which articles there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from assistant.extraction.extractor import extract_figures
from assistant.extraction.wording import wording_fingerprint
from assistant.journal import Journal, Row
from assistant.types import Article, Figure, Sentence
from assistant.vocabulary import vocabulary_fingerprint

FILE = "stated.jsonl"
READING = 2  # raised when sentences are read in another way: every article is then read again
_BATCH = 100  # articles between two times that what was read is kept


class Notebook:
    """The figures of articles by their content. Used by one thread at a time; other processes may add rows as well."""

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / FILE, f"{READING}\n{vocabulary_fingerprint()}\n{wording_fingerprint()}")
        self._figures = dict(map(_read, self._journal.rows()))

    def figures(
        self,
        hashes: Mapping[str, str],
        article: Callable[[str], Article],
        sentences: Callable[[str], Sequence[Sentence]],
    ) -> list[Figure]:
        """Return what the articles of these ids and content hashes state.

        `article` and `sentences` give one by its id: only those are asked for that were never read.
        """
        unread = [id for id, hash in hashes.items() if hash not in self._figures]
        for start in range(0, len(unread), _BATCH):
            batch = unread[start : start + _BATCH]
            for id in batch:
                self._figures[hashes[id]] = tuple(extract_figures(article(id), sentences(id)))
            self._journal.add(_written(hashes[id], self._figures[hashes[id]]) for id in batch)
        wanted = {hash: self._figures[hash] for hash in hashes.values()}
        if self._journal.trim(len(wanted), (_written(*item) for item in wanted.items())):
            self._figures = wanted
        return [figure for figures in wanted.values() for figure in figures]


def _written(hash: str, figures: Sequence[Figure]) -> Row:
    rows = [
        [
            f.subject,
            f.metric,
            f.value if f.unit != "date" else str(f.value),
            f.unit,
            str(f.as_of),
            f.as_of_kind,
            f.start,
            f.quote,
        ]
        for f in figures
    ]
    return [hash, *([figures[0].article, figures[0].source] if figures else ["", ""]), rows]


def _read(row: Row) -> tuple[str, tuple[Figure, ...]]:
    hash, article, source, rows = row
    return hash, tuple(
        Figure(
            subject=subject,
            metric=metric,
            value=date.fromisoformat(value) if unit == "date" else value,
            unit=unit,
            as_of=date.fromisoformat(as_of),
            as_of_kind=kind,
            origin="article",
            source=source,
            article=article,
            start=start,
            end=start + len(quote),
            quote=quote,
        )
        for subject, metric, value, unit, as_of, kind, start, quote in rows
    )
