"""The Chroma folder: a neighbour graph over the vectors of a snapshot, built and looked after in the background.

A folder is used only while it is sealed: its seal lists the hash of each file, is written last and removed before any
change. A folder whose files differ from its seal in any bit, or that has none because a process died, is not opened: a
new one is built. Until the graph is in step `nearest` returns None and the caller looks at every vector itself. Knows
nothing of texts or SQLite.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import threading
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from filelock import FileLock, Timeout

from assistant.store.snapshot import Rows, Snapshot, Vectors

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

State = Literal["waiting", "building", "ready", "owned", "failed"]

# With Chroma's default settings 4 to 5 % of records become unreachable without any error; with these none did.
_CONFIGURATION: Any = {"hnsw": {"space": "cosine", "max_neighbors": 64, "ef_construction": 400, "ef_search": 400}}
_BATCH = 256
_SELF_QUERIES = 100
_SEAL = "seal.json"
_log = logging.getLogger(__name__)


class Chroma:
    """Owns the `chroma-<n>` folders of one index folder; `nearest` may be called from any thread.

    Nothing of Chroma is loaded in the first `delay` seconds: a process that lives no longer does without it.
    """

    def __init__(self, folder: Path, delay: float) -> None:
        self.state: State = "waiting"
        self._folder = folder
        self._delay = delay
        self._change = threading.Condition()
        self._wanted: tuple[Snapshot, str] | None = None
        self._in_step: Snapshot | None = None
        self._graph: _Graph | None = None
        self._closing = False
        self._worker = threading.Thread(target=self._work, name="chroma", daemon=True)

    def follow(self, snapshot: Snapshot, database: str) -> None:
        """Bring the graph in step with this snapshot, in the background; `database` names what the keys belong to."""
        with self._change:
            self._wanted = (snapshot, database)
            self._change.notify()
        if self._worker.ident is None:
            self._worker.start()

    def nearest(self, snapshot: Snapshot, vector: Vectors, k: int) -> Rows | None:
        """Return the k rows of the highest cosine, or None while the graph is not in step with the snapshot."""
        graph = self._graph
        if self._in_step is not snapshot or graph is None:
            return None
        try:
            return snapshot.rows_of_keys(graph.nearest(vector, min(k, len(snapshot.keys))))
        except _errors() as error:
            # The worker may have replaced or closed the graph meanwhile: then nothing is wrong with it.
            if self._in_step is snapshot:
                self._end("failed", f"a query failed: {error}")
            return None

    def misses(self, snapshot: Snapshot) -> Rows:
        """Return the rows that are not found by their own vector; none while the graph is not in use."""
        graph = self._graph
        if self._in_step is not snapshot or graph is None:
            return np.empty(0, dtype=np.int64)
        return _misses(graph, snapshot, range(len(snapshot.keys)))

    def close(self) -> None:
        """Stop the background work and release the folder; a graph in the middle of a change stays unsealed."""
        with self._change:
            self._closing = True
            self._change.notify()
        if self._worker.ident is not None:
            self._worker.join()

    def _work(self) -> None:
        with self._change:
            if self._change.wait_for(lambda: self._closing, timeout=self._delay):
                return
        try:
            with FileLock(self._folder / "chroma.lock", timeout=0):
                self._keep_in_step()
        except Timeout:
            self._end("owned", "another program has the graph")
        except _errors() as error:
            self._end("failed", str(error))
        finally:
            # An error that Python does not know as one (a panic in Chroma's core) passes through here too.
            self._end("owned" if self.state == "owned" else "failed")

    def _end(self, state: State, why: str = "") -> None:
        with self._change:
            self._in_step, self.state = None, state
            self._change.notify()
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
        identity = {"database": database, "dimension": snapshot.vectors.shape[1], "chromadb": version("chromadb")}
        if self._graph is None or self._graph.identity != identity:
            self._graph = self._open(identity)
        complete = self._graph is not None and self._fill(self._graph, snapshot)
        if not complete and not self._ended():
            self._graph = self._afresh(identity)
            complete = self._fill(self._graph, snapshot)
            if not complete and not self._ended():
                raise RuntimeError("a graph built afresh does not find its own vectors")
        if complete:
            self._in_step, self.state = snapshot, "ready"

    def _open(self, identity: dict[str, Any]) -> _Graph | None:
        """Return the newest folder that is exactly as it was sealed for this identity; None when there is none."""
        self._close_graph()
        sealed = [path for path in _folders(self._folder) if _is_sealed(path, identity)]
        return _Graph(sealed[-1], identity) if sealed else None

    def _afresh(self, identity: dict[str, Any]) -> _Graph:
        """Return a new, empty folder beside the old ones, which go: nothing in them is needed."""
        self._close_graph()
        self.state = "building"
        old = _folders(self._folder)
        for path in old:
            shutil.rmtree(path, ignore_errors=True)
        path = self._folder / f"chroma-{_number(old[-1]) + 1 if old else 1}"
        _log.info("chroma: building %s; exact search answers meanwhile", path.name)
        return _Graph(path, identity)

    def _close_graph(self) -> None:
        if self._graph is not None:
            self._graph.close()
            self._graph = None

    def _fill(self, graph: _Graph, snapshot: Snapshot) -> bool:
        """Make the graph hold exactly the snapshot, check and seal it; false when closing or when the check fails."""
        graph.unseal()
        present = graph.keys()
        graph.remove(np.setdiff1d(present, snapshot.keys))
        missing = snapshot.rows_of_keys(np.setdiff1d(snapshot.keys, present))
        for start in range(0, len(missing), _BATCH):
            if self._ended():
                return False
            rows = missing[start : start + _BATCH]
            graph.add(snapshot.keys[rows], snapshot.vectors[rows])
        if not _holds(graph, snapshot):
            return False
        graph.seal()
        return True


class _Graph:
    """One open Chroma folder: vectors by key."""

    def __init__(self, path: Path, identity: dict[str, Any]) -> None:
        # Here, since it takes 1.5 s and only this thread needs it.
        import chromadb

        self.identity = identity
        self._path = path
        self.unseal()
        # Any, because the interface that it is declared with lacks `close`.
        self._client: Any = chromadb.PersistentClient(str(path))
        self._collection: Collection = self._client.get_or_create_collection(
            "passages", embedding_function=None, configuration=_CONFIGURATION
        )

    def keys(self) -> Rows:
        return np.sort(np.array([int(id) for id in self._collection.get(include=[])["ids"]], dtype=np.int64))

    def add(self, keys: Rows, vectors: Vectors) -> None:
        self._collection.upsert(ids=[str(key) for key in keys], embeddings=vectors)

    def remove(self, keys: Rows) -> None:
        for start in range(0, len(keys), _BATCH):
            self._collection.delete(ids=[str(key) for key in keys[start : start + _BATCH]])

    def nearest(self, vector: Vectors, k: int) -> list[int]:
        """Return about k keys, nearest first."""
        if k < 1:
            return []
        found = self._collection.query(query_embeddings=vector[None], n_results=k, include=[])
        return [int(id) for id in found["ids"][0]]

    def unseal(self) -> None:
        (self._path / _SEAL).unlink(missing_ok=True)

    def seal(self) -> None:
        """Record the state of every file; written aside and renamed, so that a seal is whole or not there."""
        aside = self._path / f"{_SEAL}.new"
        with aside.open("w", encoding="utf-8") as file:
            json.dump({**self.identity, "files": _hashes(self._path)}, file)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(self._path / _SEAL)

    def close(self) -> None:
        self._client.close()


def _holds(graph: _Graph, snapshot: Snapshot) -> bool:
    """Return whether the graph has the snapshot's keys and a sample of its vectors find themselves, or an equal."""
    if not np.array_equal(graph.keys(), snapshot.keys):
        return False
    step = max(1, len(snapshot.keys) // _SELF_QUERIES)
    return not len(_misses(graph, snapshot, range(0, len(snapshot.keys), step)))


def _misses(graph: _Graph, snapshot: Snapshot, rows: Iterable[int]) -> Rows:
    """Return those rows whose own vector leads neither to them nor to an equal vector."""
    missed = []
    for row in rows:
        own = snapshot.vectors[row]
        found = snapshot.rows_of_keys(graph.nearest(own, 1))
        if not len(found) or snapshot.vectors[found[0]] @ own < own @ own - 0.0001:
            missed.append(row)
    return np.array(missed, dtype=np.int64)


def _is_sealed(path: Path, identity: dict[str, Any]) -> bool:
    try:
        seal = json.loads((path / _SEAL).read_text(encoding="utf-8"))
        return bool(seal == {**identity, "files": _hashes(path)})
    except (OSError, ValueError):
        return False


def _hashes(path: Path) -> dict[str, str]:
    """Return the hash of each file of the folder but the seal, by relative name."""
    found = {}
    for file in sorted(path.rglob("*")):
        if file.is_file() and not file.name.startswith(_SEAL):
            with file.open("rb") as opened:
                found[file.relative_to(path).as_posix()] = hashlib.file_digest(opened, "sha256").hexdigest()
    return found


def _folders(folder: Path) -> list[Path]:
    """Return the generations, oldest first."""
    found = [path for path in folder.glob("chroma-*") if path.is_dir() and path.name[7:].isdigit()]
    return sorted(found, key=_number)


def _number(path: Path) -> int:
    return int(path.name[7:])


def _errors() -> tuple[type[Exception], ...]:
    """What Chroma raises when a folder is broken, locked or full."""
    from chromadb.errors import ChromaError

    return (ChromaError, OSError, RuntimeError, ValueError, KeyError, TypeError)
