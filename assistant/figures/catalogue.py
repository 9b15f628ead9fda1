"""What is known of each family of metrics: how long a fetch counts, when a date is stale, which values can be right.

The numbers stand in catalogue.toml. Knows nothing of sources, of storage, or of what is done with a doubtful value.
New York's holidays are not known here: on the day after one a price is called stale a day early.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from assistant.types import Figure

Freshness = Literal["fresh", "stale", "old"]
Measure = Literal["ratio", "growth", "points"]

NEW_YORK = ZoneInfo("America/New_York")
_OPENS = time(9, 30)
_SETTLED = time(16, 20)  # trading ends at 16:00, free quotes follow up to a quarter of an hour later
_IN_MARKET_HOURS = timedelta(minutes=15)
_COUNTED = frozenset(
    {"return", "return_annualised", "relative_return", "change", "volatility", "max_drawdown", "beta", "rate_cuts"}
)
_PERIODS = {"month_end", "period_end"}
_UNKNOWN, _UNKNOWN_MACRO = "other", "macro.monthly"


@dataclass(frozen=True, slots=True)
class Jump:
    """How far a value may move in one day before it is doubted."""

    measure: Measure
    most: float


@dataclass(frozen=True, slots=True)
class Family:
    """What is known of a family of metrics; see catalogue.toml. No `ttl`: as the market trades. No `units`: any."""

    name: str
    ttl: timedelta | None
    ages: tuple[int, int]
    period_ages: tuple[int, int]
    trading_days: bool
    units: dict[str, tuple[float, float]]
    jump: Jump | None
    scaled: bool


def family(metric: str) -> Family:
    """Return the family of a metric; one that the catalogue does not know is of the family "other"."""
    families, macro = _catalogue()
    if metric.startswith("macro."):
        return families[macro.get(metric.removeprefix("macro."), _UNKNOWN_MACRO)]
    name = metric
    while name not in families and "." in name:
        name = name.rpartition(".")[0]
    return families.get(name, families[_UNKNOWN])


def is_known(metric: str) -> bool:
    """Whether the catalogue has an entry for the metric, a macro series by its id."""
    if metric.startswith("macro."):
        return metric.removeprefix("macro.") in _catalogue()[1]
    return family(metric).name != _UNKNOWN


def is_counted(metric: str) -> bool:
    """Whether the metric is counted from one day to another: to be of a stretch of time it has to begin with it."""
    return metric.partition(".")[0] in _COUNTED


def fresh_until(metric: str, fetched_at: datetime) -> datetime:
    """Return when what was fetched at that time should be fetched again."""
    known = family(metric)
    if known.ttl is not None:
        return fetched_at + known.ttl
    if _trading(fetched_at):
        return fetched_at + _IN_MARKET_HOURS
    return _next_opening(fetched_at)


def freshness(figure: Figure, today: date) -> Freshness:
    """Return "stale" or "old" where the figure's date lies further back than its kind of figure may be."""
    known = family(figure.metric)
    of_period = figure.as_of_kind in _PERIODS
    stale, old = known.period_ages if of_period else known.ages
    days = (today - figure.as_of).days
    if days > old:
        return "old"
    age = trading_days(figure.as_of, today) if known.trading_days and not of_period else days
    return "stale" if age > stale else "fresh"


def trading_days(start: date, end: date) -> int:
    """Count the days from Monday to Friday after `start`, up to and with `end`."""
    weeks, rest = divmod(max(0, (end - start).days), 7)
    return 5 * weeks + sum((start.weekday() + day) % 7 < 5 for day in range(1, rest + 1))


def _trading(at: datetime) -> bool:
    local = at.astimezone(NEW_YORK)
    return local.weekday() < 5 and _OPENS <= local.time() < _SETTLED


def _next_opening(at: datetime) -> datetime:
    local = at.astimezone(NEW_YORK)
    opening = datetime.combine(local.date(), _OPENS, NEW_YORK)
    while opening <= local or opening.weekday() > 4:
        opening += timedelta(days=1)
    return opening.astimezone(at.tzinfo)


@cache
def _catalogue() -> tuple[dict[str, Family], dict[str, str]]:
    """Return the families by name, and the family's name of each macro series by id."""
    entries = tomllib.loads(files("assistant.figures").joinpath("catalogue.toml").read_text(encoding="utf-8"))
    macro = {id: name for name, entry in entries.items() for id in entry.get("ids", ())}
    return {name: _family(name, entry) for name, entry in entries.items()}, macro


def _family(name: str, entry: dict[str, Any]) -> Family:
    hours = entry["ttl_hours"]
    ages = _pair(entry["ages"])
    return Family(
        name=name,
        ttl=None if hours == "market" else timedelta(hours=hours),
        ages=ages,
        period_ages=_pair(entry.get("period_ages", ages)),
        trading_days=entry.get("trading_days", False),
        units={unit: (float(least), float(most)) for unit, (least, most) in entry.get("units", {}).items()},
        jump=next((Jump(cast(Measure, measure), most) for measure, most in entry.get("jump", {}).items()), None),
        scaled=entry.get("scaled", False),
    )


def _pair(days: list[int] | tuple[int, int]) -> tuple[int, int]:
    stale, old = days
    return stale, old
