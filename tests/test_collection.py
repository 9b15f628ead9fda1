"""Articles are read when they are asked for; what is known of all of them needs no text."""

from __future__ import annotations

import pytest

from assistant.collection import Collection
from tests.fakes import article

ARTICLES = {id: article(id, f"Text of {id}.") for id in ("one", "two", "three")}
HASHES = {id: f"hash of {id}" for id in ARTICLES}


class Shelf:
    """Gives articles, and notes which were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def article(self, id: str, hash: str):
        self.asked.append(id)
        if HASHES[id] != hash:
            raise LookupError
        return ARTICLES[id]


def test_only_what_is_asked_for_is_read() -> None:
    shelf, ids = Shelf(), ("one", "three")
    known = {id: ARTICLES[id].head for id in ids}
    articles = Collection({id: HASHES[id] for id in ids}, known, shelf.article)
    assert len(articles) == 2 and "one" in articles and "two" not in articles
    assert {id: head.title for id, head in articles.heads.items()} == {"one": "one", "three": "three"}
    assert shelf.asked == []
    assert articles["one"] == ARTICLES["one"] and articles.get("two") is None
    assert shelf.asked == ["one"]


def test_order_is_that_of_what_is_known_and_others_come_last() -> None:
    shelf = Shelf()
    articles = Collection(HASHES, {"three": ARTICLES["three"].head, "one": None}, shelf.article)
    assert list(articles) == ["three", "one", "two"]
    assert shelf.asked == ["one", "two"]  # nothing was known of them
    assert list(articles.values()) == [ARTICLES[id] for id in ("three", "one", "two")]
    assert list(articles.heads.values()) == [ARTICLES[id].head for id in ("three", "one", "two")]


def test_an_article_of_another_content_is_not_given() -> None:
    with pytest.raises(LookupError):
        Collection({"one": "another"}, {"one": ARTICLES["one"].head}, Shelf().article)["one"]
