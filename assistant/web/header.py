"""The head of every page: what it is, the three views, the language switch. Knows nothing of gradio."""

from __future__ import annotations

from html import escape
from typing import Literal

from assistant.types import Language
from assistant.web.articles_texts import ARTICLES_PATHS
from assistant.web.figures_texts import FIGURES_PATHS
from assistant.web.texts import LANGUAGE_NAMES, PATHS, TEXTS

View = Literal["chat", "figures", "articles"]

VIEW_PATHS: dict[View, dict[Language, str]] = {"chat": PATHS, "figures": FIGURES_PATHS, "articles": ARTICLES_PATHS}


def render_header(language: Language, view: View) -> str:
    """The current view and language are marked; another language keeps the view, another view the language."""
    texts = TEXTS[language]
    names: dict[View, str] = {"chat": texts.chat, "figures": texts.figures, "articles": texts.articles}
    views = "".join(_link(VIEW_PATHS[other][language], names[other], other == view) for other in names)
    languages = "".join(
        _link(VIEW_PATHS[view][other], LANGUAGE_NAMES[other], other == language, f' lang="{other}" hreflang="{other}"')
        for other in PATHS
    )
    new = f'<a class="new" href="{PATHS[language]}">{escape(texts.new_conversation)}</a>' if view == "chat" else ""
    return (
        f'<header class="top" lang="{language}"><div class="brand"><h1>{escape(texts.title)}</h1>'
        f"<p>{escape(texts.subtitle)}</p></div>"
        f'<nav class="views" aria-label="{escape(texts.views)}">{views}</nav>'
        f'<nav class="top-links" aria-label="{escape(texts.language_switch)}">{new}{languages}</nav></header>'
    )


def _link(path: str, name: str, current: bool, more: str = "") -> str:
    state = ' aria-current="page"' if current else ""
    return f'<a href="{path}"{more}{state}>{escape(name)}</a>'
