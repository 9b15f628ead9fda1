"""Fields of replies: what is read, and that whatever is not is refused by name."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.providers import fields
from assistant.providers.provider import FetchError


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.55", 0.55), ("1,234,567.80", 1234567.8), ("-12.5%", -12.5), (" 7 ", 7.0), ("$1.962200", 1.9622),
        (".5", 0.5), ("1.5E-05", 0.000015), (3, 3.0), (-0.25, -0.25), ("+1", 1.0), ("0", 0.0),
    ],
)  # fmt: skip
def test_number(value: object, expected: float) -> None:
    assert fields.number(value, "sample") == expected


@pytest.mark.parametrize(
    "value",
    [None, "", "-", "—", "NaN", "inf", "1e999", float("nan"), float("inf"), True, "1_000", "1.2.3", "12 %p", [], "١٢"],
)
def test_no_number(value: object) -> None:
    with pytest.raises(FetchError, match="sample"):
        fields.number(value, "sample")


@pytest.mark.parametrize("value", ["2001-01-31", "2001-01-31T00:00:00-05:00", "2001-01-31T23:59:59+09:00"])
def test_day_as_it_is_written(value: str) -> None:
    assert fields.iso_day(value, "sample") == date(2001, 1, 31)


@pytest.mark.parametrize("value", [None, "", "-", "2001-02-30", "31.01.2001", 20010131.5, "20010131", "2001-W05-3"])
def test_no_day(value: object) -> None:
    with pytest.raises(FetchError, match="sample"):
        fields.iso_day(value, "sample")


def test_member_walks_objects_and_lists() -> None:
    data = {"a": [{"b": None}, {"b": 2}]}
    assert fields.member(data, "a.1.b", "sample") == 2
    assert fields.member(data, "a.0.b", "sample") is None
    for path in ("a.2.b", "a.b", "a.0.b.c", "c", "a.-1"):
        with pytest.raises(FetchError, match="changed"):
            fields.member(data, path, "sample")
    with pytest.raises(FetchError, match="no list"):
        fields.members(data, "a.1.b", "sample")


def test_xml_is_read_without_namespaces() -> None:
    root = fields.read_xml(b'<a xmlns="urn:x" xmlns:y="urn:y"><y:b c="1">t&amp;<![CDATA[<]]></y:b></a>', "sample")
    assert (root.tag, root.findtext("b")) == ("a", "t&<")
    found = root.find("b")
    assert found is not None and found.get("c") == "1"


ENTITY = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'


@pytest.mark.parametrize("body", [ENTITY.encode(), ENTITY.encode("utf-16"), b"<!DOCTYPE a><a/>"])
def test_document_type_is_refused(body: bytes) -> None:
    with pytest.raises(FetchError, match="not_data"):
        fields.read_xml(body, "sample")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a>",
        b"<a></b>",
        b"<a>&b;</a>",
        b"\x00",
        b"<a/><a/>",
        b"<?xml version='1.0' encoding='x'?><a/>",
        b'{"a": 1}',
    ],
)
def test_no_xml(body: bytes) -> None:
    with pytest.raises(FetchError, match="changed"):
        fields.read_xml(body, "sample")
