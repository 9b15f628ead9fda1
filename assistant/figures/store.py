"""Live figures on disk: the current row of each key, all that ever came, series of days, and why something is missing.

A fetch that failed, a doubtful value or an older date never takes the place of a good row; a save happens whole or not
at all. Knows nothing of when something is fetched, or of how a figure is shown.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from assistant.figures.breaker import ProviderState
from assistant.figures.database import FigureDatabase
from assistant.figures.saving import Saved, from_record, save_failure, save_fetch
from assistant.providers.provider import Fetched, FetchError, Reason, Series
from assistant.types import Figure

logger = logging.getLogger(__name__)

_TIMES = ("next_try", "last_ok", "failed_at")


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a source has no present value of a metric; with metric "" nothing at all came on the subject."""

    subject: str
    metric: str
    source: str
    reason: Reason
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LastFetch:
    """The last try to fetch a subject, the last that worked, and why the last one failed, if it did."""

    tried_at: datetime
    fetched_at: datetime | None
    reason: Reason | None


class FigureStore:
    """One SQLite file; all methods may be called from any thread, other processes may read and write too.

    Raises IndexingError where the file cannot be read or written now.
    """

    def __init__(self, path: Path) -> None:
        self._database = FigureDatabase(path)

    def close(self) -> None:
        self._database.close()

    def save(self, source_name: str, subject: str, fetched: Fetched, now: datetime) -> Saved:
        """Store what a provider's fetch on a subject brought, in one transaction."""
        saved = self._database.write(lambda connection: save_fetch(connection, source_name, subject, fetched, now))
        for turned in saved.turned_away:
            level = logging.DEBUG if turned.verdict == "older" else logging.WARNING
            logger.log(level, "%s: %s %s is %s: %s", source_name, turned.subject, turned.metric, turned.verdict,
                       turned.detail)  # fmt: skip
        return saved

    def fail(self, provider: str, subject: str, error: FetchError, now: datetime) -> None:
        """Store that a provider's fetch on a subject brought nothing; no row changes."""
        self._database.write(lambda connection: save_failure(connection, provider, subject, error, now))

    def figures(self) -> list[Figure]:
        """Return the current figures by subject and metric; total returns stand before price returns."""
        rows = self._database.read("SELECT record FROM current ORDER BY subject, metric, basis DESC, source")
        return [from_record(record) for (record,) in rows]

    def current(self, subject: str, metric: str) -> list[Figure]:
        """Return the current figures of one subject and metric, one of each basis and source."""
        rows = self._database.read("SELECT record FROM current WHERE subject = ? AND metric = ?", [subject, metric])
        return [from_record(record) for (record,) in rows]

    def history(self, subject: str, metric: str) -> list[Figure]:
        """Return every value that came, by date and then as they came; doubtful ones say so in `quality`."""
        rows = self._database.read(
            "SELECT record FROM history WHERE subject = ? AND metric = ? ORDER BY as_of, number", [subject, metric]
        )
        return [from_record(record) for (record,) in rows]

    def series(self, subject: str, metric: str) -> list[tuple[date, float]]:
        """Return the dated values of a series, oldest first; empty where there is none."""
        whole = self.whole_series(subject, metric)
        return list(whole.points) if whole else []

    def whole_series(self, subject: str, metric: str) -> Series | None:
        """Return a series with its unit and source: of several sources the one that reaches furthest."""
        rows = self._database.read(
            "SELECT number, unit, source, source_url FROM series WHERE subject = ? AND metric = ? ORDER BY "
            "(SELECT MAX(day) FROM points WHERE series = number) DESC, "
            "(SELECT MIN(day) FROM points WHERE series = number), number LIMIT 1",
            [subject, metric],
        )
        if not rows:
            return None
        number, unit, source, source_url = rows[0]
        days = self._database.read("SELECT day, value FROM points WHERE series = ? ORDER BY day", [number])
        points = tuple((date.fromordinal(day), value) for day, value in days)
        return Series(subject, metric, unit, points, source, source_url)

    def series_fetched_at(self, subject: str, metric: str) -> datetime | None:
        """Return when a fetch that gives this series last worked."""
        rows = self._database.read(
            "SELECT MAX(fetched_at) FROM series JOIN fetches USING (provider, subject) "
            "WHERE subject = ? AND metric = ?",
            [subject, metric],
        )
        return datetime.fromisoformat(rows[0][0]) if rows[0][0] else None

    def subjects_with(self, metric: str) -> list[str]:
        """Return the subjects that have a series of this metric."""
        rows = self._database.read("SELECT DISTINCT subject FROM series WHERE metric = ? ORDER BY subject", [metric])
        return [subject for (subject,) in rows]

    def metrics(self, provider: str, subject: str) -> set[str]:
        """Return the metrics that a provider's fetches on a subject have brought."""
        rows = self._database.read(
            "SELECT metric FROM current WHERE provider = ? AND subject = ? "
            "UNION SELECT metric FROM series WHERE provider = ? AND subject = ?",
            [provider, subject, provider, subject],
        )
        return {metric for (metric,) in rows}

    def missing(self) -> list[Missing]:
        """Return what the last fetches did not bring, with the reasons; an older good row may well be there."""
        rows = self._database.read(
            "SELECT subject, metric, source, reason, detail, at FROM missing ORDER BY subject, metric, source"
        )
        return [
            Missing(subject, metric, source, reason, detail, datetime.fromisoformat(at))
            for subject, metric, source, reason, detail, at in rows
        ]

    def partly_missing(self, provider: str, subject: str) -> set[Reason]:
        """Return the reasons for which the last fetch did not bring all."""
        rows = self._database.read(
            "SELECT DISTINCT reason FROM missing WHERE source = ? AND subject = ?", [provider, subject]
        )
        return {reason for (reason,) in rows}

    def state(self, provider: str) -> ProviderState:
        rows = self._database.read("SELECT record FROM providers WHERE provider = ?", [provider])
        if not rows:
            return ProviderState(provider)
        fields = json.loads(rows[0][0])
        times = {name: datetime.fromisoformat(fields[name]) for name in _TIMES if fields[name]}
        return ProviderState(**(fields | times))

    def set_state(self, state: ProviderState) -> None:
        record = json.dumps(asdict(state), default=datetime.isoformat, ensure_ascii=False)
        self._database.write(
            lambda connection: connection.execute("REPLACE INTO providers VALUES (?, ?)", [state.provider, record])
        )

    def fetched_at(self, provider: str, subject: str) -> datetime | None:
        """Return when a fetch on the subject last worked."""
        last = self.last_fetch(provider, subject)
        return last.fetched_at if last else None

    def last_fetch(self, provider: str, subject: str) -> LastFetch | None:
        rows = self._database.read(
            "SELECT tried_at, fetched_at, reason FROM fetches WHERE provider = ? AND subject = ?", [provider, subject]
        )
        if not rows:
            return None
        tried_at, fetched_at, reason = rows[0]
        return LastFetch(
            datetime.fromisoformat(tried_at), datetime.fromisoformat(fetched_at) if fetched_at else None, reason
        )

    def log(self) -> list[tuple[datetime, str, str, str]]:
        """Return the last fetches, newest first: when, provider, subject, and what became of it."""
        rows = self._database.read("SELECT at, provider, subject, text FROM log ORDER BY number DESC")
        return [(datetime.fromisoformat(at), provider, subject, text) for at, provider, subject, text in rows]
