"""A player at the network's edge: whatever host a client asks for, it is answered here, over real TLS, from a table.

A proxy on the loopback takes CONNECT, then speaks TLS itself with a certificate of a throw-away authority, so that the
real client code runs unchanged and nothing leaves the machine. Knows nothing of what the bodies mean.
"""

from __future__ import annotations

import functools
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from tests.authority import certificate_folder, server_context

HOSTS = (
    "query1.finance.yahoo.com",
    "query2.finance.yahoo.com",
    "fc.yahoo.com",
    "guce.yahoo.com",
    "consent.yahoo.com",
    "fred.stlouisfed.org",
    "api.stlouisfed.org",
    "www.blackrock.com",
    "investor.vanguard.com",
    "www.ssga.com",
    "dng-api.invesco.com",
    "www.sec.gov",
    "data.sec.gov",
)
PIECE = 64  # bytes that drip at a time


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked; header names are in lower case, `time` is monotonic."""

    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    time: float


@dataclass(frozen=True, slots=True)
class Reply:
    """`delay`: seconds before answering; `drip`: seconds between small pieces; `cut`: bytes of body before the end."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    cut: int | None = None


Answer = Reply | Callable[[Request], Reply]


def json_reply(value: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode())


UNKNOWN = json_reply({"error": "the player has nothing here"}, status=404)


class Player:
    """`with Player() as player`: play replies, set `environment()`, then look at `requests` and `connects`."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.connects: list[str] = []
        self._routes: dict[tuple[str, str], list[Answer]] = {}
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), functools.partial(_Handler, self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="player")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._server.shutdown()
        with self._lock:
            for connection in self._open:
                _hang_up(connection)
        self._server.server_close()  # waits for the connections' threads
        self._thread.join()

    def play(self, host: str, path_prefix: str, *replies: Answer) -> None:
        """Answer a host's paths of this prefix, the longest one first; the last reply repeats; replaces what was."""
        assert host in HOSTS, f"{host} is not in the certificate"
        assert replies, "at least one reply"
        with self._lock:
            self._routes[host, path_prefix] = list(replies)

    def environment(self) -> dict[str, str]:
        """What leads a client here."""
        authority = str(certificate_folder(HOSTS) / "authority.pem")
        proxy = f"http://127.0.0.1:{self._server.server_address[1]}"
        return {"HTTPS_PROXY": proxy, "SSL_CERT_FILE": authority, "REQUESTS_CA_BUNDLE": authority}

    def answer(self, request: Request) -> Reply:
        """Note a request and return what is played for it."""
        with self._lock:
            self.requests.append(request)
            fits = [key for key in self._routes if key[0] == request.host and request.path.startswith(key[1])]
            if not fits:
                return UNKNOWN
            replies = self._routes[max(fits, key=lambda key: len(key[1]))]
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
        return reply(request) if callable(reply) else reply

    def pause(self, seconds: float) -> None:
        """Wait, but not longer than the player plays."""
        self._ended.wait(seconds)

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)
        if self._ended.is_set():
            _hang_up(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for them
    block_on_close = True


class _Handler(BaseHTTPRequestHandler):
    """One connection: CONNECT in the clear, then requests over TLS."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each body waits 40 ms for the client to acknowledge its head
    host = ""

    def __init__(self, player: Player, *args: object) -> None:
        self.player = player
        super().__init__(*args)  # type: ignore[arg-type]

    def handle(self) -> None:
        plain = self.connection
        self.player.opened(plain)
        try:
            super().handle()
        except OSError:  # a client that hangs up, or does not trust the certificate: its own test looks at it
            pass
        finally:
            self.player.closed(plain)
            if self.connection is not plain:
                self.player.closed(self.connection)
                self.rfile.close()
                self.connection.close()

    def do_CONNECT(self) -> None:
        self.player.connects.append(self.path)
        self.host = self.path.rpartition(":")[0]
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        plain = self.connection
        self.rfile.close()
        self.connection = server_context(HOSTS).wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self.player.closed(plain)
        self.player.opened(self.connection)
        self.rfile = self.connection.makefile("rb")
        self.connection.do_handshake()
        self.close_connection = False

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.host, parts.path, dict(parse_qsl(parts.query)), headers, time.monotonic())
        reply = self.player.answer(request)
        self.player.pause(reply.delay)
        self.connection.sendall(_head(reply))
        self._send_body(reply)

    do_POST = do_GET

    def _send_body(self, reply: Reply) -> None:
        body = reply.body if reply.cut is None else reply.body[: reply.cut]
        step = PIECE if reply.drip else max(1, len(body))
        for start in range(0, len(body), step):
            self.connection.sendall(body[start : start + step])
            self.player.pause(reply.drip)
        if reply.cut is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


def _head(reply: Reply) -> bytes:
    headers = {"Content-Type": reply.content_type, "Content-Length": str(len(reply.body)), **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} Played", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:  # it is down already
        pass
