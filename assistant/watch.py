"""Notices that files of the corpus folder were added, changed or removed by somebody else.

Looks at stamps only; a change counts once it has been still from one look to the next, so that a file is not read while
it is being written. Knows nothing of what the files hold or what comes of a change.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

SHARE = 20  # a look may take so small a part of the time: in a large folder they are further apart
State = TypeVar("State")


class Watch(Generic[State]):
    """Calls `changed` from a thread of its own while the state that `look` returns is not one that is known.

    `every` is the least time in seconds between two looks.
    """

    def __init__(
        self,
        look: Callable[[], State],
        is_known: Callable[[State], bool],
        changed: Callable[[], None],
        every: float,
    ) -> None:
        self._look = look
        self._is_known = is_known
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
        pause = self._every
        while not self._closing.wait(pause):
            began = time.monotonic()
            now = self._look()
            pause = max(self._every, SHARE * (time.monotonic() - began))
            if now == before and not self._is_known(now):
                self._changed()
            before = now
