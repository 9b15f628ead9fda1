"""Searching: what comes first, what is left out, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.errors import QuestionError
from assistant.index import Index
from assistant.retriever import MAX_HITS, Retriever
from assistant.types import Article
from tests.fakes import WordCounts, article

WORDS = "energy health debt rates banks oil"
ENERGY = article("energy", "Energy shares fell. Oil was cheap.")
HEALTH = article("health", "Health care is the largest sector. It grew again.")
DEBT = article("debt", "Floating rates hurt debt. Banks lend less.")
KOREAN = article("debt.ko", "금리가 오르면 debt 부담이 커져요. IONQ는 올랐어요.", "ko", title="부채")
ARTICLES = [ENERGY, HEALTH, DEBT, KOREAN]


@pytest.fixture
def open_retriever(tmp_path: Path) -> Iterator[Callable[..., Retriever]]:
    opened: list[Index] = []

    def open_(articles: list[Article]) -> Retriever:
        opened.append(Index.open(tmp_path / str(len(opened)), WordCounts(WORDS), graph_after=None))
        opened[-1].sync(articles)
        return Retriever(opened[-1], WordCounts(WORDS))

    yield open_
    for index in opened:
        index.close()


@pytest.fixture
def retriever(open_retriever: Callable[..., Retriever]) -> Retriever:
    return open_retriever(ARTICLES)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("oil", "energy"),
        ("the health sector", "health"),
        ("lending by banks", "debt"),
        ("금리 부담", "debt.ko"),
        ("IONQ", "debt.ko"),
        ("아이온큐", "debt.ko"),
    ],
)
def test_best_passage_comes_first(retriever: Retriever, query: str, first: str) -> None:
    hits = retriever.search(query)
    assert hits[0].passage.article == first
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)


def test_compound_is_found_by_its_parts(open_retriever: Callable[..., Retriever]) -> None:
    articles = [article(f"{n}", text, "ko") for n, text in enumerate(["변동금리부채가 늘었어요.", "배당을 늘렸어요."])]
    assert open_retriever(articles).search("변동 금리 부채")[0].passage.article == "0"


def test_best_sentence_lifts_its_passage(open_retriever: Callable[..., Retriever]) -> None:
    # The same words in both, but only "one" has them in one sentence.
    apart = article("apart", "Debt of the banks. Energy and health.", title="x")
    together = article("together", "Banks and energy. Debt and health.", title="x")
    hits = open_retriever([apart, together]).search("debt health")
    assert [hit.passage.article for hit in hits] == ["together", "apart"]


def test_k_limits_the_hits(retriever: Retriever) -> None:
    assert len(retriever.search("debt", k=2)) == 2
    assert len(retriever.search("debt", k=MAX_HITS)) == 4


def test_language_and_articles_narrow_the_search(retriever: Retriever) -> None:
    def articles(**options: object) -> set[str]:
        return {hit.passage.article for hit in retriever.search("debt", **options)}  # type: ignore[arg-type]

    assert articles(language="ko") == {"debt.ko"}
    assert articles(language="en") == {"energy", "health", "debt"}
    assert articles(include=["debt", "health", "nowhere"]) == {"debt", "health"}
    assert articles(include=["debt", "health"], exclude=["debt"]) == {"health"}
    assert articles(exclude={"debt"}, language="en") == {"energy", "health"}
    assert articles(include=[]) == set()


def test_equal_passages_come_in_the_order_of_their_articles(open_retriever: Callable[..., Retriever]) -> None:
    same = [article(id, "Oil was cheap.", title="Oil") for id in ("b", "c", "a")]
    assert [hit.passage.article for hit in open_retriever(same).search("oil")] == ["a", "b", "c"]


def test_many_queries_find_what_each_finds_alone(retriever: Retriever) -> None:
    queries = ["oil", "금리 부담", "largest sector", "oil"]
    assert retriever.search_many(queries, k=3) == [retriever.search(query, k=3) for query in queries]
    assert retriever.search_many([]) == []


def test_similarities_follow_the_sentences(retriever: Retriever) -> None:
    similarities = retriever.similarities("banks", "debt")
    assert len(similarities) == 2
    # "banks": (1, 1); the sentences: (rates, debt, 1) and (banks, 1).
    assert similarities == pytest.approx([1 / 6**0.5, 1], abs=1e-3)
    assert retriever.similarities("banks", "nowhere") == []


def test_empty_index_finds_nothing(open_retriever: Callable[..., Retriever]) -> None:
    assert open_retriever([]).search("oil") == []


@pytest.mark.parametrize("query", ["", "  \n\t ", "\u200b\x00"])
def test_empty_query_is_refused_in_both_languages(retriever: Retriever, query: str) -> None:
    with pytest.raises(QuestionError) as refused:
        retriever.search(query)
    assert "empty" in refused.value.messages["en"] and "비어" in refused.value.messages["ko"]


def test_overlong_query_is_refused_with_its_length(retriever: Retriever) -> None:
    with pytest.raises(QuestionError, match="10,000"):
        retriever.search("a" * 10_000)


@pytest.mark.parametrize("k", [0, -1, MAX_HITS + 1])
def test_k_out_of_bounds_is_refused_with_its_value(retriever: Retriever, k: int) -> None:
    with pytest.raises(QuestionError, match=f"{k}:"):
        retriever.search("oil", k=k)


@pytest.mark.parametrize("query", ["?!", "###", '"; DROP TABLE passages', "😀", "ㅋㅋㅋ", "가" * 4000])
def test_odd_queries_are_searched_like_any_other(retriever: Retriever, query: str) -> None:
    assert len(retriever.search(query)) == 4
