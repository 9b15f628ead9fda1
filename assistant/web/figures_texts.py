"""Every word of the Figures view that is our own, in Korean (해요체) and English.

Knows nothing of figures or of gradio.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.types import Language

# What the providers are called wherever they are shown.
PROVIDERS = {
    "blackrock": "BlackRock",
    "vanguard": "Vanguard",
    "ssga": "State Street",
    "invesco": "Invesco",
    "yahoo": "Yahoo Finance",
    "fred": "FRED",
    "sec": "SEC",
}
FIGURES_PATHS: dict[Language, str] = {"ko": "/figures", "en": "/en/figures"}


@dataclass(frozen=True, slots=True)
class FigureTexts:
    """One language's words; `{…}` are places to fill with `str.format`."""

    intro: str
    opening: str
    never: str
    off: str
    failed: str
    refresh: str
    refreshing: str
    refreshed: str
    last_fetch: str
    last_fetch_never: str
    verified: str
    never_verified: str
    sources: str
    sources_none: str
    provider: str
    state: str
    last_ok: str
    next_try: str
    working: str
    not_yet: str
    failing: str
    any_time: str
    funds: str
    benchmarks: str
    measure: str
    legend: str
    fetched: str
    quoted: str
    from_article: str
    days_old: str
    no_basis: str
    annualised: str
    a_year: str
    no_value: str
    reasons: str
    charts: str
    charts_none: str
    period: str
    basis: str
    date: str
    fund: str
    sector: str
    weight: str
    rebased: str
    drawdown: str
    month: str  # of an axis, as d3 wants it
    rebased_note: str
    drawdown_note: str
    sectors: str
    sectors_partial: str
    latest: str
    risks: str
    risks_note: str
    no_gauge: str
    article_says: str
    concerns: dict[str, str]
    bases: dict[str, str]
    periods: dict[str, str]
    names: dict[str, str]
    rows: dict[str, str]


