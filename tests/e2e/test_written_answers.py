"""Answers of a slow language model on the real page: what is shown when, and that nobody who has left is waited for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from assistant import Assistant
from assistant.embedder import Embedder
from assistant.index import Index
from assistant.live import LiveFigures
from assistant.retriever import Retriever
from tests.chat_server import ChatServer, Prompt, Reply
from tests.e2e.conftest import PATIENCE, OpenPage
from tests.serving import served
from tests.web.leftovers import IGNORED

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "What is VTWO's health care weight?"
HANGS = Reply("late", wait=60.0)
pytestmark = [
    IGNORED,
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting'", "ignore:The copy keyword is deprecated"),
]


@pytest.fixture(scope="module")
def written_address(
    indexes: Path, embedder: Embedder, chat_server: ChatServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Where the page is served whose answers the scripted model writes; it is waited for as long as a real one."""
    model = chat_server.model()
    index, live = Index.open(indexes, embedder), LiveFigures(tmp_path_factory.mktemp("live"), None)
    retriever = Retriever(index, embedder)
    with Assistant(ROOT / "corpus", index, retriever, live, model=model) as assistant, served(assistant) as address:
        yield address


@pytest.fixture
def server(chat_server: ChatServer) -> ChatServer:
    chat_server.prompts.clear()
    chat_server.hung_up.clear()
    return chat_server


def _is_asked(server: ChatServer) -> bool:
    """Wait until the model has been asked."""
    until = time.monotonic() + 20
    while not server.prompts and time.monotonic() < until:
        time.sleep(0.02)
    return bool(server.prompts)


@pytest.mark.browser
def test_first_sentence_shows_while_the_model_is_still_writing(
    open_page: OpenPage, written_address: str, server: ChatServer
) -> None:
    def script(prompt: Prompt) -> Reply:
        return Reply("\n".join(f"{row.text} [{row.n}]" for row in prompt.rows[:3]), drip=0.1)

    server.script = script
    page = open_page(written_address + "/en")
    page.locator("#question textarea").fill(QUESTION)
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#chat .answer.growing")).to_contain_text("18.8%", timeout=PATIENCE)
    assert not server.written.is_set()
    expect(page.locator("#chat .answer:not(.growing)")).to_contain_text("18.8%", timeout=PATIENCE)
    assert server.written.is_set()


@pytest.mark.browser
def test_model_is_hung_up_on_when_the_page_is_closed(
    open_page: OpenPage, written_address: str, server: ChatServer
) -> None:
    server.script = lambda _: HANGS
    page = open_page(written_address)
    page.locator("#question textarea").fill(QUESTION)
    page.locator("#question textarea").press("Enter")
    assert _is_asked(server) and not server.hung_up.is_set()
    page.context.close()
    assert server.hung_up.wait(10)
    assert len(server.prompts) == 1


@pytest.mark.browser
@pytest.mark.parametrize(
    ("path", "question", "label", "notice"),
    [
        ("/", "VTWO의 헬스케어 비중은?", "그만 쓰기", "언어 모델을 도중에 멈췄어요"),
        ("/en", QUESTION, "Stop", "The language model was stopped"),
    ],
)
def test_writing_is_stopped_by_its_button_and_what_has_passed_stays(
    open_page: OpenPage, written_address: str, server: ChatServer, path: str, question: str, label: str, notice: str
) -> None:
    def script(prompt: Prompt) -> Reply:
        return Reply(f"{prompt.rows[0].text} [1]\n" + "and on " * 1000, drip=0.05)

    server.script = script
    page = open_page(written_address + path)
    stop = page.locator("#question").get_by_role("button", name=label)
    expect(stop).to_have_count(0)
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#chat .answer.growing")).to_contain_text("18.8%", timeout=PATIENCE)
    expect(stop).to_be_visible()
    page.locator("#question textarea").fill("what comes next")
    assert not server.hung_up.is_set()
    stop.click()
    assert server.hung_up.wait(10)
    answer = page.locator("#chat .answer:not(.growing)")
    expect(answer).to_contain_text(notice)
    expect(answer).to_contain_text("18.8%")
    expect(stop).to_have_count(0)
    expect(page.locator("#question textarea")).to_have_value("what comes next")
    assert len(server.prompts) == 1


@pytest.mark.browser
def test_before_the_first_sentence_stopping_leaves_the_answer_made_without_the_model(
    open_page: OpenPage, written_address: str, server: ChatServer
) -> None:
    server.script = lambda _: HANGS
    page = open_page(written_address + "/en")
    page.locator("#question textarea").fill(QUESTION)
    page.locator("#question textarea").press("Enter")
    assert _is_asked(server)
    page.locator("#question").get_by_role("button", name="Stop").click()
    assert server.hung_up.wait(10)
    answer = page.locator("#chat .answer:not(.growing)")
    expect(answer).to_contain_text("so this answer was made without it")
    expect(answer).to_contain_text("18.8%")


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_model_is_hung_up_on_when_the_client_leaves(written_address: str, server: ChatServer, accept: str) -> None:
    server.script = lambda _: HANGS
    with httpx.Client(timeout=httpx.Timeout(20.0, read=3.0), headers={"accept": accept}) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post(f"{written_address}/api/v1/ask", json={"question": QUESTION})
        assert _is_asked(server)
    assert server.hung_up.wait(10)
    assert httpx.get(f"{written_address}/api/v1/articles").status_code == 200
