"""Figure cards: what the search can find of live figures, by a text without values.

A card's text names a subject and a topic in both languages; it is made from the templates of cards.toml and changes
only with them, so that its vector lasts. Knows nothing of storage or of values: `card_texts` renders those.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.figures.risks import Factor, factors
from assistant.language import LANGUAGES, josa
from assistant.types import Language

MACRO = "US"
RISK = "risk."
LIVE = "live:"  # begins the id of every card, and of no article

Family = tuple[str, str]  # a subject and the family of its metrics


@dataclass(frozen=True, slots=True)
class Card:
    """One topic on one subject in one language; `metrics` are the families of figures that it shows."""

    id: str
    language: Language
    subject: str
    topic: str
    title: str
    text: str
    metrics: tuple[Family, ...]


@cache
def cards() -> tuple[Card, ...]:
    """Return all cards: each topic on each fund, then the nine risk factors, each in both languages."""
    return (*_fund_cards(), *_risk_cards())


@cache
def tables() -> Mapping[str, Any]:
    """Return cards.toml."""
    return tomllib.loads(files("assistant.figures").joinpath("cards.toml").read_text(encoding="utf-8"))


def _fund_cards() -> Iterator[Card]:
    for subject in tables()["subject"]:
        for topic, template in tables()["topic"].items():
            metrics = tuple((subject, family) for family in template["metrics"])
            for language in LANGUAGES:
                if subject != MACRO:
                    yield _card(subject, topic, template["title"][language], template, metrics, language)


def _risk_cards() -> Iterator[Card]:
    for factor in factors():
        template = tables()["risk"][factor.id]
        metrics = tuple(dict.fromkeys(_families(factor)))
        for language in LANGUAGES:
            yield _card(MACRO, RISK + factor.id, factor.title[language], template, metrics, language)


def _families(factor: Factor) -> Iterator[Family]:
    """The metrics of its gauges and, where a gauge is computed, of the series that it comes from."""
    for dial in factor.dials:
        yield dial.subject, dial.metric
        if dial.derivation is not None and dial.derivation.metric.startswith("macro."):
            yield dial.derivation.subject, dial.derivation.metric


def _card(
    subject: str, topic: str, title: str, template: Mapping[str, Any], metrics: tuple[Family, ...], language: Language
) -> Card:
    about = tables()["subject"][subject]
    name = about[language]
    particles = {"eun": josa(name, "은/는"), "reul": josa(name, "을/를")}
    head = tables()["head"][language].format(subject=name, title=title)
    questions = " ".join(template[language]).format(subject=name, **particles)
    text = tables()["text"][language].format(
        head=head, names=about["names"], words=template["words"], questions=questions
    )
    return Card(f"{LIVE}{subject}:{topic}:{language}", language, subject, topic, head, text, metrics)
