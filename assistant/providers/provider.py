"""What every provider of live figures offers, what a fetch brings back, and how it fails.

Knows nothing of any one provider, of storage, of retries, or of when something is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from assistant.types import Figure

Reason = Literal[
    "rate_limited",  # 429
    "unauthorized",  # 401 or 403: a stale crumb, a wrong key, a blocked client
    "not_found",  # 404: the provider does not know the subject
    "server_error",  # 5xx
    "timeout",  # no complete reply in time
    "unreachable",  # no connection: offline, refused, a certificate or a proxy that does not work
    "not_data",  # a page where data should be, mostly HTML with status 200
    "changed",  # data of another shape than known: truncated, empty, a field is missing
    "implausible",  # a value that cannot be right: an expense ratio of 19 %, euros for dollars
]


class FetchError(Exception):
    """A fetch that brought nothing; `retry_after` are the seconds that the provider asks for, if it does."""

    def __init__(self, reason: Reason, detail: str, retry_after: float | None = None) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Series:
    """Dated values of one metric, oldest first, each date once; missing days are left out, never filled in."""

    subject: str
    metric: str
    unit: str
    points: tuple[tuple[date, float], ...]
    source: str
    source_url: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A value that came but cannot be used, and why; nothing is stored for it."""

    subject: str
    metric: str
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one fetch brought: figures ready to be stored, series to compute from, and what had to be refused."""

    figures: tuple[Figure, ...] = ()
    series: tuple[Series, ...] = ()
    refused: tuple[Refused, ...] = field(default=())


class Provider(Protocol):
    """One website. `spacing` are the least seconds between two requests to it."""

    @property
    def name(self) -> str: ...
    @property
    def spacing(self) -> float: ...
    def subjects(self) -> tuple[str, ...]:
        """The subjects that it has something on: "IWM", "S&P 500", "USD/KRW", "US" for macro data."""
        ...

    def fetch(self, subject: str) -> Fetched:
        """Fetch all that it has on a subject; raises FetchError."""
        ...
