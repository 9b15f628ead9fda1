"""Words that show what a question asks for: a reason, an amount, a list, a comparison; and words that show nothing.

The words are in cues.toml, by language; a question may mix both, so both are looked for.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import cast

from assistant.language import LANGUAGES
from assistant.morphemes import terms
from assistant.numbers import Unit
from assistant.types import Language


def cues_in(text: str) -> frozenset[str]:
    """Return the names of the cues that the text gives."""
    return frozenset(name for name, pattern in _patterns("cues").items() if pattern.search(text))


def units_in(text: str) -> frozenset[Unit]:
    """Return the kinds of number that the text asks for."""
    return frozenset(cast(Unit, name) for name, pattern in _patterns("units").items() if pattern.search(text))


@cache
def fillers(language: Language) -> frozenset[str]:
    """Return the words, as written and as terms, that name nothing that an answer has to contain."""
    words = " ".join(cast(dict[str, str], _tables()["fillers"]).values())
    return frozenset(words.split()) | frozenset(terms(words, language))


@cache
def _patterns(table: str) -> dict[str, re.Pattern[str]]:
    return {
        name: re.compile("|".join(word for language in LANGUAGES for word in entry[language]), re.IGNORECASE)
        for name, entry in _tables()[table].items()
    }


@cache
def _tables() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(files("assistant").joinpath("cues.toml").read_text(encoding="utf-8"))
