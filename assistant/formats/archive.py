"""The files in a zip, each to be read as an article of its own; nothing is written to disk.

Knows nothing of how they are read. A zip inside a zip is refused when its turn to be read comes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from assistant.formats.document import Refusal
from assistant.formats.kinds import SUFFIXES
from assistant.formats.limits import FILE_BYTES
from assistant.formats.package import open_zip, unpack

_UTF8_NAME = 0x800


def members_of(data: bytes) -> Iterator[tuple[str, bytes | Refusal]]:
    """Yield name and bytes of each file that has a suffix of SUFFIXES, or why its bytes cannot be had.

    The name is a path without `..` and the like. Raises Refusal when there is none, or the zip cannot be read.
    """
    with open_zip(data) as opened:
        named = [(member, _name(member)) for member in opened.infolist() if not member.filename.endswith("/")]
        wanted = [(member, name) for member, name in named if _is_wanted(name)]
        if not wanted:
            raise Refusal("nothing_inside", known=", ".join(SUFFIXES))
        for member, name in wanted:
            yield str(name), _bytes(opened, member)


def _is_wanted(name: PurePosixPath) -> bool:
    return name.suffix.lower() in SUFFIXES and not name.name.startswith(".") and "__MACOSX" not in name.parts


def _bytes(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes | Refusal:
    if member.file_size > FILE_BYTES:
        return Refusal("file_too_large", megabytes=FILE_BYTES // 1_000_000)
    try:
        return unpack(opened, member)
    except Refusal as refusal:
        return refusal


def _name(member: zipfile.ZipInfo) -> PurePosixPath:
    """Return the path in the zip; Korean Windows writes names in CP949 and does not say so."""
    name = member.filename
    if not member.flag_bits & _UTF8_NAME:
        try:
            name = name.encode("cp437").decode("cp949")
        except UnicodeError:
            name = member.filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return PurePosixPath(*(part for part in parts if part not in ("/", "..", ".") and not part.endswith(":")))
