"""The Chroma collection that several processes search: each keeps its own passages in it, in the background.

Passages go there by names that are the same in every index which holds them. A process sends what is missing of its own
and takes out what it has itself removed; names that it does not know are left alone and left out of what is found.
Until all its passages are known to be there, and whenever the server cannot be used, `nearest` returns None and the
caller searches by itself. Knows nothing of texts.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

import numpy as np

from assistant.store.follower import Follower
from assistant.store.messages import notice
from assistant.store.server import BATCH, PATIENCE, Collection, ServerError
from assistant.store.snapshot import EXACT, Keys, Rows, Snapshot, Vectors

State = Literal["waiting", "catching_up", "ready", "away"]

_TRY_AGAIN = 3.0  # seconds until a server that could not be used is tried again
_LOOK_AGAIN = 300.0  # seconds until it is asked again whether everything is there: others may have removed it
_CHECKED = 100  # passages that are looked for by their own vectors after a change
_NEAR = 10  # places among which a passage must be found by its own vector: others' may be a little nearer
_AT_ONCE = 25  # vectors in one question
_log = logging.getLogger(__name__)


class Names(Protocol):
    """What tells the lasting names of passages from their keys and back."""

    def names(self, keys: Iterable[int]) -> dict[int, str]: ...
    def named(self, names: Iterable[str]) -> dict[str, int]: ...


class Shared(Follower):
    """One process's part in a collection; methods may be called from any thread.

    The server is first asked after `delay` seconds: a process that lives no longer does without it, but for taking out
    what it has removed.
    """

    owner = None  # nobody has it alone

    def __init__(self, collection: Collection, names: Names, delay: float) -> None:
        super().__init__(delay)
        self.state: State = "waiting"
        self._collection = collection
        self._names = names
        self._forgotten: set[str] = set()  # names that are still to be taken out
        self._there: Keys = np.empty(0, dtype=np.int64)  # known to be on the server
        self._database = ""  # which these keys belong to
        self._lost = False

    def forget(self, names: Iterable[str]) -> None:
        """Take these out in the background, but for those that are still, or again, in the index."""
        with self._change:
            self._forgotten.update(names)
            self._change.notify_all()

    def nearest(self, snapshot: Snapshot, vector: Vectors, k: int) -> Rows | None:
        """Return the k rows of the highest cosine, or None where the server is not in step or cannot be used."""
        if self._in_step is not snapshot:
            return None
        wanted = min(k, len(snapshot))
        try:
            for asked in (wanted + wanted // 4 + 16, 8 * wanted + 16):
                names = self._collection.nearest(vector[None], asked)[0]
                rows = self._rows(snapshot, names)[:wanted]
                if len(rows) == wanted:
                    return np.sort(rows)
                if len(names) < asked:
                    break
        except ServerError as error:
            self._lose(error)
        return None

    def wrong(self, snapshot: Snapshot) -> Keys:
        """Wait until the collection is in step, and return the keys that it does not find, of more than EXACT a sample.

        None are wrong while the server cannot be used, or where another snapshot is wanted meanwhile.
        """
        with self._change:
            self._hurry(snapshot)
            in_step = self._in_step is snapshot
        keys = snapshot.keys[:: max(1, len(snapshot) // EXACT)] if in_step else snapshot.keys[:0]
        try:
            return self._misses(snapshot, keys)
        except ServerError as error:
            self._lose(error)
            return np.empty(0, dtype=np.int64)

    def close(self) -> None:
        """Stop the background work after the request that is being made."""
        super().close()
        self._collection.close()

    def _settled(self, snapshot: Snapshot) -> bool:
        return self._in_step is snapshot or not self._is_wanted(snapshot) or self.state == "away"

    def _work(self) -> None:
        self._delayed()
        try:
            while not self._closing:
                try:
                    self._keep_in_step()
                except ServerError as error:
                    self._lose(error)
                with self._change:
                    self._change.wait_for(lambda: self._closing, timeout=_TRY_AGAIN)
            self._leave()
        finally:
            with self._change:
                self._in_step, self.state = None, "away"
                self._change.notify_all()

    def _leave(self) -> None:
        """Take out what is still to be taken out: nobody else would, after a command that removes an article."""
        if self._forgotten and self.state != "away":
            try:
                self._collection.open()
                self._remove()
            except ServerError as error:
                self._lose(error)

    def _lose(self, error: ServerError) -> None:
        with self._change:
            first = self.state != "away"
            self._in_step, self.state, self._lost = None, "away", True
            self._change.notify_all()
        if first:
            told = notice("away")
            _log.warning("%s (%s)", told["en"], error, extra={"messages": told})

    def _keep_in_step(self) -> None:
        """Do what is to be done until the server is lost or the end comes; what it has is not known at first."""
        self._collection.open()
        self._lost, self._database = False, ""
        while (wanted := self._next()) is not None:
            self._remove()
            if self._send(*wanted):
                with self._change:
                    if not self._lost:
                        if self.state != "ready":
                            _log.info("the Chroma server is in step")
                        self._in_step, self.state = wanted[0], "ready"
                        self._change.notify_all()

    def _next(self) -> tuple[Snapshot, str] | None:
        """Wait for something to do; None where the server is lost, and at the end."""
        with self._change:
            if not self._change.wait_for(self._has_work, timeout=_LOOK_AGAIN):
                self._database = ""
            return None if self._closing or self._lost else self._wanted

    def _has_work(self) -> bool:
        return self._closing or self._lost or bool(self._forgotten) or not self._is_wanted(self._in_step)

    def _remove(self) -> None:
        with self._change:
            names = sorted(self._forgotten)
        gone = sorted(set(names) - self._names.named(names).keys())
        for start in range(0, len(gone), BATCH):
            self._collection.remove(gone[start : start + BATCH])
        with self._change:
            self._forgotten -= set(names)

    def _send(self, snapshot: Snapshot, database: str) -> bool:
        """Send what is missing of the snapshot, and check it; false where something else is to be done first."""
        if database != self._database:
            self._there, self._database = np.empty(0, dtype=np.int64), database
        missing = np.setdiff1d(snapshot.keys, self._there)
        if len(missing) and self._in_step is None and self.state != "away":
            self.state = "catching_up"
        for start in range(0, len(missing), BATCH):
            if self._closing or not self._is_wanted(snapshot):
                return False
            keys = missing[start : start + BATCH]
            self._add(snapshot, keys, only_absent=True)
            self._there = np.union1d(self._there, keys)
        self._there = np.intersect1d(self._there, snapshot.keys)
        sample = missing[:: max(1, len(missing) // _CHECKED)]
        if len(missed := self._misses(snapshot, sample)):
            self._add(snapshot, missed, only_absent=False)
            if len(self._misses(snapshot, missed)):
                raise ServerError("it does not find what it was given")
        return True

    def _add(self, snapshot: Snapshot, keys: Keys, only_absent: bool) -> None:
        names = self._names.names(keys.tolist())
        if only_absent:
            present = self._collection.present(list(names.values()))
            names = {key: name for key, name in names.items() if name not in present}
        if names:
            self._collection.add(list(names.values()), snapshot.vectors(snapshot.rows_of(names)))

    def _misses(self, snapshot: Snapshot, keys: Keys) -> Keys:
        """Return those keys whose own vector leads neither to them nor to an equal vector.

        A passage that was removed since the snapshot is not missed.
        """
        missed = []
        for start in range(0, len(keys), _AT_ONCE):
            some = list(self._names.names(keys[start : start + _AT_ONCE].tolist()))
            own = snapshot.vectors(snapshot.rows_of(some))
            for key, vector, names in zip(some, own, self._collection.nearest(own, _NEAR, 5 * PATIENCE), strict=True):
                found = snapshot.vectors(self._rows(snapshot, names))
                if not (found @ vector >= vector @ vector - 0.0001).any():
                    missed.append(key)
        return np.array(missed, dtype=np.int64)

    def _rows(self, snapshot: Snapshot, names: Sequence[str]) -> Rows:
        """Return the rows of the names that are known, in their order."""
        keys = self._names.named(names)
        return snapshot.rows_of(keys[name] for name in names if name in keys)
