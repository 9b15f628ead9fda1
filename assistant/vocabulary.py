"""Names of funds, benchmarks, companies, metrics and topics in Korean and English, and where a text names them.

Knows nothing of questions or articles: it turns text into mentions of concepts.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable
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
    """Finds mentions: the longest name wins, case and inner spaces do not matter, particles may follow."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self.concepts = {concept.id: concept for concept in concepts}
        self._by_key: dict[str, list[Concept]] = {}
        for concept in self.concepts.values():
            for name in concept.names["ko"] + concept.names["en"]:
                named = self._by_key.setdefault(_key(name), [])
                if concept not in named:
                    named.append(concept)
        names = {name for concept in self.concepts.values() for group in concept.names.values() for name in group}
        self._pattern = re.compile(
            "|".join(map(_name_pattern, sorted(names, key=lambda name: (-len(_key(name)), name)))), re.IGNORECASE
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
            Mention(concept, match.start(), match.end())
            for match in self._pattern.finditer(text)
            for concept in self._named(match.group(), korean)
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

    def korean_words(self) -> tuple[str, ...]:
        """Return the Korean names without spaces, for a morphological analyser's user dictionary."""
        names = (name for concept in self.concepts.values() for name in concept.names["ko"])
        return tuple(sorted({name for name in names if len(name) > 1 and all(map(is_hangul, name))}))


@cache
def vocabulary_fingerprint() -> str:
    """Return a fingerprint of the vocabulary: terms made with another one do not find each other."""
    return hashlib.sha256(files("assistant").joinpath("vocabulary.toml").read_bytes()).hexdigest()


@cache
def load_vocabulary() -> Vocabulary:
    """Return the vocabulary shipped with the package, read once."""
    tables = tomllib.loads(files("assistant").joinpath("vocabulary.toml").read_text(encoding="utf-8"))
    unknown = set(tables) - set(get_args(Kind))
    if unknown:
        raise ValueError(f"vocabulary.toml has unknown kinds: {sorted(unknown)}")
    return Vocabulary(
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


def _key(name: str) -> str:
    return re.sub(r"[\s\-‐-―]+", "", name).casefold()


def _name_pattern(name: str) -> str:
    """A Latin or digit edge must not continue with Latin or digits; Hangul may follow (IWM은)."""
    parts = [re.escape(part) for part in re.split(r"[\s\-]+", name)]
    body = r"[\s\-‐-―]*".join(parts)
    before = r"(?<![A-Za-z0-9])" if name[0].isascii() and name[0].isalnum() else ""
    after = r"s?(?![A-Za-z0-9])" if name[-1].isascii() and name[-1].isalnum() else ""
    return f"{before}{body}{after}"
