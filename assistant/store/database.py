"""The index's SQLite database: articles, their sentences and passages, the terms and the vectors of each passage.

Knows nothing of embedding models, Chroma or ranking.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.store.connection import Damaged, connect, damage_named, verify
from assistant.store.derived import IndexedArticle, IndexedPassage, article_record, text_name
from assistant.store.records import Row, Vectors, article_of, checked, packed, passage_of, signed, unpacked
from assistant.types import Article, Passage, Sentence

Counts = NDArray[np.int64]

_PASSAGE = "id, article, record, terms, texts, vector, checksum"


@dataclass(frozen=True, slots=True)
class Contents:
    """All passages by ascending key, with their terms and vectors. A key is never used again for another passage.

    `manifest` is of the same moment.
    """

    manifest: dict[str, str]
    keys: NDArray[np.int64]
    passages: list[Passage]
    terms: list[list[str]]
    vectors: Vectors


class Database:
    """One open file; methods may be called from any thread. Only one thread may change it at a time.

    Raises `Damaged`, or sqlite3.OperationalError.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        with damage_named():
            self._writer, self.writable = connect(path)
            # Apart, so that what is read meanwhile is whole, and `version` tells of this process's changes too.
            self._reader, _ = connect(path)

    def close(self) -> None:
        with self._lock:
            self._reader.close()
            self._writer.close()

    def verify(self) -> None:
        """Raise `Damaged` where anything but the passages, which `contents` checks, is not as it was written."""
        with self._lock, damage_named():
            verify(self._reader, self._path)
            for table, columns in {
                "articles": "id, hash, record, sentences, checksum",
                "passages": "sentence_vectors, sentence_checksum",
                "pending": "text, fingerprint, vector, checksum",
            }.items():
                for row in self._reader.execute(f"SELECT {columns} FROM {table}"):
                    checked([row], f"a row of {table}")

    def version(self) -> int:
        """Return a number that changes when any process has changed the file."""
        return int(self._read("PRAGMA data_version")[0][0])

    def manifest(self) -> dict[str, str]:
        """Return what the index was built with; empty when nothing was ever indexed.

        `database` names the set of keys, `edition` what they stood for after the last change.
        """
        return dict(checked(self._read("SELECT name, value, checksum FROM manifest"), "the manifest"))

    def hashes(self) -> dict[str, str]:
        """Return the content hash of each article by id."""
        return dict(self._read("SELECT id, hash FROM articles"))

    def articles(self) -> list[Article]:
        return [article_of(record) for (record,) in self._read("SELECT record FROM articles ORDER BY id")]

    def article(self, id: str) -> Article | None:
        rows = self._read("SELECT record FROM articles WHERE id = ?", [id])
        return article_of(rows[0][0]) if rows else None

    def sentences(self, article: str) -> list[Sentence]:
        """Return the article's sentences in the order of its text; empty when it is not here."""
        rows = self._read("SELECT record, sentences FROM articles WHERE id = ?", [article])
        if not rows:
            return []
        text = article_of(rows[0][0]).text
        return [
            Sentence(article, tuple(section), start, end, text[start:end], number)
            for section, start, end, number in json.loads(rows[0][1])
        ]

    def contents(self, dimension: int) -> Contents:
        """Return every passage with its vector, all of one moment, after checking every checksum."""
        with self._lock, damage_named(), self._moment():
            manifest = self.manifest()
            keys = [key for (key,) in self._read("SELECT key FROM passages ORDER BY key")]
            rows = checked(self._read(f"SELECT {_PASSAGE} FROM passages ORDER BY key"), "a passage")
        if rows and not manifest:
            raise Damaged("it does not say what it was built with")
        return Contents(
            manifest=manifest,
            keys=np.array(keys, dtype=np.int64),
            passages=[passage_of(row[2]) for row in rows],
            terms=[row[3].split(" ") for row in rows],
            vectors=unpacked(b"".join(row[5] for row in rows), dimension),
        )

    def sentence_vectors(self, keys: Sequence[int], dimension: int) -> tuple[Vectors, Counts]:
        """Return the vectors of the sentences of these passages, one below the other, and how many each passage has."""
        rows = self._read(
            "SELECT sentence_vectors, sentence_checksum, key FROM passages "
            "WHERE key IN (SELECT value FROM json_each(?))",
            [json.dumps(keys)],
        )
        vectors = checked([row[:2] for row in rows], "a vector of a sentence")
        found = {key: joined for (*_, key), (joined,) in zip(rows, vectors, strict=True)}
        ordered = [found.get(key, b"") for key in keys]
        counts = np.array([len(vectors) for vectors in ordered], dtype=np.int64) // (2 * dimension)
        return unpacked(b"".join(ordered), dimension), counts

    def known_vectors(self, articles: Iterable[str], dimension: int, fingerprint: str) -> dict[str, Vectors]:
        """Return by name the vectors of all texts of these articles, and those that an interrupted sync left.

        The latter are of the model of this fingerprint.
        """
        pending = self._read(
            "SELECT text, fingerprint, vector, checksum FROM pending WHERE fingerprint = ?", [fingerprint]
        )
        found = {name: unpacked(vector, dimension)[0] for name, _, vector in checked(pending, "a pending vector")}
        rows = self._read(
            f"SELECT sentence_vectors, sentence_checksum, {_PASSAGE} FROM passages "
            "WHERE article IN (SELECT value FROM json_each(?))",
            [json.dumps(list(articles))],
        )
        passages, sentences = (
            checked([row[2:] for row in rows], "a passage"),
            checked([row[:2] for row in rows], "a passage"),
        )
        for (*_, names, vector), (of_sentences,) in zip(passages, sentences, strict=True):
            found.update(zip(json.loads(names), unpacked(vector + of_sentences, dimension), strict=True))
        return found

    def keep_vectors(self, vectors: Mapping[str, Vectors], fingerprint: str) -> None:
        """Store vectors by name before the passages that will use them, for an interrupted sync to go on from."""
        rows = [signed(name, fingerprint, packed(vector)) for name, vector in vectors.items()]
        with self._transaction():
            self._writer.executemany("REPLACE INTO pending VALUES (?, ?, ?, ?)", rows)

    def forget_pending(self) -> None:
        with self._transaction():
            self._writer.execute("DELETE FROM pending")

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
            entries = {"database": uuid.uuid4().hex, **self.manifest(), "edition": uuid.uuid4().hex} | dict(manifest)
            self._writer.executemany(
                "REPLACE INTO manifest VALUES (?, ?, ?)", [signed(*item) for item in entries.items()]
            )

    def _insert(self, entry: IndexedArticle, vectors: Mapping[str, Vectors]) -> None:
        spans = [(s.section, s.start, s.end, s.list_number) for s in entry.sentences]
        record, sentences = article_record(entry.article), json.dumps(spans, ensure_ascii=False)
        row = signed(entry.article.id, entry.hash, record, sentences)
        self._writer.execute("INSERT INTO articles VALUES (?, ?, ?, ?, ?)", row)
        passages = [_passage_row(item, vectors) for item in entry.passages]
        self._writer.executemany("INSERT INTO passages VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)", passages)

    def _read(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        with self._lock, damage_named():
            return self._reader.execute(sql, parameters).fetchall()

    @contextmanager
    def _moment(self) -> Iterator[None]:
        """Let everything that is read in a `with` block be of one moment."""
        self._reader.execute("BEGIN")
        try:
            yield
        finally:
            self._reader.execute("COMMIT")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with damage_named():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise


def _passage_row(item: IndexedPassage, vectors: Mapping[str, Vectors]) -> Row:
    names = [text_name(text) for text in item.texts]
    record, terms = json.dumps(asdict(item.passage), ensure_ascii=False), " ".join(item.terms)
    of_sentences = b"".join(packed(vectors[name]) for name in names[1:])
    words = item.passage.id, item.passage.article, record, terms, json.dumps(names)
    return *signed(*words, packed(vectors[names[0]])), *signed(of_sentences)
