"""Refuses and notes each attempt of a Python process to reach another machine.

Python runs a module of this name when it starts, so that with this folder on PYTHONPATH the processes that tests start
are watched as well. A note is the place with the stack, in the file that OUTGOING names. Connections that libraries
make without Python (curl, Rust) are not seen.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
import traceback
from pathlib import Path
from typing import Any

NOTES = "OUTGOING"  # the variable that names the file

_SENT = ("socket.connect", "socket.sendto", "socket.sendmsg")
_LOOKED_UP = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")


def watch() -> None:
    """Watch this process from now on, for ever."""
    notes = Path(os.environ[NOTES])

    def heard(event: str, arguments: tuple[Any, ...]) -> None:
        host = _host(event, arguments)
        if host is None or _is_here(host, event):
            return
        with notes.open("a", encoding="utf-8") as file:
            file.write(f"{event}: {host}\n{''.join(traceback.format_stack(limit=25))}\n")
        raise PermissionError(f"no test reaches {host}: {event}")

    sys.addaudithook(heard)


def taken_notes() -> str:
    """Return what was noted since the last time; empty where nothing was."""
    notes = Path(os.environ[NOTES])
    if not notes.exists():
        return ""
    noted = notes.read_text(encoding="utf-8")
    notes.unlink()
    return noted


def _host(event: str, arguments: tuple[Any, ...]) -> str | None:
    """The host that something is sent to or looked up; None where it is nothing of the kind."""
    if event in _LOOKED_UP:
        named = arguments[0]
    elif event in _SENT and arguments[0].family in (socket.AF_INET, socket.AF_INET6) and arguments[1]:
        named = arguments[1][0]
    else:
        return None
    return named.decode() if isinstance(named, bytes) else named


def _is_here(host: str, event: str) -> bool:
    """Whether nothing leaves this machine for it: its own names, the loopback, and "looking up" an address."""
    if host in ("", "localhost", socket.gethostname()):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified or event == "socket.getaddrinfo"


if __name__ == "sitecustomize" and NOTES in os.environ:
    watch()
