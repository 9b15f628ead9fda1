"""VTWO from Vanguard: every number, pages that do not add up, and parts that fail alone."""

from __future__ import annotations

import json

import pytest

from assistant.providers.provider import Fetched, FetchError
from assistant.providers.vanguard import Vanguard
from tests.providers.player import Answer, Player, Reply, Request
from tests.providers.samples_issuers import (
    FAILURES,
    ICB,
    LARGE,
    NOW,
    TICKERS,
    small_caps,
    told,
    vanguard_funds,
    vanguard_page,
    vanguard_price,
    vanguard_sectors,
)

HOST = "investor.vanguard.com"
API = "/vmf/api/VTWO/"
HOLDINGS, SECTORS, PRICE = f"{API}portfolio-holding/stock.json", f"{API}diversification", f"{API}price"
FUNDS = "/investment-products/list/funddetail/all"
PAUSES: list[float] = []
DAILY = ("usd", "2001-02-27", "trade_date")
MONTHLY = ("percent", "2001-01-31", "month_end")


def _page(request: Request) -> Reply:
    return Reply(200, vanguard_page(int(request.query["start"]), int(request.query["count"])))


def _play(player: Player, **changed: Answer) -> None:
    replies: dict[str, Answer] = {
        HOLDINGS: _page,
        SECTORS: Reply(200, vanguard_sectors()),
        PRICE: Reply(200, vanguard_price()),
        FUNDS: Reply(200, vanguard_funds()),
    }
    names = {"holdings": HOLDINGS, "sectors": SECTORS, "price": PRICE, "funds": FUNDS}
    for path, reply in (replies | {names[name]: reply for name, reply in changed.items()}).items():
        player.play(HOST, path, reply)


def _fetch() -> Fetched:
    PAUSES.clear()
    return Vanguard(pause=PAUSES.append, clock=lambda: NOW).fetch("VTWO")


def test_every_figure(player: Player) -> None:
    _play(player)
    got = _fetch()
    sectors = {
        "information_technology": 12.3, "communication_services": 1.7, "health_care": 17.0, "financials": 17.5,
        "real_estate": 6.0, "consumer_discretionary": 12.5, "consumer_staples": 2.5, "industrials": 19.0,
        "materials": 3.0, "energy": 5.5, "utilities": 3.0,
    }  # fmt: skip
    expected: dict[str, tuple[object, ...]] = {
        "nav": (100.0, *DAILY),
        "price": (100.05, *DAILY),
        "premium_discount": (0.05, "percent", *DAILY[1:]),
        "sec_yield": (1.23, "percent", "2001-02-26", "stated"),
        "expense_ratio": (0.07, "percent", "2000-12-20", "stated"),
        "return.1y": (10.5, *MONTHLY),
        "return_annualised.3y": (-8.25, *MONTHLY),
        "return_annualised.5y": (6.75, *MONTHLY),
        "return_annualised.10y": (7.5, *MONTHLY),
        "top10_weight": (6.15, *MONTHLY),
        "holdings_count": (1570, "count", *MONTHLY[1:]),
    }
    expected |= {f"sector_weight.{id}": (weight, "percent", "2001-02-28", "fetch") for id, weight in sectors.items()}
    expected |= {
        f"holding_weight.{ticker}": (float(weight), *MONTHLY) for ticker, weight in zip(TICKERS, LARGE, strict=True)
    }
    assert told(got.figures) == expected
    assert got.refused == got.series == ()


def test_figures_say_where_they_are_from(player: Player) -> None:
    _play(player)
    figures = {figure.metric: figure for figure in _fetch().figures}
    for figure in figures.values():
        assert (figure.subject, figure.origin, figure.source, figure.fetched_at) == ("VTWO", "live", "Vanguard", NOW)
        assert figure.source_url == "https://investor.vanguard.com/investment-products/etfs/profile/vtwo"
        assert figure.currency == ("USD" if figure.unit == "usd" else None)
        assert figure.raw_path
    basis = {metric: figures[metric].basis for metric in ("sector_weight.energy", "return.1y", "sec_yield", "nav")}
    assert basis == {
        "sector_weight.energy": "ICB",
        "return.1y": "NAV total return",
        "sec_yield": "30-day SEC yield",
        "nav": "",
    }
    premium = figures["premium_discount"]
    assert (premium.method, premium.formula) == ("computed", "(market price / NAV - 1) * 100")
    assert premium.inputs == ("market price 100.05", "NAV 100")


