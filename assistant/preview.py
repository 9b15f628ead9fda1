"""A new article before it is kept: what was read of it, what would be found in it, and whether it is there already.

Knows nothing of files or pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.drafts import Draft
from assistant.extraction.extractor import extract_figures
from assistant.likeness import Likeness, Search, Sentences, nearest
from assistant.passages import passages_of, sentences_of
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


def preview_of(draft: Draft, there: Mapping[str, Article], search: Search, sentences_there: Sentences) -> Preview:
    """Look into a draft beside the articles that are there; nothing is embedded but a few of its sentences."""
    sentences = sentences_of(draft.article)
    passages = passages_of(draft.article, sentences)
    like = nearest(draft.article, sentences, there, search, sentences_there)
    figures = tuple(extract_figures(draft.article, sentences))
    return Preview(draft.article, draft.notes, len(passages), figures, like)
