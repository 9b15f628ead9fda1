"""The Markdown body of a document while it is being read: headings, paragraphs, list items and rows.

Knows nothing of any format. What would be taken for a mark of Markdown in plain words is defused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from assistant.formats.document import Refusal
from assistant.formats.limits import TEXT_BYTES
from assistant.language import normalize
from assistant.types import Language

LABELS: dict[str, dict[Language, str]] = {
    "page": {"en": "Page {number}", "ko": "{number}쪽"},
    "slide": {"en": "Slide {number}", "ko": "슬라이드 {number}"},
    "chapter": {"en": "Chapter {number}", "ko": "{number}장"},
    "notes": {"en": "Notes", "ko": "주석"},
    "speaker": {"en": "Speaker notes", "ko": "발표자 메모"},
}
_DEEPEST_HEADING = 6
_FENCE = re.compile(r"(?:`{3,}|~{3,})")
_HASHES = re.compile(r"(#{1,6}) ")


class Body:
    """Collects blocks in reading order; what has no letter or digit is left out."""

    def __init__(self) -> None:
        self._blocks: list[tuple[str, str]] = []
        self._size = 0

    def heading(self, level: int, text: str) -> None:
        self._add("heading", f"{'#' * min(max(level, 1), _DEEPEST_HEADING)} ", normalize(text))

    def paragraph(self, text: str) -> None:
        """Add each line of the text as a paragraph."""
        for line in text.split("\n"):
            self._add("paragraph", "", _defused(normalize(line)))

    def item(self, text: str, depth: int = 0) -> None:
        """Add a list item; `depth` 0 is the outermost list."""
        self._add("item", "  " * depth + "- ", normalize(text))

    def row(self, cells: Iterable[str]) -> None:
        """Add a row of a table."""
        texts = [normalize(cell) for cell in cells]
        self._add("row", "", f"| {' | '.join(texts)} |" if any(texts) else "")

    def extend(self, other: Body) -> None:
        for kind, block in other._blocks:
            self._add(kind, "", block)

    @property
    def has_text(self) -> bool:
        """Whether there is anything but headings."""
        return any(kind != "heading" for kind, _ in self._blocks)

    @property
    def has_heading(self) -> bool:
        return any(kind == "heading" for kind, _ in self._blocks)

    @property
    def text(self) -> str:
        """The blocks as Markdown; items and rows that follow each other stand together."""
        parts = [self._blocks[0][1]] if self._blocks else []
        for (kind, _), (following, block) in pairwise(self._blocks):
            parts.append("\n" if kind == following and kind in ("item", "row") else "\n\n")
            parts.append(block)
        return "".join(parts)

    def require_text(self) -> str:
        """Return the text; raises Refusal where there is nothing but headings."""
        if not self.has_text:
            raise Refusal("no_text")
        return self.text

    def _add(self, kind: str, mark: str, text: str) -> None:
        if not any(map(str.isalnum, text)):
            return
        self._blocks.append((kind, mark + text))
        self._size += len(text.encode())
        if self._size > TEXT_BYTES:
            raise Refusal("text_too_large", megabytes=TEXT_BYTES // 1_000_000)


def label(word: str, language: Language, number: int = 0) -> str:
    """Return a word of LABELS, such as "Page 3"."""
    return LABELS[word][language].format(number=number)


def _defused(line: str) -> str:
    """Return the line so that Markdown takes it for words: a fence goes, a space after # does not break."""
    line = line[fence.end() :] if (fence := _FENCE.match(line)) else line
    return line.replace(" ", "\u00a0", 1) if _HASHES.match(line) else line
