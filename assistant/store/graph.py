"""One Chroma folder: vectors by key, and the seal that tells whether the folder is as it was left.

The seal lists size and hash of each file, is written last and removed before any change. A folder that differs from its
seal in any bit, or that has none because a process died, is never opened: broken files may end the process that opens
them. Knows nothing of SQLite or of when a graph is built. Chroma lives here.
"""

from __future__ import annotations

import hashlib
import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.store.snapshot import Keys, Snapshot, Vectors

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

Identity = dict[str, Any]

BATCH = 256
# With Chroma's default settings 4 to 5 % of records become unreachable without any error; with these none did.
_CONFIGURATION: Any = {"hnsw": {"space": "cosine", "max_neighbors": 64, "ef_construction": 400, "ef_search": 400}}
_SELF_QUERIES = 100
_SEAL = "seal.json"


class Graph:
    """One open folder."""

    def __init__(self, path: Path, identity: Identity) -> None:
        # Here, since it takes 1.5 s and few need it.
        import chromadb

        self.identity = identity
        self._path = path
        self.unseal()
        # Any, because the interface that it is declared with lacks `close`.
        self._client: Any = chromadb.PersistentClient(str(path))
        self._collection: Collection = self._client.get_or_create_collection(
            "passages", embedding_function=None, configuration=_CONFIGURATION
        )

    def keys(self) -> Keys:
        return np.sort(np.array([int(id) for id in self._collection.get(include=[])["ids"]], dtype=np.int64))

    def vectors(self, keys: Keys) -> Vectors:
        """Return the stored vectors of these keys, in their order; there must not be more than a batch."""
        found: Any = self._collection.get(ids=[str(key) for key in keys], include=["embeddings"])
        order = np.argsort([int(id) for id in found["ids"]])
        return np.asarray(found["embeddings"], dtype=np.float32)[order]

    def add(self, keys: Keys, vectors: Vectors) -> None:
        self._collection.upsert(ids=[str(key) for key in keys], embeddings=vectors)

    def remove(self, keys: Keys) -> None:
        for start in range(0, len(keys), BATCH):
            self._collection.delete(ids=[str(key) for key in keys[start : start + BATCH]])

    def nearest(self, vector: Vectors, k: int) -> list[int]:
        """Return about k keys, nearest first."""
        if k < 1:
            return []
        found = self._collection.query(query_embeddings=vector[None], n_results=k, include=[])
        return [int(id) for id in found["ids"][0]]

    def holds(self, snapshot: Snapshot) -> bool:
        """Return whether it has the snapshot's keys and a sample of its vectors find themselves, or an equal."""
        keys = snapshot.keys
        if not np.array_equal(self.keys(), keys):
            return False
        return not len(self.misses(snapshot, keys[:: max(1, len(keys) // _SELF_QUERIES)]))

    def misses(self, snapshot: Snapshot, keys: Keys) -> Keys:
        """Return those keys whose own vector leads neither to them nor to an equal vector."""
        missed = []
        for key in keys:
            own = snapshot.vectors(snapshot.rows_of([key]))[0]
            found = snapshot.vectors(snapshot.rows_of(self.nearest(own, 1)))
            if not len(found) or found[0] @ own < own @ own - 0.0001:
                missed.append(key)
        return np.array(missed, dtype=np.int64)

    def strays(self, snapshot: Snapshot) -> Keys:
        """Return the keys whose stored vector is not the snapshot's; the keys must be the same."""
        different: list[Keys] = [np.empty(0, dtype=np.int64)]
        every = snapshot.keys
        for start in range(0, len(every), BATCH):
            keys = every[start : start + BATCH]
            gap = abs(self.vectors(keys) - snapshot.vectors(snapshot.rows_of(keys))).max(axis=1)
            different.append(keys[gap > 0.0001])
        return np.concatenate(different)

    def unseal(self) -> None:
        (self._path / _SEAL).unlink(missing_ok=True)

    def seal(self) -> None:
        """Record the state of every file; written aside and renamed, so that a seal is whole or not there."""
        files = {name: [size, _hash(self._path / name)] for name, size in _sizes(self._path).items()}
        aside = self._path / f"{_SEAL}.new"
        with aside.open("w", encoding="utf-8") as file:
            json.dump({**self.identity, "files": files}, file)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._path / _SEAL)

    def close(self) -> None:
        self._client.close()


def identity_of(snapshot: Snapshot, database: str) -> Identity:
    """Return what a graph must have been built for to be of use."""
    return {"database": database, "dimension": snapshot.dimension, "chromadb": version("chromadb")}


def is_sealed(path: Path, identity: Identity) -> bool:
    """Return whether the folder is exactly as it was sealed for this identity."""
    try:
        seal = json.loads((path / _SEAL).read_text(encoding="utf-8"))
        files = seal.pop("files")
        # Sizes first: a torn file may look as large as a disk.
        return bool(
            seal == identity
            and {name: size for name, (size, _) in files.items()} == _sizes(path)
            and all(_hash(path / name) == hash for name, (_, hash) in files.items())
        )
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        return False


def errors() -> tuple[type[Exception], ...]:
    """What Chroma raises when a folder is broken, locked or full."""
    from chromadb.errors import ChromaError

    return (ChromaError, OSError, RuntimeError, ValueError, KeyError, TypeError)


def _sizes(path: Path) -> dict[str, int]:
    """Return the size of each file of the folder but the seal, by relative name."""
    return {
        file.relative_to(path).as_posix(): file.stat().st_size
        for file in sorted(path.rglob("*"))
        if file.is_file() and not file.name.startswith(_SEAL)
    }


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
