"""SPY's stocks from State Street's daily holdings file.

The file has a column for sectors that is mostly empty: sectors are given only where it is filled. Knows nothing of
storage.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import zip_longest

from assistant.providers.fields import named_day, number
from assistant.providers.holdings import Holding, stock_and_sector_figures
from assistant.providers.provider import Fetched, FetchError
from assistant.providers.spreadsheet import read_rows
from assistant.providers.stamp import Stamp
from assistant.providers.visit import Pause, Visit

URL = "https://www.ssga.com/us/en/intermediary/library-content/products/fund-data/etfs/us/holdings-daily-us-en-spy.xlsx"
PAGE = "https://www.ssga.com/us/en/intermediary/etfs/state-street-spdr-sp-500-etf-trust-spy"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FEWEST = 490
COLUMNS = ("Name", "Ticker", "Weight", "Sector", "Local Currency")


class Ssga:
    name = "ssga"
    spacing = 0.1

    def __init__(self, pause: Pause = time.sleep, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._pause = pause
        self._clock = clock

    def subjects(self) -> tuple[str, ...]:
        return ("SPY",)

    def fetch(self, subject: str) -> Fetched:
        reply = Visit(self.spacing, self._pause).get(URL, accept=SPREADSHEET)
        as_of, stocks = parse_holdings(read_rows(reply.body, "holdings"), subject)
        stamp = Stamp(subject, "State Street", PAGE, as_of, "trade_date", self._clock())
        return stock_and_sector_figures(stamp, stocks, FEWEST, "sheet 1: Weight", "GICS")


def parse_holdings(rows: list[list[str]], ticker: str) -> tuple[date, list[Holding]]:
    """Return the file's date and its stocks, which have a ticker where cash has none; raises FetchError."""
    start = next((at for at, row in enumerate(rows) if row[:1] == ["Name"]), None)
    if start is None or not set(COLUMNS) <= set(rows[start]):
        raise FetchError("changed", f"holdings: no header with {', '.join(COLUMNS)}")
    preamble = {row[0].rstrip(":"): row[1] for row in rows[:start] if len(row) > 1}
    if preamble.get("Ticker Symbol") != ticker:
        raise FetchError("changed", f"holdings: those of {preamble.get('Ticker Symbol')!r}, not of {ticker}")
    as_of = named_day(preamble.get("Holdings", "").removeprefix("As of "), "%d-%b-%Y", "holdings")
    stocks: list[Holding] = []
    for row in rows[start + 1 :]:
        cells = dict(zip_longest(rows[start], row[: len(rows[start])], fillvalue=""))
        if not any(row[1:]):  # the blank row before the disclaimer, which is text in the first column alone
            break
        if cells["Ticker"] not in ("-", ""):
            stocks.append(_stock(cells))
    return as_of, stocks


def _stock(cells: dict[str, str]) -> Holding:
    if cells["Local Currency"] != "USD":
        raise FetchError("implausible", f"holdings: {cells['Ticker']} in {cells['Local Currency']!r}")
    weight = number(cells["Weight"], f"holdings, {cells['Name']}")
    return Holding(cells["Ticker"], cells["Name"], weight, cells["Sector"])
