"""Values as readers of each language write them: 718억 달러 or $71.8 billion, 18.3배 or 18.3x.

Formats numbers alone: knows nothing of sentences, of where a value comes from, or of whether it is right. What it
writes, `assistant.numbers` reads back as the same value, to the rounding shown.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from assistant.types import Figure, Language

_LOCALES: dict[Language, str] = {"ko": "ko_KR", "en": "en_US"}
_DATES: dict[Language, str] = {"ko": "y년 M월 d일", "en": "MMMM d, y"}
_LARGE = 1_000_000
_MYRIADS = (("조", 10**12), ("억", 10**8), ("만", 10**4))
_THOUSANDS = (("trillion", 10**12), ("billion", 10**9), ("million", 10**6))
_PATTERNS: dict[str, dict[Language, str]] = {
    "percent": {"ko": "{}%", "en": "{}%"},
    "percentage_point": {"ko": "{}%p", "en": "{} percentage points"},
    "basis_point": {"ko": "{}bp", "en": "{}bp"},
    "multiple": {"ko": "{}배", "en": "{}x"},
    "usd": {"ko": "{}달러", "en": "${}"},
    "krw": {"ko": "{}원", "en": "{} won"},
    "count": {"ko": "{}", "en": "{}"},
    "index": {"ko": "{}", "en": "{}"},
    "ratio": {"ko": "{}", "en": "{}"},
}


# What a count is of, by its metric: Korean counts hardly anything without a counter.
_COUNTERS: dict[str, dict[Language, str]] = {
    "holdings_count": {"ko": "개", "en": ""},
    "rate_cuts": {"ko": "회", "en": ""},
    "volume_average.3m": {"ko": "주", "en": " shares"},
    "macro.ICSA": {"ko": "건", "en": ""},
    "macro.PAYEMS": {"ko": "명", "en": ""},
}


def value_text(figure: Figure, language: Language) -> str:
    """Return a figure's value with its unit, rounded to what a reader needs; raises KeyError for an unknown unit."""
    if isinstance(figure.value, date):
        return format_date(figure.value, _DATES[language], locale=_LOCALES[language])
    return amount_text(figure.value, figure.unit, language, figure.metric)


def amount_text(value: float, unit: str, language: Language, metric: str = "") -> str:
    """Return a value of a unit: 71.84e9 usd is "718억 4,000만 달러" or "$71.84 billion"; a count says what it is of."""
    sign = "-" if value < 0 else ""
    large = abs(value) >= _LARGE and unit in ("usd", "krw", "count")
    number = _LARGE_TEXTS[language](abs(value)) if large else _plain(abs(value), language)
    gap = " " if large and language in _SPACED and unit in ("usd", "krw", "count") else ""
    counter = _COUNTERS.get(metric, {}).get(language, "") if unit == "count" else ""
    return (sign + _PATTERNS[unit][language].format(number + gap) + counter).rstrip()


def signed_text(value: float, unit: str, language: Language) -> str:
    """Return a change with its sign: "+1.2%p"."""
    return ("+" if value > 0 else "") + amount_text(value, unit, language)


def _plain(value: float, language: Language) -> str:
    """Two decimals at most, and never so few that a small value reads as nothing."""
    digits = "#,##0.##" if value >= 0.1 or value == 0 else "#,##0.####"
    return format_decimal(value, digits, locale=_LOCALES[language])


def _myriads(value: float) -> str:
    """In 조, 억 and 만, the two largest of them: "1조 2,345억"."""
    first = next(place for place, (_, worth) in enumerate(_MYRIADS) if value >= worth)
    shown = _MYRIADS[first : first + 2]
    rest = round(value / shown[-1][1]) * shown[-1][1]
    parts = []
    for name, worth in shown:
        count, rest = divmod(rest, worth)
        if count:
            parts.append(f"{format_decimal(count, '#,##0', locale=_LOCALES['ko'])}{name}")
    return " ".join(parts)


def _thousands(value: float) -> str:
    """In trillions, billions or millions, with two decimals at most: "71.84 billion"."""
    name, worth = next(pair for pair in _THOUSANDS if value >= pair[1])
    return f"{format_decimal(value / worth, '#,##0.##', locale=_LOCALES['en'])} {name}"


_LARGE_TEXTS: dict[Language, Callable[[float], str]] = {"ko": _myriads, "en": _thousands}
_SPACED: frozenset[Language] = frozenset({"ko"})  # "718억 달러", but "$71.8 billion"
