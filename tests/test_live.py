"""The store of live figures beside an index: opened when needed, read again when it changed, silent when off."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.live import LiveFigures
from assistant.providers.provider import Fetched, Series
from assistant.types import COMPUTED, Figure

PRICE = Figure("IWM", "price", 234.56, "usd", date.today(), "live", "Scripted", as_of_kind="trade_date", currency="USD")


class Scripted:
    """A provider with one synthetic price."""

    name = "scripted"
    spacing = 0.0

    def subjects(self) -> tuple[str, ...]:
        return ("IWM",)

    def fetch(self, subject: str) -> Fetched:
        return Fetched((PRICE,))


def test_what_another_process_fetched_is_seen(tmp_path: Path) -> None:
    reader, writer = LiveFigures(tmp_path, None), LiveFigures(tmp_path, None)
    assert reader.now().is_empty and reader.now() is reader.now()
    writer.store.save("scripted", "IWM", Fetched((PRICE,)), datetime.now(UTC))
    assert [figure.value for figure in reader.now().table.figures] == [234.56]
    reader.close()
    writer.close()


def test_refresh_fills_the_store_and_the_state_tells_of_it(tmp_path: Path) -> None:
    live = LiveFigures(tmp_path, lambda: (Scripted(),))
    report = live.refresh()
    assert report.count("ok") == 1 and not live.now().is_empty
    state = live.state()
    assert state.enabled and [provider.provider for provider in state.providers] == ["scripted"]
    assert state.last_fetch is not None and state.missing == ()
    live.close()


def test_what_is_computed_here_is_no_source(tmp_path: Path) -> None:
    live = LiveFigures(tmp_path, None)
    live.store.save("scripted", "IWM", Fetched((PRICE,)), datetime.now(UTC))
    live.store.save(COMPUTED, "IWM", Fetched((replace(PRICE, metric="return.1y", unit="percent"),)), datetime.now(UTC))
    assert [provider.provider for provider in live.state().providers] == ["scripted"]
    live.close()


def test_closes_and_readings_that_follow_from_series_are_at_hand(tmp_path: Path) -> None:
    live = LiveFigures(tmp_path, None)
    days = tuple((date(2024, 8, 1) + timedelta(days=number), 5.5 if number < 60 else 5.0) for number in range(90))
    upper = Series("US", "macro.DFEDTARU", "percent", days, "FRED", "https://example.com")
    closes = Series("IWM", "close", "usd", ((date(2026, 11, 19), 231.0), (date(2026, 11, 20), 232.0)), "Y", "")
    live.store.save("fred", "US", Fetched((), (upper,)), datetime.now(UTC))
    live.store.save("scripted", "IWM", Fetched((PRICE,), (closes,)), datetime.now(UTC))
    now = live.now()
    cuts = now.of("Federal Reserve", "rate_cuts")
    assert cuts is not None and (cuts.value, cuts.basis) == (1.0, "since 2024-09") and cuts.fetched_at is not None
    assert now.closes("IWM") == closes
    live.close()


def test_switched_off_it_never_fetches_and_says_how_to_switch_it_on(tmp_path: Path) -> None:
    live = LiveFigures(tmp_path, None)
    live.keep_fresh()
    with pytest.raises(SettingsError, match="ASSISTANT_LIVE") as refused:
        live.refresh()
    assert "ASSISTANT_LIVE" in refused.value.message("ko")
    assert not live.state().enabled
    live.close()


def test_nothing_is_opened_or_fetched_before_it_is_needed(tmp_path: Path) -> None:
    def fail() -> tuple[Scripted, ...]:
        raise AssertionError("no provider is needed yet")

    LiveFigures(tmp_path / "missing", fail).close()
    assert not (tmp_path / "missing").exists()


def test_threads_that_come_first_share_one_store(tmp_path: Path) -> None:
    live = LiveFigures(tmp_path, None)
    together = threading.Barrier(8)

    def opened() -> object:
        together.wait()
        return live.store

    with ThreadPoolExecutor(8) as pool:
        stores = [future.result() for future in [pool.submit(opened) for _ in range(8)]]
    assert len(set(map(id, stores))) == 1
    live.close()
