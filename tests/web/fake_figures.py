"""Synthetic figures for the Figures view, written by hand: no value here was ever fetched, and none is real."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from assistant.figures.breaker import ProviderState
from assistant.figures.gauges import Gauge
from assistant.figures.risks import Meaning, Risk
from assistant.figures.store import Missing
from assistant.types import Article, Figure

TODAY = date(2026, 11, 20)
FETCHED = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1)

QUOTE = "보수는 연 0.19%이고 범위는 3~5% 사이예요."


def stated(subject: str, metric: str, value: float, unit: str, as_of: date, quote: str = QUOTE) -> Figure:
    """A figure of the article in fake_assistant."""
    return Figure(subject, metric, value, unit, as_of, "article", "시험 출판사", "fund-note", 0, len(quote), quote)


STATED = (
    stated("IWM", "expense_ratio", 0.19, "percent", date(2025, 12, 31)),
    stated("IWM", "net_assets", 72e9, "usd", date(2025, 12, 31)),
    stated("VTWO", "return.10y", 220.0, "percent", date(2026, 2, 13)),
    stated("S&P 500", "pe_ratio", 25.2, "multiple", date(2026, 2, 13)),
)
SECTORS = {
    "health_care": 17.4, "industrials": 18.2, "financials": 16.1, "information_technology": 14.9, "energy": 4.8,
    "consumer_discretionary": 9.7, "real_estate": 5.6, "materials": 4.4, "utilities": 3.1, "consumer_staples": 2.2,
    "communication_services": 2.8,
}  # fmt: skip


def live(subject: str, metric: str, value: float, unit: str = "percent", **more: object) -> Figure:
    """A live figure of yesterday."""
    figure = Figure(
        subject, metric, value, unit, TODAY - DAY, "live", "Yahoo Finance", as_of_kind="trade_date",
        fetched_at=FETCHED, source_url="https://quotes.example/fund",
    )  # fmt: skip
    return replace(figure, **more)  # type: ignore[arg-type]


def _of_fund(fund: str, place: int) -> list[Figure]:
    computed = {"source": "computed", "basis": "total return", "method": "computed", "formula": "end / start − 1 (v1)"}
    returns = {"ytd": 8.25 - place, "1y": 11.5 - 4 * place, "3y": 31.2 + place, "5y": 42.4, "10y": 131.75 + 50 * place}
    return [
        live(fund, "price", 218.4 + 100 * place, "usd", basis="market price"),
        live(fund, "change.day", -0.52 + 0.4 * place, basis="market price"),
        live(fund, "nav", 218.31 + 100 * place, "usd", source="BlackRock", as_of_kind="stated"),
        live(fund, "premium_discount", 0.04, source="computed", formula="close / nav − 1 (v1)"),
        live(fund, "net_assets", 71.84e9 * (place + 1), "usd", as_of=date(2026, 9, 30), as_of_kind="month_end"),
        live(fund, "dividend_yield", 1.1 + place / 10, as_of_kind="fetch", as_of=TODAY),
        *(live(fund, f"return.{period}", value, **computed) for period, value in returns.items()),
        live(fund, "return_annualised.3y", 9.47, **computed),
        live(fund, "return_annualised.10y", 8.77, **computed),
        live(fund, "volatility.1y", 21.3 - 2 * place, **computed),
        live(fund, "max_drawdown.1y", -14.2, **computed),
        live(fund, "beta.3y", 1.12 - place / 10, "ratio", **computed),
        *(
            live(fund, f"sector_weight.{sector}", weight + place, basis="GICS", source="BlackRock")
            for sector, weight in SECTORS.items()
        ),
    ]


FETCHED_FIGURES = tuple(
    figure for place, fund in enumerate(("IWM", "VTWO", "SPY", "QQQ")) for figure in _of_fund(fund, place)
)
MISSING = (
    Missing("IWM", "pe_ratio", "yahoo", "rate_limited", "429", FETCHED),
    Missing("VTWO", "", "vanguard", "timeout", "no answer within 15 s", FETCHED),
)
PROVIDERS = (
    ProviderState("blackrock", last_ok=FETCHED),
    ProviderState("yahoo", 2, FETCHED + timedelta(hours=1), FETCHED - DAY, "rate_limited", "429 <slow>", FETCHED),
    ProviderState("vanguard", 1, FETCHED + timedelta(minutes=1), None, "timeout", "no answer within 15 s", FETCHED),
)


def prices(place: int) -> list[tuple[date, float]]:
    """Three years of weekdays, a wave on a slope."""
    days = [TODAY - n * DAY for n in range(3 * 365, 0, -1)]
    return [
        (day, 100 + (place + 1) * n / 40 + 9 * math.sin(n / (70 + 9 * place)))
        for n, day in enumerate(days)
        if day.weekday() < 5
    ]


def risks(korean: Article, english: Article, *, fetched: bool) -> tuple[Risk, ...]:
    """Two risk factors: one with gauges that have a reading and one that has none."""
    points = tuple((TODAY - n * 10 * DAY, 4 + math.sin(n / 9)) for n in range(100, 0, -1))
    reading = Gauge(
        subject="US",
        metric="macro.DGS10",
        title={"ko": "미국 10년물 <국채금리>", "en": "10-year <Treasury> yield"},
        concerns="rise",
        figure=live("US", "macro.DGS10", 4.12, source="FRED, Federal Reserve Bank of St. Louis"),
        percentile=87.5,
        since=TODAY - 1000 * DAY,
        change=0.31,
        direction="up",
        points=points,
        freshness="stale",
    )
    unsafe = replace(
        reading,
        title={"ko": "주소가 위험한 지표", "en": "Gauge with an unsafe address"},
        figure=live("US", "macro.DFF", 3.9, source='Sou<r>ce "x"', source_url="javascript:alert(1)"),
        change=-0.4,
        direction="down",
        freshness="fresh",
    )
    absent = Gauge("US", "macro.VIXCLS", {"ko": "VIX 변동성지수", "en": "VIX"}, "rise", reason="unreachable")
    quote, said = "금리가 오르면 **이자 비용**이 늘어요.", "The fee is $5"
    meanings = {
        "ko": Meaning(korean, korean.text.index(quote), korean.text.index(quote) + len(quote), quote),
        "en": Meaning(english, english.text.index(said), english.text.index(said) + len(said), said),
    }
    return (
        Risk(1, "rates", {"ko": "금리 민감도", "en": "Sensitivity to interest rates"}, {"ko": "비용", "en": "Costs"},
             (reading, unsafe) if fetched else (absent,), meanings),
        Risk(7, "sentiment", {"ko": "시장심리", "en": "Market sentiment"}, {"ko": "비용", "en": "Costs"}, (absent,),
             {"ko": meanings["ko"]}),
    )  # fmt: skip
