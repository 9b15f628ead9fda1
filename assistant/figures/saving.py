"""What one save does to the tables of live figures, inside its transaction.

The key of a row is subject, metric, basis and source: never a value or a date. Knows nothing of connections, of threads
or of when something is fetched.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from assistant.figures.admission import Verdict, judge
from assistant.figures.merging import merged, trusted
from assistant.providers.provider import Fetched, FetchError, Series
from assistant.types import Figure

_LOG_LENGTH = 1_000


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A value that came and did not become the current one, and why."""

    subject: str
    metric: str
    verdict: Verdict
    detail: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did: figures that are current now, figures known before, and what was turned away."""

    new: tuple[Figure, ...] = ()
    kept: tuple[Figure, ...] = ()
    turned_away: tuple[TurnedAway, ...] = ()


def save_fetch(connection: sqlite3.Connection, provider: str, subject: str, fetched: Fetched, now: datetime) -> Saved:
    connection.execute("DELETE FROM missing WHERE source = ? AND subject = ?", [provider, subject])
    new, kept, turned_away = [], [], []
    for figure in fetched.figures:
        figure = replace(figure, fetched_at=now)
        verdict, detail = _admit(connection, provider, figure, now)
        if verdict == "new":
            new.append(figure)
        elif verdict == "kept":
            kept.append(figure)
        else:
            turned_away.append(TurnedAway(figure.subject, figure.metric, verdict, detail))
    for series in fetched.series:
        turned_away += _save_series(connection, provider, series, now)
    reasons = [(refused.subject, refused.metric, refused.reason, refused.detail) for refused in fetched.refused]
    reasons += [
        (turned.subject, turned.metric, "implausible", turned.detail)
        for turned in turned_away
        if turned.verdict != "older"
    ]
    connection.executemany(
        "REPLACE INTO missing VALUES (?, ?, ?, ?, ?, ?)",
        [(about, metric, provider, reason, detail, now.isoformat()) for about, metric, reason, detail in reasons],
    )
    connection.execute("REPLACE INTO fetches VALUES (?, ?, ?, ?, NULL)", [provider, subject, *[now.isoformat()] * 2])
    _note(connection, now, provider, subject, f"{len(new)} new, {len(kept)} kept, {len(reasons)} missing")
    return Saved(tuple(new), tuple(kept), tuple(turned_away))


def save_failure(connection: sqlite3.Connection, provider: str, subject: str, error: FetchError, now: datetime) -> None:
    at = now.isoformat()
    connection.execute(
        "REPLACE INTO missing VALUES (?, '', ?, ?, ?, ?)", [subject, provider, error.reason, error.detail, at]
    )
    connection.execute(
        "INSERT INTO fetches VALUES (?, ?, ?, NULL, ?) "
        "ON CONFLICT DO UPDATE SET tried_at = excluded.tried_at, reason = excluded.reason",
        [provider, subject, at, error.reason],
    )
    _note(connection, now, provider, subject, str(error))


def _admit(connection: sqlite3.Connection, provider: str, figure: Figure, now: datetime) -> tuple[Verdict, str]:
    key = "|".join((figure.subject, figure.metric, figure.basis, figure.source))
    about = [figure.subject, figure.metric]
    rows = connection.execute("SELECT key, record FROM current WHERE subject = ? AND metric = ?", about).fetchall()
    known = {other: from_record(record) for other, record in rows}
    doubted = connection.execute(
        "SELECT record FROM history WHERE key = ? AND suspect ORDER BY number DESC LIMIT 1", [key]
    ).fetchone()
    others = [other for other in known.values() if other.source != figure.source]
    verdict, detail = judge(figure, known.get(key), from_record(doubted[0]) if doubted else None, others, now.date())
    if verdict in ("new", "kept"):
        connection.execute(
            "REPLACE INTO current VALUES (?, ?, ?, ?, ?, ?, ?)",
            [key, *about, figure.basis, figure.source, provider, to_record(figure)],
        )
    if verdict in ("new", "suspect"):
        if verdict == "suspect" and figure.quality == "ok":
            figure = replace(figure, quality=f"suspect: {detail}")
        connection.execute(
            "INSERT INTO history VALUES (NULL, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "suspect = 0, record = excluded.record WHERE suspect AND NOT excluded.suspect",
            [key, figure.as_of.isoformat(), str(figure.value), *about, verdict == "suspect", to_record(figure)],
        )
    return verdict, detail


def _save_series(connection: sqlite3.Connection, provider: str, series: Series, now: datetime) -> Iterator[TurnedAway]:
    """Merge a series with what is stored of it; say what of it cannot be trusted."""
    about = [series.subject, series.metric, series.source]
    row = connection.execute(
        "SELECT number FROM series WHERE subject = ? AND metric = ? AND source = ?", about
    ).fetchone()
    days = connection.execute("SELECT day, value FROM points WHERE series = ?", row).fetchall() if row else []
    stored = {date.fromordinal(day): value for day, value in days}
    points, doubt = trusted(series, now.date())
    if doubt:
        yield TurnedAway(series.subject, series.metric, "suspect", doubt)
    if not points:
        return
    if stored and points[-1][0] < max(stored):
        yield TurnedAway(series.subject, series.metric, "older", f"it ends on {points[-1][0]}, before {max(stored)}")
        return
    number = connection.execute(
        "INSERT INTO series VALUES (NULL, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET provider = excluded.provider, "
        "unit = excluded.unit, source_url = excluded.source_url RETURNING number",
        [*about, provider, series.unit, series.source_url],
    ).fetchone()[0]
    changed = [(number, day.toordinal(), v) for day, v in merged(series.metric, stored, points) if stored.get(day) != v]
    connection.executemany("REPLACE INTO points VALUES (?, ?, ?)", changed)


def _note(connection: sqlite3.Connection, now: datetime, provider: str, subject: str, text: str) -> None:
    connection.execute("INSERT INTO log VALUES (NULL, ?, ?, ?, ?)", [now.isoformat(), provider, subject, text])
    connection.execute("DELETE FROM log WHERE number <= (SELECT MAX(number) FROM log) - ?", [_LOG_LENGTH])


def to_record(figure: Figure) -> str:
    """Return the figure as JSON, without what is left at its default."""
    values = [(entry, getattr(figure, entry.name)) for entry in fields(figure)]
    changed = {entry.name: value for entry, value in values if value != entry.default}
    return json.dumps(changed, default=lambda value: value.isoformat(), ensure_ascii=False)


def from_record(record: str) -> Figure:
    """Return the figure of a record; what this version of the program does not know is left out."""
    known: dict[str, Any] = {name: value for name, value in json.loads(record).items() if name in Figure.__slots__}
    value = known["value"]
    known["value"] = date.fromisoformat(value) if isinstance(value, str) else float(value)
    known["as_of"] = date.fromisoformat(known["as_of"])
    known["inputs"] = tuple(known.get("inputs", ()))
    if "fetched_at" in known:
        known["fetched_at"] = datetime.fromisoformat(known["fetched_at"])
    return Figure(**known)
