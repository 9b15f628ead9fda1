"""Connections to the index's SQLite file: how it is opened, what its tables are, and what counts as damage.

WAL, so that questions are answered while articles are added; `synchronous=NORMAL`, since all can be derived again.
Knows nothing of what the tables hold.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA_VERSION = 3
_SCHEMA = """
CREATE TABLE manifest (name TEXT PRIMARY KEY, value TEXT NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    id TEXT PRIMARY KEY, hash TEXT NOT NULL, record TEXT NOT NULL, sentences TEXT NOT NULL, checksum INTEGER NOT NULL);
CREATE INDEX articles_hash ON articles (id, hash);
CREATE TABLE passages (
    key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    article TEXT NOT NULL REFERENCES articles ON DELETE CASCADE,
    record TEXT NOT NULL, terms TEXT NOT NULL, texts TEXT NOT NULL, vector BLOB NOT NULL, checksum INTEGER NOT NULL,
    sentence_vectors BLOB NOT NULL, sentence_checksum INTEGER NOT NULL);
CREATE INDEX passages_article ON passages (article);
CREATE TABLE removed (key INTEGER PRIMARY KEY);
CREATE TABLE pending (
    text TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, vector BLOB NOT NULL, checksum INTEGER NOT NULL);
"""
_PATIENCE = 30  # seconds to wait while another process writes
# Primary result codes that speak of what the file holds, not of its surroundings (locks, permissions, space).
_DAMAGE = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_NOTADB}
# What speaks of surroundings in which a file may still be read: no permission to write, or no room to.
READ_ONLY = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


class Damaged(Exception):
    """The file cannot be trusted and has to be built again."""


def connect(path: Path) -> tuple[sqlite3.Connection, bool]:
    """Open for writing, else for reading, else as a file that cannot change; return also whether it can be written."""
    first: sqlite3.OperationalError | None = None
    for mode in ("mode=rwc", "mode=ro", "immutable=1"):
        try:
            return _opened(path, mode), mode == "mode=rwc"
        except sqlite3.OperationalError as refused:
            if refused.sqlite_errorcode & 0xFF not in READ_ONLY:
                raise
            first = first or refused
    assert first is not None
    raise first


def size_of(connection: sqlite3.Connection, path: Path) -> int:
    """Return how many bytes the file has; raises `Damaged` where it is longer than what it holds."""
    size = path.stat().st_size  # first: another process may be adding to it
    (pages,), (page_size,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    if size > pages * page_size:
        raise Damaged(f"it has {size} bytes where {pages * page_size} are in use")
    return size


def verify(connection: sqlite3.Connection) -> None:
    """Raise `Damaged` where the file is not built as SQLite builds it."""
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise Damaged(found)
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        raise Damaged("it has passages of no article")


def discard(path: Path) -> None:
    """Remove the index file and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextmanager
def damage_named() -> Iterator[None]:
    """Turn what SQLite says about a broken file into `Damaged`."""
    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise
    except UnicodeDecodeError as error:  # in the very message of what is wrong
        raise Damaged(str(error)) from error
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in _DAMAGE:
            raise Damaged(str(error)) from error
        raise


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?{mode}"
    connection = sqlite3.connect(address, uri=True, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        if mode == "mode=rwc":
            _use_wal(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            _require_writable(connection)
            _ensure_schema(connection)
        if _schema_version(connection) != SCHEMA_VERSION:
            raise Damaged(f"its format is {_schema_version(connection)}, not {SCHEMA_VERSION}")
    except BaseException:
        connection.close()
        raise
    return connection


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log; SQLite itself does not wait for another process that is doing the same."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def _require_writable(connection: sqlite3.Connection) -> None:
    """Take the right to write and give it back: SQLite opens what it may only read without a word."""
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        # Busy: another process is writing at this moment, so this one may.
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
    connection.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000}")


def _ensure_schema(connection: sqlite3.Connection) -> None:
    if _schema_version(connection) != 0:
        return
    connection.execute("BEGIN IMMEDIATE")
    # Asked again: another process may have been faster.
    if _schema_version(connection) == 0:
        for statement in _SCHEMA.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


def _schema_version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
