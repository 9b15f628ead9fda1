"""Asks each real site once, through the providers themselves, whether it still sends what they understand.

    python -m assistant.providers.verification        or: make verify-live

Prints a line for each provider and subject, and writes live_verification.json, which holds no fetched value. Knows
nothing of storage, of retries or of pages.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.providers.provider import Fetched, FetchError, Provider
from assistant.providers.registry import all_providers
from assistant.settings import Settings

RECORD = Path(__file__).resolve().parents[2] / "live_verification.json"
HEAD = f"{'provider':<12}{'subject':<14}{'result':<14}{'figures':>8}{'series':>8}{'refused':>9}{'seconds':>9}"
# What a parser raises on data of a shape that it does not know.
_PARSING = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_NAMED_BY_HOLDING = "holding_weight."


@dataclass(frozen=True, slots=True)
class Check:
    """What one fetch on a subject brought, or why it brought nothing."""

    provider: str
    subject: str
    at: datetime
    seconds: float
    fetched: Fetched
    error: FetchError | None

    @property
    def ok(self) -> bool:
        return self.error is None

    @property
    def shape_hash(self) -> str | None:
        """A fingerprint of which metrics came, in which units and of which dates: the values do not change it."""
        return shape_hash(self.fetched) if self.ok else None

    def lines(self) -> Iterator[str]:
        """A line of the table, and one below it for each value that was refused."""
        got, result = self.fetched, "ok" if self.error is None else self.error.reason
        counts = f"{len(got.figures):>8}{len(got.series):>8}{len(got.refused):>9}{self.seconds:>9.1f}"
        yield f"{self.provider:<12}{self.subject:<14}{result:<14}{counts}"
        if self.error is not None:
            yield f"    {self.error.detail}"
        for refused in got.refused:
            yield f"    {refused.metric}: {refused.reason}: {refused.detail}"


def verify(
    providers: Iterable[Provider],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    pause: Callable[[float], object] = time.sleep,
) -> Iterator[Check]:
    """Fetch each subject of each provider once, and yield what became of it."""
    for provider in providers:
        for place, subject in enumerate(provider.subjects()):
            if place:
                pause(provider.spacing)
            started = time.monotonic()
            fetched, error = _fetched(provider, subject)
            yield Check(provider.name, subject, clock(), time.monotonic() - started, fetched, error)


def shape_hash(fetched: Fetched) -> str:
    """Return a fingerprint of a fetch; which stocks are the ten largest does not matter."""
    figures = {(_family(each.metric), each.unit, each.as_of_kind, each.basis) for each in fetched.figures}
    series = {(each.metric, each.unit) for each in fetched.series}
    refused = {(each.metric, each.reason) for each in fetched.refused}
    shape = json.dumps([sorted(part) for part in (figures, series, refused)], ensure_ascii=False)
    return hashlib.sha256(shape.encode()).hexdigest()[:16]


def record(checks: Sequence[Check], path: Path) -> None:
    """Write what became of each fetch; `last_success` is when all of them worked last."""
    good = checks and all(check.ok for check in checks)
    last = checks[-1].at.isoformat(timespec="seconds") if good else _last_success(path)
    entries = [
        {
            "provider": check.provider,
            "subject": check.subject,
            "date": check.at.date().isoformat(),
            "ok": check.ok,
            "figures": len(check.fetched.figures),
            "shape_hash": check.shape_hash,
        }
        for check in checks
    ]
    text = json.dumps({"last_success": last, "fetches": entries}, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def run(providers: Iterable[Provider], path: Path, write: Callable[[str], object]) -> bool:
    """Verify, print a line at a time, write the record, and return whether every fetch worked."""
    checks: list[Check] = []
    write(f"{HEAD}\n")
    for check in verify(providers):
        checks.append(check)
        write("".join(f"{line}\n" for line in check.lines()))
    record(checks, path)
    write(f"{sum(check.ok for check in checks)} of {len(checks)} worked; see {path}\n")
    return all(check.ok for check in checks)


def main() -> int:
    """Verify with this process's settings; exit code 1 where something failed, 2 where nothing may be asked."""
    settings = Settings.load()
    if settings.live == "off":
        sys.stderr.write("ASSISTANT_LIVE is off: nothing is asked\n")
        return 2
    key = settings.fred_key.get_secret_value() if settings.fred_key else None
    with tempfile.TemporaryDirectory() as cache:
        good = run(all_providers(Path(cache), key, settings.sec_contact), RECORD, sys.stdout.write)
    return 0 if good else 1


def _fetched(provider: Provider, subject: str) -> tuple[Fetched, FetchError | None]:
    try:
        return provider.fetch(subject), None
    except FetchError as error:
        return Fetched(), error
    except _PARSING as error:
        return Fetched(), FetchError("changed", f"{type(error).__name__}: {error}")


def _family(metric: str) -> str:
    return _NAMED_BY_HOLDING if metric.startswith(_NAMED_BY_HOLDING) else metric


def _last_success(path: Path) -> Any:
    """When all worked in an earlier run, as its record says; None without one."""
    try:
        earlier = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return earlier.get("last_success") if isinstance(earlier, dict) else None


if __name__ == "__main__":
    sys.exit(main())
