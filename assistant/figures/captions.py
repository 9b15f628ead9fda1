"""Where a figure comes from and of when it is, in words of each language.

Knows nothing of which figure is shown, or of what stands around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from assistant.figures.catalogue import freshness
from assistant.types import COMPUTED, Figure, Language

_DATES: dict[str, dict[Language, str]] = {
    "stated": {"ko": "{day} 기준", "en": "as of {day}"},
    "fetch": {"ko": "{day} 조회, 기준일 미표기", "en": "fetched {day}, no date stated"},
}
_COMPUTED: dict[str, dict[Language, str]] = {
    "from": {"ko": "{sources} 자료로 계산", "en": "computed from {sources}"},
    "plain": {"ko": "직접 계산", "en": "computed"},
}
AGES: dict[str, dict[Language, str]] = {
    "fresh": {"ko": "", "en": ""},
    "stale": {"ko": "새 값이 나왔을 수 있음", "en": "may be out of date"},
    "old": {"ko": "오래된 값", "en": "out of date"},
}
BASES: dict[str, dict[Language, str]] = {
    "total return": {"ko": "총수익률", "en": "total return"},
    "price return": {"ko": "가격 수익률", "en": "price return"},
    "NAV total return": {"ko": "NAV 총수익률", "en": "NAV total return"},
    "market price": {"ko": "시장가", "en": "market price"},
    "30-day SEC yield": {"ko": "SEC 30일 수익률", "en": "30-day SEC yield"},
    "Morningstar": {"ko": "모닝스타 업종 분류", "en": "Morningstar sectors"},
    "GICS": {"ko": "GICS 업종 분류", "en": "GICS sectors"},
    "ICB": {"ko": "ICB 업종 분류", "en": "ICB sectors"},
    "all share classes": {"ko": "모든 클래스 합계", "en": "all share classes"},
    "may cover all share classes": {"ko": "모든 클래스 합계일 수 있음", "en": "may cover all share classes"},
    "Wednesday level": {"ko": "수요일 잔액", "en": "Wednesday level"},
    "seasonally adjusted": {"ko": "계절조정", "en": "seasonally adjusted"},
    "2017=100, seasonally adjusted": {"ko": "2017=100, 계절조정", "en": "2017=100, seasonally adjusted"},
    "ICE BofA option-adjusted spread": {
        "ko": "ICE BofA 옵션조정 스프레드",
        "en": "ICE BofA option-adjusted spread",
    },
    "net percentage of banks": {"ko": "은행 순비율", "en": "net percentage of banks"},
    "per barrel": {"ko": "배럴당", "en": "per barrel"},
    "January 2006=100": {"ko": "2006년 1월=100", "en": "January 2006=100"},
    "0 = normal": {"ko": "0 = 평상", "en": "0 = normal"},
    "close": {"ko": "종가", "en": "close"},
    "since 2024-09": {"ko": "2024년 9월 이후", "en": "since September 2024"},
    "0 = average since 1971": {"ko": "0 = 1971년 이후 평균", "en": "0 = average since 1971"},
}
# Why a source has not given a value.
REASONS: Mapping[str, dict[Language, str]] = {
    "rate_limited": {"ko": "제공처가 요청을 제한하고 있어요", "en": "the source limits requests"},
    "unauthorized": {"ko": "제공처가 접근을 거절했어요", "en": "the source refused access"},
    "not_found": {"ko": "제공처에 없는 항목이에요", "en": "the source does not have it"},
    "server_error": {"ko": "제공처 서버에 오류가 났어요", "en": "the source's server failed"},
    "timeout": {"ko": "제공처가 제때 답하지 않았어요", "en": "the source did not answer in time"},
    "unreachable": {"ko": "제공처에 연결할 수 없어요", "en": "the source could not be reached"},
    "not_data": {"ko": "제공처가 데이터 대신 웹페이지를 보냈어요", "en": "the source sent a web page instead of data"},
    "changed": {"ko": "제공처의 데이터 형식이 달라졌어요", "en": "the source's data has another shape than known"},
    "implausible": {
        "ko": "믿을 수 없는 값이 와서 쓰지 않았어요",
        "en": "a value came that cannot be right and was not used",
    },
    "not_given": {"ko": "제공처가 이 값을 주지 않아요", "en": "the sources do not give it"},
}


def caption(figure: Figure, language: Language) -> str:
    """Return date, source and basis: "2026-11-19 기준, FRED", "as of 2026-11-19, FRED"."""
    basis = BASES.get(figure.basis, {}).get(language, figure.basis)
    return ", ".join(part for part in (date_text(figure, language), source_text(figure, language), basis) if part)


def date_text(figure: Figure, language: Language) -> str:
    kind = figure.as_of_kind if figure.as_of_kind in _DATES else "stated"
    return _DATES[kind][language].format(day=figure.as_of.isoformat())


def source_text(figure: Figure, language: Language) -> str:
    """Return the source's short name; of what is computed here, the names of the sources that it comes from."""
    if figure.source != COMPUTED:
        return _short(figure.source)
    named = [entry.split("|") for entry in figure.inputs]
    sources = dict.fromkeys(_short(fields[2]) for fields in named if len(fields) == 4)
    return _COMPUTED["from" if sources else "plain"][language].format(sources=", ".join(sources))


def age_text(figure: Figure, language: Language, today: date) -> str:
    """Return that the figure's date lies far back, or nothing."""
    return AGES[freshness(figure, today)][language]


def _short(source: str) -> str:
    return source.partition(",")[0]