def test_requests_keep_their_distance(player: Player) -> None:
    _play(player)
    _fetch()
    assert [request.path for request in player.requests] == [PRICE, SECTORS, *[HOLDINGS] * 4, FUNDS]
    assert [request.query.get("start") for request in player.requests[2:6]] == ["1", "501", "1001", "1501"]
    assert PAUSES == [Vanguard.spacing] * 6
    assert {request.headers["accept"] for request in player.requests} == {"application/json"}


@pytest.mark.parametrize(
    ("failing", "metric", "case", "left"),
    [
        ("holdings", "holding_weight", "500", 20),
        ("holdings", "holding_weight", "other JSON", 20),
        ("sectors", "sector_weight", "page", 21),
        ("sectors", "sector_weight", "list", 21),
        ("price", "nav", "404", 28),
        ("price", "nav", "empty", 28),
        ("funds", "expense_ratio", "403", 27),
        ("funds", "expense_ratio", "page as data", 27),
        ("funds", "expense_ratio", "deep", 27),
    ],
)
def test_part_that_fails_alone_is_refused(failing: str, metric: str, case: str, left: int, player: Player) -> None:
    reply, reason = FAILURES[case]
    _play(player, **{failing: reply})
    got = _fetch()
    assert [(refused.metric, refused.reason) for refused in got.refused] == [(metric, reason)]
    assert len(told(got.figures)) == left


@pytest.mark.parametrize("failing", ["holdings", "sectors", "price", "funds"])
def test_rate_limit_always_raises(failing: str, player: Player) -> None:
    _play(player, **{failing: FAILURES["429"][0]})
    with pytest.raises(FetchError) as caught:
        _fetch()
    assert (caught.value.reason, caught.value.retry_after) == ("rate_limited", 120)


@pytest.mark.parametrize("case", FAILURES)
def test_nothing_at_all_raises(case: str, player: Player) -> None:
    reply, reason = FAILURES[case]
    player.play(HOST, "/", reply)
    with pytest.raises(FetchError) as caught:
        _fetch()
    assert caught.value.reason == reason
    assert len(player.requests) == {"429": 1, "403": 2}.get(case, 4)  # a site that forbids is not asked on


def _pages(*pages: bytes) -> Answer:
    replies = [Reply(200, page) for page in pages]
    return lambda request: replies.pop(0) if len(replies) > 1 else replies[0]


CASES: dict[str, tuple[Answer, str]] = {
    "fewer stocks": (_pages(*[vanguard_page(1 + 500 * at, 500, small_caps()[:1400]) for at in range(3)]), "changed"),
    "paging ends": (_pages(vanguard_page(1, 500), vanguard_page(501, 500), vanguard_page(1001, 0)), "changed"),
    "a page is short": (_pages(*[vanguard_page(1 + 500 * at, 499) for at in range(4)]), "changed"),
    "one page for ever": (_pages(vanguard_page(1, 500)), "changed"),
    "more than announced": (_pages(vanguard_page(1, 500, size=1200), vanguard_page(501, 2000, size=1200)), "changed"),
    "another date": (
        _pages(vanguard_page(1, 500), vanguard_page(501, 500).replace(b"2001-01-31", b"2000-12-31")),
        "changed",
    ),
    "no date": (_pages(vanguard_page(1, 500).replace(b'"2001-01-31T00:00:00-05:00"', b"null")), "changed"),
    "fractions": (
        _pages(
            *[
                vanguard_page(1 + 500 * at, 500, [stock._replace(weight="0.0006") for stock in small_caps()])
                for at in range(4)
            ]
        ),
        "implausible",
    ),
    "no number": (_pages(*[vanguard_page(1 + 500 * at, 500).replace(b'"0.06"', b'"-"') for at in range(4)]), "changed"),
    "cut off": (Reply(200, vanguard_page(1, 500), cut=9_000), "changed"),
    "half": (Reply(200, vanguard_page(1, 500)[:9_000]), "changed"),
}


@pytest.mark.parametrize("case", CASES)
def test_holdings_that_cannot_be_right(case: str, player: Player) -> None:
    reply, reason = CASES[case]
    _play(player, holdings=reply)
    got = _fetch()
    assert [(refused.metric, refused.reason) for refused in got.refused] == [("holding_weight", reason)]
    assert "holdings_count" not in told(got.figures)
    assert len(player.requests) < 15


