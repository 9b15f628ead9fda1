"""The watch over the tests: what would reach another machine is refused and noted, here and in other processes."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable

import httpx
import pytest

from tests.outgoing.sitecustomize import taken_notes

ATTEMPTS: dict[str, Callable[[socket.socket, socket.socket], object]] = {
    "192.0.2.1": lambda stream, _: stream.connect(("192.0.2.1", 80)),
    "192.0.2.2": lambda _, datagram: datagram.sendto(b"x", ("192.0.2.2", 53)),
    "info.example": lambda *_: socket.getaddrinfo("info.example", 443),
    "name.example": lambda *_: socket.gethostbyname("name.example"),
    "192.0.2.3": lambda *_: socket.gethostbyaddr("192.0.2.3"),
    "web.example": lambda *_: httpx.get("https://web.example/"),
}


@pytest.mark.parametrize("place", ATTEMPTS)
def test_attempt_is_refused_and_noted(place: str) -> None:
    with (
        socket.socket(type=socket.SOCK_STREAM) as stream,
        socket.socket(type=socket.SOCK_DGRAM) as datagram,
        pytest.raises((PermissionError, httpx.ConnectError)),
    ):
        ATTEMPTS[place](stream, datagram)
    notes = taken_notes()
    assert f": {place}\n" in notes and "test_outgoing.py" in notes


def test_attempt_of_another_process_is_noted_too() -> None:
    program = "import socket; socket.getaddrinfo('elsewhere.example', 443)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "PermissionError" in done.stderr
    assert taken_notes().startswith("socket.getaddrinfo: elsewhere.example\n")


def test_this_machine_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()
    socket.getaddrinfo("192.0.2.1", 80)  # asks nobody
    assert taken_notes() == ""
