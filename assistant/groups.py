"""Lists that articles hold: Markdown lists, and sections under one heading.

Knows nothing of questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.types import Sentence


@dataclass(frozen=True, slots=True)
class Group:
    """A list of an article: the sections under one heading or the items of one Markdown list, each as its sentences.

    The title has the headings, and the sentence that introduces a Markdown list.
    """

    article: str
    heading: str
    title: str
    items: tuple[tuple[Sentence, ...], ...]


def groups_of(article: str, sentences: Sequence[Sentence]) -> Iterable[Group]:
    """Yield the lists of an article, whose sentences come in the order of its text."""
    yield from _lists(article, sentences)
    yield from _sections(article, sentences)


def _lists(article: str, sentences: Sequence[Sentence]) -> Iterable[Group]:
    """Markdown lists, titled by their headings and the sentence that introduces them."""
    for place, sentence in enumerate(sentences):
        if sentence.list_number == 1:
            items = [sentence]
            for following in sentences[place + 1 :]:
                if following.section != sentence.section or following.list_number != len(items) + 1:
                    break
                items.append(following)
            intro = sentences[place - 1] if place else None
            introduced = intro is not None and intro.section == sentence.section and intro.list_number is None
            heading = " ".join(sentence.section)
            title = " ".join([heading, intro.text if introduced and intro else ""])
            yield Group(article, heading, title, tuple((item,) for item in items))


def _sections(article: str, sentences: Sequence[Sentence]) -> Iterable[Group]:
    """Headings with at least three sections under them, each section one item."""
    parents: dict[tuple[str, ...], dict[tuple[str, ...], list[Sentence]]] = {}
    for sentence in sentences:
        if len(sentence.section) > 1:
            parents.setdefault(sentence.section[:-1], {}).setdefault(sentence.section, []).append(sentence)
    for parent, children in parents.items():
        if len(children) > 2:
            yield Group(article, " ".join(parent), " ".join(parent), tuple(tuple(child) for child in children.values()))
