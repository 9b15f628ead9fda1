"""The SQLite file of live figures: how it is opened, shared between threads, and put aside when it cannot be trusted.

Two connections, so that reading never waits for writing. Where the file cannot be written, what it holds is copied into
memory and what is fetched lasts as long as the process. Knows nothing of what the tables mean.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from assistant.errors import IndexingError
from assistant.store.connection import READ_ONLY, Damaged, damage_named

logger = logging.getLogger(__name__)

APPLICATION = 0x45544646  # "ETFF": tells this file from any other SQLite file
SCHEMA_VERSION = 1
_SCHEMA = f"""
CREATE TABLE current (
    key TEXT PRIMARY KEY, subject TEXT NOT NULL, metric TEXT NOT NULL, basis TEXT NOT NULL, source TEXT NOT NULL,
    provider TEXT NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX current_metric ON current (subject, metric);
CREATE TABLE history (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL, as_of TEXT NOT NULL, value TEXT NOT NULL, subject TEXT NOT NULL,
    metric TEXT NOT NULL, suspect INTEGER NOT NULL, record TEXT NOT NULL, UNIQUE (key, as_of, value));
CREATE INDEX history_metric ON history (subject, metric);
CREATE TABLE series (
    number INTEGER PRIMARY KEY, subject TEXT NOT NULL, metric TEXT NOT NULL, source TEXT NOT NULL,
    provider TEXT NOT NULL, unit TEXT NOT NULL, source_url TEXT NOT NULL, UNIQUE (subject, metric, source));
CREATE TABLE points (
    series INTEGER NOT NULL, day INTEGER NOT NULL, value REAL NOT NULL, PRIMARY KEY (series, day)) WITHOUT ROWID;
CREATE TABLE missing (
    subject TEXT NOT NULL, metric TEXT NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,
    at TEXT NOT NULL, PRIMARY KEY (subject, metric, source)) WITHOUT ROWID;
CREATE TABLE providers (provider TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE fetches (
    provider TEXT NOT NULL, subject TEXT NOT NULL, tried_at TEXT NOT NULL, fetched_at TEXT, reason TEXT,
    PRIMARY KEY (provider, subject)) WITHOUT ROWID;
CREATE TABLE log (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, provider TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL);
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {SCHEMA_VERSION};
"""
_PATIENCE = 30  # seconds to wait while another process writes

T = TypeVar("T")


class FigureDatabase:
    """One open file; all methods may be called from any thread. Raises IndexingError where SQLite cannot."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing = threading.RLock()
        self._reading = threading.RLock()  # where both are held, taken second
        self._closed = False
        with _refusal_named(path):
            self._writer, self._reader = self._opened()

    def close(self) -> None:
        with self._writing, self._reading:
            self._closed = True
            self._reader.close()
            self._writer.close()

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        with _refusal_named(self._path):
            try:
                with self._reading:
                    self._require_open()
                    broken = self._reader
                    return _rows(broken, sql, parameters)
            except Damaged as damage:
                with self._writing, self._reading:
                    if self._reader is broken:
                        self._begin_again(str(damage))
                    return _rows(self._reader, sql, parameters)

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do the work in one transaction; on a damaged file it is done again on a new one."""
        with _refusal_named(self._path), self._writing:
            self._require_open()
            if self._writer is not self._reader and not self._path.exists():
                self._begin_again("it was deleted")
            try:
                return _transacted(self._writer, work)
            except Damaged as damage:
                self._begin_again(str(damage))
                return _transacted(self._writer, work)

    def _require_open(self) -> None:
        if self._closed:
            raise IndexingError(f"{self._path} is closed already.", f"{self._path} 파일은 이미 닫혔어요.")

    def _begin_again(self, why: str) -> None:
        logger.warning("%s is opened again: %s", self._path, why)
        with self._reading:
            self._reader.close()
            self._writer.close()
            self._writer, self._reader = self._opened()

    def _opened(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        """Return a connection to write and one to read; in memory both are the same."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                return _pair(self._path)
            except Damaged as damage:
                _set_aside(self._path, str(damage))
                return _pair(self._path)
        except (sqlite3.OperationalError, OSError) as refused:
            if isinstance(refused, sqlite3.OperationalError) and refused.sqlite_errorcode & 0xFF not in READ_ONLY:
                raise
            logger.warning("%s cannot be written (%s): live figures are kept in memory", self._path, refused)
            copy = _copy_in_memory(self._path)
            self._reading = self._writing
            return copy, copy


def _pair(path: Path) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    writer = _connected(path)
    try:
        return writer, _connected(path)
    except BaseException:
        writer.close()
        raise


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        with damage_named():
            if _has_tables(connection):
                _check(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
        _transacted(connection, _ensure_schema)
    except BaseException:
        connection.close()
        raise
    return connection


def _ensure_schema(connection: sqlite3.Connection) -> None:
    if not _has_tables(connection):
        for statement in _SCHEMA.split(";\n"):
            connection.execute(statement)


def _check(connection: sqlite3.Connection) -> None:
    if _pragma(connection, "application_id") != APPLICATION:
        raise Damaged("it is another program's file")
    if (version := _pragma(connection, "user_version")) != SCHEMA_VERSION:
        raise Damaged(f"its format is {version}, not {SCHEMA_VERSION}")
    if (found := _pragma(connection, "quick_check")) != "ok":
        raise Damaged(str(found))


def _set_aside(path: Path, why: str) -> None:
    aside = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    logger.warning("%s cannot be used (%s): it is kept as %s and a new one begun", path, why, aside.name)
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))


def _copy_in_memory(path: Path) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    if path.exists():
        try:
            with damage_named():
                original = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)
                try:
                    original.backup(copy)
                finally:
                    original.close()
                _check(copy)
            return copy
        except (Damaged, sqlite3.OperationalError) as unusable:
            logger.warning("%s cannot be read: %s", path, unusable)
            copy.close()
            copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    _ensure_schema(copy)
    return copy


def _has_tables(connection: sqlite3.Connection) -> bool:
    return bool(_rows(connection, "SELECT 1 FROM sqlite_master LIMIT 1"))


def _pragma(connection: sqlite3.Connection, name: str) -> Any:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def _rows(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
    with damage_named():
        return connection.execute(sql, parameters).fetchall()


def _transacted(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    with damage_named():
        connection.execute("BEGIN IMMEDIATE")
        try:
            done = work(connection)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return done


@contextmanager
def _refusal_named(path: Path) -> Iterator[None]:
    """Turn what SQLite cannot do now (a full disk, a lock that is not given back) into IndexingError."""
    try:
        yield
    except (Damaged, sqlite3.OperationalError) as error:
        raise IndexingError(
            f"The live figures in {path} cannot be read or written: {error}.",
            f"현재 수치가 든 {path} 파일을 읽거나 쓸 수 없어요: {error}.",
        ) from error
