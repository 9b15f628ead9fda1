"""Keeps the search index in step with the corpus, and finds candidate passages in it.

The SQLite file is derived from the articles by content hash, the Chroma folder from the SQLite file: both may be
deleted at any time. Knows nothing of how scores are weighed, of questions or answers.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import numpy as np

from assistant.durable import require_space
from assistant.file_lock import PATIENCE, Lock
from assistant.language import detect_language
from assistant.store.chroma import Chroma, State
from assistant.store.connection import Damaged, discard
from assistant.store.database import Database
from assistant.store.derived import IndexedArticle, content_hash, derive, text_name, words
from assistant.store.messages import NOTICES, named_errors, not_writable, notice, other_model
from assistant.store.proof import problems
from assistant.store.snapshot import Candidate, Found, Snapshot, Vectors
from assistant.types import Article, Language, Passage, Sentence

Progress = Callable[[int, int], None]

FILE = "index.sqlite3"
LOCK = "index.lock"
# Seconds: longer than a command lives, which would wait longer for Chroma than for its answer.
GRAPH_AFTER = 15.0
_BATCH = 128
_log = logging.getLogger(__name__)


class Embedder(Protocol):
    """What the index needs of an embedding model."""

    @property
    def name(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    def encode_passages(self, texts: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True, slots=True)
class Changes:
    """Article ids that a sync added, changed and removed, and how many texts had to be embedded for it."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    embedded: int = 0


