"""Keeps the search index in step with the corpus, and finds candidate passages in it.

The SQLite file is derived from the articles by content hash, the Chroma folder from the SQLite file: both may be
deleted at any time. Knows nothing of how scores are weighed, of questions or answers.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import numpy as np

from assistant.errors import IndexingError
from assistant.language import detect_language
from assistant.store.chroma import Chroma, State
from assistant.store.connection import Damaged, discard
from assistant.store.database import Database
from assistant.store.derived import IndexedArticle, content_hash, derive, text_name, words
from assistant.store.snapshot import Candidate, Found, Snapshot, Vectors
from assistant.types import Article, Language, Passage, Sentence

Progress = Callable[[int, int], None]

FILE = "index.sqlite3"
# Seconds: longer than a command lives, which would wait longer for Chroma than for its answer.
GRAPH_AFTER = 15.0
_BATCH = 128
_NOTICES: dict[str, dict[Language, str]] = {
    "building": {
        "en": "The search graph is being built; exact search answers meanwhile.",
        "ko": "검색 그래프를 만들고 있어요. 그동안은 정확 검색으로 답해요.",
    },
    "owned": {
        "en": "Another program has the search graph open; exact search answers here.",
        "ko": "다른 프로그램이 검색 그래프를 쓰고 있어요. 여기서는 정확 검색으로 답해요.",
    },
    "failed": {
        "en": "The search graph cannot be used; exact search answers.",
        "ko": "검색 그래프를 쓸 수 없어요. 정확 검색으로 답해요.",
    },
    "read_only": {
        "en": "The index folder cannot be written: searching works, adding and removing do not.",
        "ko": "색인 폴더에 쓸 수 없어요. 검색은 되지만 추가와 삭제는 안 돼요.",
    },
}
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
    """The index of one folder. Any number of threads may search while one syncs; other processes may read along."""

    def __init__(self, folder: Path, database: Database, embedder: Embedder, graph_after: float | None) -> None:
        self._folder = folder
        self._database = database
        self._embedder = embedder
        self._syncing = threading.Lock()
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
        None; what is found is the same. `fresh` forgets what is there. Raises IndexingError when the folder cannot be
        used or the index was built with another model.
        """
        path = folder / FILE
        with _named_errors(folder, OSError):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                return cls._open(path, embedder, graph_after, fresh)
            except Damaged as damage:
                _log.warning("index: %s cannot be used (%s); it is built again from the corpus", path, damage)
                discard(path)
                return cls._open(path, embedder, graph_after, fresh)

    @classmethod
    def _open(cls, path: Path, embedder: Embedder, graph_after: float | None, fresh: bool) -> Self:
        database = Database(path)
        try:
            if fresh or _is_outdated(database.manifest(), embedder):
                database.clear()
            return cls(path.parent, database, embedder, graph_after)
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
            return _NOTICES["read_only"]
        return _NOTICES.get(self.graph or "")

    @property
    def graph(self) -> State | None:
        """What has become of the Chroma graph; None when there is to be none."""
        return self._chroma.state if self._chroma is not None else None

    def sync(self, articles: Sequence[Article], progress: Progress | None = None) -> Changes:
        """Make the index hold exactly these articles; only texts that are new in an article are embedded.

        All changes appear at once. `progress(done, total)` counts the texts to embed. An interrupted sync leaves the
        index as it was and keeps the vectors that it had made. Raises IndexingError.
        """
        with self._syncing, _named_errors(self._folder):
            wanted = {article.id: article for article in articles}
            known = self._database.hashes()
            stale = [id for id, article in wanted.items() if known.get(id) != content_hash(article)]
            removed = tuple(sorted(known.keys() - wanted.keys()))
            if not stale and not removed:
                return Changes()
            self._require_writable()
            entries = [derive(wanted[id]) for id in stale]
            vectors, embedded = self._vectors(entries, progress)
            built_with = {"model": self._embedder.name, "fingerprint": self._embedder.fingerprint}
            self._database.apply([*removed, *stale], entries, vectors, built_with)
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

    def article(self, id: str) -> Article | None:
        return self._database.article(id)

    def article_ids(self, language: Language | None = None) -> frozenset[str]:
        """Return the ids of the articles that have passages, of one language or of all."""
        return self._current().articles(language)

    def frequency(self, term: str) -> int:
        """Return how many passages hold this term."""
        return self._current().frequency(term)

    def check(self) -> list[str]:
        """Return what is wrong with the index, one line each; empty when every passage is found by its own vector."""
        try:
            contents = self._database.contents(self._embedder.dimension)
            self._database.sentence_vectors(contents.keys.tolist(), self._embedder.dimension)
        except Damaged as damage:
            return [f"the database is damaged: {damage}"]
        lengths = np.linalg.norm(contents.vectors, axis=1)
        wrong = np.flatnonzero(~(abs(lengths - 1) < 0.01))
        problems = [f"{contents.passages[row].id}: its vector is not of length 1" for row in wrong]
        if self._chroma is not None:
            snapshot = self._current()
            missed = self._chroma.misses(snapshot)
            problems += [f"{snapshot.passages[row].id}: not found by its own vector" for row in missed]
        return problems

    def _current(self) -> Snapshot:
        """Return the newest contents; changes made by another process are seen here."""
        with _named_errors(self._folder):
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
        manifest = self._database.manifest()
        _require_same_model(manifest, self._embedder)
        contents = self._database.contents(self._embedder.dimension)
        snapshot = Snapshot(contents.passages, contents.keys, contents.vectors, contents.terms)
        if self._chroma is not None and len(snapshot.keys):
            self._chroma.follow(snapshot, manifest["database"])
        self._edition = manifest.get("edition")
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
        vectors = self._database.known_vectors([entry.article.id for entry in entries], self._embedder.dimension)
        # Texts of like length together: a batch takes as long as its longest text.
        missing = sorted(texts.keys() - vectors.keys(), key=lambda name: (len(texts[name]), name))
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            made = self._embedder.encode_passages([texts[name] for name in batch])
            fresh = dict(zip(batch, np.asarray(made, dtype=np.float32), strict=True))
            self._database.keep_vectors(fresh)
            vectors |= fresh
            if progress is not None:
                progress(start + len(batch), len(missing))
        return vectors, len(missing)

    def _require_writable(self) -> None:
        if not self._database.writable:
            raise IndexingError(
                "The index is not in step with the articles and its folder cannot be written. "
                "Make it writable and try again.",
                "색인이 글과 맞지 않는데 색인 폴더에 쓸 수 없어요. 쓸 수 있게 바꾼 뒤 다시 시도해 주세요.",
            )


