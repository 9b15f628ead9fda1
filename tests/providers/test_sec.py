"""N-PORT reports: found by the fund's own series, dated by their period, parsed without entities."""

from __future__ import annotations

import json

import pytest

from assistant.providers.provider import Fetched, FetchError
from assistant.providers.sec import Sec
from tests.providers.player import Answer, Player, Reply
from tests.providers.samples_issuers import (
    FAILURES,
    LARGE,
    NOW,
    SEC_FILINGS,
    SEC_FUNDS,
    TICKERS,
    sec_feed,
    sec_report,
    small_caps,
    told,
)

HOST = "www.sec.gov"
FUNDS, FILINGS, ARCHIVE = "/files/company_tickers_mf.json", "/cgi-bin/browse-edgar", "/Archives/edgar/data/"
XML = "application/xml"
DAY = ("percent", "2000-12-31", "period_end")
REPORT = sec_report()
PAUSES: list[float] = []


def _fetch(player: Player, subject: str = "IWM", contact: str | None = "me@example.com", **changed: Answer) -> Fetched:
    replies: dict[str, Answer] = {
        FUNDS: Reply(200, json.dumps(SEC_FUNDS).encode()),
        FILINGS: Reply(200, SEC_FILINGS, "application/atom+xml"),
        ARCHIVE: Reply(200, REPORT, XML),
    }
    names = {"funds": FUNDS, "filings": FILINGS, "report": ARCHIVE}
    for path, reply in (replies | {names[name]: reply for name, reply in changed.items()}).items():
        player.play(HOST, path, reply)
    PAUSES.clear()
    return Sec(contact, pause=PAUSES.append, clock=lambda: NOW).fetch(subject)


def test_every_figure(player: Player) -> None:
    got = _fetch(player)
    expected: dict[str, tuple[object, ...]] = {
        f"holding_weight.{ticker}": (float(weight), *DAY) for ticker, weight in zip(TICKERS, LARGE, strict=True)
    }
    expected |= {
        "top10_weight": (6.15, *DAY),
        "holdings_count": (1570, "count", *DAY[1:]),
        "net_assets": (70_000_000_000.0, "usd", *DAY[1:]),
    }
    assert told(got.figures) == expected
    assert got.refused == got.series == ()
    for figure in got.figures:
        assert (figure.subject, figure.source, figure.origin, figure.fetched_at) == ("IWM", "SEC N-PORT", "live", NOW)
        assert figure.source_url == "https://www.sec.gov/Archives/edgar/data/77/000000007701000002/"
        assert figure.currency == ("USD" if figure.metric == "net_assets" else None)
        assert figure.basis == ("all share classes" if figure.metric == "net_assets" else "")


def test_requests_go_by_series_and_name_a_contact(player: Player) -> None:
    _fetch(player)
    _, filings, report = player.requests
    assert (filings.query["CIK"], filings.query["type"], filings.query["output"]) == ("S000000002", "NPORT-P", "atom")
    assert report.path == "/Archives/edgar/data/77/000000007701000002/primary_doc.xml"
    assert {request.headers["user-agent"] for request in player.requests} == {
        "small-cap-etf-assistant/0.1 (personal use) me@example.com"
    }
    assert PAUSES == [Sec.spacing] * 2


def test_report_that_names_no_tickers(player: Player) -> None:
    report = sec_report(series="S000000003", tickers=False)
    got = _fetch(player, "VTWO", report=Reply(200, report, XML))
    assert told(got.figures).keys() == {"top10_weight", "holdings_count", "net_assets"}
    assert told(got.figures)["top10_weight"] == (6.15, *DAY)
    assert {(refused.metric, refused.reason) for refused in got.refused} == {("holding_weight", "changed")}
    assert len(got.refused) == 10
    assert {request.query.get("CIK") for request in player.requests} == {None, "S000000003"}


@pytest.mark.parametrize("contact", [None, "", "  ", "someone", "a@b.example\r\nX: 1", "누구@example.com"])
def test_nothing_is_asked_without_a_contact(contact: str | None, player: Player) -> None:
    with pytest.raises(FetchError) as caught:
        _fetch(player, contact=contact)
    assert caught.value.reason == "unauthorized"
    assert "e-mail address" in caught.value.detail
    assert player.requests == []


@pytest.mark.parametrize(
    ("step", "case"),
    [
        *(("funds", case) for case in FAILURES),
        *((step, case) for step in ("filings", "report") for case in ("429", "500", "page", "empty", "other JSON")),
    ],
)
def test_each_step_may_fail(step: str, case: str, player: Player) -> None:
    reply, reason = FAILURES[case]
    with pytest.raises(FetchError) as caught:
        _fetch(player, **{step: reply})
    assert caught.value.reason == reason


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (sec_report(series="S000000009"), "changed"),
        (sec_report(day=""), "changed"),
        (sec_report(day="2001-06-30"), "implausible"),
        (sec_report(doctype=BOMB), "not_data"),
        (
            sec_report().decode().replace("UTF-8", "UTF-16").replace("<edgar", BOMB + "<edgar", 1).encode("utf-16"),
            "not_data",
        ),
        (sec_report()[:200_000], "changed"),
        (sec_report().replace(b"<pctVal>0.90</pctVal>", b""), "changed"),
    ],
)
def test_report_that_cannot_be_right(body: bytes, reason: str, player: Player) -> None:
    with pytest.raises(FetchError) as caught:
        _fetch(player, report=Reply(200, body, XML))
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("body", "metric", "reason"),
    [
        (sec_report(small_caps()[:1400]), "holding_weight", "changed"),
        (sec_report([stock._replace(weight="0.0006") for stock in small_caps()]), "holding_weight", "implausible"),
        (sec_report(net_assets="70000.0"), "net_assets", "implausible"),  # in millions
        (sec_report(net_assets=""), "net_assets", "changed"),
    ],
)
def test_half_of_a_report(body: bytes, metric: str, reason: str, player: Player) -> None:
    got = _fetch(player, report=Reply(200, body, XML))
    assert [(refused.metric, refused.reason) for refused in got.refused] == [(metric, reason)]
    assert len(told(got.figures)) == {"holding_weight": 1, "net_assets": 12}[metric]


@pytest.mark.parametrize(
    ("step", "body", "reason"),
    [
        ("funds", json.dumps({**SEC_FUNDS, "data": []}).encode(), "not_found"),
        ("funds", json.dumps({**SEC_FUNDS, "fields": ["cik", "symbol"]}).encode(), "changed"),
        ("funds", json.dumps({**SEC_FUNDS, "data": [["x", "S000000002", "C", "IWM"], 3]}).encode(), "changed"),
        ("filings", sec_feed(), "changed"),
        ("filings", sec_feed(("NPORT-P/A", "2001-02-26", "0000000077-01-000002")), "changed"),
        ("filings", sec_feed(("NPORT-P", "2001-02-26", "../../etc")), "changed"),
    ],
)
def test_way_to_the_report_that_is_not_there(step: str, body: bytes, reason: str, player: Player) -> None:
    with pytest.raises(FetchError) as caught:
        _fetch(player, **{step: Reply(200, body, XML)})
    assert caught.value.reason == reason
