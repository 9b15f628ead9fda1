"""Keeps the search index in step with the corpus, and finds candidate passages in it.

The SQLite file is derived from the articles by content hash, the Chroma folder from the SQLite file: both may be
deleted at any time. Knows nothing of how scores are weighed, of questions or answers.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import numpy as np

from assistant.durable import require_space
from assistant.file_lock import PATIENCE, Lock
from assistant.language import detect_language
from assistant.store.chroma import Chroma
from assistant.store.connection import Damaged, discard
from assistant.store.database import Database
from assistant.store.derived import IndexedArticle, content_hash, derive, text_name, words
from assistant.store.messages import NOTICES, named_errors, not_writable, notice, other_model
from assistant.store.proof import problems
from assistant.store.server import Collection, collection_name
from assistant.store.shared import Shared
from assistant.store.shelf import Shelf
from assistant.store.snapshot import Candidate, Found, Rows, Snapshot, Vectors
from assistant.store.verification import READ_AT_ONCE, Verification, require_unmarked, unmark
from assistant.types import Article, Language, Passage, Sentence

Progress = Callable[[int, int], None]
MakeGraph = Callable[[Database], Chroma | Shared | None]

FILE = "index.sqlite3"
LOCK = "index.lock"
# Seconds: longer than a command lives, which would wait longer for Chroma than for its answer.
GRAPH_AFTER = 15.0
BATCH = 400_000  # characters of articles that are put in together: some thousand texts to embed
# Passages up to which Chroma holds a graph: it takes 4 KB a passage, and above that the sieve is as quick without.
GRAPH_UP_TO = 50_000
_BATCH = 128
_AT_HAND = 50_000  # passages kept in memory: some 75 MB
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
    """The index of one folder. Any number of threads and processes may search while one of them changes it."""

    def __init__(
        self, folder: Path, database: Database, embedder: Embedder, make_graph: MakeGraph, fresh: bool
    ) -> None:
        self._folder = folder
        self._database = database
        self._embedder = embedder
        self._fresh = fresh  # what is stored is to be replaced, and never looked at
        self._writing = Lock(folder / LOCK)
        self._chroma = make_graph(database)
        self._shelf = Shelf(folder, database, embedder.dimension, self._accept, self._follow)
        self._passages: dict[int, Passage] = {}
        self._verification = Verification(folder, database, self._shelf)
        self._current()

    @classmethod
    def open(
        cls,
        folder: Path,
        embedder: Embedder,
        *,
        graph_after: float | None = GRAPH_AFTER,
        server: str | None = None,
        fresh: bool = False,
    ) -> Self:
        """Open the index of this folder or begin an empty one; nothing is embedded.

        Dense search is exact at first and goes through Chroma some time after `graph_after` seconds, never if that is
        None; what is found is the same. `server` is the address of a Chroma server that several processes share;
        without one there is a Chroma folder of its own. With `fresh` the next sync embeds everything anew; until it is
        done, other processes find what is there. Raises IndexingError when the folder cannot be used or the index was
        built with another model.
        """
        path = folder / FILE

        def graph(database: Database) -> Chroma | Shared | None:
            if graph_after is None:
                return None
            if server is not None:
                name = collection_name(embedder.name, embedder.fingerprint, embedder.dimension)
                return Shared(Collection(server, name), database, graph_after)
            return Chroma(folder, graph_after) if database.writable else None

        with named_errors(folder, OSError):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                return cls._open(path, embedder, graph, fresh)
            except Damaged:
                with Lock(folder / LOCK).held():
                    return cls._open_or_discard(path, embedder, graph, fresh)

    @classmethod
    def _open_or_discard(cls, path: Path, embedder: Embedder, make_graph: MakeGraph, fresh: bool) -> Self:
        try:  # again: another process may have built it meanwhile
            return cls._open(path, embedder, make_graph, fresh)
        except Damaged as damage:
            _log.warning("index: %s cannot be used (%s); it is built again from the corpus", path, damage)
            discard(path)
            unmark(path.parent)
            return cls._open(path, embedder, make_graph, fresh)

    @classmethod
    def _open(cls, path: Path, embedder: Embedder, make_graph: MakeGraph, fresh: bool) -> Self:
        require_unmarked(path.parent)
        database = Database(path)
        try:
            at_once = database.size() <= READ_AT_ONCE
            if at_once:
                database.verify()
            if fresh:
                database.forget_pending()
            outdated = fresh or _is_outdated(database.manifest(), embedder)
            index = cls(path.parent, database, embedder, make_graph, outdated)
        except BaseException:
            database.close()
            raise
        index._verification.begin(database_too=not at_once)
        return index

    def close(self) -> None:
        self._verification.close()
        self._shelf.close()
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
    def graph(self) -> str | None:
        """What has become of the Chroma graph, here or on the server; None when there is to be none."""
        return self._chroma.state if self._chroma is not None else None

    @contextmanager
    def writing(self, wait: float = PATIENCE) -> Iterator[None]:
        """Be the one thread of all processes that changes this index; raises BusyError after `wait` seconds."""
        with ExitStack() as held:
            with named_errors(self._folder, OSError):
                held.enter_context(self._writing.held(wait))
            yield

    def hashes(self) -> Mapping[str, str]:
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

    def sync(self, articles: Sequence[Article], progress: Progress | None = None) -> Changes:
        """Make the index hold exactly these articles, as `update` does."""
        if self.is_at({article.id: content_hash(article) for article in articles}):
            return Changes()
        if not self._database.writable:
            raise not_writable()
        with self.writing():
            known = self._database.hashes()
            stale = [each for each in articles if self._fresh or known.get(each.id) != content_hash(each)]
            return self.update(stale, sorted(known.keys() - {each.id for each in articles}), progress)

    def update(
        self, changed: Sequence[Article], removed: Sequence[str] = (), progress: Progress | None = None
    ) -> Changes:
        """Put these articles in, in the place of those of their ids, and take others out.

        In an index that was opened `fresh` they come in the place of all others.

        Only texts that are new in an article are embedded; `progress(done, total)` counts characters of articles. What
        is at most BATCH characters long appears at once, more of it some whole articles at a time. An interrupted
        update keeps the vectors that it had made. Raises IndexingError, or BusyError.
        """
        if not self._database.writable:
            raise not_writable()
        require_space(self._folder)
        with self.writing(), named_errors(self._folder):
            known = self._database.present(article.id for article in changed)
            former = self._names_on_server([*removed, *(each.id for each in changed)])
            report = _Report(progress, sum(len(article.text) for article in changed))
            embedded = self._replace_all(changed, report) if self._fresh else self._change(changed, removed, report)
            self._fresh = False
            self._current()
            if isinstance(self._chroma, Shared):
                self._chroma.forget(former)
            added, others = ([each.id for each in changed if (each.id in known) is was] for was in (False, True))
            return Changes(tuple(added), tuple(others), tuple(removed), embedded)

    def _names_on_server(self, articles: Sequence[str]) -> list[str]:
        """Return the names by which a server knows the passages of these articles; none where there is no server."""
        keys = self._database.keys_of(articles).tolist() if isinstance(self._chroma, Shared) else []
        return list(self._database.names(keys).values())

    def _change(self, changed: Sequence[Article], removed: Sequence[str], report: _Report) -> int:
        """Apply one batch of articles after the other, and return how many texts were embedded."""
        embedded = 0
        for batch in _batches(changed) or [[]]:
            entries = [derive(article) for article in batch]
            vectors, made = self._vectors(entries, report)
            former = [*removed, *(article.id for article in batch)]
            self._database.apply(former, [(entry, vectors) for entry in entries], self._built_with())
            removed, embedded = (), embedded + made
        return embedded

    def _replace_all(self, articles: Sequence[Article], report: _Report) -> int:
        """Make all vectors, a batch of articles at a time, then put all articles in the place of all others at once."""
        embedded = sum(self._vectors([derive(each) for each in batch], report)[1] for batch in _batches(articles))
        entries = ((entry, self._vectors([entry], _Report(None, 0))[0]) for entry in map(derive, articles))
        self._database.apply(self._database.hashes(), entries, self._built_with())
        return embedded

    def candidates(
        self,
        query: str,
        vector: Vectors,
        k: int = 200,
        language: Language | None = None,
        include: Iterable[str] | None = None,
        exclude: Iterable[str] | None = None,
    ) -> list[Candidate]:
        """Return the k passages nearest to the vector and the k best by the query's words, in no order of merit.

        They are of the language, of the included articles and not of the excluded ones, where these are given.
        """
        terms = words(query, detect_language(query))
        snapshot = self._current()
        among, without = (None if ids is None else self._rows(snapshot, ids) for ids in (include, exclude))
        allowed = snapshot.mask(language, among, without)
        nearest = None
        if allowed is None and self._chroma is not None:
            nearest = self._chroma.nearest(snapshot, vector, k)
        found = snapshot.find(vector, terms, k, allowed, nearest)
        return self._with_sentences(snapshot, found, vector)

    def passage(self, id: str) -> Passage | None:
        self._current()
        return None if self._fresh else self._database.passage(id)

    def passages(self, article: str) -> list[Passage]:
        """Return the passages of an article in the order of its text."""
        snapshot = self._current()
        return list(self._known_passages(snapshot.keys_of(self._rows(snapshot, [article])).tolist()).values())

    def sentences(self, article: str) -> list[Sentence]:
        """Return the article's sentences in the order of its text; empty when the index does not have it."""
        return self._database.sentences(article)

    def sentence_vectors(self, article: str) -> Vectors:
        """Return one unit vector a sentence, in the order of `sentences`."""
        snapshot = self._current()
        keys = snapshot.keys_of(self._rows(snapshot, [article])).tolist()
        vectors, _ = self._database.sentence_vectors(keys, self._embedder.dimension)
        return vectors

    def article(self, id: str) -> Article | None:
        return self._database.article(id)

    def article_ids(self) -> frozenset[str]:
        """Return the ids of all articles."""
        self._current()
        return frozenset() if self._fresh else frozenset(self._database.hashes())

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
            if self._verification.damage is not None:
                raise self._verification.damage
            if self._fresh:
                return Snapshot([], np.empty(0, dtype=np.int64), self._embedder.dimension)
            return self._shelf.current()

    def _accept(self, built: dict[str, str]) -> None:
        if built and (built["model"], built["fingerprint"]) != (self._embedder.name, self._embedder.fingerprint):
            raise other_model(built["model"], self._embedder.name)

    def _follow(self, snapshot: Snapshot, built: dict[str, str]) -> None:
        shared = isinstance(self._chroma, Shared)
        if self._chroma is not None and len(snapshot) and (shared or len(snapshot) <= GRAPH_UP_TO):
            self._chroma.follow(snapshot, built["database"])

    def _rows(self, snapshot: Snapshot, articles: Iterable[str]) -> Rows:
        return snapshot.rows_of(self._database.keys_of(articles).tolist())

    def _known_passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        """Return the passages of these keys, in their order; the last ones asked for are kept at hand."""
        known = self._passages
        if len(known) > _AT_HAND:
            known = self._passages = {}
        if missing := [key for key in keys if key not in known]:
            known.update(self._database.passages(missing))
        return {key: known[key] for key in keys if key in known}

    def _with_sentences(self, snapshot: Snapshot, found: Found, vector: Vectors) -> list[Candidate]:
        """Add the cosine of each passage's best sentence, or its own where it has none."""
        keys = snapshot.keys_of(found.rows).tolist()
        vectors, counts = self._database.sentence_vectors(keys, self._embedder.dimension)
        best = found.cosines.copy()
        if len(vectors):
            starts = np.cumsum(counts) - counts
            best[counts > 0] = np.maximum.reduceat(np.vecdot(vectors, vector), starts[counts > 0])
        passages = self._known_passages(keys)
        scored = zip(keys, found.cosines.tolist(), best.tolist(), found.bm25.tolist(), strict=True)
        # One that was removed a moment ago has no passage any more.
        return [Candidate(passages[key], *scores) for key, *scores in scored if key in passages]

    def _vectors(self, entries: Sequence[IndexedArticle], report: _Report) -> tuple[dict[str, Vectors], int]:
        """Return the vector of each text of the entries by its name, and how many of them were computed now."""
        texts = {text_name(text): text for entry in entries for item in entry.passages for text in item.texts}
        fingerprint, stored = self._embedder.fingerprint, [] if self._fresh else [entry.article.id for entry in entries]
        vectors = self._database.known_vectors(stored, texts, self._embedder.dimension, fingerprint)
        # Texts of like length together: a batch takes as long as its longest text.
        missing = sorted(texts.keys() - vectors.keys(), key=lambda name: (len(texts[name]), name))
        characters = sum(len(entry.article.text) for entry in entries)
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            made = self._embedder.encode_passages([texts[name] for name in batch])
            fresh = dict(zip(batch, np.asarray(made, dtype=np.float32), strict=True))
            self._database.keep_vectors(fresh, fingerprint)
            vectors |= fresh
            report(characters * (start + len(batch)) // len(missing))
        report.end(characters)
        return vectors, len(missing)

    def _built_with(self) -> dict[str, str]:
        built = {"model": self._embedder.name, "fingerprint": self._embedder.fingerprint}
        return built | ({"database": uuid.uuid4().hex} if self._fresh else {})


class _Report:
    """Tells how many characters of all are done; the parts are reported one after the other."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._before = 0

    def __call__(self, done: int) -> None:
        """Tell how far the part is that is being worked on."""
        if self._progress is not None:
            self._progress(self._before + done, self._total)

    def end(self, size: int) -> None:
        self._before += size


def _batches(articles: Sequence[Article]) -> list[list[Article]]:
    """Cut the articles into batches of about BATCH characters."""
    batches: list[list[Article]] = []
    size = BATCH
    for article in articles:
        if size >= BATCH:
            batches.append([])
            size = 0
        batches[-1].append(article)
        size += len(article.text)
    return batches


def _is_outdated(built: dict[str, str], embedder: Embedder) -> bool:
    """Return whether the index is of the same model in another edition, which is no reason to trouble the user."""
    outdated = built.get("model") == embedder.name and built["fingerprint"] != embedder.fingerprint
    if outdated:
        _log.warning("index: %s has changed (%s, now %s)", embedder.name, built["fingerprint"], embedder.fingerprint)
    return outdated
