"""Sentences and passages are exact slices of their article."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.passages import LONGEST_SENTENCE, PASSAGE_CHARACTERS, passages_of, sentences_of
from assistant.types import Article, Language, Passage, Sentence

LINES = st.sampled_from(
    ["## 제목", "# Title", "### Sub", "- item", "1. 항목", "  - nested", "", "---", "| a | b |", "```", "no stop",
     "소형주는 싸다. 그래서 산다.", "The U.S. fund rose. It fell.", "<p>a</p>", "2. 13. 기준", "x" * 1500, "가 " * 900]
)  # fmt: skip
BODIES = st.lists(LINES | st.text(max_size=60), max_size=25).map("\n".join)


def article(text: str, language: Language = "ko") -> Article:
    return Article("small-caps", "Title", language, "us", date(2026, 2, 13), text)


@pytest.mark.parametrize("language", ["ko", "en"])
@given(text=BODIES)
@settings(max_examples=60, deadline=None)
def test_any_text_gives_ordered_exact_slices(language: Language, text: str) -> None:
    body = article(text, language)
    sentences = sentences_of(body)
    _check_slices(text, sentences)
    _check_slices(text, passages_of(body, sentences))
    assert all(len(sentence.text) <= LONGEST_SENTENCE[language] for sentence in sentences)


@given(text=BODIES)
@settings(max_examples=60, deadline=None)
def test_no_word_outside_headings_and_marks_is_lost(text: str) -> None:
    body = article(text)
    sentences = sentences_of(body)
    inside = set()
    for sentence in sentences:
        inside.update(range(sentence.start, sentence.end))
    rest = "".join(" " if place in inside and not char.isspace() else char for place, char in enumerate(text))
    for line in rest.split("\n"):
        outside = re.sub(r"^\s*(?:[-*+•]|\d{1,3}[.)])(?=\s|$)", "", line)
        is_heading = re.match(r" {0,3}#{1,6}[ \t]", line) or re.match(r" {0,3}(```|~~~)", line)
        underlined = line.strip() and re.search(re.escape(line) + r"\n {0,3}(=+|-{3,})[ \t]*(\n|$)", text)
        assert is_heading or underlined or not any(map(str.isalnum, outside))


@given(text=BODIES)
@settings(max_examples=60, deadline=None)
def test_every_sentence_is_in_one_passage_of_its_section(text: str) -> None:
    body = article(text)
    sentences = sentences_of(body)
    passages = passages_of(body, sentences)
    for sentence in sentences:
        around = [p for p in passages if p.start <= sentence.start and sentence.end <= p.end]
        assert [passage.section for passage in around] == [sentence.section]


def _check_slices(text: str, pieces: list[Sentence] | list[Passage]) -> None:
    place = 0
    for piece in pieces:
        assert place <= piece.start < piece.end
        assert text[piece.start : piece.end] == piece.text == piece.text.strip()
        place = piece.end


def test_passages_are_about_the_target_and_stay_in_their_section() -> None:
    paragraph = "소형주는 금리에 민감하게 움직인다. " * 60
    body = article(f"## 금리\n\n{paragraph}\n\n## 유동성\n\n거래가 적다.")
    passages = passages_of(body, sentences_of(body))
    assert [passage.section for passage in passages][-2:] == [("금리",), ("유동성",)]
    assert all(abs(len(passage.text) - PASSAGE_CHARACTERS["ko"]) < 60 for passage in passages[:-1])
    assert passages[-1].text == "거래가 적다."
    assert passages[0].id == f"small-caps:{passages[0].start}"


def test_sections_of_the_same_name_stay_apart() -> None:
    body = article("## A\none\n## A\ntwo", "en")
    assert [passage.text for passage in passages_of(body, sentences_of(body))] == ["one", "two"]


def test_short_list_stays_in_one_passage() -> None:
    items = "\n".join(f"{number}. 종목 {number}의 비중은 1.{number}%이고 순위는 같다." for number in range(1, 11))
    body = article(f"{'앞 문장은 이렇게 길게 이어진다. ' * 20}\n\n{items}")
    passages = passages_of(body, sentences_of(body))
    assert any(items[3:] in passage.text for passage in passages)


def test_long_list_is_divided_between_items() -> None:
    body = article("\n".join(f"- 위험 {number}은 오래 설명해야 하는 것이다." for number in range(80)))
    sentences = sentences_of(body)
    passages = passages_of(body, sentences)
    assert len(passages) > 2
    assert {passage.start for passage in passages} <= {sentence.start for sentence in sentences}


def test_sentence_without_a_stop_is_cut_at_spaces() -> None:
    body = article("word " * 1000, "en")
    sentences = sentences_of(body)
    assert len(sentences) == 4
    assert all(re.fullmatch(r"word( word)*", sentence.text) for sentence in sentences)


def test_plain_text_without_marks_works() -> None:
    body = article("소형주 ETF다. 보수는 연 0.19%다.\n뱅가드도 있다.")
    assert [sentence.text for sentence in sentences_of(body)] == [
        "소형주 ETF다.",
        "보수는 연 0.19%다.",
        "뱅가드도 있다.",
    ]
    assert len(passages_of(body, sentences_of(body))) == 1


def test_empty_body_has_nothing() -> None:
    assert sentences_of(article("")) == passages_of(article(""), []) == []
