"""One visit to a website: requests that keep their distance, and parts of which each may fail alone.

Knows nothing of any provider, of storage, or of when the next visit is due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from assistant.providers.provider import Fetched, FetchError, Reason, Refused
from assistant.providers.transport import SECONDS, USER_AGENT, Reply
from assistant.providers.transport import get as get_once

SECONDS_AFTER_TIMEOUT = 4.0  # with SECONDS before it, a dead network is given up within 15 seconds
# The whole site is meant rather than one part of it: two in a row, and the rest is not asked for.
SITE_FAILURES: frozenset[Reason] = frozenset({"timeout", "unreachable", "unauthorized"})

Pause = Callable[[float], None]
Part = tuple[str, Callable[[], Fetched]]


class Visit:
    """Requests at least `spacing` seconds apart; after a timeout, the next ones wait less."""

    def __init__(self, spacing: float, pause: Pause, seconds: float = SECONDS) -> None:
        self._spacing = spacing
        self._pause = pause
        self._asked = False
        self._seconds = seconds

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        accept: str = "*/*",
        user_agent: str = USER_AGENT,
    ) -> Reply:
        if self._asked:
            self._pause(self._spacing)
        self._asked = True
        try:
            return get_once(url, params, accept=accept, seconds=self._seconds, user_agent=user_agent)
        except FetchError as error:
            if error.reason == "timeout":
                self._seconds = min(self._seconds, SECONDS_AFTER_TIMEOUT)
            raise


def collect(subject: str, parts: Iterable[Part], *, keep_when_limited: bool = False) -> Fetched:
    """Return what the parts bring together; a part that fails is refused under its metric.

    Raises FetchError where nothing came at all, and where the site asks for fewer requests, unless `keep_when_limited`
    and something came before.
    """
    brought: list[Fetched] = []
    refused: list[Refused] = []
    failures: list[FetchError] = []
    ended: FetchError | None = None
    for metric, fetch in parts:
        if ended is not None:
            refused.append(Refused(subject, metric, ended.reason, f"not asked for: {_detail(ended)}"))
            continue
        try:
            brought.append(fetch())
            failures.clear()
        except FetchError as error:
            failures.append(error)
            refused.append(Refused(subject, metric, error.reason, _detail(error)))
            if error.reason == "rate_limited":
                if not (keep_when_limited and brought):
                    raise
                ended = error
            elif len(failures) > 1 and {failure.reason for failure in failures[-2:]} <= SITE_FAILURES:
                ended = error
    if not brought and failures:
        raise failures[0]
    return Fetched(
        figures=tuple(figure for part in brought for figure in part.figures),
        series=tuple(series for part in brought for series in part.series),
        refused=(*(entry for part in brought for entry in part.refused), *refused),
    )


def _detail(error: FetchError) -> str:
    wait = "" if error.retry_after is None else f", to be asked again in {error.retry_after:.0f} s"
    return f"{error.detail}{wait}"
