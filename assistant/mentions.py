"""Which concepts a question names, those with a typing error in their name too.

Knows nothing of what is asked about them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from assistant.language import is_hangul
from assistant.vocabulary import Mention, Vocabulary

Known = Callable[[str], bool]  # whether a word stands in the corpus
Span = tuple[int, int]

_STRANGE = re.compile(r"[가-힣]{3,}|[A-Za-z][A-Za-z0-9]{3,}")  # shorter words have too many neighbours
_WORD = re.compile(r"[가-힣]+|[A-Za-z0-9]+")
_PARTING = re.compile(r"[\s-]*")
_LONGEST_PARTICLE = 2
_MOST_WORDS = 4  # of a name that one of its words is misspelt in


def read_mentions(text: str, vocabulary: Vocabulary, known: Known) -> tuple[Mention, ...]:
    """Return the mentions in reading order; only a word that the corpus does not know is taken for misspelt."""
    found = _with_funds(vocabulary.find(text), vocabulary)
    rest = without_mentions(text, found)
    plain = [match.span() for match in _WORD.finditer(rest)]
    words = sorted([*{(each.start, each.end) for each in found}, *plain])
    mended: list[Mention] = []
    for strange in (span for span in plain if _STRANGE.fullmatch(text, *span)):
        if not known(text[slice(*strange)].lower()) and not any(_overlap(each, strange) for each in mended):
            mention = _mended_name(text, strange, words, vocabulary) or _mended_word(text, strange, vocabulary, known)
            mended += [mention] if mention else []
    whole = [each for each in found if not any(_overlap(other, (each.start, each.end)) for other in mended)]
    return tuple(sorted([*whole, *mended], key=lambda mention: mention.start))


def without_mentions(text: str, mentions: Sequence[Mention]) -> str:
    """Return the text with blanks in the place of its mentions."""
    chars = list(text)
    for mention in mentions:
        chars[mention.start : mention.end] = " " * (mention.end - mention.start)
    return "".join(chars)


def _with_funds(mentions: list[Mention], vocabulary: Vocabulary) -> list[Mention]:
    """Let a fund company stand for its fund where no fund is named."""
    if any(mention.concept.kind == "fund" for mention in mentions):
        return mentions
    funds = [replace(m, concept=vocabulary.concepts[m.concept.runs]) for m in mentions if m.concept.runs]
    return mentions + funds


def _mended_name(text: str, strange: Span, words: Sequence[Span], vocabulary: Vocabulary) -> Mention | None:
    """Mend a name of several words, the longest first: "averge daily volume", "rusell 2000"."""
    at = words.index(strange)
    for first, last in _stretches(text, words, at):
        start, end = words[first][0], words[last][1]
        shortest = max(words[last][0] + 2, end - _LONGEST_PARTICLE) if is_hangul(text[end - 1]) else end
        for stop in range(end, min(shortest, end) - 1, -1):
            if concept := vocabulary.mend(text[start:stop]):
                return Mention(concept, start, stop, mended=True)
    return None


def _stretches(text: str, words: Sequence[Span], at: int) -> Iterator[Span]:
    """Yield the first and last place of two or more words around one, with nothing but spaces or hyphens between."""
    for count in range(_MOST_WORDS, 1, -1):
        for first in range(max(0, at - count + 1), min(at, len(words) - count) + 1):
            places = range(first, first + count - 1)
            if all(_PARTING.fullmatch(text, words[place][1], words[place + 1][0]) for place in places):
                yield first, first + count - 1


def _mended_word(text: str, strange: Span, vocabulary: Vocabulary, known: Known) -> Mention | None:
    """Mend the word itself, or a shorter beginning of a Korean one: a particle or another noun may be glued on."""
    start, end = strange
    shortest = start + 3 if is_hangul(text[start]) else end
    for stop in range(end, shortest - 1, -1):
        if not known(text[start:stop].lower()) and (concept := vocabulary.mend(text[start:stop])):
            return Mention(concept, start, stop, mended=True)
    return None


def _overlap(mention: Mention, span: Span) -> bool:
    return mention.start < span[1] and span[0] < mention.end
