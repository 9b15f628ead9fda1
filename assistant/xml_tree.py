"""XML as a tree of elements, read so that a hostile text can neither use up memory nor reach a file.

Knows nothing of what the elements mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

DEEPEST = 500  # levels; office files stay below 100


class DocumentTypeError(ValueError):
    """There is a document type, whose entities may explode or name other files."""


def parse_xml(body: bytes) -> Element:
    """Return the root, its tags without namespaces, its attributes with theirs (`r:id` is "uri}id").

    Raises ValueError where it is no complete XML, and DocumentTypeError.
    """
    builder = TreeBuilder()
    depth = 0

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise ValueError(f"nested more than {DEEPEST} levels deep")
        builder.start(_local(tag), dict(attributes))

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_local(tag))

    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_type
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, LookupError) as error:  # the latter: an encoding that is not known
        raise ValueError(f"no complete XML: {error}") from error
    return builder.close()


def attribute(element: Element, name: str) -> str | None:
    """Return the attribute of that name in whatever namespace."""
    return next((value for key, value in element.attrib.items() if _local(key) == name), None)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _refuse_type(*_: object) -> None:
    raise DocumentTypeError("XML with a document type")
