"""The page's words: both languages whole, alike in their places, and each in its own language."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from string import Formatter
from typing import get_args

import pytest

from assistant.types import Language, Verdict
from assistant.web.figures_texts import FIGURE_TEXTS, FIGURES_PATHS, FigureTexts
from assistant.web.texts import LANGUAGE_NAMES, PATHS, TEXTS, Texts, show_date, show_dates

LANGUAGES = get_args(Language)
SENTENCES = [field.name for field in fields(Texts) if field.type == "str"]
FIGURE_WORDS = [field.name for field in fields(FigureTexts) if field.type == "str"]
FIGURE_TABLES = [field.name for field in fields(FigureTexts) if field.type != "str"]
WITHOUT_WORDS = {"month", "names"}


def _has_hangul(text: str) -> bool:
    return any("가" <= character <= "힣" for character in text)


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_table_has_both_languages() -> None:
    assert set(TEXTS) == set(PATHS) == set(LANGUAGE_NAMES) == set(LANGUAGES)
    assert set(FIGURE_TEXTS) == set(FIGURES_PATHS) == set(LANGUAGES)


@pytest.mark.parametrize("name", SENTENCES)
def test_a_text_is_korean_here_and_english_there_with_the_same_places(name: str) -> None:
    korean, english = getattr(TEXTS["ko"], name), getattr(TEXTS["en"], name)
    assert _has_hangul(korean) or name in {"as_of_range"}
    assert english and not _has_hangul(english)
    assert _places(korean) == _places(english)


@pytest.mark.parametrize("name", FIGURE_WORDS)
def test_a_text_of_the_figures_view_is_in_its_language_with_the_same_places(name: str) -> None:
    korean, english = getattr(FIGURE_TEXTS["ko"], name), getattr(FIGURE_TEXTS["en"], name)
    assert _has_hangul(korean) or name in WITHOUT_WORDS
    assert english and not _has_hangul(english)
    assert _places(korean) == _places(english)


@pytest.mark.parametrize("name", FIGURE_TABLES)
def test_a_table_of_the_figures_view_has_the_same_keys_in_both_languages(name: str) -> None:
    korean, english = getattr(FIGURE_TEXTS["ko"], name), getattr(FIGURE_TEXTS["en"], name)
    assert list(korean) == list(english)
    assert not any(_has_hangul(text) for text in english.values())
    assert all(_has_hangul(text) for text in korean.values()) or name in WITHOUT_WORDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_names_all_verdicts_and_languages_and_four_to_six_examples(language: Language) -> None:
    texts = TEXTS[language]
    assert set(texts.verdict) == set(get_args(Verdict))
    assert set(texts.written_in) == set(LANGUAGES)
    assert 4 <= len(texts.examples) <= 6
    assert all(_has_hangul(example) == (language == "ko") for example in texts.examples)


def test_sentences_in_korean_are_polite_and_never_formal() -> None:
    sentences = [getattr(TEXTS["ko"], name) for name in SENTENCES]
    sentences += [getattr(FIGURE_TEXTS["ko"], name) for name in FIGURE_WORDS]
    assert not [text for text in sentences if "니다" in text]


@pytest.mark.parametrize(("language", "expected"), [("ko", "2026. 2. 13."), ("en", "Feb 13, 2026")])
def test_a_date_is_written_as_its_language_does(language: Language, expected: str) -> None:
    assert show_date(date(2026, 2, 13), language) == expected


def test_dates_are_one_date_a_range_or_nothing() -> None:
    first, last = date(2025, 12, 31), date(2026, 2, 13)
    assert show_dates({first}, "ko") == "2025. 12. 31. 기준"
    assert show_dates({last, first}, "en") == "as of Dec 31, 2025 to Feb 13, 2026"
    assert show_dates(set(), "ko") == ""
