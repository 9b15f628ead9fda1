"""Many sources added one after the other: kept a batch at a time, and remembered, so that a run can be taken up again.

What was made of a file is kept by its content beside the index, and may be deleted there at any time: then the file is
read again. Knows nothing of how articles are saved, indexed or shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.drafts import Given
from assistant.errors import ArticleError, PresentError
from assistant.journal import Journal
from assistant.ledger import Ledger, text_hash
from assistant.sources import File, shown_name
from assistant.types import Article

FILE = "sources.jsonl"
# What waits to be kept together: enough texts for full batches of the encoder, and few enough for a minute's work.
ARTICLES, CHARACTERS = 64, 200_000
Source = str | Path | File


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a source: a new article, the id of the one that was there already, or why there is none."""

    name: str
    article: Article | None = None
    present: str | None = None
    error: ArticleError | None = None


@dataclass(frozen=True, slots=True)
class _Waiting:
    name: str
    key: str | None
    article: Article


class Intake:
    """Takes in sources for one corpus folder; used by one thread at a time."""

    def __init__(
        self,
        folder: Path,
        ledger: Ledger,
        read: Callable[[Source, Given], Article],
        keep: Callable[[Sequence[Article]], Sequence[Article | ArticleError]],
    ) -> None:
        self._journal = Journal(folder / FILE, "1")
        self._texts = dict(self._journal.rows())  # the hash of the text that was made of a content
        self._ledger = ledger
        self._read = read
        self._keep = keep

    def take(self, sources: Iterable[Source | ArticleError], given: Given) -> Iterator[Taken]:
        """Add articles and yield what became of each source; what is there already is passed over.

        What was yielded stays, whatever becomes of the rest.
        """
        waiting: list[_Waiting] = []
        for source in sources:
            try:
                if isinstance(source, ArticleError):
                    raise source
                key = _key(source, given)
                if key in self._texts and (present := self._ledger.id_of(self._texts[key])):
                    yield Taken(_name(source), present=present)
                    continue
                waiting.append(_Waiting(_name(source), key, self._read(source, given)))
            except ArticleError as error:
                yield Taken("" if isinstance(source, ArticleError) else _name(source), error=error)
            if len(waiting) >= ARTICLES or sum(len(each.article.text) for each in waiting) >= CHARACTERS:
                yield from self._kept(waiting)
                waiting = []
        yield from self._kept(waiting)

    def _kept(self, waiting: Sequence[_Waiting]) -> Iterator[Taken]:
        if not waiting:
            return
        kept = self._keep([each.article for each in waiting])
        taken = [_taken(each.name, saved) for each, saved in zip(waiting, kept, strict=True)]
        made = [(each.key, each.article) for each, of in zip(waiting, taken, strict=True) if each.key and not of.error]
        texts = {key: text_hash(article.text) for key, article in made if key}
        self._journal.add([key, text] for key, text in texts.items())
        self._texts |= texts
        yield from taken


def _taken(name: str, saved: Article | ArticleError) -> Taken:
    if isinstance(saved, PresentError):
        return Taken(name, present=saved.id)
    return Taken(name, error=saved) if isinstance(saved, ArticleError) else Taken(name, saved)


def _key(source: Source, given: Given) -> str | None:
    """Return what tells a file's content and what is said of it; None for an address, and for a text."""
    if isinstance(source, str):
        return None
    try:
        data = source.read_bytes() if isinstance(source, Path) else source.data
    except OSError:  # reading it as an article will say why
        return None
    said = repr(sorted((name, str(value)) for name, value in given.items() if value))
    return hashlib.blake2b(data, digest_size=16, key=hashlib.sha256(said.encode()).digest()).hexdigest()


def _name(source: Source) -> str:
    return shown_name(source if isinstance(source, str) else source.name)
