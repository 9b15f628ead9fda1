"""Yahoo through yfinance's own transport, over real TLS: numbers, units and dates, and what failures come to."""

from __future__ import annotations

import gc
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

import pytest

from assistant.providers.provider import Fetched, FetchError
from assistant.providers.yahoo import LISTINGS, Yahoo
from assistant.types import Figure
from tests.providers.player import Answer, Player, Reply, json_reply
from tests.providers.samples import (
    CRUMB,
    CRUMB_HOST,
    CRUMB_PATH,
    DATA_HOST,
    INVALID_CRUMB,
    PAGE,
    TOO_MANY,
    chart,
    missing,
    open_doors,
    play_chart,
    play_facts,
    stamp,
    summary,
)

ROOT = Path(__file__).resolve().parents[2]
FRIDAY = date(2001, 3, 2)
ALLOWED = {f"{host}.yahoo.com:443" for host in ("query1.finance", "query2.finance", "fc", "guce", "consent")}


def _reset() -> None:
    """Give yfinance the state of a new process."""
    from yfinance import cache
    from yfinance.data import SingletonMeta, YfData

    SingletonMeta._instances.pop(YfData, None)
    YfData.cache_get.cache_clear()
    cache._CookieDBManager.close_db()
    cache._CookieCacheManager._Cookie_cache = None


@pytest.fixture
def yahoo(player: Player, tmp_path: Path) -> Iterator[Yahoo]:
    """Yahoo with open doors and a good reply to everything on IWM."""
    _reset()
    open_doors(player)
    play_chart(player, json_reply(chart()))
    play_facts(player, json_reply(summary()))
    provider = Yahoo(tmp_path / "cache", spacing=0.0, seconds=3.0)
    yield provider
    _reset()
    assert set(player.connects) <= ALLOWED


def _figures(fetched: Fetched) -> dict[str, Figure]:
    found = {figure.metric: figure for figure in fetched.figures}
    assert len(found) == len(fetched.figures)
    return found


def _refused(fetched: Fetched) -> dict[str, str]:
    return {entry.metric: entry.reason for entry in fetched.refused}


def _points(fetched: Fetched) -> dict[str, list[tuple[date, float]]]:
    return {series.metric: list(series.points) for series in fetched.series}


def _fails(yahoo: Yahoo, subject: str = "IWM") -> FetchError:
    with pytest.raises(FetchError) as caught:
        yahoo.fetch(subject)
    assert "synthetic" not in caught.value.detail, "the crumb stays out of messages"
    return caught.value


def _paths(player: Player) -> list[str]:
    return [f"{request.host.split('.')[0]}{request.path}" for request in player.requests]


# What a fund's two replies give.


def test_prices_of_a_fund(player: Player, yahoo: Yahoo) -> None:
    before = datetime.now(UTC)
    found = _figures(yahoo.fetch("IWM"))
    price = found["price"]
    assert (price.subject, price.value, price.unit, price.currency) == ("IWM", 205.02, "usd", "USD")
    assert (price.as_of, price.as_of_kind, price.origin, price.method) == (FRIDAY, "trade_date", "live", "reported")
    assert (price.source, price.source_url) == ("Yahoo Finance", "https://finance.yahoo.com/quote/IWM")
    assert price.raw_path == "chart.result[0].meta.regularMarketPrice"
    assert price.fetched_at and before <= price.fetched_at <= datetime.now(UTC) and price.fetched_at.tzinfo is UTC
    change = found["change.day"]
    assert (change.value, change.unit, change.currency) == (2.0, "percent", None)
    assert (change.as_of, change.as_of_kind, change.method) == (FRIDAY, "trade_date", "computed")
    assert change.formula == "(last close / close before - 1) x 100"
    assert change.inputs == ("close 2001-02-28 = 201", "close 2001-03-02 = 205.02")
    for metric, value in (("high.52w", 208.02), ("low.52w", 197.0)):
        assert (found[metric].value, found[metric].unit, found[metric].as_of) == (value, "usd", FRIDAY)


