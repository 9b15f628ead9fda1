"""The index's SQLite database: articles, their sentences and passages, the terms and the vectors of each passage.

Knows nothing of embedding models, Chroma or ranking.
"""

from __future__ import annotations

import json
import threading
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.store.connection import Damaged, connect, damage_named
from assistant.store.derived import IndexedArticle, IndexedPassage, article_record, text_name
from assistant.types import Article, Passage, Sentence

Vectors = NDArray[np.float32]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Contents:
    """All passages by ascending key, with their terms and vectors. A key is never used again for another passage."""

    keys: NDArray[np.int64]
    passages: list[Passage]
    terms: list[list[str]]
    vectors: Vectors


class Database:
    """One open file; methods may be called from any thread. Only one thread may change it at a time.

    Raises `Damaged`, or sqlite3.OperationalError.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        with damage_named():
            self._writer, self.writable = connect(path)
            # Apart, so that what is read meanwhile is whole, and `version` tells of this process's changes too.
            self._reader, _ = connect(path)

    def close(self) -> None:
        with self._lock:
            self._reader.close()
            self._writer.close()

    def version(self) -> int:
        """Return a number that changes when any process has changed the file."""
        return int(self._read("PRAGMA data_version")[0][0])

    def manifest(self) -> dict[str, str]:
        """Return what the index was built with; empty when nothing was ever indexed.

        `database` names the set of keys, `edition` what they stood for after the last change.
        """
        return dict(self._read("SELECT name, value FROM manifest"))

    def hashes(self) -> dict[str, str]:
        """Return the content hash of each article by id."""
        return dict(self._read("SELECT id, hash FROM articles"))

    def article(self, id: str) -> Article | None:
        rows = self._read("SELECT record FROM articles WHERE id = ?", [id])
        return _article(rows[0][0]) if rows else None

    def sentences(self, article: str) -> list[Sentence]:
        """Return the article's sentences in the order of its text; empty when it is not here."""
        rows = self._read("SELECT record, sentences FROM articles WHERE id = ?", [article])
        if not rows:
            return []
        text = _article(rows[0][0]).text
        return [
            Sentence(article, tuple(section), start, end, text[start:end], number)
            for section, start, end, number in json.loads(rows[0][1])
        ]

    def contents(self, dimension: int) -> Contents:
        """Return every passage with its vector, after checking every checksum."""
        rows = self._read("SELECT key, record, terms, vector, checksum FROM passages ORDER BY key")
        if any(_checksum(record, terms, vector) != checksum for _, record, terms, vector, checksum in rows):
            raise Damaged("a passage differs from its checksum")
        articles = self._read("SELECT record, sentences, checksum FROM articles")
        if any(_checksum(record, sentences) != checksum for record, sentences, checksum in articles):
            raise Damaged("an article differs from its checksum")
        return Contents(
            keys=np.array([row[0] for row in rows], dtype=np.int64),
            passages=[_passage(row[1]) for row in rows],
            terms=[row[2].split(" ") for row in rows],
            vectors=_unpacked(b"".join(row[3] for row in rows), dimension),
        )

    def sentence_vectors(self, keys: Sequence[int], dimension: int) -> tuple[Vectors, Counts]:
        """Return the vectors of the sentences of these passages, one below the other, and how many each passage has."""
        rows = self._read(
            "SELECT key, sentence_vectors, sentence_checksum FROM passages "
            "WHERE key IN (SELECT value FROM json_each(?))",
            [json.dumps(keys)],
        )
        if any(_checksum(vectors) != checksum for _, vectors, checksum in rows):
            raise Damaged("the vectors of a sentence differ from their checksum")
        found = {key: vectors for key, vectors, _ in rows}
        ordered = [found.get(key, b"") for key in keys]
        counts = np.array([len(vectors) for vectors in ordered], dtype=np.int64) // (2 * dimension)
        return _unpacked(b"".join(ordered), dimension), counts

    def known_vectors(self, articles: Iterable[str], dimension: int) -> dict[str, Vectors]:
        """Return by name the vectors of all texts of these articles, and of those that an interrupted sync left."""
        rows = self._read(
            "SELECT texts, CAST(vector || sentence_vectors AS BLOB) FROM passages "
            "WHERE article IN (SELECT value FROM json_each(?)) UNION ALL SELECT json_array(text), vector FROM pending",
            [json.dumps(list(articles))],
        )
        found: dict[str, Vectors] = {}
        for names, vectors in rows:
            found.update(zip(json.loads(names), _unpacked(vectors, dimension), strict=True))
        return found

    def keep_vectors(self, vectors: Mapping[str, Vectors]) -> None:
        """Store vectors by name before the passages that will use them, for an interrupted sync to go on from."""
        with self._transaction():
            rows = [(name, _packed(vector)) for name, vector in vectors.items()]
            self._writer.executemany("REPLACE INTO pending VALUES (?, ?)", rows)

    def apply(
        self,
        removed: Iterable[str],
        added: Sequence[IndexedArticle],
        vectors: Mapping[str, Vectors],
        manifest: Mapping[str, str],
    ) -> None:
        """Remove and add articles in one transaction; `vectors` has the vector of each text of `added` by its name."""
        with self._transaction():
            self._writer.executemany("DELETE FROM articles WHERE id = ?", [[id] for id in removed])
            for entry in added:
                self._insert(entry, vectors)
            self._writer.execute("DELETE FROM pending")
            identity = {"database": uuid.uuid4().hex, **self.manifest(), "edition": uuid.uuid4().hex}
            self._writer.executemany("REPLACE INTO manifest VALUES (?, ?)", (identity | dict(manifest)).items())

    def clear(self) -> None:
        """Remove everything; other processes see an index that was never built."""
        with self._transaction():
            for table in ("articles", "pending", "manifest"):
                self._writer.execute(f"DELETE FROM {table}")

    def _insert(self, entry: IndexedArticle, vectors: Mapping[str, Vectors]) -> None:
        spans = [(s.section, s.start, s.end, s.list_number) for s in entry.sentences]
        record, sentences = article_record(entry.article), json.dumps(spans, ensure_ascii=False)
        self._writer.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?)",
            [entry.article.id, entry.hash, record, sentences, _checksum(record, sentences)],
        )
        for item in entry.passages:
            self._insert_passage(item, vectors)

    def _insert_passage(self, item: IndexedPassage, vectors: Mapping[str, Vectors]) -> None:
        names = [text_name(text) for text in item.texts]
        record, terms = json.dumps(asdict(item.passage), ensure_ascii=False), " ".join(item.terms)
        vector, of_sentences = _packed(vectors[names[0]]), b"".join(_packed(vectors[name]) for name in names[1:])
        words = [item.passage.id, item.passage.article, record, terms, json.dumps(names)]
        numbers = [vector, _checksum(record, terms, vector), of_sentences, _checksum(of_sentences)]
        self._writer.execute("INSERT INTO passages VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)", words + numbers)

    def _read(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        with self._lock, damage_named():
            return self._reader.execute(sql, parameters).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with damage_named():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._writer.execute("COMMIT")


def _checksum(*parts: str | bytes) -> int:
    total = 0
    for part in parts:
        total = zlib.crc32(part if isinstance(part, bytes) else part.encode(), total)
    return total


def _packed(vector: Vectors) -> bytes:
    """Return the vector in half precision: half the file, and no cosine moves by more than 0.0002."""
    return vector.astype(np.float16).tobytes()


def _unpacked(vectors: bytes, dimension: int) -> Vectors:
    return np.frombuffer(vectors, dtype=np.float16).reshape(-1, dimension).astype(np.float32)


def _article(record: str) -> Article:
    fields = json.loads(record)
    published, tickers = date.fromisoformat(fields["published"]), tuple(fields["tickers"])
    return Article(**{**fields, "published": published, "tickers": tickers})


def _passage(record: str) -> Passage:
    fields = json.loads(record)
    return Passage(**{**fields, "section": tuple(fields["section"])})
