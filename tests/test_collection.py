"""Articles are read when they are asked for; what is known of all of them needs no text."""

from __future__ import annotations

import pytest

from assistant.collection import Collection
from tests.fakes import article

ARTICLES = {id: article(id, f"Text of {id}.") for id in ("one", "two", "three")}
HASHES = {id: f"hash of {id}" for id in ARTICLES}


class Shelf:
    """Gives articles and heads, and notes which articles were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def article(self, id: str, hash: str):
        self.asked.append(id)
        if HASHES[id] != hash:
            raise LookupError
        return ARTICLES[id]

    def head(self, id: str, hash: str):
        return ARTICLES[id].head if id != "two" else None


def test_only_what_is_asked_for_is_read() -> None:
    shelf = Shelf()
    articles = Collection({id: HASHES[id] for id in ("one", "three")}, [], shelf.head, shelf.article)
    assert len(articles) == 2 and "one" in articles and "two" not in articles
    assert {id: head.title for id, head in articles.heads.items()} == {"one": "one", "three": "three"}
    assert shelf.asked == []
    assert articles["one"] == ARTICLES["one"] and articles.get("two") is None
    assert shelf.asked == ["one"]


def test_order_is_that_of_the_ids_and_others_come_last() -> None:
    shelf = Shelf()
    articles = Collection(HASHES, ["three", "gone", "one"], shelf.head, shelf.article)
    assert list(articles) == ["three", "one", "two"]
    assert shelf.asked == ["two"]  # nothing was known of it
    assert list(articles.values()) == [ARTICLES[id] for id in ("three", "one", "two")]


def test_an_article_of_another_content_is_not_given() -> None:
    shelf = Shelf()
    with pytest.raises(LookupError):
        Collection({"one": "another"}, [], shelf.head, shelf.article)["one"]
