"""Which files of the corpus folder should be articles, and a stamp of each that tells whether it may have changed.

One look at the folders, no look into a file. Knows nothing of what the files hold.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from assistant.errors import ArticleError

NOT_ARTICLES = frozenset({"readme.md"})
_SUFFIX = ".md"
# Nanoseconds within which two changes of a file may get the same time: a tick of the system's clock, or of the coarse
# one of a file system that counts whole seconds.
_TICK, _COARSE_TICK = 100_000_000, 2_000_000_000


class Stamp(NamedTuple):
    """Size in bytes, times of the last change of the content and of anything at all in nanoseconds, and the inode."""

    size: int
    modified: int
    changed: int
    inode: int

    def is_settled(self, now: int) -> bool:
        """Whether a change from `now` on (nanoseconds) would give the file another stamp."""
        last = self.modified if os.name == "nt" else self.changed  # there, `changed` is when the file was made
        return now - last > (_TICK if last % 1_000_000_000 else _COARSE_TICK)


Stamps = Mapping[str, Stamp]
"""By the path within the folder, its parts joined by slashes; that of a folder ends with one, its own is ""."""


def stamps_of(folder: Path) -> Stamps:
    """Return the stamps of the files that should be articles; raises ArticleError where a folder cannot be read.

    Whatever has a part that begins with a dot is left out.
    """
    return stamps_within(folder)[0]


def stamps_within(folder: Path) -> tuple[Stamps, Stamps]:
    """Return the stamps of the files, as `stamps_of` does, and of the folders, each as it was before it was read."""
    if not folder.is_dir():
        raise ArticleError(
            f"There is no corpus folder {folder}: set ASSISTANT_CORPUS, or create it.",
            f"{folder} 말뭉치 폴더가 없어요. ASSISTANT_CORPUS를 바로잡거나 폴더를 만들어 주세요.",
        )
    found: dict[str, Stamp] = {}
    folders: dict[str, Stamp] = {}
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        if of_folder := folder_stamp(folder / inside):
            folders[inside] = of_folder
        for entry in _entries(folder / inside):
            path = inside + entry.name
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path + "/")
            elif is_article_name(entry.name) and (stamp := _stamped(entry)):
                found[path] = stamp
    return found, folders


def stamp_of(path: Path) -> Stamp | None:
    """Return the stamp of one file; None where there is no file."""
    return _stamped(path)


def folder_stamp(path: Path) -> Stamp | None:
    """Return what is another when files have come, gone or been replaced; None where there is no folder."""
    return _stamped(path, stat.S_ISDIR)


def is_article_name(name: str) -> bool:
    return name.endswith(_SUFFIX) and name.lower() not in NOT_ARTICLES


def in_order(path: str) -> str:
    """Return what sorts paths like their parts: a folder's files before those of a folder whose name goes on."""
    return path.replace("/", "\0")


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from (entry for entry in entries if not entry.name.startswith("."))
    except FileNotFoundError:  # gone since the look at the folder above it
        return
    except OSError as error:
        reason = error.strerror or str(error)
        raise ArticleError(
            f"{folder} cannot be read: {reason}.", f"{folder} 폴더를 읽을 수 없어요: {reason}."
        ) from error


def _stamped(file: os.DirEntry[str] | Path, is_wanted: Callable[[int], bool] = stat.S_ISREG) -> Stamp | None:
    try:
        found = file.stat()
    except OSError:  # gone, or a link to nothing
        return None
    if not is_wanted(found.st_mode):
        return None
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
