"""VTWO's stocks, sectors, prices, costs and returns from the service behind Vanguard's product pages.

Left out, because their keys are not known for certain: the P/E in `characteristic`, and `premiumOrDiscount`, in place
of which the premium is computed from price and NAV of one day. Knows nothing of storage.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from assistant.providers.fields import iso_day, member, members, number, read_json
from assistant.providers.holdings import Holding, holding_figures, sector_figures
from assistant.providers.provider import Fetched, FetchError
from assistant.providers.stamp import Stamp
from assistant.providers.visit import Pause, Visit, collect
from assistant.types import AsOfKind, Figure

BASE = "https://investor.vanguard.com/vmf/api/VTWO"
FUNDS = "https://investor.vanguard.com/investment-products/list/funddetail/all"
PAGE = "https://investor.vanguard.com/investment-products/etfs/profile/vtwo"
PAGE_SIZE = 500
MOST_PAGES = 10
FEWEST = 1500
SECTORS = {"isInternal": "true", "isBfpDiversificationToggle": "false"}
RETURNS = {
    "oneYrPct": "return.1y",
    "threeYrPct": "return_annualised.3y",
    "fiveYrPct": "return_annualised.5y",
    "tenYrPct": "return_annualised.10y",
}


class Vanguard:
    name = "vanguard"
    spacing = 0.1

    def __init__(self, pause: Pause = time.sleep, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._pause = pause
        self._clock = clock

    def subjects(self) -> tuple[str, ...]:
        return ("VTWO",)

    def fetch(self, subject: str) -> Fetched:
        visit = Visit(self.spacing, self._pause)
        return collect(
            subject,
            [
                ("nav", partial(self._price, visit, subject)),
                ("sector_weight", partial(self._sectors, visit, subject)),
                ("holding_weight", partial(self._holdings, visit, subject)),
                ("expense_ratio", partial(self._fund, visit, subject)),
            ],
        )

    def _stamp(self, subject: str, as_of: date | None, kind: AsOfKind) -> Stamp:
        now = self._clock()
        return Stamp(subject, "Vanguard", PAGE, as_of or now.date(), kind, now)

    def _holdings(self, visit: Visit, subject: str) -> Fetched:
        as_of, stocks = read_holdings(partial(_page, visit))
        stamp = self._stamp(subject, as_of, "month_end")
        return holding_figures(stamp, stocks, FEWEST, "portfolio-holding/stock.json: fund.entity[].percentWeight")

    def _sectors(self, visit: Visit, subject: str) -> Fetched:
        weights = parse_sectors(_json(visit, f"{BASE}/diversification", SECTORS))
        path = "diversification: sector.long[0].item[].currYrPct"
        return sector_figures(self._stamp(subject, None, "fetch"), weights, "ICB", path)

    def _price(self, visit: Visit, subject: str) -> Fetched:
        return parse_price(_json(visit, f"{BASE}/price"), partial(self._stamp, subject), subject)

    def _fund(self, visit: Visit, subject: str) -> Fetched:
        return parse_fund(_json(visit, FUNDS), partial(self._stamp, subject), subject)


Stamps = Callable[[date | None, AsOfKind], Stamp]


def _json(visit: Visit, url: str, params: Mapping[str, str] | None = None) -> Any:
    return read_json(visit.get(url, params, accept="application/json").body, url.rpartition("/")[2])


def _page(visit: Visit, start: int) -> Any:
    params = {"start": str(start), "count": str(PAGE_SIZE)}
    return _json(visit, f"{BASE}/portfolio-holding/stock.json", params)


def read_holdings(page: Callable[[int], Any]) -> tuple[date, list[Holding]]:
    """Read page after page until all rows that the first one announces are there; raises FetchError."""
    rows: list[Any] = []
    first = page(1)
    size = number(member(first, "size", "holdings"), "holdings, size")
    as_of = iso_day(member(first, "asOfDate", "holdings"), "holdings, asOfDate")
    data = first
    for _ in range(MOST_PAGES):
        more = members(data, "fund.entity", "holdings")
        if not more or more == rows[-len(more) :]:
            break
        rows += more
        if len(rows) >= size:
            break
        data = page(len(rows) + 1)
        if iso_day(member(data, "asOfDate", "holdings"), "holdings, asOfDate") != as_of:
            raise FetchError("changed", "holdings: pages of different dates")
    if len(rows) != size:
        raise FetchError("changed", f"holdings: {len(rows):,} rows of {size:,.0f}")
    return as_of, [_holding(row) for row in rows]


def _holding(row: Any) -> Holding:
    name = str(member(row, "longName", "holdings")).strip()
    weight = number(member(row, "percentWeight", "holdings"), f"holdings, {name}")
    return Holding(str(member(row, "ticker", "holdings") or "").strip(), name, weight)


def parse_sectors(data: Any) -> dict[str, float]:
    """Return the weights of the first list, which is the fund's; raises FetchError."""
    return {
        str(member(item, "name", "sectors")).strip(): number(member(item, "currYrPct", "sectors"), "sectors")
        for item in members(data, "sector.long.0.item", "sectors")
    }


