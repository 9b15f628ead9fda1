"""Answers fetched as files, and opinions on them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.web.answers import Kept, OpenAnswers, answer_routes
from tests.web.fake_assistant import FEE_QUOTE, FIGURE_ANSWER, FakeAssistant

pytestmark = pytest.mark.filterwarnings("ignore:The 'app' shortcut", "ignore:Using `httpx` with")


class Desk:
    """A server of the routes alone, with one answer that is still open."""

    def __init__(self) -> None:
        self.fake, self.answers = FakeAssistant(), OpenAnswers()
        opened: Future[FakeAssistant] = Future()
        opened.set_result(self.fake)
        app = FastAPI()
        app.include_router(answer_routes(self.answers, opened))
        self.client = TestClient(app)
        self.kept: Kept | None = self.answers.keep(FIGURE_ANSWER)
        self.path = f"/answers/{self.kept.token}"


@pytest.fixture
def desk() -> Iterator[Desk]:
    yield Desk()


@pytest.mark.parametrize(
    ("form", "media", "words"),
    [
        ("txt", "text/plain; charset=utf-8", "[1] 펀드 메모 · 2026-02-13 · https://example.com/fund-note"),
        ("md", "text/markdown; charset=utf-8", "[^1]: 펀드 메모"),
        ("json", "application/json", FEE_QUOTE),
        ("receipt.json", "application/json", '"format": "assistant-receipt-1"'),
    ],
)
def test_an_open_answer_is_a_file_to_save(desk: Desk, form: str, media: str, words: str) -> None:
    reply = desk.client.get(f"{desk.path}.{form}")
    assert (reply.status_code, reply.headers["content-type"]) == (200, media)
    assert reply.headers["content-disposition"].startswith('attachment; filename="answer-2')
    assert reply.headers["content-disposition"].endswith(f'.{form}"') and reply.headers["cache-control"] == "no-store"
    assert words in reply.text


def test_json_is_the_answer(desk: Desk) -> None:
    assert json.loads(desk.client.get(f"{desk.path}.json").text) == FIGURE_ANSWER.to_dict()


@pytest.mark.parametrize("name", ["unknown.md", "unknown.json", ".md"])
def test_unknown_token_finds_nothing(desk: Desk, name: str) -> None:
    assert desk.client.get(f"/answers/{name}").status_code == 404


def test_unknown_form_is_none(desk: Desk) -> None:
    assert desk.client.get(f"{desk.path}.exe").status_code == 404


def test_a_closed_answer_is_gone(desk: Desk) -> None:
    desk.kept = None
    assert desk.client.get(f"{desk.path}.md").status_code == 404
    assert desk.client.post(f"{desk.path}/up").status_code == 404


@pytest.mark.parametrize("opinion", ["up", "down"])
def test_an_opinion_is_noted(desk: Desk, opinion: str) -> None:
    assert desk.client.post(f"{desk.path}/{opinion}").status_code == 204
    assert desk.fake.rated == [(FIGURE_ANSWER, opinion)]


def test_another_opinion_is_refused(desk: Desk) -> None:
    assert desk.client.post(f"{desk.path}/sideways").status_code == 422
    assert desk.fake.rated == []


def test_an_opinion_that_cannot_be_written_is_said(desk: Desk) -> None:
    desk.fake.rating_fails = True
    reply = desk.client.post(f"{desk.path}/up")
    assert (reply.status_code, reply.json()["detail"]) == (507, "The disk is full.")


def test_tokens_cannot_be_guessed() -> None:
    answers = OpenAnswers()
    kept = [answers.keep(FIGURE_ANSWER) for _ in range(100)]
    assert len({each.token for each in kept}) == 100 and all(len(each.token) >= 24 for each in kept)
