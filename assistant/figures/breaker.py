"""When a provider that failed is asked again: how long each kind of failure keeps it shut.

Pure: takes the time and the chance from outside. Knows nothing of storage or of threads.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assistant.providers.provider import FetchError, Reason

_REFUSING: tuple[Reason, ...] = ("rate_limited",)
_FAILING: tuple[Reason, ...] = ("server_error", "timeout", "unreachable", "unauthorized")
_CHANGED: tuple[Reason, ...] = ("not_data", "changed")
# Minutes to wait after the first, the second, the third and every further failure of the same kind.
_WAITS = {_REFUSING: (15, 60, 360), _FAILING: (1, 5, 30), _CHANGED: (360,)}
_JITTER = 0.2  # so that many installations do not come back at the same moment
_LONGEST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ProviderState:
    """How a provider does: `failures` in a row, and not to be asked before `next_try`."""

    provider: str
    failures: int = 0
    next_try: datetime | None = None
    last_ok: datetime | None = None
    reason: Reason | None = None
    detail: str = ""
    failed_at: datetime | None = None

    @property
    def changed(self) -> bool:
        """Whether it now sends something else than is known here: a matter for a developer."""
        return self.failures > 0 and self.reason in _CHANGED

    def shut(self, now: datetime, force: bool = False) -> bool:
        """Whether it must not be asked yet; force opens all but what the provider itself asked for."""
        waiting = self.next_try is not None and now < self.next_try
        return waiting and not (force and self.reason not in _REFUSING)


def shuts(reason: Reason) -> bool:
    """Whether such a failure concerns the provider, and not only the subject that was asked for."""
    return any(reason in reasons for reasons in _WAITS)


def succeeded(state: ProviderState, now: datetime) -> ProviderState:
    """Return the state after a fetch that worked; the last error stays readable."""
    return replace(state, failures=0, next_try=None, last_ok=now)


def failed(state: ProviderState, error: FetchError, now: datetime, chance: float) -> ProviderState:
    """Return the state after a failure; `chance` between 0 and 1 spreads the waits."""
    kind = next((reasons for reasons in _WAITS if error.reason in reasons), None)
    if kind is None:
        return replace(state, reason=error.reason, detail=error.detail, failed_at=now)
    failures = state.failures + 1 if state.reason in kind else 1
    if error.retry_after is not None and kind is _REFUSING:
        wait = timedelta(seconds=min(error.retry_after, _LONGEST.total_seconds()))
    else:
        minutes = _WAITS[kind][min(failures, len(_WAITS[kind])) - 1]
        wait = timedelta(minutes=minutes * (1 + _JITTER * chance if kind is _REFUSING else 1))
    return replace(
        state, failures=failures, next_try=now + wait, reason=error.reason, detail=error.detail, failed_at=now
    )
