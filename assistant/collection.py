"""The articles of one state of the index: what is known of all of them, and each one whole when it is asked for.

Knows nothing of files, nor of how articles are searched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from assistant.types import Article, Head

Heads = Mapping[str, Head]


class Collection(Mapping[str, Article]):
    """Articles by id, in the order of `known` and then any others; `hashes` are of their contents, and never change.

    `article(id, hash)` gives one whole; it raises where there is none of this content any more, and so does asking for
    it here. Going through all articles reads each of them: what needs no text goes through `heads`. Of those that are
    not known, each is read once for that.
    """

    def __init__(
        self,
        hashes: Mapping[str, str],
        known: Mapping[str, Head | None],
        article: Callable[[str, str], Article],
    ) -> None:
        self.hashes = hashes
        self._article = article
        others = {id: None for id in hashes if id not in known}
        self.heads: Heads = {id: head or self[id].head for id, head in {**known, **others}.items()}

    def __getitem__(self, id: str) -> Article:
        return self._article(id, self.hashes[id])

    def __iter__(self) -> Iterator[str]:
        return iter(self.heads)

    def __len__(self) -> int:
        return len(self.hashes)

    def __contains__(self, id: object) -> bool:
        return id in self.hashes
