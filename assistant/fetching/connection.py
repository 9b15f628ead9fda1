"""A connection to the site of a web address, made so that no answer of a name server can lead it anywhere private.

The name is looked up once; all its addresses have to be public; the connection goes to one of exactly these. The
certificate is still checked against the name. Proxies of the environment are not used: a proxy looks names up itself.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from assistant.fetching.addresses import is_public
from assistant.fetching.refusals import Refused
from assistant.fetching.urls import Url

Resolve = Callable[[str, int], Sequence[str]]
"""Host name and port to IP addresses; raises OSError."""
Connect = Callable[[str, int, float], socket.socket]
"""IP address, port and seconds to a connected socket; raises OSError."""

_SECONDS_EACH = 5.0  # for one address of a site, so that there is time for the next one


class Deadline:
    """The end of the time that a whole fetch may take, however slowly its bytes drip."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left; raises Refused when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.passed()
        return left

    def passed(self) -> Refused:
        return Refused.because("too_slow", seconds=self._seconds)


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for the IP addresses of a name; that of an IP address is itself."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def connect(address: str, port: int, seconds: float) -> socket.socket:
    return socket.create_connection((address, port), seconds)


def no_network(host: str, port: int) -> list[str]:
    """Resolves nothing: for an assistant that is to stay off the network."""
    raise Refused.because("off")


def open_connection(
    url: Url, resolve: Resolve, connect: Connect, tls: Callable[[], ssl.SSLContext], deadline: Deadline
) -> socket.socket:
    """Return a socket connected to the address's site, with TLS where its scheme has it; raises Refused."""
    addresses = _public_addresses(url, resolve, deadline)
    plain = _first_connected(addresses, url.port, connect, deadline)
    if url.scheme == "http":
        return plain
    with failures_named(deadline):
        try:
            plain.settimeout(deadline.left())
            return tls().wrap_socket(plain, server_hostname=url.host)
        except BaseException:
            plain.close()
            raise


def _public_addresses(url: Url, resolve: Resolve, deadline: Deadline) -> Sequence[str]:
    addresses = _looked_up(url, resolve, deadline)
    if not all(map(is_public, addresses)):
        raise Refused.because("not_public")
    return addresses


def _looked_up(url: Url, resolve: Resolve, deadline: Deadline) -> Sequence[str]:
    """Resolve in a thread, because the system's resolver knows no time limit."""
    answers: queue.SimpleQueue[Sequence[str] | OSError | Refused] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(resolve(url.host, url.port))
        except (OSError, Refused) as error:
            answers.put(error)

    threading.Thread(target=look_up, name="look-up", daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise deadline.passed() from None
    if isinstance(answer, Refused):
        raise answer
    if isinstance(answer, OSError) or not answer:
        raise Refused.because("unknown_host", host=url.host)
    return answer


def _first_connected(addresses: Sequence[str], port: int, connect: Connect, deadline: Deadline) -> socket.socket:
    """Connect to the first address that answers; the failure of the last one is told."""
    for address in addresses[:-1]:
        try:
            return connect(address, port, min(_SECONDS_EACH, deadline.left()))
        except OSError:
            continue
    with failures_named(deadline):
        return connect(addresses[-1], port, deadline.left())


@contextmanager
def failures_named(deadline: Deadline) -> Iterator[None]:
    """Turn what goes wrong on a socket into a Refused that says so."""
    try:
        yield
    except TimeoutError as error:
        raise deadline.passed() from error
    except ssl.SSLCertVerificationError as error:
        raise Refused.because("tls", why=error.verify_message) from error
    except ssl.SSLError as error:
        raise Refused.because("tls", why=error.reason or error) from error
    except ConnectionResetError as error:
        raise Refused.because("garbled") from error
    except OSError as error:
        raise Refused.because("unreachable", why=error.strerror or error) from error
