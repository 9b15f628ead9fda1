"""The page: the conversation on the left, its sources on the right, once in Korean and once in English.

gradio lives here and in figures_page and articles_page, which this puts beside it. The page shows checked answers
only: a progress line at once, then the answer sentence by sentence. Knows nothing of retrieval or of how an answer
comes about; it asks whatever the future gives it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from html import escape
from typing import Any, Protocol
from weakref import WeakValueDictionary

import gradio as gr

import assistant.web.desk as desk
from assistant.errors import AssistantError
from assistant.feedback import Opinion
from assistant.types import Answer, Language
from assistant.web.answers import Kept, OpenAnswers
from assistant.web.articles_desk import ArticleSource
from assistant.web.articles_page import build_articles
from assistant.web.articles_texts import ARTICLES_PATHS
from assistant.web.figures_page import FigureSource, build_figures, plain_html
from assistant.web.figures_texts import FIGURES_PATHS
from assistant.web.header import render_header
from assistant.web.render import render_answer, render_growing, render_message, render_question, render_status
from assistant.web.sources import render_sources
from assistant.web.texts import PATHS, SITE_TITLE, TEXTS, Texts

QUESTION_LENGTH = 4_000
TURNS_KEPT = 30
"""Older turns leave the page, and with them their sources."""
SESSIONS_KEPT = 200
"""Open pages that are remembered; each holds its conversation in memory, about 1 MB when full."""
REVEAL_SECONDS = 0.5
"""The most that showing an answer piece by piece may take."""

_log = logging.getLogger(__name__)


class Assistant(FigureSource, ArticleSource, desk.Assistant, Protocol):
    """What all that is served needs of an assistant; its methods are called from several threads at once."""

    def stream(
        self, question: str, history: Sequence[tuple[str, str]] | None = None, *, stop: Future[None] | None = None
    ) -> Iterator[Answer]: ...

    def rate(self, answer: Answer, opinion: Opinion) -> None: ...

    def keep_fresh(self) -> None: ...

    def keep_in_step(self) -> None: ...

    def close(self) -> None: ...


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

    `stop` belongs to the question that is being answered; whoever sets it waits no longer for a language model.
    """

    turns: list[Turn] = field(default_factory=list)
    asked: deque[str] = field(default_factory=deque)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    stop: Future[None] | None = None

    def leave(self) -> None:
        """Let nothing be waited for: the page is closed."""
        if self.stop is not None and not self.stop.done():
            self.stop.set_result(None)


OpenConversations = WeakValueDictionary[str, Conversation]
"""By session, as gradio names it: whose page is open."""

Update = tuple[list[dict[str, Any]], str]
"""The chat's messages and the panel. Always whole values: gradio keeps a component for ever for each `gr.skip()`."""


def build_page(assistant: Future[Assistant], shelf: OpenAnswers, read_only: bool = False) -> gr.Blocks:
    """All views in both languages over one assistant, which may still be opening; all events are private.

    Answers are put on the shelf, from which their readers may fetch them.
    """
    page = gr.Blocks(title=SITE_TITLE, analytics_enabled=False, fill_width=True)
    open_here: OpenConversations = WeakValueDictionary()

    def leave(request: gr.Request) -> None:
        """A page was closed: stop what it waits for."""
        if conversation := open_here.get(request.session_hash or ""):
            conversation.leave()

    page.unload(leave)
    for language, path in PATHS.items():
        with _at(page, path):
            _build_language(language, assistant, shelf, open_here)
    for language, path in FIGURES_PATHS.items():
        with _at(page, path):
            plain_html(render_header(language, "figures"), "top")
            build_figures(page, language, assistant)
    for language, path in ARTICLES_PATHS.items():
        with _at(page, path):
            plain_html(render_header(language, "articles"), "top")
            build_articles(page, language, assistant, read_only)
    for event in page.fns.values():
        event.api_visibility = "private"
    page.queue(default_concurrency_limit=4, max_size=64)
    page.state_session_capacity = SESSIONS_KEPT
    return page


def _at(page: gr.Blocks, path: str) -> gr.Blocks:
    """The page to be built at a path; gradio's own `route` takes no path with a slash in it."""
    name = path.strip("/")
    if name:
        page.pages.append((name, name, False))
    page.current_page = name
    return page


async def answer_steps(
    question: str, conversation: Conversation, language: Language, assistant: Future[Assistant], shelf: OpenAnswers
) -> AsyncIterator[Update]:
    """What the page shows after a question, step by step."""
    async with conversation.lock:
        panel = _panel(conversation.turns, language)
        asked = [*_messages(conversation.turns, language), _message("user", render_question(question))]
        status = TEXTS[language].searching if assistant.done() else TEXTS[language].opening
        yield [*asked, _message("assistant", render_status(status))], panel
        earlier, revealed = conversation.turns, 0
        stop: Future[None] = Future()
        conversation.stop = stop
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
        yield _messages(conversation.turns, language), panel


async def _answered(
    question: str,
    turns: Sequence[Turn],
    language: Language,
    assistant: Future[Assistant],
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


def _build_language(
    language: Language, assistant: Future[Assistant], shelf: OpenAnswers, open_here: OpenConversations
) -> None:
    texts = TEXTS[language]
    plain_html(render_header(language, "chat"), "top")
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="conversation"):
            chat = _chat(texts)
            question = _question_box(texts)
            plain_html(f'<p class="fine-print">{escape(texts.fine_print)}</p>', "fine-print")
        with gr.Column(elem_id="sources"):
            panel = plain_html(render_sources([], language), "sources-panel")
    _connect(language, assistant, shelf, open_here, chat, question, panel)


def _connect(
    language: Language,
    assistant: Future[Assistant],
    shelf: OpenAnswers,
    open_here: OpenConversations,
    chat: gr.Chatbot,
    question: gr.Textbox,
    panel: gr.HTML,
) -> None:
    """Three ways to ask, one way to answer: the box, which is emptied at once, an example, a follow-up."""

    def take(text: str, conversation: Conversation) -> str:
        if text.strip():
            conversation.asked.append(text)
        return ""

    def ask(text: str, conversation: Conversation, request: gr.Request) -> AsyncIterator[Update]:
        open_here[request.session_hash or ""] = conversation
        return answer_steps(text, conversation, language, assistant, shelf)

    async def ask_taken(conversation: Conversation, request: gr.Request) -> AsyncIterator[Update]:
        if not conversation.asked:
            yield _messages(conversation.turns, language), _panel(conversation.turns, language)
            return
        async for update in ask(conversation.asked.popleft(), conversation, request):
            yield update

    async def ask_chosen(
        conversation: Conversation, event: gr.SelectData, request: gr.Request
    ) -> AsyncIterator[Update]:
        text = event.value["text"] if isinstance(event.value, dict) else event.value  # an example, or a follow-up
        async for update in ask(text, conversation, request):
            yield update

    conversation = gr.State(Conversation())
    shown: Any = [chat, panel]
    how: Any = {"show_progress": "hidden", "trigger_mode": "multiple"}
    taken = question.submit(take, [question, conversation], question, queue=False, **how)
    taken.then(ask_taken, conversation, shown, **how)
    chat.example_select(ask_chosen, conversation, shown, **how)
    chat.option_select(ask_chosen, conversation, shown, **how)


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
