"""The blocks of a Markdown body: paragraphs, list items and rows, each with its headings and its exact lines.

Reads headings, lists and paragraphs; tables, code and HTML are lines of plain text, and so is a text without any mark.
Knows nothing of sentences, passages or languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.language import columns

Span = tuple[int, int]

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$")
_UNDERLINE = re.compile(r" {0,3}(?:(=+)|-{3,})[ \t]*$")
_ITEM = re.compile(r"([ \t]*)(?:([-*+•])|\d{1,3}[.)])[ \t]+(?=\S)")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_SAME_INDENT = 1  # " 9." above "10." is one list
_WRAP_COLUMNS = range(40, 121)  # lines this wide at most may have been wrapped by hand
_RAGGED_COLUMNS = 6  # by which a wrapped line may fall short of what would have fitted


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together, from `start` to `end`; a list item without its mark, with its place in its list."""

    section: tuple[str, ...]
    start: int
    end: int
    list_number: int | None


def blocks(text: str, title: str = "") -> Iterator[Block]:
    """Yield the blocks of `text` in order. Headings are in `section`, outermost first, without one that is the title.

    Lines without a letter or digit (rules, code fences) are in no block.
    """
    reader = _Reader(text, title)
    start = 0
    for line in text.split("\n"):
        reader.read(line, start)
        start += len(line) + 1
    for group in reader.groups:
        yield from _unwrapped(text, group)


def has_heading(gap: str) -> bool:
    """Tell whether there is a heading in the text between two neighbouring blocks or sentences."""
    return any(any(map(str.isalnum, line)) and not _ITEM.match(line + " x") for line in gap.split("\n"))


@dataclass(frozen=True, slots=True)
class _Group:
    """Lines without a blank line or mark between them."""

    section: tuple[str, ...]
    lines: list[Span]
    list_number: int | None


@dataclass(slots=True)
class _List:
    indent: int
    bulleted: bool
    items: int = 0


@dataclass(slots=True)
class _Reader:
    text: str
    title: str
    groups: list[_Group] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    open: bool = False  # whether the next line may belong to the last group
    fenced: bool = False

    def read(self, line: str, start: int) -> None:
        span = (start, start + len(line))
        if _FENCE.match(line):
            self.fenced, self.open = not self.fenced, False
        elif not any(map(str.isalnum, line)):
            self._read_rule(line)
        elif self.fenced or line.lstrip().startswith("|"):
            self._add(span, None, more=False)
        elif heading := _HEADING.match(line):
            self._enter(len(heading[1]), heading[2])
        elif item := _ITEM.match(line):
            self._add((start + item.end(), span[1]), self._number(item), more=True)
        elif self.open:
            self.groups[-1].lines.append(span)
        else:
            if not line[0].isspace():
                self.lists.clear()
            self._add(span, None, more=True)

    def _add(self, span: Span, number: int | None, more: bool) -> None:
        section = tuple(heading for _, heading in self.headings)
        self.groups.append(_Group(section, [span], number))
        self.open = more

    def _enter(self, level: int, heading: str) -> None:
        self.headings = [above for above in self.headings if above[0] < level]
        if heading and not (level == 1 and heading == self.title):
            self.headings.append((level, heading))
        self.lists.clear()
        self.open = False

    def _read_rule(self, line: str) -> None:
        """A line under a single line of text makes that a heading; any other line without words is a border."""
        underline = _UNDERLINE.match(line)
        last = self.groups[-1] if self.open else None
        if underline and last and len(last.lines) == 1 and last.list_number is None:
            start, end = self.groups.pop().lines[0]
            self._enter(1 if underline[1] else 2, self.text[start:end].strip())
        self.open = False

    def _number(self, item: re.Match[str]) -> int:
        indent, bulleted = len(item[1].expandtabs(4)), item[2] is not None
        while self.lists and self.lists[-1].indent > indent + _SAME_INDENT:
            self.lists.pop()
        if not self.lists or self.lists[-1].indent < indent - _SAME_INDENT:
            self.lists.append(_List(indent, bulleted))
        elif self.lists[-1].bulleted != bulleted:
            self.lists[-1] = _List(indent, bulleted)
        self.lists[-1].items += 1
        return self.lists[-1].items


def _unwrapped(text: str, group: _Group) -> Iterator[Block]:
    """Yield the group as one block if its lines were wrapped by hand to a width, else divided where they were not.

    A break was put there by hand when the next word would have fitted: poems, addresses, lines without a stop.
    """
    widest = max(columns(text[start:end]) for start, end in group.lines)
    number, first = group.list_number, group.lines[0]
    for line, following in pairwise(group.lines):
        continued = number is not None and text[following[0]].isspace()
        if not continued and not _is_wrap(text, line, following, widest):
            yield _block(text, group.section, first[0], line[1], number)
            number, first = None, following
    yield _block(text, group.section, first[0], group.lines[-1][1], number)


def _is_wrap(text: str, line: Span, following: Span, widest: int) -> bool:
    next_line = text[following[0] : following[1]]
    word = next_line.split(maxsplit=1)[0]
    would_fit = columns(text[line[0] : line[1]].rstrip()) + 1 + columns(word) <= widest - _RAGGED_COLUMNS
    return widest in _WRAP_COLUMNS and not would_fit


def _block(text: str, section: tuple[str, ...], start: int, end: int, number: int | None) -> Block:
    piece = text[start:end]
    return Block(section, end - len(piece.lstrip()), start + len(piece.rstrip()), number)
