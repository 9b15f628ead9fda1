"""What brings a search graph in step with the newest snapshot, in the background. Knows nothing of Chroma."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod

from assistant.store.snapshot import Snapshot


class Follower(ABC):
    """A thread that follows the snapshots it is told of; methods may be called from any thread.

    It begins its work after `delay` seconds, or when somebody waits for it. What is told and what is reached changes
    under `_change`.
    """

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._change = threading.Condition()
        self._wanted: tuple[Snapshot, str] | None = None
        self._in_step: Snapshot | None = None
        self._hurried = False
        self._closing = False
        self._worker = threading.Thread(target=self._work, name="chroma", daemon=True)

    def follow(self, snapshot: Snapshot, database: str) -> None:
        """Come in step with this snapshot, in the background; `database` names what the keys belong to."""
        with self._change:
            self._wanted = (snapshot, database)
            self._change.notify_all()
        if self._worker.ident is None:
            self._worker.start()

    def close(self) -> None:
        """Stop the background work after the step that is being done."""
        with self._change:
            self._closing = True
            self._change.notify_all()
        if self._worker.ident is not None:
            self._worker.join()

    def _hurry(self, snapshot: Snapshot) -> None:
        """Wait until it is in step with the snapshot, or will not be; `_change` is held."""
        self._hurried = True
        self._change.notify_all()
        self._change.wait_for(lambda: self._settled(snapshot))

    def _delayed(self) -> None:
        """Wait until it is time to begin."""
        with self._change:
            self._change.wait_for(lambda: self._closing or self._hurried, timeout=self._delay)

    def _is_wanted(self, snapshot: Snapshot | None) -> bool:
        return self._wanted is not None and self._wanted[0] is snapshot

    @abstractmethod
    def _settled(self, snapshot: Snapshot) -> bool:
        """Return whether it is in step with the snapshot, or will not be."""

    @abstractmethod
    def _work(self) -> None:
        """Follow until the end."""
