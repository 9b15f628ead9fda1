"""Facts in Yahoo's summary of a fund (quoteSummary v10): fees, size, yield, P/E, NAV and weights, none of them dated.

Yahoo mixes fractions and percent and gives some ratios upside down; that ends here. Never read: ytdReturn, bid and ask,
fundProfile's totalNetAssets, equityHoldings' ratios, and navPrice for a premium. Knows nothing of requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assistant.providers.provider import Fetched
from assistant.providers.yahoo_findings import Findings, Listing, around, at, items, number, percent, result

METRICS = (
    "expense_ratio",
    "net_assets",
    "dividend_yield",
    "pe_ratio",
    "nav",
    "volume_average.3m",
    "sector_weight",
    "holding_weight",
)
# Morningstar's eleven sectors by the names that this project gives to those nearest to them.
SECTORS = {
    "basic_materials": "materials",
    "communication_services": "communication_services",
    "consumer_cyclical": "consumer_discretionary",
    "consumer_defensive": "consumer_staples",
    "energy": "energy",
    "financial_services": "financials",
    "healthcare": "health_care",
    "industrials": "industrials",
    "realestate": "real_estate",
    "technology": "information_technology",
    "utilities": "utilities",
}
ROOT = "quoteSummary.result[0]"
LARGEST = 30  # percent: no holding of a broad fund weighs more
# Believed, not verified; said with the figure.
ALL_CLASSES = {"VTWO": "may cover all share classes"}


def read_facts(reply: Mapping[str, Any], listing: Listing, fetched_at: datetime) -> Fetched:
    """Return the facts on a fund; raises FetchError where the reply is of no use."""
    found = Findings(listing, fetched_at)
    summary = result(reply, "quoteSummary")
    detail, price = at(summary, "summaryDetail"), at(summary, "price")
    for module in (detail, price):
        if at(module, "currency") is not None:
            listing.check(at(price, "symbol"), at(module, "currency"))
    _take_fee(found, summary)
    _take_detail(found, detail, number(at(price, "regularMarketPrice")))
    _take_sectors(found, items(at(summary, "topHoldings", "sectorWeightings")))
    _take_holdings(found, items(at(summary, "topHoldings", "holdings")))
    return found.fetched()


def _take_fee(found: Findings, summary: Any) -> None:
    """Take the expense ratio; 0.19 where 0.0019 was meant makes 19 %, which is out of range."""
    path = ("fundProfile", "feesExpensesInvestment", "annualReportExpenseRatio")
    found.take("expense_ratio", percent(at(summary, *path)), "percent", ".".join((ROOT, *path)), (0.01, 2))


def _take_detail(found: Findings, detail: Any, price: float | None) -> None:
    def take(metric: str, value: float | None, unit: str, key: str, between: tuple[float, float]) -> None:
        basis = ALL_CLASSES.get(found.listing.subject, "") if metric == "net_assets" else ""
        found.take(metric, value, unit, f"{ROOT}.summaryDetail.{key}", between, basis=basis)

    nav, paid = number(at(detail, "navPrice")), percent(at(detail, "trailingAnnualDividendYield"))
    # Twenty times what the dividends of twelve months come to, either way, is another unit.
    likely = (paid / 20, min(15.0, paid * 20)) if paid else (0.0, 15.0)
    take("net_assets", number(at(detail, "totalAssets")), "usd", "totalAssets", (1e8, 1e13))
    take("dividend_yield", percent(at(detail, "yield")), "percent", "yield", likely)
    take("pe_ratio", number(at(detail, "trailingPE")), "multiple", "trailingPE", (3, 200))
    take("nav", nav, "usd", "navPrice", around(price or nav or 0.0))
    take("volume_average.3m", number(at(detail, "averageVolume")), "count", "averageVolume", (1, 1e10))


def _take_sectors(found: Findings, listed: list[Any]) -> None:
    """Take the weights of all sectors or of none."""
    weights = {
        key: weight
        for entry in listed
        for key, value in (entry.items() if isinstance(entry, dict) else ())
        if key in SECTORS and (weight := percent(value)) is not None
    }
    total = sum(weights.values())
    if not weights:
        return found.refuse("sector_weight", "changed", f"no {ROOT}.topHoldings.sectorWeightings in the reply")
    if not 97 <= total <= 103 or min(weights.values()) < 0:
        return found.refuse("sector_weight", "implausible", f"the weights add up to {total:.4g} %")
    for key, weight in weights.items():
        path = f"{ROOT}.topHoldings.sectorWeightings.{key}"
        found.take(f"sector_weight.{SECTORS[key]}", weight, "percent", path, (0, 100), basis="Morningstar")


def _take_holdings(found: Findings, listed: list[Any]) -> None:
    """Take the weights of the ten largest holdings or of none."""
    rows = [(place, at(row, "symbol"), percent(at(row, "holdingPercent"))) for place, row in enumerate(listed[:10])]
    usable = [(place, symbol, weight) for place, symbol, weight in rows if symbol and weight is not None]
    total = sum(weight for *_, weight in usable)
    if not usable:
        return found.refuse("holding_weight", "changed", f"no {ROOT}.topHoldings.holdings in the reply")
    if total > 97 or any(not 0 < weight <= LARGEST for *_, weight in usable):
        return found.refuse("holding_weight", "implausible", f"the ten largest add up to {total:.4g} %")
    for place, symbol, weight in usable:
        path = f"{ROOT}.topHoldings.holdings[{place}].holdingPercent"
        found.take(f"holding_weight.{symbol}", weight, "percent", path, (0, LARGEST))
