"""Sector names and stocks, as whatever issuer lists them."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest

from assistant.providers.blackrock import BlackRock
from assistant.providers.fred import Fred
from assistant.providers.holdings import TAXONOMIES, Holding, holding_figures, sector_figures
from assistant.providers.invesco import Invesco
from assistant.providers.provider import FetchError, Provider
from assistant.providers.sec import Sec
from assistant.providers.ssga import Ssga
from assistant.providers.stamp import Stamp
from assistant.providers.vanguard import Vanguard

NOW = datetime(2001, 2, 28, 21, 30, tzinfo=UTC)
STAMP = Stamp("QQQ", "Synthetic", "https://example.com/", date(2001, 2, 27), "trade_date", NOW)


def test_each_provider_says_what_it_has() -> None:
    providers: list[Provider] = [BlackRock(), Vanguard(), Ssga(), Invesco(), Sec(None), Fred()]
    assert {provider.name: provider.subjects() for provider in providers} == {
        "blackrock": ("IWM",),
        "vanguard": ("VTWO",),
        "ssga": ("SPY",),
        "invesco": ("QQQ",),
        "sec": ("IWM", "VTWO"),
        "fred": ("US",),
    }
    assert all(provider.spacing >= 0.1 for provider in providers)


def test_sectors_are_those_of_the_vocabulary() -> None:
    names = tomllib.loads(files("assistant").joinpath("vocabulary.toml").read_text(encoding="utf-8"))["sector"]
    for taxonomy in TAXONOMIES.values():
        assert set(taxonomy.values()) == names.keys()


def test_names_that_fit_both_are_of_the_expected_taxonomy() -> None:
    weights = {
        "Health Care": 20.0, "Industrials": 20.0, "Financials": 10.0, "Energy": 10.0, "Utilities": 10.0,
        "Real Estate": 10.0, "Consumer Discretionary": 10.0, "Consumer Staples": 10.0,
    }  # fmt: skip
    for expected in ("GICS", "ICB"):
        assert {figure.basis for figure in sector_figures(STAMP, weights, expected, "sample").figures} == {expected}


def test_ten_largest_whatever_their_order() -> None:
    stocks = [Holding(f"S{at}", f"SYNTHETIC {at}", float(at)) for at in range(1, 14)]  # 91 % together
    got = holding_figures(STAMP, [*stocks, Holding("BRK.B", "SYNTHETIC B", 8.5)], 14, "sample")
    weights = {figure.metric: figure.value for figure in got.figures}
    assert [metric for metric in weights if metric.startswith("holding_weight.")] == [
        *(f"holding_weight.S{at}" for at in (13, 12, 11, 10, 9)),
        "holding_weight.BRK.B",
        *(f"holding_weight.S{at}" for at in (8, 7, 6, 5)),
    ]
    assert weights["top10_weight"] == 89.5
    assert weights["holdings_count"] == 14


def test_nothing_may_be_of_a_day_to_come() -> None:
    with pytest.raises(FetchError, match="still to come"):
        Stamp("QQQ", "Synthetic", "", date(2001, 3, 1), "trade_date", NOW)
