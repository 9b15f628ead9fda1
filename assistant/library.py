"""The library: the articles as the index holds them at one time, with what answers from them.

The librarian replaces it when articles are added or removed, here, by hand or by another program. Knows nothing of
questions.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeVar

from assistant.collection import Collection
from assistant.errors import ArticleError, AssistantError, BusyError
from assistant.evidence import Finder
from assistant.extraction.notebook import Notebook
from assistant.extractive import ExtractiveWriter
from assistant.figure_lookup import FigureLookup
from assistant.figures.stated import Listed, uncovered
from assistant.figures.table import FigureTable
from assistant.file_lock import PATIENCE
from assistant.index import Index, Progress
from assistant.journal import uncollected
from assistant.ledger import Ledger
from assistant.live import LiveFigures
from assistant.llm import ChatModel
from assistant.model_writer import ModelWriter
from assistant.receipt import fingerprint
from assistant.retriever import Retriever
from assistant.stamps import Stamp, Stamps, stamp_of, stamps_of
from assistant.store.derived import content_hash
from assistant.types import Article, Head, Hit, Passage, Sentence
from assistant.vocabulary import load_vocabulary
from assistant.watch import Watch

FIGURES = "figures.csv"
_KEPT = 1_000  # articles kept in memory once they were asked for
_AT_ONCE = 256  # articles given to the index together
_NEAREST = 100  # passages whose articles are looked into where there are too many articles to look into all
_ATTEMPTS = 5  # to answer from one state of the corpus while others change it
_log = logging.getLogger(__name__)
Result = TypeVar("Result")
State = tuple[Stamps, Stamp | None] | None


class Outdated(Exception):
    """The index has moved on from the library."""


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that belongs to one state of the corpus; `problems` say why files of it are left out.

    Its parts raise `Outdated` where what they ask of the index is not of that state any more.
    """

    articles: Collection
    problems: tuple[ArticleError, ...]
    figures: FigureTable
    finder: Finder
    writer: ExtractiveWriter
    model_writer: ModelWriter | None
    fingerprint: str

    def require(self, hits: Sequence[Hit]) -> None:
        """Raise `Outdated` unless each passage stands in its article as the library has it."""
        _require(self.articles, [hit.passage for hit in hits if hit.passage.kind == "passage"])

    def having(self, query: str) -> list[Head]:
        """Return what is known of the articles that have all words of the query in title or text.

        Of many articles, the texts of those are looked into that are nearest to the query.
        """
        words = query.casefold().split()
        near = frozenset(self.finder.near(query)) if words else frozenset()

        def has(head: Head) -> bool:
            left = [word for word in words if word not in head.title.casefold()]
            return not left or (
                head.id in near and all(word in self.articles[head.id].text.casefold() for word in left)
            )

        return [head for head in self.articles.heads.values() if has(head)]


