"""IWM's and VTWO's stocks from their quarterly N-PORT reports to the SEC: official, and two to five months old.

A trust files for hundreds of funds under one number, so the reports are looked up by the fund's own series. Vanguard's
and most other reports name few tickers: those weights are refused, the rest counts. Knows nothing of storage.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from assistant.providers.fields import iso_day, members, number, read_json, read_xml
from assistant.providers.holdings import Holding, holding_figures
from assistant.providers.provider import Fetched, FetchError
from assistant.providers.stamp import Stamp
from assistant.providers.transport import USER_AGENT
from assistant.providers.visit import Pause, Visit, collect

FUNDS = "https://www.sec.gov/files/company_tickers_mf.json"
FILINGS = "https://www.sec.gov/cgi-bin/browse-edgar"
ARCHIVE = "https://www.sec.gov/Archives/edgar/data"
FORM = "NPORT-P"
FEWEST = 1500
NET_ASSETS = (1e8, 1e13)


class Series(NamedTuple):
    """A fund as the SEC counts it: the trust's number and the fund's own series."""

    cik: int
    id: str


class Sec:
    """Fetches nothing without a contact address, which the SEC wants to see in each request."""

    name = "sec"
    spacing = 0.2

    def __init__(
        self,
        contact: str | None,
        pause: Pause = time.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._contact = contact
        self._pause = pause
        self._clock = clock

    def subjects(self) -> tuple[str, ...]:
        return ("IWM", "VTWO")

    def fetch(self, subject: str) -> Fetched:
        """Fetch the newest report; raises FetchError, with the reason "unauthorized" where no contact is set."""
        agent = self._agent()
        visit = Visit(self.spacing, self._pause)
        series = find_series(read_json(visit.get(FUNDS, user_agent=agent).body, "funds"), subject)
        query = {"action": "getcompany", "CIK": series.id, "type": FORM, "owner": "include", "count": "10"}
        feed = visit.get(FILINGS, {**query, "output": "atom"}, user_agent=agent)
        folder = f"{ARCHIVE}/{series.cik}/{newest_filing(read_xml(feed.body, 'filings')).replace('-', '')}"
        report = read_xml(visit.get(f"{folder}/primary_doc.xml", user_agent=agent).body, "report")
        return self._figures(report, series, subject, folder)

    def _agent(self) -> str:
        contact = (self._contact or "").strip()
        if "@" not in contact or not (contact.isascii() and contact.isprintable()):
            raise FetchError("unauthorized", "the SEC wants an e-mail address in each request, and none is set")
        return f"{USER_AGENT} {contact}"

    def _figures(self, report: Element, series: Series, subject: str, folder: str) -> Fetched:
        as_of, stocks = parse_report(report, series)
        stamp = Stamp(subject, "SEC N-PORT", f"{folder}/", as_of, "period_end", self._clock())

        def net_assets() -> Fetched:
            value = number(report.findtext("formData/fundInfo/netAssets"), "report, netAssets")
            field, basis = "formData/fundInfo/netAssets", "all share classes"
            return Fetched((stamp.figure("net_assets", value, "usd", field, between=NET_ASSETS, basis=basis),))

        def holdings() -> Fetched:
            return holding_figures(stamp, stocks, FEWEST, "formData/invstOrSecs/invstOrSec/pctVal, assetCat EC")

        return collect(subject, [("net_assets", net_assets), ("holding_weight", holdings)])


def find_series(data: Any, ticker: str) -> Series:
    """Return a ticker's trust and series from the SEC's list of funds; raises FetchError."""
    fields = list(map(str, members(data, "fields", "funds")))
    if not {"cik", "seriesId", "symbol"} <= set(fields):
        raise FetchError("changed", f"funds: fields {fields}")
    for row in members(data, "data", "funds"):
        entry = dict(zip(fields, row, strict=False)) if isinstance(row, list) else {}
        if entry.get("symbol") == ticker:
            return Series(int(number(entry.get("cik"), "funds, cik")), str(entry.get("seriesId")))
    raise FetchError("not_found", f"funds: no {ticker}")


def newest_filing(feed: Element) -> str:
    """Return the number of the report filed last; amendments are left out, as they may be of older periods."""
    filings = [
        (entry.findtext("content/filing-date") or "", entry.findtext("content/accession-number") or "")
        for entry in feed.iter("entry")
        if entry.findtext("content/filing-type") == FORM
    ]
    newest = max(filings, default=("", ""))[1]
    if not newest.replace("-", "").isdecimal():
        raise FetchError("changed", f"filings: no {FORM} with a number")
    return newest


def parse_report(report: Element, series: Series) -> tuple[date, list[Holding]]:
    """Return the day that a report is of and its stocks (asset category EC); raises FetchError."""
    found = report.findtext("formData/genInfo/seriesId")
    if found != series.id:
        raise FetchError("changed", f"report: of the series {found}, not {series.id}")
    as_of = iso_day(report.findtext("formData/genInfo/repPdDate"), "report, repPdDate")
    stocks = [
        _holding(entry)
        for entry in report.iterfind("formData/invstOrSecs/invstOrSec")
        if (entry.findtext("assetCat") or "").strip() == "EC"
    ]
    return as_of, stocks


def _holding(entry: Element) -> Holding:
    name = (entry.findtext("name") or "").strip()
    ticker = entry.find("identifiers/ticker")
    symbol = "" if ticker is None else (ticker.get("value") or "").strip()
    return Holding(symbol, name, number(entry.findtext("pctVal"), f"report, {name}"))
