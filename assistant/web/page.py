"""The page: the conversation on the left, its sources on the right, once in Korean and once in English.

gradio lives here. The page shows checked answers only: a progress line at once, then the answer sentence by sentence.
Knows nothing of retrieval or of how an answer comes about; it asks whatever the future gives it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from html import escape
from typing import Any, Protocol

import gradio as gr

from assistant.errors import AssistantError
from assistant.types import Answer, Language
from assistant.web.render import render_answer, render_growing, render_message, render_question, render_status
from assistant.web.sources import render_sources
from assistant.web.texts import LANGUAGE_NAMES, PATHS, SITE_TITLE, TEXTS, Texts

QUESTION_LENGTH = 4_000
TURNS_KEPT = 30
"""Older turns leave the page, and with them their sources."""
SESSIONS_KEPT = 200
"""Open pages that are remembered; each holds its conversation in memory, about 1 MB when full."""
REVEAL_SECONDS = 0.5
"""The most that showing an answer piece by piece may take."""

_log = logging.getLogger(__name__)


class Assistant(Protocol):
    """What the page and its server need of an assistant; `ask` is called from several threads at once."""

    def ask(self, question: str, history: Sequence[tuple[str, str]] | None = None) -> Answer: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what came of it: an answer, or a message that says why there is none. Numbers never repeat."""

    number: int
    question: str
    answer: Answer | None = None
    message: str = ""


@dataclass(slots=True)
class Conversation:
    """The turns of one open page, what was asked since, and the lock by which one question waits for the other."""

    turns: list[Turn] = field(default_factory=list)
    asked: deque[str] = field(default_factory=deque)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


Update = tuple[list[dict[str, Any]], str]
"""The chat's messages and the panel. Always whole values: gradio keeps a component for ever for each `gr.skip()`."""


def build_page(assistant: Future[Assistant]) -> gr.Blocks:
    """Both pages over one assistant, which may still be opening; every event is private to the page."""
    page = gr.Blocks(title=SITE_TITLE, analytics_enabled=False, fill_width=True)
    with page:
        _build_language("ko", assistant)
    with page.route(LANGUAGE_NAMES["en"], PATHS["en"], show_in_navbar=False):
        _build_language("en", assistant)
    for event in page.fns.values():
        event.api_visibility = "private"
    page.queue(default_concurrency_limit=4, max_size=64)
    page.state_session_capacity = SESSIONS_KEPT
    return page


async def answer_steps(
    question: str, conversation: Conversation, language: Language, assistant: Future[Assistant]
) -> AsyncIterator[Update]:
    """What the page shows after a question, step by step."""
    async with conversation.lock:
        panel = _panel(conversation.turns, language)
        asked = [*_messages(conversation.turns), _message("user", render_question(question))]
        status = TEXTS[language].searching if assistant.done() else TEXTS[language].opening
        yield [*asked, _message("assistant", render_status(status))], panel
        turn = await _answered(question, conversation.turns, language, assistant)
        conversation.turns = [*conversation.turns, turn][-TURNS_KEPT:]
        panel = _panel(conversation.turns, language)
        if turn.answer:
            async for growing in _revealed(turn.answer, turn.number):
                yield [*asked, _message("assistant", growing)], panel
        yield _messages(conversation.turns), panel


async def _answered(question: str, turns: Sequence[Turn], language: Language, assistant: Future[Assistant]) -> Turn:
    number = turns[-1].number + 1 if turns else 1
    history = [(earlier.question, earlier.answer.text) for earlier in turns if earlier.answer]
    try:
        ready = await asyncio.wrap_future(assistant)
        answer = await asyncio.to_thread(ready.ask, question, history=history)
    except AssistantError as error:
        return Turn(number, question, message=error.message(language))
    except Exception:  # the page's edge: whatever failed is logged, and the user is told in plain words
        _log.exception("a question could not be answered")
        return Turn(number, question, message=TEXTS[language].failed)
    return Turn(number, question, answer)


async def _revealed(answer: Answer, number: int) -> AsyncIterator[str]:
    steps = list(render_growing(answer, number))
    for step in steps:
        yield step
        await asyncio.sleep(REVEAL_SECONDS / max(len(steps), 8))


def _panel(turns: Sequence[Turn], language: Language) -> str:
    return render_sources([(turn.number, turn.answer) for turn in turns if turn.answer], language)


