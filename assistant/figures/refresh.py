"""Refreshes live figures: all providers at once, a thread each, one refresh at a time, in the background if wanted.

Who asks for no more than the refresh under way joins it. Nothing is fetched on construction, and a dead network is
given up soon. Knows nothing of any one provider, and nothing of questions, answered from the store meanwhile.
"""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable

from assistant.figures.store import FigureStore
from assistant.figures.turn import Cancellation, Outcome, Status, Turns
from assistant.providers.provider import Provider

PATIENCE = 14.0  # seconds: where no provider has answered by then, the network counts as dead
_LONGEST = 300.0  # seconds for a whole refresh while the network is alive
_TICK = 60.0  # seconds between two looks of the background mode at what is due
_BACKGROUND_LEAST = timedelta(minutes=30)  # between two fetches of a subject: Yahoo wants less than 60 requests an hour

Progress = Callable[[Outcome, int, int], None]  # an outcome, how many there are by now, how many there will be
Key = tuple[str, str]  # provider and subject


@runtime_checkable
class Patient(Protocol):
    """A provider whose one fetch may take long while all is well; it gives a dead network up by itself."""

    @property
    def patience(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Report:
    """What became of each subject at each provider, in the order of both."""

    started: datetime
    ended: datetime
    outcomes: tuple[Outcome, ...]

    def count(self, status: Status) -> int:
        return sum(outcome.status == status for outcome in self.outcomes)


@dataclass(frozen=True, slots=True)
class _Ended:
    """A provider's turn is over; `error` is what nobody foresaw."""

    provider: str
    error: BaseException | None


@dataclass(eq=False, slots=True)
class _Flight:
    """A refresh under way: what it fetches, who listens, and the outcomes as they come."""

    subjects: frozenset[str] | None
    force: bool
    least: timedelta
    listeners: list[Progress]
    order: list[Key] = field(default_factory=list)
    outcomes: dict[Key, Outcome] = field(default_factory=dict)
    inbox: queue.SimpleQueue[Outcome | _Ended | None] = field(default_factory=queue.SimpleQueue)
    cancelled: threading.Event = field(default_factory=threading.Event)
    given_up: threading.Event = field(default_factory=threading.Event)
    landed: threading.Event = field(default_factory=threading.Event)
    report: Report | None = None

    def covers(self, subjects: frozenset[str] | None, force: bool, least: timedelta) -> bool:
        every = self.subjects is None or (subjects is not None and subjects <= self.subjects)
        return every and force <= self.force and self.least <= least and not self.cancelled.is_set()

    def cancel(self) -> None:
        self.cancelled.set()
        self.inbox.put(None)

    def note(self, outcome: Outcome) -> None:
        self.outcomes[outcome.provider, outcome.subject] = outcome
        for listener in tuple(self.listeners):
            listener(outcome, len(self.outcomes), len(self.order))


class Refresher:
    """Methods may be called from any thread. `pause` waits between two requests, `chance` spreads waits (0 to 1)."""

    def __init__(
        self,
        providers: Sequence[Provider],
        store: FigureStore,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], object] | None = None,
        chance: Callable[[], float] = random.random,
        patience: float = PATIENCE,
    ) -> None:
        self._providers = {provider.name: provider for provider in providers}
        self._turns = Turns(store, now, pause, chance)
        self._now = now
        self._patience = patience
        self._lock = threading.Lock()
        self._flight: _Flight | None = None
        self._threads: dict[str, threading.Thread] = {}
        self._stopping = threading.Event()
        self._background: threading.Thread | None = None

    def refresh(
        self, subjects: Collection[str] | None = None, force: bool = False, progress: Progress | None = None
    ) -> Report:
        """Fetch what is due of these subjects, or of all, and report on each.

        `force` fetches what is not due too, and asks providers that failed, unless they asked to be left alone.
        `progress` is called after each outcome, in the thread of whoever began the refresh.
        """
        wanted = None if subjects is None else frozenset(subjects)
        return self._joined_or_flown(wanted, force, progress, timedelta(0))

    def start(self) -> None:
        """Refresh in the background whatever is due, from now until `stop`."""
        with self._lock:
            if self._background is None:
                self._stopping = threading.Event()
                self._background = threading.Thread(
                    target=self._keep_refreshing, args=(self._stopping,), name="refresh", daemon=True
                )
                self._background.start()

    def stop(self) -> None:
        """End the background mode and any refresh under way, without waiting for replies."""
        with self._lock:
            self._stopping.set()
            background, self._background = self._background, None
            if self._flight is not None:
                self._flight.cancel()
        if background is not None:
            background.join()

    def _keep_refreshing(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            self._joined_or_flown(None, False, None, _BACKGROUND_LEAST, stopping)
            stopping.wait(_TICK)

    def _joined_or_flown(
        self,
        subjects: frozenset[str] | None,
        force: bool,
        progress: Progress | None,
        least: timedelta,
        stopping: threading.Event | None = None,
    ) -> Report:
        while True:
            with self._lock:
                flight = self._flight
                if flight is None:
                    own = self._flight = _Flight(subjects, force, least, [progress] if progress else [])
                    if stopping is not None and stopping.is_set():
                        own.cancelled.set()
                    break
                joins = flight.covers(subjects, force, least)
                if joins and progress:
                    flight.listeners.append(progress)
            flight.landed.wait()
            if joins and flight.report is not None:
                return flight.report
        try:
            own.report = self._fly(own)
            return own.report
        finally:
            with self._lock:
                self._flight = None
            own.cancelled.set()
            own.landed.set()

    def _fly(self, flight: _Flight) -> Report:
        started = self._now()
        due: dict[str, list[str]] = {}
        early: list[Outcome] = []
        for name, provider in self._providers.items():
            for subject in provider.subjects():
                if flight.subjects is None or subject in flight.subjects:
                    flight.order.append((name, subject))
                    outcome = self._still_waiting(name, subject) or self._turns.not_now(
                        name, subject, flight.force, flight.least
                    )
                    if outcome is None:
                        due.setdefault(name, []).append(subject)
                    else:
                        early.append(outcome)
        for outcome in early:
            flight.note(outcome)
        self._run(flight, due)
        return Report(started, self._now(), tuple(flight.outcomes[key] for key in flight.order))

    def _still_waiting(self, provider: str, subject: str) -> Outcome | None:
        """A provider whose thread an earlier refresh gave up is not asked again before its reply has come."""
        thread = self._threads.get(provider)
        if thread is None or not thread.is_alive():
            return None
        return Outcome(provider, subject, "failed", "timeout", "the last request still waits for its reply")

    def _run(self, flight: _Flight, due: dict[str, list[str]]) -> None:
        """Let each provider take its turn, until all are done or the refresh is cancelled or given up."""
        began, answered, errors = time.monotonic(), False, []
        running = {name: self._begin_turn(flight, name, subjects) for name, subjects in due.items()}
        while running and not flight.cancelled.is_set():
            limit = _LONGEST if answered else max(self._patience_with(name) for name in running)
            try:
                news = flight.inbox.get(timeout=max(0.0, began + limit - time.monotonic()))
            except queue.Empty:
                flight.given_up.set()
                flight.cancelled.set()
                break
            if isinstance(news, Outcome):
                answered = answered or news.reason not in ("timeout", "unreachable")
                flight.note(news)
            elif news is not None:
                running.pop(news.provider).join()
                errors += [news.error] if news.error else []
        if errors:
            raise errors[0]
        for name in running:
            self._note_unfinished(flight, name, time.monotonic() - began)

    def _patience_with(self, name: str) -> float:
        provider = self._providers[name]
        return max(self._patience, provider.patience) if isinstance(provider, Patient) else self._patience

    def _begin_turn(self, flight: _Flight, name: str, subjects: list[str]) -> threading.Thread:
        thread = threading.Thread(
            target=self._take_turn, args=(flight, self._providers[name], subjects), name=f"refresh {name}", daemon=True
        )
        self._threads[name] = thread
        thread.start()
        return thread

    def _take_turn(self, flight: _Flight, provider: Provider, subjects: list[str]) -> None:
        error: BaseException | None = None
        try:
            cancellation = Cancellation(flight.cancelled, flight.given_up)
            self._turns.take(provider, subjects, cancellation, flight.inbox.put)
        except BaseException as unforeseen:  # raised again in the thread that runs the refresh
            error = unforeseen
        flight.inbox.put(_Ended(provider.name, error))

    def _note_unfinished(self, flight: _Flight, name: str, seconds: float) -> None:
        subjects = [subject for provider, subject in flight.order if provider == name]
        subjects = [subject for subject in subjects if (name, subject) not in flight.outcomes]
        if not subjects:
            return
        if flight.given_up.is_set():
            outcomes = self._turns.give_up(name, subjects, seconds)
        else:
            outcomes = [Outcome(name, subject, "failed", "stopped") for subject in subjects]
        for outcome in outcomes:
            flight.note(outcome)
