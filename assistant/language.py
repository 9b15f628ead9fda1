"""Korean and English as the assistant meets them: which one a text is in, clean characters, and Korean particles.

Also what can be asked at all. Knows nothing of finance; names and aliases are in the vocabulary.
"""

from __future__ import annotations

import re
import unicodedata
from typing import get_args

from assistant.errors import QuestionError
from assistant.types import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)
MAX_LENGTH = 4_000  # characters of a question or a query

_BRACKETED = re.compile(r"\s*\([^()]*\)\s*$")  # 주가수익비율(P/E) is read as 주가수익비율
_SYLLABLES = range(0xAC00, 0xD7A4)
# Whether the Korean name of a Latin letter or digit ends in a consonant, and whether that consonant is ㄹ.
_LETTER_ENDS_IN_CONSONANT = frozenset("lmnr013678")
_LETTER_ENDS_IN_RIEUL = frozenset("lr178")


def detect_language(text: str) -> Language:
    """Return "ko" when the text has any Hangul, else "en"."""
    return "ko" if any(is_hangul(char) or 0x3131 <= ord(char) <= 0x318E for char in text) else "en"


def main_language(text: str) -> Language:
    """Return the language of most of the text: a Korean article may name much in Latin letters."""
    hangul = sum(map(is_hangul, text))
    latin = sum(char.isascii() and char.isalpha() for char in text)
    return "ko" if hangul and hangul >= latin / 4 else "en"


def is_hangul(char: str) -> bool:
    return ord(char) in _SYLLABLES


def columns(line: str) -> int:
    """Return the width of a line as a terminal shows it: Hangul and Han take two columns."""
    return len(line) + sum(unicodedata.east_asian_width(char) in "WF" for char in line)


def normalize(text: str) -> str:
    """Return the text in NFC, with control and invisible characters turned into spaces or removed."""
    kept = (" " if char.isspace() else char for char in unicodedata.normalize("NFC", text) if _is_visible(char))
    return " ".join("".join(kept).split())


def clean_question(text: str) -> str:
    """Return a question or query normalized; raises QuestionError when it is empty or longer than MAX_LENGTH."""
    asked = normalize(text)
    if not asked:
        raise QuestionError("The question is empty: type a question.", "질문이 비어 있어요. 질문을 적어 주세요.")
    if len(asked) > MAX_LENGTH:
        raise QuestionError(
            f"The question has {len(asked):,} characters: at most {MAX_LENGTH:,} can be asked at once. Shorten it.",
            f"질문이 {len(asked):,}자예요. 한 번에 {MAX_LENGTH:,}자까지 물을 수 있으니 줄여 주세요.",
        )
    return asked


def jamo(text: str) -> str:
    """Return the text with each Hangul syllable as its letters, so that one slip of a key is one edit."""
    return unicodedata.normalize("NFD", text)


def josa(word: str, pair: str) -> str:
    """Return the particle that fits after the word: `josa("IWM", "은/는")` is "은"; "으로/로" keeps its ㄹ rule."""
    with_consonant, with_vowel = pair.split("/")
    consonant, rieul = _final_sound(word)
    if with_consonant == "으로" and rieul:
        return with_vowel
    return with_consonant if consonant else with_vowel


def be(noun: str) -> str:
    """Return the form of "to be" that fits an English noun: the net assets are, the number of holdings is."""
    plural = noun.endswith("s") and not noun.endswith(("ss", "us")) and " of " not in noun
    return "are" if plural else "is"


def _final_sound(word: str) -> tuple[bool, bool]:
    """Return whether the last sound is a consonant, and whether it is ㄹ; closing punctuation is not heard."""
    heard = [
        char
        for char in _BRACKETED.sub("", word)
        if is_hangul(char) or (char.isascii() and char.isalnum()) or char == "%"
    ]
    if not heard:
        return False, False
    last = heard[-1].lower()
    if is_hangul(last):
        final = (ord(last) - 0xAC00) % 28
        return final != 0, final == 8
    return last in _LETTER_ENDS_IN_CONSONANT, last in _LETTER_ENDS_IN_RIEUL


def _is_visible(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
