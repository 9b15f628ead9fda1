"""US macro series from FRED: its keyless CSV files, or its API where there is a key.

Knows what each series of fred.toml measures. Knows nothing of storage, nor of which risk a series belongs to.
"""

from __future__ import annotations

import logging
import time
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from importlib.resources import files
from typing import Any, Literal

from assistant.providers.fields import iso_day, member, members, number, read_csv, read_json, read_text
from assistant.providers.provider import Fetched, FetchError, Series
from assistant.providers.stamp import Stamp
from assistant.providers.transport import Reply
from assistant.providers.visit import Pause, Visit, collect
from assistant.types import AsOfKind, Language

CSV = "https://fred.stlouisfed.org/graph/fredgraph.csv"
API = "https://api.stlouisfed.org/fred/series/observations"
PAGE = "https://fred.stlouisfed.org/series/"
SOURCE = "FRED, Federal Reserve Bank of St. Louis"
SUBJECT = "US"
# Ten years and a week: enough to say where a value stands among ten years of its own history, and a daily series of
# that length is one reply of about 45 kB.
HISTORY = timedelta(days=3660)
MISSING = (".", "")
Frequency = Literal["daily", "weekly", "monthly", "quarterly"]
# A weekly value is dated by the week's last day. A monthly or quarterly one is dated by its period's first day, which
# is neither end nor trading day: it is taken as stated.
KINDS: dict[Frequency, AsOfKind] = {
    "daily": "trade_date",
    "weekly": "period_end",
    "monthly": "stated",
    "quarterly": "stated",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A series of the catalogue; FRED's numbers times `factor` are in `unit`, and stay within `low` and `high`."""

    id: str
    title: Mapping[Language, str]
    unit: str
    frequency: Frequency
    factor: float
    low: float
    high: float
    licence: str
    basis: str = ""


@cache
def catalogue() -> dict[str, Entry]:
    """Return the series of fred.toml by id."""
    table = tomllib.loads(files("assistant.providers").joinpath("fred.toml").read_text(encoding="utf-8"))
    return {id: _entry(id, fields) for id, fields in table.items()}


def _entry(id: str, fields: dict[str, Any]) -> Entry:
    title: dict[Language, str] = {"ko": fields.pop("ko"), "en": fields.pop("en")}
    return Entry(id=id, title=title, **fields)


class Fred:
    """All series of the catalogue are one subject: those that fail are refused, the others are kept."""

    name = "fred"
    spacing = 0.1
    patience = 120.0  # one fetch is two dozen requests, of which each may be slow

    def __init__(
        self,
        key: str | None = None,
        pause: Pause = time.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ids: Iterable[str] | None = None,
    ) -> None:
        self._key = key
        self._pause = pause
        self._clock = clock
        self._entries = [entry for id, entry in catalogue().items() if ids is None or id in set(ids)]
        if key:
            logging.getLogger("httpx").addFilter(_without_key)

    def subjects(self) -> tuple[str, ...]:
        return (SUBJECT,)

    def fetch(self, subject: str) -> Fetched:
        visit = Visit(self.spacing, self._pause)
        parts = [(f"macro.{entry.id}", partial(self._series, visit, entry)) for entry in self._entries]
        return collect(subject, parts, keep_when_limited=True)

    def _series(self, visit: Visit, entry: Entry) -> Fetched:
        now = self._clock()
        start = (now.date() - HISTORY).isoformat()
        if self._key:
            query = {"series_id": entry.id, "api_key": self._key, "file_type": "json", "observation_start": start}
            points = parse_api(read_json(_ask_api(visit, query).body, entry.id), entry)
        else:
            points = parse_csv(visit.get(CSV, {"id": entry.id, "cosd": start}, accept="text/csv").body, entry)
        return _fetched(points, entry, now)


def _ask_api(visit: Visit, query: Mapping[str, str]) -> Reply:
    """FRED answers a wrong key with status 400, as it does a wrong query: its query is known to be right."""
    try:
        return visit.get(API, query)
    except FetchError as error:
        if error.detail.endswith("status 400"):
            raise FetchError("unauthorized", f"{API} does not accept the key or the series") from error
        raise


def _without_key(record: logging.LogRecord) -> bool:
    """Keep a line that shows the key out of httpx's log."""
    return "api_key=" not in record.getMessage()


def _fetched(points: tuple[tuple[date, float], ...], entry: Entry, now: datetime) -> Fetched:
    as_of, value = points[-1]
    metric, page = f"macro.{entry.id}", PAGE + entry.id
    stamp = Stamp(SUBJECT, SOURCE, page, as_of, KINDS[entry.frequency], now)
    field = f"{entry.id}, observation of {as_of}"
    figure = stamp.figure(metric, value, entry.unit, field, between=(entry.low, entry.high), basis=entry.basis)
    return Fetched((figure,), (Series(SUBJECT, metric, entry.unit, points, SOURCE, page),))


def parse_csv(body: bytes, entry: Entry) -> tuple[tuple[date, float], ...]:
    """Return the dated values of a file; raises FetchError. The date column's name changed about 2025."""
    if body.startswith(b"PK"):
        raise FetchError("changed", f"{entry.id}: several files in one")
    rows = [row for row in read_csv(read_text(body, entry.id).splitlines(), entry.id) if row]
    if not rows or rows[0] not in (["observation_date", entry.id], ["DATE", entry.id]):
        raise FetchError("changed", f"{entry.id}: header {rows[0] if rows else 'missing'}")
    if any(len(row) != 2 for row in rows):
        raise FetchError("changed", f"{entry.id}: a row that has not two fields")
    return _points(rows[1:], entry)


def parse_api(data: Any, entry: Entry) -> tuple[tuple[date, float], ...]:
    """Return the dated values of the API's reply; raises FetchError."""
    rows = members(data, "observations", entry.id)
    return _points([[str(member(row, key, entry.id)) for key in ("date", "value")] for row in rows], entry)


def _points(rows: list[list[str]], entry: Entry) -> tuple[tuple[date, float], ...]:
    """Leave missing values out; one that cannot be right refuses the whole series, as its unit may have changed."""
    points = tuple(
        (iso_day(day, entry.id), _scaled(number(text, entry.id), entry.factor))
        for day, text in rows
        if text.strip() not in MISSING
    )
    if not points:
        raise FetchError("changed", f"{entry.id}: no values")
    days = [day for day, _ in points]
    if days != sorted(set(days)):
        raise FetchError("changed", f"{entry.id}: days out of order")
    odd = [f"{value:,} on {day}" for day, value in points if not entry.low <= value <= entry.high]
    if odd:
        raise FetchError("implausible", f"{entry.id}: {odd[-1]} is not between {entry.low:,} and {entry.high:,}")
    return points


def _scaled(value: float, factor: float) -> float:
    return value if factor == 1 else float(round(value * factor))
