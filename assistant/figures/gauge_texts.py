"""A gauge in one line of each language: value, date, source, place in its history, move over three months.

Knows nothing of how a gauge is read, or of where its line is shown.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.figures.captions import AGES, BASES, REASONS, caption
from assistant.figures.formats import amount_text, value_text
from assistant.figures.gauges import Gauge
from assistant.figures.trends import Direction
from assistant.types import Language

_LINES: dict[str, dict[Language, str]] = {
    "read": {"ko": "{title}: {value} ({caption}{more})", "en": "{title}: {value} ({caption}{more})"},
    "absent": {"ko": "{title}: 값 없음 ({reason})", "en": "{title}: no value ({reason})"},
}
_PLACES: dict[str, dict[Language, str]] = {
    "highest": {"ko": "최근 {years}년 중 가장 높음", "en": "the highest of the last {years} years"},
    "top": {"ko": "최근 {years}년 중 상위 {share}%", "en": "in the top {share}% of the last {years} years"},
    "bottom": {"ko": "최근 {years}년 중 하위 {share}%", "en": "in the bottom {share}% of the last {years} years"},
}
_MOVES: dict[tuple[bool, Direction], dict[Language, str]] = {
    (False, "up"): {"ko": "3개월 전보다 {amount} 상승", "en": "up {amount} over three months"},
    (False, "down"): {"ko": "3개월 전보다 {amount} 하락", "en": "down {amount} over three months"},
    (False, "flat"): {"ko": "3개월 전과 거의 같음", "en": "little changed over three months"},
    (True, "up"): {"ko": "3개월 전보다 {amount} 증가", "en": "up {amount} over three months"},
    (True, "down"): {"ko": "3개월 전보다 {amount} 감소", "en": "down {amount} over three months"},
    (True, "flat"): {"ko": "3개월 전과 거의 같음", "en": "little changed over three months"},
}
ABSENCES: dict[str, dict[Language, str]] = {
    "never_fetched": {"ko": "아직 가져온 적이 없어요", "en": "never fetched yet"},
    "too_short": {"ko": "저장된 기간이 짧아 계산할 수 없어요", "en": "the stored history is too short to compute it"},
    **REASONS,
}
_AMOUNTS = frozenset({"usd", "krw", "count"})
_POINTS = {"percent": "percentage_point", "ratio": "index"}


def gauge_text(gauge: Gauge, language: Language) -> str:
    """Return the gauge as one line, without a full stop."""
    title = gauge.title[language]
    if gauge.figure is None:
        return _LINES["absent"][language].format(title=title, reason=reason_text(gauge, language))
    remarks = [text for text in (place_text(gauge, language), move_text(gauge, language)) if text]
    ages = [AGES[gauge.freshness][language]] if gauge.freshness not in (None, "fresh") else []
    more = "".join(f"; {text}" for text in (", ".join(remarks), *ages) if text)
    value = value_text(gauge.figure, language)
    told = BASES.get(gauge.figure.basis, {}).get(language, gauge.figure.basis) in title
    figure = replace(gauge.figure, basis="") if told else gauge.figure
    return _LINES["read"][language].format(title=title, value=value, caption=caption(figure, language), more=more)


def place_text(gauge: Gauge, language: Language) -> str:
    """Return where the reading stands in its own history; nothing where that is too short."""
    if gauge.percentile is None or gauge.since is None or gauge.figure is None:
        return ""
    years = max(2, round((gauge.figure.as_of - gauge.since).days / 365.25))
    above = 100 - gauge.percentile
    name = "highest" if above == 0 else "top" if above < 50 else "bottom"
    share = max(1, round(min(above, gauge.percentile)))
    return _PLACES[name][language].format(years=years, share=share)


def move_text(gauge: Gauge, language: Language) -> str:
    """Return how far the reading moved in three months; nothing where its history is too short."""
    if gauge.change is None or gauge.direction is None or gauge.figure is None:
        return ""
    unit = gauge.figure.unit
    amount = amount_text(abs(gauge.change), _POINTS.get(unit, unit), language, gauge.metric)
    return _MOVES[unit in _AMOUNTS, gauge.direction][language].format(amount=amount)


def reason_text(gauge: Gauge, language: Language) -> str:
    """Return why there is no reading, or nothing."""
    return ABSENCES[gauge.reason][language] if gauge.reason else ""
