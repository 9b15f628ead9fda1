"""A real browser on the real page: the served assistant is `Assistant.open()` over the real corpus.

Skipped where there is no Chromium, but never under CI=true. ASSISTANT_CHROMIUM names another browser than the one on
the path.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from assistant.service import Assistant
from tests.serving import served
from tests.web.fake_assistant import FakeAssistant
from tests.web.leftovers import drop_leftovers

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
]
PATIENCE = 30_000  # milliseconds, for a machine that is busy
expect.set_options(timeout=PATIENCE)

OpenPage = Callable[..., Page]


@pytest.fixture(autouse=True, scope="module")
def _tidy() -> Iterator[None]:
    yield
    drop_leftovers()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed after its module: while it is open, no other event loop can run in this thread."""
    path = os.environ.get("ASSISTANT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None and os.environ.get("CI") != "true":
        pytest.skip("no Chromium on this machine: install it or name one in ASSISTANT_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(indexes: Path) -> Iterator[str]:
    """Where the page of the real assistant is served, over the index that all tests share."""
    with Assistant.open(indexes=indexes) as assistant, served(assistant) as address:
        yield address


@pytest.fixture(scope="module")
def hostile_address() -> Iterator[str]:
    """Where a page is served whose articles try to break out of their cards."""
    with served(FakeAssistant()) as address:
        yield address


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens a page: `open_page(url, width=1400, height=1000, dark=False)`."""
    contexts: list[BrowserContext] = []

    def open_one(url: str, *, width: int = 1400, height: int = 1000, dark: bool = False) -> Page:
        scheme = "dark" if dark else "light"
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, locale="ko-KR", reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(url)
        page.wait_for_selector("#question textarea, #figures table.figures, #items .shelf")
        return page

    yield open_one
    for context in contexts:
        context.close()
