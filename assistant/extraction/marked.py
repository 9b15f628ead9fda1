"""A text with its names, periods, dates and amounts marked, each in its place.

Knows nothing of which of them belong together.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from itertools import pairwise

from assistant.extraction.wording import load_wording
from assistant.numbers import find_numbers
from assistant.periods import find_spans
from assistant.vocabulary import Concept, Kind, Mention

NAME, SPAN, DATE, AMOUNT = "\1", "\2", "\3", "\4"  # what stands in `plain` for names, periods, dates and amounts
SUBJECTS: frozenset[Kind] = frozenset({"fund", "benchmark", "company"})
_AMOUNTS = frozenset({"percent", "percentage_point", "basis_point", "multiple", "usd", "krw", "count", "none"})
_CLAUSE = re.compile(
    r"[;；]\s*|,? (?=(?:while|whereas|but|though|although)\b)|, (?=and\b)|(?<=[고며만나데]),\s*", re.IGNORECASE
)


class MarkedText:
    """A text as names, periods, dates and amounts; `plain` has them blanked, each character in its place."""

    def __init__(self, text: str) -> None:
        numbers = find_numbers(text)
        found = load_wording().names.find(text)
        self.names = [mention for mention in found if not any(n.start < mention.start < n.end for n in numbers)]
        plain = _blanked(text, [(mention.start, mention.end) for mention in self.names], NAME)
        self.spans = find_spans(plain)
        plain = _blanked(plain, [(start, end) for start, end, _ in self.spans], SPAN)
        free = [number for number in numbers if not {NAME, SPAN} & {*plain[number.start : number.end]}]
        self.dates = [number for number in free if number.unit == "date"]
        self.amounts = [number for number in free if number.unit in _AMOUNTS]
        plain = _blanked(plain, [(number.start, number.end) for number in self.dates], DATE)
        self.plain = _blanked(plain, [(number.start, number.end) for number in self.amounts], AMOUNT)

    def clauses(self) -> Iterator[tuple[int, int]]:
        yield from pairwise([0, *(match.end() for match in _CLAUSE.finditer(self.plain)), len(self.plain)])

    def named(self, start: int, end: int) -> list[Mention]:
        """Return the names between two places."""
        return [mention for mention in self.names if start <= mention.start and mention.end <= end]

    def span(self, start: int, end: int) -> str | None:
        """Return the one period that is named between two places."""
        spans = {span for at, until, span in self.spans if start <= at and until <= end}
        return spans.pop() if len(spans) == 1 else None


def distinct(mentions: Iterable[Mention], kinds: Container[Kind]) -> list[Concept]:
    """Return the concepts of these kinds, each once, in reading order."""
    return list(dict.fromkeys(mention.concept for mention in mentions if mention.concept.kind in kinds))


def _blanked(text: str, places: Iterable[tuple[int, int]], mark: str) -> str:
    chars = list(text)
    for start, end in places:
        chars[start:end] = mark * (end - start)
    return "".join(chars)
