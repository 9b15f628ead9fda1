"""Reads replies and their fields: JSON, XML, CSV, numbers and days; whatever has another shape raises FetchError.

Knows nothing of any provider, nor of which values are plausible.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import Element

from assistant.providers.provider import FetchError
from assistant.xml_tree import DocumentTypeError, parse_xml

_NUMBER = re.compile(r"[+-]?(?:\d[\d,]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?", re.ASCII)


def read_json(body: bytes, what: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FetchError("changed", f"{what}: no complete JSON in {len(body):,} bytes") from error


def read_text(body: bytes, what: str) -> str:
    """Return the text without its byte order mark."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FetchError("changed", f"{what}: no UTF-8 text") from error


def read_csv(lines: Sequence[str], what: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines))
    except csv.Error as error:
        raise FetchError("changed", f"{what}: no CSV: {error}") from error


def read_xml(body: bytes, what: str) -> Element:
    """Return the root, its tags without namespaces; a document type is refused, as it may be that of a web page."""
    try:
        return parse_xml(body)
    except DocumentTypeError as error:
        raise FetchError("not_data", f"{what}: {error}") from error
    except ValueError as error:
        raise FetchError("changed", f"{what}: {error}") from error


def member(value: Any, path: str, what: str) -> Any:
    """Return what stands at a dotted path of a JSON value; a number is a place in a list."""
    for key in path.split("."):
        inside = value
        if isinstance(inside, dict) and key in inside:
            value = inside[key]
        elif isinstance(inside, list) and key.isdecimal() and int(key) < len(inside):
            value = inside[int(key)]
        else:
            raise FetchError("changed", f"{what}: no {path}")
    return value


def members(value: Any, path: str, what: str) -> list[Any]:
    """Return the list at a path."""
    found = member(value, path, what)
    if not isinstance(found, list):
        raise FetchError("changed", f"{what}: {path} is no list")
    return found


def number(value: object, what: str) -> float:
    """Read a number, or a text such as "1,234.50", "$1.20" or "0.55%"; NaN and infinity are none."""
    text = str(value).strip().removeprefix("$").removesuffix("%").rstrip()
    if isinstance(value, bool) or not _NUMBER.fullmatch(text) or not math.isfinite(float(text.replace(",", ""))):
        raise FetchError("changed", f"{what}: {value!r} is no number")
    return float(text.replace(",", ""))


def iso_day(value: object, what: str) -> date:
    """Read the day at the start of "2001-01-31" or "2001-01-31T00:00:00-05:00", as it is written."""
    found = _DAY.fullmatch(str(value).strip())
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError as error:
        raise FetchError("changed", f"{what}: {value!r} is no day") from error


def named_day(value: str, form: str, what: str) -> date:
    """Read a day of a form such as "%b %d, %Y"."""
    try:
        return datetime.strptime(value.strip(), form).date()
    except ValueError as error:
        raise FetchError("changed", f"{what}: {value!r} is no day") from error
