"""Former versions of article files: what was replaced or removed can be brought back.

They lie in the corpus folder, out of its readers' sight, each under its own path at the time it was put aside:
`.past/<id>/<time>/added/note.md`. Deleting `.past` forgets them. Knows nothing of what stands in a file.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

FOLDER = ".past"


def put_aside(path: Path, id: str, folder: Path) -> Path:
    """Move an article's file out of sight with one rename, and return where it is kept."""
    kept = _place(path, id, folder)
    os.replace(path, kept)
    return kept


def put_copy_aside(path: Path, id: str, folder: Path) -> Path:
    """Keep an article's file as it is now, before another version takes its place, and return where."""
    kept = _place(path, id, folder)
    os.link(path, kept)  # the new version comes by a rename, which leaves this one as it is
    return kept


def former(id: str, folder: Path) -> list[Path]:
    """Return the kept versions of an article, the oldest first."""
    return sorted((folder / FOLDER / id).glob("*/**/*.md"))


def original(kept: Path, id: str, folder: Path) -> Path:
    """Return the path from which a kept version was put aside."""
    _, *parts = kept.relative_to(folder / FOLDER / id).parts
    return folder.joinpath(*parts)


def _place(path: Path, id: str, folder: Path) -> Path:
    time = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    place = folder / FOLDER / id / time / path.relative_to(folder)
    place.parent.mkdir(parents=True)
    return place
