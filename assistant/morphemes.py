"""Sentence borders and content words of Korean and English text.

Kiwi lives here: it is loaded at first use, once for the process (about 1.2 s and 320 MB), and used under a lock.
Knows nothing of Markdown, articles or the index; a text without Hangul never loads Kiwi.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.english import ENGLISH_STOP_WORDS, english_breaks, english_stem
from assistant.types import Language
from assistant.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from kiwipiepy import Kiwi, Token

Span = tuple[int, int]

_lock = threading.RLock()  # guards loading and every call: Kiwi promises nothing about concurrent use

_HANGUL = re.compile(r"[\uac00-\ud7a3ᄀ-ᇿㄱ-ㆎ]")
_LATIN_LETTER = re.compile(r"[A-Za-z]")
_PARAGRAPH = re.compile(r"(?:[^\n]|\n(?![^\S\n]*\n))+")
_TRAILING_WORD = re.compile(r"\S+$")
# A run without Hangul: a number (2,000 or 18.8), an acronym (U.S.), or letters and digits, joined by & (S&P).
_FOREIGN = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+\.\d+|(?:[a-z]\.){2,}|[^\W_\uac00-\ud7a3ᄀ-ᇿㄱ-ㆎ]+(?:&[a-z]+)*"
)
_LEADING_ZEROS = re.compile(r"^0+(?=\d)")
_NOUNS = frozenset({"NNG", "NNP", "NNB", "NR", "XR"})
_VERBS = frozenset({"VV", "VA"})
_PARTICLES = frozenset("은는이가을를의에도만로와과")
_LONGEST_BRACKET = 400
_CONTEXT = 40  # characters on each side of a broken line that tell whether a word was broken
_MOST_BREAKS = 20_000  # of a text that are looked at, about 3 ms each; a page has 30
_COMPOUND = frozenset({"NNG", "NNP", "NNB", "NR", "XR", "XSN", "XPN", "MM"})  # parts of one written word
_KOREAN_STOP_WORDS = frozenset(
    "하 되 있 없 것 수 때 어떻 어떠하 같 위하 대하 따르 통하 등 중 이 그 저 무엇 누구 어디 언제 얼마 알".split()
)


def split_sentences(text: str, language: Language) -> list[Span]:
    """Return the spans of the sentences of `text` in order; only whitespace lies between them.

    A line break counts as a space and a blank line as a border. The script of a paragraph decides how it is split, not
    the language of the article; `language` settles paragraphs that mix scripts.
    """
    spans: list[Span] = []
    for paragraph in _PARAGRAPH.finditer(text):
        line = paragraph.group().replace("\n", " ")
        borders = _borders(line, language)
        spans += ((paragraph.start() + start, paragraph.start() + end) for start, end in _pieces(line, borders))
    return spans


def terms(text: str, language: Language) -> list[str]:
    """Return the content words in reading order: lower case, NFKC, without particles, endings and stop words.

    Korean nouns and the stems of verbs and adjectives, and each compound noun also as one word; other words are stemmed
    when English. Latin words of a Korean text are never stop words (PER, IT).
    """
    return [term for _, term in placed_terms(text, language)]


def placed_terms(text: str, language: Language) -> list[tuple[int, str]]:
    """Return `terms` with where each begins in the lower-cased NFKC form of the text."""
    clean = unicodedata.normalize("NFKC", text).lower().replace("#", " ").replace("@", " ")
    found = list(_foreign_terms(clean, ENGLISH_STOP_WORDS if language == "en" else frozenset()))
    if _HANGUL.search(clean):
        found += _korean_terms(clean)
        found.sort(key=lambda place_and_term: place_and_term[0])
    return found


def index_terms(text: str, language: Language) -> list[str]:
    """Return `terms` and one for each concept that the text names (`#expense_ratio`), the same in both languages."""
    concepts = {mention.concept.id: None for mention in load_vocabulary().find(text)}
    return terms(text, language) + [concept_term(concept) for concept in concepts]


def proper_nouns(text: str) -> list[str]:
    """Return the Korean proper nouns of the text, such as 엔비디아, as their terms."""
    return [noun for _, noun in placed_proper_nouns(text)]


def placed_proper_nouns(text: str) -> list[tuple[int, str]]:
    """Return `proper_nouns` with their places as in `placed_terms`.

    A noun that no dictionary has (리비안) counts as one: whether the analyser tells it from a common noun hangs on what
    stands around it.
    """
    clean = unicodedata.normalize("NFKC", text).lower()
    if not _HANGUL.search(clean):
        return []
    with _lock:
        tokens = _kiwi().tokenize(clean)
        nouns = [token for token in tokens if token.tag == "NNP" or (token.oov and token.tag in _NOUNS)]
        return [(noun.start, _bare(noun)) for noun in nouns if _HANGUL.match(noun.form)]


def _bare(noun: Token) -> str:
    """A noun without the particle that was taken for the end of its unknown name: 엔비디아도 is 엔비디아."""
    name: str = noun.form
    ended = noun.oov and name[-1] in _PARTICLES
    return name[:-1] if ended and [token.oov for token in _kiwi().tokenize(name[:-1])] == [False] else name


def concept_term(concept: str) -> str:
    """Return the term that stands for a concept of the vocabulary in both languages: "S&P 500" is `#s_p_500`."""
    return "#" + re.sub(r"\W+", "_", concept).lower()


def join_broken(text: str, mark: str) -> str:
    """Return the text with each mark, where a line was broken between two syllables, as a space or as nothing."""
    first, *others = text.split(mark)
    parts = [first]
    for number, (before, after) in enumerate(pairwise([first, *others])):
        parts += ("" if number < _MOST_BREAKS and _is_one_word(before, after) else " ", after)
    return "".join(parts)


def _is_one_word(before: str, after: str) -> bool:
    """Tell whether a word goes on from one text to the next; others may use Kiwi between two such calls."""
    with _lock:
        _, spaced = _kiwi().glue([before[-_CONTEXT:], after[:_CONTEXT]], return_space_insertions=True)
    return not spaced[0]


def _borders(line: str, language: Language) -> list[int]:
    """Return where a new sentence may begin."""
    hangul, latin = len(_HANGUL.findall(line)), len(_LATIN_LETTER.findall(line))
    if not hangul or (language == "en" and hangul < latin / 4):
        return list(english_breaks(line))
    with _lock:
        starts = [sentence.start for sentence in _kiwi().split_into_sents(line)]
    english = (start for start in english_breaks(line) if _LATIN_LETTER.match(_last_letter(line[:start])))
    return sorted({*starts, *english})


def _last_letter(text: str) -> str:
    """Return the last character that is neither punctuation nor space."""
    return next((char for char in reversed(text) if char.isalnum()), "")


def _pieces(line: str, borders: list[int]) -> Iterator[Span]:
    """Yield what lies between the borders, stripped; a border inside brackets that close later is none."""
    inside = _bracketed(line)
    cuts = [0, *(border for border in borders if border not in inside), len(line)]
    for start, end in zip(cuts, cuts[1:], strict=False):
        piece = line[start:end]
        if piece.strip():
            yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _bracketed(line: str) -> set[int]:
    """Return the positions inside round brackets that are opened and closed."""
    inside: set[int] = set()
    opened: list[int] = []
    for place, char in enumerate(line):
        if char in "(（":
            opened.append(place)
        elif char in ")）" and opened:
            start = opened.pop()
            if place - start <= _LONGEST_BRACKET:
                inside.update(range(start + 1, place + 1))
    return inside


def _foreign_terms(clean: str, stop_words: frozenset[str]) -> Iterator[tuple[int, str]]:
    for match in _FOREIGN.finditer(clean):
        word = match.group()
        if word[0].isdigit():
            yield match.start(), _LEADING_ZEROS.sub("", word.replace(",", ""))
        elif word.replace(".", "") not in stop_words:
            yield match.start(), english_stem(_unaccented(word.replace(".", "")))


def _unaccented(word: str) -> str:
    if word.isascii():
        return word
    return "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))


def _korean_terms(clean: str) -> Iterator[tuple[int, str]]:
    with _lock:
        tokens = _kiwi().tokenize(clean)
    before: Token | None = None
    for token in tokens:
        tag = token.tag.partition("-")[0]
        hangul = bool(_HANGUL.match(token.form))
        if hangul and tag in _NOUNS | _VERBS and token.form not in _KOREAN_STOP_WORDS:
            yield token.start, token.form
        if hangul and tag in _COMPOUND and before is not None and before.end == token.start:
            yield before.start, before.form + token.form
        before = token if hangul and tag in _COMPOUND else None


@cache
def _kiwi() -> Kiwi:
    """Return the analyser; call it under the lock.

    Its dictionary of multi-word titles stays out: 190 MB and half the loading time for no better words.
    """
    from kiwipiepy import Kiwi  # importing it takes a sixth of a second, which an English question need not wait for

    kiwi = Kiwi(num_workers=1, load_multi_dict=False)
    for word in load_vocabulary().new_words:
        kiwi.add_user_word(word, "NNP")
    return kiwi
