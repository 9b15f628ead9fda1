"""Fetches one web page: public addresses only, within limits of time, size and redirects, and as robots.txt allows.

Knows nothing of articles; what a page says is read elsewhere. Each redirect is checked like the address itself.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from assistant.certificates import tls_context
from assistant.fetching.connection import Connect, Deadline, Resolve, connect, open_connection, resolve
from assistant.fetching.exchange import PRODUCT, Exchange
from assistant.fetching.refusals import Refused
from assistant.fetching.robots import may_read
from assistant.fetching.urls import Url

SECONDS = 20.0
MOST_BYTES = 10_000_000
MOST_REDIRECTS = 5

_MOST_ROBOTS_BYTES = 500_000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CLOSED_ROBOTS = frozenset({401, 403, 429})  # what else is not there, a 404 above all, forbids nothing


@dataclass(frozen=True, slots=True)
class Page:
    """What an address served. `url` is where redirects led, `kind` the media type in lower case, `charset` what the
    site says, `data` unpacked."""

    url: Url
    kind: str
    charset: str | None
    data: bytes


class Fetcher:
    """Fetches pages; safe to use from several threads. A test brings its own names and its own network."""

    def __init__(
        self,
        resolve: Resolve = resolve,
        connect: Connect = connect,
        tls: Callable[[], ssl.SSLContext] = tls_context,
        seconds: float = SECONDS,
    ) -> None:
        self._resolve = resolve
        self._connect = connect
        self._tls = tls
        self._seconds = seconds

    def fetch(self, address: str, kinds: Sequence[str]) -> Page:
        """Return the page at the address if it is of one of these media types; raises Refused."""
        visit = _Visit(self._open, Deadline(self._seconds))
        try:
            return visit.page(Url.parse(address), kinds)
        except Refused as why:
            raise why.at(address) from why

    def _open(self, url: Url, deadline: Deadline) -> socket.socket:
        return open_connection(url, self._resolve, self._connect, self._tls, deadline)


class _Visit:
    """One fetch: everything that is asked of sites for the sake of one page, within one deadline."""

    def __init__(self, open: Callable[[Url, Deadline], socket.socket], deadline: Deadline) -> None:
        self._open = open
        self._deadline = deadline
        self._robots: dict[Url, str] = {}

    def page(self, url: Url, kinds: Sequence[str]) -> Page:
        with self._reply(url, ", ".join(kinds), self._ask_robots) as (arrived, reply):
            if reply.status != 200:
                raise Refused.of_status(reply.status)
            kind, charset = _content_type(reply.headers.get("content-type", "text/html"))
            if kind not in kinds:
                raise Refused.because("type", kind=kind, known=", ".join(kinds))
            return Page(arrived, kind, charset, reply.body(MOST_BYTES))

    @contextmanager
    def _reply(self, url: Url, accept: str, check: Callable[[Url], None]) -> Iterator[tuple[Url, Exchange]]:
        """Ask for an address, and for those that it leads on to; `check` is called with each before it is asked for."""
        passed: list[Url] = []
        while True:
            check(url)
            with closing(self._open(url, self._deadline)) as connection:
                exchange = Exchange(connection, self._deadline)
                exchange.ask(url, accept)
                location = exchange.headers.get("location") if exchange.status in _REDIRECTS else None
                if location is None:
                    yield url, exchange
                    return
            passed.append(url)
            url = url.join(location.replace(" ", "%20"))
            if url in passed:
                raise Refused.because("redirect_loop")
            if len(passed) > MOST_REDIRECTS:
                raise Refused.because("redirects", most=MOST_REDIRECTS)

    def _ask_robots(self, url: Url) -> None:
        place = url.join("/robots.txt")
        if place not in self._robots:
            self._robots[place] = self._read_robots(place)
        if not may_read(self._robots[place], PRODUCT, url.target):
            raise Refused.because("robots")

    def _read_robots(self, place: Url) -> str:
        """Return the text of a robots.txt, empty where there is none; one that cannot be had forbids everything."""
        with self._reply(place, "text/plain", lambda url: None) as (_, reply):
            if reply.status in _CLOSED_ROBOTS or reply.status >= 500:
                raise Refused.of_status(reply.status, "robots_unread")
            return reply.body(_MOST_ROBOTS_BYTES).decode("utf-8", "replace") if reply.status == 200 else ""


def _content_type(header: str) -> tuple[str, str | None]:
    """Return the media type in lower case and the charset of a Content-Type header."""
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", header, re.IGNORECASE)
    return header.partition(";")[0].strip().lower(), charset[1] if charset else None