def test_series_of_a_fund_leave_out_what_is_missing(player: Player, yahoo: Yahoo) -> None:
    fetched = yahoo.fetch("IWM")
    dates = [date(2001, 2, 26), date(2001, 2, 27), date(2001, 2, 28), FRIDAY]
    closes = [200.0, 202.0, 201.0, 205.02]
    assert _points(fetched) == {
        "close": list(zip(dates, closes, strict=True)),
        "adjusted_close": [(day, value * 0.99) for day, value in zip(dates, closes, strict=True)],
        "volume": list(zip(dates, [1_000_000, 1_000_001, 1_000_002, 1_000_004], strict=True)),
    }
    assert {(series.metric, series.unit) for series in fetched.series} == {
        ("close", "usd"), ("adjusted_close", "usd"), ("volume", "count"),
    }  # fmt: skip
    assert {(series.source, series.source_url) for series in fetched.series} == {
        ("Yahoo Finance", "https://finance.yahoo.com/quote/IWM")
    }


def test_facts_of_a_fund(player: Player, yahoo: Yahoo) -> None:
    fetched = yahoo.fetch("IWM")
    found = _figures(fetched)
    expected = {
        "expense_ratio": (0.19, "percent", "fundProfile.feesExpensesInvestment.annualReportExpenseRatio"),
        "net_assets": (50_000_000_000, "usd", "summaryDetail.totalAssets"),
        "dividend_yield": (1.23, "percent", "summaryDetail.yield"),
        "pe_ratio": (17.5, "multiple", "summaryDetail.trailingPE"),
        "nav": (204.9, "usd", "summaryDetail.navPrice"),
        "volume_average.3m": (30_000_000, "count", "summaryDetail.averageVolume"),
        "sector_weight.health_care": (16.0, "percent", "topHoldings.sectorWeightings.healthcare"),
        "sector_weight.industrials": (18.0, "percent", "topHoldings.sectorWeightings.industrials"),
        "sector_weight.financials": (17.0, "percent", "topHoldings.sectorWeightings.financial_services"),
        "sector_weight.information_technology": (15.0, "percent", "topHoldings.sectorWeightings.technology"),
        "sector_weight.energy": (5.0, "percent", "topHoldings.sectorWeightings.energy"),
        "sector_weight.utilities": (3.0, "percent", "topHoldings.sectorWeightings.utilities"),
        "sector_weight.real_estate": (6.0, "percent", "topHoldings.sectorWeightings.realestate"),
        "sector_weight.materials": (4.0, "percent", "topHoldings.sectorWeightings.basic_materials"),
        "sector_weight.consumer_discretionary": (10.0, "percent", "topHoldings.sectorWeightings.consumer_cyclical"),
        "sector_weight.consumer_staples": (3.0, "percent", "topHoldings.sectorWeightings.consumer_defensive"),
        "sector_weight.communication_services": (
            3.0, "percent", "topHoldings.sectorWeightings.communication_services",
        ),
        **{
            f"holding_weight.SYN{place}": (
                pytest.approx(0.9 - place / 100), "percent", f"topHoldings.holdings[{place}].holdingPercent",
            )
            for place in range(10)
        },
    }  # fmt: skip
    assert set(found) == {"price", "change.day", "high.52w", "low.52w", *expected}
    for metric, (value, unit, path) in expected.items():
        figure = found[metric]
        assert (figure.value, figure.unit) == (value, unit)
        assert figure.raw_path == f"quoteSummary.result[0].{path}"
        assert figure.fetched_at is not None
        assert (figure.as_of, figure.as_of_kind) == (figure.fetched_at.date(), "fetch")
        assert figure.basis == ("Morningstar" if metric.startswith("sector_weight") else "")
        assert figure.currency == ("USD" if unit == "usd" else None)
        assert (figure.method, figure.origin, figure.source) == ("reported", "live", "Yahoo Finance")
    assert fetched.refused == ()


def test_share_classes_are_said_for_vanguard(player: Player, yahoo: Yahoo) -> None:
    play_chart(player, json_reply(chart("VTWO")), symbol="VTWO")
    play_facts(player, json_reply(summary("VTWO")), symbol="VTWO")
    assert _figures(yahoo.fetch("VTWO"))["net_assets"].basis == "may cover all share classes"


