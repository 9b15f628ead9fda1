"""Figures from a fund's list of stocks: the ten largest, their sum, how many there are, and the weights of sectors.

Knows the names that issuers use for sectors, by GICS and by ICB; knows nothing of any issuer's format.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.providers.provider import Fetched, FetchError, Refused
from assistant.providers.stamp import Stamp

LARGEST = 10
SUM = (97.0, 103.0)  # percent: cash is left out, rounding adds up, and fractions of 1 are far off
FEWEST_SECTORS = 8  # an index without financials or energy still has more
_TICKER = re.compile(r"[A-Z0-9]{1,6}(?:[./-][A-Z]{1,2})?")

# Sector names by taxonomy, in lower-case letters only, to the ids of vocabulary.toml.
_BOTH = {
    "healthcare": "health_care",
    "industrials": "industrials",
    "financials": "financials",
    "energy": "energy",
    "utilities": "utilities",
    "realestate": "real_estate",
    "consumerdiscretionary": "consumer_discretionary",
    "consumerstaples": "consumer_staples",
}
TAXONOMIES: dict[str, dict[str, str]] = {
    "GICS": _BOTH
    | {
        "informationtechnology": "information_technology",
        "communicationservices": "communication_services",
        "communication": "communication_services",
        "materials": "materials",
    },
    "ICB": _BOTH
    | {
        "technology": "information_technology",
        "telecommunications": "communication_services",
        "basicmaterials": "materials",
    },
}


@dataclass(frozen=True, slots=True)
class Holding:
    """One stock of a fund; `weight` in percent, `sector` by the issuer's name."""

    ticker: str
    name: str
    weight: float
    sector: str = ""


def holding_figures(stamp: Stamp, stocks: Sequence[Holding], fewest: int, raw_path: str) -> Fetched:
    """Return the ten largest weights, their sum and the number of stocks; raises FetchError on a list with gaps.

    A stock that the list names without a ticker counts, but its own weight is refused: it has no metric to stand under.
    """
    if len(stocks) < fewest:
        raise FetchError("changed", f"{stamp.source}: {len(stocks):,} stocks, at least {fewest:,} expected")
    _check_sum(stamp, "the stocks' weights", [stock.weight for stock in stocks])
    largest = sorted(stocks, key=lambda stock: -stock.weight)[:LARGEST]
    named = [stock for stock in largest if _TICKER.fullmatch(stock.ticker)]
    twice = [ticker for ticker, count in Counter(stock.ticker for stock in named).items() if count > 1]
    if twice:
        raise FetchError("changed", f"{stamp.source}: {twice[0]} stands twice among the ten largest")
    weights = tuple(
        stamp.figure(
            f"holding_weight.{stock.ticker}", stock.weight, "percent", f"{raw_path}, {stock.ticker}", between=(0, 50)
        )
        for stock in named
    )
    total = stamp.figure(
        "top10_weight",
        round(sum(stock.weight for stock in largest), 4),
        "percent",
        raw_path,
        between=(0, 100),
        formula="sum of the ten largest weights",
        inputs=tuple(f"{stock.ticker or stock.name} {stock.weight:.15g}" for stock in largest),
    )
    count = stamp.figure(
        "holdings_count",
        len(stocks),
        "count",
        raw_path,
        between=(fewest, 10_000),
        formula="number of stocks in the list",
        inputs=(raw_path,),
    )
    nameless = tuple(
        Refused(stamp.subject, "holding_weight", "changed", f"{stock.name!r} stands without a ticker")
        for stock in largest
        if stock not in named
    )
    return Fetched(figures=(*weights, total, count), refused=nameless)


def stock_and_sector_figures(
    stamp: Stamp, stocks: Sequence[Holding], fewest: int, raw_path: str, taxonomy: str
) -> Fetched:
    """Return the figures of a list that names each stock's sector; raises FetchError on a list with gaps.

    Where its sectors alone cannot be used, they are refused.
    """
    got = holding_figures(stamp, stocks, fewest, raw_path)
    weights: dict[str, float] = {}
    for stock in stocks:
        weights[stock.sector] = round(weights.get(stock.sector, 0.0) + stock.weight, 6)
    try:
        formula = "sum of the weights of the sector's stocks"
        sectors = sector_figures(stamp, weights, taxonomy, f"{raw_path} by sector", formula)
    except FetchError as error:
        sectors = Fetched(refused=(Refused(stamp.subject, "sector_weight", error.reason, error.detail),))
    return Fetched(figures=got.figures + sectors.figures, refused=got.refused + sectors.refused)


def sector_figures(
    stamp: Stamp, weights: Mapping[str, float], expected: str, raw_path: str, formula: str = ""
) -> Fetched:
    """Return the weight of each sector; `expected` is the taxonomy where the names fit both.

    A name of neither is refused; raises FetchError where the weights cannot be a whole fund's.
    """
    keys = {name: "".join(filter(str.isalpha, name.lower())) for name in weights}
    basis = max(TAXONOMIES, key=lambda each: (len(TAXONOMIES[each].keys() & keys.values()), each == expected))
    ids = {name: TAXONOMIES[basis][key] for name, key in keys.items() if key in TAXONOMIES[basis]}
    if not FEWEST_SECTORS <= len(ids) == len(set(ids.values())):
        raise FetchError("changed", f"{stamp.source}: no list of sectors: {', '.join(weights) or 'empty'}")
    _check_sum(stamp, "the sectors' weights", list(weights.values()))
    figures = tuple(
        stamp.figure(
            f"sector_weight.{id}",
            weights[name],
            "percent",
            f"{raw_path}, {name}",
            between=(0, 100),
            basis=basis,
            formula=formula,
            inputs=(f"{raw_path}, {name}",) if formula else (),
        )
        for name, id in ids.items()
    )
    unknown = tuple(
        Refused(stamp.subject, "sector_weight", "changed", f"{name!r} ({weight:g} %) is no sector of {basis}")
        for name, weight in weights.items()
        if name not in ids and weight
    )
    return Fetched(figures=figures, refused=unknown)


def _check_sum(stamp: Stamp, what: str, weights: Sequence[float]) -> None:
    total = sum(weights)
    if not SUM[0] <= total <= SUM[1]:
        raise FetchError("implausible", f"{stamp.source}: {what} add up to {total:.2f} %")
    if min(weights) < 0:
        raise FetchError("implausible", f"{stamp.source}: {min(weights):g} % among {what}")
