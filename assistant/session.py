"""What the commands share: the language spoken, how an assistant is opened, and how an error is told.

Knows nothing of what the commands do. Heavy modules are imported when an assistant is opened.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from typer.core import TyperGroup

from assistant.errors import AssistantError
from assistant.language import detect_language
from assistant.terminal import complain, show_progress
from assistant.types import Language

if TYPE_CHECKING:
    from assistant.service import Assistant

Progress = Callable[[int, int], None]


class Opener(Protocol):
    """Opens the assistant that a command needs."""

    def __call__(self, *, fresh: bool = False, progress: Progress | None = None) -> Assistant: ...


class Server(Protocol):
    """Serves the page until it is interrupted."""

    def __call__(
        self, open: Callable[[], Assistant], host: str, port: int, password: str | None, read_only: bool
    ) -> None: ...


def _open(*, fresh: bool = False, progress: Progress | None = None) -> Assistant:
    from assistant.service import Assistant

    return Assistant.open(fresh=fresh, progress=progress)


def _serve(open: Callable[[], Assistant], host: str, port: int, password: str | None, read_only: bool) -> None:
    from assistant.web.server import serve

    serve(open, host, port, password, read_only)


def _talk(open: Callable[[], Assistant]) -> None:
    from assistant.web.mcp import talk

    talk(open)


@dataclass(slots=True)
class Session:
    """What the commands share; tests pass one with an opener of their own."""

    open: Opener = _open
    serve: Server = _serve
    talk: Callable[[Callable[[], Assistant]], None] = _talk
    language: Language = "en"

    def hear(self, question: str) -> None:
        """Speak the language of the question from here on, if it has one."""
        if any(map(str.isalpha, question)):
            self.language = detect_language(question)

    def opened(self, *, fresh: bool = False) -> closing[Assistant]:
        """Open the assistant for a `with` block, with a progress line when somebody is watching."""
        progress = partial(show_progress, language=self.language) if sys.stderr.isatty() else None
        return closing(self.open(fresh=fresh, progress=progress))


class Commands(TyperGroup):
    """Shows an error as one message in the user's language, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except AssistantError as error:
            complain(error.message(ctx.obj.language))
        except BrokenPipeError:
            raise  # whoever read our output has enough: click ends quietly
        except OSError as error:
            complain(str(error))
        ctx.exit(1)
