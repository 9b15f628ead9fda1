"""Gauges: one dated reading each, its place in its own history and its move over three months.

A reading is a stored figure, or is computed here from a stored series and says how. Where there is none, the gauge says
why. Knows nothing of risks, of articles or of wording; nothing is fetched here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from assistant.figures.catalogue import Freshness, freshness
from assistant.figures.preference import preferred, whole
from assistant.figures.store import Missing
from assistant.figures.table import belongs
from assistant.figures.trends import Direction, Point, averages, change, direction, percentile, steps_down, thinned
from assistant.providers.provider import Reason, Series
from assistant.types import COMPUTED, Figure, Language
from assistant.vocabulary import load_vocabulary

Concern = Literal["rise", "fall", "level"]
# Besides why a fetch failed: nothing on the subject was ever fetched; its sources do not give this metric; the stored
# series does not reach back far enough.
Absence = Reason | Literal["never_fetched", "not_given", "too_short"]


class Readings(Protocol):
    """What is needed of the store of live figures."""

    def figures(self) -> list[Figure]: ...
    def current(self, subject: str, metric: str) -> list[Figure]: ...
    def history(self, subject: str, metric: str) -> list[Figure]: ...
    def whole_series(self, subject: str, metric: str) -> Series | None: ...
    def series_fetched_at(self, subject: str, metric: str) -> datetime | None: ...
    def missing(self) -> list[Missing]: ...


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a reading follows from a series: its average over `days`, or else its steps down since a day."""

    subject: str
    metric: str
    days: int = 0
    since: date | None = None

    def points(self, series: Series) -> tuple[Point, ...]:
        if self.since is not None:
            return steps_down(series.points, self.since)
        digits = 0 if series.unit == "count" else 4
        return tuple((day, round(value, digits)) for day, value in averages(series.points, self.days))

    def formula(self, end: date) -> str:
        if self.since is not None:
            return f"number of days from {self.since} to {end} on which {self.metric} fell"
        return f"mean of {self.metric} over the {self.days} days to {end}"


@dataclass(frozen=True, slots=True)
class Dial:
    """What a gauge reads; see risks.toml."""

    subject: str
    metric: str
    title: dict[Language, str]
    concerns: Concern
    derivation: Derivation | None = None
    largest: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Gauge:
    """A reading, or the reason why there is none.

    `percentile` is the share of its own history since `since`, 0 to 100, that lies at or below the reading; `change` is
    what it moved in three months, in points of its unit. `concerns` is the move that matters.
    """

    subject: str
    metric: str
    title: dict[Language, str]
    concerns: Concern
    figure: Figure | None = None
    percentile: float | None = None
    since: date | None = None
    change: float | None = None
    direction: Direction | None = None
    points: tuple[Point, ...] = ()
    freshness: Freshness | None = None
    reason: Absence | Literal[""] = ""


def gauge(dial: Dial, store: Readings, today: date) -> Gauge:
    """Read a gauge from what is stored."""
    figure, points = _reading(dial, store, today)
    if figure is None:
        absent = _absence(dial, store)
        return Gauge(dial.subject, dial.metric, _titled(dial, None), dial.concerns, reason=absent)
    counts_up = dial.derivation is not None and dial.derivation.since is not None  # its last is always its highest
    share = None if counts_up else percentile(points)
    moved = change(points)
    return Gauge(
        subject=figure.subject,
        metric=figure.metric,
        title=_titled(dial, figure),
        concerns=dial.concerns,
        figure=figure,
        percentile=share,
        since=points[0][0] if share is not None else None,
        change=moved,
        direction=direction(moved, points[-1][1]),
        points=thinned(points),
        freshness=freshness(figure, today),
    )


def _reading(dial: Dial, store: Readings, today: date) -> tuple[Figure | None, tuple[Point, ...]]:
    """Return the figure and the history that ends with it."""
    if (read := derived(dial, store)) is not None:
        return read
    if dial.largest:
        of_subject = (figure for figure in store.figures() if figure.subject == dial.subject)
        figures = whole(of_subject, dial.metric, today)
    else:
        figures = preferred(store.current(dial.subject, dial.metric), today)
    figure = next((each for each in figures if not isinstance(each.value, date)), None)
    return figure, _history(figure, store) if figure else ()


def derived(dial: Dial, store: Readings) -> tuple[Figure, tuple[Point, ...]] | None:
    """Return a reading that follows from a stored series, and its history; None where there is none."""
    derivation = dial.derivation
    series = store.whole_series(derivation.subject, derivation.metric) if derivation else None
    points = derivation.points(series) if derivation and series else ()
    if derivation is None or series is None or not points:
        return None
    end, value = points[-1]
    figure = Figure(
        subject=dial.subject,
        metric=dial.metric,
        value=value,
        unit="count" if derivation.since else series.unit,
        as_of=end,
        origin="live",
        source=COMPUTED,
        as_of_kind="trade_date",
        basis=f"since {derivation.since:%Y-%m}" if derivation.since else "",
        fetched_at=store.series_fetched_at(series.subject, series.metric),
        source_url=series.source_url,
        method="computed",
        formula=derivation.formula(end),
        inputs=(f"{series.subject}|{series.metric}|{series.source}|{series.points[0][0]}..{end}",),
    )
    return figure, points


def _history(figure: Figure, store: Readings) -> tuple[Point, ...]:
    """Return the dated values up to the figure, itself last: of its series, else all that its source ever said."""
    series = store.whole_series(figure.subject, figure.metric)
    if series is not None and series.source == figure.source:
        known = dict(series.points)
    else:
        known = {
            row.as_of: row.value
            for row in store.history(figure.subject, figure.metric)
            if (row.source, row.basis, row.unit) == (figure.source, figure.basis, figure.unit)
            and not isinstance(row.value, date)
            and not row.quality.startswith("suspect")
        }
    if not isinstance(figure.value, date):
        known[figure.as_of] = figure.value
    return tuple(sorted((day, value) for day, value in known.items() if day <= figure.as_of))


def _titled(dial: Dial, figure: Figure | None) -> dict[Language, str]:
    if not dial.largest:
        return dial.title
    parts = _part_names(figure.metric.removeprefix(f"{dial.metric}.")) if figure else {}
    return {language: title.format(part=parts.get(language, "")) for language, title in dial.title.items()}


def _part_names(part: str) -> Mapping[Language, str]:
    concept = load_vocabulary().concepts.get(part)
    if concept is None:
        return {"ko": f"({part})", "en": f" ({part})"}
    return {"ko": f"({concept.label('ko')})", "en": f" ({concept.label('en')})"}


def _absence(dial: Dial, store: Readings) -> Absence:
    """Return why there is no reading, as precisely as the last fetches tell."""
    derivation = dial.derivation
    subject, metric = (derivation.subject, derivation.metric) if derivation else (dial.subject, dial.metric)
    wanted = {(dial.subject, dial.metric), (subject, metric)}
    entries = [entry for entry in store.missing() if entry.subject in {about for about, _ in wanted}]
    named = [
        entry
        for entry in entries
        if entry.metric and any(entry.subject == about and belongs(name, entry.metric) for about, name in wanted)
    ]
    if named:
        return max(named, key=lambda entry: entry.at).reason
    if derivation and store.whole_series(subject, metric) is not None:
        return "too_short"
    if any(figure.subject == subject for figure in store.figures()):
        return "not_given"
    return max(entries, key=lambda entry: entry.at).reason if entries else "never_fetched"
