"""Which citations bear their sentence out, and the shares that come of it, worked out by hand in both languages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.attribution import Attribution, attribution
from assistant.golden import answer_scores
from assistant.types import Answer, AnswerSentence, Citation, Figure, FigureCitation, Language, NumberCheck
from tests.fakes import article

TEXTS: dict[Language, tuple[str, ...]] = {
    "en": (
        "IWM charges 0.19% a year.",
        "VTWO charges 0.07% a year.",
        "Rising interest rates raise the interest cost of small caps.",
        "Small caps do not depend on exports.",
    ),
    "ko": (
        "IWM의 총보수는 연 0.19%입니다.",
        "VTWO의 총보수는 연 0.07%입니다.",
        "금리가 오르면 소형주의 이자 비용이 늘어납니다.",
        "소형주는 수출에 의존하지 않습니다.",
    ),
}
PRICE = Figure("IWM", "price", 251.5, "usd", date(2026, 6, 30), "live", "Yahoo Finance")


def _counts(
    text: str, *numbers: int, language: Language, cited: Language | None = None, checks: tuple[NumberCheck, ...] = ()
) -> tuple[int, int]:
    """How many of the citations are needed, and whether the sentence is borne out; 5 is the live price."""
    quotes = TEXTS[cited or language]
    source = article("fees", "\n".join(quotes), cited or language, "Fees")
    citations = [
        Citation(number, source, source.text.index(quote), source.text.index(quote) + len(quote), quote)
        for number, quote in enumerate(quotes, start=1)
    ]
    sentence = AnswerSentence(text, numbers, checks)
    answer = Answer("?", language, False, "a model", text, (sentence,), (*citations, FigureCitation(5, PRICE)))
    counted = attribution(answer)
    assert (counted.sentences, counted.citations) == (1, len(numbers))
    return counted.needed, counted.borne_out


@pytest.mark.parametrize(
    ("language", "text", "numbers"),
    [
        ("en", "IWM charges 0.19% a year.", (1,)),
        ("en", "A year costs 0.07% with VTWO, it charges no more.", ()),
        ("en", "The fund IWM charges its holders 0.19% a year.", (1,)),
        ("en", "IWM charges 0.19% a year and VTWO charges 0.07%.", (1, 2)),
        ("en", "When interest rates rise, the interest cost of small caps rises.", (3,)),
        ("en", "IWM's price was $251.50 on June 30, 2026.", (5,)),
        ("ko", "IWM의 총보수는 연 0.19%입니다.", (1,)),
        ("ko", "총보수는 IWM이 연 0.19%예요.", (1,)),
        ("ko", "총보수는 IWM이 연 0.19%, VTWO가 연 0.07%예요.", (1, 2)),
        ("ko", "금리가 오르면 소형주는 이자 비용이 늘어요.", (3,)),
        ("ko", "IWM의 가격은 251.50달러예요.", (5,)),
    ],
)
def test_sentence_is_borne_out_by_what_says_so_and_needs_all_of_it(
    language: Language, text: str, numbers: tuple[int, ...]
) -> None:
    assert _counts(text, *numbers, language=language) == (len(numbers), bool(numbers))


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("en", "IWM charges 0.29% a year.", 1),
        ("en", "SPY charges 0.19% a year.", 1),
        ("en", "IWM charges 0.19% a year.", 2),
        ("en", "Falling interest rates raise the interest cost of small caps.", 3),
        ("en", "Rising interest rates do not raise the interest cost of small caps.", 3),
        ("en", "Small caps depend on exports.", 4),
        ("en", "Everybody should sell small caps and buy gold today.", 3),
        ("en", "IWM's price was $215.50 on June 30, 2026.", 5),
        ("ko", "IWM의 총보수는 연 0.29%예요.", 1),
        ("ko", "SPY의 총보수는 연 0.19%예요.", 1),
        ("ko", "IWM의 총보수는 연 0.19%예요.", 2),
        ("ko", "금리가 내리면 소형주의 이자 비용이 늘어요.", 3),
        ("ko", "금리가 오르면 소형주의 이자 비용이 늘지 않아요.", 3),
        ("ko", "소형주는 수출에 의존해요.", 4),
        ("ko", "지금 소형주를 팔고 금을 사야 해요.", 3),
        ("ko", "IWM의 가격은 215.50달러예요.", 5),
    ],
)
def test_sentence_is_not_borne_out_by_what_says_something_else(language: Language, text: str, number: int) -> None:
    assert _counts(text, number, language=language) == (0, 0)


def test_a_citation_beside_one_that_is_enough_is_not_needed() -> None:
    assert _counts("IWM charges its holders 0.19% a year.", 1, 3, language="en") == (1, 1)
    assert _counts("총보수는 IWM이 연 0.19%예요.", 1, 4, language="ko") == (1, 1)


@pytest.mark.parametrize(("language", "text"), [("en", "The P/E of IWM is 19%."), ("ko", "IWM의 PER은 19%예요.")])
def test_a_number_of_another_property_does_not_bear_out(language: Language, text: str) -> None:
    quote = (
        "The P/E of IWM is 20.4, 19% below that of others." if language == "en" else "IWM의 PER은 20.4배로 19% 낮다."
    )
    source = article("pe", quote, language, "P/E")
    figure = Figure("IWM", "pe_ratio", 20.4, "multiple", source.published, "article", "Publisher")
    cited = Citation(1, source, 0, len(quote), quote, figure)
    right = text.replace("19%", "20.4배" if language == "ko" else "20.4")
    for said, borne_out in ((text, 0), (right, 1)):
        answer = Answer("?", language, False, "a model", said, (AnswerSentence(said, (1,)),), (cited,))
        assert attribution(answer).borne_out == borne_out


@pytest.mark.parametrize(("language", "cited"), [("en", "ko"), ("ko", "en")])
def test_a_quote_in_the_other_language_bears_out_numbers_and_names(language: Language, cited: Language) -> None:
    told = {"en": "The expense ratio of IWM is 0.19%.", "ko": "IWM의 보수는 0.19%예요."}[language]
    assert _counts(told, 1, language=language, cited=cited) == (1, 1)
    assert _counts(told, 2, language=language, cited=cited) == (0, 0)


def test_a_computed_number_needs_the_numbers_that_it_comes_from() -> None:
    told = "IWM charges 0.19% and VTWO charges 0.07% a year, 0.12%p apart."
    checks = (NumberCheck("0.12%p", "computed", 1, "0.19% − 0.07%"),)
    assert _counts(told, 1, 2, language="en", checks=checks) == (2, 1)
    assert _counts("IWM charges 0.12%p more a year.", 1, language="en", checks=checks) == (0, 0)


class _Saying:
    """Answers everything with one sentence beside the first quote."""

    def __init__(self, said: dict[Language, str]) -> None:
        self.said = said

    def ask(self, question: str) -> Answer:
        language: Language = "en" if question.isascii() else "ko"
        quote, text = TEXTS[language][0], self.said[language]
        citation = Citation(1, article("fees", quote, language, "Fees"), 0, len(quote), quote)
        return Answer(question, language, False, "a model", text, (AnswerSentence(text, (1,)),), (citation,))


def test_evaluating_shows_a_bad_model_by_its_precision_and_recall(tmp_path: Path) -> None:
    file = tmp_path / "questions.yaml"
    file.write_text(
        "- {id: en, question: 'Fees?', language: en, kind: figure}\n"
        "- {id: ko, question: '보수?', language: ko, kind: figure}\n",
        encoding="utf-8",
    )
    good = {"en": "The fund IWM charges its holders 0.19% a year.", "ko": "총보수는 IWM이 연 0.19%예요."}
    bad = {"en": "IWM is sure to rise soon.", "ko": "IWM은 곧 오를 것이 분명해요."}
    for said, share in ((good, "1/1 (100.0%)"), (bad, "0/1 (0.0%)")):
        for scores in answer_scores(_Saying(said), file):
            assert (scores["citation_precision"], scores["citation_recall"]) == (share, share)
            assert scores["by_a_model"] == "1/1 (100.0%)" and scores["citation_exact"] == "1/1 (100.0%)"


def test_counts_of_several_answers_are_added_up() -> None:
    assert Attribution(1, 1, 2, 1) + Attribution(3, 2, 4, 3) == Attribution(4, 3, 6, 4)
