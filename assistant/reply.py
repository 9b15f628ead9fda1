"""A model's reply, as it streams in, cut into sentences with their markers.

Takes what models do in spite of the rules: list marks, bold, a fence, several sentences a line, thoughts before the
answer, [1, 2] for [1][2]. Knows nothing of whether a sentence is true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.citations import MARKER
from assistant.language import normalize
from assistant.morphemes import split_sentences
from assistant.types import Language

_MARKS = r"(?:\s?\[\d{1,3}\])+"
_END = re.compile(rf"(?:[.!?。]{_MARKS}|{_MARKS}[.!?。])(?=\s+[^\s\[])")
_LIST_MARK = re.compile(r"(?:[-*•]|(?P<place>\d{1,2})[.)])\s+")
_SEVERAL = re.compile(r"[\[【]\^?(\d{1,3}(?:\s*,\s*\d{1,3})*)[\]】]")
_DECORATION = re.compile(r"\*\*|__|^#+\s+|`+\w*")
_THOUGHTS = ("<think>", "</think>")


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a reply with its raw markers; `lead` is the list mark that stood before it."""

    text: str
    lead: str = " "


def sentences_of(pieces: Iterable[str], language: Language) -> Iterator[Said]:
    """Yield each sentence as soon as it is whole."""
    rest, fresh = "", True  # fresh: the rest begins a line
    for piece in _spoken(pieces):
        *lines, rest = (rest + piece).split("\n")
        for line in lines:
            yield from _cut(line, fresh, language)
            fresh = True
        if ends := [match.end() for match in _END.finditer(rest)]:
            yield from _cut(rest[: ends[-1]], fresh, language)
            rest, fresh = rest[ends[-1] :], False
    yield from _cut(rest, fresh, language)


def _spoken(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces without the thoughts that some models put first."""
    opening, closing = _THOUGHTS
    held, speaking = "", False
    for piece in pieces:
        if speaking:
            yield piece
            continue
        held += piece
        begun = held.lstrip()
        if begun.startswith(opening):
            speaking = closing in begun
            held = begun.partition(closing)[2] if speaking else begun
        else:
            speaking = not opening.startswith(begun[: len(opening)])
        if speaking:
            yield held
    if not speaking and not held.lstrip().startswith(opening):
        yield held


def _cut(line: str, fresh: bool, language: Language) -> Iterator[Said]:
    """The sentences of a line, or of a part of one, each with the markers that follow it."""
    text = normalize(_DECORATION.sub("", line.strip()))
    lead = " "
    if fresh and (mark := _LIST_MARK.match(text)):
        lead, text = f"\n{mark['place']}. " if mark["place"] else "\n- ", text[mark.end() :]
    text = _SEVERAL.sub(lambda match: "".join(f"[{number}]" for number in re.findall(r"\d+", match[1])), text)
    unmarked = MARKER.sub(lambda match: " " * len(match[0]), text)
    starts = [start for start, _ in split_sentences(unmarked, language)]
    for start, end in pairwise([*starts, len(text)]):
        yield Said(text[start:end].strip(), lead)
        lead = " "
