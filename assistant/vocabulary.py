"""Names of funds, benchmarks, companies, metrics and topics in Korean and English, and where a text names them.

Knows nothing of questions or articles: it turns text into mentions of concepts.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal, cast, get_args

from rapidfuzz.distance import OSA

from assistant.language import LANGUAGES, is_hangul, jamo
from assistant.types import Language

Kind = Literal["fund", "benchmark", "company", "organisation", "sector", "metric", "topic", "decoy"]
SUBJECT_KINDS: frozenset[Kind] = frozenset({"fund", "benchmark", "company"})

FUZZY_KINDS: frozenset[Kind] = frozenset({"benchmark", "company", "organisation", "sector", "metric"})
MIN_FUZZY_KEYS = 5  # keys are Latin letters or Korean jamo: shorter words have too many neighbours to be mended safely


_PARTING = re.compile(r"[\s\-‐-―]+")  # spaces and hyphens inside a name may be any or none
_SPELT = str.maketrans("율", "률")  # 수익율 for 수익률: rules that many do not know decide between the two


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that can be asked for or about, with its names in both languages; the first name is its label."""

    id: str
    kind: Kind
    names: dict[Language, tuple[str, ...]] = field(hash=False)
    tracks: str | None = None
    runs: str | None = None

    def label(self, language: Language) -> str:
        return self.names[language][0]


@dataclass(frozen=True, slots=True)
class Mention:
    """`text[start:end]` names the concept; `mended` when only after correcting a typing error."""

    concept: Concept
    start: int
    end: int
    mended: bool = False


class Vocabulary:
    """Finds mentions: the longest name wins, case and inner spaces do not matter, particles may follow.

    `new_words` are for the user dictionary of a Korean morphological analyser.
    """

    def __init__(self, concepts: Iterable[Concept], new_words: Iterable[str] = ()) -> None:
        self.new_words = tuple(new_words)
        self.concepts = {concept.id: concept for concept in concepts}
        self._by_key: dict[str, list[Concept]] = {}
        for concept in self.concepts.values():
            for name in concept.names["ko"] + concept.names["en"]:
                named = self._by_key.setdefault(_key(name), [])
                if concept not in named:
                    named.append(concept)
        self._names = _Names(
            name for concept in self.concepts.values() for group in concept.names.values() for name in group
        )
        self._fuzzy = [
            (name_key, jamo(name_key), concept)
            for name_key, named in self._by_key.items()
            for concept in named
            if concept.kind in FUZZY_KINDS
        ]
        self._tickers = {"".join(sorted(c.id.lower())): c for c in self.concepts.values() if c.kind == "fund"}

    def find(self, text: str) -> list[Mention]:
        """Return the mentions in reading order; one span may name several concepts (an alias that two share)."""
        korean = any(map(is_hangul, text))
        return [
            Mention(concept, start, end)
            for start, end in self._names.find(text)
            for concept in self._named(text[start:end], korean)
        ]

    def _named(self, name: str, korean: bool) -> list[Concept]:
        """The concepts of a name as it stands in a text, its plural too.

        Latin names that only Korean uses ("per") count in a Korean text, or in capitals.
        """
        key = _key(name) if _key(name) in self._by_key else _key(name).removesuffix("s")
        return [
            concept
            for concept in self._by_key.get(key, [])
            if concept.kind != "decoy" and (korean or name.isupper() or key in map(_key, concept.names["en"]))
        ]

    def mend(self, word: str) -> Concept | None:
        """Return the concept that a misspelt word most likely names: one slip in a long name, two letters of a ticker
        swapped. Another ticker one letter away (VTWG) is a different fund and never mended."""
        key = _key(word)
        if not key:
            return None
        swapped = self._tickers.get("".join(sorted(key)))
        if swapped is not None and OSA.distance(key, swapped.id.lower()) <= 1:
            return swapped
        keys = jamo(key)
        if len(keys) < MIN_FUZZY_KEYS + is_hangul(key[0]) or key in self._by_key:
            return None
        best = min(self._fuzzy, key=lambda entry: OSA.distance(keys, entry[1], score_cutoff=2))
        return best[2] if keys[0] == best[1][0] and OSA.distance(keys, best[1]) <= 1 else None


@cache
def vocabulary_fingerprint() -> str:
    """Return a fingerprint of the vocabulary: terms made with another one do not find each other."""
    return hashlib.sha256(files("assistant").joinpath("vocabulary.toml").read_bytes()).hexdigest()


@cache
def load_vocabulary() -> Vocabulary:
    """Return the vocabulary shipped with the package, read once."""
    tables = tomllib.loads(files("assistant").joinpath("vocabulary.toml").read_text(encoding="utf-8"))
    new_words = tables.pop("new_words")
    unknown = set(tables) - set(get_args(Kind))
    if unknown:
        raise ValueError(f"vocabulary.toml has unknown kinds: {sorted(unknown)}")
    concepts = (
        Concept(
            id,
            cast(Kind, kind),
            {lang: tuple(entry[lang]) for lang in LANGUAGES},
            entry.get("tracks"),
            entry.get("runs"),
        )
        for kind, table in tables.items()
        for id, entry in table.items()
    )
    return Vocabulary(concepts, new_words)


def _key(name: str) -> str:
    return _PARTING.sub("", name).casefold().translate(_SPELT)


class _Names:
    """All names as a tree of characters, each node with the length of the name that ends there."""

    def __init__(self, names: Iterable[str]) -> None:
        self._root = _Node()
        for name in names:
            node = self._root
            for char in _PARTING.sub(" ", _lower(name)):
                node = node.after.setdefault(char, _Node())
            node.length = len(_key(name))

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the spans of names in reading order, the longest at each place, none over another."""
        lower, until = _lower(text), 0
        for at, char in enumerate(lower):
            if at >= until and char in self._root.after and (end := self._longest(lower, at)):
                yield at, end
                until = end

    def _longest(self, text: str, start: int) -> int:
        """Return the end of the longest name that begins here, or 0.

        A Latin or digit edge must not continue with Latin or digits but for a plural; Hangul may follow (IWM은).
        """
        if start and _is_latin(text[start]) and _is_latin(text[start - 1]):
            return 0
        length, end, open_ends = 0, 0, [(self._root, start)]
        while open_ends:
            node, at = open_ends.pop()
            if node.length > length and (after := _whole(text, at)):
                length, end = node.length, after
            if at < len(text) and text[at] in node.after:
                open_ends.append((node.after[text[at]], at + 1))
            if " " in node.after:
                open_ends.append((node.after[" "], _after_parting(text, at)))
        return end


@dataclass(slots=True)
class _Node:
    after: dict[str, _Node] = field(default_factory=dict)
    length: int = 0


def _after_parting(text: str, at: int) -> int:
    parting = _PARTING.match(text, at)
    return parting.end() if parting else at


def _whole(text: str, end: int) -> int:
    """Return where a name that ends here ends with its plural, or 0 where it is but part of a longer word."""
    if not _is_latin(text[end - 1]) or not _is_latin(text[end : end + 1]):
        return end
    return end + 1 if text[end] == "s" and not _is_latin(text[end + 1 : end + 2]) else 0


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _lower(text: str) -> str:
    """The text in lower case, each character in its place, with the one of two spellings that names have."""
    return "".join(low if len(low := char.lower()) == 1 else char for char in text).translate(_SPELT)
