"""A model's reply cut into sentences, in whatever pieces it comes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reply import Said, sentences_of
from assistant.types import Language

REPLIES: dict[str, tuple[Language, list[Said]]] = {
    "One. [1]\nTwo. [2][3]\n": ("en", [Said("One. [1]"), Said("Two. [2][3]")]),
    "It is 5%. [1] It was 4.5%. [2]": ("en", [Said("It is 5%. [1]"), Said("It was 4.5%. [2]")]),
    "It is 5% [1]. It was 4% [2].": ("en", [Said("It is 5% [1]."), Said("It was 4% [2].")]),
    "No marker here. One here. [1]": ("en", [Said("No marker here."), Said("One here. [1]")]),
    "보수는 0.07%예요. [1] 가장 낮아요. [2]": ("ko", [Said("보수는 0.07%예요. [1]"), Said("가장 낮아요. [2]")]),
    "- One. [1]\n* Two. [2]": ("en", [Said("One. [1]", "\n- "), Said("Two. [2]", "\n- ")]),
    "1. 금리예요. [1]\n2) 경기예요. [2]": ("ko", [Said("금리예요. [1]", "\n1. "), Said("경기예요. [2]", "\n2. ")]),
    "## Head\n\n**One** is so. [1, 2]": ("en", [Said("Head"), Said("One is so. [1][2]")]),
    "```\nOne. 【3】\n```": ("en", [Said("One. [3]")]),
    "<think>One. [1]\nTwo.</think>\nThree. [3]": ("en", [Said("Three. [3]")]),
    "<think>for ever": ("en", []),
    "<thin ice> is cold. [1]": ("en", [Said("<thin ice> is cold. [1]")]),
    " \n\n": ("en", []),
    "[1][2]": ("en", []),
}


@pytest.mark.parametrize("reply", REPLIES)
@pytest.mark.parametrize("size", [1, 3, 1_000])
def test_pieces_of_any_size_give_the_same_sentences(reply: str, size: int) -> None:
    language, wanted = REPLIES[reply]
    pieces = [reply[start : start + size] for start in range(0, len(reply), size)]
    assert list(sentences_of(pieces, language)) == wanted


def test_sentence_is_there_as_soon_as_it_is_whole() -> None:
    taken: list[str] = []

    def pieces() -> list[str]:
        return ["One is", " so. [1]", "\n", "Two is"]

    def counted() -> object:
        for piece in pieces():
            taken.append(piece)
            yield piece

    assert next(sentences_of(counted(), "en")) == Said("One is so. [1]")  # type: ignore[arg-type]
    assert taken == ["One is", " so. [1]", "\n"]


@given(st.lists(st.text(max_size=40), max_size=8), st.sampled_from(["ko", "en"]))
def test_no_reply_breaks_it(pieces: list[str], language: Language) -> None:
    for said in sentences_of(pieces, language):
        assert said.text == said.text.strip() and "\n" not in said.text
