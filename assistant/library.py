"""The library: the articles as the index holds them, with what answers from them, as one value that never changes.

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
from functools import partial
from pathlib import Path
from typing import TypeVar

from assistant.articles import Corpus, article_files, read_corpus
from assistant.errors import ArticleError, AssistantError, BusyError
from assistant.evidence import Finder
from assistant.extraction.notebook import Notebook
from assistant.extractive import ExtractiveWriter
from assistant.figure_lookup import FigureLookup
from assistant.figures.stated import read_figures, uncovered
from assistant.figures.table import FigureTable
from assistant.file_lock import PATIENCE
from assistant.index import Index, Progress
from assistant.live import LiveFigures
from assistant.llm import ChatModel
from assistant.model_writer import ModelWriter
from assistant.receipt import fingerprint
from assistant.retriever import Retriever
from assistant.types import Article, Figure, Hit, Passage, Sentence
from assistant.vocabulary import load_vocabulary
from assistant.watch import State, Watch, state_of

FIGURES = "figures.csv"
_ATTEMPTS = 5  # to answer from one state of the corpus while others change it
_log = logging.getLogger(__name__)
Result = TypeVar("Result")


class Outdated(Exception):
    """The index has moved on from the library."""


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that belongs to one state of the corpus; `state` is that of the files it was last compared with."""

    articles: Mapping[str, Article]
    problems: tuple[ArticleError, ...]
    state: State
    figures: FigureTable
    writer: ExtractiveWriter
    model_writer: ModelWriter | None
    fingerprint: str

    def require(self, hits: Sequence[Hit]) -> None:
        """Raise `Outdated` unless each passage stands in its article as the library has it."""
        _require(self.articles, [hit.passage for hit in hits if hit.passage.kind == "passage"])


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
        self._notebook = Notebook(index.folder)
        self._changing = threading.RLock()  # held for as long as a change takes
        self._replacing = threading.Lock()  # held only to put a library in the place of another
        self._corpus = Corpus((), {}, ())
        self.library: Library
        self._watch: Watch | None = None
        self._told: frozenset[str] = frozenset()
        self._follow_corpus(PATIENCE, progress)

    def keep_in_step(self, every: float) -> None:
        """From now on, notice what others change in the folder, looking every so many seconds."""
        self._watch = Watch(self._files, lambda: self.library.state, self._catch_up, every)
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

    def change(self, do: Callable[[], Article], undo: Callable[[Article], object] | None = None) -> Article:
        """Change the corpus folder and follow it; what cannot be followed is undone. Raises BusyError."""
        with self._turn(), self._index.writing():
            changed = do()
            try:
                self._follow_corpus(PATIENCE)
            except BaseException:
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

    def _follow_corpus(self, wait: float, progress: Progress | None = None) -> None:
        """Bring the index in step with the files, and the library with the index."""
        state, corpus = self._read()
        if not self._index.holds(corpus.articles):
            with self._index.writing(wait):
                state, corpus = self._read()  # again: others may have changed it before it was our turn
                self._index.sync(corpus.articles, progress)
        with self._replacing:
            self._corpus = corpus
            self.library = self._of_index(state)

    def _renewed(self, outdated: Library) -> Library:
        """Return the library of what the index holds now, whoever has brought it there."""
        with self._replacing:
            if self.library is outdated:
                self.library = self._of_index(outdated.state)
            return self.library

    def _read(self) -> tuple[State, Corpus]:
        """Return the corpus with the state of its files before it was read; raises where figures are wrong."""
        state, corpus = state_of(self._files()), read_corpus(self._folder)
        self._figures({article.id: article for article in corpus.articles})
        return state, corpus

    def _of_index(self, state: State) -> Library:
        """Make a library of what the index holds; once more where it has changed meanwhile."""
        for _ in range(_ATTEMPTS):
            try:
                return self._made(state)
            except Outdated:
                continue
        raise BusyError(os.getpid())

    def _made(self, state: State) -> Library:
        """Make a library, its articles in the order of their files; raises `Outdated`."""
        places = {article.id: place for place, article in enumerate(self._corpus.articles)}
        held = sorted(self._index.articles(), key=lambda article: places.get(article.id, len(places)))
        articles, vocabulary = {article.id: article for article in held}, load_vocabulary()
        figures = self._table(articles)
        texts = _Texts(articles, self._index, self._retriever)
        finder = Finder(articles, texts)
        writer = ExtractiveWriter(
            articles,
            FigureLookup(articles, figures, vocabulary),
            finder,
            vocabulary,
            self._live.now,
            partial(self._live.risks, articles),
        )
        model_writer = ModelWriter(self._model, articles, texts, vocabulary) if self._model else None
        problems, identity = self._corpus.problems, fingerprint(articles.values())
        return Library(articles, problems, state, figures, writer, model_writer, identity)

    def _table(self, articles: Mapping[str, Article]) -> FigureTable:
        """The figures that figures.csv lists, and those read from the articles that it does not cover."""
        listed = self._figures(articles)
        texts = _Texts(articles, self._index, self._retriever)
        read = self._notebook.figures(uncovered(articles, listed), texts.sentences)
        return FigureTable([*listed, *read], {id: article.language for id, article in articles.items()})

    def _figures(self, articles: Mapping[str, Article]) -> list[Figure]:
        return read_figures(self._folder / FIGURES, articles)

    def _files(self) -> list[Path]:
        return [*article_files(self._folder), self._folder / FIGURES]


@dataclass(frozen=True, slots=True)
class _Texts:
    """The indexed sentences, as the finder of evidence wants them."""

    articles: Mapping[str, Article]
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

    def frequency(self, term: str) -> int:
        return self.index.frequency(term)


class _Closing(Exception):
    """There is no time left to catch up."""


def _require(articles: Mapping[str, Article], pieces: Sequence[Passage | Sentence]) -> None:
    for piece in pieces:
        article = articles.get(piece.article)
        if article is None or article.text[piece.start : piece.end] != piece.text:
            raise Outdated
