"""A provider's turn in a refresh: what is due, fetched subject by subject, stored, and computed with.

The first failure that concerns the provider ends its turn. Knows nothing of the other providers or of threads, save
that several turns may run at once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast, get_args

from assistant.errors import IndexingError
from assistant.figures.breaker import failed, shuts, succeeded
from assistant.figures.catalogue import fresh_until
from assistant.figures.computed import BENCHMARK, computed_figures
from assistant.figures.merging import PRICES
from assistant.figures.saving import Saved
from assistant.figures.store import FigureStore, LastFetch
from assistant.providers.provider import Fetched, FetchError, Provider, Reason, Series
from assistant.types import COMPUTED

logger = logging.getLogger(__name__)

Status = Literal["ok", "failed", "not_due", "open"]

_SUBJECT_WAIT = timedelta(hours=6)  # after a failure that concerns the subject only
_NOTHING_KNOWN = timedelta(hours=6)  # after a fetch that worked and brought nothing
_PARTLY_MISSING = timedelta(hours=1)  # after a fetch of which parts failed for a reason that passes
_PASSING: set[Reason] = {"rate_limited", "server_error", "timeout", "unreachable", "unauthorized"}
# What a parser raises on data of a shape that it does not know.
_PARSING = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one subject at one provider; "open": not asked, since the provider failed (an open breaker).

    `reason` is a provider's Reason, "not_stored" where the store could not be written, or "stopped".
    """

    provider: str
    subject: str
    status: Status
    reason: str = ""
    detail: str = ""
    next_try: datetime | None = None
    saved: Saved = Saved()


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Whether a refresh is over before its turns are: `given_up` where that was stored as a failure already."""

    cancelled: threading.Event
    given_up: threading.Event


class Turns:
    """Takes turns of providers; methods may be called from any thread."""

    def __init__(
        self,
        store: FigureStore,
        now: Callable[[], datetime],
        pause: Callable[[float], object] | None,
        chance: Callable[[], float],
    ) -> None:
        self._store = store
        self._now = now
        self._pause = pause
        self._chance = chance
        self._asked: dict[str, float] = {}
        self._changing = threading.Lock()

    def not_now(self, provider: str, subject: str, force: bool, least: timedelta) -> Outcome | None:
        """Return why the subject is not to be fetched now; None where it is.

        Without `force` it is fetched when it is due, and `least` after the last fetch at the earliest.
        """
        now = self._now()
        try:
            last = self._store.last_fetch(provider, subject)
            due = self._due(provider, subject, last, least) if last and not force else now
            if now < due:
                return Outcome(provider, subject, "not_due", next_try=due)
            return self._open(provider, subject) if self._store.state(provider).shut(now, force) else None
        except IndexingError as error:
            return _not_stored(provider, subject, error)

    def take(
        self, provider: Provider, subjects: list[str], cancellation: Cancellation, tell: Callable[[Outcome], None]
    ) -> None:
        """Fetch the subjects one after the other and tell what became of each, until cancelled."""
        # The benchmark first, as the others are compared with it.
        left = sorted(subjects, key=lambda subject: subject != BENCHMARK)
        while left:
            self._keep_distance(provider, cancellation)
            if cancellation.cancelled.is_set():
                return
            subject = left.pop(0)
            try:
                outcome = self._fetch(provider, subject, left, cancellation)
            except IndexingError as error:
                outcome = _not_stored(provider.name, subject, error)
            tell(outcome)
            if outcome.reason in get_args(Reason) and shuts(cast(Reason, outcome.reason)):
                for other in left:
                    tell(self._open(provider.name, other))
                return

    def give_up(self, provider: str, subjects: list[str], seconds: float) -> list[Outcome]:
        """Store that a provider did not answer, and return what became of its subjects."""
        error = FetchError("timeout", f"no answer within {seconds:.0f} s")
        try:
            first = self._failure(provider, subjects[0], error)
            return [first, *(self._open(provider, subject) for subject in subjects[1:])]
        except IndexingError as refused:
            return [_not_stored(provider, subject, refused) for subject in subjects]

    def _due(self, provider: str, subject: str, last: LastFetch, least: timedelta) -> datetime:
        if last.reason is not None:  # the last try failed
            return last.tried_at if shuts(last.reason) else last.tried_at + _SUBJECT_WAIT
        at = last.tried_at
        ends = [fresh_until(metric, at) for metric in self._store.metrics(provider, subject)]
        if self._store.partly_missing(provider, subject) & _PASSING:
            ends.append(at + _PARTLY_MISSING)
        return max(min(ends, default=at + _NOTHING_KNOWN), at + least)

    def _keep_distance(self, provider: Provider, cancellation: Cancellation) -> None:
        since = time.monotonic() - self._asked.get(provider.name, float("-inf"))
        if since < provider.spacing:
            (self._pause or cancellation.cancelled.wait)(provider.spacing - since)

    def _fetch(self, provider: Provider, subject: str, left: list[str], cancellation: Cancellation) -> Outcome:
        try:
            fetched = _fetched(provider, subject)
        except FetchError as error:
            if cancellation.given_up.is_set():
                return Outcome(provider.name, subject, "failed", error.reason, error.detail)
            return self._failure(provider.name, subject, error)
        finally:
            self._asked[provider.name] = time.monotonic()
        now = self._now()
        saved = self._store.save(provider.name, subject, fetched, now)
        with self._changing:
            self._store.set_state(succeeded(self._store.state(provider.name), now))
        if any(series.metric in PRICES for series in fetched.series) or any(f.metric == "nav" for f in fetched.figures):
            self._compute(subject, left)
        return Outcome(provider.name, subject, "ok", saved=saved)

    def _failure(self, provider: str, subject: str, error: FetchError) -> Outcome:
        now = self._now()
        logger.warning("%s has nothing on %s: %s", provider, subject, error)
        self._store.fail(provider, subject, error, now)
        with self._changing:
            state = failed(self._store.state(provider), error, now, self._chance())
            self._store.set_state(state)
        next_try = state.next_try if shuts(error.reason) else now + _SUBJECT_WAIT
        return Outcome(provider, subject, "failed", error.reason, error.detail, next_try)

    def _open(self, provider: str, subject: str) -> Outcome:
        state = self._store.state(provider)
        return Outcome(provider, subject, "open", state.reason or "", state.detail, state.next_try)

    def _compute(self, subject: str, left: list[str]) -> None:
        """Compute a subject's figures anew, and after the benchmark those of all that are not about to be fetched."""
        subjects = [subject]
        if subject == BENCHMARK:
            subjects += [other for other in self._store.subjects_with("close") if other not in (subject, *left)]
        benchmark = self._prices(BENCHMARK)
        for subject in subjects:
            navs = self._store.current(subject, "nav")
            figures = computed_figures(*self._prices(subject), benchmark, navs)
            self._store.save(COMPUTED, subject, Fetched(tuple(figures)), self._now())

    def _prices(self, subject: str) -> tuple[Series | None, Series | None]:
        return self._store.whole_series(subject, "close"), self._store.whole_series(subject, "adjusted_close")


def _fetched(provider: Provider, subject: str) -> Fetched:
    try:
        return provider.fetch(subject)
    except _PARSING as error:
        logger.exception("%s on %s cannot be understood", provider.name, subject)
        raise FetchError("changed", f"{type(error).__name__}: {error}") from error


def _not_stored(provider: str, subject: str, error: IndexingError) -> Outcome:
    logger.warning("%s on %s: %s", provider, subject, error)
    return Outcome(provider, subject, "failed", "not_stored", str(error))