def test_two_requests_a_fund(player: Player, yahoo: Yahoo) -> None:
    yahoo.fetch("IWM")
    yahoo.fetch("IWM")
    data = ["query2/v8/finance/chart/IWM", "query2/v10/finance/quoteSummary/IWM"]
    assert _paths(player) == ["fc/", "query1/v1/test/getcrumb", *data, *data]
    prices, facts = player.requests[2:4]
    first, last = (datetime.fromtimestamp(int(prices.query.pop(name)), UTC) for name in ("period1", "period2"))
    assert last - first > timedelta(days=10 * 365 + 10)
    assert prices.query == {"interval": "1d", "events": "div,splits,capitalGains", "crumb": "synthetic"}
    assert facts.query == {
        "modules": "price,summaryDetail,fundProfile,topHoldings", "formatted": "false", "symbol": "IWM",
        "crumb": "synthetic",
    }  # fmt: skip
    assert "A3=synthetic" in facts.headers["cookie"]
    assert set(player.connects) == ALLOWED - {"guce.yahoo.com:443", "consent.yahoo.com:443"}


def test_formatted_numbers_are_read_too(player: Player, yahoo: Yahoo) -> None:
    play_facts(player, json_reply(summary(summaryDetail={"trailingPE": {"raw": 18.5, "fmt": "18.50"}})))
    assert _figures(yahoo.fetch("IWM"))["pe_ratio"].value == 18.5


# What takes one request.


def test_subjects(yahoo: Yahoo) -> None:
    assert (yahoo.name, Yahoo(Path("unused")).spacing) == ("yahoo", 0.1)
    assert set(yahoo.subjects()) == {
        "IWM", "VTWO", "SPY", "QQQ", "Russell 2000", "S&P 500", "Nasdaq-100", "USD/KRW",
        "KRE", "XBI", "XLF", "XLI", "XLE",
    }  # fmt: skip
    assert _fails(yahoo, "ABC").reason == "not_found"


@pytest.mark.parametrize(
    ("subject", "symbol", "page"),
    [("Russell 2000", "^RUT", "%5ERUT"), ("S&P 500", "^GSPC", "%5EGSPC"), ("Nasdaq-100", "^NDX", "%5ENDX")],
)
def test_benchmark(player: Player, yahoo: Yahoo, subject: str, symbol: str, page: str) -> None:
    play_chart(player, json_reply(chart(symbol)), symbol=page)
    fetched = yahoo.fetch(subject)
    found = _figures(fetched)
    assert set(found) == {"price", "change.day", "high.52w", "low.52w"}
    assert (found["price"].subject, found["price"].unit, found["price"].currency) == (subject, "index", None)
    assert (found["high.52w"].unit, found["change.day"].unit) == ("index", "percent")
    assert found["price"].source_url == f"https://finance.yahoo.com/quote/{page}"
    assert {(series.metric, series.unit) for series in fetched.series} == {
        ("close", "index"), ("adjusted_close", "index"),
    }  # fmt: skip
    assert _paths(player)[2:] == [f"query2/v8/finance/chart/{page}"]


def test_sector_fund_takes_one_request(player: Player, yahoo: Yahoo) -> None:
    play_chart(player, json_reply(chart("KRE")), symbol="KRE")
    assert set(_points(yahoo.fetch("KRE"))) == {"close", "adjusted_close", "volume"}
    assert _paths(player)[2:] == ["query2/v8/finance/chart/KRE"]


def test_won_is_dated_where_it_trades(player: Player, yahoo: Yahoo) -> None:
    monday = date(2001, 7, 2)  # midnight in London is still Sunday in UTC
    body = chart(
        "KRW=X", [1300.0, 1313.0], currency="KRW", zone="Europe/London", opens=clock(0), first=monday,
        regularMarketTime=stamp(date(2001, 7, 3), "Europe/London", clock(0, 30)),
    )  # fmt: skip
    play_chart(player, json_reply(body), symbol="KRW=X")
    fetched = yahoo.fetch("USD/KRW")
    found = _figures(fetched)
    price = found["price"]
    assert (price.value, price.unit, price.currency, price.as_of) == (1313.0, "krw", "KRW", date(2001, 7, 3))
    assert price.source_url == "https://finance.yahoo.com/quote/KRW=X"
    assert found["change.day"].value == 1.0
    assert _points(fetched)["close"] == [(monday, 1300.0), (date(2001, 7, 3), 1313.0)]
    assert "volume" not in _points(fetched)


