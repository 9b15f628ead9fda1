"""What the Articles view shows: articles that were read but not kept yet, the list of those kept, one of them whole.

Plain HTML, everything in it escaped; text of articles is data. Knows nothing of gradio, and of articles only how they
look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from assistant.likeness import Likeness
from assistant.preview import Preview
from assistant.types import Article, Head, Language, Passage
from assistant.web.articles_texts import ARTICLE_TEXTS, ArticleTexts
from assistant.web.sources import web_address
from assistant.web.texts import show_date

State = Literal["ready", "added", "dropped", "refused"]
SHOWN_DIFFERENCES = 3
SHOWN_FIGURES = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that was given: its name, what was read of it or why nothing was, and what became of it."""

    name: str
    preview: Preview | None
    message: str = ""
    state: State = "ready"


def render_candidates(candidates: Sequence[Candidate], done: int, total: int, language: Language) -> str:
    """The table of what was given, and how many of how many were looked at; nothing where nothing was given."""
    texts = ARTICLE_TEXTS[language]
    if not candidates and not total:
        return '<div data-empty="true"></div>'
    rows = "".join(_candidate_row(candidate, texts, language) for candidate in candidates)
    progress = texts.looking.format(done=done, total=total) if done < total else ""
    bar = f'<progress max="{total}" value="{done}" aria-hidden="true"></progress>' if progress else ""
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in (texts.candidate, texts.found, texts.state))
    table = f'<table class="candidates"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    return (
        f'<div lang="{language}"><p class="progress" role="status">{bar}<span>{escape(progress)}</span></p>'
        f'<div class="wide">{table if rows else ""}</div></div>'
    )


def render_details(preview: Preview | None, language: Language) -> str:
    """What is to be known of the article that waits for a decision; marked as empty where none does."""
    if preview is None:
        return '<div data-empty="true"></div>'
    texts = ARTICLE_TEXTS[language]
    counts = [texts.passages.format(count=preview.passages), texts.figures.format(count=len(preview.figures))]
    facts = "".join(f"<span>{escape(count)}</span>" for count in counts)
    notes = "".join(f'<p class="notice">{escape(note[language])}</p>' for note in preview.notes)
    figures = "".join(f"<li>{escape(figure.quote)}</li>" for figure in preview.figures[:SHOWN_FIGURES])
    near = ' data-near="true"' if preview.likeness and not preview.likeness.is_same else ""
    return (
        f'<div lang="{language}"{near}><h3>{escape(texts.check)}</h3><p class="facts">{facts}</p>{notes}'
        f"{_likeness(preview.likeness, texts)}"
        + (f'<ul class="quotes" lang="{preview.article.language}">{figures}</ul>' if figures else "")
        + "</div>"
    )


def render_list(heads: Sequence[Head], chosen: str | None, language: Language) -> str:
    """One button an article, the chosen one marked."""
    texts = ARTICLE_TEXTS[language]
    if not heads:
        return f'<p class="note" lang="{language}">{escape(texts.none)}</p>'
    items = "".join(_list_item(head, head.id == chosen, language) for head in heads)
    count = escape(texts.count.format(count=len(heads)))
    return f'<div lang="{language}"><p class="note" role="status">{count}</p><ul class="shelf">{items}</ul></div>'


def render_article(article: Article | None, passages: Sequence[Passage], language: Language) -> str:
    """The whole article with each of its passages marked; a word on how to choose one where there is none."""
    texts = ARTICLE_TEXTS[language]
    if article is None:
        return f'<p class="note" data-empty="true" lang="{language}">{escape(texts.choose)}</p>'
    address = web_address(article.source_url)
    source = (
        f' · <a href="{escape(address)}" rel="noopener noreferrer" target="_blank">{escape(address)}</a>'
        if address
        else ""
    )
    return (
        f'<article lang="{article.language}"><h3>{escape(article.title)}</h3>'
        f'<p class="note">{escape(article.publisher)} · {escape(show_date(article.published, language))} · '
        f"{escape(article.id)}{source}</p>{''.join(_marked(article.text, passages))}</article>"
    )


def render_status(message: str, language: Language, undo: str | None = None) -> str:
    """What became of the last press, with a button that takes a removal back."""
    button = ""
    if undo:
        name = escape(ARTICLE_TEXTS[language].undo)
        button = f' <button type="button" class="undo" data-id="{escape(undo)}">{name}</button>'
    return f'<p class="progress" role="status" lang="{language}">{escape(message)}{button}</p>'


def _candidate_row(candidate: Candidate, texts: ArticleTexts, language: Language) -> str:
    states = {"ready": texts.ready, "added": texts.added, "dropped": texts.dropped, "refused": texts.refused}
    read = candidate.message
    if candidate.preview and not read:
        article = candidate.preview.article
        read = " · ".join([article.title, article.publisher, show_date(article.published, language)])
    return (
        f'<tr class="{candidate.state}"><th scope="row">{escape(candidate.name)}</th><td>{escape(read)}</td>'
        f"<td>{escape(states[candidate.state])}</td></tr>"
    )


def _likeness(likeness: Likeness | None, texts: ArticleTexts) -> str:
    if likeness is None:
        return ""
    title = likeness.article.title
    if likeness.is_same:
        return f'<p class="notice">{escape(texts.same.format(title=title))}</p>'
    share = int(100 * likeness.share)
    differences = _difference(texts.only_new, likeness.added) + _difference(texts.only_old, likeness.gone)
    return f'<p class="notice">{escape(texts.near.format(share=share, title=title))}</p>{differences}'


def _difference(head: str, sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences[:SHOWN_DIFFERENCES])
    return f'<p class="note">{escape(head.format(count=len(sentences)))}</p><ul class="quotes">{items}</ul>'


def _list_item(head: Head, chosen: bool, language: Language) -> str:
    state = ' aria-current="true"' if chosen else ""
    name = ARTICLE_TEXTS[language].languages[head.language]
    about = f"{head.publisher} · {show_date(head.published, language)} · {name}"
    return (
        f'<li><button type="button" data-id="{escape(head.id)}"{state}>'
        f'<span lang="{head.language}">{escape(head.title)}</span><small>{escape(about)}</small></button></li>'
    )


def _marked(text: str, passages: Sequence[Passage]) -> Iterator[str]:
    """The text in pieces: each passage in a box of its own, and what stands between them, which is never quoted."""
    end = 0
    for passage in sorted(passages, key=lambda passage: passage.start):
        yield _between(text[end : passage.start])
        yield f'<p class="passage" id="at-{passage.start}">{escape(passage.text)}</p>'
        end = passage.end
    yield _between(text[end:])


def _between(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return "".join(f'<p class="heading">{escape(line.lstrip("# "))}</p>' for line in lines if line.strip("-*+ #"))
