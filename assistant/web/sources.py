"""The panel of sources: one card a citation, with the paragraph around the quote. Plain HTML, everything in it escaped.

The panel is not sanitised by anybody else, so no piece of an article, title or address reaches it unescaped, and only
http and https addresses become links. Knows nothing of gradio.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from assistant.figures.formats import value_text
from assistant.footnotes import translation_line
from assistant.types import Answer, Article, Citation, FigureCitation, Language
from assistant.web.texts import TEXTS, Texts, show_date

CONTEXT = 320
"""Characters of the paragraph that are shown on each side of the quote."""

_HEADING = re.compile(r"^(#{2,6})\s+(.+?)\s*$", re.MULTILINE)
_LIST_MARK = re.compile(r"^\s*[-*]\s+")


def render_sources(answers: Sequence[tuple[int, Answer]], language: Language) -> str:
    """The panel for a conversation of `(turn, answer)`, in the page's language; it shows the newest turn's cards."""
    texts = TEXTS[language]
    newest = answers[-1][0] if answers else 0
    lists = "".join(_turn(turn, answer, texts, language, hidden=turn != newest) for turn, answer in answers)
    empty = "" if lists else f'<p class="sources-empty">{escape(texts.sources_empty)}</p>'
    return (
        f'<header class="sources-head"><h2>{escape(texts.sources)}</h2>'
        f'<button type="button" class="sources-close" aria-label="{escape(texts.close)}">×</button></header>'
        f"{empty}{lists}"
    )


def section_at(article: Article, position: int) -> tuple[str, ...]:
    """The headings above a position of the article, outermost first."""
    open_headings: list[tuple[int, str]] = []
    for match in _HEADING.finditer(article.text, 0, position):
        depth = len(match[1])
        open_headings = [heading for heading in open_headings if heading[0] < depth] + [(depth, match[2])]
    return tuple(text for _, text in open_headings)


def context_of(citation: Citation) -> tuple[str, str, str]:
    """What stands before the quote in its paragraph, the quote, and what stands after; shortened at word boundaries."""
    text, start, end = citation.article.text, citation.start, citation.end
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    before = _LIST_MARK.sub("", text[line_start:start])
    after = text[end : len(text) if line_end < 0 else line_end]
    return _last_words(before), text[start:end], _first_words(after)


def web_address(url: str | None) -> str | None:
    """The address if a browser may be sent there: http or https with a host."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def _first_words(text: str) -> str:
    return text if len(text) <= CONTEXT else f"{text[:CONTEXT].rsplit(' ', 1)[0]} …"


def _last_words(text: str) -> str:
    return text if len(text) <= CONTEXT else f"… {text[-CONTEXT:].split(' ', 1)[-1]}"


def _turn(turn: int, answer: Answer, texts: Texts, language: Language, *, hidden: bool) -> str:
    state = " hidden" if hidden else ""
    if not answer.citations:
        return f'<p class="sources-empty" data-turn="{turn}"{state}>{escape(texts.sources_none)}</p>'
    cards = "".join(
        _card(turn, citation, answer, texts, language)
        if isinstance(citation, Citation)
        else _figure_card(turn, citation, texts, language)
        for citation in answer.citations
    )
    return f'<ol class="cards" data-turn="{turn}"{state}>{cards}</ol>'


def _card(turn: int, citation: Citation, answer: Answer, texts: Texts, language: Language) -> str:
    article, name = citation.article, f"{turn}-{citation.number}"
    before, quote, after = map(escape, context_of(citation))
    return (
        f'<li class="card" data-card="{name}" tabindex="-1" aria-labelledby="card-{name}">'
        f'<h3 id="card-{name}"><span class="card-number">{citation.number}</span>{escape(article.title)}</h3>'
        f'<p class="card-facts">{_origin(article, answer, texts, language)}</p>'
        f'<p class="card-place">{_place(citation, texts, language)}</p>'
        f'<blockquote lang="{article.language}">{before}<mark>{quote}</mark>{after}</blockquote>'
        f"{_translated(citation, answer.language)}"
        f'<p class="card-actions">{_address(article.source_url, texts)}'
        f'<button type="button" class="card-back">{escape(texts.back)}</button></p></li>'
    )


def _translated(citation: Citation, language: Language) -> str:
    """A model's translation of the quote, which says that it is one."""
    line = translation_line(citation, language)
    return f'<p class="card-translation" lang="{language}">{escape(line)}</p>' if line else ""


def _figure_card(turn: int, citation: FigureCitation, texts: Texts, language: Language) -> str:
    """A live figure: its value and date, its source, when it was fetched, and how it was computed if it was."""
    figure, name = citation.figure, f"{turn}-{citation.number}"
    value = escape(value_text(figure, language))
    facts = [texts.as_of.format(date=show_date(figure.as_of, language))]
    if figure.fetched_at:
        facts.append(texts.fetched.format(date=show_date(figure.fetched_at.date(), language)))
    formula = f'<p class="card-place">{escape(figure.formula)}</p>' if figure.formula else ""
    title = f"{figure.subject} · {figure.metric}" + (f" ({figure.basis})" if figure.basis else "")
    return (
        f'<li class="card" data-card="{name}" tabindex="-1" aria-labelledby="card-{name}">'
        f'<h3 id="card-{name}"><span class="card-number">{citation.number}</span>{escape(title)}</h3>'
        f'<p class="card-facts">{escape(figure.source)} · {_whole(" · ".join(facts))}</p>{formula}'
        f"<blockquote><mark>{value}</mark></blockquote>"
        f'<p class="card-actions">{_address(figure.source_url, texts)}'
        f'<button type="button" class="card-back">{escape(texts.back)}</button></p></li>'
    )


def _origin(article: Article, answer: Answer, texts: Texts, language: Language) -> str:
    """Publisher and date; the language of the text where it is not the answer's."""
    origin = f"{escape(article.publisher)} · {_whole(show_date(article.published, language))}"
    if article.language == answer.language:
        return origin
    return f'{origin}<span class="card-language">{escape(texts.written_in[article.language])}</span>'


def _place(citation: Citation, texts: Texts, language: Language) -> str:
    """The headings above the quote; the figure's own date where it is not the article's."""
    section, figure = escape(" › ".join(section_at(citation.article, citation.start))), citation.figure
    if figure is None or figure.as_of == citation.article.published:
        return section
    as_of = _whole(texts.as_of.format(date=show_date(figure.as_of, language)))
    return f"{section} · {as_of}" if section else as_of


def _whole(date: str) -> str:
    """A date that no line break parts."""
    return f'<span class="date">{escape(date)}</span>'


def _address(url: str | None, texts: Texts) -> str:
    address = web_address(url)
    if address is None:
        return ""
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{escape(texts.open_original)}</a>'
