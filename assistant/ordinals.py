"""Places in a list that a question names: the third one, 6th to 10th, the top five, the last two.

Knows nothing of what the list is of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ORDINALS = {
    word: place
    for place, words in enumerate(
        [
            ("첫 번째", "첫번째", "첫째", "first"),
            ("두 번째", "두번째", "둘째", "second"),
            ("세 번째", "세번째", "셋째", "third"),
            ("네 번째", "네번째", "넷째", "fourth"),
            ("다섯 번째", "다섯번째", "다섯째", "fifth"),
            ("여섯 번째", "여섯번째", "여섯째", "sixth"),
            ("일곱 번째", "일곱번째", "일곱째", "seventh"),
            ("여덟 번째", "여덟번째", "여덟째", "eighth"),
            ("아홉 번째", "아홉번째", "아홉째", "ninth"),
            ("열 번째", "열번째", "열째", "tenth"),
            ("열한 번째", "열한번째", "열한째", "eleventh"),
            ("열두 번째", "열두번째", "열두째", "twelfth"),
        ],
        start=1,
    )
    for word in words
}
_ORDINAL = re.compile(
    rf"(?P<word>{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})(?![A-Za-z])(?<!largest first)(?<!biggest first)"
    r"(?<!\ba third)(?<!\bone third)"
    r"(?! (?:came?|come|appear|list|launch|publish|start|trad)\w*)"
    r"|(?P<number>\d{1,2})\s*"
    r"(?:번째|번 째|번(?!\s*(?:인하|내|이나))|[위등](?![가-힣])|[위등][는은가를의 ]|째|st\b|nd\b|rd\b|th\b)"
    r"|(?:risk|number|no\.|#)\s*(?P<label>\d{1,2})\b",
    re.IGNORECASE,
)
_SPREAD = re.compile(
    r"(?P<first>\d{1,2})\s*위?\s*(?:~|-|–|부터|에서)\s*(?P<last>\d{1,2})\s*(?:위|등|번)", re.IGNORECASE
)
_COUNT_WORDS = {
    word: count
    for count, words in enumerate(
        ["two 두", "three 세", "four 네", "five 다섯", "six 여섯", "seven 일곱", "eight 여덟", "nine 아홉", "ten 열"],
        start=2,
    )
    for word in words.split()
}
TOP = re.compile(
    rf"(?:상위|톱|탑|top|largest|biggest|first|처음|앞)[\s-]*(?P<n>\d{{1,2}}|{'|'.join(_COUNT_WORDS)})\b"
    rf"|\b(?P<before>\d{{1,2}}|{'|'.join(_COUNT_WORDS)})\s+(?:largest|biggest|top|heaviest|highest)\b"
    rf"|(?:상위|톱|처음|앞의|앞)\s*(?P<ko>\d{{1,2}}|{'|'.join(_COUNT_WORDS)})",
    re.IGNORECASE,
)
_TOP_OF = re.compile(  # "상위 종목 세 개"
    rf"(?:상위|톱|큰)\s*(?:보유\s*)?(?:종목|주식|업종|섹터|회사|기업)[은는을를]?\s*(?P<n>\d{{1,2}}|{'|'.join(_COUNT_WORDS)})\s*(?:개|가지|곳)"
)
_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(_COUNT_WORDS)})(?:\s*(?:개|가지|곳)|(?![\d가-힣A-Za-z]))"
_FROM_AN_END = re.compile(
    rf"(?:(?P<first>first|처음의?|앞의?|상위|top)|(?P<last>last|final|마지막의?|끝의?|뒤의?))[\s-]+{_COUNT}"
    r"|(?P<end>(?:맨\s*)?마지막(?:\s*번째)?|맨\s*끝|\blast\b|\bfinal\b)",
    re.IGNORECASE,
)
_BREVITY = re.compile(
    rf"(?P<ko>한|1|{'|'.join(_COUNT_WORDS)}|[2-9])\s*(?:문장|줄)"
    rf"|\b(?:(?:one|a(?: single)?|1|two) or )?(?P<en>one|an?(?: single)?|single|1|{'|'.join(_COUNT_WORDS)}|[2-9])[\s-]+"
    r"(?:sentences?|lines?)\b",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:,|&|와|과|이랑|랑|하고|및|그리고|\band\b|,\s*and\b)\s*(?:the\s+)?", re.IGNORECASE)
_TO = re.compile(r"\s*(?:부터|에서|~|-|–|\bto\b|\bthrough\b)\s*(?:the\s+)?", re.IGNORECASE)
_UNTIL = re.compile(r"\s*까지")


def read_places(text: str) -> tuple[int, ...]:
    """The places in a list that are named: one, several, or all from one to another (1위부터 5위, 6~10위)."""
    if spread := _SPREAD.search(text):
        return tuple(range(int(spread["first"]), int(spread["last"]) + 1))
    found = list(_ORDINAL.finditer(text))
    places = [_place(match) for match in found]
    if len(places) > 1 and re.search(r"부터|에서|~|\bto\b|through", text[found[0].end() : found[1].start()]):
        return tuple(range(places[0], places[1] + 1))
    return tuple(dict.fromkeys(places))


def read_brevity(text: str) -> int | None:
    """Return in how many sentences or lines an answer is wanted; None where nothing is said of it."""
    if not (match := _BREVITY.search(text)):
        return None
    count = (match["ko"] or match["en"]).lower()
    return int(count) if count.isdigit() else _COUNT_WORDS.get(count, 1)


def pointed_out(text: str, size: int) -> tuple[tuple[int, int], tuple[int, ...]] | None:
    """Return where a text names places in a list of this size, and which: "the first two", "첫 번째와 마지막".

    None where it names none, names them apart from each other, or names one that the list does not have.
    """
    found = list(_named(text, size))
    if not found:
        return None
    (start, end), places = found[0]
    for (begins, ends), more in found[1:]:
        between = text[end:begins]
        if _TO.fullmatch(between):
            more = tuple(range(places[-1] + 1, more[-1] + 1))
        elif not _AND.fullmatch(between):
            return None
        places, end = (*places, *more), ends
    if until := _UNTIL.match(text, end):
        end = until.end()
    places = tuple(dict.fromkeys(places))
    return ((start, end), places) if places and all(1 <= place <= size for place in places) else None


def _named(text: str, size: int) -> Iterator[tuple[tuple[int, int], tuple[int, ...]]]:
    """Yield each place that is named, or several counted from an end, in reading order."""
    ends = list(_FROM_AN_END.finditer(text))
    counted = {at for match in ends for at in range(*match.span())}
    single = [match for match in _ORDINAL.finditer(text) if counted.isdisjoint(range(*match.span()))]
    for match in sorted([*ends, *single], key=re.Match.start):
        if match.re is _ORDINAL:
            yield match.span(), (_place(match),)
        else:
            count = _count(match["count"]) if match["count"] else 1
            yield match.span(), tuple(range(1, count + 1) if match["first"] else range(size - count + 1, size + 1))


def _place(match: re.Match[str]) -> int:
    return _ORDINALS[match["word"].lower()] if match["word"] else int(match["number"] or match["label"])


def read_limit(text: str) -> int | None:
    """Return how many of a list's first items are asked for, if the text says so."""
    if match := TOP.search(text):
        return _count(match["n"] or match["before"] or match["ko"]) or None
    match = _TOP_OF.search(text)
    return _count(match["n"]) if match else None


def _count(written: str) -> int:
    return int(written) if written.isdigit() else _COUNT_WORDS[written.lower()]
