"""What the Figures view shows, step by step, without a browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Future
from typing import Any

import pytest

from assistant.errors import AssistantError
from assistant.types import Language
from assistant.web.figures_page import contents, line_charts, refresh_steps
from assistant.web.figures_texts import FIGURE_TEXTS
from assistant.web.page import Assistant
from tests.web.fake_assistant import FakeAssistant
from tests.web.markup import Markup

HEAD, TABLES, CHARTS, REBASED, RISKS, SOURCES = 0, 1, 2, 4, -2, -1


def _ready(assistant: FakeAssistant) -> Future[Assistant]:
    future: Future[Assistant] = Future()
    future.set_result(assistant)
    return future


def _all(steps: AsyncIterator[Any]) -> list[Any]:
    async def collect() -> list[Any]:
        return [step async for step in steps]

    return asyncio.run(collect())


@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_open_assistant_is_shown_at_once_and_whole(language: Language) -> None:
    [shown] = _all(contents(language, _ready(FakeAssistant()), "1y", "adjusted_close"))
    texts = FIGURE_TEXTS[language]
    assert len(shown) == 3 + 4 + 8 + 2
    assert (
        texts.intro in Markup(shown[HEAD]).text
        and texts.funds in shown[TABLES]
        and texts.charts_none not in shown[CHARTS]
    )
    assert texts.risks in shown[RISKS] and "BlackRock" in shown[SOURCES]
    assert set(shown[REBASED]["fund"]) == {"IWM", "VTWO", "SPY", "QQQ"}
    assert not [value for value in shown if isinstance(value, dict)]  # an update would be kept for ever


@pytest.mark.parametrize("language", ["ko", "en"])
def test_before_any_fetch_articles_figures_stand_without_charts(language: Language) -> None:
    [shown] = _all(contents(language, _ready(FakeAssistant("never")), "1y", "adjusted_close"))
    texts = FIGURE_TEXTS[language]
    assert texts.never in Markup(shown[HEAD]).text and "0.19%" in shown[TABLES] and 'class="live"' not in shown[TABLES]
    assert texts.charts_none in shown[CHARTS] and shown[REBASED] is None
    assert texts.sources_none in shown[SOURCES]


def test_while_the_assistant_opens_the_view_says_so_and_then_shows_all() -> None:
    async def watch() -> tuple[str, str]:
        opening: Future[Assistant] = Future()
        steps = contents("en", opening, "1y", "close")
        first = await anext(steps)
        asyncio.get_running_loop().call_later(0.05, opening.set_result, FakeAssistant())
        return first[HEAD], (await anext(steps))[HEAD]

    waiting, shown = asyncio.run(watch())
    assert FIGURE_TEXTS["en"].opening in waiting and FIGURE_TEXTS["en"].intro in shown


@pytest.mark.parametrize(("language", "words"), [("ko", "잠겨 있어요"), ("en", "It is locked")])
def test_what_cannot_be_read_is_said_in_the_language_of_the_page(language: Language, words: str) -> None:
    class Locked(FakeAssistant):
        def live_state(self) -> Any:
            raise AssistantError("It is locked.", "잠겨 있어요.")

    [shown] = _all(contents(language, _ready(Locked()), "1y", "close"))
    assert words in shown[HEAD] and shown[TABLES] == ""


def test_a_period_of_years_begins_earlier() -> None:
    one, three = (line_charts(FakeAssistant(), "en", period, "close") for period in ("1y", "3y"))
    assert three[1]["date"].min() < one[1]["date"].min()
    assert "Price" in three[0] and "Price" in three[2]


def test_a_refresh_counts_and_ends_with_a_report() -> None:
    fake = FakeAssistant("never")
    steps = _all(refresh_steps("en", _ready(fake)))
    assert [part for step in steps for part in ("1/3", "2/3", "3/3") if part in step] == ["1/3", "2/3", "3/3"]
    assert "Fetched anew: 1, failed: 1, not due yet: 1." in steps[-1] and "disabled" not in steps[-1]
    assert all("disabled" in step for step in steps[:-1])


def test_a_refresh_that_may_not_be_says_why() -> None:
    steps = _all(refresh_steps("ko", _ready(FakeAssistant("off"))))
    assert "실시간 수치가 꺼져 있어요." in steps[-1] and "disabled" in steps[-1]
