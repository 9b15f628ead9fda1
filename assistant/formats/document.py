"""What a reader makes of a file: a document, or the reason why there is none.

A document goes from the process that reads to the one that asked for it as one JSON value.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from assistant.formats.messages import NOTES, REASONS, Values, said

Remark = tuple[str, Values]  # a key of NOTES with its values


class Refusal(Exception):
    """The file is not read; `reason` is a key of REASONS."""

    def __init__(self, reason: str, **values: str | int) -> None:
        super().__init__(reason, values)
        self.reason = reason
        self.values: Values = values


@dataclass(frozen=True, slots=True)
class Document:
    """The text in Markdown and what the file says of itself, as far as it is plausible."""

    text: str
    title: str | None = None
    publisher: str | None = None
    published: date | None = None
    remarks: tuple[Remark, ...] = ()


def to_json(outcome: Document | Refusal) -> str:
    """Return the value that `from_json` reads."""
    if isinstance(outcome, Refusal):
        return json.dumps({"reason": outcome.reason, "values": outcome.values})
    published = outcome.published.isoformat() if outcome.published else None
    return json.dumps(
        {
            "text": outcome.text,
            "title": outcome.title,
            "publisher": outcome.publisher,
            "published": published,
            "remarks": outcome.remarks,
        },
        ensure_ascii=False,
    )


def from_json(text: str) -> Document:
    """Return the document, or raise the Refusal that was sent instead.

    Raises ValueError, LookupError or TypeError for anything that `to_json` did not write.
    """
    sent = json.loads(text)
    if "reason" in sent:
        said(REASONS[sent["reason"]], "", sent["values"])
        raise Refusal(sent["reason"], **sent["values"])
    published = date.fromisoformat(sent["published"]) if sent["published"] else None
    remarks = tuple((key, values) for key, values in sent["remarks"])
    for key, values in remarks:
        said(NOTES[key], "", values)
    return Document(sent["text"], sent["title"], sent["publisher"], published, remarks)
