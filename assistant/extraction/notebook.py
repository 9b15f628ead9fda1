"""What was read from articles, kept beside the index so that no article is read for figures twice.

What is kept is derived and may be deleted at any time. A figure is made when it is asked for: what is known of very
many articles costs little until then. Knows nothing of which articles there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from assistant.extraction.extractor import extract_figures
from assistant.extraction.wording import wording_fingerprint
from assistant.figures.table import Name, is_named
from assistant.journal import Journal, Row
from assistant.types import Article, Figure, Sentence
from assistant.vocabulary import vocabulary_fingerprint

FILE = "stated.jsonl"
READING = 2  # raised when sentences are read in another way: every article is then read again
_BATCH = 100  # articles between two times that what was read is kept


class _Pages:
    """The rows of articles by their content, and by subject and metric of what they state; only ever added to."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.stating: dict[tuple[str, str], list[str]] = {}  # the contents in which such a figure is stated
        self.figures = cache(lambda hash: _read(self.rows[hash]))

    def add(self, row: Row) -> None:
        hash, *_, figures = row
        if hash not in self.rows:
            self.rows[hash] = row
            for subject, metric, *_ in figures:
                self.stating.setdefault((subject, metric), []).append(hash)


class Stated:
    """The figures that some articles state, in their order."""

    def __init__(self, hashes: Mapping[str, str], pages: _Pages) -> None:
        self._hashes = hashes
        self._pages = pages
        self._places = {hash: place for place, hash in enumerate(hashes.values())}
        self.named = cache(self._named)

    def __iter__(self) -> Iterator[Figure]:
        for hash in self._places:
            yield from self._pages.figures(hash)

    def _named(self, name: Name) -> Sequence[Figure]:
        """Return the figures of a subject or any, and of a metric, a family of metrics or any."""
        stating = [hashes for stated, hashes in list(self._pages.stating.items()) if is_named(*stated, name)]
        present = {hash for hashes in stating for hash in hashes if hash in self._places}
        inside = map(self._pages.figures, sorted(present, key=self._places.__getitem__))
        return [figure for figures in inside for figure in figures if is_named(figure.subject, figure.metric, name)]

    def of_article(self, id: str) -> Sequence[Figure]:
        return self._pages.figures(self._hashes[id]) if id in self._hashes else ()


class Notebook:
    """The figures of articles by their content. Used by one thread at a time, what it returns by any.

    Other processes may add rows to the file as well.
    """

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / FILE, f"{READING}\n{vocabulary_fingerprint()}\n{wording_fingerprint()}")
        self._pages = _Pages()
        for row in self._journal.rows():
            self._pages.add(row)

    def figures(
        self,
        hashes: Mapping[str, str],
        article: Callable[[str], Article],
        sentences: Callable[[str], Sequence[Sentence]],
    ) -> Stated:
        """Return what the articles of these ids and content hashes state.

        `article` and `sentences` give one by its id: only those are asked for that were never read.
        """
        unread = [id for id, hash in hashes.items() if hash not in self._pages.rows]
        for start in range(0, len(unread), _BATCH):
            rows = [
                _written(hashes[id], extract_figures(article(id), sentences(id)))
                for id in unread[start : start + _BATCH]
            ]
            self._journal.add(rows)
            for row in rows:
                self._pages.add(row)
        wanted = set(hashes.values())
        if self._journal.trim(len(wanted), (self._pages.rows[hash] for hash in wanted)):
            former, self._pages = self._pages, _Pages()
            for hash in wanted:
                self._pages.add(former.rows[hash])
        return Stated(hashes, self._pages)


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


def _read(row: Row) -> tuple[Figure, ...]:
    _, article, source, rows = row
    return tuple(
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
