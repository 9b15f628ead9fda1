"""XML that is complete becomes a tree; a hostile one is refused at once."""

from __future__ import annotations

import pytest

from assistant.xml_tree import DEEPEST, DocumentTypeError, attribute, parse_xml


def test_tags_lose_their_namespaces_and_attributes_are_found_without() -> None:
    root = parse_xml(b'<a xmlns="urn:x" xmlns:y="urn:y"><y:b c="1" y:d="2">t&amp;u</y:b></a>')
    element = root.find("b")
    assert element is not None and element.text == "t&u"
    assert (attribute(element, "c"), attribute(element, "d"), attribute(element, "e")) == ("1", "2", None)


@pytest.mark.parametrize(
    "body",
    [b"", b"<a>", b"<a></b>", b"<a>&b;</a>", b"\0", b'<?xml version="1.0" encoding="klingon"?><a/>', b"<a/><b/>",
     b"<a>" * (DEEPEST + 1) + b"</a>" * (DEEPEST + 1)],
)  # fmt: skip
def test_incomplete_or_endless_xml_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        parse_xml(body)


@pytest.mark.parametrize("kind", [b'[<!ENTITY a "x">]', b'SYSTEM "file:///etc/passwd"', b""])
def test_document_type_is_refused(kind: bytes) -> None:
    with pytest.raises(DocumentTypeError):
        parse_xml(b"<!DOCTYPE a " + kind + b"><a>x</a>")