class Index:
    """The index of one folder. Any number of threads and processes may search while one of them syncs."""

    def __init__(
        self, folder: Path, database: Database, embedder: Embedder, graph_after: float | None, fresh: bool
    ) -> None:
        self._folder = folder
        self._database = database
        self._embedder = embedder
        self._fresh = fresh  # what is stored is to be replaced, and never looked at
        self._writing = Lock(folder / LOCK)
        self._loading = threading.Lock()
        self._chroma = Chroma(folder, graph_after) if graph_after is not None and database.writable else None
        self._version = database.version()
        self._snapshot = self._load()

    @classmethod
    def open(
        cls, folder: Path, embedder: Embedder, *, graph_after: float | None = GRAPH_AFTER, fresh: bool = False
    ) -> Self:
        """Open the index of this folder or begin an empty one; nothing is embedded.

        Dense search is exact at first and goes through Chroma some time after `graph_after` seconds, never if that is
        None; what is found is the same. With `fresh` the next sync embeds everything anew; until it is done, other
        processes find what is there. Raises IndexingError when the folder cannot be used or the index was built with
        another model.
        """
        path = folder / FILE
        with named_errors(folder, OSError):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                return cls._open(path, embedder, graph_after, fresh)
            except Damaged:
                with Lock(folder / LOCK).held():
                    return cls._open_or_discard(path, embedder, graph_after, fresh)

    @classmethod
    def _open_or_discard(cls, path: Path, embedder: Embedder, graph_after: float | None, fresh: bool) -> Self:
        try:  # again: another process may have built it meanwhile
            return cls._open(path, embedder, graph_after, fresh)
        except Damaged as damage:
            _log.warning("index: %s cannot be used (%s); it is built again from the corpus", path, damage)
            discard(path)
            return cls._open(path, embedder, graph_after, fresh)

    @classmethod
    def _open(cls, path: Path, embedder: Embedder, graph_after: float | None, fresh: bool) -> Self:
        database = Database(path)
        try:
            database.verify()
            if fresh:
                database.forget_pending()
            return cls(
                path.parent, database, embedder, graph_after, fresh or _is_outdated(database.manifest(), embedder)
            )
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        if self._chroma is not None:
            self._chroma.close()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def notice(self) -> dict[Language, str] | None:
        """What the user should know about the state of the index, by language; None when all is well."""
        if not self._database.writable:
            return notice("read_only")
        if self._chroma is None or self._chroma.state not in NOTICES:
            return None
        return notice(self._chroma.state, self._chroma.owner)

    @property
    def graph(self) -> State | None:
        """What has become of the Chroma graph; None when there is to be none."""
        return self._chroma.state if self._chroma is not None else None

    @contextmanager
    def writing(self, wait: float = PATIENCE) -> Iterator[None]:
        """Be the one thread of all processes that changes this index; raises BusyError after `wait` seconds."""
        with ExitStack() as held:
            with named_errors(self._folder, OSError):
                held.enter_context(self._writing.held(wait))
            yield

    def holds(self, articles: Sequence[Article]) -> bool:
        """Return whether the index is in step with these articles."""
        with named_errors(self._folder):
            return not self._fresh and self._database.hashes() == {each.id: content_hash(each) for each in articles}

    def hashes(self) -> dict[str, str]:
        """Return the content hash of each article by id; none where all are to be put in anew."""
        with named_errors(self._folder):
            return {} if self._fresh else self._database.hashes()

    def is_at(self, hashes: Mapping[str, str]) -> bool:
        """Return whether the index holds exactly the articles of these ids and content hashes."""
        return not self._fresh and self.hashes() == hashes

    @property
    def is_fresh(self) -> bool:
        """Whether the next update puts its articles in the place of all others."""
        return self._fresh

    def update(
        self, changed: Sequence[Article], removed: Collection[str] = (), progress: Progress | None = None
    ) -> None:
        """Put these articles in, in the place of those of their ids, and take others out, all at once.

        In an index that was opened `fresh` they come in the place of all others.
        """
        if self._fresh:
            self.sync(changed, progress)
            return
        if not self._database.writable:
            raise not_writable()
        require_space(self._folder)
        with self.writing(), named_errors(self._folder):
            entries = [derive(article) for article in changed]
            vectors, _ = self._vectors(entries, progress)
            gone = [*removed, *(article.id for article in changed)]
            self._database.apply(gone, entries, vectors, self._built_with())
            self._current()

    def sync(self, articles: Sequence[Article], progress: Progress | None = None) -> Changes:
        """Make the index hold exactly these articles; only texts that are new in an article are embedded.

        All changes appear at once. `progress(done, total)` counts the texts to embed. An interrupted sync leaves the
        index as it was and keeps the vectors that it had made. Raises IndexingError, or BusyError.
        """
        if self.holds(articles):
            return Changes()
        if not self._database.writable:
            raise not_writable()
        require_space(self._folder)
        with self.writing(), named_errors(self._folder):
            wanted = {article.id: article for article in articles}
            known = self._database.hashes()
            stale = [id for id, article in wanted.items() if self._fresh or known.get(id) != content_hash(article)]
            removed = tuple(sorted(known.keys() - wanted.keys()))
            if not stale and not removed:
                return Changes()
            entries = [derive(wanted[id]) for id in stale]
            vectors, embedded = self._vectors(entries, progress)
            self._database.apply([*removed, *stale], entries, vectors, self._built_with())
            self._fresh = False
            self._current()
            added, changed = ([id for id in stale if (id in known) is was_known] for was_known in (False, True))
            return Changes(tuple(added), tuple(changed), removed, embedded)

    def candidates(
        self, query: str, vector: Vectors, k: int = 200, articles: Iterable[str] | None = None
    ) -> list[Candidate]:
        """Return the k passages nearest to the vector and the k best by the query's words, in no order of merit."""
        terms = words(query, detect_language(query))
        snapshot = self._current()
        if articles is not None:
            found = snapshot.find(vector, terms, k, within=snapshot.rows_of(articles))
        else:
            nearest = self._chroma.nearest(snapshot, vector, k) if self._chroma is not None else None
            found = snapshot.find(vector, terms, k, nearest=nearest)
        return self._with_sentences(snapshot, found, vector)

    def passage(self, id: str) -> Passage | None:
        return self._current().passage(id)

    def passages(self, article: str | None = None) -> list[Passage]:
        """Return the passages of one article or of all, in the order of the text."""
        snapshot = self._current()
        rows = range(len(snapshot.passages)) if article is None else snapshot.rows_of([article])
        return [snapshot.passages[row] for row in rows]

    def sentences(self, article: str) -> list[Sentence]:
        """Return the article's sentences in the order of its text; empty when the index does not have it."""
        return self._database.sentences(article)

    def sentence_vectors(self, article: str) -> Vectors:
        """Return one unit vector a sentence, in the order of `sentences`."""
        snapshot = self._current()
        keys = snapshot.keys[snapshot.rows_of([article])].tolist()
        vectors, _ = self._database.sentence_vectors(keys, self._embedder.dimension)
        return vectors

    def articles(self) -> list[Article]:
        """Return all articles as they were when they were indexed, by id."""
        return self._database.articles()

    def article(self, id: str) -> Article | None:
        return self._database.article(id)

    def article_ids(self, language: Language | None = None) -> frozenset[str]:
        """Return the ids of the articles that have passages, of one language or of all."""
        return self._current().articles(language)

    def frequency(self, term: str) -> int:
        """Return how many passages hold this term."""
        return self._current().frequency(term)

    def check(self, articles: Sequence[Article]) -> list[str]:
        """Return how the index differs from what these articles make, one line each; empty where it does not.

        The graph is brought in step for it, however long that takes, unless another process has it.
        """
        with named_errors(self._folder):
            return problems(articles, self._database, self._current(), self._chroma, self._embedder)

    def _current(self) -> Snapshot:
        """Return the newest contents; changes made by another process are seen here."""
        with named_errors(self._folder):
            if self._database.version() != self._version:
                with self._loading:
                    self._reload()
        return self._snapshot

    def _reload(self) -> None:
        version = self._database.version()
        if version != self._version:
            # Vectors kept before their passages change the file, but not what can be found.
            if self._database.manifest().get("edition") != self._edition:
                self._snapshot = self._load()
            self._version = version

    def _load(self) -> Snapshot:
        dimension = self._embedder.dimension
        if self._fresh:
            self._edition = None
            return Snapshot([], np.empty(0, dtype=np.int64), np.empty((0, dimension), dtype=np.float32), [])
        built = self._database.manifest()
        if built and (built["model"], built["fingerprint"]) != (self._embedder.name, self._embedder.fingerprint):
            raise other_model(built["model"], self._embedder.name)
        contents = self._database.contents(dimension)
        snapshot = Snapshot(contents.passages, contents.keys, contents.vectors, contents.terms)
        if self._chroma is not None and len(snapshot.keys):
            self._chroma.follow(snapshot, contents.manifest["database"])
        self._edition = contents.manifest.get("edition")
        return snapshot

    def _with_sentences(self, snapshot: Snapshot, found: Found, vector: Vectors) -> list[Candidate]:
        """Add the cosine of each passage's best sentence, or its own where it has none."""
        keys = snapshot.keys[found.rows].tolist()
        vectors, counts = self._database.sentence_vectors(keys, self._embedder.dimension)
        best = found.cosines.copy()
        if len(vectors):
            starts = np.cumsum(counts) - counts
            best[counts > 0] = np.maximum.reduceat(vectors @ vector, starts[counts > 0])
        scored = zip(found.rows.tolist(), found.cosines.tolist(), best.tolist(), found.bm25.tolist(), strict=True)
        return [Candidate(snapshot.passages[row], *scores) for row, *scores in scored]

    def _vectors(self, entries: Sequence[IndexedArticle], progress: Progress | None) -> tuple[dict[str, Vectors], int]:
        """Return the vector of each text of the entries by its name, and how many of them were computed now."""
        texts = {text_name(text): text for entry in entries for item in entry.passages for text in item.texts}
        fingerprint, stored = self._embedder.fingerprint, [] if self._fresh else [entry.article.id for entry in entries]
        vectors = self._database.known_vectors(stored, self._embedder.dimension, fingerprint)
        # Texts of like length together: a batch takes as long as its longest text.
        missing = sorted(texts.keys() - vectors.keys(), key=lambda name: (len(texts[name]), name))
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            made = self._embedder.encode_passages([texts[name] for name in batch])
            fresh = dict(zip(batch, np.asarray(made, dtype=np.float32), strict=True))
            self._database.keep_vectors(fresh, fingerprint)
            vectors |= fresh
            if progress is not None:
                progress(start + len(batch), len(missing))
        return vectors, len(missing)

    def _built_with(self) -> dict[str, str]:
        built = {"model": self._embedder.name, "fingerprint": self._embedder.fingerprint}
        return built | ({"database": uuid.uuid4().hex} if self._fresh else {})


def _is_outdated(built: dict[str, str], embedder: Embedder) -> bool:
    """Return whether the index is of the same model in another edition, which is no reason to trouble the user."""
    outdated = built.get("model") == embedder.name and built["fingerprint"] != embedder.fingerprint
    if outdated:
        _log.warning("index: %s has changed (%s, now %s)", embedder.name, built["fingerprint"], embedder.fingerprint)
    return outdated
