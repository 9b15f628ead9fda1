"""IWM from BlackRock: every number of a whole file, and what must not pass for one."""

from __future__ import annotations

import pytest

from assistant.providers.blackrock import BlackRock, parse_holdings
from assistant.providers.provider import Fetched, FetchError
from tests.providers.player import Player, Reply
from tests.providers.samples_issuers import FAILURES, LARGE, NOW, TICKERS, Stock, blackrock, small_caps, told

HOST = "www.blackrock.com"
CSV = "text/csv"
OTHERS = (
    "financials", "information_technology", "energy", "utilities", "real_estate", "materials", "consumer_discretionary",
    "consumer_staples", "communication_services",
)  # fmt: skip


def _fetch(player: Player, reply: Reply) -> Fetched:
    player.play(HOST, "/varnish-api/", reply)
    return BlackRock(clock=lambda: NOW).fetch("IWM")


def test_every_figure_of_a_file(player: Player) -> None:
    got = _fetch(player, Reply(200, blackrock(), CSV))
    day = ("percent", "2001-01-31", "trade_date")
    expected: dict[str, tuple[object, ...]] = {
        f"holding_weight.{ticker}": (float(weight), *day) for ticker, weight in zip(TICKERS, LARGE, strict=True)
    }
    expected |= {f"sector_weight.{id}": (8.4, *day) for id in OTHERS}
    expected |= {
        "sector_weight.health_care": (14.55, *day),
        "sector_weight.industrials": (9.6, *day),
        "top10_weight": (6.15, *day),
        "holdings_count": (1570, "count", *day[1:]),
    }
    assert told(got.figures) == expected
    assert got.refused == got.series == ()


def test_figures_say_where_they_are_from(player: Player) -> None:
    got = _fetch(player, Reply(200, blackrock(), CSV))
    for figure in got.figures:
        assert (figure.subject, figure.origin, figure.source) == ("IWM", "live", "BlackRock")
        assert figure.source_url == "https://www.ishares.com/us/products/239710/ishares-russell-2000-etf"
        assert (figure.fetched_at, figure.currency, figure.quality) == (NOW, None, "ok")
        assert figure.raw_path
        assert figure.basis == ("GICS" if figure.metric.startswith("sector_weight") else "")
        assert (figure.method == "reported") == figure.metric.startswith("holding_weight")
        assert bool(figure.formula) == (figure.method == "computed")
    (total,) = [figure for figure in got.figures if figure.metric == "top10_weight"]
    assert total.inputs[:2] == ("SYA 0.9", "SYB 0.8")
    assert len(total.inputs) == 10


def test_the_current_document_is_asked_for(player: Player) -> None:
    _fetch(player, Reply(200, blackrock(), CSV))
    (request,) = player.requests
    assert request.path.endswith("/product-data/api/v1/get-fund-document")
    assert (request.query["portfolioId"], request.query["component"]) == ("239710", "holdings")
    assert request.headers["user-agent"].startswith("small-cap-etf-assistant/")


def test_repeated_body_counts_once(player: Player) -> None:
    once = _fetch(player, Reply(200, blackrock(), CSV))
    assert _fetch(player, Reply(200, blackrock(repeats=2), CSV)) == once
    rows = small_caps()
    assert _fetch(player, Reply(200, blackrock([*rows, *rows]), CSV)) == once


@pytest.mark.parametrize("case", FAILURES)
def test_what_is_no_file(case: str, player: Player) -> None:
    reply, reason = FAILURES[case]
    with pytest.raises(FetchError) as caught:
        _fetch(player, reply)
    assert caught.value.reason == reason
    assert caught.value.retry_after == (120 if case == "429" else None)


def test_reply_that_is_cut_off(player: Player) -> None:
    with pytest.raises(FetchError, match="changed"):
        _fetch(player, Reply(200, blackrock(), CSV, cut=60_000))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (blackrock(day="-"), "changed"),
        (blackrock(day=""), "changed"),
        (blackrock(day="31.01.2001"), "changed"),
        (blackrock(day="Mar 31, 2001"), "implausible"),  # still to come
        (blackrock(fund="iShares Core S&P 500 ETF"), "changed"),
        (blackrock(currency="EUR"), "implausible"),
        (blackrock(small_caps()[:1000]), "changed"),
        (
            blackrock([stock._replace(weight=f"{float(stock.weight) / 100:.4f}") for stock in small_caps()]),
            "implausible",
        ),
        (blackrock([stock._replace(weight="0.07") for stock in small_caps()]), "implausible"),
        (blackrock([*small_caps(), Stock("SHORT", "SYNTHETIC SHORT", "-0.50", "Energy")]), "implausible"),
        (blackrock([*small_caps(), Stock("X", "SYNTHETIC", "n/a", "Energy")]), "changed"),
        (blackrock().replace(b"Weight (%)", b"Weight"), "changed"),
        (blackrock()[:120_000].rpartition(b'","10.00"')[0], "changed"),  # ends within a row
        (blackrock().replace(b"Ticker,", b"Symbol,"), "changed"),
        (blackrock().replace(b'"SYNTHETIC SMALL 9"', b'"' + b"x" * 200_000 + b'"'), "changed"),
    ],
)
def test_file_that_cannot_be_right(body: bytes, reason: str, player: Player) -> None:
    with pytest.raises(FetchError) as caught:
        _fetch(player, Reply(200, body, CSV))
    assert caught.value.reason == reason


def test_stock_without_ticker_counts_without_a_weight_of_its_own(player: Player) -> None:
    rows = [stock._replace(ticker="-") if stock.ticker == "SYC" else stock for stock in small_caps()]
    got = _fetch(player, Reply(200, blackrock(rows), CSV))
    figures = told(got.figures)
    assert figures["top10_weight"][0] == 6.15
    assert figures["holdings_count"][0] == 1570
    assert sum(metric.startswith("holding_weight.") for metric in figures) == 9
    (refused,) = got.refused
    assert (refused.metric, refused.reason) == ("holding_weight", "changed")
    assert "SYNTHETIC 2" in refused.detail


def test_unknown_sector_is_refused_and_the_others_kept(player: Player) -> None:
    rows = [stock._replace(sector="Space") if stock.sector == "Energy" else stock for stock in small_caps()]
    got = _fetch(player, Reply(200, blackrock(rows), CSV))
    figures = told(got.figures)
    assert "sector_weight.energy" not in figures
    assert sum(metric.startswith("sector_weight.") for metric in figures) == 10
    (refused,) = got.refused
    assert refused.metric == "sector_weight"
    assert "'Space' (8.4 %)" in refused.detail


def test_file_without_sectors_keeps_its_stocks(player: Player) -> None:
    got = _fetch(player, Reply(200, blackrock([stock._replace(sector="-") for stock in small_caps()]), CSV))
    assert len(told(got.figures)) == 12
    assert [(refused.metric, refused.reason) for refused in got.refused] == [("sector_weight", "changed")]


def test_cash_and_futures_are_no_stocks() -> None:
    day, stocks = parse_holdings(blackrock())
    assert day.isoformat() == "2001-01-31"
    assert {"XTSLA", "RTYH1"}.isdisjoint(stock.ticker for stock in stocks)