FIGURE_TEXTS: dict[Language, FigureTexts] = {
    "ko": FigureTexts(
        intro="수치마다 기준일과 출처가 있어요. 칸에 마우스를 올리면 출처와 조회 시각이 보여요.",
        opening="자료를 여는 중이에요. 준비되는 대로 수치를 보여 드릴게요.",
        never="아직 실시간 수치를 가져온 적이 없어서, 글에 나온 수치를 그 날짜와 함께 보여 드려요.",
        off="실시간 수치가 꺼져 있어요(ASSISTANT_LIVE=off). on으로 바꾸고 다시 열면 가져올 수 있어요.",
        failed="수치를 준비하다가 문제가 생겼어요. 잠시 뒤에 다시 열어 주세요.",
        refresh="새로 가져오기",
        refreshing="가져오는 중 {done}/{total}",
        refreshed="새로 가져온 항목 {ok}개, 실패 {failed}개, 아직 새 값이 필요 없는 항목 {kept}개예요.",
        last_fetch="마지막 조회: {time}",
        last_fetch_never="마지막 조회: 없음",
        verified="실제 사이트로 마지막 확인: {date}",
        never_verified="실제 사이트로 마지막 확인: 없음",
        sources="제공처 상태",
        sources_none="아직 어느 제공처에도 묻지 않았어요.",
        provider="제공처",
        state="상태",
        last_ok="마지막 성공",
        next_try="다음 시도",
        working="정상",
        not_yet="아직 없음",
        failing="실패: {reason}",
        any_time="언제든",
        funds="ETF 비교",
        benchmarks="기초지수",
        measure="항목",
        legend="글에 나온 수치예요. 실시간 값이 없을 때만, 글의 날짜와 함께 보여요.",
        fetched="{time} 조회",
        quoted="원문: {quote}",
        from_article="글",
        days_old="{days}일 지남",
        no_basis="기준 미표기",
        annualised="연환산",
        a_year="연 {value}",
        no_value="값 없음",
        reasons="값이 없는 까닭",
        charts="추이",
        charts_none="저장된 시세가 없어서 아직 그래프를 그릴 수 없어요.",
        period="기간",
        basis="수익 기준",
        date="날짜",
        fund="종목",
        sector="업종",
        weight="비중(%)",
        rebased="처음을 100으로",
        drawdown="고점 대비(%)",
        month="%y.%m",
        rebased_note="{basis}, {day}을 100으로 맞춤",
        drawdown_note="{basis}, 기간 중 고점 대비 하락률",
        sectors="{fund} 업종 비중",
        sectors_partial="글에 나온 업종만",
        latest="{day} 기준, {source}",
        risks="위험요인 아홉 가지의 지표",
        risks_note="지표는 저마다의 기준일과 출처가 있고, 하나로 합친 점수는 만들지 않아요.",
        no_gauge="값 없음: {reason}",
        article_says="글의 설명",
        concerns={
            "rise": "글이 말하는 움직임: 상승",
            "fall": "글이 말하는 움직임: 하락",
            "level": "글이 말하는 것: 수준",
        },
        bases={"adjusted_close": "총수익(배당 포함)", "close": "가격"},
        periods={"1y": "1년", "3y": "3년", "5y": "5년", "10y": "10년"},
        names={
            "IWM": "iShares 러셀 2000", "VTWO": "뱅가드 러셀 2000", "SPY": "SPDR S&P 500", "QQQ": "인베스코 QQQ",
            "Russell 2000": "IWM·VTWO의 지수", "S&P 500": "SPY의 지수", "Nasdaq-100": "QQQ의 지수",
        },
        rows={
            "price": "가격", "level": "지수", "nav": "순자산가치(NAV)", "premium_discount": "괴리율",
            "expense_ratio": "총보수(연)", "net_assets": "순자산총액", "holdings_count": "종목 수",
            "top10_weight": "상위 10종목 비중", "yield": "배당수익률", "pe_ratio": "주가수익비율(P/E)",
            "return.ytd": "연초 이후 수익률", "return.1y": "1년 수익률", "return.3y": "3년 수익률",
            "return.5y": "5년 수익률", "return.10y": "10년 수익률", "volatility": "1년 변동성",
            "max_drawdown.1y": "1년 최대 낙폭", "max_drawdown.10y": "10년 최대 낙폭", "beta": "베타(SPY 대비)",
        },
    ),
    "en": FigureTexts(
        intro="Every figure has its own date and source; point at a cell for the source and the time of the fetch.",
        opening="Opening the articles; the figures follow as soon as they are ready.",
        never="No live figures have been fetched yet, so these are the articles' figures with their dates.",
        off="Live figures are switched off (ASSISTANT_LIVE=off); set it to on and start again to fetch them.",
        failed="Something went wrong while preparing the figures. Please open the page again in a moment.",
        refresh="Fetch now",
        refreshing="Fetching {done}/{total}",
        refreshed="Fetched anew: {ok}, failed: {failed}, not due yet: {kept}.",
        last_fetch="Last fetch: {time}",
        last_fetch_never="Last fetch: never",
        verified="Last verified live: {date}",
        never_verified="Last verified live: never",
        sources="State of the sources",
        sources_none="No source has been asked yet.",
        provider="Source",
        state="State",
        last_ok="Last success",
        next_try="Next try",
        working="working",
        not_yet="not yet",
        failing="failed: {reason}",
        any_time="any time",
        funds="Funds side by side",
        benchmarks="Benchmarks",
        measure="Measure",
        legend="A figure of an article, with its date; it stands only where there is no live one.",
        fetched="fetched {time}",
        quoted="Original: {quote}",
        from_article="article",
        days_old="{days} days old",
        no_basis="basis not stated",
        annualised="annualised",
        a_year="{value} a year",
        no_value="no value",
        reasons="Why a value is missing",
        charts="Over time",
        charts_none="No price history is stored yet, so there are no charts to draw.",
        period="Period",
        basis="Return",
        date="Date",
        fund="Fund",
        sector="Sector",
        weight="Weight (%)",
        rebased="Start = 100",
        drawdown="Below the peak (%)",
        month="%b ’%y",
        rebased_note="{basis}, {day} = 100",
        drawdown_note="{basis}, below the highest point of the period",
        sectors="{fund} sector weights",
        sectors_partial="only the sectors that the article names",
        latest="as of {day}, {source}",
        risks="Gauges of the nine risk factors",
        risks_note="Each gauge has its own date and source; there is no score made of several.",
        no_gauge="no value: {reason}",
        article_says="The article says",
        concerns={
            "rise": "The article speaks of a rise",
            "fall": "The article speaks of a fall",
            "level": "The article speaks of the level",
        },
        bases={"adjusted_close": "Total return (with dividends)", "close": "Price"},
        periods={"1y": "1 year", "3y": "3 years", "5y": "5 years", "10y": "10 years"},
        names={
            "IWM": "iShares Russell 2000", "VTWO": "Vanguard Russell 2000", "SPY": "SPDR S&P 500", "QQQ": "Invesco QQQ",
            "Russell 2000": "index of IWM and VTWO", "S&P 500": "index of SPY", "Nasdaq-100": "index of QQQ",
        },
        rows={
            "price": "Price", "level": "Level", "nav": "Net asset value", "premium_discount": "Premium or discount",
            "expense_ratio": "Expense ratio", "net_assets": "Net assets", "holdings_count": "Holdings",
            "top10_weight": "Top 10 holdings", "yield": "Dividend yield", "pe_ratio": "P/E ratio",
            "return.ytd": "Return, year to date", "return.1y": "Return, 1 year", "return.3y": "Return, 3 years",
            "return.5y": "Return, 5 years", "return.10y": "Return, 10 years", "volatility": "Volatility, 1 year",
            "max_drawdown.1y": "Max. drawdown, 1 year", "max_drawdown.10y": "Max. drawdown, 10 years",
            "beta": "Beta against SPY",
        },
    ),
}  # fmt: skip

_TIMES: dict[Language, str] = {"ko": "{at:%Y. %m. %d. %H:%M} {zone}", "en": "{at:%b %d, %Y %H:%M} {zone}"}


def show_time(at: datetime, language: Language) -> str:
    """A moment in the zone of the server: `2026. 11. 20. 09:30 UTC`."""
    local = at.astimezone()
    return _TIMES[language].format(at=local, zone=local.tzname())
