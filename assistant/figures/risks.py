"""The nine risk factors of the article on IWM, each with its gauges and with what the article says of it, cited.

The table is risks.toml. There is no score over several gauges. Knows nothing of questions or of wording, and fetches
nothing: what was never fetched is a gauge without a reading.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.figures.gauges import Derivation, Dial, Gauge, Readings, derived, gauge
from assistant.language import LANGUAGES
from assistant.types import Article, Figure, Language


@dataclass(frozen=True, slots=True)
class Factor:
    """A risk factor as risks.toml has it: its dials, and the sentence of each language's article."""

    number: int
    id: str
    title: dict[Language, str]
    section: dict[Language, str]
    articles: dict[Language, str]
    quotes: dict[Language, str]
    dials: tuple[Dial, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the article says of a risk factor: `article.text[start:end] == quote`."""

    article: Article
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk factor now; a language whose article is gone or says something else has no meaning."""

    number: int
    id: str
    title: dict[Language, str]
    section: dict[Language, str]
    gauges: tuple[Gauge, ...]
    meaning: dict[Language, Meaning]


def risks(store: Readings, articles: Mapping[str, Article], today: date) -> tuple[Risk, ...]:
    """Return the nine risk factors in the article's order, with their gauges as stored."""
    return tuple(_risk(factor, store, articles, today) for factor in factors())


def derived_figures(store: Readings) -> list[Figure]:
    """Return the readings of gauges that no source gives and that follow from a stored series."""
    read = (derived(dial, store) for factor in factors() for dial in factor.dials)
    return [figure for figure, _ in filter(None, read)]


@cache
def factors() -> tuple[Factor, ...]:
    """Return the risk factors of risks.toml."""
    tables = tomllib.loads(files("assistant.figures").joinpath("risks.toml").read_text(encoding="utf-8"))
    return tuple(_factor(entry, _texts(tables["articles"])) for entry in tables["risk"])


def _risk(factor: Factor, store: Readings, articles: Mapping[str, Article], today: date) -> Risk:
    gauges = [gauge(dial, store, today) for dial in factor.dials]
    shown = (read for dial, read in zip(factor.dials, gauges, strict=True) if read.figure or not dial.optional)
    found = {language: _meaning(factor, language, articles) for language in LANGUAGES}
    return Risk(
        number=factor.number,
        id=factor.id,
        title=factor.title,
        section=factor.section,
        gauges=tuple(shown),
        meaning={language: meaning for language, meaning in found.items() if meaning},
    )


def _meaning(factor: Factor, language: Language, articles: Mapping[str, Article]) -> Meaning | None:
    """Find the sentence in its section of the article; None where either is not there."""
    article, quote = articles.get(factor.articles[language]), factor.quotes[language]
    if article is None:
        return None
    start = article.text.find(quote, max(0, article.text.find(f"### {factor.section[language]}\n")))
    return Meaning(article, start, start + len(quote), quote) if start >= 0 else None


def _factor(entry: dict[str, Any], articles: dict[Language, str]) -> Factor:
    return Factor(
        number=entry["number"],
        id=entry["id"],
        title=_texts(entry["title"]),
        section=_texts(entry["section"]),
        articles=articles,
        quotes=_texts(entry["meaning"]),
        dials=tuple(_dial(fields) for fields in entry["gauge"]),
    )


def _dial(fields: dict[str, Any]) -> Dial:
    derivation = fields.get("average") or fields.get("cuts")
    return Dial(
        subject=fields["subject"],
        metric=fields["metric"],
        title=_texts(fields["title"]),
        concerns=fields["concerns"],
        derivation=Derivation(**derivation) if derivation else None,
        largest=fields.get("largest", False),
        optional=fields.get("optional", False),
    )


def _texts(table: dict[str, str]) -> dict[Language, str]:
    return {language: table[language] for language in LANGUAGES}
