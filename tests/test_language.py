"""Which language a text is in, clean characters, and Korean particles."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import QuestionError
from assistant.language import MAX_LENGTH, be, clean_question, detect_language, jamo, josa, normalize


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("VTWO의 비중은?", "ko"),
        ("IWM 은", "ko"),
        ("ㅇㅋ IWM", "ko"),
        ("What is IWM?", "en"),
        ("IWM 0.19%", "en"),
        ("日本 株", "en"),
        ("", "en"),
    ],
)
def test_any_hangul_makes_a_text_korean(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  IWM은\t얼마\n예요? ", "IWM은 얼마 예요?"),
        ("zero\u200bwidth and\ufeff mark", "zerowidth and mark"),
        ("bell\x07 and null\x00", "bell and null"),
        ("a\u00a0b\u3000c", "a b c"),
        (unicodedata.normalize("NFD", "러셀 café"), "러셀 café"),
        ("18.8％", "18.8％"),
    ],
)
def test_normalized_text_has_no_hidden_characters(text: str, clean: str) -> None:
    assert normalize(text) == clean


@settings(deadline=None)
@given(st.text())
def test_normalizing_twice_changes_nothing_more(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@pytest.mark.parametrize("text", ["", " \n", "\u200b\x00"])
def test_question_without_visible_characters_is_refused(text: str) -> None:
    with pytest.raises(QuestionError) as refused:
        clean_question(text)
    assert refused.value.message("en") == str(refused.value)
    assert "비어" in refused.value.message("ko")


def test_question_may_be_as_long_as_the_limit_and_no_longer() -> None:
    assert clean_question(" " + "가" * MAX_LENGTH) == "가" * MAX_LENGTH
    with pytest.raises(QuestionError, match="4,001"):
        clean_question("가" * (MAX_LENGTH + 1))


def test_jamo_makes_a_slip_in_a_syllable_one_letter() -> None:
    assert len(jamo("골드만")) == 8
    assert sum(left != right for left, right in zip(jamo("골드만"), jamo("골드먼"), strict=True)) == 1


@pytest.mark.parametrize(
    ("word", "pair", "particle"),
    [
        ("IWM", "은/는", "은"),
        ("VTWO", "은/는", "는"),
        ("AUM", "은/는", "은"),
        ("ETF", "은/는", "는"),
        ("PER", "이/가", "이"),
        ("러셀 2000", "을/를", "을"),
        ("나스닥-100", "이/가", "이"),
        ("S&P 500", "은/는", "은"),
        ("18.8%", "이에요/예요", "예요"),
        ("18.8%", "이/가", "가"),
        ("2000년 5월 22일", "이에요/예요", "이에요"),
        ("720억 달러", "이에요/예요", "예요"),
        ("20.4배", "이에요/예요", "예요"),
        ("6회", "이에요/예요", "예요"),
        ("1,961개", "이에요/예요", "예요"),
        ("0.12%p", "이에요/예요", "예요"),
        ("총보수", "은/는", "는"),
        ("수익률", "은/는", "은"),
        ("주가수익비율(P/E)", "은/는", "은"),
        ("'금융'", "과/와", "과"),
    ],
)
def test_particle_fits_the_last_sound(word: str, pair: str, particle: str) -> None:
    assert josa(word, pair) == particle


@pytest.mark.parametrize(
    ("word", "particle"),
    [
        ("금융", "으로"),
        ("금리", "로"),
        ("수익률", "로"),
        ("서울", "로"),
        ("IWM", "으로"),
        ("VTWO", "로"),
        ("URL", "로"),
        ("PER", "로"),
        ("0.19%", "로"),
        ("3", "으로"),
        ("7", "로"),
        ("8", "로"),
        ("1", "로"),
        ("2000", "으로"),
    ],
)
def test_euro_keeps_its_rule_for_rieul(word: str, particle: str) -> None:
    assert josa(word, "으로/로") == particle


@pytest.mark.parametrize("word", ["", "?", "漢"])
def test_word_without_a_known_sound_takes_the_particle_after_a_vowel(word: str) -> None:
    assert josa(word, "은/는") == "는"


@pytest.mark.parametrize(
    ("noun", "form"),
    [("net assets", "are"), ("expense ratio", "is"), ("number of holdings", "is"), ("focus", "is"), ("loss", "is")],
)
def test_to_be_fits_the_noun(noun: str, form: str) -> None:
    assert be(noun) == form