def test_day_that_is_not_over_is_in_no_series(player: Player, yahoo: Yahoo) -> None:
    period = {"start": stamp(FRIDAY), "end": int(datetime.now(UTC).timestamp()) + 600}
    body = chart(currentTradingPeriod={"regular": period}, regularMarketPrice=207.0)
    play_chart(player, json_reply(body))
    fetched = yahoo.fetch("IWM")
    assert _figures(fetched)["price"].value == 207.0
    assert _figures(fetched)["change.day"].value == pytest.approx((207 / 201 - 1) * 100, abs=1e-6)
    assert {points[-1][0] for points in _points(fetched).values()} == {date(2001, 2, 28)}


# What cannot be right is refused, the rest is kept.


def test_price_ten_times_too_high(player: Player, yahoo: Yahoo) -> None:
    play_chart(player, json_reply(chart(closes=[200.0, 202.0, 201.0, 203.0, 2050.2])))
    fetched = yahoo.fetch("IWM")
    assert set(_refused(fetched)) == {"price", "change.day", "high.52w", "low.52w", "close", "adjusted_close"}
    assert set(_refused(fetched).values()) == {"implausible"}
    assert set(_points(fetched)) == {"volume"}
    assert "expense_ratio" in _figures(fetched)


def test_last_price_alone_ten_times_too_high(player: Player, yahoo: Yahoo) -> None:
    play_chart(player, json_reply(chart(regularMarketPrice=2050.2, fiftyTwoWeekHigh=2050.2)))
    fetched = yahoo.fetch("IWM")
    assert _refused(fetched) == dict.fromkeys(("price", "change.day", "high.52w"), "implausible")
    assert len(_points(fetched)["close"]) == 4


def test_bad_close_of_yesterday_does_not_spoil_the_price(player: Player, yahoo: Yahoo) -> None:
    play_chart(player, json_reply(chart(closes=[200.0, 202.0, 201.0, 2010.0, 205.02], fiftyTwoWeekHigh=206.0)))
    fetched = yahoo.fetch("IWM")
    assert _figures(fetched)["price"].value == 205.02
    assert set(_refused(fetched)) == {"change.day", "high.52w", "low.52w", "close", "adjusted_close"}


def test_bad_close_of_long_ago_spoils_the_series_only(player: Player, yahoo: Yahoo) -> None:
    closes = [200.0, 2000.0, *([200.0] * 300), 202.0]
    play_chart(player, json_reply(chart(closes=closes, fiftyTwoWeekHigh=203.0)))
    fetched = yahoo.fetch("IWM")
    assert _refused(fetched) == dict.fromkeys(("close", "adjusted_close"), "implausible")
    assert _figures(fetched)["change.day"].value == 1.0


@pytest.mark.parametrize("closes", [[200.0, 0.0, 201.0], [200.0, 201.0, -3.0]])
def test_price_of_nothing(player: Player, yahoo: Yahoo, closes: list[float]) -> None:
    play_chart(player, json_reply(chart(closes=closes)))
    assert _refused(yahoo.fetch("IWM"))["close"] == "implausible"


def test_fall_of_a_quarter_in_a_day(player: Player, yahoo: Yahoo) -> None:
    play_chart(player, json_reply(chart(closes=[260.0, 250.0, 200.0], regularMarketPrice=187.0)))
    assert _refused(yahoo.fetch("IWM"))["change.day"] == "implausible"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (chart(currency="EUR"), "implausible"),
        (chart("SPY"), "implausible"),
        (chart(exchangeTimezoneName="Mars/Olympus"), "changed"),
        (chart(exchangeTimezoneName=None), "changed"),
        (chart(regularMarketTime=1e20), "changed"),
        (chart(volumes=[1]), "changed"),
        ({"chart": {"result": [], "error": None}}, "changed"),
        ({"chart": {"result": None, "error": {"code": "Not Found", "description": "No data found"}}}, "not_found"),
        ({"chart": None}, "changed"),
        ({}, "changed"),
        ([], "changed"),
    ],
)
def test_chart_that_is_of_no_use(player: Player, yahoo: Yahoo, body: Any, reason: str) -> None:
    play_chart(player, json_reply(body))
    fetched = yahoo.fetch("IWM")
    chart_metrics = ("price", "change.day", "high.52w", "low.52w", "close", "adjusted_close", "volume")
    assert _refused(fetched) == dict.fromkeys(chart_metrics, reason)
    assert "expense_ratio" in _figures(fetched) and fetched.series == ()


