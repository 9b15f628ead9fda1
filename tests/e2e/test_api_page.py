"""The page that shows REST's document, in the browser: it lists every request, and loads nothing from elsewhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.serving import served
from tests.web.fake_assistant import FakeAssistant
from tests.web.leftovers import IGNORED

pytestmark = [pytest.mark.browser, IGNORED]


def test_every_request_is_listed_and_nothing_comes_from_elsewhere(browser: Browser) -> None:
    with served(FakeAssistant()) as address:
        page = browser.new_page()
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(f"{address}/api/docs")
        page.wait_for_selector(".opblock")
        assert page.locator(".opblock").count() == 8
        page.wait_for_timeout(500)
        page.close()
    assert asked and all(url.startswith((address, "data:", "blob:")) for url in asked)
    assert not complaints
