"""FRED: units that fit, gaps left open, and series that fail without losing the others."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Callable
from datetime import date

import pytest

from assistant.providers.fred import Fred, catalogue
from assistant.providers.provider import Fetched, FetchError
from tests.providers.player import Player, Reply, Request
from tests.providers.samples_issuers import FAILURES, NOW, PAGE, told

HOST, API_HOST = "fred.stlouisfed.org", "api.stlouisfed.org"
KEY = "0123456789abcdef0123456789abcdef"
PAUSES: list[float] = []

# Synthetic values: the last observation as FRED writes it, and what it must become.
LAST: dict[str, tuple[str, float, str, str]] = {
    "DFF": ("5.01", 5.01, "percent", "trade_date"),
    "DFEDTARU": ("5.25", 5.25, "percent", "trade_date"),
    "DGS10": ("4.44", 4.44, "percent", "trade_date"),
    "DGS2": ("4.11", 4.11, "percent", "trade_date"),
    "T10Y2Y": ("-0.33", -0.33, "percentage_point", "trade_date"),
    "DPRIME": ("8.25", 8.25, "percent", "trade_date"),
    "WALCL": ("6543210", 6_543_210_000_000, "usd", "period_end"),
    "RRPONTSYD": ("5.123", 5_123_000_000, "usd", "trade_date"),
    "UNRATE": ("4.2", 4.2, "percent", "stated"),
    "INDPRO": ("103.4567", 103.4567, "index", "stated"),
    "ICSA": ("222000", 222_000, "count", "period_end"),
    "PAYEMS": ("159876", 159_876_000, "count", "stated"),
    "BAMLH0A0HYM2": ("3.21", 3.21, "percent", "trade_date"),
    "DRTSCIS": ("-7.7", -7.7, "percent", "stated"),
    "DCOILWTICO": ("71.05", 71.05, "usd", "trade_date"),
    "DTWEXBGS": ("121.2121", 121.2121, "index", "trade_date"),
    "USEPUINDXD": ("123.45", 123.45, "index", "trade_date"),
    "VIXCLS": ("17.17", 17.17, "index", "trade_date"),
    "RVXCLS": ("23.23", 23.23, "index", "trade_date"),
    "STLFSI4": ("-0.4321", -0.4321, "index", "period_end"),
    "NFCI": ("-0.51234", -0.51234, "index", "period_end"),
}


def _csv(id: str, last: str | None = None, header: str = "observation_date") -> bytes:
    value = LAST[id][0] if last is None else last
    rows = [
        f"{header},{id}",
        f"2001-02-01,{value}",
        "2001-02-02,.",
        "2001-02-05,",
        f"2001-02-26,{value}",
        "2001-02-27,.",
    ]
    return "\n".join([*rows, ""]).encode()


def _file(request: Request) -> Reply:
    id = request.query["id"]
    return Reply(200, _csv(id), "text/csv", {"Content-Disposition": f'attachment; filename="{id}.csv"'})


def _fetch(player: Player, reply: Callable[[Request], Reply] = _file, ids: tuple[str, ...] | None = None) -> Fetched:
    player.play(HOST, "/graph/fredgraph.csv", reply)
    PAUSES.clear()
    return Fred(pause=PAUSES.append, clock=lambda: NOW, ids=ids).fetch("US")


def _but(**changed: Reply) -> Callable[[Request], Reply]:
    return lambda request: changed.get(request.query["id"]) or _file(request)


def test_every_series_in_its_unit(player: Player) -> None:
    got = _fetch(player)
    assert told(got.figures) == {
        f"macro.{id}": (value, unit, "2001-02-26", kind) for id, (_, value, unit, kind) in LAST.items()
    }
    assert [(series.metric, series.unit, series.points) for series in got.series] == [
        (f"macro.{id}", unit, ((date(2001, 2, 1), value), (date(2001, 2, 26), value)))
        for id, (_, value, unit, _) in LAST.items()
    ]
    assert got.refused == ()
    for figure in got.figures:
        assert (figure.subject, figure.origin, figure.fetched_at) == ("US", "live", NOW)
        assert figure.source == "FRED, Federal Reserve Bank of St. Louis"
        assert figure.source_url == f"https://fred.stlouisfed.org/series/{figure.metric.removeprefix('macro.')}"
        assert figure.currency == ("USD" if figure.unit == "usd" else None)
        assert figure.basis == catalogue()[figure.metric.removeprefix("macro.")].basis


def test_requests_are_one_series_each_and_apart(player: Player) -> None:
    _fetch(player)
    assert [request.query["id"] for request in player.requests] == list(LAST)
    assert {request.query["cosd"] for request in player.requests} == {"1991-02-21"}
    assert PAUSES == [0.1] * (len(LAST) - 1)
    for request in player.requests:
        assert request.headers["user-agent"].startswith("small-cap-etf-assistant/")


def test_old_header_and_byte_order_mark(player: Player) -> None:
    old = Reply(200, b"\xef\xbb\xbf" + _csv("DGS10", header="DATE").replace(b"\n", b"\r\n"), "text/csv")
    assert told(_fetch(player, _but(DGS10=old), ("DGS10",)).figures)["macro.DGS10"][0] == 4.44


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("daily.csv", _csv("DGS10"))
    return file.getvalue()


BAD: dict[str, tuple[Reply, str]] = {
    **{case: failure for case, failure in FAILURES.items() if case != "429"},
    "unknown id": (Reply(200, PAGE, "text/html; charset=utf-8"), "not_data"),
    "zip": (Reply(200, _zip(), "application/zip"), "changed"),
    "another series": (Reply(200, _csv("DGS2"), "text/csv"), "changed"),
    "two series": (Reply(200, b"observation_date,DGS10,DGS2\n2001-02-26,4.44,4.11\n", "text/csv"), "changed"),
    "header alone": (Reply(200, b"observation_date,DGS10\n", "text/csv"), "changed"),
    "only gaps": (Reply(200, b"observation_date,DGS10\n2001-02-26,.\n", "text/csv"), "changed"),
    "a row ends early": (Reply(200, _csv("DGS10")[:-8], "text/csv"), "changed"),
    "cut off": (Reply(200, _csv("DGS10"), "text/csv", cut=40), "changed"),
    "no number": (Reply(200, _csv("DGS10", "NaN"), "text/csv"), "changed"),
    "fraction": (Reply(200, _csv("DGS10", "0.0444"), "text/csv"), "implausible"),
    "basis points": (Reply(200, _csv("DGS10", "444"), "text/csv"), "implausible"),
    "out of order": (
        Reply(200, b"observation_date,DGS10\n2001-02-26,4.44\n2001-02-02,4.4\n", "text/csv"),
        "changed",
    ),
    "to come": (Reply(200, b"observation_date,DGS10\n2001-04-02,4.44\n", "text/csv"), "implausible"),
    "no day": (Reply(200, b"observation_date,DGS10\n02/26/2001,4.44\n", "text/csv"), "changed"),
}


@pytest.mark.parametrize("case", BAD)
def test_series_that_fails_does_not_lose_the_others(case: str, player: Player) -> None:
    reply, reason = BAD[case]
    got = _fetch(player, _but(DGS10=reply), ("DFF", "DGS10", "DGS2"))
    assert told(got.figures).keys() == {"macro.DFF", "macro.DGS2"}
    assert len(got.series) == 2
    assert [(refused.subject, refused.metric, refused.reason) for refused in got.refused] == [
        ("US", "macro.DGS10", reason)
    ]


@pytest.mark.parametrize("case", ["404", "500", "page", "zip", "no number"])
def test_first_series_that_fails_does_not_either(case: str, player: Player) -> None:
    got = _fetch(player, _but(DFF=BAD[case][0]), ("DFF", "DGS2"))
    assert told(got.figures).keys() == {"macro.DGS2"}


@pytest.mark.parametrize(
    ("id", "text"),
    [("WALCL", "6543.21"), ("RRPONTSYD", "2500000"), ("PAYEMS", "159.876"), ("UNRATE", "0.042"), ("ICSA", "222")],
)
def test_changed_unit_is_refused(id: str, text: str, player: Player) -> None:
    with pytest.raises(FetchError) as caught:
        _fetch(player, _but(**{id: Reply(200, _csv(id, text), "text/csv")}), (id,))
    assert caught.value.reason == "implausible"


@pytest.mark.parametrize("case", FAILURES)
def test_nothing_at_all_raises(case: str, player: Player) -> None:
    reply, reason = FAILURES[case]
    with pytest.raises(FetchError) as caught:
        _fetch(player, lambda request: reply, ("DFF", "DGS10", "DGS2"))
    assert caught.value.reason == reason
    assert len(player.requests) == {"429": 1, "403": 2}.get(case, 3)


def test_rate_limit_keeps_what_came_before(player: Player) -> None:
    got = _fetch(player, _but(DGS10=FAILURES["429"][0]), ("DFF", "DGS10", "DGS2", "VIXCLS"))
    assert told(got.figures).keys() == {"macro.DFF"}
    assert [(refused.metric, refused.reason) for refused in got.refused] == [
        ("macro.DGS10", "rate_limited"),
        ("macro.DGS2", "rate_limited"),
        ("macro.VIXCLS", "rate_limited"),
    ]
    assert all("asked again in 120 s" in refused.detail for refused in got.refused)
    assert len(player.requests) == 2


# --- with a key ------------------------------------------------------------------------------------------------------


def _observations(request: Request) -> Reply:
    id = request.query["series_id"]
    rows = ",".join(
        f'{{"realtime_start":"2001-02-28","realtime_end":"2001-02-28","date":"{day}","value":"{value}"}}'
        for day, value in (("2001-02-01", LAST[id][0]), ("2001-02-02", "."), ("2001-02-26", LAST[id][0]))
    )
    return Reply(200, f'{{"count":3,"observations":[{rows}]}}'.encode())


def test_key_leads_to_the_api_and_shows_nowhere(player: Player, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    player.play(API_HOST, "/fred/series/observations", _observations)
    got = Fred(KEY, pause=PAUSES.append, clock=lambda: NOW, ids=("DGS10", "WALCL")).fetch("US")
    assert told(got.figures) == {
        "macro.DGS10": (4.44, "percent", "2001-02-26", "trade_date"),
        "macro.WALCL": (6_543_210_000_000, "usd", "2001-02-26", "period_end"),
    }
    assert {request.host for request in player.requests} == {API_HOST}
    assert [request.query["api_key"] for request in player.requests] == [KEY] * 2
    assert player.requests[0].query["observation_start"] == "1991-02-21"
    assert caplog.records
    assert KEY not in caplog.text + repr(got)


@pytest.mark.parametrize("case", FAILURES)
def test_key_shows_in_no_failure(case: str, player: Player, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    reply, reason = FAILURES[case]
    player.play(API_HOST, "/", reply)
    with pytest.raises(FetchError) as caught:
        Fred(KEY, pause=PAUSES.append, clock=lambda: NOW, ids=("DGS10",)).fetch("US")
    assert caught.value.reason == reason
    shown = [caplog.text]
    error: BaseException | None = caught.value
    while error is not None:
        shown += [str(error), repr(error)]
        error = error.__cause__ or error.__context__
    assert KEY not in "".join(shown)


def test_wrong_key_is_said_to_be_one(player: Player) -> None:
    wrong = Reply(
        400, b'{"error_code":400,"error_message":"Bad Request. The value for variable api_key is not registered."}'
    )
    player.play(API_HOST, "/", wrong)
    with pytest.raises(FetchError) as caught:
        Fred(KEY, pause=PAUSES.append, clock=lambda: NOW).fetch("US")
    assert caught.value.reason == "unauthorized"
    assert len(player.requests) == 2


# --- the catalogue ---------------------------------------------------------------------------------------------------


def test_catalogue_is_whole() -> None:
    assert list(catalogue()) == list(LAST)
    for entry in catalogue().values():
        assert entry.title["ko"] and entry.title["en"]
        assert entry.low < entry.high
        assert entry.licence.partition(":")[0] in ("public domain", "citation", "copyright")
        assert entry.unit in ("percent", "percentage_point", "usd", "count", "index")
    assert {entry.title["ko"] for entry in catalogue().values()} & {
        entry.title["en"] for entry in catalogue().values()
    } == set()
