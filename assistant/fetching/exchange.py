"""One request and its reply on a connected socket: HTTP/1.1 without cookies, credentials or Referer, within limits.

h11 lives here and does the parsing. Sizes are counted after unpacking. Knows nothing of redirects or of what is read.
"""

from __future__ import annotations

import socket
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from assistant.fetching.connection import Deadline, failures_named
from assistant.fetching.refusals import Refused
from assistant.fetching.urls import Url

if TYPE_CHECKING:
    import h11

PRODUCT = "small-cap-etf-assistant"  # what a robots.txt may call this program
USER_AGENT = f"{PRODUCT}/0.1 (reads a page that its user adds)"

_PIECE = 65_536
_LONGEST_HEAD = 100_000
_GZIP = 16 + zlib.MAX_WBITS


class Exchange:
    """`ask` once, look at `status` and `headers`, then take the `body` or leave it."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        import h11

        self._socket = connection
        self._deadline = deadline
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self.status = 0
        self.headers: dict[str, str] = {}
        """By names in lower case; the first one of a name counts."""

    def ask(self, url: Url, accept: str) -> None:
        """Send the request and receive the head of the reply; raises Refused."""
        import h11

        headers = [
            ("Host", url.authority),
            ("User-Agent", USER_AGENT),
            ("Accept", accept),
            ("Accept-Encoding", "gzip"),
            ("Connection", "close"),
        ]
        with self._failures_named():
            request = self._http.send(h11.Request(method="GET", target=url.target, headers=headers))
            self._socket.settimeout(self._deadline.left())
            self._socket.sendall((request or b"") + (self._http.send(h11.EndOfMessage()) or b""))
            head = self._next_event()
            while isinstance(head, h11.InformationalResponse):
                head = self._next_event()
            if not isinstance(head, h11.Response):
                raise Refused.because("garbled")
        self.status = head.status_code
        for name, value in reversed(list(head.headers)):
            self.headers[name.decode("ascii")] = value.decode("utf-8", "replace").strip()

    def body(self, most: int) -> bytes:
        """Receive and unpack the rest of the reply, at most so many bytes; raises Refused."""
        coding = self.headers.get("content-encoding", "").lower()
        if coding not in ("", "identity", "gzip", "x-gzip"):
            raise Refused.because("coding", coding=coding)
        with self._failures_named():
            return self._unpacked(most) if coding.endswith("gzip") else self._plain(most)

    def _plain(self, most: int) -> bytes:
        body = bytearray()
        for piece in self._pieces():
            body += piece
            if len(body) > most:
                raise Refused.because("too_big", most=most)
        return bytes(body)

    def _unpacked(self, most: int) -> bytes:
        """Unpack piece by piece and never more than may come, so that a small reply cannot fill the memory."""
        unpacker = zlib.decompressobj(_GZIP)
        body = bytearray()
        received = 0
        for piece in self._pieces():
            received += len(piece)
            body += unpacker.decompress(piece, most + 1 - len(body))
            if max(len(body), received) > most:
                raise Refused.because("too_big", most=most)
        if not unpacker.eof or unpacker.unused_data:
            raise Refused.because("garbled")
        return bytes(body)

    def _pieces(self) -> Iterator[bytes]:
        import h11

        while isinstance(event := self._next_event(), h11.Data):
            yield event.data
        if not isinstance(event, h11.EndOfMessage):
            raise Refused.because("garbled")

    def _next_event(self) -> h11.Event:
        import h11

        while True:
            event = self._http.next_event()
            if isinstance(event, h11.Event):
                return event
            if event is h11.PAUSED:  # the site wants to speak another protocol
                raise Refused.because("garbled")
            self._socket.settimeout(self._deadline.left())
            self._http.receive_data(self._socket.recv(_PIECE))

    @contextmanager
    def _failures_named(self) -> Iterator[None]:
        import h11

        try:
            with failures_named(self._deadline):
                yield
        except (h11.RemoteProtocolError, zlib.error) as error:
            raise Refused.because("garbled") from error
