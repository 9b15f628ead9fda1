"""Pages of hard lines, as PDF files have them, made into paragraphs whose sentences are whole.

Knows nothing of files. Between two Hangul syllables a hard break may stand inside a word or between two: there a
BREAK is left in the text, for whoever knows Korean words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.language import columns, is_hangul, normalize

BREAK = "\u2424"  # the symbol for a new line

_EDGE = 2  # lines at the top and bottom of a page that may be its furniture
_FILLED = 0.85  # of the widest line: letters differ in width, so that full lines differ in columns
_LONG = 60  # columns that a paragraph has at least to run on over a page
_LONGEST_REST = 500  # characters of a sentence that are moved to the page where it began
_ITEM = re.compile(r"(?:[-*+•·▪■□○●◦※▶▷➢❖]|\(?(?:\d{1,2}|[a-z가나라마바사아자차카타파하])[.)]|\(?다\)|[①-⑳])\s")
_FIGURE = re.compile(r"[-+△▲▼(]?[$₩€£]?\d[\d,.]*[%)]?(?:bp|조|억|만|원|배)?|[-–—]")
_STOP = re.compile(r"[.!?…][\"'”’)\]]*(?=\s|$)")
_CLOSED = re.compile(r"[.!?…:;][\"'”’)\]]*$")
_DIVISION = re.compile("[\u0002\ufffe\u00ad](?:\r?\n)?")  # what stands for a hyphen and the end of its line
_COMPOUND = re.compile(r"\b[^\W\d_]+(?:-[^\W\d_]+)+")
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}

Page = list[str]  # its lines, later its paragraphs


def paragraphs_of(texts: Sequence[str]) -> list[Page]:
    """Return the paragraphs of each page; what all pages have at their top or bottom is left out.

    A sentence that runs over the end of a page stands whole on the page where it begins.
    """
    pages = _without_furniture([_lines(text) for text in texts])
    compounds = frozenset(word for lines in pages for line in lines for word in _COMPOUND.findall(line.lower()))
    done = [list(_paragraphs(lines, compounds)) for lines in pages]
    for page, following in pairwise(done):
        _carry_over(page, following, compounds)
    return done


def _lines(text: str) -> Page:
    lines = (normalize(line).translate(_LIGATURES) for line in _DIVISION.sub("-\n", text).splitlines())
    return [line for line in lines if any(map(str.isalnum, line))]


def _without_furniture(pages: list[Page]) -> list[Page]:
    """Leave out running heads and page numbers: lines at the edge of at least half of the pages, digits aside.

    Where that would be all there is, it was no furniture.
    """
    shapes = Counter(shape for lines in pages for shape in {_shape(line) for line in lines[:_EDGE] + lines[-_EDGE:]})
    enough = max(3, len(pages) / 2)
    repeated = {shape for shape, count in shapes.items() if count >= enough}
    kept = [
        [
            line
            for place, line in enumerate(lines)
            if _EDGE <= place < len(lines) - _EDGE or _shape(line) not in repeated
        ]
        for lines in pages
    ]
    return kept if any(kept) else pages


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def _paragraphs(lines: Page, compounds: frozenset[str]) -> Iterator[str]:
    if not lines:
        return
    widths = sorted(map(columns, lines))
    widest = widths[len(widths) * 9 // 10]  # a few lines may run over the whole page
    paragraph = lines[0]
    for line, following in pairwise(lines):
        if _runs_on(line, following, widest):
            paragraph = _joined(paragraph, following, compounds)
        else:
            yield paragraph
            paragraph = following
    yield paragraph


def _runs_on(line: str, following: str, widest: int) -> bool:
    """Tell whether the line goes on in the next: it is broken where the next word had no room, or inside a word."""
    if _ITEM.match(following) or _is_table_row(line) or _is_table_row(following):
        return False
    if line.endswith(("-", ",")) or following[0].islower():
        return True
    if _CLOSED.search(line) and not _CLOSED.search(following) and columns(following) < widest / 2:
        return False  # a heading below a full line
    word = following.split(maxsplit=1)[0]
    return columns(line) + 1 + columns(word) > widest * _FILLED


def _is_table_row(line: str) -> bool:
    """Tell whether at least three, and half, of the words are figures."""
    words = line.split()
    figures = sum(_FIGURE.fullmatch(word) is not None for word in words)
    return figures >= 3 and figures >= len(words) / 2


def _joined(before: str, after: str, compounds: frozenset[str]) -> str:
    """Return both lines as one; a hyphen stays where the rest of the document writes the word with one."""
    if before.endswith("-") and before[-2:-1].isalpha() and after[0].islower():
        head, tail = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", before)[-1], re.match(r"[^\W\d_]+", after)
        assert tail is not None
        return (before if f"{head}-{tail[0]}".lower() in compounds else before[:-1]) + after
    if is_hangul(before[-1]) and is_hangul(after[0]):
        return before + BREAK + after
    return f"{before} {after}"


def _carry_over(page: Page, following: Page, compounds: frozenset[str]) -> None:
    """Move the rest of a sentence that the page leaves open to it from the next page."""
    if not page or not following or _CLOSED.search(page[-1]) or columns(page[-1]) < _LONG:
        return
    if _ITEM.match(following[0]) or _is_table_row(page[-1]) or _is_table_row(following[0]):
        return
    stop = _STOP.search(following[0], 0, _LONGEST_REST)
    if stop is None:
        return
    page[-1] = _joined(page[-1], following[0][: stop.end()], compounds)
    following[0] = following[0][stop.end() :].lstrip()
    if not following[0]:
        del following[0]
