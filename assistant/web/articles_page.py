"""The Articles view: a place to give articles, a form to check them before they are kept, the list, one of them whole.

gradio lives here and in the other pages. Knows nothing of what its steps do; those are in articles_desk.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any, TypeVar, cast

import gradio as gr

from assistant.errors import ArticleError
from assistant.sources import File, files_of
from assistant.types import Language
from assistant.web.articles_desk import (
    NO_FIELDS,
    ArticlesDesk,
    ArticleSource,
    Fields,
    Values,
    change,
    decide,
    keep_all,
    listed,
    look,
    opened,
)
from assistant.web.articles_texts import ARTICLE_TEXTS, ArticleTexts
from assistant.web.articles_view import render_article, render_candidates, render_details
from assistant.web.figures_page import plain_html

# A press on a button of ours is an event of its part, with the id that the button carries.
_CHOOSE = (
    "element.addEventListener('click', e => { const button = e.target.closest('button[data-id]');"
    " if (button) trigger('select', {index: 0, value: button.dataset.id}); });"
)
_HOW: Any = {"show_progress": "hidden"}

Source = TypeVar("Source", bound=ArticleSource)
Step = Callable[..., Coroutine[Any, Any, Any]]


def build_articles(page: gr.Blocks, language: Language, assistant: Future[Source], read_only: bool = False) -> None:
    """The view below the header, in the page that is being built; `read_only` leaves out what would change anything."""
    texts = ARTICLE_TEXTS[language]
    with gr.Column(elem_id="articles"):
        desk = gr.State(ArticlesDesk())
        changes = [] if read_only else _build_adding(texts, language, assistant, desk)
        if read_only:
            plain_html(f'<p class="notice" lang="{language}">{escape(texts.read_only)}</p>', "articles-off")
        with gr.Row(elem_id="library"):
            with gr.Column(elem_id="list"):
                plain_html(f"<h2>{escape(texts.articles)}</h2>", "list-head")
                query = gr.Textbox(label=texts.search, placeholder=texts.search, show_label=False, elem_id="find")
                only = _languages(texts, texts.all_languages)
                items = gr.HTML(elem_id="items", apply_default_css=False, js_on_load=_CHOOSE)
            with gr.Column(elem_id="open"):
                changes += _build_open(texts, language, assistant, desk, items, read_only)

    async def show(query: str, only: str, desk: ArticlesDesk) -> AsyncIterator[str]:
        if not assistant.done():
            yield f'<p class="note" lang="{language}">{escape(texts.opening)}</p>'
        ready = await asyncio.wrap_future(assistant)
        yield await asyncio.to_thread(listed, query, only, desk, language, ready)

    wanted: Any = [query, only, desk]
    page.load(show, wanted, items, **_HOW)
    gr.on([query.change, only.change], show, wanted, items, **_HOW)
    for event in changes:
        event.then(show, wanted, items, **_HOW)


def _build_adding(texts: ArticleTexts, language: Language, assistant: Future[Source], desk: gr.State) -> list[Any]:
    """Where articles are given and checked; returns the events after which the list is another."""
    with gr.Column(elem_id="adding"):
        note = f'<h2>{escape(texts.add)}</h2><p class="note">{escape(texts.add_note)}</p>'
        plain_html(note, "adding-head")
        with gr.Row(elem_id="given"):
            files = gr.File(file_count="multiple", label=texts.drop, height=150, elem_id="drop")
            pasted = gr.Textbox(
                label=texts.pasted,
                placeholder=texts.pasted_hint,
                lines=4,
                max_lines=4,
                elem_id="pasted",
                submit_btn=texts.look,
            )
        candidates = plain_html(render_candidates([], 0, 0, language), "candidates")
        details = plain_html(render_details(None, language), "candidate-details")
        with gr.Column(elem_id="candidate-form"):
            fields = _form(texts)
            with gr.Row(elem_classes="actions"):
                keep, all_of_them = gr.Button(texts.keep, variant="primary"), gr.Button(texts.keep_all)
                instead, skip = gr.Button(texts.replace, elem_id="instead"), gr.Button(texts.skip)
        status = plain_html("", "adding-status")

    async def take_files(given: list[str] | None, desk: ArticlesDesk) -> AsyncIterator[Values]:
        async for step in look(list(_uploads(given or [])), desk, language, assistant):
            yield None, *step

    async def take_text(given: str, desk: ArticlesDesk) -> AsyncIterator[Values]:
        async for step in look(_texts(given), desk, language, assistant):
            yield "", *step

    async def keep_them(desk: ArticlesDesk) -> AsyncIterator[Values]:
        async for step in keep_all(desk, language, assistant):
            yield step

    shown: Any = [candidates, details, *fields]
    files.upload(take_files, [files, desk], [files, *shown], **_HOW)
    pasted.submit(take_text, [pasted, desk], [pasted, *shown], **_HOW)
    decisions = {"keep": keep, "replace": instead, "skip": skip}
    return [
        button.click(_step(assistant, decide, language, how), [desk, *fields], [*shown, status], **_HOW)
        for how, button in decisions.items()
    ] + [all_of_them.click(keep_them, desk, shown, **_HOW)]


def _build_open(
    texts: ArticleTexts, language: Language, assistant: Future[Source], desk: gr.State, items: gr.HTML, read_only: bool
) -> list[Any]:
    """The article that is open; returns the events after which the list is another."""
    done = gr.HTML("", elem_id="done", apply_default_css=False, js_on_load=_CHOOSE)
    whole = plain_html(render_article(None, [], language), "whole")
    with gr.Column(elem_id="open-form", visible=not read_only):
        fields = _form(texts)
        with gr.Row(elem_classes="actions"):
            buttons = {"save": gr.Button(texts.save), "remove": gr.Button(texts.remove, variant="stop")}

    async def choose(desk: ArticlesDesk, event: gr.SelectData) -> Values:
        ready = await asyncio.wrap_future(assistant)
        return (*await asyncio.to_thread(opened, event.value, desk, language, ready), "")

    async def undo(desk: ArticlesDesk, event: gr.SelectData) -> Values:
        ready = await asyncio.wrap_future(assistant)
        return await asyncio.to_thread(change, desk, NO_FIELDS, language, ready, "restore", event.value)

    shown: Any = [whole, *fields, done]
    events = [items.select(choose, desk, shown, **_HOW)]
    if not read_only:  # hidden buttons could still be pressed by a program
        events += [done.select(undo, desk, shown, **_HOW)]
        events += [
            button.click(_step(assistant, change, language, how), [desk, *fields], shown, **_HOW)
            for how, button in buttons.items()
        ]
    return events


def _step(assistant: Future[Source], step: Callable[..., Values], language: Language, how: str) -> Step:
    """A press of a button below a form as a step of the desk, in a thread of its own."""

    async def run(desk: ArticlesDesk, *form: str) -> Values:
        ready = await asyncio.wrap_future(assistant)
        return await asyncio.to_thread(step, desk, cast(Fields, form), language, ready, how)

    return run


def _uploads(paths: Sequence[str]) -> Iterator[File | ArticleError]:
    """The files that were dropped, those of a zip each for itself; no name tells where they lie meanwhile."""
    for path in map(Path, paths):
        for each in files_of(path):
            if isinstance(each, Path):
                yield File(each.name, each.read_bytes())
            elif isinstance(each, File):
                yield replace(each, name=each.name.removeprefix(f"{path.parent}/"))
            else:
                yield each


def _texts(given: str) -> Sequence[str]:
    """What was pasted, as the assistant takes it: an address alone without spaces around it, a text as it is."""
    return [given if "\n" in given.strip() else given.strip()] if given.strip() else []


def _languages(texts: ArticleTexts, every: str | None = None) -> gr.Radio:
    choices = [(name, code) for code, name in texts.languages.items()]
    if every is None:
        return gr.Radio(choices, label=texts.language)
    return gr.Radio([(every, ""), *choices], value="", label=texts.language, show_label=False, container=False)


def _form(texts: ArticleTexts) -> list[gr.Textbox | gr.Radio]:
    with gr.Row(elem_classes="fields"):
        title = gr.Textbox(label=texts.title, max_length=300)
        publisher = gr.Textbox(label=texts.publisher, max_length=200)
    with gr.Row(elem_classes="fields"):
        published = gr.Textbox(label=texts.published, max_length=10)
        language = _languages(texts)
        address = gr.Textbox(label=texts.source_url, max_length=2000)
    return [title, publisher, published, language, address]
