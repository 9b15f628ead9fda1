"""Which sentences answer a question, over a corpus whose similarities are written by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from assistant.evidence import Finder, foreign_twins
from assistant.morphemes import index_terms
from assistant.passages import passages_of, sentences_of
from assistant.question import Question, read_question
from assistant.types import Article, Hit, Language, Sentence
from assistant.vocabulary import load_vocabulary
from tests.fakes import article

RISKS = article(
    "risks",
    """## Risk factors

### Risk 1: rates

Higher interest rates raise the interest cost of small caps. Small caps borrow at floating rates.

### Risk 2: liquidity

Thin trading hurts small caps.

### Risk 3: slowdown

A recession cuts their sales.
""",
)
FUNDS = article(
    "funds",
    """## Funds

IWM charges an expense ratio of 0.19%. VTWO charges an expense ratio of 0.07%. IWM is run by BlackRock.

VTWO's top three holdings are as follows.

1. Credo — 0.74%
2. Bloom Energy — 0.64%
3. Fabrinet — 0.55%
""",
)


class ByHand:
    """A corpus where the sentences that hold a word of `close` are as near as it says, and others not at all."""

    def __init__(self, articles: Sequence[Article], close: Mapping[str, float]) -> None:
        self.articles = {article.id: article for article in articles}
        self.close = close
        self.kept = {article.id: sentences_of(article) for article in articles}

    def sentences(self, article: str) -> Sequence[Sentence]:
        return self.kept[article]

    def similarities(self, text: str, article: str) -> Sequence[float]:
        return [
            max((near for word, near in self.close.items() if word in sentence.text), default=0.0)
            for sentence in self.kept[article]
        ]

    def frequency(self, term: str) -> int:
        return sum(
            term in index_terms(passage.text, passage.language)
            for article in self.articles.values()
            for passage in passages_of(article, self.kept[article.id])
        )


def _finder(*articles: Article, **close: float) -> Finder:
    return Finder({article.id: article for article in articles}, ByHand(articles, close))


def _hits(*articles: Article) -> list[Hit]:
    passages = [passage for article in articles for passage in passages_of(article, sentences_of(article))]
    return [Hit(passage, 0.5, rank) for rank, passage in enumerate(passages, start=1)]


def _question(text: str) -> Question:
    return read_question(text, load_vocabulary(), this_year=2026)


def _explained(finder: Finder, text: str, *articles: Article) -> list[str]:
    return [found.sentence.text for found in finder.explanation(_question(text), _hits(*articles), 6)]


# --- explanations ---------------------------------------------------------------------------------------------------


def test_reason_is_the_sentences_of_its_section_in_reading_order() -> None:
    finder = _finder(RISKS, rates=0.6, Higher=0.8)
    assert _explained(finder, "Why do higher interest rates hurt small caps?", RISKS)[:2] == [
        "Higher interest rates raise the interest cost of small caps.",
        "Small caps borrow at floating rates.",
    ]


def test_the_section_whose_sentences_say_most_is_told_at_length() -> None:
    told = article(
        "told",
        "## Rates\n\n### Aside\n\nInterest rates alone. Bread. Milk.\n\n"
        "### Reasons\n\nInterest rates first. Interest rates second. Interest rates third.",
    )
    finder = _finder(told, alone=0.7, first=0.65, second=0.6, third=0.55)
    said = _explained(finder, "Why do interest rates matter?", told)
    assert said[:3] == ["Interest rates first.", "Interest rates second.", "Interest rates third."]
    assert "Bread." not in said and "Milk." not in said


def test_a_word_that_stands_nowhere_takes_nothing_from_the_concept_beside_it() -> None:
    told = article("told", "## Markets\n\nTariffs touch few of them. Storms rage outside.")
    finder = _finder(told, Tariffs=0.4, Storms=0.6)
    assert (
        _explained(finder, "Why do tariffs flummox and discombobulate nobody?", told)[0] == "Tariffs touch few of them."
    )


@pytest.mark.parametrize("name", ["리비안", "팔란티어"])
def test_an_unknown_korean_name_is_no_reason(name: str) -> None:
    told = article("told", "## 금리\n\n금리가 오르면 소형주의 이자 비용이 늘어요.", "ko")
    finder = _finder(told, 금리=0.8)
    assert _explained(finder, "금리가 오르면 소형주는 왜 부담이 커져?", told)
    assert not _explained(finder, f"{name} 때문에 금리가 오르면 소형주는 왜 부담이 커져?", told)


@pytest.mark.parametrize(
    ("question", "sentences"),
    [
        ("Explain: “Small caps borrow at floating rates.”", ["Small caps borrow at floating rates."]),
        (
            "“Higher interest rates raise the interest cost of small caps.” Why?",
            ["Higher interest rates raise the interest cost of small caps.", "Small caps borrow at floating rates."],
        ),
        ("Explain: “Small caps borrow.”", []),
        ("Explain: “Credo — 0.74%”", []),
        ("Small caps borrow at floating rates.", []),
        (
            "“Small caps borrow at floating rates.” “Higher interest rates raise the interest cost of small caps.”",
            [
                "Small caps borrow at floating rates.",
                "Higher interest rates raise the interest cost of small caps.",
                "Small caps borrow at floating rates.",
            ],
        ),
        ("“Small caps borrow at floating rates.” “Small caps borrow.”", []),
    ],
)
def test_quoted_sentence_leads_to_the_rest_of_its_section(question: str, sentences: list[str]) -> None:
    found = _finder(RISKS, FUNDS).quoted(_question(question), 6)
    assert [sentence.text for part in found for sentence in part] == sentences


def test_nothing_near_is_no_answer() -> None:
    finder = _finder(RISKS, Higher=0.1)
    assert _explained(finder, "Why do penguins swim under glaciers?", RISKS) == []


def test_no_hits_are_no_answer() -> None:
    assert _finder(RISKS, Higher=0.9).explanation(_question("Why do higher rates hurt?"), [], 6) == []


def test_value_is_the_sentence_on_the_fund_that_was_asked_about() -> None:
    finder = _finder(FUNDS, charges=0.9)
    assert _explained(finder, "What is the expense ratio of VTWO?", FUNDS) == [
        "VTWO charges an expense ratio of 0.07%."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "What is the expense ratio of ZZTOP?",
        "What is the expense ratio of VTWG?",
        "What is the beta of IWM?",
        "What is the expense ratio of the S&P 500?",
        "What was the expense ratio of IWM in 2011?",
    ],
)
def test_near_miss_counts_as_no_answer(text: str) -> None:
    assert _explained(_finder(FUNDS, charges=0.95), text, FUNDS) == []


def test_sentences_on_all_the_named_come_together() -> None:
    both = article("both", "## A\n\nIWM and VTWO track one index. IWM is older. VTWO is cheaper.\n")
    finder = _finder(both, IWM=0.5)
    found = finder.together(_question("Compare IWM and VTWO"), _hits(both), ["IWM", "VTWO"], 3)
    assert [evidence.sentence.text for evidence in found] == ["IWM and VTWO track one index."]


# --- lists ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["List the risk factors of small caps", "What are the three risk factors?"])
def test_sections_under_a_heading_are_a_list(text: str) -> None:
    group = _finder(RISKS, FUNDS).group(_question(text))
    assert group is not None and group.article == "risks"
    assert [item[0].section[-1] for item in group.items] == ["Risk 1: rates", "Risk 2: liquidity", "Risk 3: slowdown"]


def test_markdown_list_is_titled_by_the_sentence_before_it() -> None:
    group = _finder(RISKS, FUNDS).group(_question("List the top holdings of VTWO"))
    assert group is not None
    assert [item[0].text for item in group.items] == ["Credo — 0.74%", "Bloom Energy — 0.64%", "Fabrinet — 0.55%"]


def test_list_that_is_not_there_is_none() -> None:
    assert _finder(FUNDS).group(_question("List the dividends of Korean banks")) is None


# --- languages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "foreign"), [("ko", {"a.en"}), ("en", {"a"})])
def test_counterpart_in_the_other_language_is_foreign(language: Language, foreign: set[str]) -> None:
    korean, english = article("a", "글.", "ko"), replace(article("a.en", "Text.", "en"), translation_of="a")
    alone = article("b", "Text.", "en")
    orphan = replace(article("c.en", "Text.", "en"), translation_of="gone")
    articles = {one.id: one for one in (korean, english, alone, orphan)}
    assert foreign_twins(articles, language) == foreign


def test_a_list_is_not_of_a_name_that_it_does_not_have() -> None:
    finder = _finder(RISKS, FUNDS)
    assert finder.group(_question("List all the risk factors"))
    assert not finder.group(_question("List all the risk factors of Netflix"))


def test_an_item_that_only_the_introduction_of_a_list_names_is_no_question_for_the_list() -> None:
    tools = article(
        "tools",
        "## Risk management\n\nTools are asset allocation, stop losses and hedging.\n\n"
        "- Asset allocation sets the weight.\n- Stop losses sell early.\n- Hedging buys options.",
    )
    finder = _finder(tools)
    assert finder.group(_question("List the risk-management tools"))
    assert not finder.group(_question("What is hedging for?"))
