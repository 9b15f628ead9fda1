"""Zip files, and those whose parts are XML: opened only when what they unpack to is within the limits.

Knows nothing of what the parts mean.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from xml.etree.ElementTree import Element

from assistant.formats.document import Refusal
from assistant.formats.limits import MEMBERS, PACKING, SMALL_BYTES, UNPACKED_BYTES
from assistant.xml_tree import attribute, parse_xml

# What zipfile raises on damaged or foreign files.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)
_ENTRY = b"PK\1\2"  # begins each member's record in the directory at the end
_ENCRYPTED = 0x1
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def open_zip(data: bytes) -> zipfile.ZipFile:
    """Return the zip; raises Refusal when it is damaged, has a password or unpacks to too much.

    The sizes are those that the zip declares; zipfile unpacks no more than that.
    """
    if data.count(_ENTRY) > MEMBERS:  # before a million of them are read
        raise Refusal("too_many_members", count=MEMBERS)
    try:
        opened = zipfile.ZipFile(io.BytesIO(data))
    except DAMAGE as error:
        raise Refusal("damaged", detail="zip") from error
    members = opened.infolist()
    unpacked = sum(member.file_size for member in members)
    if unpacked > UNPACKED_BYTES or (unpacked > SMALL_BYTES and unpacked > PACKING * len(data)):
        raise Refusal("unpacks_too_large", megabytes=min(unpacked, UNPACKED_BYTES) // 1_000_000)
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise Refusal("password")
    return opened


def unpack(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return the bytes of a member; raises Refusal when it is damaged."""
    if member.compress_type not in _PACKINGS:
        raise Refusal("damaged", detail="packed in an unknown way")
    try:
        return opened.read(member)
    except DAMAGE as error:
        raise Refusal("damaged", detail="zip") from error


class Package:
    """A zip whose parts are XML and refer to each other, as office files are."""

    def __init__(self, data: bytes) -> None:
        self._zip = open_zip(data)
        self.names = self._zip.namelist()

    def part(self, name: str) -> bytes:
        if name not in self.names:
            raise Refusal("damaged", detail=f"no {posixpath.basename(name)[:40]}")
        return unpack(self._zip, self._zip.getinfo(name))

    def xml(self, name: str) -> Element:
        try:
            return parse_xml(self.part(name))
        except ValueError as error:
            raise Refusal("damaged", detail=f"XML of {posixpath.basename(name)[:40]}") from error

    def optional_xml(self, name: str | None) -> Element | None:
        return self.xml(name) if name in self.names else None

    def related(self, part: str, kind: str) -> str | None:
        """Return the first part to which `part` has a relationship of that kind, such as "styles"."""
        return next((target for _, name, target in self.relationships(part) if name == kind), None)

    def relationships(self, part: str) -> list[tuple[str, str, str]]:
        """Return id, kind and target of the part's relationships within the package; "" is the package itself."""
        folder, _, name = part.rpartition("/")
        root = self.optional_xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = []
        for relationship in root if root is not None else ():
            target = attribute(relationship, "Target")
            if target and attribute(relationship, "TargetMode") != "External":
                kind = (attribute(relationship, "Type") or "").rpartition("/")[2]
                path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                found.append((attribute(relationship, "Id") or "", kind, path))
        return found
