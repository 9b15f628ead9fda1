"""What happens on the Articles view: reading what is given, deciding on it, the list, and changes of one article.

Each step gives whole values: markup, and the fields of a form. Knows nothing of gradio, formats, files or how an
article is kept; it asks whatever it is given.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, Unpack, cast

from assistant.errors import ArticleError, AssistantError, UnknownArticleError
from assistant.preview import Preview
from assistant.types import Article, Head, Language, Passage
from assistant.web.articles_texts import ARTICLE_TEXTS
from assistant.web.articles_view import (
    Candidate,
    State,
    render_article,
    render_candidates,
    render_details,
    render_list,
    render_status,
)

MOST_FILES = 100
"""Files that may be looked at in one go."""
MOST_LISTED = 200
"""Articles that the list shows; searching finds the others."""

if TYPE_CHECKING:
    from assistant.drafts import Given
    from assistant.sources import File

Fields = tuple[str, str, str, str, str]
"""Title, publisher, published, language, address of the original: as they stand in the form."""
NO_FIELDS: Fields = ("", "", "", "", "")
Values = tuple[Any, ...]


class ArticleSource(Protocol):
    """What the Articles view needs of an assistant; its methods are called from several threads at once."""

    def heads(self, query: str = "") -> list[Head]: ...

    def article(self, id: str) -> Article: ...

    def passages(self, id: str) -> list[Passage]: ...

    def preview(self, source: str | Path | File, **given: Unpack[Given]) -> Preview: ...

    def add(self, source: str | Path | File | Preview, **given: Unpack[Given]) -> Article: ...

    def replace(self, id: str, source: str | Path | File | Preview, **given: Unpack[Given]) -> Article: ...

    def remove(self, id: str) -> Article: ...

    def restore(self, id: str) -> Article: ...


Source = TypeVar("Source", bound=ArticleSource)


@dataclass(slots=True)
class ArticlesDesk:
    """What lies on the desk of one open page: what was given and not decided yet, and the article that is open."""

    candidates: list[Candidate] = field(default_factory=list)
    chosen: str | None = None

    @property
    def waiting(self) -> int | None:
        """The place of the first candidate that waits for a decision."""
        return next((place for place, candidate in enumerate(self.candidates) if candidate.state == "ready"), None)

    @property
    def preview(self) -> Preview | None:
        return None if self.waiting is None else self.candidates[self.waiting].preview

    def settle(self, place: int, state: State, message: str = "") -> None:
        self.candidates[place] = replace(self.candidates[place], state=state, message=message)


async def look(
    given: Sequence[str | Path | File | ArticleError], desk: ArticlesDesk, language: Language, assistant: Future[Source]
) -> AsyncIterator[Values]:
    """Read what is given, one after the other; each step is the view of the desk. What cannot be read says why."""
    desk.candidates = [candidate for candidate in desk.candidates if candidate.state == "ready"]
    total = len(desk.candidates) + len(given[:MOST_FILES])
    yield desk_view(desk, language, total)
    ready = await asyncio.wrap_future(assistant)
    for source in given[:MOST_FILES]:
        desk.candidates.append(await asyncio.to_thread(_read, source, ready, language))
        yield desk_view(desk, language, total)


def decide(desk: ArticlesDesk, fields: Fields, language: Language, source: ArticleSource, how: str) -> Values:
    """Keep the candidate that waits as the form has it ("keep"), in the place of the one that it is like ("replace"),
    or not at all ("skip"); what is refused stays and says why."""
    place, preview = desk.waiting, desk.preview
    if place is None or preview is None:
        return (*desk_view(desk, language), "")
    if how == "skip":
        desk.settle(place, "dropped")
        return (*desk_view(desk, language), "")
    try:
        changed = replace(preview, article=_corrected(preview.article, fields, language))
        if how == "replace" and preview.likeness:
            kept = source.replace(preview.likeness.article.id, changed)
        else:
            kept = source.add(changed)
    except AssistantError as error:
        return (*_view(desk, language, len(desk.candidates), fields), render_status(error.message(language), language))
    desk.settle(place, "added")
    message = f"{ARTICLE_TEXTS[language].added}: {kept.title}"
    return (*desk_view(desk, language), render_status(message, language))


async def keep_all(desk: ArticlesDesk, language: Language, assistant: Future[Source]) -> AsyncIterator[Values]:
    """Keep every candidate that waits, as it was read; one that is refused says why and the others go on."""
    ready = await asyncio.wrap_future(assistant)
    while (place := desk.waiting) is not None and (preview := desk.preview) is not None:
        try:
            await asyncio.to_thread(ready.add, preview)
            desk.settle(place, "added")
        except AssistantError as error:
            desk.settle(place, "refused", error.message(language))
        yield desk_view(desk, language)


def desk_view(desk: ArticlesDesk, language: Language, total: int | None = None) -> Values:
    """The table of candidates, what is to be known of the one that waits, and its fields for the form."""
    return _view(desk, language, len(desk.candidates) if total is None else total, _fields(desk.preview))


def listed(query: str, only: str, desk: ArticlesDesk, language: Language, source: ArticleSource) -> str:
    """The list of the articles that have the words of the query in title or text, of one language or of all."""
    fitting = [head for head in source.heads(query) if only in ("", head.language)]
    return render_list(fitting[:MOST_LISTED], desk.chosen, language)


def opened(id: str | None, desk: ArticlesDesk, language: Language, source: ArticleSource) -> Values:
    """The article whole, and its fields for the form."""
    try:
        article = source.article(id) if id else None
    except UnknownArticleError:  # removed elsewhere meanwhile
        article = None
    desk.chosen = article.id if article else None
    passages = source.passages(article.id) if article else []
    return render_article(article, passages, language), *_fields_of(article)


def change(
    desk: ArticlesDesk, fields: Fields, language: Language, source: ArticleSource, how: str, id: str = ""
) -> Values:
    """Save the form into the open article ("save"), remove it ("remove") or bring one back ("restore"); the view of
    the open article, and what became of it. Nothing changes where it is refused."""
    texts, undo = ARTICLE_TEXTS[language], None
    try:
        if how == "restore":
            article = source.restore(id)
            desk.chosen, message = article.id, texts.restored.format(title=article.title)
        elif desk.chosen is None:
            return (*opened(None, desk, language, source), "")
        elif how == "remove":
            article = source.remove(desk.chosen)
            desk.chosen, message, undo = None, texts.removed.format(title=article.title), article.id
        else:
            current = source.article(desk.chosen)
            source.replace(current.id, Preview(_corrected(current, fields, language)))
            message = texts.saved
    except AssistantError as error:
        message = error.message(language)
    return (*opened(desk.chosen, desk, language, source), render_status(message, language, undo))


def _read(source: str | Path | File | ArticleError, assistant: ArticleSource, language: Language) -> Candidate:
    if isinstance(source, ArticleError):
        return Candidate("", None, source.message(language), "refused")
    name = " ".join(source.split())[:60] if isinstance(source, str) else source.name
    try:
        return Candidate(name, assistant.preview(source))
    except AssistantError as error:
        return Candidate(name, None, error.message(language), "refused")


def _view(desk: ArticlesDesk, language: Language, total: int, fields: Fields) -> Values:
    return (
        render_candidates(desk.candidates, len(desk.candidates), total, language),
        render_details(desk.preview, language),
        *fields,
    )


def _fields(preview: Preview | None) -> Fields:
    return _fields_of(preview.article if preview else None)


def _fields_of(article: Article | None) -> Fields:
    if article is None:
        return NO_FIELDS
    return article.title, article.publisher, article.published.isoformat(), article.language, article.source_url or ""


def _corrected(article: Article, fields: Fields, language: Language) -> Article:
    """The article with what the form has; raises ArticleError for a date that is none."""
    title, publisher, published, spoken, address = (value.strip() if value else "" for value in fields)
    try:
        day = date.fromisoformat(published)
    except ValueError as error:
        raise ArticleError(ARTICLE_TEXTS["en"].wrong_date, ARTICLE_TEXTS["ko"].wrong_date) from error
    return replace(
        article,
        title=title,
        publisher=publisher,
        published=day,
        language=cast(Language, spoken),
        source_url=address or None,
    )
