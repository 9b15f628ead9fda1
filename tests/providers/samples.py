"""Replies of Yahoo for the player: SYNTHETIC, real field names with invented numbers.

Shapes from public documentation and code; none of these numbers was ever published. Functions build a reply from what a
test is about and fill in the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.providers.player import Answer, Player, Reply, json_reply

DATA_HOST = "query2.finance.yahoo.com"
CRUMB_HOST = "query1.finance.yahoo.com"
CRUMB_PATH = "/v1/test/getcrumb"
CHART_PATH = "/v8/finance/chart/"
FACTS_PATH = "/v10/finance/quoteSummary/"

NEW_YORK = "America/New_York"
MONDAY = date(2001, 2, 26)  # the first day of every sample
CLOSES: list[Any] = [200.0, 202.0, 201.0, None, 205.02]
PAGE = Reply(body=b"<!DOCTYPE html><html><body>Please wait</body></html>", content_type="text/html")
COOKIE = Reply(404, headers={"Set-Cookie": "A3=synthetic; Domain=.yahoo.com; Path=/; Max-Age=86400; Secure"})
CRUMB = Reply(body=b"synthetic", content_type="text/plain")
TOO_MANY = Reply(429, b"Too Many Requests\r\n", "text/plain")
INVALID_CRUMB = json_reply(
    {"finance": {"result": None, "error": {"code": "Unauthorized", "description": "Invalid Crumb"}}}, status=401
)
WEIGHTS = {
    "realestate": 0.06,
    "consumer_cyclical": 0.10,
    "basic_materials": 0.04,
    "consumer_defensive": 0.03,
    "technology": 0.15,
    "communication_services": 0.03,
    "financial_services": 0.17,
    "utilities": 0.03,
    "industrials": 0.18,
    "energy": 0.05,
    "healthcare": 0.16,
}


def open_doors(player: Player) -> None:
    """Play Yahoo's cookie and crumb."""
    player.play("fc.yahoo.com", "/", COOKIE)
    player.play(CRUMB_HOST, CRUMB_PATH, CRUMB)
    player.play(DATA_HOST, CRUMB_PATH, CRUMB)


def play_chart(player: Player, *replies: Answer, symbol: str = "IWM") -> None:
    player.play(DATA_HOST, CHART_PATH + symbol, *replies)


def play_facts(player: Player, *replies: Answer, symbol: str = "IWM") -> None:
    player.play(DATA_HOST, FACTS_PATH + symbol, *replies)


def stamp(day: date, zone: str = NEW_YORK, at: time = time(9, 30)) -> int:
    return int(datetime.combine(day, at, ZoneInfo(zone)).timestamp())


def days(count: int, first: date = MONDAY) -> list[date]:
    """So many days in a row from the first, weekends left out."""
    every = (first + timedelta(days=number) for number in range(count * 2 + 2))
    return [day for day in every if day.weekday() < 5][:count]


def chart(
    symbol: str = "IWM",
    closes: Sequence[Any] = CLOSES,
    *,
    currency: str = "USD",
    zone: str = NEW_YORK,
    opens: time = time(9, 30),
    first: date = MONDAY,
    volumes: Sequence[Any] | None = None,
    **meta: Any,
) -> dict[str, Any]:
    """A chart whose last price is its last close; adjusted closes are 1 % lower, volumes count up from 1,000,000."""
    dates = days(len(closes), first)
    numbers = [value for value in closes if isinstance(value, int | float)] or [100.0]
    if volumes is None:
        volumes = [None if value is None else 1_000_000 + place for place, value in enumerate(closes)]
    about = {
        "symbol": symbol,
        "currency": currency,
        "exchangeTimezoneName": zone,
        "instrumentType": "ETF",
        "regularMarketPrice": numbers[-1],
        "regularMarketTime": stamp(dates[-1], zone, time(16)) if dates else 983_000_000,
        "fiftyTwoWeekHigh": max(numbers) + 3,
        "fiftyTwoWeekLow": min(numbers) - 3,
        "chartPreviousClose": 1.11,
        "dataGranularity": "1d",
        "range": "10y",
        "currentTradingPeriod": {"pre": {}, "regular": {}, "post": {}},
    }
    result = {
        "meta": about | meta,
        "timestamp": [stamp(day, zone, opens) for day in dates],
        "indicators": {
            "quote": [{"close": list(closes), "volume": list(volumes)}],
            "adjclose": [{"adjclose": [value and value * 0.99 for value in closes]}],
        },
    }
    return {"chart": {"result": [result], "error": None}}


def summary(symbol: str = "IWM", **modules: Any) -> dict[str, Any]:
    """A fund's summary; a keyword replaces single fields of a module, or with None leaves the module out."""
    whole: dict[str, dict[str, Any]] = {
        "price": {
            "symbol": symbol,
            "currency": "USD",
            "regularMarketPrice": 205.02,
            "regularMarketChangePercent": 0.01,
        },
        "summaryDetail": {
            "currency": "USD",
            "trailingPE": 17.5,
            "yield": 0.0123,
            "dividendYield": 1.23,
            "trailingAnnualDividendYield": 0.0121,
            "totalAssets": 50_000_000_000,
            "navPrice": 204.9,
            "averageVolume": 30_000_000,
            "bid": 199.0,
            "ask": 211.0,
        },
        "fundProfile": {"feesExpensesInvestment": {"annualReportExpenseRatio": 0.0019, "totalNetAssets": 123456.78}},
        "topHoldings": {
            "holdings": [
                {"symbol": f"SYN{place}", "holdingName": "Synthetic", "holdingPercent": (90 - place) / 10_000}
                for place in range(10)
            ],
            "equityHoldings": {"priceToEarnings": 0.0571},
            "sectorWeightings": [{key: weight} for key, weight in WEIGHTS.items()],
        },
    }
    for name, fields in modules.items():
        whole[name] = whole[name] | fields if fields is not None else {}
    return {"quoteSummary": {"result": [{name: fields for name, fields in whole.items() if fields}], "error": None}}


def missing(kind: str, description: str) -> Reply:
    """How Yahoo says that it does not know a symbol."""
    error = {"code": "Not Found", "description": description}
    return json_reply({kind: {"result": None, "error": error}}, status=404)
