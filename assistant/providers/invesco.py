"""QQQ's stocks and sectors from the service behind Invesco's product page.

Knows nothing of storage. The taxonomy of the sectors is the one that their names belong to.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from assistant.providers.fields import iso_day, member, members, number, read_json
from assistant.providers.holdings import Holding, holding_figures, sector_figures
from assistant.providers.provider import Fetched, FetchError
from assistant.providers.stamp import Stamp
from assistant.providers.visit import Pause, Visit, collect

BASE = "https://dng-api.invesco.com/cache/v1/accounts/en_US/shareclasses/QQQ"
PARAMS = {"idType": "ticker", "productType": "ETF"}
PAGE = "https://www.invesco.com/qqq-etf/en/about.html"
FEWEST = 90
STOCKS = ("stock", "depository receipt", "depositary receipt", "ordinary")


class Invesco:
    name = "invesco"
    spacing = 0.1

    def __init__(self, pause: Pause = time.sleep, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._pause = pause
        self._clock = clock

    def subjects(self) -> tuple[str, ...]:
        return ("QQQ",)

    def fetch(self, subject: str) -> Fetched:
        visit = Visit(self.spacing, self._pause)

        def holdings() -> Fetched:
            reply = visit.get(f"{BASE}/holdings/fund", PARAMS)
            as_of, stocks = parse_holdings(read_json(reply.body, "holdings"))
            return holding_figures(self._stamp(subject, as_of), stocks, FEWEST, "holdings[].percentageOfTotalNetAssets")

        def sectors() -> Fetched:
            reply = visit.get(f"{BASE}/weightedHoldings/fund", {**PARAMS, "breakdown": "sector"})
            as_of, weights = parse_sectors(read_json(reply.body, "sectors"))
            return sector_figures(self._stamp(subject, as_of), weights, "GICS", "holdingWeights[].value")

        return collect(subject, [("holding_weight", holdings), ("sector_weight", sectors)])

    def _stamp(self, subject: str, as_of: date) -> Stamp:
        return Stamp(subject, "Invesco", PAGE, as_of, "trade_date", self._clock())


def parse_holdings(data: Any) -> tuple[date, list[Holding]]:
    """Return the day of the closing prices and the stocks; cash and futures are left out. Raises FetchError."""
    rows = members(data, "holdings", "holdings")
    stated = number(member(data, "totalNumberOfHoldings", "holdings"), "holdings, totalNumberOfHoldings")
    if stated != len(rows):
        raise FetchError("changed", f"holdings: {len(rows)} rows of {stated:g}")
    stocks = [row for row in rows if _is_stock(member(row, "securityTypeName", "holdings"))]
    for row in stocks:
        if member(row, "currency", "holdings") != "USD":
            raise FetchError("implausible", f"holdings: {row.get('ticker')} in {row['currency']}")
    return _day(data), [
        Holding(
            str(member(row, "ticker", "holdings") or "").strip(),
            str(row.get("issuerName", "")),
            number(member(row, "percentageOfTotalNetAssets", "holdings"), f"holdings, {row['ticker']}"),
        )
        for row in stocks
    ]


def parse_sectors(data: Any) -> tuple[date, dict[str, float]]:
    """Return the day and the weight of each sector; raises FetchError."""
    weights = {
        str(member(row, "name", "sectors")): number(member(row, "value", "sectors"), "sectors")
        for row in members(data, "holdingWeights", "sectors")
    }
    return _day(data), weights


def _is_stock(kind: object) -> bool:
    return any(word in str(kind).lower() for word in STOCKS)


def _day(data: Any) -> date:
    """The business day that the list is priced at, where it is stated; else the day from which the list counts."""
    effective = iso_day(member(data, "effectiveDate", "holdings"), "effectiveDate")
    if not data.get("effectiveBusinessDate"):
        return effective
    return min(effective, iso_day(data["effectiveBusinessDate"], "effectiveBusinessDate"))
