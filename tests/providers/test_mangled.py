"""Replies with bytes lost, added and moved: whatever comes, a parser reads it or raises FetchError."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import date
from typing import TypeVar

import pytest

from assistant.providers import blackrock, fred, invesco, sec, ssga, vanguard
from assistant.providers.fields import read_json, read_xml
from assistant.providers.holdings import Holding, sector_figures, stock_and_sector_figures
from assistant.providers.provider import FetchError
from assistant.providers.spreadsheet import read_rows
from assistant.providers.stamp import Stamp
from assistant.types import AsOfKind
from tests.providers import samples_issuers as samples

T = TypeVar("T")
TIMES = 150
FEW = [stock._replace(weight="33.2") for stock in samples.small_caps()[:3]]
DGS10 = fred.catalogue()["DGS10"]
SERIES = sec.Series(77, "S000000002")
ODD: tuple[object, ...] = (None, [], {}, "", 0, -1, "x", [None], {"a": 1}, 1e308, True, "-", "9" * 400, 10**400)


def _stamp(as_of: date | None, kind: AsOfKind) -> Stamp:
    return Stamp("X", "Synthetic", "", as_of or samples.NOW.date(), kind, samples.NOW)


def _figures(parsed: tuple[date, list[Holding]]) -> object:
    return stock_and_sector_figures(_stamp(parsed[0], "trade_date"), parsed[1], 1, "sample", "GICS")


def _sectors(weights: dict[str, float]) -> object:
    return sector_figures(_stamp(None, "fetch"), weights, "ICB", "sample")


PARSERS: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "blackrock": (samples.blackrock(FEW), lambda body: _figures(blackrock.parse_holdings(body))),
    "ssga": (samples.ssga(FEW), lambda body: _figures(ssga.parse_holdings(read_rows(body, "x"), "SPY"))),
    "fred": (b"observation_date,DGS10\n2001-02-26,4.44\n2001-02-27,.\n", lambda body: fred.parse_csv(body, DGS10)),
    "sec report": (samples.sec_report(FEW), lambda body: _figures(sec.parse_report(read_xml(body, "x"), SERIES))),
    "sec filings": (samples.SEC_FILINGS, lambda body: sec.newest_filing(read_xml(body, "x"))),
}
JSON_PARSERS: dict[str, tuple[bytes, Callable[[object], object]]] = {
    "vanguard holdings": (
        samples.vanguard_page(1, 3, FEW),
        lambda data: _figures(vanguard.read_holdings(lambda start: data)),
    ),
    "vanguard sectors": (samples.vanguard_sectors(), lambda data: _sectors(vanguard.parse_sectors(data))),
    "vanguard price": (samples.vanguard_price(), lambda data: vanguard.parse_price(data, _stamp, "VTWO")),
    "vanguard funds": (samples.vanguard_funds(), lambda data: vanguard.parse_fund(data, _stamp, "VTWO")),
    "invesco holdings": (samples.invesco_holdings(FEW), lambda data: _figures(invesco.parse_holdings(data))),
    "invesco sectors": (samples.invesco_sectors(), lambda data: _sectors(invesco.parse_sectors(data)[1])),
    "sec funds": (json.dumps(samples.SEC_FUNDS).encode(), lambda data: sec.find_series(data, "IWM")),
    "fred API": (
        b'{"observations": [{"date": "2001-02-26", "value": "4.44"}]}',
        lambda data: fred.parse_api(data, DGS10),
    ),
}


def _try(parse: Callable[[T], object], value: T) -> None:
    try:
        parse(value)
    except FetchError:
        pass


def _mangled(body: bytes, rng: random.Random) -> bytes:
    at, other = rng.randrange(len(body)), rng.randrange(len(body))
    noise = bytes(rng.choice(b'",\n\x00<>&;-.0\xff{}[]') for _ in range(3))
    start, end = sorted((at, other))
    return rng.choice(
        (body[:at], body[:at] + noise + body[at:], body[:at] + body[at + 20 :], body[:end] + body[start:])
    )


def _changed(data: object, rng: random.Random) -> object:
    """Return the value with something odd in one place."""
    if isinstance(data, dict) and data and rng.random() < 0.85:
        key = rng.choice(list(data))
        return {**data, key: _changed(data[key], rng)}
    if isinstance(data, list) and data and rng.random() < 0.85:
        at = rng.randrange(len(data))
        return [*data[:at], _changed(data[at], rng), *data[at + 1 :]]
    return rng.choice(ODD)


@pytest.mark.parametrize("name", PARSERS)
def test_mangled_bytes(name: str) -> None:
    body, parse = PARSERS[name]
    parse(body)
    rng = random.Random(name)
    for _ in range(TIMES):
        _try(parse, _mangled(body, rng))


@pytest.mark.parametrize("name", JSON_PARSERS)
def test_odd_values(name: str) -> None:
    body, parse = JSON_PARSERS[name]
    data = read_json(body, name)
    parse(data)
    rng = random.Random(name)
    for _ in range(TIMES):
        _try(parse, _changed(data, rng))
        _try(lambda mangled: parse(read_json(mangled, name)), _mangled(body, rng))
