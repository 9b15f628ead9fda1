"""The Figures view: funds side by side, charts, the nine risk factors, how fetching goes, and a button that fetches.

gradio lives here and in page. Everything shown is a whole value that is made anew at each opening and after each
refresh. Knows nothing of where figures come from or of how they are chosen; it asks whatever the future gives it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from datetime import date
from typing import Any, Protocol, TypeVar

import gradio as gr
import pandas

from assistant.errors import AssistantError
from assistant.figures.refresh import Report
from assistant.figures.risks import Risk
from assistant.figures.turn import Outcome
from assistant.live import LiveState
from assistant.types import Language
from assistant.web.charts import COLOURS, FUNDS, PERIODS, bars, lines
from assistant.web.charts_view import render_charts_head, render_lines_note, render_sectors_note, sector_names
from assistant.web.fetching_view import (
    render_control,
    render_head,
    render_message,
    render_progress,
    render_providers,
    render_refusal,
    render_report,
)
from assistant.web.figures_texts import FIGURE_TEXTS, FigureTexts
from assistant.web.figures_view import render_tables
from assistant.web.risks_view import render_risks
from assistant.web.shelf import Shelf, figures_of

BASES = ("adjusted_close", "close")
# The one event of the button, which is part of a value so that it can be switched off with it.
_PRESS = "element.addEventListener('click', e => { if (e.target.closest('button.refresh')) trigger('click'); });"

Values = tuple[Any, ...]


class FigureSource(Protocol):
    """What the Figures view needs of an assistant; its methods are called from several threads at once."""

    def figures(self, subject: str | None = None) -> pandas.DataFrame: ...

    def risks(self) -> tuple[Risk, ...]: ...

    def series(self, subject: str, metric: str) -> pandas.Series[float]: ...

    def live_state(self) -> LiveState: ...

    def refresh(
        self, *subjects: str, force: bool = False, progress: Callable[[Outcome, int, int], None] | None = None
    ) -> Report: ...


Source = TypeVar("Source", bound=FigureSource)


def plain_html(content: str, name: str) -> gr.HTML:
    """Markup of ours, without a style or script of gradio's."""
    return gr.HTML(content, elem_id=name, apply_default_css=False, js_on_load=None)


def build_figures(page: gr.Blocks, language: Language, assistant: Future[Source]) -> None:
    """The view below the header, in the page that is being built."""
    texts = FIGURE_TEXTS[language]
    with gr.Column(elem_id="figures"):
        head = plain_html(render_message(texts.opening, language), "figures-head")
        control = gr.HTML(elem_id="figures-control", apply_default_css=False, js_on_load=_PRESS)
        tables = plain_html("", "figures-tables")
        charts_head = plain_html("", "charts-head")
        with gr.Column(elem_id="charts"):
            with gr.Row(elem_id="chart-choices"):
                period = _choice(texts.period, texts.periods, PERIODS)
                basis = _choice(texts.basis, texts.bases, BASES)
            with gr.Row(elem_classes="charts"):
                drawn = [*_line_chart(texts, texts.rebased), *_line_chart(texts, texts.drawdown)]
        with gr.Row(elem_id="sectors", elem_classes="charts"):
            sectors = [part for _ in FUNDS for part in _bar_chart(texts)]
        risks = plain_html("", "figures-risks")
        providers = plain_html("", "figures-providers")

    async def opened(period: str, basis: str) -> AsyncIterator[Values]:
        async for step in contents(language, assistant, period, basis):
            yield step

    async def chosen(period: str, basis: str) -> Values:
        ready = await asyncio.wrap_future(assistant)
        return await asyncio.to_thread(line_charts, ready, language, period, basis)

    async def pressed() -> AsyncIterator[str]:
        async for step in refresh_steps(language, assistant):
            yield step

    async def switched() -> str:
        ready = await asyncio.wrap_future(assistant)
        return render_control(language, enabled=(await asyncio.to_thread(ready.live_state)).enabled)

    choices: Any = [period, basis]
    shown: Any = [head, tables, charts_head, *drawn, *sectors, risks, providers]
    how: Any = {"show_progress": "hidden"}
    page.load(opened, choices, shown, **how)
    page.load(switched, None, control, **how)
    control.click(pressed, None, control, trigger_mode="once", **how).then(opened, choices, shown, **how)
    gr.on([period.change, basis.change], chosen, choices, drawn, **how)


