"""How long the page takes to show a model's first sentence, in a real browser, and how long the model itself takes."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from assistant.llm import ChatModel, load_chat
from assistant.reply import sentences_of
from assistant.service import Assistant
from tests.chat_server import KEY, ChatServer, Reply
from tests.e2e.conftest import ARGUMENTS
from tests.serving import served

CORPUS = Path(__file__).parents[2] / "corpus"
QUESTION = "What is VTWO's health care weight?"
FIRST = "Health care makes up 18.8% of VTWO by its composition on December 31, 2025. [1]\n"
SECOND = "Industrials make up 18.1% of VTWO by its composition on December 31, 2025. [2]\n"
# A small model on two cores: a second and a half to read the question, then some twenty words a second.
PACE = {"wait": 1.5, "drip": 0.07}
TIMES = 5
PROMPT = [("system", "Rules."), ("human", '<rows>\n{"n": 1, "text": "t", "under": "u"}\n</rows>\n\nQuestion: "q"')]
_SHOWN = """() => {
  const started = performance.now(), before = document.querySelectorAll('#chat .answer').length
  window.shown = new Promise(resolve => new MutationObserver((_, observer) => {
    const answers = [...document.querySelectorAll('#chat .answer')]
    if (answers.length > before && answers.at(-1).textContent.includes('18.8%')) {
      observer.disconnect()
      resolve((performance.now() - started) / 1000)
    }
  }).observe(document.body, {childList: true, subtree: true, characterData: true}))
  document.querySelector('#question textarea').dispatchEvent(
    new KeyboardEvent('keypress', {key: 'Enter', bubbles: true}))
}"""


def first_sentence() -> tuple[float, float] | None:
    """Return the seconds to the first sentence on the page and of the model alone; None where there is no Chromium."""
    path = os.environ.get("ASSISTANT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        return None
    with ChatServer() as server, _address(server) as address, sync_playwright() as playwright:
        server.script = lambda _: Reply(FIRST + SECOND, **PACE)
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page()
        page.goto(f"{address}/en")
        model = load_chat("openai:scripted")
        pairs = [(_on_page(page), _alone(model)) for _ in range(TIMES + 1)][1:]  # the first loads what is loaded once
        browser.close()
    shown, alone = (median(times) for times in zip(*pairs, strict=True))
    return shown, alone


@contextmanager
def _address(server: ChatServer) -> Iterator[str]:
    logging.disable(logging.WARNING)
    settings = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY, "ASSISTANT_LLM": "openai:scripted"}
    os.environ.update(settings)
    with tempfile.TemporaryDirectory() as folder:
        indexes = os.environ.get("ASSISTANT_INDEXES", folder)
        with Assistant.open(corpus=CORPUS, indexes=indexes) as assistant, served(assistant) as address:
            yield address
    for name in settings:
        del os.environ[name]
    logging.disable(logging.NOTSET)


def _on_page(page: Page) -> float:
    """Ask, and return the seconds from pressing Enter until the sentence can be read; then let the answer end."""
    page.wait_for_selector("#question textarea")
    page.locator("#question textarea").fill(QUESTION)
    page.evaluate(_SHOWN)
    shown: float = page.evaluate("window.shown")
    page.wait_for_function("[...document.querySelectorAll('#chat .answer')].pop().matches(':not(.growing)')")
    return shown


def _alone(model: ChatModel) -> float:
    started = time.perf_counter()
    pieces = model.stream(PROMPT)
    next(sentences_of(pieces, "en"))
    seconds = time.perf_counter() - started
    pieces.close()  # type: ignore[attr-defined]
    return seconds
