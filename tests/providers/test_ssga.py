"""SPY from State Street's workbook, with sectors only where the file has them."""

from __future__ import annotations

import pytest

from assistant.providers.provider import Fetched, FetchError
from assistant.providers.ssga import Ssga
from tests.providers.player import Player, Reply
from tests.providers.samples_issuers import BIG, FAILURES, NOW, TICKERS, large_caps, ssga, told, workbook

HOST = "www.ssga.com"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAY = ("percent", "2001-02-27", "trade_date")


def _fetch(player: Player, reply: Reply) -> Fetched:
    player.play(HOST, "/us/en/", reply)
    return Ssga(clock=lambda: NOW).fetch("SPY")


def test_every_figure(player: Player) -> None:
    got = _fetch(player, Reply(200, ssga(), XLSX))
    expected: dict[str, tuple[object, ...]] = {
        f"holding_weight.{ticker}": (float(weight), *DAY) for ticker, weight in zip(TICKERS, BIG, strict=True)
    }
    expected |= {"top10_weight": (32.0, *DAY), "holdings_count": (495, "count", *DAY[1:])}
    assert told(got.figures) == expected
    assert [(refused.metric, refused.reason) for refused in got.refused] == [("sector_weight", "changed")]
    for figure in got.figures:
        assert (figure.subject, figure.source, figure.origin, figure.fetched_at) == ("SPY", "State Street", "live", NOW)
        assert figure.source_url is not None and figure.source_url.startswith("https://www.ssga.com/")
    (request,) = player.requests
    assert request.path.endswith("/holdings-daily-us-en-spy.xlsx")


def test_sectors_where_the_file_has_them(player: Player) -> None:
    stocks = large_caps(484, "0.138")  # 44 more of each sector, 6.072 %
    got = _fetch(player, Reply(200, ssga(stocks, sectors=True), XLSX))
    assert got.refused == ()
    figures = told(got.figures)
    assert figures["sector_weight.health_care"] == (13.072, *DAY)
    assert figures["sector_weight.communication_services"] == (6.072, *DAY)
    assert sum(metric.startswith("sector_weight.") for metric in figures) == 11


@pytest.mark.parametrize("case", FAILURES)
def test_what_is_no_workbook(case: str, player: Player) -> None:
    reply, reason = FAILURES[case]
    with pytest.raises(FetchError) as caught:
        _fetch(player, reply)
    data = {"empty", "other JSON", "list", "deep", "no text"}
    assert caught.value.reason == ("not_data" if case in data else reason)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (ssga(ticker="MDY"), "changed"),
        (ssga(day="As of -"), "changed"),
        (ssga(day="As of 01-Mar-2001"), "implausible"),
        (ssga(currency="EUR"), "implausible"),
        (ssga(large_caps(400, "0.168")), "changed"),
        (ssga(large_caps(485, "0.00138")), "implausible"),
        (workbook([["Name", "Symbol"], ["SYNTHETIC", "S"]]), "changed"),
        (workbook([[]]), "changed"),
        (ssga()[:5000], "changed"),
    ],
)
def test_workbook_that_cannot_be_right(body: bytes, reason: str, player: Player) -> None:
    with pytest.raises(FetchError) as caught:
        _fetch(player, Reply(200, body, XLSX))
    assert caught.value.reason == reason
