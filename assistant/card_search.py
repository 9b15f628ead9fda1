"""Finds figure cards: they are embedded once, in an index of their own, and carry the current numbers when found.

Their words are counted apart from the articles', so that cards change nothing in how articles are found or answered
from. Only cards with figures in store are found; without any, nothing is embedded.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from assistant.figures.card_texts import render
from assistant.figures.cards import Card, cards
from assistant.index import Embedder, Index
from assistant.language import detect_language
from assistant.store.snapshot import Candidate, Vectors
from assistant.types import Article, Figure, Language, Passage

FOLDER = "cards"


class CardSearch:
    """The cards of one indexes folder; safe to use from several threads."""

    def __init__(self, indexes: Path, embedder: Embedder, figures: Callable[[], tuple[Sequence[Figure], date]]) -> None:
        self._folder = indexes / FOLDER
        self._embedder = embedder
        self._figures = figures
        self._opening = threading.Lock()
        self._index: Index | None = None
        self._rendered: tuple[Sequence[Figure], date, dict[str, Passage]] | None = None

    def candidates(
        self,
        query: str,
        vector: Vectors,
        language: Language | None,
        include: Iterable[str] | None,
        exclude: Iterable[str],
    ) -> list[Candidate]:
        """Return the cards that have figures, with their current text and their scores for a query.

        Of the two languages the one asked for, else the query's: both say the same.
        """
        spoken = language or detect_language(query)
        passages = {id: passage for id, passage in self._shown().items() if passage.language == spoken}
        wanted = (passages.keys() if include is None else passages.keys() & set(include)) - set(exclude)
        if not wanted:
            return []
        found: dict[str, Candidate] = {}
        for candidate in self._opened().candidates(query, vector, len(cards()), include=wanted):
            id = candidate.passage.article
            if id not in found or candidate.cosine > found[id].cosine:
                found[id] = replace(candidate, passage=passages[id])
        return list(found.values())

    def close(self) -> None:
        with self._opening:
            if self._index is not None:
                self._index.close()
                self._index = None

    def _shown(self) -> dict[str, Passage]:
        """Each card that has figures, with its current text; made anew when the figures are."""
        figures, today = self._figures()
        if self._rendered is None or self._rendered[0] is not figures or self._rendered[1] != today:
            texts = ((card, render(card, figures, today)) for card in cards())
            passages = {card.id: _passage(card, text) for card, text in texts if text is not None}
            self._rendered = figures, today, passages
        return self._rendered[2]

    def _opened(self) -> Index:
        with self._opening:
            if self._index is None:
                index = Index.open(self._folder, self._embedder, graph_after=None)
                index.sync([_as_article(card) for card in cards()])
                self._index = index
            return self._index


def _passage(card: Card, text: str) -> Passage:
    return Passage(card.id, card.id, (card.title,), 0, len(text), text, card.language, "figure card")


def _as_article(card: Card) -> Article:
    """The card as the index wants it, as one list item: its sentences need no vectors of their own."""
    return Article(card.id, card.title, card.language, "", date.min, f"- {card.text}")
