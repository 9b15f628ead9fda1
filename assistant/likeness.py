"""How much of a new article is there already: all of it, or nearly all, as in an edited or a syndicated copy.

Compares sentences by their letters and digits, so that other quotation marks, dashes and spaces make no difference.
Knows nothing of files or of how search works.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.types import Article, Hit, Language, Sentence

NEAR = 0.6  # the share of the shorter text from which on two articles are called nearly the same
PROBES = 5  # sentences of the new article that are searched for; a copy that shares NEAR of it has most of them
FOUND = 3  # passages looked at for each of them
SHORTEST_PROBE = 20  # characters; what is shorter stands in many articles


Search = Callable[[str, int, Language], Sequence[Hit]]
"""Finds the best passages for a query, so many and of this language, among the articles that are there."""
Sentences = Callable[[str], Sequence[Sentence]]
"""Gives the sentences of an article by its id."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """An article that is there, the share of the shorter text that both have (0 to 1), and what only one has."""

    article: Article
    share: float
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        return not self.added and not self.gone


def nearest(
    article: Article,
    sentences: Sequence[Sentence],
    there: Mapping[str, Article],
    search: Search,
    sentences_of: Sentences,
) -> Likeness | None:
    """Return the article most like the new one, where one is at least nearly the same; its own id does not count."""
    probes = sorted((sentence.text for sentence in sentences), key=len, reverse=True)[:PROBES]
    found = {
        hit.passage.article
        for probe in probes
        if len(probe) >= SHORTEST_PROBE
        for hit in search(probe, FOUND, article.language)
    }
    alike = [
        _compared(sentences, there[id], sentences_of(id)) for id in sorted(found & there.keys()) if id != article.id
    ]
    best = max(alike, key=lambda likeness: likeness.share, default=None)
    return best if best and best.share >= NEAR else None


def plain(text: str) -> str:
    """Return the letters and digits of a text, by which two sentences count as the same."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def _compared(new: Sequence[Sentence], article: Article, old: Sequence[Sentence]) -> Likeness:
    here, there = _by_plain(new), _by_plain(old)
    shorter = min(_length(here), _length(there)) or 1
    return Likeness(
        article,
        _length(here.keys() & there.keys()) / shorter,
        tuple(text for key, text in here.items() if key not in there),
        tuple(text for key, text in there.items() if key not in here),
    )


def _by_plain(sentences: Sequence[Sentence]) -> dict[str, str]:
    return {plain(sentence.text): sentence.text for sentence in sentences}


def _length(keys: Iterable[str]) -> int:
    return sum(map(len, keys))
