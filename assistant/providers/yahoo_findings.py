"""What Yahoo's replies have in common: how a value is found in one, and what is kept of it under which name and date.

Knows nothing of which values there are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from assistant.providers.provider import Fetched, FetchError, Reason, Refused, Series
from assistant.types import Figure

SOURCE = "Yahoo Finance"
CURRENCIES = {"usd": "USD", "krw": "KRW"}
JUMP = 0.25  # no day has moved any of the subjects that far, so such a step is an error


@dataclass(frozen=True, slots=True)
class Listing:
    """A subject at Yahoo: its symbol, what its price is counted in, and whether Yahoo states facts on it."""

    subject: str
    symbol: str
    unit: str = "usd"
    facts: bool = False

    @property
    def page(self) -> str:
        return f"https://finance.yahoo.com/quote/{quote(self.symbol, safe='=')}"

    def check(self, symbol: Any, currency: Any) -> None:
        """Raise FetchError where a reply is about something else, or in another currency."""
        if symbol not in (None, self.symbol):
            raise FetchError("implausible", f"asked for {self.symbol}, the reply is on {symbol}")
        wanted = CURRENCIES.get(self.unit, "USD")
        if currency != wanted:
            raise FetchError("implausible", f"{self.symbol}: in {currency}, not in {wanted}")


@dataclass(slots=True)
class Findings:
    """Gathers what a reply gives, a value at a time."""

    listing: Listing
    fetched_at: datetime
    figures: list[Figure] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def take(
        self,
        metric: str,
        value: float | None,
        unit: str,
        path: str,
        between: tuple[float, float],
        trade_date: date | None = None,
        **more: Any,
    ) -> bool:
        """Keep a value that can be right and say whether it was kept; without a trade date the fetch dates it."""
        if value is None:
            self.refuse(metric, "changed", f"no {path} in the reply")
            return False
        if not between[0] <= value <= between[1]:
            likely = f"between {between[0]:,g} and {between[1]:,g}"
            self.refuse(metric, "implausible", f"{value:,g} {unit} is not {likely} ({path})")
            return False
        figure = Figure(
            subject=self.listing.subject,
            metric=metric,
            value=value,
            unit=unit,
            as_of=trade_date or self.fetched_at.date(),
            origin="live",
            source=SOURCE,
            as_of_kind="trade_date" if trade_date else "fetch",
            currency=CURRENCIES.get(unit),
            fetched_at=self.fetched_at,
            source_url=self.listing.page,
            raw_path=path,
            **more,
        )
        self.figures.append(figure)
        return True

    def take_series(self, metric: str, unit: str, points: Mapping[date, float]) -> None:
        dated = tuple(points.items())
        self.series.append(Series(self.listing.subject, metric, unit, dated, SOURCE, self.listing.page))

    def refuse(self, metric: str, reason: Reason, detail: str) -> None:
        self.refused.append(Refused(self.listing.subject, metric, reason, detail))

    def fetched(self) -> Fetched:
        """Return it all; raises FetchError where nothing could be used."""
        if not (self.figures or self.series):
            first = self.refused[0]
            raise FetchError(first.reason, f"{self.listing.page}: nothing to be used: {first.detail}")
        return Fetched(tuple(self.figures), tuple(self.series), tuple(self.refused))


def around(value: float) -> tuple[float, float]:
    """The range in which a price can lie that goes with another one."""
    return value * (1 - JUMP), value * (1 + JUMP)


def result(reply: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return the one result of a reply; raises FetchError, named as Yahoo's own error says."""
    first = at(reply, kind, "result", 0)
    if isinstance(first, dict) and first:
        return first
    error = at(reply, kind, "error") or at(reply, "finance", "error")
    reasons: dict[Any, Reason] = {"Not Found": "not_found", "Unauthorized": "unauthorized"}
    told = at(error, "description") or "no result in the reply"
    raise FetchError(reasons.get(at(error, "code"), "changed"), f"{kind}: {told}")


def at(value: Any, *path: str | int) -> Any:
    """Return what stands at a path, or None where the path does not lead anywhere."""
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def items(value: Any) -> list[Any]:
    """Return a list, an empty one for what is none."""
    return value if isinstance(value, list) else []


def number(value: Any) -> float | None:
    """Return a finite number, {"raw": 1.2, "fmt": "1.20"} too, or None."""
    if isinstance(value, dict):
        value = value.get("raw")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


def percent(fraction: Any) -> float | None:
    """Return a fraction in percent: 18.8 for 0.188."""
    value = number(fraction)
    return None if value is None else round(value * 100, 6)
