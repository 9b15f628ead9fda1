"""The page: the conversation on the left, its sources on the right, once in Korean and once in English.

gradio lives here and in figures_page and articles_page, which this puts beside it. Knows nothing of retrieval or of how
an answer comes about, or of what is shown of it when: that is the conversation's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import Future
from html import escape
from typing import Any, Protocol
from weakref import WeakValueDictionary

import gradio as gr

import assistant.web.desk as desk
from assistant.feedback import Opinion
from assistant.types import Answer, Language
from assistant.web.answers import OpenAnswers
from assistant.web.articles_desk import ArticleSource
from assistant.web.articles_page import build_articles
from assistant.web.articles_texts import ARTICLES_PATHS
from assistant.web.conversation import Answering, Conversation, Update, answer_steps, view
from assistant.web.figures_page import FigureSource, build_figures, plain_html
from assistant.web.figures_texts import FIGURES_PATHS
from assistant.web.header import render_header
from assistant.web.sources import render_sources
from assistant.web.texts import PATHS, SITE_TITLE, TEXTS, Texts

QUESTION_LENGTH = 4_000
SESSIONS_KEPT = 200
"""Open pages that are remembered; each holds its conversation in memory, about 1 MB when full."""


class Assistant(Answering, FigureSource, ArticleSource, desk.Assistant, Protocol):
    """What all that is served needs of an assistant; its methods are called from several threads at once."""

    def rate(self, answer: Answer, opinion: Opinion) -> None: ...

    def keep_fresh(self) -> None: ...

    def keep_in_step(self) -> None: ...

    def close(self) -> None: ...


Shown = tuple[*Update, dict[str, Any]]
"""An update, and what changes of the question box: whether it has its button to stop."""
OpenConversations = WeakValueDictionary[str, Conversation]
"""By session, as gradio names it: whose page is open."""


def build_page(assistant: Future[Assistant], shelf: OpenAnswers, read_only: bool = False) -> gr.Blocks:
    """All views in both languages over one assistant, which may still be opening; all events are private.

    Answers are put on the shelf, from which their readers may fetch them.
    """
    page = gr.Blocks(title=SITE_TITLE, analytics_enabled=False, fill_width=True)
    open_here: OpenConversations = WeakValueDictionary()

    def leave(request: gr.Request) -> None:
        """A page was closed: stop what it waits for."""
        if conversation := open_here.get(request.session_hash or ""):
            conversation.wait_no_longer()

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
    """Three ways to ask, one way to answer: the box, which is emptied at once, an example, a follow-up.

    While a language model writes, the box has a button to stop it.
    """

    def take(text: str, conversation: Conversation) -> str:
        if text.strip():
            conversation.asked.append(text)
        return ""

    async def ask(text: str, conversation: Conversation, request: gr.Request) -> AsyncIterator[Shown]:
        open_here[request.session_hash or ""] = conversation
        async for messages, panel in answer_steps(text, conversation, language, assistant, shelf):
            yield messages, panel, gr.update(stop_btn=TEXTS[language].stop if conversation.may_stop else False)

    async def ask_taken(conversation: Conversation, request: gr.Request) -> AsyncIterator[Shown]:
        if not conversation.asked:
            yield *view(conversation.turns, language), gr.update()
            return
        async for update in ask(conversation.asked.popleft(), conversation, request):
            yield update

    async def ask_chosen(conversation: Conversation, event: gr.SelectData, request: gr.Request) -> AsyncIterator[Shown]:
        text = event.value["text"] if isinstance(event.value, dict) else event.value  # an example, or a follow-up
        async for update in ask(text, conversation, request):
            yield update

    conversation = gr.State(Conversation())
    shown: Any = [chat, panel, question]
    how: Any = {"show_progress": "hidden", "trigger_mode": "multiple"}
    taken = question.submit(take, [question, conversation], question, queue=False, **how)
    taken.then(ask_taken, conversation, shown, **how)
    chat.example_select(ask_chosen, conversation, shown, **how)
    chat.option_select(ask_chosen, conversation, shown, **how)
    question.stop(Conversation.wait_no_longer, conversation, queue=False, **how)


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
