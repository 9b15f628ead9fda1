"""A new article before it is kept: what was read of it, what would be found in it, and whether it is there already."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.likeness import Likeness
from assistant.sources import Note
from assistant.types import Article, Figure


@dataclass(frozen=True, slots=True)
class Preview:
    """The article as it would be kept, with what its author should be told.

    `passages` counts what search would find of it, `figures` are the dated numbers that it states, `likeness` tells of
    the article that is the same or nearly the same, if there is one.
    """

    article: Article
    notes: tuple[Note, ...] = ()
    passages: int = 0
    figures: tuple[Figure, ...] = ()
    likeness: Likeness | None = None
