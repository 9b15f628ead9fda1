"""The index's SQLite database: articles, their sentences and passages, the terms and the vectors of each passage.

Knows nothing of embedding models, Chroma or ranking.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.store.connection import Damaged, connect, damage_named, size_of, verify
from assistant.store.derived import IndexedArticle, IndexedPassage, article_record, text_name
from assistant.store.records import Row, Vectors, article_of, checked, packed, passage_of, signed, unpacked
from assistant.types import Article, Passage, Sentence

Counts = NDArray[np.int64]
Keys = NDArray[np.int64]

BATCH = 8192  # passages that are read together
_ROWS = 64  # that are verified together
_STEPS = 10_000  # of SQLite's virtual machine, between looks whether to go on
_PASSAGE = "id, article, record, terms, texts, vector, checksum"
_NAME = "id || '#' || substr(json_extract(texts, '$[0]'), 1, 16)"  # of a passage and the text that is embedded
_CHECKED = (
    ("manifest", "name, value, checksum"),
    ("articles", "id, hash, record, sentences, checksum"),
    ("passages", _PASSAGE),
    ("passages", "sentence_vectors, sentence_checksum"),
    ("pending", "text, fingerprint, vector, checksum"),
)


@dataclass(frozen=True, slots=True)
class Contents:
    """Passages by ascending key, with their terms and vectors. A key is never used again for another passage."""

    keys: Keys
    passages: list[Passage]
    terms: list[list[str]]
    vectors: Vectors


class Database:
    """One open file; methods may be called from any thread.

    Raises `Damaged`, or sqlite3.OperationalError.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._changing = threading.Lock()
        self._stopped = threading.Event()
        self._hashes: tuple[int | None, Mapping[str, str]] = None, {}  # and the version they are of
        with damage_named():
            self._writer, self.writable = connect(path)
            # Apart, so that what is read meanwhile is whole, and `version` tells of this process's changes too.
            self._reader, _ = connect(path)

    def close(self) -> None:
        with self._lock:
            self._reader.close()
            self._writer.close()

    def verify(self, pause: float = 0) -> None:
        """Read everything, by a connection of its own, and raise `Damaged` where it is not as it was written.

        Rests for `pause` seconds after each few rows. Raises sqlite3.OperationalError soon after `stop_verifying`.
        """
        with damage_named():
            connection, _ = connect(self._path)
            with closing(connection):
                connection.set_progress_handler(self._stopped.is_set, _STEPS)
                size_of(connection, self._path)
                verify(connection)
                for table, columns in _CHECKED:
                    rows = connection.execute(f"SELECT {columns} FROM {table}")
                    while batch := rows.fetchmany(_ROWS):
                        checked(batch, f"a row of {table}")
                        time.sleep(pause)
                passages, built = (connection.execute(f"SELECT 1 FROM {t} LIMIT 1") for t in ("passages", "manifest"))
                if passages.fetchone() and not built.fetchone():
                    raise Damaged("it does not say what it was built with")

    def stop_verifying(self) -> None:
        self._stopped.set()

    def size(self) -> int:
        """Return how many bytes the file has."""
        with self._lock, damage_named():
            return size_of(self._reader, self._path)

    def version(self) -> int:
        """Return a number that changes when any process has changed the file."""
        return int(self._read("PRAGMA data_version")[0][0])

    def manifest(self) -> dict[str, str]:
        """Return what the index was built with; empty when nothing was ever indexed.

        `database` names the set of keys, `edition` what they stood for after the last change.
        """
        with self._lock:
            return _manifest(self._reader)

    def hashes(self) -> Mapping[str, str]:
        """Return the content hash of each article by id; it is read once after each change."""
        with self._lock:
            version = self.version()
            if version != self._hashes[0]:
                self._hashes = version, dict(self._read("SELECT id, hash FROM articles ORDER BY id"))
            return self._hashes[1]

    def present(self, ids: Iterable[str]) -> set[str]:
        """Return which of these articles are here."""
        wanted = "SELECT id FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        return {id for (id,) in self._read(wanted, [json.dumps(list(ids))])}

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

    def contents(self, after: int, dimension: int) -> Iterator[Contents]:
        """Yield the passages of higher keys, a batch at a time, after checking every checksum."""
        while True:
            batch = self._contents("key > ? ORDER BY key LIMIT ?", [after, BATCH], dimension)
            if not len(batch.keys):
                return
            yield batch
            after = int(batch.keys[-1])

    def contents_of(self, article: str, dimension: int) -> Contents:
        """Return the passages of an article, after checking every checksum."""
        return self._contents("article = ? ORDER BY key", [article], dimension)

    def removed(self) -> Keys:
        """Return the keys of passages that were removed since the segments were written."""
        return np.array([key for (key,) in self._read("SELECT key FROM removed ORDER BY key")], dtype=np.int64)

    def passages(self, keys: Iterable[int]) -> dict[int, Passage]:
        """Return the passages of these keys that are here."""
        wanted = "SELECT key, record FROM passages WHERE key IN (SELECT value FROM json_each(?))"
        return {key: passage_of(record) for key, record in self._read(wanted, [json.dumps(list(keys))])}

    def passage(self, id: str) -> Passage | None:
        rows = self._read("SELECT record FROM passages WHERE id = ?", [id])
        return passage_of(rows[0][0]) if rows else None

    def keys_of(self, articles: Iterable[str]) -> Keys:
        """Return the keys of the articles' passages, ascending."""
        wanted = "SELECT key FROM passages WHERE article IN (SELECT value FROM json_each(?)) ORDER BY key"
        return np.array([key for (key,) in self._read(wanted, [json.dumps(list(articles))])], dtype=np.int64)

    def names(self, keys: Iterable[int]) -> dict[int, str]:
        """Return by key, for those that are here, a name that is the same wherever the same passage is embedded."""
        wanted = f"SELECT key, {_NAME} FROM passages WHERE key IN (SELECT value FROM json_each(?))"
        return dict(self._read(wanted, [json.dumps(list(keys))]))

    def named(self, names: Iterable[str]) -> dict[str, int]:
        """Return the keys of those of these names that are here."""
        ids = {name: name.rpartition("#")[0] for name in names}
        wanted = f"SELECT {_NAME}, key FROM passages WHERE id IN (SELECT value FROM json_each(?))"
        return {name: key for name, key in self._read(wanted, [json.dumps(list(ids.values()))]) if name in ids}

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

    def known_vectors(
        self, articles: Iterable[str], names: Iterable[str], dimension: int, fingerprint: str
    ) -> dict[str, Vectors]:
        """Return by name the vectors of all texts of these articles, and of these names what an interrupted sync left.

        The latter are of the model of this fingerprint.
        """
        pending = self._read(
            "SELECT text, fingerprint, vector, checksum FROM pending "
            "WHERE fingerprint = ? AND text IN (SELECT value FROM json_each(?))",
            [fingerprint, json.dumps(list(names))],
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
        for (*_, names_of_texts, vector), (of_sentences,) in zip(passages, sentences, strict=True):
            found.update(zip(json.loads(names_of_texts), unpacked(vector + of_sentences, dimension), strict=True))
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
        added: Iterable[tuple[IndexedArticle, Mapping[str, Vectors]]],
        manifest: Mapping[str, str],
    ) -> None:
        """Remove and add articles in one transaction, each with the vectors of all its texts by their names.

        A `manifest` that names another database ends all segments.
        """
        with self._transaction():
            for id in removed:
                self._writer.execute("INSERT INTO removed SELECT key FROM passages WHERE article = ?", [id])
                self._writer.execute("DELETE FROM articles WHERE id = ?", [id])
            for entry, vectors in added:
                self._insert(entry, vectors)
            self._writer.execute("DELETE FROM pending")
            entries = {"database": uuid.uuid4().hex, **_manifest(self._writer), "edition": uuid.uuid4().hex}
            if manifest.get("database", entries["database"]) != entries["database"]:
                entries["segments"] = "[]"
                self._writer.execute("DELETE FROM removed")
            self._note(entries | dict(manifest))

    def switch_segments(self, former: Sequence[str], names: Sequence[str], dropped: Keys) -> bool:
        """Let the segments be others, from which these removed keys are gone; false where they are not the former."""
        with self._transaction():
            if segments_of(_manifest(self._writer)) != list(former):
                return False
            self._writer.executemany("DELETE FROM removed WHERE key = ?", [[int(key)] for key in dropped])
            self._note({"segments": json.dumps(list(names))})
            return True

    def _note(self, entries: Mapping[str, str]) -> None:
        self._writer.executemany("REPLACE INTO manifest VALUES (?, ?, ?)", [signed(*item) for item in entries.items()])

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

    def _contents(self, where: str, parameters: Sequence[Any], dimension: int) -> Contents:
        rows = self._read(f"SELECT key, {_PASSAGE} FROM passages WHERE {where}", parameters)
        sound = checked([row[1:] for row in rows], "a passage")
        return Contents(
            keys=np.array([row[0] for row in rows], dtype=np.int64),
            passages=[passage_of(row[2]) for row in sound],
            terms=[row[3].split(" ") for row in sound],
            vectors=unpacked(b"".join(row[5] for row in sound), dimension),
        )

    @contextmanager
    def moment(self) -> Iterator[None]:
        """Let everything that is read in a `with` block be of one moment; other threads wait."""
        with self._lock, damage_named():
            self._reader.execute("BEGIN")
            try:
                yield
            finally:
                self._reader.execute("COMMIT")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._changing, damage_named():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise


def _manifest(connection: sqlite3.Connection) -> dict[str, str]:
    with damage_named():
        return dict(checked(connection.execute("SELECT name, value, checksum FROM manifest"), "the manifest"))


def segments_of(manifest: Mapping[str, str]) -> list[str]:
    """Return the names of the segments, in the order of their keys."""
    return [str(name) for name in json.loads(manifest.get("segments", "[]"))]


def _passage_row(item: IndexedPassage, vectors: Mapping[str, Vectors]) -> Row:
    names = [text_name(text) for text in item.texts]
    record, terms = json.dumps(asdict(item.passage), ensure_ascii=False), " ".join(item.terms)
    of_sentences = b"".join(packed(vectors[name]) for name in names[1:])
    words = item.passage.id, item.passage.article, record, terms, json.dumps(names)
    return *signed(*words, packed(vectors[names[0]])), *signed(of_sentences)
