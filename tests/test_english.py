"""Sentence borders and stems of English."""

from __future__ import annotations

import pytest

from assistant.english import english_breaks, english_stem


def split(text: str) -> list[str]:
    places = [0, *english_breaks(text), len(text)]
    return [text[start:end].strip() for start, end in zip(places, places[1:], strict=False)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["The fund rose.", "U.S. stocks fell."],
        ["It was Mr. Kim's idea.", "Dr. Lee agreed."],
        ["Assets, e.g. bonds vs. stocks, fell 0.5%.", "It costs 0.07% a year."],
        ["By Anthony J. Di Pizio for J. P. Morgan.", "W. A. Mozart did not invest."],
        ["Apple Inc. rose.", "She works at Apple Inc.", "The firm is big."],
        ["Made in the U.S. by hand.", "It is sold in the U.S.", "That is all."],
        ["It opened at 9.30 a.m. on Monday.", "Why?", "Nobody knows!", "We wait."],
        ['He said "It rose."', '"It fell," she said.', "(Both were right.)", "So what?"],
        ["See No. 5 and fig. 3.", "Was it up?", "No.", "It was down."],
        ["In Jan. 2026 it fell...", "And rose…", "Then it slept."],
        ["iShares launched it.", "iShares runs it."],
        ["A claim.[2]", "Another one [3].", "The end."],
        ["Yahoo! is a name and so is Yum! brands.", "Right."],
        ["1. Interest rates matter."],
        ["the fund rose.", "it fell.", "nothing here has a capital"],
        ["No stop at all"],
        ["The index holds 2,000.", "Of these, 10 matter."],
    ],
)
def test_joined_sentences_are_split_again(sentences: list[str]) -> None:
    joined = [piece for piece in split(" ".join(sentences)) if piece]
    assert joined == sentences


@pytest.mark.parametrize(
    ("words", "stem"),
    [
        (("risk", "risks"), "risk"),
        (("company", "companies"), "compan"),
        (("weight", "weights", "weighting", "weighted"), "weight"),
        (("volatile", "volatility"), "volatil"),
        (("invest", "investing", "investment", "investor"), "invest"),
        (("IWM".lower(), "vtwo"), None),
    ],
)
def test_forms_of_a_word_share_a_stem(words: tuple[str, ...], stem: str | None) -> None:
    assert {english_stem(word) for word in words} == ({stem} if stem else set(words))
