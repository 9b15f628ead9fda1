"""What stands above the charts: titles, the day they begin on, as-of dates, sources. Plain HTML, all of it escaped.

Knows nothing of gradio, or of how a chart is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.figures.captions import BASES, source_text
from assistant.types import Figure, Language
from assistant.vocabulary import load_vocabulary
from assistant.web.charts import Lines
from assistant.web.figures_texts import FIGURE_TEXTS
from assistant.web.texts import TEXTS, show_date


def render_charts_head(drawn: bool, language: Language) -> str:
    """The heading of the charts; without a stored history, why there are none."""
    texts = FIGURE_TEXTS[language]
    none = "" if drawn else f'<p class="note" data-empty>{escape(texts.charts_none)}</p>'
    return f'<div lang="{language}"><h2>{escape(texts.charts)}</h2>{none}</div>'


def render_lines_note(drawn: Lines, basis: str, language: Language) -> tuple[str, str]:
    """The notes of the two line charts: what is drawn, from which day, up to which."""
    texts = FIGURE_TEXTS[language]
    as_of, name = _ends(drawn, language), texts.bases[basis]
    rebased = texts.rebased_note.format(basis=name, day=show_date(drawn.start, language))
    drawdown = texts.drawdown_note.format(basis=name)
    return _note(texts.rebased, f"{rebased} · {as_of}", language), _note(
        texts.drawdown, f"{drawdown} · {as_of}", language
    )


def render_sectors_note(fund: str, weights: Sequence[Figure], language: Language) -> str:
    """The note of a fund's sector weights: as of when, by whom, and by which taxonomy."""
    texts = FIGURE_TEXTS[language]
    if not weights:
        return "<span data-empty></span>"
    first = weights[0]
    stated = first.origin == "article"
    taxonomy = texts.sectors_partial if stated else BASES.get(first.basis, {}).get(language, first.basis)
    source = first.source if stated else source_text(first, language)
    text = " · ".join(
        part for part in (texts.latest.format(day=show_date(first.as_of, language), source=source), taxonomy) if part
    )
    tag = f'<span class="tag">{escape(texts.from_article)}</span> ' if stated else ""
    return _note(texts.sectors.format(fund=fund), text, language, tag)


def sector_names(weights: Sequence[Figure], language: Language) -> dict[str, str]:
    """Return what the sectors of the weights are called."""
    concepts = load_vocabulary().concepts
    keys = [figure.metric.partition(".")[2] for figure in weights]
    return {key: concepts[key].label(language) if key in concepts else key.replace("_", " ") for key in keys}


def _ends(drawn: Lines, language: Language) -> str:
    """One date for all funds, or each fund's own."""
    form, days = TEXTS[language].as_of, set(drawn.ends.values())
    if len(days) == 1:
        return form.format(date=show_date(days.pop(), language))
    return ", ".join(f"{fund} {form.format(date=show_date(day, language))}" for fund, day in drawn.ends.items())


def _note(title: str, text: str, language: Language, tag: str = "") -> str:
    return f'<div lang="{language}"><h3>{escape(title)}</h3><p class="note">{tag}{escape(text)}</p></div>'
