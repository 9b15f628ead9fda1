"""The tables of funds and benchmarks: a row a measure, each cell with its date. Plain HTML, everything in it escaped.

A live figure and an article's look different; an empty cell says why it is empty. Knows nothing of gradio, or of which
figure is the right one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape

from assistant.figures.captions import BASES, REASONS, source_text
from assistant.figures.formats import signed_text, value_text
from assistant.types import Figure, Language
from assistant.web.figures_texts import FIGURE_TEXTS, PROVIDERS, FigureTexts, show_time
from assistant.web.shelf import Shelf
from assistant.web.texts import show_date

FUNDS = ("IWM", "VTWO", "SPY", "QQQ")
BENCHMARKS = ("Russell 2000", "S&P 500", "Nasdaq-100")
_BASED = ("return", "volatility", "max_drawdown")  # what is another number on another basis
_MOVING = ("return", "change")


@dataclass(frozen=True, slots=True)
class Line:
    """A row: the first of its metrics that there is, and a figure that stands beside it."""

    name: str
    metrics: tuple[str, ...]
    beside: str = ""


_PERFORMANCE = (
    Line("return.ytd", ("return.ytd",)),
    Line("return.1y", ("return.1y",)),
    Line("return.3y", ("return.3y", "return_annualised.3y"), "return_annualised.3y"),
    Line("return.5y", ("return.5y", "return_annualised.5y"), "return_annualised.5y"),
    Line("return.10y", ("return.10y", "return_annualised.10y"), "return_annualised.10y"),
    Line("volatility", ("volatility.1y",)),
    Line("max_drawdown.1y", ("max_drawdown.1y",)),
    Line("max_drawdown.10y", ("max_drawdown.10y",)),
    Line("beta", ("beta.3y", "beta")),
)
FUND_LINES = (
    Line("price", ("price",), "change.day"),
    Line("nav", ("nav",)),
    Line("premium_discount", ("premium_discount",)),
    Line("expense_ratio", ("expense_ratio",)),
    Line("net_assets", ("net_assets",)),
    Line("holdings_count", ("holdings_count",)),
    Line("top10_weight", ("top10_weight",)),
    Line("yield", ("dividend_yield", "sec_yield")),
    Line("pe_ratio", ("pe_ratio",)),
    *_PERFORMANCE,
)
BENCHMARK_LINES = (Line("level", ("price",), "change.day"), Line("pe_ratio", ("pe_ratio",)), *_PERFORMANCE)


@dataclass(slots=True)
class _Notes:
    """Why cells are empty: each reason once, numbered in the order in which the cells need them."""

    texts: list[str] = field(default_factory=list)

    def number(self, text: str) -> int:
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text) + 1


def render_tables(shelf: Shelf, language: Language) -> str:
    """Both tables, what is to be known before reading them, and why values are missing."""
    texts, notes = FIGURE_TEXTS[language], _Notes()
    funds = _table("funds", texts.funds, FUNDS, FUND_LINES, shelf, notes, language)
    benchmarks = _table("benchmarks", texts.benchmarks, BENCHMARKS, BENCHMARK_LINES, shelf, notes, language)
    legend = f'<p class="legend"><span class="tag">{escape(texts.from_article)}</span> {escape(texts.legend)}</p>'
    reasons = "".join(f"<li>{escape(text)}</li>" for text in notes.texts)
    why = f'<div class="reasons"><h3>{escape(texts.reasons)}</h3><ol>{reasons}</ol></div>' if reasons else ""
    return f'<div lang="{language}">{funds}{legend}{benchmarks}{why}</div>'


def _table(
    id: str,
    title: str,
    subjects: Sequence[str],
    lines: Sequence[Line],
    shelf: Shelf,
    notes: _Notes,
    language: Language,
) -> str:
    """A table without the rows of which nothing is known, not even why; before any fetch most are."""
    texts = FIGURE_TEXTS[language]
    shown = [line for line in lines if any(shelf.knows(subject, line.metrics) for subject in subjects)]
    heads = "".join(
        f'<th scope="col">{escape(subject)}<small>{escape(texts.names[subject])}</small></th>' for subject in subjects
    )
    rows = "".join(_row(line, subjects, shelf, notes, language) for line in shown)
    return (
        f'<section aria-labelledby="{id}-title"><h2 id="{id}-title">{escape(title)}</h2>'
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="{id}-title"><table class="figures">'
        f'<thead><tr><th scope="col">{escape(texts.measure)}</th>{heads}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div></section>"
    )


def _row(line: Line, subjects: Sequence[str], shelf: Shelf, notes: _Notes, language: Language) -> str:
    cells = "".join(_cell(line, subject, shelf, notes, language) for subject in subjects)
    return f'<tr><th scope="row">{escape(FIGURE_TEXTS[language].rows[line.name])}</th>{cells}</tr>'


def _cell(line: Line, subject: str, shelf: Shelf, notes: _Notes, language: Language) -> str:
    texts = FIGURE_TEXTS[language]
    figure = shelf.find(subject, line.metrics, language)
    if figure is None:
        return _empty(line, subject, shelf, notes, language)
    remarks = " · ".join(f'<span class="date">{escape(remark)}</span>' for remark in _remarks(figure, language))
    beside = shelf.beside(figure, line.beside) if line.beside else None
    return (
        f'<td class="{figure.origin}" title="{escape(_origin(figure, language))}">'
        f"{_value(figure, language)}{_beside(beside, texts, language)}"
        f"<small>{_marks(figure, shelf, texts)}{remarks}</small></td>"
    )


def _empty(line: Line, subject: str, shelf: Shelf, notes: _Notes, language: Language) -> str:
    """A dash, with the number of the reason where one is known."""
    gap = shelf.reason(subject, line.metrics)
    dash = f'<span role="img" aria-label="{escape(FIGURE_TEXTS[language].no_value)}">—</span>'
    if gap is None:
        return f'<td class="none">{dash}</td>'
    text = f"{PROVIDERS.get(gap.source, gap.source)}: {REASONS[gap.reason][language]}"
    return f'<td class="none" title="{escape(text)}">{dash}<sup>{notes.number(text)}</sup></td>'


def _value(figure: Figure, language: Language) -> str:
    """The value; a return or change has its sign, its colour and its arrow."""
    if isinstance(figure.value, date) or not figure.metric.startswith(_MOVING):
        return f'<span class="value">{escape(value_text(figure, language))}</span>'
    return f'<span class="value">{moving(figure.value, signed_text(figure.value, figure.unit, language))}</span>'


def moving(value: float, text: str, arrow: bool = False) -> str:
    """A text that goes up or down, in the colour of the page's readers."""
    way, sign = ("up", "▲ ") if value > 0 else ("down", "▼ ") if value < 0 else ("flat", "")
    return f'<span class="{way}">{sign if arrow else ""}{escape(text)}</span>'