@pytest.mark.parametrize(
    ("changes", "metric", "reason"),
    [
        ({"price_day": "2001-02-26"}, "premium_discount", "changed"),  # prices of two days make no premium
        ({"price": "112.00"}, "premium_discount", "implausible"),
        ({"yield": "0.0123"}, "sec_yield", "implausible"),
        ({"yield": None}, "sec_yield", "changed"),
    ],
)
def test_price_without_one_of_its_figures(
    changes: dict[str, str | None], metric: str, reason: str, player: Player
) -> None:
    _play(player, price=Reply(200, vanguard_price(**changes)))
    got = _fetch()
    assert [(refused.metric, refused.reason) for refused in got.refused] == [(metric, reason)]
    assert {"nav", "price"} <= told(got.figures).keys()
    assert metric not in told(got.figures)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"nav": "1.00"}, "implausible"), ({"nav": "NaN"}, "changed"), ({"nav_day": "2001-03-01"}, "implausible")],
)
def test_nav_that_cannot_be_right(changes: dict[str, str], reason: str, player: Player) -> None:
    _play(player, price=Reply(200, vanguard_price(**changes)))
    got = _fetch()
    refused = [(refused.metric, refused.reason) for refused in got.refused]
    assert refused == [("nav", reason), ("premium_discount", reason)]
    assert told(got.figures)["price"] == (100.05, *DAILY)


@pytest.mark.parametrize(
    ("changes", "metric", "reason"),
    [
        ({"expenseRatio": "0.0007"}, "expense_ratio", "implausible"),  # a fraction
        ({"expenseRatio": "7.0"}, "expense_ratio", "implausible"),  # basis points
        ({"tenYrPct": None}, "return_annualised.10y", "changed"),  # a fund too young
    ],
)
def test_cost_or_return_is_refused_alone(
    changes: dict[str, str | None], metric: str, reason: str, player: Player
) -> None:
    _play(player, funds=Reply(200, vanguard_funds(**changes)))
    got = _fetch()
    assert [(refused.metric, refused.reason) for refused in got.refused] == [(metric, reason)]
    assert len(told(got.figures)) == 31


def test_list_of_funds_without_this_one(player: Player) -> None:
    _play(player, funds=Reply(200, vanguard_funds(ticker="VTWG")))
    assert [(refused.metric, refused.reason) for refused in _fetch().refused] == [("expense_ratio", "changed")]


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        ({name: f"{float(weight) / 100:.4f}" for name, weight in ICB.items()}, "implausible"),
        (dict(list(ICB.items())[:5]), "changed"),
        ({**ICB, "Energy": "25.50"}, "implausible"),
        ({**ICB, "Energy": "-"}, "changed"),
        ({f"Sector {name}": weight for name, weight in ICB.items()}, "changed"),
        ({**ICB, "Health care": "0.10"}, "changed"),  # twice
    ],
)
def test_sectors_that_cannot_be_right(weights: dict[str, str], reason: str, player: Player) -> None:
    _play(player, sectors=Reply(200, vanguard_sectors(weights)))
    assert [(refused.metric, refused.reason) for refused in _fetch().refused] == [("sector_weight", reason)]


def test_sector_names_of_gics_are_told_apart(player: Player) -> None:
    names = {"Technology": "Information Technology", "Telecommunications": "Communication Services"}
    weights = {names.get(name, name): weight for name, weight in ICB.items()}
    weights["Materials"] = weights.pop("Basic Materials")
    _play(player, sectors=Reply(200, vanguard_sectors(weights)))
    (technology,) = [figure for figure in _fetch().figures if figure.metric == "sector_weight.information_technology"]
    assert (technology.value, technology.basis) == (12.3, "GICS")


def test_byte_order_mark_does_not_matter(player: Player) -> None:
    _play(player, price=Reply(200, b"\xef\xbb\xbf" + vanguard_price()))
    assert _fetch().refused == ()


def test_numbers_may_be_numbers(player: Player) -> None:
    price = json.loads(vanguard_price())
    price["currentPrice"]["dailyPrice"]["regular"]["price"] = 100.0
    _play(player, price=Reply(200, json.dumps(price).encode()))
    assert told(_fetch().figures)["nav"] == (100.0, *DAILY)
