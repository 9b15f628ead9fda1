"""QQQ from Invesco: stocks at the day of their prices, sectors by the taxonomy of their names."""

from __future__ import annotations

import pytest

from assistant.providers.invesco import Invesco
from assistant.providers.provider import Fetched, FetchError
from tests.providers.player import Answer, Player, Reply
from tests.providers.samples_issuers import (
    BIG,
    FAILURES,
    NASDAQ,
    NOW,
    TICKERS,
    invesco_holdings,
    invesco_sectors,
    large_caps,
    told,
)

HOST = "dng-api.invesco.com"
BASE = "/cache/v1/accounts/en_US/shareclasses/QQQ/"
PAUSES: list[float] = []


def _fetch(player: Player, holdings: Answer | None = None, sectors: Answer | None = None) -> Fetched:
    PAUSES.clear()
    player.play(HOST, f"{BASE}holdings/fund", holdings or Reply(200, invesco_holdings(), "text/plain"))
    player.play(HOST, f"{BASE}weightedHoldings/fund", sectors or Reply(200, invesco_sectors(), "text/plain"))
    return Invesco(pause=PAUSES.append, clock=lambda: NOW).fetch("QQQ")


def test_every_figure(player: Player) -> None:
    got = _fetch(player)
    day = ("percent", "2001-02-27", "trade_date")
    sector_day = ("percent", "2001-02-26", "trade_date")
    expected: dict[str, tuple[object, ...]] = {
        f"holding_weight.{ticker}": (float(weight), *day) for ticker, weight in zip(TICKERS, BIG, strict=True)
    }
    expected |= {
        "top10_weight": (32.0, *day),
        "holdings_count": (100, "count", *day[1:]),
        "sector_weight.information_technology": (60.0, *sector_day),
        "sector_weight.consumer_discretionary": (19.5, *sector_day),
        "sector_weight.health_care": (5.0, *sector_day),
        "sector_weight.industrials": (5.0, *sector_day),
        "sector_weight.communication_services": (4.0, *sector_day),
        "sector_weight.consumer_staples": (3.0, *sector_day),
        "sector_weight.utilities": (1.5, *sector_day),
        "sector_weight.materials": (1.0, *sector_day),
        "sector_weight.energy": (0.5, *sector_day),
        "sector_weight.real_estate": (0.4, *sector_day),
    }
    assert told(got.figures) == expected
    assert got.refused == got.series == ()
    assert PAUSES == [Invesco.spacing]
    assert {figure.basis for figure in got.figures if figure.metric.startswith("sector_weight")} == {"ICB"}
    for figure in got.figures:
        assert (figure.subject, figure.source, figure.origin, figure.fetched_at) == ("QQQ", "Invesco", "live", NOW)
        assert figure.source_url == "https://www.invesco.com/qqq-etf/en/about.html"


def test_requests_name_the_fund(player: Player) -> None:
    _fetch(player)
    fund, sectors = player.requests
    assert fund.query == {"idType": "ticker", "productType": "ETF"}
    assert sectors.query == {**fund.query, "breakdown": "sector"}


def test_sector_names_of_gics_without_spaces(player: Player) -> None:
    names = {
        "Technology": "InformationTechnology",
        "Telecommunications": "CommunicationServices",
        "Basic Materials": "Materials",
    }
    weights = {names.get(name, name): weight for name, weight in NASDAQ.items()} | {"Cash": 0.1}
    got = _fetch(player, sectors=Reply(200, invesco_sectors(weights)))
    assert {figure.basis for figure in got.figures if figure.metric.startswith("sector_weight")} == {"GICS"}
    assert told(got.figures)["sector_weight.information_technology"][0] == 60.0
    assert [refused.detail for refused in got.refused] == ["'Cash' (0.1 %) is no sector of GICS"]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"effectiveBusinessDate": None}, "2001-02-28"),
        ({"effectiveDate": "2001-02-23"}, "2001-02-23"),  # prices cannot be of a later day than the list
    ],
)
def test_day_of_the_list(days: dict[str, str | None], expected: str, player: Player) -> None:
    got = _fetch(player, holdings=Reply(200, invesco_holdings(days=days)))
    assert told(got.figures)["holdings_count"][2] == expected


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (invesco_holdings(total=105), "changed"),  # ten of many, or a list that ends early
        (invesco_holdings(large_caps(60, "1.125")), "changed"),
        (invesco_holdings(large_caps(90, "0.0075")), "implausible"),
        (invesco_holdings(currency="EUR"), "implausible"),
        (invesco_holdings(days={"effectiveDate": "soon"}), "changed"),
        (invesco_holdings(days={"effectiveDate": "2001-03-05", "effectiveBusinessDate": "2001-03-02"}), "implausible"),
        (
            invesco_holdings().replace(b'"percentageOfTotalNetAssets": 7.0', b'"percentageOfTotalNetAssets": null'),
            "changed",
        ),
        (invesco_holdings().replace(b"securityTypeName", b"kind"), "changed"),
        (invesco_holdings()[:4000], "changed"),
        (
            invesco_holdings([*large_caps(0, "")[:9], *large_caps(0, "")[:9], *large_caps(90, "0.42")[10:]]),
            "changed",
        ),
    ],
)
def test_holdings_that_cannot_be_right(body: bytes, reason: str, player: Player) -> None:
    got = _fetch(player, holdings=Reply(200, body))
    assert [(refused.metric, refused.reason) for refused in got.refused] == [("holding_weight", reason)]
    assert len(told(got.figures)) == 10


@pytest.mark.parametrize("case", sorted(FAILURES.keys() - {"429"}))
def test_sectors_that_fail_alone(case: str, player: Player) -> None:
    reply, reason = FAILURES[case]
    got = _fetch(player, sectors=reply)
    assert [(refused.metric, refused.reason) for refused in got.refused] == [("sector_weight", reason)]
    assert len(told(got.figures)) == 12


@pytest.mark.parametrize("case", FAILURES)
def test_nothing_at_all_raises(case: str, player: Player) -> None:
    reply, reason = FAILURES[case]
    with pytest.raises(FetchError) as caught:
        _fetch(player, reply, reply)
    assert caught.value.reason == reason


def test_rate_limit_of_the_second_request_raises(player: Player) -> None:
    with pytest.raises(FetchError) as caught:
        _fetch(player, sectors=FAILURES["429"][0])
    assert (caught.value.reason, caught.value.retry_after) == ("rate_limited", 120)
