"""Reads a file in a process of its own, whatever the file does to it.

A fresh interpreter, so that it holds nothing of ours: no model, no setting, no key. Knows nothing of any format.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from assistant.formats.document import Document, Refusal, from_json
from assistant.formats.limits import AT_ONCE, REPLY_BYTES, SECONDS

_ROOT = Path(__file__).resolve().parents[2]  # where the package `assistant` is found
_KEPT = ("SYSTEMROOT", "TMPDIR", "TEMP", "LANG", "LD_LIBRARY_PATH")  # of the environment; Python needs the first
_PROGRAM = ("-P", "-s", "-m", "assistant.formats.child")  # nothing from the working directory or the user's own folder
_turns = threading.BoundedSemaphore(AT_ONCE)


class _Clock(threading.Timer):
    """Ends the process when its time is up."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        super().__init__(SECONDS, self._strike)
        self._child = child
        self.struck = False

    def _strike(self) -> None:
        self.struck = True
        self._child.kill()


def read_apart(kind: str, data: bytes, *options: str) -> Document:
    """Return what `assistant.formats.{kind}` reads; raises Refusal, also where its process dies or takes too long."""
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment |= {"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, *_PROGRAM, kind, *options]
    with (
        _turns,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        ) as child,
    ):
        clock = _Clock(child)
        clock.start()
        try:
            reply = _exchanged(child, data)
        finally:
            clock.cancel()
            child.kill()
    return _document(reply, child.returncode, clock.struck)


def _exchanged(child: subprocess.Popen[bytes], data: bytes) -> bytes:
    """Send the file and return the reply. The child reads all before it writes; one that does not is late."""
    assert child.stdin is not None and child.stdout is not None
    with suppress(BrokenPipeError):
        child.stdin.write(data)
        child.stdin.close()
    reply = child.stdout.read(REPLY_BYTES + 1)
    with suppress(subprocess.TimeoutExpired):
        child.wait(timeout=1)
    return reply


def _document(reply: bytes, code: int, late: bool) -> Document:
    """Return the document that a reply holds; a process that did not end well has none, whatever it wrote."""
    if late or (hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU):
        raise Refusal("too_slow", seconds=SECONDS)
    if code != 0 or len(reply) > REPLY_BYTES:
        raise Refusal("died")
    try:
        return from_json(reply.decode("utf-8"))
    except (ValueError, LookupError, TypeError) as error:
        raise Refusal("died") from error
