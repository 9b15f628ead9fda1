"""Reads the article of a web page (trafilatura lives here): its text without menus, its title, day and publisher."""

from __future__ import annotations

import re
from copy import deepcopy

import trafilatura
from trafilatura.metadata import extract_metadata

from assistant.fetching.page import published
from assistant.formats.document import Document, Refusal
from assistant.formats.limits import TEXT_BYTES
from assistant.formats.markup import parse_html

_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")


def read(data: bytes, url: str = "") -> Document:
    """Return the document in a page, which is in UTF-8; `url` is where it was, and may tell its day."""
    page = parse_html(data)
    about = extract_metadata(deepcopy(page), default_url=url or None)
    found = trafilatura.extract(
        deepcopy(page), url=url or None, output_format="markdown", include_comments=False, favor_recall=True
    )
    body = page.find("body")
    whole = trafilatura.html2txt(body) if body is not None else ""
    text = _EMPHASIS.sub(r"\2", found or whole).strip()
    if not any(map(str.isalnum, text)):
        raise Refusal("no_text")
    if len(text.encode("utf-8", "replace")) > TEXT_BYTES:
        raise Refusal("text_too_large", megabytes=TEXT_BYTES // 1_000_000)
    return Document(text, about.title, about.sitename, published(data.decode("utf-8", "replace")))
