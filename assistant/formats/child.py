"""The process that reads one file and ends: `python -m assistant.formats.child docx < file` writes a document as JSON.

What it may use is limited before it sees a byte of the file, so that the worst file ends this process and no other.
"""

from __future__ import annotations

import sys
from importlib import import_module

from assistant.formats.document import Document, Refusal, to_json
from assistant.formats.limits import MEMORY_BYTES, SECONDS


def main(kind: str, *options: str) -> None:
    """Read the file on stdin with `assistant.formats.{kind}` and write what comes of it to stdout."""
    reader = import_module(f"assistant.formats.{kind}")  # may still write compiled modules
    _limit()
    data = sys.stdin.buffer.read()
    try:
        outcome: Document | Refusal = reader.read(data, *options)
    except Refusal as refusal:
        outcome = refusal
    except MemoryError:
        outcome = Refusal("too_much_memory")
    except RecursionError:
        outcome = Refusal("too_deep")
    except Exception as error:  # a parser met what it does not expect; here the process ends anyhow
        outcome = Refusal("damaged", detail=type(error).__name__)
    sys.stdout.buffer.write(to_json(outcome).encode("utf-8", "replace"))


def _limit() -> None:
    """Let this process use no more memory and time than it may, write no file, start no program, open no socket."""
    sys.addaudithook(_forbid)
    try:
        import resource
    except ImportError:  # Windows has none: there the clock of the other process is the limit
        return
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, hard))


def _forbid(event: str, _: object) -> None:
    if event.startswith(("socket.connect", "socket.getaddrinfo", "subprocess.", "os.exec", "os.fork", "os.system")):
        raise PermissionError(f"{event}: not while a file is read")


if __name__ == "__main__":
    main(*sys.argv[1:])
