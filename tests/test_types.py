"""The answer as JSON: dates in ISO 8601, citations by number, nothing that JSON does not know."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace
from datetime import date

import pytest

from assistant.types import Answer, AnswerSentence, Article, Citation, Figure, Language, NumberCheck

TEXT = "VTWO charges 0.07%. It began on September 20, 2010."
ARTICLE = Article("basics", "Basics", "en", "Publisher", date(2026, 2, 13), TEXT, "https://example.com/a", ("VTWO",))
FEE = Figure(
    "VTWO", "expense_ratio", 0.07, "percent", date(2025, 12, 31), "article", "Publisher", "basics", 0, 19, TEXT[:19]
)
BEGAN = replace(FEE, metric="inception_date", value=date(2010, 9, 20), unit="date", start=20, end=51, quote=TEXT[20:51])
CITATIONS = (Citation(1, ARTICLE, 0, 19, TEXT[:19], FEE), Citation(2, ARTICLE, 20, 51, TEXT[20:51], BEGAN))


def _answer(language: Language = "en") -> Answer:
    checks = (NumberCheck("0.07%", "quoted", 1), NumberCheck("0.12%p", "computed", 1, "0.19% − 0.07%"))
    return Answer(
        "What?", language, False, "extractive", "VTWO charges 0.07%. [1]", (AnswerSentence(TEXT[:19], (1,), checks),),
        CITATIONS, (FEE, BEGAN), ("What else?",), timings_ms={"retrieve": 1, "write": 2, "check": 3},
    )  # fmt: skip


@pytest.mark.parametrize("language", ["ko", "en"])
def test_answer_is_the_documented_json(language: Language) -> None:
    assert _answer(language).to_dict() == {
        "question": "What?",
        "asked_as": None,
        "language": language,
        "abstained": False,
        "writer": "extractive",
        "text": "VTWO charges 0.07%. [1]",
        "sentences": [
            {
                "text": "VTWO charges 0.07%.",
                "citations": [1],
                "numbers": [
                    {"text": "0.07%", "verdict": "quoted", "citation": 1},
                    {"text": "0.12%p", "verdict": "computed", "citation": 1, "formula": "0.19% − 0.07%"},
                ],
            }
        ],
        "citations": [
            {
                "number": 1, "kind": "passage", "article": "basics", "title": "Basics", "url": "https://example.com/a",
                "publisher": "Publisher", "published": "2026-02-13", "language": "en", "start": 0, "end": 19,
                "quote": "VTWO charges 0.07%.",
            },
            {
                "number": 2, "kind": "passage", "article": "basics", "title": "Basics", "url": "https://example.com/a",
                "publisher": "Publisher", "published": "2026-02-13", "language": "en", "start": 20, "end": 51,
                "quote": "It began on September 20, 2010.",
            },
        ],
        "figures": [
            {
                "subject": "VTWO", "metric": "expense_ratio", "value": 0.07, "unit": "percent", "as_of": "2025-12-31",
                "origin": "article", "source": "Publisher", "citation": 1, "stale": False,
            },
            {
                "subject": "VTWO", "metric": "inception_date", "value": "2010-09-20", "unit": "date",
                "as_of": "2025-12-31", "origin": "article", "source": "Publisher", "citation": 2, "stale": False,
            },
        ],
        "follow_ups": ["What else?"],
            "notices": [],
        "timings_ms": {"retrieve": 1, "write": 2, "check": 3},
    }  # fmt: skip


def test_answer_survives_being_written_and_read() -> None:
    made = _answer().to_dict()
    assert json.loads(json.dumps(made)) == made


def test_figure_without_citation_says_so() -> None:
    made = replace(_answer(), citations=()).to_dict()
    assert [figure["citation"] for figure in made["figures"]] == [None, None]


def test_article_without_address_has_none() -> None:
    cited = replace(CITATIONS[0], article=replace(ARTICLE, source_url=None))
    assert replace(_answer(), citations=(cited,)).to_dict()["citations"][0]["url"] is None


@pytest.mark.parametrize("value", [ARTICLE, FEE, CITATIONS[0], _answer(), AnswerSentence("A fact.")])
def test_values_cannot_be_changed(value: object) -> None:
    name = type(value).__slots__[0]  # type: ignore[attr-defined]
    with pytest.raises(FrozenInstanceError):
        setattr(value, name, "other")
