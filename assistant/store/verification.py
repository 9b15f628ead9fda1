"""Reading an index whole to see that it is as it was written: before it is used, or while, where that takes long.

Damage that is found while the index is used is remembered in a file beside it, so that the next opening knows. Knows
nothing of what the index holds.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from pathlib import Path

from assistant.store.connection import Damaged
from assistant.store.database import Database
from assistant.store.shelf import Shelf

READ_AT_ONCE = 64_000_000  # bytes of a database that is read before it is used
_PAUSE = 0.01  # seconds between some rows, so that questions are answered as quickly as without
_PATIENCE = 1.0  # seconds
MARK = "index.damaged"
_log = logging.getLogger(__name__)


def require_unmarked(folder: Path) -> None:
    """Raise `Damaged` where a former verification has found damage."""
    mark = folder / MARK
    if mark.exists():
        raise Damaged(mark.read_text(encoding="utf-8"))


def unmark(folder: Path) -> None:
    (folder / MARK).unlink(missing_ok=True)


class Verification:
    """Of one open index; `damage` is what was found so far. Segments that are damaged are given up by themselves."""

    def __init__(self, folder: Path, database: Database, shelf: Shelf) -> None:
        self.damage: Damaged | None = None
        self._folder = folder
        self._database = database
        self._shelf = shelf
        self._closing = False
        self._thread = threading.Thread(target=self._verify, name="verification", daemon=True)

    def close(self) -> None:
        """Stop reading; what SQLite does in one step, for a minute in a large file, is not waited for."""
        self._closing = True
        self._database.stop_verifying()
        if self._thread.ident is not None:
            self._thread.join(_PATIENCE)

    def begin(self, database_too: bool) -> None:
        """Read the segments, and the database too in the background where it was not read yet."""
        if database_too:
            self._thread.start()
        else:
            self._shelf.verify()

    def _verify(self) -> None:
        try:
            self._database.verify(_PAUSE)
            if not self._closing:
                self._shelf.verify()
        except Damaged as damage:
            if self._closing:
                return
            _log.warning("index: %s is damaged (%s); it is built again at the next start", self._folder, damage)
            (self._folder / MARK).write_text(str(damage), encoding="utf-8")
            self.damage = damage
        except sqlite3.OperationalError as error:
            if not self._closing:
                _log.warning("index: %s could not be verified (%s)", self._folder, error)
