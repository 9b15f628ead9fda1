"""The newest snapshot of one index: large parts lie on disk as segments, what is newer is read from the database.

Segments are derived from the database, which names those that count. In the background the newest passages become a
segment once they are many, and segments of like size become one, as in a log-structured merge tree (O'Neil 1996): so a
change costs no more in a large index than in a small one. Knows nothing of models, texts or Chroma.
"""

from __future__ import annotations

import logging
import math
import shutil
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant.errors import BusyError
from assistant.file_lock import Lock
from assistant.store.database import BATCH, Database, segments_of
from assistant.store.segment import Segment, SegmentDamaged, merged, verify_segment
from assistant.store.snapshot import Snapshot

LOCK = "segments.lock"
PREFIX = "segment-"
TOGETHER = 4  # segments of like size that become one
_TAILS = 16  # parts in memory that become one
_SPARE = 0.25  # share of a segment that may have been removed before it is written again
_TRY_AGAIN = 0.5  # seconds
_ATTEMPTS = 5  # to read segments while another process replaces them
_log = logging.getLogger(__name__)


class Shelf:
    """Gives the newest snapshot; any thread may ask for it.

    `accept` is shown the manifest before anything is read by it, and may refuse it; `follow` is told of each new
    snapshot, with the manifest of the same moment.
    """

    def __init__(
        self,
        folder: Path,
        database: Database,
        dimension: int,
        accept: Callable[[dict[str, str]], None],
        follow: Callable[[Snapshot, dict[str, str]], None],
    ) -> None:
        self._folder = folder
        self._database = database
        self._dimension = dimension
        self._accept = accept
        self._follow = follow
        self._loading = threading.Lock()
        self._version = -1
        self._manifest: dict[str, str] = {}
        self._names: list[str] = []  # of the segments on disk, which are the first of the snapshot's
        self._snapshot = Snapshot([], np.empty(0, dtype=np.int64), dimension)
        self._untidy = False
        self._tidying: threading.Thread | None = None
        self._closing = False
        self._mapping = True  # false where broken segments cannot be replaced, since nothing can be written

    def current(self) -> Snapshot:
        """Return the newest contents; changes made by another process are seen here. Raises `Damaged`."""
        if self._database.version() != self._version:
            with self._loading:
                self._load()
        if self._untidy and self._tidying is None:
            self._untidy = False
            self._tidying = threading.Thread(target=self._tidy, name="segments", daemon=True)
            self._tidying.start()
        return self._snapshot

    def close(self) -> None:
        """Stop tidying after the step that is being done."""
        self._closing = True
        if (tidying := self._tidying) is not None:
            tidying.join()

    def verify(self) -> None:
        """Read the segments whole; where one is not as it was written, all are read from the database again."""
        names = list(self._names)
        try:
            for name in names:
                verify_segment(self._folder / name)
        except SegmentDamaged as damage:
            self._give_up(names, damage)

    def _load(self) -> None:
        version = self._database.version()
        if version == self._version:
            return
        for _ in range(_ATTEMPTS):
            names = segments_of(self._database.manifest())
            try:
                self._read()
                break
            except SegmentDamaged as damage:
                self._give_up(names, damage)
        self._version = version
        self._untidy = self._next() is not None

    def _read(self) -> None:
        """Read what has changed, all of one moment."""
        with self._database.moment():
            manifest = self._database.manifest()
            self._accept(manifest)
            names = segments_of(manifest) if self._mapping else []
            same = names == self._names and manifest.get("database") == self._manifest.get("database")
            # Vectors kept before their passages change the file, but not what can be found.
            if same and manifest.get("edition") == self._manifest.get("edition"):
                return
            parts = list(self._snapshot.segments) if same else [Segment.open(self._folder / name) for name in names]
            last = int(parts[-1].keys[-1]) if parts else 0
            for batch in self._database.contents(last, self._dimension):
                languages = [passage.language for passage in batch.passages]
                parts.append(Segment.of(batch.keys, languages, batch.vectors, batch.terms))
            snapshot = Snapshot(parts, self._database.removed(), self._dimension)
        if len(parts) - len(names) > _TAILS:
            snapshot = _gathered(snapshot, len(names))
        self._snapshot, self._manifest, self._names = snapshot, manifest, names
        self._follow(snapshot, manifest)

    def _give_up(self, names: Sequence[str], damage: SegmentDamaged) -> None:
        """Let these segments count no more, unless others have replaced them meanwhile."""
        if not self._database.writable:
            self._mapping = False
        elif not self._database.switch_segments(names, [], self._database.removed()):
            return
        _log.warning("index: %s; the passages are read from the database again", damage)

    def _tidy(self) -> None:
        try:
            with Lock(self._folder / LOCK).held(wait=0):
                while (following := self._next()) is not None:
                    self._merge(*following)
                    self.current()
                self._sweep()
        except BusyError:  # another process is at it, perhaps with older contents
            time.sleep(_TRY_AGAIN)
            self._untidy = True
        except (OSError, sqlite3.OperationalError) as error:
            _log.warning("index: no segment can be written now (%s); searching goes on without", error)
        finally:
            self._tidying = None

    def _next(self) -> tuple[int, int] | None:
        """Return the first part that should become one segment, and the one behind the last; None when all is well."""
        snapshot, on_disk = self._snapshot, len(self._names)
        if self._closing or not self._database.writable:
            return None
        sizes = [int(np.count_nonzero(kept)) for kept in snapshot.kept]
        newest = sum(sizes[on_disk:])
        if newest and newest + np.count_nonzero(snapshot.removed > self._last_key(on_disk)) >= BATCH:
            return on_disk, len(sizes)
        for place in range(on_disk):
            if sizes[place] <= (1 - _SPARE) * len(snapshot.segments[place]):
                return place, place + 1
        classes = [_class(size) for size in sizes[:on_disk]]
        runs = range(on_disk - TOGETHER, -1, -1)
        return next(((at, at + TOGETHER) for at in runs if len(set(classes[at : at + TOGETHER])) == 1), None)

    def _merge(self, first: int, last: int) -> None:
        """Write these parts as one segment and let it count, unless others have changed the segments meanwhile."""
        snapshot, names = self._snapshot, self._names
        part = merged(snapshot.segments[first:last], snapshot.kept[first:last])
        name, path = [], self._folder / f"{PREFIX}{uuid.uuid4().hex}"
        if len(part):
            part.save(path)
            name = [path.name]
        # What was removed behind the last key on disk is in no segment, nor will it be.
        upper = self._last_key(last) if first < len(names) else np.iinfo(np.int64).max
        gone = snapshot.removed[(snapshot.removed > self._last_key(first)) & (snapshot.removed <= upper)]
        self._database.switch_segments(names, [*names[:first], *name, *names[last:]], gone)

    def _last_key(self, parts: int) -> int:
        """Return the last key of so many parts."""
        return int(self._snapshot.segments[parts - 1].keys[-1]) if parts else 0

    def _sweep(self) -> None:
        """Remove the folders that count no more."""
        counted = segments_of(self._database.manifest())
        for path in self._folder.glob(f"{PREFIX}*"):
            if path.name not in counted:
                shutil.rmtree(path, ignore_errors=True)


def _gathered(snapshot: Snapshot, first: int) -> Snapshot:
    """Return the same contents, with the parts from the first on as one."""
    part = merged(snapshot.segments[first:], snapshot.kept[first:])
    parts = [*snapshot.segments[:first], *([part] if len(part) else [])]
    return Snapshot(parts, snapshot.removed, snapshot.dimension)


def _class(size: int) -> int:
    """Return how often a segment of the least size would have to be merged to become as large."""
    return max(0, int(math.log(max(size, 1) / BATCH, TOGETHER) + 1e-9))
