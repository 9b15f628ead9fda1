"""The Chroma folders of one index: the newest is brought in step with a snapshot and looked after, in the background.

Until the graph is in step `nearest` returns None and the caller looks at every vector itself. A folder that is in doubt
is not repaired: a new one is built. One process at a time has the graph; another takes over when that one ends. Knows
nothing of texts or SQLite.
"""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Literal

import numpy as np

from assistant.errors import BusyError
from assistant.file_lock import Lock
from assistant.store.follower import Follower
from assistant.store.graph import BATCH, Graph, Identity, errors, identity_of, is_sealed
from assistant.store.messages import notice
from assistant.store.snapshot import Keys, Rows, Snapshot, Vectors

State = Literal["waiting", "building", "ready", "owned", "failed"]

LOCK = "chroma.lock"
_TRY_AGAIN = 5.0  # seconds between looks whether the process that has the graph is gone
_log = logging.getLogger(__name__)


class Chroma(Follower):
    """Owns the `chroma-<n>` folders of one index folder; `nearest` may be called from any thread.

    Nothing of Chroma is loaded in the first `delay` seconds: a process that lives no longer does without it.
    """

    def __init__(self, folder: Path, delay: float) -> None:
        super().__init__(delay)
        self.state: State = "waiting"
        self.owner: int | None = None  # the process that has the graph, where that is known to be another
        self._folder = folder
        self._graph: Graph | None = None

    def nearest(self, snapshot: Snapshot, vector: Vectors, k: int) -> Rows | None:
        """Return the k rows of the highest cosine, or None while the graph is not in step with the snapshot."""
        graph = self._graph
        if self._in_step is not snapshot or graph is None:
            return None
        try:
            return np.sort(snapshot.rows_of(graph.nearest(vector, min(k, len(snapshot)))))
        except errors() as error:
            # The worker may have replaced or closed the graph meanwhile: then nothing is wrong with it.
            if self._in_step is snapshot:
                self._end("failed", f"a query failed: {error}")
            return None

    def wrong(self, snapshot: Snapshot) -> Keys:
        """Wait until the graph is in step, and return the keys that it does not find or whose vector it has not.

        None are wrong while another process has the graph, or where another snapshot is wanted meanwhile.
        """
        with self._change:
            self._hurry(snapshot)
            graph = self._graph
        if self._in_step is not snapshot or graph is None:
            return np.empty(0, dtype=np.int64)
        return np.union1d(graph.misses(snapshot, snapshot.keys), graph.strays(snapshot))

    def _settled(self, snapshot: Snapshot) -> bool:
        return self._in_step is snapshot or not self._is_wanted(snapshot) or self._ended() or self.state == "owned"

    def _work(self) -> None:
        self._delayed()
        try:
            while not self._ended():
                self._own()
        except errors() as error:
            self._end("failed", str(error))
        finally:
            # An error that Python does not know as one (a panic in Chroma's core) passes through here too.
            self._end("failed")

    def _own(self) -> None:
        """Keep the graph in step until the end; where another process has it, say so and wait a little."""
        try:
            with Lock(self._folder / LOCK).held(wait=0):
                self._keep_in_step()
        except BusyError as busy:
            if self.state != "owned":
                self.owner = busy.process
                self._end("owned")
                told = notice("owned", busy.process)
                _log.warning("%s", told["en"], extra={"messages": told})
            with self._change:
                self._change.wait_for(lambda: self._closing, timeout=_TRY_AGAIN)

    def _end(self, state: State, why: str = "") -> None:
        with self._change:
            self._in_step, self.state = None, state
            self._change.notify_all()
        if why:
            _log.warning("chroma: %s; exact search answers", why)

    def _keep_in_step(self) -> None:
        try:
            while (wanted := self._next()) is not None:
                self._in_step = None
                self._update(*wanted)
        finally:
            if self._graph is not None:
                if self.state == "failed":
                    self._graph.unseal()
                self._graph.close()

    def _next(self) -> tuple[Snapshot, str] | None:
        with self._change:
            self._change.wait_for(lambda: self._ended() or (self._wanted and self._wanted[0] is not self._in_step))
            return None if self._ended() else self._wanted

    def _ended(self) -> bool:
        return self._closing or self.state == "failed"

    def _update(self, snapshot: Snapshot, database: str) -> None:
        identity = identity_of(snapshot, database)
        if self._graph is None or self._graph.identity != identity:
            self._graph = self._open(identity)
        complete = self._graph is not None and self._fill(self._graph, snapshot)
        if not complete and not self._ended():
            self._graph = self._afresh(identity)
            complete = self._fill(self._graph, snapshot)
            if not complete and not self._ended():
                raise RuntimeError("a graph built afresh does not find its own vectors")
        if complete:
            with self._change:
                self._in_step, self.state = snapshot, "ready"
                self._change.notify_all()

    def _open(self, identity: Identity) -> Graph | None:
        """Return the newest folder that is exactly as it was sealed for this identity; None when there is none."""
        self._close_graph()
        sealed = [path for path in _folders(self._folder) if is_sealed(path, identity)]
        return Graph(sealed[-1], identity) if sealed else None

    def _afresh(self, identity: Identity) -> Graph:
        """Return a new, empty folder beside the old ones, which go: nothing in them is needed."""
        self._close_graph()
        self.state = "building"
        old = _folders(self._folder)
        for path in old:
            shutil.rmtree(path, ignore_errors=True)
        path = self._folder / f"chroma-{_number(old[-1]) + 1 if old else 1}"
        _log.info("chroma: building %s; exact search answers meanwhile", path.name)
        return Graph(path, identity)

    def _close_graph(self) -> None:
        if self._graph is not None:
            self._graph.close()
            self._graph = None

    def _fill(self, graph: Graph, snapshot: Snapshot) -> bool:
        """Make the graph hold exactly the snapshot, check and seal it; false when closing or when the check fails."""
        graph.unseal()
        present = graph.keys()
        graph.remove(np.setdiff1d(present, snapshot.keys))
        missing = np.setdiff1d(snapshot.keys, present)
        for start in range(0, len(missing), BATCH):
            if self._ended():
                return False
            keys = missing[start : start + BATCH]
            graph.add(keys, snapshot.vectors(snapshot.rows_of(keys)))
        if not graph.holds(snapshot):
            return False
        graph.seal()
        return True


def _folders(folder: Path) -> list[Path]:
    """Return the generations, oldest first."""
    found = [path for path in folder.glob("chroma-*") if path.is_dir() and path.name[7:].isdigit()]
    return sorted(found, key=_number)


def _number(path: Path) -> int:
    return int(path.name[7:])
