"""Notices that files of the corpus folder were added, changed or removed by somebody else.

Looks at names, sizes and times only; a change counts once it has been still from one look to the next, so that a file
is not read while it is being written. Knows nothing of what the files hold or what comes of a change.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

State = frozenset[tuple[str, int, int, int]]


class Watch:
    """Calls `changed` from a thread of its own while the state of the files is not the one `known`.

    `every` is the time in seconds between two looks.
    """

    def __init__(
        self,
        files: Callable[[], Iterable[Path]],
        known: Callable[[], State],
        changed: Callable[[], None],
        every: float,
    ) -> None:
        self._files = files
        self._known = known
        self._changed = changed
        self._every = every
        self._closing = threading.Event()
        self._worker = threading.Thread(target=self._work, name="watch", daemon=True)

    def start(self) -> None:
        self._worker.start()

    def close(self) -> None:
        self._closing.set()
        self._worker.join()

    @property
    def closing(self) -> bool:
        return self._closing.is_set()

    def _work(self) -> None:
        before: State | None = None
        while not self._closing.wait(self._every):
            now = state_of(self._files())
            if now == before and now != self._known():
                self._changed()
            before = now


def state_of(files: Iterable[Path]) -> State:
    """Return what tells one state of the files from another; one that is gone by now is not there."""
    found = []
    for path in files:
        try:
            stat = path.stat()
        except OSError:
            continue
        found.append((str(path), stat.st_size, stat.st_mtime_ns, stat.st_ino))
    return frozenset(found)