def _messages(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    messages = []
    for turn in turns:
        shown = render_answer(turn.answer, turn.number) if turn.answer else render_message(turn.message)
        follow_ups = turn.answer.follow_ups if turn.answer else ()
        messages += [_message("user", render_question(turn.question)), _message("assistant", shown, follow_ups)]
    return messages


def _message(role: str, content: str, follow_ups: Sequence[str] = ()) -> dict[str, Any]:
    return {"role": role, "content": content, "options": [{"value": question} for question in follow_ups]}


def _build_language(language: Language, assistant: Future[Assistant]) -> None:
    texts = TEXTS[language]
    _html(_header(language, texts), "top")
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="conversation"):
            chat = _chat(texts)
            question = _question_box(texts)
            _html(f'<p class="fine-print">{escape(texts.fine_print)}</p>', "fine-print")
        with gr.Column(elem_id="sources"):
            panel = _html(render_sources([], language), "sources-panel")
    _connect(language, assistant, chat, question, panel)


def _connect(
    language: Language,
    assistant: Future[Assistant],
    chat: gr.Chatbot,
    question: gr.Textbox,
    panel: gr.HTML,
) -> None:
    """Three ways to ask, one way to answer: the box, which is emptied at once, an example, a follow-up."""

    def take(text: str, conversation: Conversation) -> str:
        if text.strip():
            conversation.asked.append(text)
        return ""

    async def ask_taken(conversation: Conversation) -> AsyncIterator[Update]:
        if not conversation.asked:
            yield _messages(conversation.turns), _panel(conversation.turns, language)
            return
        async for update in answer_steps(conversation.asked.popleft(), conversation, language, assistant):
            yield update

    async def ask_example(conversation: Conversation, event: gr.SelectData) -> AsyncIterator[Update]:
        async for update in answer_steps(event.value["text"], conversation, language, assistant):
            yield update

    async def ask_follow_up(conversation: Conversation, event: gr.SelectData) -> AsyncIterator[Update]:
        async for update in answer_steps(event.value, conversation, language, assistant):
            yield update

    conversation = gr.State(Conversation())
    shown: Any = [chat, panel]
    how: Any = {"show_progress": "hidden", "trigger_mode": "multiple"}
    taken = question.submit(take, [question, conversation], question, queue=False, **how)
    taken.then(ask_taken, conversation, shown, **how)
    chat.example_select(ask_example, conversation, shown, **how)
    chat.option_select(ask_follow_up, conversation, shown, **how)


def _chat(texts: Texts) -> gr.Chatbot:
    greeting = f"<h2>{escape(texts.greeting)}</h2><p>{escape(texts.greeting_more)}</p>"
    return gr.Chatbot(
        elem_id="chat",
        label=texts.conversation,
        show_label=False,
        container=False,
        layout="bubble",
        height="100%",
        buttons=[],
        placeholder=greeting,
        examples=[{"text": example} for example in texts.examples],
        latex_delimiters=[],
        feedback_options=None,
        group_consecutive_messages=False,
    )


def _question_box(texts: Texts) -> gr.Textbox:
    return gr.Textbox(
        elem_id="question",
        label=texts.question,
        show_label=False,
        container=False,
        placeholder=texts.question_hint,
        max_length=QUESTION_LENGTH,
        max_lines=6,
        autofocus=True,
        submit_btn=texts.send,
    )


def _html(content: str, name: str) -> gr.HTML:
    return gr.HTML(content, elem_id=name, apply_default_css=False, js_on_load=None)


def _header(language: Language, texts: Texts) -> str:
    languages = "".join(_language_link(other, language) for other in PATHS)
    return (
        f'<header class="top"><div class="brand"><h1>{escape(texts.title)}</h1><p>{escape(texts.subtitle)}</p></div>'
        f'<nav class="top-links" aria-label="{escape(texts.language_switch)}">'
        f'<a class="new" href="{PATHS[language]}">{escape(texts.new_conversation)}</a>{languages}</nav></header>'
    )


def _language_link(other: Language, current: Language) -> str:
    state = ' aria-current="page"' if other == current else ""
    return f'<a href="{PATHS[other]}" lang="{other}" hreflang="{other}"{state}>{LANGUAGE_NAMES[other]}</a>'