def _beside(figure: Figure | None, texts: FigureTexts, language: Language) -> str:
    """What stands after a value: the change of a price, the annualised rate of a return."""
    if figure is None or isinstance(figure.value, date):
        return ""
    text = signed_text(figure.value, figure.unit, language)
    if figure.metric.startswith("change"):
        return f' <span class="beside">{moving(figure.value, text, arrow=True)}</span>'
    return f' <span class="beside">{escape(texts.a_year.format(value=text))}</span>'


def _marks(figure: Figure, shelf: Shelf, texts: FigureTexts) -> str:
    if figure.origin == "article":
        return f'<span class="tag">{escape(texts.from_article)}</span> '
    days = shelf.days_old(figure)
    return f'<span class="tag old">{escape(texts.days_old.format(days=days))}</span> ' if days else ""


def _remarks(figure: Figure, language: Language) -> Iterator[str]:
    """The date, then what kind of number it is where there is more than one kind."""
    texts = FIGURE_TEXTS[language]
    form = texts.fetched if figure.as_of_kind == "fetch" else "{time}"
    yield form.format(time=show_date(figure.as_of, language))
    if figure.basis:
        yield BASES.get(figure.basis, {}).get(language, figure.basis)
    elif figure.metric.startswith(_BASED):
        yield texts.no_basis
    if figure.metric.startswith("return_annualised"):
        yield texts.annualised


def _origin(figure: Figure, language: Language) -> str:
    """Source and time of the fetch, and the formula of what is computed; of an article's figure its sentence."""
    texts = FIGURE_TEXTS[language]
    if figure.origin == "article":
        return f"{figure.source} · {texts.quoted.format(quote=figure.quote)}"
    fetched = [texts.fetched.format(time=show_time(figure.fetched_at, language))] if figure.fetched_at else []
    return " · ".join([source_text(figure, language), *fetched, *([figure.formula] if figure.formula else [])])
