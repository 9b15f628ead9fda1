"""The one way from HTTP to the assistant: a few calls at once, some that wait, and the others are sent away.

The assistant's methods block, so they run in threads. Knows nothing of routes or JSON.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, Unpack

from assistant.figures.risks import Risk
from assistant.records import Hits
from assistant.types import Answer, Article, Head, Language
from assistant.web.problems import Problem

if TYPE_CHECKING:
    import pandas

    from assistant.drafts import Given
    from assistant.preview import Preview
    from assistant.sources import File

AT_ONCE = 4
WAITING = 32
MINUTE = 60.0
OPENING_SECONDS = 5
BUSY_SECONDS = 2

T = TypeVar("T")


class Assistant(Protocol):
    """What REST and MCP need of an assistant; its methods are called from several threads at once."""

    def ask(
        self, question: str, history: Sequence[tuple[str, str]] | None = None, *, stop: Future[None] | None = None
    ) -> Answer: ...

    def search(
        self,
        query: str,
        k: int = 8,
        *,
        language: Language | None = None,
        include: Iterable[str] | None = None,
        exclude: Iterable[str] | None = None,
    ) -> Hits: ...

    def heads(self) -> list[Head]: ...

    def article(self, id: str) -> Article: ...

    def add(self, source: str | Path | File | Preview, **given: Unpack[Given]) -> Article: ...

    def remove(self, id: str) -> Article: ...

    def figures(self, subject: str | None = None) -> pandas.DataFrame: ...

    def risks(self) -> tuple[Risk, ...]: ...


class Opening(Protocol):
    """A future of an assistant."""

    def done(self) -> bool: ...

    def result(self) -> Assistant: ...

    def add_done_callback(self, fn: Callable[[Any], object], /) -> None: ...


class Desk:
    """Takes calls to an assistant that may still be opening; `a_minute` is how many a client may make, None any number.

    Its methods are called in the event loop.
    """

    def __init__(
        self,
        assistant: Opening,
        *,
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
        a_minute: int | None = None,
    ) -> None:
        self._assistant = assistant
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="desk")
        self._room = at_once + waiting
        self._held = 0
        self._a_minute = a_minute
        self._times: dict[str, deque[float]] = {}

    def take(self, call: Callable[[Assistant], T], client: str = "") -> asyncio.Future[T]:
        """Begin the call in its turn; raises Problem "opening" or "busy"."""
        if not self._assistant.done():
            raise _later("opening", OPENING_SECONDS)
        self._pace(client, time.monotonic())
        if self._held >= self._room:
            raise _later("busy", BUSY_SECONDS)
        self._held += 1
        begun = asyncio.get_running_loop().run_in_executor(self._pool, lambda: call(self._assistant.result()))
        begun.add_done_callback(self._release)
        return begun

    async def opened(self) -> None:
        """Wait until the assistant is open, or could not be opened."""
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        self._assistant.add_done_callback(lambda _: loop.call_soon_threadsafe(done.set))
        await done.wait()

    def close(self) -> None:
        """Drop the calls that wait, and leave those that run."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _release(self, ended: asyncio.Future[T]) -> None:
        self._held -= 1
        if not ended.cancelled():
            ended.exception()  # seen, though whoever asked may have left

    def _pace(self, client: str, now: float) -> None:
        """Count a call of the client; raises Problem "busy" where it has made too many within a minute."""
        if self._a_minute is None:
            return
        self._times = {name: times for name, times in self._times.items() if times[-1] > now - MINUTE}
        times = self._times.setdefault(client, deque(maxlen=self._a_minute))
        if len(times) == self._a_minute and times[0] > now - MINUTE:
            raise _later("busy", int(times[0] + MINUTE - now) + 1)
        times.append(now)


def open_in_background(open_assistant: Callable[[], T]) -> Future[T]:
    """Open the assistant in a thread of its own, which does not keep the program from ending."""
    opening: Future[T] = Future()
    opening.set_running_or_notify_cancel()  # a visitor who leaves cannot cancel it from here on

    def run() -> None:
        try:
            opening.set_result(open_assistant())
        except Exception as error:  # handed on, whole, to whoever asks for the result
            opening.set_exception(error)

    threading.Thread(target=run, name="open-assistant", daemon=True).start()
    return opening


def _later(code: str, seconds: int) -> Problem:
    return Problem(code, headers={"retry-after": str(seconds)})