def test_arrays_of_nulls(player: Player, yahoo: Yahoo) -> None:
    play_chart(player, json_reply(chart(closes=[None, None, None], regularMarketPrice=205.0, fiftyTwoWeekHigh=206.0,
                                        fiftyTwoWeekLow=190.0)))  # fmt: skip
    fetched = yahoo.fetch("IWM")
    assert _refused(fetched) == dict.fromkeys(("change.day", "close", "adjusted_close", "volume"), "changed")
    assert _figures(fetched)["price"].value == 205.0


def test_prices_without_a_time(player: Player, yahoo: Yahoo) -> None:
    play_chart(player, json_reply(chart(regularMarketTime=None)))
    assert _refused(yahoo.fetch("IWM")) == dict.fromkeys(("price", "change.day", "high.52w", "low.52w"), "changed")
    later = (datetime.now(UTC) + timedelta(days=3)).timestamp()
    play_chart(player, json_reply(chart(regularMarketTime=later)))
    assert _refused(yahoo.fetch("IWM"))["price"] == "implausible"


@pytest.mark.parametrize(
    ("modules", "metric"),
    [
        ({"fundProfile": {"feesExpensesInvestment": {"annualReportExpenseRatio": 0.19}}}, "expense_ratio"),
        ({"fundProfile": {"feesExpensesInvestment": {"annualReportExpenseRatio": 0.000019}}}, "expense_ratio"),
        ({"summaryDetail": {"trailingPE": 0.0571}}, "pe_ratio"),
        ({"summaryDetail": {"yield": 1.23}}, "dividend_yield"),
        ({"summaryDetail": {"yield": 0.35, "trailingAnnualDividendYield": 0.0035}}, "dividend_yield"),
        ({"summaryDetail": {"totalAssets": 50_000}}, "net_assets"),
        ({"summaryDetail": {"navPrice": 2049.0}}, "nav"),
        ({"topHoldings": {"sectorWeightings": [{"technology": 15.0}, {"energy": 85.0}]}}, "sector_weight"),
        ({"topHoldings": {"sectorWeightings": [{"technology": 0.5}, {"energy": 0.4}]}}, "sector_weight"),
        ({"topHoldings": {"holdings": [{"symbol": "SYN", "holdingPercent": 0.9}]}}, "holding_weight"),
    ],
)
def test_unit_flip(player: Player, yahoo: Yahoo, modules: dict[str, Any], metric: str) -> None:
    play_facts(player, json_reply(summary(**modules)))
    fetched = yahoo.fetch("IWM")
    assert _refused(fetched) == {metric: "implausible"}
    assert not any(figure.metric.startswith(metric) for figure in fetched.figures)


