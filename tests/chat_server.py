"""A server that speaks OpenAI's chat completions on the loopback, with scripted replies, well behaved and not.

The real client code runs against it, streamed or not. Knows nothing of prompts: a reply may be a function of one.
"""

from __future__ import annotations

import json
import re
import select
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import pytest

from assistant.llm import ChatModel, load_chat

KEY = "sk-never-to-be-shown-0123456789"
PIECE = 7  # characters of a reply that stream at a time


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the prompt, as the model reads it."""

    n: int
    text: str
    above: str
    dated: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model was told: the rules, the whole of what the user's side said, the rows, the question.

    Where translations are asked for, there is no question.
    """

    rules: str
    said: str
    rows: tuple[Row, ...]
    question: str
    turns: int

    @property
    def again(self) -> bool:
        return self.turns > 2


@dataclass(frozen=True, slots=True)
class Reply:
    """`wait`: seconds before the head; `drip`: seconds between pieces; `cut`: hang up after so many pieces.

    `body` replaces the whole body as it is; `endless` repeats the text for ever; `pings`: comments instead of an end;
    `breaks`: an error instead of an end.
    """

    text: str = ""
    status: int = 200
    wait: float = 0.0
    drip: float = 0.0
    cut: int | None = None
    body: bytes | None = None
    content_type: str = ""
    streams: bool = True
    endless: bool = False
    pings: bool = False
    breaks: bool = False
    finish: str = "stop"
    delta: Mapping[str, Any] = field(default_factory=dict)


Script = Callable[[Prompt], Reply]


def error(status: int, code: str = "error") -> Reply:
    """An error as OpenAI sends it; like the real one, it repeats the key."""
    message = {"error": {"message": f"Incorrect: {KEY}", "type": code, "code": code}}
    return Reply(status=status, body=json.dumps(message).encode(), content_type="application/json")


class ChatServer:
    """`with ChatServer() as server`: set `server.script`, ask, then look at `server.prompts`."""

    def __init__(self) -> None:
        self.script: Script = lambda prompt: Reply()
        self.prompts: list[Prompt] = []
        self.ended = threading.Event()
        self.written = threading.Event()  # the last reply has gone out whole
        self.hung_up = threading.Event()  # a client has closed its connection before the reply's end

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"played": self}))
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def model(self, **limits: float) -> ChatModel:
        """Return the real client that asks here; `limits` are those of `load_chat`."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("OPENAI_BASE_URL", self.url)
            patch.setenv("OPENAI_API_KEY", KEY)
            return load_chat("openai:scripted", **limits)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30
    played: ChatServer

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.headers["Authorization"] == f"Bearer {KEY}"
        prompt = _prompt(asked["messages"])
        self.played.prompts.append(prompt)
        self.played.written.clear()
        reply = self.played.script(prompt)
        self.close_connection = True
        try:
            self._wait(reply.wait)
            if reply.body is not None or not asked.get("stream") or not reply.streams:
                self._whole(reply)
            else:
                self._streamed(reply)
            self.played.written.set()
        except OSError:  # a client that has heard enough
            self.played.hung_up.set()

    def _wait(self, seconds: float) -> None:
        """Wait; raises OSError where the client leaves meanwhile: it says no more, so its end is all that can come."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.played.ended.is_set():
            if select.select([self.connection], [], [], min(seconds, 0.1))[0]:
                raise ConnectionResetError

    def _whole(self, reply: Reply) -> None:
        message = {"role": "assistant", "content": reply.text, **reply.delta}
        choice = {"index": 0, "finish_reason": reply.finish, "message": message}
        value = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        body = json.dumps(value).encode() if reply.body is None else reply.body
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type or "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def _streamed(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self._event({"role": "assistant", "content": "", **reply.delta})
        pieces = [reply.text[start : start + PIECE] for start in range(0, len(reply.text), PIECE)]
        for piece in pieces[: reply.cut]:
            self._event({"content": piece})
            self._wait(reply.drip)
        while reply.endless and not self.played.ended.is_set():
            self._event({"content": reply.text})
        while reply.pings and not self.played.ended.wait(0.02):
            self.wfile.write(b": still here\n\n")
        if reply.breaks:
            self.wfile.write(b'data: {"error": {"message": "out of memory", "code": 500}}\n\n')
        elif reply.cut is None:
            self._event({}, reply.finish)
            self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, delta: Mapping[str, Any], finish: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        value = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(value)}\n\n".encode())

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


def _prompt(messages: list[dict[str, str]]) -> Prompt:
    (rules, first), human = (messages[0]["content"], messages[1]["content"]), messages[-1]["content"]
    fenced = re.search(r"<rows>\n(.*)\n</rows>(?:\n\n\S[^\n]*?: (\".*\"))?\Z", first, re.DOTALL)
    assert fenced, first
    rows = [json.loads(line) for line in fenced[1].split("\n")]
    question = json.loads(fenced[2]) if fenced[2] else ""
    return Prompt(
        rules,
        human,
        tuple(Row(row["n"], row["text"], row.get("under", ""), row.get("date", "")) for row in rows),
        question,
        len(messages),
    )
