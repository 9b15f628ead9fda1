"""Yahoo Finance: prices of funds, sector ETFs, benchmarks and the won, and what it states on four funds.

A fund takes two requests, all else one. Where one of the two fails, the other's figures are kept and the failed ones
are refused by name. An error is raised only where nothing came, with one exception: that Yahoo wants fewer requests is
always raised, and asked for no more, so that whoever calls can keep away. Facts then rest for an hour or as long as
Yahoo says, for prices are often still to be had when facts are not. Knows nothing of storage, retries or other sources.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from assistant.providers.provider import Fetched, FetchError, Refused
from assistant.providers.yahoo_chart import METRICS as PRICES
from assistant.providers.yahoo_chart import read_chart
from assistant.providers.yahoo_facts import METRICS as FACTS
from assistant.providers.yahoo_facts import read_facts
from assistant.providers.yahoo_findings import Listing
from assistant.providers.yahoo_transport import REST, YahooTransport

CHART = "https://query2.finance.yahoo.com/v8/finance/chart/"
SUMMARY = "https://query2.finance.yahoo.com/v10/finance/quoteSummary/"
# A return over ten years begins with the last close on or before its first day, which "range=10y" leaves out.
HISTORY = timedelta(days=10 * 366 + 14)
MODULES = "price,summaryDetail,fundProfile,topHoldings"
LISTINGS = {
    listing.subject: listing
    for listing in (
        *(Listing(symbol, symbol, facts=True) for symbol in ("IWM", "VTWO", "SPY", "QQQ")),
        Listing("Russell 2000", "^RUT", "index"),
        Listing("S&P 500", "^GSPC", "index"),
        Listing("Nasdaq-100", "^NDX", "index"),
        Listing("USD/KRW", "KRW=X", "krw"),
        *(Listing(symbol, symbol) for symbol in ("KRE", "XBI", "XLF", "XLI", "XLE")),
    )
}

Read = Callable[[Mapping[str, Any], Listing, datetime], Fetched]


class Yahoo:
    """A provider. `cache` is the folder for its cookie; `seconds` limits a request, half of it one after a timeout."""

    name = "yahoo"

    def __init__(self, cache: Path, *, spacing: float = 0.1, seconds: float = 7.0) -> None:
        self.spacing = spacing
        self._transport = YahooTransport(cache, spacing)
        self._seconds = seconds
        self._facts_from = 0.0
        self._limited: FetchError | None = None

    def subjects(self) -> tuple[str, ...]:
        return tuple(LISTINGS)

    def fetch(self, subject: str) -> Fetched:
        """Fetch prices, and facts where there are some; raises FetchError."""
        if subject not in LISTINGS:
            raise FetchError("not_found", f"{self.name} is not asked for {subject}")
        listing = LISTINGS[subject]
        prices = self._ask(CHART, _history(), read_chart, listing, self._seconds)
        failure = prices.reason if isinstance(prices, FetchError) else None
        if not listing.facts or failure in ("rate_limited", "unreachable"):
            return _together(listing, {PRICES: prices})
        seconds = self._seconds / 2 if failure == "timeout" else self._seconds
        return _together(listing, {PRICES: prices, FACTS: self._facts(listing, seconds)})

    def _facts(self, listing: Listing, seconds: float) -> Fetched | FetchError:
        """Return facts, or why there are none; raises FetchError where Yahoo has just asked for fewer requests."""
        if self._limited and time.monotonic() < self._facts_from:
            return self._limited
        params = {"modules": MODULES, "formatted": "false", "symbol": listing.symbol}
        facts = self._ask(SUMMARY, params, read_facts, listing, seconds)
        self._limited = facts if isinstance(facts, FetchError) and facts.reason == "rate_limited" else None
        if self._limited:
            wait = self._limited.retry_after
            self._facts_from = time.monotonic() + (REST if wait is None else wait)
            raise self._limited
        return facts

    def _ask(
        self, url: str, params: dict[str, str], read: Read, listing: Listing, seconds: float
    ) -> Fetched | FetchError:
        try:
            reply = self._transport.get(url + quote(listing.symbol, safe="="), params, seconds)
            return read(reply, listing, datetime.now(UTC))
        except FetchError as error:
            return error


def _history() -> dict[str, str]:
    """The parameters of a chart of daily prices, from HISTORY ago until now."""
    now = datetime.now(UTC)
    seconds = {"period1": int((now - HISTORY).timestamp()), "period2": int(now.timestamp())}
    texts = {name: str(value) for name, value in seconds.items()}
    return texts | {"interval": "1d", "events": "div,splits,capitalGains"}


def _together(listing: Listing, halves: Mapping[tuple[str, ...], Fetched | FetchError]) -> Fetched:
    """Join what came and name what did not; raises FetchError where nothing came."""
    came = [half for half in halves.values() if isinstance(half, Fetched)]
    failed = {metrics: half for metrics, half in halves.items() if isinstance(half, FetchError)}
    if not came:
        raise next(iter(failed.values()))
    missing = (
        Refused(listing.subject, metric, error.reason, error.detail)
        for metrics, error in failed.items()
        for metric in metrics
    )
    return Fetched(
        tuple(figure for half in came for figure in half.figures),
        tuple(series for half in came for series in half.series),
        (*(entry for half in came for entry in half.refused), *missing),
    )
