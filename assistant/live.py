"""The live figures beside an index: their store, opened when first needed, and the refresher that fills it.

Fetches only when told to. Knows nothing of answers or of where each figure comes from.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.clocks import Now
from assistant.errors import SettingsError
from assistant.figures.preference import LiveTable
from assistant.types import COMPUTED, Article, Figure

if TYPE_CHECKING:
    from assistant.figures.breaker import ProviderState
    from assistant.figures.refresh import Progress, Refresher, Report
    from assistant.figures.risks import Risk
    from assistant.figures.store import FigureStore, Missing
    from assistant.providers.provider import Provider, Series

FILE = "figures.sqlite3"


@dataclass(frozen=True, slots=True)
class LiveState:
    """How fetching goes: each provider asked so far, what the last fetches did not bring, and when one last worked."""

    enabled: bool
    providers: tuple[ProviderState, ...]
    missing: tuple[Missing, ...]
    last_fetch: datetime | None


class LiveFigures:
    """The live figures of one indexes folder; safe to use from several threads.

    `providers` is None where the network may not be used.
    """

    def __init__(self, indexes: Path, providers: Callable[[], Sequence[Provider]] | None) -> None:
        self._path = indexes / FILE
        self._providers = providers
        self._lock = threading.RLock()
        self._store: FigureStore | None = None
        self._refresher: Refresher | None = None
        self._now: Now | None = None
        self._state: tuple[object, ...] = ()
        self._risks: tuple[Mapping[str, Article], Now, tuple[Risk, ...]] | None = None

    @property
    def store(self) -> FigureStore:
        from assistant.figures.store import FigureStore

        with self._lock:  # two threads that come first must not open two
            if self._store is None:
                self._store = FigureStore(self._path)
            return self._store

    @property
    def refresher(self) -> Refresher:
        """Raises SettingsError where the network may not be used."""
        from assistant.figures.refresh import Refresher

        if self._providers is None:
            raise SettingsError(
                "Live figures are switched off (ASSISTANT_LIVE=off); set it to on to fetch them.",
                "실시간 수치가 꺼져 있어요(ASSISTANT_LIVE=off). on으로 바꾸면 가져올 수 있어요.",
            )
        with self._lock:
            if self._refresher is None:
                self._refresher = Refresher(self._providers(), self.store)
            return self._refresher

    def now(self) -> Now:
        """Return what is in store now, read again when anything was fetched, by this process or another."""
        from assistant.figures.risks import derived_figures

        with self._lock:
            store, today = self.store, date.today()
            state = (today, *(path.stat().st_mtime_ns for path in self._files() if path.exists()))
            if self._now is None or state != self._state:
                missing = {(gap.subject, gap.metric): gap.reason for gap in store.missing()}
                table = LiveTable([*store.figures(), *derived_figures(store)], today)
                self._now, self._state = Now(table, missing, today, self._closes), state
            return self._now

    def refresh(
        self, subjects: Collection[str] | None = None, force: bool = False, progress: Progress | None = None
    ) -> Report:
        """Fetch what is due; raises SettingsError where the network may not be used."""
        report = self.refresher.refresh(subjects, force, progress)
        with self._lock:
            self._now = None
        return report

    def shown(self) -> tuple[Sequence[Figure], date]:
        """Return the figures in store, and today's date."""
        now = self.now()
        return now.table.figures, now.today

    def risks(self, articles: Mapping[str, Article]) -> tuple[Risk, ...]:
        """Return the nine risk factors with their gauges, read again when anything was fetched."""
        from assistant.figures.risks import risks

        with self._lock:
            now = self.now()
            if self._risks is None or self._risks[0] is not articles or self._risks[1] is not now:
                self._risks = articles, now, risks(self.store, articles, now.today)
            return self._risks[2]

    def state(self) -> LiveState:
        names = sorted({provider for _, provider, _, _ in self.store.log()} - {COMPUTED})
        states = tuple(self.store.state(name) for name in names)
        last = max((state.last_ok for state in states if state.last_ok), default=None)
        return LiveState(self._providers is not None, states, tuple(self.store.missing()), last)

    def keep_fresh(self) -> None:
        """Refresh in the background from now on, where the network may be used."""
        if self._providers is not None:
            self.refresher.start()

    def close(self) -> None:
        with self._lock:
            if self._refresher is not None:
                self._refresher.stop()
            if self._store is not None:
                self._store.close()

    def _closes(self, subject: str) -> Series | None:
        return self.store.whole_series(subject, "close")

    def _files(self) -> tuple[Path, ...]:
        return self._path, self._path.with_name(FILE + "-wal")
