"""Which articles count as nearly the same: copies with small changes, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from assistant.likeness import Likeness, nearest, plain
from assistant.passages import sentences_of
from assistant.types import Article, Hit, Language, Passage, Sentence

ENGLISH = (
    "Small caps lag when rates rise. IWM follows the Russell 2000 with about 2,000 holdings. "
    "The fund charges 0.19% a year. Investors should expect wide swings in downturns."
)
KOREAN = (
    "금리가 오르면 소형주가 먼저 흔들립니다. IWM은 러셀 2000을 따라가는 펀드입니다. "
    "IWM의 총보수는 연 0.19%입니다. 경기가 나빠지면 낙폭이 커지기 쉽습니다."
)


def _article(id: str, text: str, language: Language = "en") -> Article:
    return Article(id, id, language, "test", date(2026, 1, 2), text)


class Shelf:
    """Finds every article by any sentence, so that the comparison alone decides."""

    def __init__(self, *articles: Article) -> None:
        self.there = {article.id: article for article in articles}

    def search(self, query: str, k: int, language: Language | None) -> Sequence[Hit]:
        passages = [Passage(f"{id}:0", id, (), 0, 1, "x", article.language) for id, article in self.there.items()]
        return [Hit(passage, 1.0, rank) for rank, passage in enumerate(passages, 1) if passage.language == language]

    def sentences(self, article: str) -> Sequence[Sentence]:
        return sentences_of(self.there[article])


def _nearest(new: Article, *there: Article) -> Likeness | None:
    shelf = Shelf(*there)
    return nearest(new, sentences_of(new), shelf.there, shelf.search, shelf.sentences)


@pytest.mark.parametrize(("text", "language"), [(ENGLISH, "en"), (KOREAN, "ko")])
def test_other_quotes_dashes_and_spaces_are_no_difference(text: str, language: Language) -> None:
    found = _nearest(
        _article("new", text.replace(" ", "  ").replace("0.19%", "0.19 %"), language), _article("old", text, language)
    )
    assert found is not None and found.is_same and found.share == 1


@pytest.mark.parametrize(
    ("text", "changed", "language"), [(ENGLISH, ("0.19%", "0.20%"), "en"), (KOREAN, ("0.19%", "0.20%"), "ko")]
)
def test_an_edited_copy_is_reported_with_its_difference(
    text: str, changed: tuple[str, str], language: Language
) -> None:
    found = _nearest(_article("new", text.replace(*changed), language), _article("old", text, language))
    assert found is not None and not found.is_same and 0.6 <= found.share < 1
    assert [changed[1] in sentence for sentence in found.added] == [True]
    assert [changed[0] in sentence for sentence in found.gone] == [True]


def test_a_copy_inside_a_longer_article_counts() -> None:
    found = _nearest(_article("new", ENGLISH), _article("old", ENGLISH + " " + "Another sentence of its own. " * 3))
    assert found is not None and found.share == 1 and found.added == ()


def test_an_article_that_shares_one_sentence_is_another_one() -> None:
    other = "IWM follows the Russell 2000 with about 2,000 holdings. Liquidity dries up first in small names. "
    assert _nearest(_article("new", ENGLISH), _article("old", other + "Bid-ask spreads widen by the hour.")) is None


def test_of_two_copies_the_closer_one_is_named_and_never_the_article_itself() -> None:
    near, nearer = _article("near", ENGLISH.replace("0.19%", "0.21%")), _article("nearer", ENGLISH)
    found = _nearest(_article("new", ENGLISH), near, nearer, _article("new", ENGLISH))
    assert found is not None and found.article.id == "nearer"


def test_numbers_are_not_plain_enough_to_be_lost() -> None:
    assert plain("연 0.19%입니다.") != plain("연 0.20%입니다.")
    assert plain("“A—B”, c!") == "abc"