async def contents(language: Language, assistant: Future[Source], period: str, basis: str) -> AsyncIterator[Values]:
    """What the view shows, in the order of its parts; at first that the articles are being opened, if they are."""
    nothing = ("", "", *[None] * (4 + 2 * len(FUNDS)), "", "")
    if not assistant.done():
        yield (render_message(FIGURE_TEXTS[language].opening, language), *nothing)
    try:
        ready = await asyncio.wrap_future(assistant)
        yield await asyncio.to_thread(_contents, ready, language, period, basis)
    except AssistantError as error:
        yield (render_message(error.message(language), language), *nothing)


async def refresh_steps(language: Language, assistant: Future[Source]) -> AsyncIterator[str]:
    """The button's part during a refresh: how many of how many are done, and in the end what became of them."""
    yield render_progress(None, 0, 0, language)
    ready, loop = await asyncio.wrap_future(assistant), asyncio.get_running_loop()
    news: asyncio.Queue[tuple[Outcome, int, int] | None] = asyncio.Queue()

    def note(outcome: Outcome, done: int, total: int) -> None:
        loop.call_soon_threadsafe(news.put_nowait, (outcome, done, total))

    refresh = asyncio.create_task(asyncio.to_thread(ready.refresh, progress=note))
    refresh.add_done_callback(lambda _: news.put_nowait(None))
    while (step := await news.get()) is not None:
        yield render_progress(*step, language)
    try:
        yield render_report(refresh.result(), language)
    except AssistantError as error:
        yield render_refusal(error.message(language), language)


def line_charts(source: FigureSource, language: Language, period: str, basis: str) -> Values:
    """A note and a table for each of the two line charts; without a stored history, nothing."""
    drawn = lines({fund: source.series(fund, basis) for fund in FUNDS}, period)
    if drawn is None:
        return "", None, "", None
    notes = render_lines_note(drawn, basis, language)
    return notes[0], drawn.rebased, notes[1], drawn.drawdown


def _contents(source: FigureSource, language: Language, period: str, basis: str) -> Values:
    state = source.live_state()
    shelf = Shelf(figures_of(source.figures()), state.missing, date.today())
    drawn = line_charts(source, language, period, basis)
    return (
        render_head(state, shelf.has_live, language),
        render_tables(shelf, language),
        render_charts_head(drawn[1] is not None, language),
        *drawn,
        *_sector_charts(shelf, language),
        render_risks(source.risks(), language),
        render_providers(state.providers, language),
    )


def _sector_charts(shelf: Shelf, language: Language) -> Values:
    parts = {fund: shelf.parts(fund, "sector_weight", language) for fund in FUNDS}
    pairs = (
        (render_sectors_note(fund, weights, language), bars(weights, sector_names(weights, language)))
        for fund, weights in parts.items()
    )
    return tuple(part for pair in pairs for part in pair)


def _choice(label: str, names: dict[str, str], values: Any) -> gr.Radio:
    first, *_ = values
    return gr.Radio([(names[value], value) for value in values], value=first, label=label, container=False)


def _line_chart(texts: FigureTexts, title: str) -> tuple[gr.HTML, gr.LinePlot]:
    with gr.Column(elem_classes="chart"):
        note = gr.HTML("", apply_default_css=False, js_on_load=None)
        plot = gr.LinePlot(
            x="date",
            y="value",
            color="fund",
            color_map=COLOURS,
            x_title=texts.date,
            y_title=title,
            color_title=texts.fund,
            x_axis_format=texts.month,
            height=300,
            container=False,
            show_label=False,
            buttons=[],
        )
    return note, plot


def _bar_chart(texts: FigureTexts) -> tuple[gr.HTML, gr.BarPlot]:
    """Bars that lie, as the names of sectors are long; sectors stand in the same order in each chart."""
    with gr.Column(elem_classes="chart"):
        note = gr.HTML("", apply_default_css=False, js_on_load=None)
        plot = gr.BarPlot(
            x="weight",
            y="sector",
            x_title=texts.weight,
            y_title=texts.sector,
            x_lim=[0, None],
            height=300,
            container=False,
            show_label=False,
            buttons=[],
        )
    return note, plot