def _is_outdated(built: dict[str, str], embedder: Embedder) -> bool:
    """Return whether the index is of the same model in another edition, which is no reason to trouble the user."""
    outdated = built.get("model") == embedder.name and built["fingerprint"] != embedder.fingerprint
    if outdated:
        _log.warning("index: %s has changed (%s, now %s)", embedder.name, built["fingerprint"], embedder.fingerprint)
    return outdated


def _require_same_model(built: dict[str, str], embedder: Embedder) -> None:
    if built and (built["model"], built["fingerprint"]) != (embedder.name, embedder.fingerprint):
        raise IndexingError(
            f"The index was built with the embedding model {built['model']}, and {embedder.name} is set now. "
            "Run `assistant rebuild` to build it with that, or set the former model.",
            f"색인은 임베딩 모델 {built['model']}(으)로 만들었는데 지금 설정은 {embedder.name}이에요. "
            "`assistant rebuild`로 다시 만들거나 설정을 되돌려 주세요.",
        )


@contextmanager
def _named_errors(folder: Path, *others: type[Exception]) -> Iterator[None]:
    """Say what is wrong with the folder instead of letting the operating system or SQLite say it."""
    unusable: tuple[type[Exception], ...] = (sqlite3.OperationalError, *others)
    try:
        yield
    except unusable as error:
        raise IndexingError(
            f"The index folder {folder} cannot be used: {error}. Check its permissions and the free space.",
            f"색인 폴더 {folder}을(를) 쓸 수 없어요: {error}. 권한과 남은 공간을 확인해 주세요.",
        ) from error
    except Damaged as damage:
        raise IndexingError(
            f"The index in {folder} is damaged: {damage}. Start again and it is built anew from the articles.",
            f"색인 폴더 {folder}의 파일이 손상됐어요: {damage}. 다시 시작하면 글에서 새로 만들어요.",
        ) from damage
