"""What a request to add an article holds, as something that `Assistant.add` takes.

A text is never taken for a path of this machine, nor is a file's name. Knows nothing of formats.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from fastapi import UploadFile

from assistant.drafts import slug
from assistant.sources import File, is_address
from assistant.types import Article, Language
from assistant.web.desk import Assistant
from assistant.web.problems import invalid


def add_from(
    file: UploadFile | None,
    text: str | None,
    url: str | None,
    *,
    title: str | None,
    language: Language | None,
    published: date | None,
) -> Callable[[Assistant], Article]:
    """Return the call that adds a file, a text or, where neither is given, what the address serves; raises Problem."""
    if file is not None and text is not None:
        raise invalid("file", "text")
    if url is not None and not (is_address(url) and url.lower().startswith(("http://", "https://"))):
        raise invalid("url")
    given: dict[str, Any] = {"title": title, "language": language, "published": published}
    if file is not None:
        upload = File(safe_name(file.filename or ""), file.file.read())
        return lambda assistant: assistant.add(upload, **given, url=url)
    if text is not None:
        several_lines = f"{text}\n"  # which are never taken for a path or an address
        return lambda assistant: assistant.add(several_lines, **given, url=url)
    if url is not None:
        return lambda assistant: assistant.add(url, **given)
    raise invalid("file", "text", "url")


def safe_name(name: str) -> str:
    """Return the name that a file goes by: letters, digits and hyphens, and its suffix in lower case."""
    path = PurePosixPath(name.replace("\\", "/"))
    suffix = path.suffix.lower()
    return slug(path.stem) + (suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else "")