def parse_price(data: Any, stamps: Stamps, subject: str) -> Fetched:
    """Return NAV, market price, the premium where both are of one day, and the yield; raises FetchError."""
    nav = partial(_usd, data, "currentPrice.dailyPrice.regular", "nav", stamps, "")
    price = partial(_usd, data, "currentPrice.dailyPrice.market", "price", stamps, "market price")
    return collect(
        subject,
        [
            ("nav", lambda: Fetched((nav(),))),
            ("price", lambda: Fetched((price(),))),
            ("premium_discount", lambda: Fetched((premium(nav(), price(), stamps),))),
            ("sec_yield", lambda: Fetched((_yield(data, stamps),))),
        ],
    )


def _usd(data: Any, path: str, metric: str, stamps: Stamps, basis: str) -> Figure:
    stamp = stamps(iso_day(member(data, f"{path}.asOfDate", "price"), "price"), "trade_date")
    value = number(member(data, f"{path}.price", "price"), "price")
    return stamp.figure(metric, value, "usd", f"price: {path}.price", between=(5, 5000), basis=basis)


def _yield(data: Any, stamps: Stamps) -> Figure:
    """`yieldPct` is the 30-day SEC yield: the service's own footnotes call it that."""
    path = "currentPrice.yield"
    stamp = stamps(iso_day(member(data, f"{path}.asOfDate", "price"), "price"), "stated")
    percent = number(member(data, f"{path}.yieldPct", "price"), "price")
    field = f"price: {path}.yieldPct"
    return stamp.figure("sec_yield", percent, "percent", field, between=(0.1, 15), basis="30-day SEC yield")


def premium(nav: Figure, price: Figure, stamps: Stamps) -> Figure:
    """Return by how many percent the market price is above the NAV of the same day; raises FetchError."""
    if nav.as_of != price.as_of:
        raise FetchError("changed", f"price: NAV of {nav.as_of}, but market price of {price.as_of}")
    assert isinstance(nav.value, float) and isinstance(price.value, float)
    return stamps(nav.as_of, "trade_date").figure(
        "premium_discount",
        round((price.value / nav.value - 1) * 100, 4),
        "percent",
        "price: currentPrice.dailyPrice",
        between=(-5, 5),
        formula="(market price / NAV - 1) * 100",
        inputs=(f"market price {price.value:g}", f"NAV {nav.value:g}"),
    )


def parse_fund(data: Any, stamps: Stamps, ticker: str) -> Fetched:
    """Return the fund's expense ratio and its returns to the last month end; raises FetchError."""
    found = [entity for entity in members(data, "fund.entity", "funds") if _ticker(entity) == ticker]
    if len(found) != 1:
        raise FetchError("changed", f"funds: {len(found)} of the name {ticker}")
    ratio = partial(_expense_ratio, found[0], stamps)
    returns = [(metric, partial(_return, found[0], stamps, metric, key)) for key, metric in RETURNS.items()]
    return collect(ticker, [("expense_ratio", ratio), *returns])


def _ticker(entity: Any) -> object:
    profile = entity.get("profile") if isinstance(entity, dict) else None
    return profile.get("ticker") if isinstance(profile, dict) else None


def _expense_ratio(fund: Any, stamps: Stamps) -> Fetched:
    stamp = stamps(iso_day(member(fund, "profile.expenseRatioAsOfDate", "funds"), "funds"), "stated")
    percent = number(member(fund, "profile.expenseRatio", "funds"), "funds")
    field = "funddetail/all: profile.expenseRatio"
    return Fetched((stamp.figure("expense_ratio", percent, "percent", field, between=(0.01, 2)),))


def _return(fund: Any, stamps: Stamps, metric: str, key: str) -> Fetched:
    path = "monthEndAvgAnnualRtn.fundReturn"
    stamp = stamps(iso_day(member(fund, f"{path}.asOfDate", "funds"), "funds"), "month_end")
    percent = number(member(fund, f"{path}.{key}", "funds"), "funds")
    field = f"funddetail/all: {path}.{key}"
    return Fetched((stamp.figure(metric, percent, "percent", field, between=(-90, 200), basis="NAV total return"),))
