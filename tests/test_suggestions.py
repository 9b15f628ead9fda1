"""From a checked draft to the answer: abstaining, its topics, and what to ask next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assistant.citations import Checked
from assistant.clocks import Now
from assistant.figures.preference import LiveTable
from assistant.figures.table import FigureTable
from assistant.question import read_question
from assistant.suggestions import complete
from assistant.types import AnswerSentence, Citation, Figure, Hit, Language, NumberCheck, Passage
from assistant.vocabulary import load_vocabulary
from tests.fakes import article

TEXT = "IWM charges 0.19%. Oil fell."
NOTE = article("note", TEXT)
FEE = Figure(
    "IWM", "expense_ratio", 0.19, "percent", date(2025, 12, 31), "article", "Publisher", "note", 0, 18, TEXT[:18]
)
SENTENCE = AnswerSentence(TEXT[:18], (1,), (NumberCheck("0.19%", "quoted", 1),))
CHECKED = Checked(f"{TEXT[:18]} [1]", (SENTENCE,), (Citation(1, NOTE, 0, 18, TEXT[:18], FEE),), 0)
ASKED: dict[Language, str] = {"ko": "IWM의 총보수는?", "en": "What is the expense ratio of IWM?"}
QUESTIONS = {language: read_question(text, load_vocabulary(), this_year=2026) for language, text in ASKED.items()}
NOW = Now(LiveTable((), date(2026, 11, 22)), {}, date(2026, 11, 22))
both = pytest.mark.parametrize("language", ["ko", "en"])


def _hit(place: int, *section: str) -> Hit:
    return Hit(Passage(f"note:{place}", "note", section, place * 100, place * 100 + 50, "…", "en"), 0.5, place + 1)


HITS = [_hit(0, "Fund", "Costs"), _hit(1, "Oil"), _hit(2, "Oil"), _hit(3), _hit(4, "Rates"), _hit(5, "Banks")]


def _others(*metrics: str) -> FigureTable:
    return FigureTable([FEE, *(replace(FEE, metric=metric) for metric in metrics)], {"note": "en"})


@both
@pytest.mark.parametrize("checked", [None, Checked("", (), (), 3)])
def test_without_a_checked_sentence_it_abstains(language: Language, checked: Checked | None) -> None:
    answer = complete(QUESTIONS[language], checked, HITS, _others(), NOW)
    fixed = {"ko": "자료에서 찾지 못했어요.", "en": "The sources do not answer this."}[language]
    assert answer.abstained and answer.language == language
    assert answer.sentences == (AnswerSentence(fixed),)
    assert (answer.citations, answer.figures) == ((), ())
    assert answer.text.startswith(f"{fixed}\n\n") and answer.text.endswith(": Costs · Oil · Rates")


@both
def test_abstaining_without_hits_is_the_sentence_alone(language: Language) -> None:
    answer = complete(QUESTIONS[language], None, [], _others(), NOW)
    assert answer.text == answer.sentences[0].text


@both
def test_answer_holds_what_was_checked(language: Language) -> None:
    answer = complete(QUESTIONS[language], CHECKED, [], _others(), NOW)
    assert (answer.question, answer.language) == (QUESTIONS[language].text, language)
    assert (answer.abstained, answer.writer, answer.text) == (False, "extractive", CHECKED.text)
    assert (answer.sentences, answer.citations, answer.figures) == (CHECKED.sentences, CHECKED.citations, (FEE,))


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ko", ("IWM의 순자산총액은?", "IWM의 종목 수는?", "Oil에 대해 알려 주세요")),
        ("en", ("What are the net assets of IWM?", "What is the number of holdings of IWM?", "Tell me about: Oil")),
    ],
)
def test_follow_ups_are_other_figures_then_other_sections(language: Language, expected: tuple[str, ...]) -> None:
    table = _others("net_assets", "holdings_count", "inception_date")
    assert complete(QUESTIONS[language], CHECKED, HITS, table, NOW).follow_ups == expected


def test_answer_without_figures_is_followed_by_sections_that_it_did_not_cite() -> None:
    plain = replace(CHECKED, citations=(Citation(1, NOTE, 0, 18, TEXT[:18]),))
    answer = complete(QUESTIONS["en"], plain, HITS, _others("net_assets"), NOW)
    assert answer.figures == ()
    assert answer.follow_ups == ("Tell me about: Oil", "Tell me about: Rates", "Tell me about: Banks")
