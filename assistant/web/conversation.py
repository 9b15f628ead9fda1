"""A conversation on the page: its turns, and what the chat and the panel show after a question, step by step.

A progress line comes at once, then the checked answer, sentence by sentence. Knows nothing of gradio's components, of
retrieval or of how an answer comes about; it asks whatever the future gives it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from assistant.errors import AssistantError
from assistant.types import Answer, Language
from assistant.web.answers import Kept, OpenAnswers
from assistant.web.render import render_answer, render_growing, render_message, render_question, render_status
from assistant.web.sources import render_sources
from assistant.web.texts import TEXTS

TURNS_KEPT = 30
"""Older turns leave the page, and with them their sources."""
REVEAL_SECONDS = 0.5
"""The most that showing an answer piece by piece may take."""

_log = logging.getLogger(__name__)


class Answering(Protocol):
    """What a conversation needs of an assistant, which several threads call at once; `model` is the writer's name."""

    @property
    def model(self) -> str | None: ...

    def stream(
        self, question: str, history: Sequence[tuple[str, str]] | None = None, *, stop: Future[None] | None = None
    ) -> Iterator[Answer]: ...


Opened = TypeVar("Opened", bound=Answering)


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what came of it: an answer, or a message that says why there is none. Numbers never repeat.

    The answer is kept to be fetched for as long as the turn is there.
    """

    number: int
    question: str
    answer: Answer | None = None
    message: str = ""
    kept: Kept | None = field(default=None, compare=False)


@dataclass(slots=True, weakref_slot=True, eq=False)
class Conversation:
    """The turns of one open page, what was asked since, and the lock by which one question waits for the other.

    `stop` is there while a question is being answered; whoever sets it waits no longer for a language model, where one
    writes (`may_stop`).
    """

    turns: list[Turn] = field(default_factory=list)
    asked: deque[str] = field(default_factory=deque)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    stop: Future[None] | None = None
    may_stop: bool = False

    def wait_no_longer(self) -> None:
        """Let no language model be waited for: its reader has had enough, or has closed the page."""
        if self.stop is not None and not self.stop.done():
            self.stop.set_result(None)


Update = tuple[list[dict[str, Any]], str]
"""The chat's messages and the panel. Always whole values: gradio keeps a component for ever for each `gr.skip()`."""


async def answer_steps(
    question: str, conversation: Conversation, language: Language, assistant: Future[Opened], shelf: OpenAnswers
) -> AsyncIterator[Update]:
    """What the page shows after a question, step by step."""
    async with conversation.lock:
        panel = _panel(conversation.turns, language)
        asked = [*_messages(conversation.turns, language), _message("user", render_question(question))]
        status = TEXTS[language].searching if assistant.done() else TEXTS[language].opening
        earlier, revealed = conversation.turns, 0
        stop: Future[None] = Future()
        conversation.stop = stop
        conversation.may_stop = _has_model(assistant)
        yield [*asked, _message("assistant", render_status(status))], panel
        async for turn in _answered(question, earlier, language, assistant, shelf, stop):
            conversation.turns = [*earlier, turn][-TURNS_KEPT:]
            panel = _panel(conversation.turns, language)
            parts = list(render_growing(turn.answer, turn.number)) if turn.answer else []
            if turn.answer:
                asked[-1] = _message("user", render_question(question, turn.answer, language))
            for part in parts[revealed:]:
                yield [*asked, _message("assistant", part)], panel
                await asyncio.sleep(REVEAL_SECONDS / max(len(parts), 8))
            revealed = len(parts)
        conversation.stop, conversation.may_stop = None, False
        yield view(conversation.turns, language)


def _has_model(assistant: Future[Opened]) -> bool:
    """Whether a language model writes, as far as it is known yet."""
    return assistant.done() and assistant.exception() is None and assistant.result().model is not None


async def _answered(
    question: str,
    turns: Sequence[Turn],
    language: Language,
    assistant: Future[Opened],
    shelf: OpenAnswers,
    stop: Future[None],
) -> AsyncIterator[Turn]:
    """The turn each time its answer has grown, and last as it stays, with its answer on the shelf."""
    number = turns[-1].number + 1 if turns else 1
    history = [(earlier.question, earlier.answer.text) for earlier in turns if earlier.answer]
    try:
        ready = await asyncio.wrap_future(assistant)
        answers, whole = ready.stream(question, history=history, stop=stop), None
        while (answer := await asyncio.to_thread(next, answers, None)) is not None:
            whole = answer
            yield Turn(number, question, answer)
        if whole:
            yield Turn(number, question, whole, kept=shelf.keep(whole))
    except AssistantError as error:
        yield Turn(number, question, message=error.message(language))
    except Exception:  # the page's edge: whatever failed is logged, and the user is told in plain words
        _log.exception("a question could not be answered")
        yield Turn(number, question, message=TEXTS[language].failed)


def view(turns: Sequence[Turn], language: Language) -> Update:
    """What the page shows of these turns."""
    return _messages(turns, language), _panel(turns, language)


def _panel(turns: Sequence[Turn], language: Language) -> str:
    return render_sources([(turn.number, turn.answer) for turn in turns if turn.answer], language)


def _messages(turns: Sequence[Turn], language: Language) -> list[dict[str, Any]]:
    messages = []
    for turn in turns:
        messages.append(_message("user", render_question(turn.question, turn.answer, language)))
        if turn.answer:
            token = turn.kept.token if turn.kept else ""
            shown = render_answer(turn.answer, turn.number, token, language)
            messages.append(_message("assistant", shown, turn.answer.follow_ups))
        else:
            messages.append(_message("assistant", render_message(turn.message)))
    return messages


def _message(role: str, content: str, follow_ups: Sequence[str] = ()) -> dict[str, Any]:
    return {"role": role, "content": content, "options": [{"value": question} for question in follow_ups]}
