"""Former versions of article files: what was replaced or removed can be brought back.

They lie in the corpus folder, out of its readers' sight, each under its own path at the time it was put aside:
`.past/<id>/<time>/added/note.md`. Deleting `.past` forgets them. Knows nothing of what stands in a file.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from assistant.durable import copy_file, make_folder, move_file

FOLDER = ".past"


def put_aside(path: Path, id: str, folder: Path) -> None:
    """Move an article's file out of sight in one rename; raises OSError."""
    move_file(path, _place(path, id, folder))


def put_copy_aside(path: Path, id: str, folder: Path) -> None:
    """Keep an article's file as it is now, before another version takes its place; raises OSError."""
    copy_file(path, _place(path, id, folder))


def bring_back(kept: Path, path: Path) -> None:
    """Move a kept version to its place among the articles, over what is there, in one rename; raises OSError."""
    make_folder(path.parent)
    move_file(kept, path)


def former(id: str, folder: Path) -> list[Path]:
    """Return the kept versions of an article, the oldest first."""
    return sorted(path for path in (folder / FOLDER / id).glob("*/**/*.md"))


def original(kept: Path, id: str, folder: Path) -> Path:
    """Return the path from which a version was put aside."""
    _, *parts = kept.relative_to(folder / FOLDER / id).parts
    return folder.joinpath(*parts)


def _place(path: Path, id: str, folder: Path) -> Path:
    time = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    place = folder / FOLDER / id / time / path.relative_to(folder)
    make_folder(place.parent)
    return place
