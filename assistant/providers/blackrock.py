"""IWM's stocks and sectors from BlackRock's daily holdings file.

The date is the one in the file: the address takes one too, but is said to ignore it. Knows nothing of storage.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime

from assistant.providers.fields import named_day, number, read_csv, read_text
from assistant.providers.holdings import Holding, stock_and_sector_figures
from assistant.providers.provider import Fetched, FetchError
from assistant.providers.stamp import Stamp
from assistant.providers.visit import Pause, Visit

URL = "https://www.blackrock.com/varnish-api/blk-one01-product-data/product-data/api/v1/get-fund-document"
PARAMS = {
    "appType": "PRODUCT_PAGE",
    "appSubType": "ISHARES",
    "targetSite": "us-ishares",
    "locale": "en_US",
    "portfolioId": "239710",
    "userType": "individual",
    "component": "holdings",
}
PAGE = "https://www.ishares.com/us/products/239710/ishares-russell-2000-etf"
FUND = "Russell 2000"
FEWEST = 1500
COLUMNS = ("Ticker", "Name", "Sector", "Asset Class", "Weight (%)", "Currency")
DATED = "Fund Holdings as of"


class BlackRock:
    name = "blackrock"
    spacing = 0.1

    def __init__(self, pause: Pause = time.sleep, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._pause = pause
        self._clock = clock

    def subjects(self) -> tuple[str, ...]:
        return ("IWM",)

    def fetch(self, subject: str) -> Fetched:
        reply = Visit(self.spacing, self._pause).get(URL, PARAMS, accept="text/csv")
        as_of, stocks = parse_holdings(reply.body)
        stamp = Stamp(subject, "BlackRock", PAGE, as_of, "trade_date", self._clock())
        return stock_and_sector_figures(stamp, stocks, FEWEST, "holdings: Weight (%), Equity", "GICS")


def parse_holdings(body: bytes) -> tuple[date, list[Holding]]:
    """Return the file's date and its stocks, each once; raises FetchError."""
    lines = read_text(body, "holdings").splitlines()
    start = next((at for at, line in enumerate(lines) if line.startswith("Ticker,")), None)
    if start is None:
        raise FetchError("changed", "holdings: no header that starts with Ticker")
    preamble = {row[0].strip(): row[-1].strip() for row in read_csv(lines[:start], "holdings") if row}
    if not any(FUND in text for text in preamble):
        raise FetchError("changed", f"holdings: not those of the {FUND} fund")
    if preamble.get(DATED, "-") in ("-", ""):
        raise FetchError("changed", f"holdings: no date in {DATED!r}, so no holdings")
    return named_day(preamble[DATED], "%b %d, %Y", "holdings"), _stocks(lines[start:])


def _stocks(lines: list[str]) -> list[Holding]:
    """Read the table up to the blank line before the disclaimer; a file that repeats its rows counts once."""
    header, *rows = read_csv(lines, "holdings")
    if not set(COLUMNS) <= set(header):
        raise FetchError("changed", f"holdings: columns {', '.join(header)}")
    table: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        if len(row) < 2:  # blank, or a lone non-breaking space
            break
        if row == header:
            continue
        if len(row) != len(header):
            raise FetchError("changed", f"holdings: a row of {len(row)} fields where {len(header)} are expected")
        table[tuple(row)] = dict(zip(header, map(str.strip, row), strict=True))
    return [_stock(cells) for cells in table.values() if cells["Asset Class"] == "Equity"]


def _stock(cells: dict[str, str]) -> Holding:
    if cells["Currency"] not in ("USD", "-", ""):
        raise FetchError("implausible", f"holdings: {cells['Ticker']} in {cells['Currency']}")
    weight = number(cells["Weight (%)"], f"holdings, {cells['Name']}")
    return Holding(cells["Ticker"], cells["Name"], weight, cells["Sector"])
