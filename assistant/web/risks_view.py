"""The nine risk factors as cards: each gauge with its date, place, move and sparkline, and what the article says.

Plain HTML, everything in it escaped; only http and https addresses become links. Knows nothing of gradio, or of how a
gauge is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.figures.captions import AGES, BASES, date_text, source_text
from assistant.figures.formats import value_text
from assistant.figures.gauge_texts import move_text, place_text, reason_text
from assistant.figures.gauges import Gauge
from assistant.figures.risks import Meaning, Risk
from assistant.figures.trends import Point
from assistant.types import Figure, Language
from assistant.web.figures_texts import FIGURE_TEXTS, show_time
from assistant.web.sources import web_address
from assistant.web.texts import TEXTS, show_date

WIDTH, HEIGHT = 120, 28
_ARROWS = {"up": "▲ ", "down": "▼ ", "flat": ""}


def render_risks(risks: Sequence[Risk], language: Language) -> str:
    """All cards, in the article's order."""
    texts = FIGURE_TEXTS[language]
    cards = "".join(_card(risk, language) for risk in risks)
    return (
        f'<section lang="{language}" aria-labelledby="risks-title"><h2 id="risks-title">{escape(texts.risks)}</h2>'
        f'<p class="note">{escape(texts.risks_note)}</p><ol class="risks">{cards}</ol></section>'
    )


def sparkline(points: Sequence[Point]) -> str:
    """A line through the points, for the eye only; nothing where there are too few of them."""
    if len(points) < 2:
        return ""
    first, last = points[0][0].toordinal(), points[-1][0].toordinal()
    least, most = min(value for _, value in points), max(value for _, value in points)
    across, up = WIDTH / (last - first), (HEIGHT - 4) / ((most - least) or 1)
    places = " ".join(
        f"{(day.toordinal() - first) * across:.1f},{HEIGHT - 2 - (value - least) * up:.1f}" for day, value in points
    )
    return (
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true">'
        f'<polyline points="{places}" vector-effect="non-scaling-stroke"/></svg>'
    )


def _card(risk: Risk, language: Language) -> str:
    gauges = "".join(_gauge(gauge, language) for gauge in risk.gauges)
    return (
        f'<li class="risk" id="risk-{escape(risk.id)}"><h3><span class="card-number">{risk.number}</span>'
        f'{escape(risk.title[language])}</h3><ul class="gauges">{gauges}</ul>{_said(risk, language)}</li>'
    )


def _gauge(gauge: Gauge, language: Language) -> str:
    texts, figure, title = FIGURE_TEXTS[language], gauge.figure, escape(gauge.title[language])
    if figure is None:
        reason = escape(texts.no_gauge.format(reason=reason_text(gauge, language)))
        return f'<li class="absent"><p class="gauge-title">{title}</p><p class="gauge-facts">{reason}</p></li>'
    about = escape(place_text(gauge, language)), _move(gauge, language), _origin(gauge, figure, language)
    facts = "".join(f"<p>{fact}</p>" for fact in about if fact)
    return (
        f'<li><p class="gauge-title">{title}</p>'
        f'<div class="gauge"><p class="reading">{escape(value_text(figure, language))}</p>'
        f'{sparkline(gauge.points)}</div><div class="gauge-facts">{facts}</div>'
        f"</li>"
    )


def _move(gauge: Gauge, language: Language) -> str:
    """The move over three months, in the colour of its direction, and the move that the article speaks of."""
    text, concern = move_text(gauge, language), escape(FIGURE_TEXTS[language].concerns[gauge.concerns])
    if not text or gauge.direction is None:
        return concern
    return f'<span class="{gauge.direction}">{_ARROWS[gauge.direction]}{escape(text)}</span> · {concern}'


def _origin(gauge: Gauge, figure: Figure, language: Language) -> str:
    """Date, source as a link where it has one, basis, and a tag where the date lies far back."""
    texts, source = FIGURE_TEXTS[language], escape(source_text(figure, language))
    address = web_address(figure.source_url)
    link = f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{source}</a>' if address else source
    fetched = texts.fetched.format(time=show_time(figure.fetched_at, language)) if figure.fetched_at else ""
    basis = BASES.get(figure.basis, {}).get(language, figure.basis)
    parts = [escape(date_text(figure, language)), link, *([escape(basis)] if basis else [])]
    age = AGES[gauge.freshness][language] if gauge.freshness else ""
    tag = f' <span class="tag old">{escape(age)}</span>' if age else ""
    return f'<span title="{escape(fetched or figure.formula)}">{" · ".join(parts)}</span>{tag}'


def _said(risk: Risk, language: Language) -> str:
    """What the article says of the risk, in the page's language where it does, and where that stands."""
    meaning = risk.meaning.get(language) or next(iter(risk.meaning.values()), None)
    if meaning is None:
        return ""
    texts, article = FIGURE_TEXTS[language], meaning.article
    foreign = "" if article.language == language else _foreign(meaning, language)
    address = web_address(article.source_url)
    title = escape(article.title)
    link = f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{title}</a>' if address else title
    return (
        f'<figure class="said"><figcaption>{escape(texts.article_says)}{foreign}</figcaption>'
        f'<blockquote lang="{article.language}">{escape(meaning.quote)}</blockquote>'
        f"<p>{link} · {escape(article.publisher)}, {escape(show_date(article.published, language))}</p></figure>"
    )


def _foreign(meaning: Meaning, language: Language) -> str:
    words = TEXTS[language].written_in[meaning.article.language]
    return f' <span class="card-language">{escape(words)}</span>'
