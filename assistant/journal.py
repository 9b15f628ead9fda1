"""A file of rows that can be had again from elsewhere: added to at its end, read whole, deleted at any time.

Each row is a line of JSON behind a checksum. What a torn, damaged or foreign line held is not there. Several processes
may add to one file. Knows nothing of what the rows say.
"""

from __future__ import annotations

import gc
import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

SPARE = 1_000  # rows of what is gone, before the file is written anew
_AT_ONCE = 1_000  # rows that are parsed together, which is quicker
_LONGEST = 10_000_000  # bytes of a row; what is longer is damage
_log = logging.getLogger(__name__)
Row = list[Any]


class Journal:
    """Rows of one edition: those that were written under another one count as damaged."""

    def __init__(self, path: Path, edition: str) -> None:
        self._path = path
        self._key = hashlib.blake2b(edition.encode(), digest_size=32).digest()
        self._rows = 0

    def rows(self) -> Iterator[Row]:
        """Yield the rows that are sound, in the order in which they were added."""
        sound = self._sound()
        while texts := list(islice(sound, _AT_ONCE)):
            yield from json.loads(b"[" + b",".join(texts) + b"]")

    def add(self, rows: Iterable[Row]) -> None:
        """Add rows; each begins on its own line, whatever the last one was cut off by."""
        lines = [self._line(row) for row in rows]
        if lines:
            self._write(lines, afresh=False)

    def trim(self, needed: int, rows: Iterable[Row]) -> bool:
        """Write the file anew with these rows where it has many more than are needed; return whether it had."""
        if self._rows <= 2 * needed + SPARE:
            return False
        self._rows = 0
        self._write([self._line(row) for row in rows], afresh=True)
        return True

    def _sound(self) -> Iterator[bytes]:
        """Yield the texts behind the checksums that are theirs."""
        for line in self._lines():
            self._rows += 1
            checksum, _, text = line.partition(b" ")
            if text and checksum == self._checksum(text):
                yield text

    def _write(self, lines: list[bytes], *, afresh: bool) -> None:
        self._rows += len(lines)
        path = self._path.with_suffix(f".{os.getpid()}.tmp") if afresh else self._path
        try:
            with path.open("wb" if afresh else "ab") as file:
                file.write(b"".join(lines))
            if afresh:
                path.replace(self._path)
        except OSError as error:
            _log.warning("%s cannot be written (%s): what it would hold is read again next time", path, error)

    def _lines(self) -> Iterator[bytes]:
        try:
            with self._path.open("rb") as file:
                while line := file.readline(_LONGEST):
                    if len(line) == _LONGEST:
                        self._rows = 1 << 60  # to be written anew: what is added behind it would not be found
                        return
                    if line != b"\n":
                        yield line.rstrip(b"\n")
        except OSError:
            return

    def _line(self, row: Row) -> bytes:
        text = json.dumps(row, separators=(",", ":")).encode("ascii")
        return b"\n" + self._checksum(text) + b" " + text

    def _checksum(self, text: bytes) -> bytes:
        return hashlib.blake2b(text, digest_size=8, key=self._key).hexdigest().encode("ascii")


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage in a `with` block that makes very many lasting objects: it would take as long again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
