"""Find the numbers of a Korean or English text, with their units, and compare them as values under rounding.

Knows how numbers are written and nothing else: not what a number is about, who claims it, or what supports it.
Digits inside a name ("Russell 2000", "나스닥-100", "Form 10-K", "GPT4") are no numbers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

Unit = Literal[
    "percent", "percentage_point", "basis_point", "multiple", "usd", "krw", "count", "year", "date", "ordinal", "none"
]


class Period(NamedTuple):
    """A calendar year, month or day, as far as it is written: "9월" has a month only."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def agrees(self, other: Period) -> bool:
        """Whether year, month and day are the same wherever both have one, and both have one somewhere."""
        shared = [pair for pair in zip(self, other, strict=True) if None not in pair]
        return bool(shared) and all(mine == its for mine, its in shared)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, `text == source[start:end]`; `step` is the worth of its last digit (for a date, in days)."""

    text: str
    start: int
    end: int
    value: Decimal | Period
    unit: Unit
    step: Decimal


_Reading = tuple[Decimal | Period, Unit, Decimal]

# --- how numbers are written ---------------------------------------------------------------------------------------


def _compile(pattern: str) -> re.Pattern[str]:
    # ASCII: Hangul is then no word character, so that \b ends "25bp" before a particle.
    return re.compile(pattern, re.ASCII | re.IGNORECASE | re.MULTILINE)


# Tried in this order. Each holds its own space or hyphen; the syllables it excludes begin another word (개별, 회사).
_UNITS: dict[Unit, str] = {
    "percentage_point": r" ?%(?:p\b| ?포인트| ?points?\b)| ?퍼센트 ?포인트|[ -]?(?:percent(?:age)?[ -]points?|pp)\b",
    "basis_point": r"[ -]?(?:bps?|basis[ -]points?)\b| ?베이시스 ?포인트",
    "percent": r" ?(?:%|퍼센트)|[ -]?(?:percent|per cent|pct)\b",
    # Whole "times" may be occasions as well as a multiple, so "6 times" stays without a unit.
    "multiple": r" ?배(?![당분])|x\b|(?:(?<=\.\d)|(?<=\.\d\d)) times\b",
    "usd": r" ?(?:미국? ?)?달러|[ -]?(?:US )?dollars?\b| ?USD\b",
    "krw": r" ?원(?!칙|색|유|자재)| ?(?:won|KRW)\b",
    "ordinal": r" ?번째|째|(?<=\d)(?:위(?![안험])|분기|차(?!례)|(?:st|nd|rd|th)\b)|(?:(?<=^\d)|(?<=^\d\d))[.)](?= )",
    "year": r" ?년|[ -]?(?:years?|yrs?)\b",
    "count": r" ?(?:개월|개(?![인별선발혁념편방장시요정])|가지|차례|번(?!영)|회(?![사복전장])|종목|명(?![목령])|곳"
    r"|건(?![설강물전]))|[ -](?:stocks?|holdings|companies|constituents|shares|(?:rate )?cuts?)\b",
}
_ANY_UNIT = "|".join(_UNITS.values())
_COUNTED = "|".join(_UNITS[unit] for unit in ("ordinal", "count", "multiple"))
_NAMED_UNITS = "|".join(f"(?P<{unit}>{pattern})" for unit, pattern in _UNITS.items())

_SCALES = {"": 1, "십": 10, "백": 10**2, "천": 10**3, "만": 10**4, "억": 10**8, "조": 10**12}
_SCALES |= {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SCALES |= {"mn": 10**6, "bn": 10**9, "tn": 10**12, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}
_SCALE = r"[ -]?(?:hundred|thousand|million|billion|trillion|mn|bn|tn)\b"

_ENGLISH = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_KOREAN = "두|세|네|다섯|여섯|일곱|여덟|아홉|열|열한|열두"
_RANKS = "second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
_WORDS = {word: value for words in (_ENGLISH, _KOREAN, _RANKS) for value, word in enumerate(words.split("|"), 2)}
_WORDS |= {"one": 1, "twice": 2, "first": 1, "한": 1, "첫": 1, "둘": 2, "셋": 3, "넷": 4}
_WORD = (
    rf"(?<![\w-])(?:one(?={_SCALE}|{_ANY_UNIT})|(?:{_ENGLISH}|twice)\b)"
    # "다시 한 번" (once more) and "한번" (just) count nothing.
    rf"|(?<![\w가-힣])(?:(?<!다시 )한(?!번)|첫|둘|셋|넷|{_KOREAN})(?={_COUNTED})"
)

# Atomic, so that "1,234F" is not read as 1, nor "1.2.3" as 1.2. More digits than these are an identifier.
_NUMERAL = r"(?>(?:[1-9]\d{0,2}(?:,\d{3}(?!\d)){1,5}|\d{1,15})(?:\.\d{1,15})?)"
_SECTION = rf"(?:\d[천백십])*{_NUMERAL}[천백십]?"
_REST = r"(?:(?:\d[천백십])+|\d,\d{3}|[1-9]\d{2,3})(?![\d년월%]|[.,]\d| %)"
_MYRIADS = rf"(?={_SECTION}[조억만])(?:{_SECTION}조)?(?: ?{_SECTION}억)?(?: ?{_SECTION}만(?: ?{_REST})?)?"
_DIGITS = rf"(?<!\d\.)(?:{_MYRIADS}|{_SECTION})|(?<![\w가-힣)])\.\d{{1,15}}"
_SIGN = r"(?<![\w%)/\0가-힣-])[-+]|(?<![^\s(])–|(?<![\w가-힣])(?:마이너스|minus) "
_CURRENCY = r"(?:(?<!\w)(?:(?:US)?\$|(?:USD|KRW) ?)|₩) ?-?"
_NUMBER = _compile(
    rf"(?<![\w-])(?P<rank>first|{_RANKS})\b"
    rf"|(?:(?P<sign>{_SIGN})?(?:(?P<currency>{_CURRENCY})|(?<!\w))(?P<digits>{_DIGITS})|(?P<word>{_WORD}))"
    rf"(?P<scale>{_SCALE}|(?(currency)[kmbt]\b|(?!)))?(?:여|\+(?!\d))?(?:{_NAMED_UNITS})?(?!(?<=\d)(?:\.?\d|[a-z_\0]))"
)
_PART = _compile(rf"({_NUMERAL}|\.\d+)([천백십]?)([조억만]?)")
_LOOKALIKES = {"\N{HYPHEN}": "-", "\N{MINUS SIGN}": "-", "\N{TILDE OPERATOR}": "~", "\N{WAVE DASH}": "~"}
_RANGE = _compile(r" ?~ ?|[-–—]| to ")

# --- how dates and names are written -------------------------------------------------------------------------------

_YEAR, _MONTH, _DAY = r"(?P<year>(?:1[89]|20)\d\d)", r"(?P<month>1[0-2]|0?[1-9])", r"(?P<day>3[01]|[12]\d|0?[1-9])"
_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_MONTH_NAME = (  # the capital matters: "may 5" is no date
    r"(?<!\w)(?P<month>(?-i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?))\b\.?"
)
_DATES = (
    rf"(?<!\w){_YEAR}(?P<mark>[-./]) ?{_MONTH}(?P=mark) ?{_DAY}(?!\d)",
    rf"(?<!\w){_YEAR}-(?P<month>0[1-9]|1[0-2])(?![\w%-]|[.,]\d)",
    rf"(?<!\w){_MONTH}/{_DAY}/{_YEAR}(?!\w)",
    rf"(?<!\w){_YEAR}(?: ?년|s\b)(?: ?{_MONTH}월(?: ?{_DAY}일)?)?",
    rf"(?<![\w.,]){_MONTH}월(?: ?{_DAY}일)?",
    rf"{_MONTH_NAME} {_DAY}(?:st|nd|rd|th)?(?!\w|[.,]\d|{_SCALE}|{_ANY_UNIT})(?:,? {_YEAR}(?!\w|,\d))?",
    rf"(?<![\w.,]){_DAY}(?:st|nd|rd|th)?(?: of)? {_MONTH_NAME}(?:,? {_YEAR}(?!\w|,\d))?",
    rf"{_MONTH_NAME},? {_YEAR}(?!\w|,\d)",
)
_NO_YEAR_AFTER = ("약", "약 ", "about ", "nearly ", "roughly ", "approximately ", "more than ", "fewer than ")
_BARE_YEAR = _compile("".join(f"(?<!{word})" for word in _NO_YEAR_AFTER) + _YEAR)
_BENCHMARK = (
    r"(?:러셀|Russell)[ -]?(?:1000|2000|2500|3000)|S ?& ?P[ -]?(?:100|400|500|600|1500)|(?:나스닥|Nasdaq)[ -]?100"
    r"|(?:코스피|KOSPI)[ -]?(?:50|100|200)|(?:코스닥|KOSDAQ)[ -]?150|(?:닛케이|Nikkei)[ -]?225|FTSE[ -]?(?:100|250)"
)
_NAMES = (
    r"(?<![^\s(])(?:https?://\S+|[\w.-]+\.[a-z]{2,}/\S+)",
    rf"(?:{_BENCHMARK})(?![\w%개배조억만천]|[.,]\d| ?(?:%|퍼센트|포인트|percent|points?\b))",
    r"\b12b-1\b|\b401\(k\)|\b\d+-(?-i:[A-Z])\b",
    # A year may follow a hyphen ("mid-2026"); other digits there belong to the word ("COVID-19").
    r"\b(?!(?:USD|KRW)\d)[a-z_]+(?:-(?!(?:1[89]|20)\d\d\b))?\d\w*(?:\.\d+)*",
)

# --- finding and comparing -----------------------------------------------------------------------------------------

_UNMEASURED: frozenset[Unit] = frozenset({"date", "ordinal", "year"})
_COMPARABLE = ({"none", "count"}, {"none", "multiple"}, {"basis_point", "percent"}, {"basis_point", "percentage_point"})


def find_numbers(text: str) -> list[Number]:
    """Return the numbers of `text`, left to right, none overlapping another."""
    plain = _fold(text)
    left, found = plain, list[Number]()
    for pattern, read in _GRAMMAR:
        for m in pattern.finditer(left):
            start, end = m.span()
            if reading := read(m):
                found.append(Number(text[start:end], start, end, *reading))
            left = left[:start] + "\0" * (end - start) + left[end:]
    found.sort(key=lambda number: number.start)
    for i in range(len(found) - 1):
        if _RANGE.fullmatch(plain, found[i].end, found[i + 1].start):
            found[i : i + 2] = _share(found[i], found[i + 1])
    return found


def values_in(text: str) -> list[Number]:
    """Return the numbers of `text` that measure something: no dates, no places in a list, no stretches of years."""
    return [number for number in find_numbers(text) if number.unit not in _UNMEASURED]


def values_beyond(text: str, said: str) -> list[Number]:
    """Return the values of `text` that `said` does not have."""
    known = values_in(said)
    return [value for value in values_in(text) if not any(equal(value, other) for other in known)]


def equal(a: Number, b: Number) -> bool:
    """Whether both state one value: comparable units, and at most half of the coarser step apart."""
    if isinstance(a.value, Period) or isinstance(b.value, Period):
        return isinstance(a.value, Period) and isinstance(b.value, Period) and a.value.agrees(b.value)
    if a.unit != b.unit and {a.unit, b.unit} not in _COMPARABLE:
        return False
    worth_a, worth_b = (Decimal("0.01") if number.unit == "basis_point" else 1 for number in (a, b))
    return abs(a.value * worth_a - b.value * worth_b) <= max(a.step * worth_a, b.step * worth_b) / 2


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if unicodedata.decomposition(character).startswith(("<super>", "<sub>", "<circle>")):
        return character  # "10²" is not 102
    folded = unicodedata.normalize("NFKC", character)
    return _LOOKALIKES.get(folded, folded) if len(folded) == 1 else character


def _fold(text: str) -> str:
    """Plain digits, signs and spaces for their many forms; no character moves."""
    return "".join(map(_fold_character, text))


def _read_date(m: re.Match[str]) -> _Reading:
    written = {part: m.groupdict().get(part) for part in Period._fields}
    month = written["month"]
    if month and not month.isdigit():
        written["month"] = str(_MONTHS.index(month[:3].lower()) // 3 + 1)
    return _read_period(Period(**{part: int(digits) for part, digits in written.items() if digits}))


def _read_period(period: Period) -> _Reading:
    return period, "date", Decimal(1 if period.day else 30 if period.month else 365)


def _read_name(m: re.Match[str]) -> None:
    """A name states no number."""


def _read_number(m: re.Match[str]) -> _Reading:
    if m["rank"]:
        return Decimal(_WORDS[m["rank"].lower()]), "ordinal", Decimal(1)
    unit = next((unit for unit in _UNITS if m[unit]), _currency(m["currency"] or ""))
    if unit == "none" and _BARE_YEAR.fullmatch(m.string, *m.span()):
        return _read_period(Period(int(m[0])))
    value, step = _amount(m["digits"]) if m["digits"] else (Decimal(_WORDS[m["word"].lower()]), Decimal(1))
    scale = _SCALES[(m["scale"] or "").strip(" -").lower()]
    negative = (m["sign"] or "+") != "+" or "-" in (m["currency"] or "")
    return value * scale * (-1 if negative else 1), unit, step * scale


def _currency(prefix: str) -> Unit:
    if not prefix:
        return "none"
    return "krw" if prefix[0] in "₩Kk" else "usd"


def _amount(digits: str) -> tuple[Decimal, Decimal]:
    """The value and step of digits among 조, 억, 만, 천."""
    total, section, step = Decimal(0), Decimal(0), Decimal(1)
    for numeral, small, large in _PART.findall(digits):
        section += Decimal(numeral.replace(",", "")) * _SCALES[small]
        step = _last_place(numeral) * _SCALES[small] * _SCALES[large]
        if large:
            total, section = total + section * _SCALES[large], Decimal(0)
    return total + section, step


def _last_place(numeral: str) -> Decimal:
    return Decimal(1).scaleb(-len(numeral.partition(".")[2]))


def _share(low: Number, high: Number) -> tuple[Number, Number]:
    """The ends of a range with one unit, and the upper end's scale where it fits: "3~5조 원", "$3–5 billion"."""
    if isinstance(low.value, Period) or isinstance(high.value, Period) or high.unit == "ordinal":
        return low, high
    if low.unit != "none" and (low.unit not in ("usd", "krw") or high.unit not in ("none", low.unit)):
        return low, high
    unit = high.unit if low.unit == "none" else low.unit
    *_, numeral = "", *re.findall(_NUMERAL, _fold(high.text))
    scale = high.step / _last_place(numeral)
    if low.step <= 1 and low.value * scale <= high.value:
        low = replace(low, value=low.value * scale, step=low.step * scale)
    return replace(low, unit=unit), replace(high, unit=unit)


_Read = Callable[[re.Match[str]], _Reading | None]
# What one pattern has read is blanked before the next.
_GRAMMAR: list[tuple[re.Pattern[str], _Read]] = [
    *((_compile(pattern), _read_name) for pattern in _NAMES),
    *((_compile(pattern), _read_date) for pattern in _DATES),
    (_NUMBER, _read_number),
]