@pytest.mark.parametrize(
    ("modules", "gone"),
    [
        ({"topHoldings": None}, {"sector_weight", "holding_weight"}),
        ({"fundProfile": None}, {"expense_ratio"}),
        ({"summaryDetail": None}, {"net_assets", "dividend_yield", "pe_ratio", "nav", "volume_average.3m"}),
        ({"price": None}, set()),
        ({"summaryDetail": {"trailingPE": "Infinity", "navPrice": None, "averageVolume": True}},
         {"pe_ratio", "nav", "volume_average.3m"}),
        ({"topHoldings": {"holdings": [None, {"symbol": "A"}], "sectorWeightings": [None, {"energy": None}]}},
         {"sector_weight", "holding_weight"}),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(player: Player, yahoo: Yahoo, modules: dict[str, Any], gone: set[str]) -> None:
    play_facts(player, json_reply(summary(**modules)))
    assert _refused(yahoo.fetch("IWM")) == dict.fromkeys(gone, "changed")


@pytest.mark.parametrize("module", ["price", "summaryDetail"])
def test_facts_in_another_currency(player: Player, yahoo: Yahoo, module: str) -> None:
    euros: dict[str, Any] = {module: {"currency": "EUR"}}
    play_facts(player, json_reply(summary(**euros)))
    fetched = yahoo.fetch("IWM")
    assert set(_refused(fetched).values()) == {"implausible"}
    assert set(_figures(fetched)) == {"price", "change.day", "high.52w", "low.52w"}


# Failures of the network and of Yahoo.

BROKEN: dict[str, tuple[Answer, str]] = {
    "unknown": (missing("quoteSummary", "Quote not found for symbol: IWM"), "not_found"),
    "500": (Reply(500, PAGE.body, "text/html"), "server_error"),
    "page": (PAGE, "not_data"),
    "page as data": (Reply(body=PAGE.body), "not_data"),
    "invalid crumb": (INVALID_CRUMB, "unauthorized"),
    "forbidden": (Reply(403), "unauthorized"),
    "cut off": (Reply(body=b'{"chart": {"result": [' + b" " * 500, cut=100), "changed"),
    "half of it": (Reply(body=b'{"chart": {"result": ['), "changed"),
    "nothing": (Reply(body=b""), "changed"),
    "not gzip": (Reply(body=b"{}", headers={"Content-Encoding": "gzip"}), "changed"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_both_requests_fail(player: Player, yahoo: Yahoo, name: str) -> None:
    reply, reason = BROKEN[name]
    play_chart(player, reply)
    play_facts(player, reply)
    assert _fails(yahoo).reason == reason


@pytest.mark.parametrize("name", BROKEN)
def test_one_failure_does_not_lose_the_other_half(player: Player, yahoo: Yahoo, name: str) -> None:
    reply, reason = BROKEN[name]
    play_facts(player, reply)
    fetched = yahoo.fetch("IWM")
    assert set(_figures(fetched)) == {"price", "change.day", "high.52w", "low.52w"}
    facts = ("expense_ratio", "net_assets", "dividend_yield", "pe_ratio", "nav", "volume_average.3m", "sector_weight",
             "holding_weight")  # fmt: skip
    assert _refused(fetched) == dict.fromkeys(facts, reason)


def test_stale_crumb_is_renewed(player: Player, yahoo: Yahoo) -> None:
    play_facts(player, INVALID_CRUMB, json_reply(summary()))
    assert "expense_ratio" in _figures(yahoo.fetch("IWM"))


@pytest.mark.parametrize(("headers", "wait"), [({}, None), ({"Retry-After": "120"}, 120.0)])
def test_too_many_requests_end_the_visit(
    player: Player, yahoo: Yahoo, headers: dict[str, str], wait: float | None
) -> None:
    play_chart(player, Reply(429, TOO_MANY.body, "text/plain", headers))
    error = _fails(yahoo)
    assert (error.reason, error.retry_after) == ("rate_limited", wait)
    assert _paths(player)[2:] == ["query2/v8/finance/chart/IWM"], "asked once, and for nothing else"


def test_facts_rest_after_too_many_requests(player: Player, yahoo: Yahoo) -> None:
    play_facts(player, Reply(429, TOO_MANY.body, "text/plain", {"Retry-After": "1"}), json_reply(summary()))
    error = _fails(yahoo)
    assert (error.reason, error.retry_after) == ("rate_limited", 1.0)
    fetched = yahoo.fetch("IWM")
    assert "price" in _figures(fetched) and _refused(fetched)["expense_ratio"] == "rate_limited"
    assert sum("quoteSummary" in path for path in _paths(player)) == 1
    time.sleep(1)
    assert "expense_ratio" in _figures(yahoo.fetch("IWM"))


def test_no_crumb_for_too_many_requests_then_recovery(player: Player, yahoo: Yahoo) -> None:
    player.play(CRUMB_HOST, CRUMB_PATH, Reply(429, TOO_MANY.body, "text/plain", {"Retry-After": "1"}), CRUMB)
    error = _fails(yahoo)
    assert (error.reason, error.retry_after) == ("rate_limited", 1.0)
    assert not any("quoteSummary" in path for path in _paths(player)), "there is no use in asking without a crumb"
    fetched = yahoo.fetch("IWM")
    assert "price" in _figures(fetched) and _refused(fetched)["expense_ratio"] == "rate_limited"
    assert sum("getcrumb" in path for path in _paths(player)) == 1, "and none in asking for the crumb again"
    time.sleep(1)
    assert "expense_ratio" in _figures(yahoo.fetch("IWM"))
    assert {request.query.get("crumb") for request in player.requests} == {None, "synthetic"}


def test_benchmark_needs_no_crumb(player: Player, yahoo: Yahoo) -> None:
    player.play(CRUMB_HOST, CRUMB_PATH, TOO_MANY)
    play_chart(player, json_reply(chart("^RUT")), symbol="%5ERUT")
    assert "price" in _figures(yahoo.fetch("Russell 2000"))
    assert "price" in _figures(yahoo.fetch("Russell 2000"))
    assert {request.query.get("crumb") for request in player.requests} == {None}
    assert sum("getcrumb" in path for path in _paths(player)) == 1


@pytest.mark.parametrize(("status", "reason"), [(500, "server_error"), (404, "unauthorized")])
def test_an_error_is_no_crumb(player: Player, yahoo: Yahoo, status: int, reason: str) -> None:
    refusal = Reply(status, b"Oops", "text/plain")
    player.play(CRUMB_HOST, CRUMB_PATH, refusal, refusal, CRUMB)
    fetched = yahoo.fetch("IWM")
    assert "price" in _figures(fetched)
    assert set(_refused(fetched).values()) == {reason}
    assert yahoo.fetch("IWM").refused == ()
    assert {request.query.get("crumb") for request in player.requests} == {None, "synthetic"}


def test_no_reply_in_time(player: Player, yahoo: Yahoo, tmp_path: Path) -> None:
    hasty = Yahoo(tmp_path / "cache", spacing=0.0, seconds=1.0)
    play_chart(player, Reply(delay=5))
    play_facts(player, Reply(body=b" " * 10_000, drip=0.05))
    started = time.monotonic()
    assert _fails(hasty).reason == "timeout"
    assert time.monotonic() - started < 1.9, "after a timeout the second request has half the time"


def test_second_attempt_has_no_time_of_its_own(player: Player, yahoo: Yahoo, tmp_path: Path) -> None:
    hasty = Yahoo(tmp_path / "cache", spacing=0.0, seconds=1.0)
    play_chart(player, Reply(401, delay=0.75), Reply(delay=5))
    player.play(DATA_HOST, CRUMB_PATH, Reply(delay=5))
    started = time.monotonic()
    assert _refused(hasty.fetch("IWM"))["price"] == "timeout"
    assert time.monotonic() - started < 1.6
    assert sum("chart" in path for path in _paths(player)) == 1


def test_slow_cookie_leaves_time_for_data(player: Player, yahoo: Yahoo) -> None:
    player.play("fc.yahoo.com", "/", Reply(delay=10))
    player.play("guce.yahoo.com", "/", Reply(500))
    assert "price" in _figures(yahoo.fetch("IWM"))


def test_outage_then_recovery(player: Player, yahoo: Yahoo, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        with monkeypatch.context() as outage:
            outage.setenv("HTTPS_PROXY", f"http://127.0.0.1:{taken.getsockname()[1]}")
            assert _fails(yahoo).reason == "unreachable"
    play_chart(player, Reply(500), TOO_MANY, json_reply(chart()))
    play_facts(player, Reply(500), json_reply(summary()))
    assert _fails(yahoo).reason == "server_error"
    assert _fails(yahoo).reason == "rate_limited"
    fetched = yahoo.fetch("IWM")
    assert {"price", "expense_ratio"} <= set(_figures(fetched)) and fetched.refused == ()


def test_failure_leaves_nothing_of_yfinance_behind(player: Player, yahoo: Yahoo) -> None:
    from yfinance.data import YfData

    yahoo.fetch("IWM")
    YfData().cache_get("https://query2.finance.yahoo.com/v8/finance/chart/IWM")
    assert YfData.cache_get.cache_info().currsize == 1
    play_chart(player, INVALID_CRUMB, INVALID_CRUMB, json_reply(chart()))
    yahoo.fetch("IWM")
    assert YfData.cache_get.cache_info().currsize == 0
    player.requests.clear()
    play_facts(player, Reply(500), json_reply(summary()))
    assert _refused(yahoo.fetch("IWM"))["expense_ratio"] == "server_error"
    yahoo.fetch("IWM")
    asked_before_data = ["fc/", "query1/v1/test/getcrumb"]
    assert _paths(player)[-4:-2] == asked_before_data, "a new cookie and a new crumb"


def test_consent_is_given(player: Player, yahoo: Yahoo) -> None:
    form = b'<html><form action="/v2/collectConsent"><input name="csrfToken" value="x"></form></html>'
    to_consent = Reply(302, headers={"Location": "https://consent.yahoo.com/form"})
    play_chart(player, to_consent, json_reply(chart()))
    player.play("consent.yahoo.com", "/form", Reply(body=form, content_type="text/html"))
    back = "https://query2.finance.yahoo.com/v8/finance/chart/IWM"
    player.play("consent.yahoo.com", "/v2/collectConsent", Reply(302, headers={"Location": back}))
    assert "price" in _figures(yahoo.fetch("IWM"))


def test_consent_that_leads_nowhere(player: Player, yahoo: Yahoo) -> None:
    play_chart(player, Reply(302, headers={"Location": "https://consent.yahoo.com/form"}))
    player.play("consent.yahoo.com", "/form", PAGE)
    assert _refused(yahoo.fetch("IWM"))["price"] == "not_data"


# Around it: certificates, the cookie's place, spacing, threads, the import.


def test_certificate_of_an_unknown_authority(player: Player, yahoo: Yahoo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    error = _fails(yahoo)
    assert error.reason == "unreachable"
    assert "certificate" in error.detail
    assert player.requests == []


@pytest.mark.parametrize("left_out", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_either_variable_names_the_authority(
    player: Player, yahoo: Yahoo, monkeypatch: pytest.MonkeyPatch, left_out: str
) -> None:
    monkeypatch.delenv(left_out)
    assert "price" in _figures(yahoo.fetch("IWM"))


def test_no_proxy_is_honoured(player: Player, yahoo: Yahoo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "yahoo.com")
    assert _fails(yahoo).reason in ("unreachable", "timeout")
    assert player.connects == []


def test_cookie_is_kept_in_its_folder(
    player: Player, yahoo: Yahoo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    yahoo.fetch("IWM")
    assert (tmp_path / "cache" / "cookies.db").exists()
    _reset()  # another process
    Yahoo(tmp_path / "cache", spacing=0.0).fetch("IWM")
    assert sum(path == "fc/" for path in _paths(player)) == 1


def test_requests_keep_their_distance(player: Player, yahoo: Yahoo, tmp_path: Path) -> None:
    Yahoo(tmp_path / "cache", spacing=0.4).fetch("IWM")
    prices, facts = player.requests[-2:]
    assert facts.time - prices.time >= 0.4


def test_many_fetches_leave_nothing_behind(player: Player, yahoo: Yahoo) -> None:
    files = Path("/proc/self/fd")
    counts = []
    for _ in range(3):
        for _ in range(10):
            worker = threading.Thread(target=yahoo.fetch, args=("IWM",))
            worker.start()
            worker.join()
        gc.collect()
        counts.append((len(list(files.iterdir())) if files.exists() else 0, len(player.connects)))
    (_, connects), (handles, _), (later, connects_later) = counts
    assert later <= handles  # fewer where something of an earlier test ends meanwhile
    assert connects_later == connects


def test_importing_loads_nothing_heavy(tmp_path: Path) -> None:
    program = "import sys, assistant.providers.yahoo as y; y.Yahoo(__import__('pathlib').Path('cache'));"
    program += "print({'yfinance', 'curl_cffi', 'pandas', 'httpx'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True, cwd=tmp_path, text=True, env={"PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("set()\n", "")
    assert not list(tmp_path.iterdir())


def test_every_listing_has_its_own_symbol() -> None:
    assert len({listing.symbol for listing in LISTINGS.values()}) == len(LISTINGS) == 13
