"""A small web on the loopback: sites with public names and addresses, and a trap in place of everything else.

A fetcher made here looks names up in a table and connects to real servers that speak HTTP and TLS. The rule of which
addresses are public is always the real one: what it lets through and is no site of this web leads into the trap.
"""

from __future__ import annotations

import errno
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from types import TracebackType
from typing import Self

from assistant.fetching.fetcher import Fetcher
from tests.authority import certificate_folder, server_context

SITE = "example.test"
HOSTS = (SITE, "www.example.test", "m.example.test", "news.example.test", "other.test", "xn--vl2bq4o.test")
PUBLIC = "93.184.216.34"
PUBLIC_6 = "2606:2800:220:1::34"
DEAD = "93.184.216.35"  # refuses connections
SILENT = "93.184.216.36"  # takes them and says nothing


@dataclass(frozen=True, slots=True)
class Request:
    """What a fetcher sent; header names in lower case."""

    host: str
    target: str
    headers: dict[str, str]
    tls: bool


Reply = Callable[[], Iterable[bytes]]
"""Returns the pieces of a whole reply, head and all."""


def reply(
    body: bytes | str = b"", status: int = 200, kind: str | None = "text/html; charset=utf-8", **headers: str
) -> Reply:
    """An ordinary reply; underscores in header names stand for hyphens."""
    data = body.encode() if isinstance(body, str) else body
    named = {"content-length": str(len(data))} | {name.replace("_", "-"): value for name, value in headers.items()}
    if kind is not None:
        named["content-type"] = kind
    return raw(head(status, named), data)


def head(status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Played", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode()


def raw(*pieces: bytes) -> Reply:
    return lambda: pieces


def dripping(start: bytes, piece: bytes, seconds: float) -> Reply:
    """Begin, then send the same piece again and again, for ever."""

    def pieces() -> Iterable[bytes]:
        yield start
        while True:
            time.sleep(seconds)
            yield piece

    return pieces


def to(location: str, status: int = 302) -> Reply:
    return reply(b"", status, location=location)


class Web:
    """`with Web() as web`: `play` replies, fetch with `web.fetcher()`, look at `requests`, `dialled` and `trapped`."""

    def __init__(self) -> None:
        server_context(HOSTS)  # made here, so that no two threads make one each
        self.names: dict[str, Sequence[str] | Callable[[], Sequence[str]]] = dict.fromkeys(HOSTS, [PUBLIC])
        self.sites = {PUBLIC, PUBLIC_6}
        self.requests: list[Request] = []
        self.looked_up: list[str] = []
        self.dialled: list[str] = []
        self.trapped = 0
        self._replies: dict[tuple[str, str], Reply] = {}
        kinds = ("http", "https", "trap", "silent")
        self._listeners = {kind: socket.create_server(("127.0.0.1", 0)) for kind in kinds}
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        for kind, serve in {"http": self._serve, "https": self._serve_tls, "trap": self._spring}.items():
            self._start(self._accept, self._listeners[kind], serve)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for listener in self._listeners.values():
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for thread in self._threads:
            thread.join()

    def play(self, place: str, answer: Reply) -> None:
        """Answer `host/path` so, over HTTP and TLS; whatever is not played is a 404."""
        host, slash, path = place.partition("/")
        self._replies[host, slash + path] = answer

    @property
    def trap(self) -> str:
        """Where the trap listens, as a proxy's address."""
        return f"http://127.0.0.1:{self._listeners['trap'].getsockname()[1]}"

    def fetcher(self, seconds: float = 20.0) -> Fetcher:
        return Fetcher(self.resolve, self.connect, self.tls, seconds)

    def asked(self, host: str = SITE) -> list[str]:
        """What was asked of a site beside its robots.txt."""
        return [request.target for request in self.requests if request.host == host and "robots" not in request.target]

    # -- what the fetcher takes for the network --------------------------------------------------------------------

    def resolve(self, host: str, port: int) -> Sequence[str]:
        self.looked_up.append(host)
        try:
            return [str(ip_address(host))]
        except ValueError:
            pass
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        found = self.names[host]
        return found() if callable(found) else found

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        self.dialled.append(address)
        if address == DEAD:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        if address == SILENT:
            return socket.create_connection(self._listeners["silent"].getsockname(), seconds)
        kind = {80: "http", 443: "https"}.get(port, "trap") if address in self.sites else "trap"
        return socket.create_connection(self._listeners[kind].getsockname(), seconds)

    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(certificate_folder(HOSTS) / "authority.pem"))

    # -- the servers -----------------------------------------------------------------------------------------------

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, name="web")
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket, serve: Callable[[socket.socket], None]) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:  # the web ends
                return
            self._start(serve, connection)

    def _spring(self, connection: socket.socket) -> None:
        self.trapped += 1
        with connection:
            self._receive(connection)
            connection.sendall(head(200, {"content-type": "text/html"}) + b"<p>A secret of this machine.</p>" * 20)

    def _serve_tls(self, connection: socket.socket) -> None:
        with connection:
            try:
                secure = server_context(HOSTS).wrap_socket(connection, server_side=True)
            except OSError:  # a client that does not trust us
                return
            self._serve(secure)

    def _serve(self, connection: socket.socket) -> None:
        """Answer one request; clients close the connection when they have enough."""
        with connection:
            try:
                request = self._receive(connection)
                if request is None:
                    return
                self.requests.append(request)
                for piece in self._replies.get((request.host, request.target), reply("not here", 404))():
                    connection.sendall(piece)
            except OSError:  # the client has hung up
                return

    def _receive(self, connection: socket.socket) -> Request | None:
        received = b""
        while b"\r\n\r\n" not in received:
            piece = connection.recv(65_536)
            if not piece:
                return None
            received += piece
        first, *lines = received.decode("ascii").split("\r\n\r\n")[0].split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        return Request(headers["host"], first.split()[1], headers, isinstance(connection, ssl.SSLSocket))
