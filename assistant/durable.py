"""Files written whole and removed for good, so that a crash or a power cut leaves the old state or the new one.

Knows nothing of what the files hold.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from assistant.errors import ArticleError

ENOUGH = 200_000_000  # bytes that have to be free before anything is added: an article, its vectors and SQLite's log
_PREFIX, _SUFFIX = ".saving-", ".tmp"


def write_file(path: Path, text: str) -> None:
    """Put a file in place in one rename, over one that is there; raises OSError, and then nothing has changed."""
    handle, temporary = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    _sync_folder(path.parent)


def clear_leftovers(folder: Path) -> None:
    """Remove what killed processes left of their writing in a folder, where nobody else writes now."""
    for left in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        left.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, where they are not there; raises OSError."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir()
        _sync_folder(path.parent)


def move_file(path: Path, target: Path) -> None:
    """Give a file another place in one rename, over what is there; raises OSError."""
    os.replace(path, target)
    _sync_folder(target.parent)
    _sync_folder(path.parent)


def remove_file(path: Path) -> None:
    """Remove a file; raises OSError."""
    path.unlink()
    _sync_folder(path.parent)


def copy_file(path: Path, target: Path) -> None:
    """Give a file a second place; a later rename over the first leaves it as it is. Raises OSError."""
    os.link(path, target)
    _sync_folder(target.parent)


def require_space(folder: Path) -> None:
    """Raise ArticleError where too little can be written in this folder for an article to be added."""
    free = shutil.disk_usage(folder).free
    if free < ENOUGH:
        has, needs = free // 1_000_000, ENOUGH // 1_000_000
        raise ArticleError(
            f"Not enough disk space for {folder}: {has} MB free, {needs} MB needed. Nothing was added.",
            f"{folder}에 남은 공간이 {has}MB인데 {needs}MB가 필요해요. 아무것도 추가하지 않았어요.",
        )


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
