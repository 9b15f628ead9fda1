"""A provider's chat model over real HTTP: every way to fail has a reason, ends in time and keeps the key to itself."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from itertools import product
from types import AsyncGeneratorType
from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk

from assistant.errors import SettingsError
from assistant.llm import ChatFailure, ChatModel, load_chat
from tests.chat_server import KEY, ChatServer, Reply, error

MESSAGES = [("system", "Rules."), ("human", '<rows>\n{"n": 1, "text": "t", "under": "u"}\n</rows>\n\nQuestion: "q"')]


@pytest.fixture
def chat(chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> ChatModel:
    monkeypatch.setenv("OPENAI_BASE_URL", chat_server.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    return load_chat("openai:scripted", gap=1.0, whole=2.0)


def _said(chat: ChatModel) -> str:
    return "".join(chat.stream(MESSAGES))


@pytest.mark.parametrize("streams", [True, False], ids=["streamed", "whole"])
def test_reply_comes_whole_whether_the_server_streams_or_not(
    chat: ChatModel, chat_server: ChatServer, streams: bool
) -> None:
    chat_server.script = lambda _: Reply("한 문장이에요. [1]\nAnother one. [2]\n", streams=streams)
    assert _said(chat) == "한 문장이에요. [1]\nAnother one. [2]\n"


def test_reply_is_passed_on_while_it_comes(chat: ChatModel, chat_server: ChatServer) -> None:
    chat_server.script = lambda _: Reply("one two three four five six", drip=0.2)
    started = time.perf_counter()
    pieces = chat.stream(MESSAGES)
    next(piece for piece in pieces if piece)
    assert time.perf_counter() - started < 0.6 < 4 * 0.2
    assert "".join(pieces).endswith("six")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (error(401, "invalid_api_key"), "key"),
        (error(403), "key"),
        (error(404, "model_not_found"), "unknown_model"),
        (error(429, "rate_limit_exceeded"), "rate_limit"),
        (error(400), "failed"),
        (error(500), "failed"),
        (error(503), "failed"),
        (Reply("late", wait=1.5), "timeout"),
        (Reply("never", pings=True), "timeout"),
        (Reply("slow " * 50, drip=0.3), "timeout"),
        (Reply("again and again " * 40, endless=True), "endless"),
        (Reply(""), "empty"),
        (Reply("", streams=False), "empty"),
        (Reply("", finish="content_filter"), "refused"),
        (Reply("", delta={"refusal": "I can't help with that."}, streams=False), "refused"),
        (Reply(body=b"<html>Bad gateway</html>", content_type="text/html"), "failed"),
        (Reply(body=b"data: {not json\n\n", content_type="text/event-stream"), "failed"),
        (Reply(body=b"", content_type="application/json"), "failed"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_every_failure_has_its_reason_ends_in_time_and_does_not_tell_the_key(
    chat: ChatModel, chat_server: ChatServer, caplog: pytest.LogCaptureFixture, reply: Reply, reason: str
) -> None:
    chat_server.script = lambda _: reply
    started = time.perf_counter()
    with caplog.at_level(logging.DEBUG), pytest.raises(ChatFailure) as raised:
        _said(chat)
    assert raised.value.reason == reason
    assert time.perf_counter() - started < 4
    assert KEY not in caplog.text and KEY not in repr(raised.value)
    assert raised.value.__cause__ is None


def test_address_where_nobody_listens_is_a_network_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with pytest.raises(ChatFailure, match="network"):
        _said(load_chat("openai:scripted", gap=1.0, whole=2.0))


@pytest.mark.parametrize(("name", "reason"), [("openai:gpt", "key"), ("cohere:command", "package")])
def test_missing_key_or_package_fails_each_call_and_not_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, reason: str
) -> None:
    for variable in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.delenv(variable, raising=False)
    model = load_chat(name)
    with pytest.raises(ChatFailure, match=reason):
        _said(model)


def test_unknown_provider_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(SettingsError) as raised:
        load_chat("nobody:model")
    for message in raised.value.messages.values():
        assert "'nobody:model'" in message and "ollama" in message and "openai" in message


def _at_work() -> list[AsyncGeneratorType[Any, Any]]:
    """The generators of the model's client that have begun and not ended."""
    found = [each for each in gc.get_objects() if type(each) is AsyncGeneratorType and each.ag_frame is not None]
    return [each for each in found if re.search("langchain|openai|httpx|httpcore", each.ag_code.co_filename)]


def test_call_that_ends_early_leaves_nothing_to_the_garbage_collector(chat: ChatModel, chat_server: ChatServer) -> None:
    chat_server.script = lambda _: Reply("one two three", breaks=True)
    gc.collect()
    before = _at_work()
    with pytest.raises(ChatFailure):
        _said(chat)
    assert not [each for each in _at_work() if each not in before]


HANGS, HALTS = Reply("late", wait=20.0), Reply("one two three", drip=20.0)


@pytest.mark.parametrize(
    ("reply", "way"),
    [(HALTS, "reader closes"), *product([HANGS, HALTS], ["somebody stops it", "model closes"])],
    ids=lambda value: value if isinstance(value, str) else "hangs" if value is HANGS else "halts",
)
def test_call_that_nobody_waits_for_ends_with_its_connection(
    chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch, reply: Reply, way: str
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", chat_server.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    chat, stop, said = load_chat("openai:scripted", gap=30.0, whole=30.0), Future[None](), list[str]()
    chat_server.script = lambda _: reply
    chat_server.prompts.clear()
    chat_server.hung_up.clear()
    pieces = chat.stream(MESSAGES, stop)
    if way == "reader closes":
        next(piece for piece in pieces if piece)
        pieces.close()  # type: ignore[attr-defined]
    else:
        threading.Timer(0.5, partial(stop.set_result, None) if way == "somebody stops it" else chat.close).start()
        started = time.perf_counter()
        with pytest.raises(ChatFailure, match="stopped"):
            said += pieces
        assert time.perf_counter() - started < 5
        assert "".join(said) == ("" if reply.wait else "one two")
    assert chat_server.hung_up.wait(5)
    assert len(chat_server.prompts) == 1


class _Deaf:
    """A provider's package that goes on after a cancellation, as `wait_for` does where a chunk has come meanwhile."""

    def __init__(self) -> None:
        self.chunks = 0

    async def astream(self, messages: object) -> AsyncIterator[AIMessageChunk]:
        while self.chunks < 1000:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0.01)
            self.chunks += 1
            yield AIMessageChunk(content="on ")


def test_package_that_does_not_hear_of_the_end_is_not_heard_either() -> None:
    deaf: Any = _Deaf()
    with pytest.raises(ChatFailure, match="timeout"):
        list(ChatModel("deaf", deaf, whole=0.3).stream(MESSAGES))
    assert deaf.chunks < 100
    pieces = ChatModel("deaf", deaf).stream(MESSAGES)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    heard = deaf.chunks
    time.sleep(0.3)
    assert deaf.chunks <= heard + 5


def test_stopped_beforehand_is_not_read(chat: ChatModel, chat_server: ChatServer) -> None:
    chat_server.script = lambda _: Reply("late", wait=5.0)
    stop: Future[None] = Future()
    stop.set_result(None)
    with pytest.raises(ChatFailure, match="stopped"):
        list(chat.stream(MESSAGES, stop))


def test_one_who_stops_listening_ends_the_call(chat: ChatModel, chat_server: ChatServer) -> None:
    chat_server.script = lambda _: Reply("word " * 40, drip=0.05)
    pieces: Iterator[str] = chat.stream(MESSAGES)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    chat_server.script = lambda _: Reply("next")
    assert _said(chat) == "next"