class Librarian:
    """Keeps one library in step with a corpus folder and its index; methods may be called from any thread."""

    def __init__(
        self,
        folder: Path,
        index: Index,
        retriever: Retriever,
        live: LiveFigures,
        progress: Progress | None = None,
        model: ChatModel | None = None,
    ) -> None:
        self._folder = folder
        self._index = index
        self._retriever = retriever
        self._live = live
        self._model = model
        with uncollected():
            self.ledger = Ledger(folder, index.folder)
            self._notebook = Notebook(index.folder)
        self._listed = Listed(folder / FIGURES)
        self._article = lru_cache(_KEPT)(self._indexed)
        self._changing = threading.RLock()  # held for as long as a change takes
        self._replacing = threading.Lock()  # held only to put a library in the place of another
        self.library: Library
        self._watch: Watch[State] | None = None
        self._told: frozenset[str] = frozenset()
        self._follow_corpus(PATIENCE, progress)

    def keep_in_step(self, every: float) -> None:
        """From now on, notice what others change in the folder, looking every so many seconds."""
        self._watch = Watch(self._look, self._is_known, self._catch_up, every)
        self._watch.start()

    def close(self) -> None:
        if self._watch is not None:
            self._watch.close()

    def consistently(self, work: Callable[[Library], Result]) -> Result:
        """Do the work over one state of the corpus; once more where it turns out to have changed meanwhile."""
        library = self.library
        for _ in range(_ATTEMPTS):
            try:
                return work(library)
            except Outdated:
                library = self._renewed(library)
        raise BusyError(os.getpid())

    def change(self, do: Callable[[], Result], undo: Callable[[Result], object] | None = None) -> Result:
        """Change the corpus folder and follow it; what cannot be followed is undone. Raises BusyError.

        What is interrupted is not undone: the next opening follows it.
        """
        with self._turn(), self._index.writing():
            changed = do()
            try:
                self._sync()
            except Exception:
                if undo is not None:
                    undo(changed)
                raise
            return changed

    def _catch_up(self) -> None:
        """Follow what others have changed in the folder; where that fails, it is tried again at the next look."""
        try:
            with self._turn():
                self._follow_corpus(wait=0, progress=self._go_on)
            self._tell(self.library.problems)
        except (BusyError, _Closing):
            return
        except AssistantError as error:
            self._tell([error])

    def _go_on(self, done: int, total: int) -> None:
        if self._watch is not None and self._watch.closing:
            raise _Closing

    def _tell(self, problems: Sequence[AssistantError]) -> None:
        """Log the problems that were not there at the last look."""
        for problem in problems:
            if str(problem) not in self._told:
                _log.warning("%s", problem, extra={"messages": problem.messages})
        self._told = frozenset(map(str, problems))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._changing.acquire(timeout=PATIENCE):
            raise BusyError(os.getpid())
        try:
            yield
        finally:
            self._changing.release()

    def _look(self) -> State:
        """Return the state of the files; where they cannot be looked at, what is known of them is all there is."""
        try:
            return stamps_of(self._folder), stamp_of(self._listed.path)
        except ArticleError as error:
            self._tell([error])
            return None

    def _is_known(self, state: State) -> bool:
        return state is None or (self.ledger.knows(state[0]) and self._listed.stamp == state[1])

    def _follow_corpus(self, wait: float, progress: Progress | None = None) -> None:
        """Bring the index in step with the files, and the library with the index."""
        self.ledger.look()
        if self._index.is_at(self.ledger.hashes):
            self._sync()
        else:
            with self._index.writing(wait):
                self.ledger.glance()  # others may have changed them before it was our turn
                self._sync(progress)

    def _sync(self, progress: Progress | None = None) -> None:
        """Bring the index in step with the ledger, unless figures are wrong, and the library with the index."""
        self._listed.figures(self.ledger.hashes, self._to_be)
        self._update(progress)
        with self._replacing:
            self.library = self._of_index()

    def _update(self, progress: Progress | None) -> None:
        """Make the index hold what the ledger says; only articles that differ are read, so many at a time.

        One whose file is another by now stays as it is until the next look.
        """
        wanted, held = self.ledger.hashes, self._index.hashes()
        stale = [id for id, hash in wanted.items() if held.get(id) != hash]
        removed = held.keys() - wanted.keys()
        most = len(stale) if self._index.is_fresh else _AT_ONCE
        for start in range(0, len(stale), max(most, 1)):
            batch = stale[start : start + most]
            articles = [article for id in batch if (article := self.ledger.article(id))]
            part = partial(_overall, progress, start, len(batch), len(stale)) if progress else None
            self._index.update(articles, sorted(removed), progress if len(batch) == len(stale) else part)
            removed = set()
        if removed or (self._index.is_fresh and not stale):
            self._index.update([], sorted(removed))

    def _to_be(self, id: str) -> Article:
        """Return an article as its file has it: the indexed one where that is the same, which saves reading it."""
        held = self._index.article(id)
        if held and content_hash(held) == self.ledger.hashes[id]:
            return held
        article = self.ledger.article(id)
        if article is None:
            raise BusyError(None)  # its file has changed since it was looked at
        return article

    def _renewed(self, outdated: Library) -> Library:
        """Return the library of what the index holds now, whoever has brought it there."""
        with self._replacing:
            if self.library is outdated:
                self.library = self._of_index()
            return self.library

    def _of_index(self) -> Library:
        """Make a library of what the index holds; once more where it has changed meanwhile."""
        for _ in range(_ATTEMPTS):
            try:
                return self._made()
            except Outdated:
                continue
        raise BusyError(os.getpid())

    def _made(self) -> Library:
        """Make a library, its articles in the order of their files; raises `Outdated`."""
        hashes, vocabulary = self._index.hashes(), load_vocabulary()
        articles = Collection(hashes, self.ledger.heads(hashes), self._article)
        texts = _Texts(articles, self._index, self._retriever)
        figures = self._table(articles, texts)
        finder = Finder(articles.heads, texts)
        writer = ExtractiveWriter(
            articles.heads,
            FigureLookup(articles.heads, figures, vocabulary),
            finder,
            vocabulary,
            self._live.now,
            partial(self._live.risks, articles),
        )
        model_writer = ModelWriter(self._model, articles, finder, vocabulary) if self._model else None
        problems, identity = tuple(self.ledger.problems()), fingerprint(articles.hashes.values())
        return Library(articles, problems, figures, finder, writer, model_writer, identity)

    def _table(self, articles: Collection, texts: _Texts) -> FigureTable:
        """The figures that figures.csv lists, and those read from the articles that it does not cover."""
        listed = self._listed.figures(articles.hashes, articles.__getitem__)
        rest = {id: articles.hashes[id] for id in uncovered(articles.heads, listed)}
        read = self._notebook.figures(rest, articles.__getitem__, texts.sentences)
        return FigureTable(listed, {id: head.language for id, head in articles.heads.items()}, read)

    def _indexed(self, id: str, hash: str) -> Article:
        """Return the article of this id and content hash from the index; raises `Outdated`."""
        article = self._index.article(id)
        if article is None or content_hash(article) != hash:
            raise Outdated
        return article


@dataclass(frozen=True, slots=True)
class _Texts:
    """The indexed sentences, as the finder of evidence wants them."""

    articles: Collection
    index: Index
    retriever: Retriever

    def sentences(self, article: str) -> Sequence[Sentence]:
        found = self.index.sentences(article)
        if not found:
            raise Outdated
        _require(self.articles, found)
        return found

    def similarities(self, text: str, article: str) -> Sequence[float]:
        found = self.retriever.similarities(text, article)
        if len(found) != len(self.sentences(article)):
            raise Outdated
        return found

    def nearest(self, text: str) -> Sequence[str]:
        hits = self.retriever.search(text, _NEAREST)
        near = {hit.passage.article for hit in hits}
        _require(self.articles, [hit.passage for hit in hits])
        return [id for id in self.articles if id in near]

    def frequency(self, term: str) -> int:
        return self.index.frequency(term)


def _overall(progress: Progress, before: int, batch: int, total: int, done: int, of: int) -> None:
    """Tell how far one batch of articles is as how far all articles are."""
    progress(before + batch * done // of, total)


class _Closing(Exception):
    """There is no time left to catch up."""


def _require(articles: Mapping[str, Article], pieces: Sequence[Passage | Sentence]) -> None:
    for piece in pieces:
        article = articles.get(piece.article)
        if article is None or article.text[piece.start : piece.end] != piece.text:
            raise Outdated
