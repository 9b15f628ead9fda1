"""A lock file: one thread of one process holds it at a time, and the file names that process.

The system lets go of it when the process ends, however it ends; the file stays. Knows nothing of what it guards.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import BusyError

PATIENCE = 10.0  # seconds that somebody waits before being told who is at work


class Lock:
    """The thread that holds it may take it again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = FileLock(path, on_acquired=_sign)

    @contextmanager
    def held(self, wait: float = PATIENCE) -> Iterator[None]:
        """Hold the lock for a `with` block; raises BusyError after `wait` seconds, OSError where no file can be."""
        self._path.parent.stat()  # or the folder would be made
        try:
            self._lock.acquire(timeout=wait)
        except Timeout as timeout:
            raise BusyError(self._holder()) from timeout
        try:
            yield
        finally:
            self._lock.release()

    def _holder(self) -> int | None:
        try:
            return int(self._path.read_text(encoding="ascii"))
        except (OSError, ValueError):  # Windows lets nobody read a locked file
            return None


def _sign(handle: int) -> None:
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())
