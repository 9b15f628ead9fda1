"""What the figures of one reply have in common: subject, source, as-of date and time of the fetch.

Knows nothing of any provider or metric.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from assistant.providers.provider import FetchError
from assistant.types import AsOfKind, Figure


@dataclass(frozen=True, slots=True)
class Stamp:
    """Makes live figures; an as-of date after the fetch is refused."""

    subject: str
    source: str
    source_url: str
    as_of: date
    as_of_kind: AsOfKind
    fetched_at: datetime

    def __post_init__(self) -> None:
        if self.as_of > self.fetched_at.date():
            raise FetchError("implausible", f"{self.source}: as of {self.as_of}, which is still to come")

    def figure(
        self,
        metric: str,
        value: float,
        unit: str,
        raw_path: str,
        *,
        between: tuple[float, float],
        basis: str = "",
        formula: str = "",
        inputs: tuple[str, ...] = (),
    ) -> Figure:
        """Return a figure, computed where it has a formula; raises FetchError where it cannot be right."""
        if not between[0] <= value <= between[1]:
            likely = f"between {between[0]:,} and {between[1]:,}"
            raise FetchError("implausible", f"{self.source}: {metric} of {value:,} {unit} is not {likely}")
        return Figure(
            subject=self.subject,
            metric=metric,
            value=value,
            unit=unit,
            as_of=self.as_of,
            origin="live",
            source=self.source,
            as_of_kind=self.as_of_kind,
            basis=basis,
            currency="USD" if unit == "usd" else None,
            fetched_at=self.fetched_at,
            source_url=self.source_url,
            raw_path=raw_path,
            method="computed" if formula else "reported",
            formula=formula,
            inputs=inputs,
        )
