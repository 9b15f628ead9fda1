"""The words in which articles state figures: names of metrics and subjects, light words, and what raises doubt.

They are in wording.toml, by language; an article may mix both, so both are looked for. Knows nothing of how a sentence
is read.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.language import LANGUAGES
from assistant.numbers import Unit
from assistant.types import Language
from assistant.vocabulary import Concept, Kind, Vocabulary, load_vocabulary

WEIGHT, TOP10, COUNTED = "weight", "top10_weight", "counted"
_NAMED: tuple[Kind, ...] = ("fund", "benchmark", "company", "sector")
_WORD = re.compile(r"[가-힣]+|\d+|[^\W\d_가-힣]+(?:-[^\W\d_가-힣]+)*")  # a particle is a word of its own: ETF의
_POSSESSIVE = re.compile(r"['’]s\b")


@dataclass(frozen=True, slots=True)
class Metric:
    """What is known of a metric; see wording.toml. Without `bounds` those of the catalogue hold."""

    id: str
    unit: str
    written: frozenset[Unit]
    subjects: frozenset[Kind]
    bounds: tuple[float, float] | None
    between: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wording:
    """`names` finds subjects, sectors and metrics in a text; `members` is the family of weights of a kind of member."""

    names: Vocabulary
    metrics: Mapping[str, Metric]
    members: Mapping[Kind, str]
    called: Mapping[Kind, frozenset[str]]
    doubtful: re.Pattern[str]
    qualified: re.Pattern[str]
    light: frozenset[str]

    def is_light(self, text: str, besides: frozenset[str] = frozenset()) -> bool:
        """Whether each word of the text is light or one of `besides`."""
        words = (word.casefold() for word in _WORD.findall(_POSSESSIVE.sub(" ", text)))
        return all(word in self.light or word in besides for word in words)


@cache
def load_wording() -> Wording:
    """Return the wording shipped with the package, read once."""
    tables = tomllib.loads(_source())
    return Wording(
        names=Vocabulary([*_subjects(frozenset(tables["vague"])), *_metric_names(tables["metrics"])]),
        metrics={id: _metric(id, entry) for id, entry in tables["metrics"].items()},
        members=tables["members"],
        called={kind: frozenset(words) for kind, words in tables["called"].items()},
        doubtful=_any(tables["doubtful"], r"\b(?:{})\b"),
        qualified=_any(tables["qualified"], r"(?:{})\b"),
        light=frozenset(word for language in LANGUAGES for word in tables["light"][language].split()),
    )


@cache
def wording_fingerprint() -> str:
    """Return a fingerprint of the wording: with another one an article may state other figures."""
    return hashlib.sha256(_source().encode()).hexdigest()


def _source() -> str:
    return files("assistant.extraction").joinpath("wording.toml").read_text(encoding="utf-8")


def _subjects(vague: frozenset[str]) -> Iterator[Concept]:
    """The subjects and sectors of the vocabulary, by their exact names."""
    for concept in load_vocabulary().concepts.values():
        if concept.kind in _NAMED:
            names = {language: tuple(_exact(concept, language, vague)) for language in LANGUAGES}
            if any(names.values()):
                yield Concept(concept.id, concept.kind, names, concept.tracks)


def _exact(concept: Concept, language: Language, vague: frozenset[str]) -> Iterator[str]:
    """The names of a concept that name nothing else: of a benchmark, "Russell 2000" and "RUT" but not "Russell"."""
    for name in concept.names[language]:
        exact = concept.kind != "benchmark" or any(map(str.isdigit, name)) or (name.isupper() and name.isalpha())
        if exact and name not in vague:
            yield name


def _metric_names(entries: Mapping[str, Any]) -> Iterator[Concept]:
    for id, entry in entries.items():
        verbs = [form for present, past in entry.get("verbs", {}).items() for form in (_third_person(present), past)]
        yield Concept(id, "metric", {"ko": tuple(entry["ko"]), "en": (*entry["en"], *verbs)})


def _third_person(present: str) -> str:
    """ "make up" is "makes up"."""
    verb, *rest = present.split(" ", 1)
    return " ".join([f"{verb}s", *rest])


def _metric(id: str, entry: Mapping[str, Any]) -> Metric:
    least, most = entry.get("range", (None, None))
    return Metric(
        id,
        entry["unit"],
        frozenset(entry["written"]),
        frozenset(entry["of"]),
        None if least is None else (float(least), float(most)),
        frozenset(word.casefold() for word in entry.get("between", ())),
    )


def _any(patterns: Mapping[Language, list[str]], english: str) -> re.Pattern[str]:
    """One pattern of all; English ones are whole words."""
    words = english.format("|".join(patterns["en"]))
    return re.compile("|".join([words, *patterns["ko"]]), re.IGNORECASE)
