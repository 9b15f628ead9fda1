"""A provider's chat model over real HTTP: every way to fail has a reason, ends in time and keeps the key to itself."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import pytest

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


def test_one_who_stops_listening_ends_the_call(chat: ChatModel, chat_server: ChatServer) -> None:
    chat_server.script = lambda _: Reply("word " * 40, drip=0.05)
    pieces: Iterator[str] = chat.stream(MESSAGES)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    chat_server.script = lambda _: Reply("next")
    assert _said(chat) == "next"
