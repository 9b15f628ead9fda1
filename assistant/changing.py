"""Changing the corpus by command: articles added one after the other or very many, removed, brought back.

Knows nothing of options; what is added comes as it was typed.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from assistant.errors import ArticleError
from assistant.records import head_record
from assistant.session import Session
from assistant.terminal import complain, print_json, print_likeness, say, show_adding
from assistant.types import Article

if TYPE_CHECKING:
    from assistant.drafts import Given
    from assistant.service import Assistant
    from assistant.sources import File

MANY = 20  # sources; more are added a batch at a time, without looking for what they are nearly the same as


def add_sources(arguments: Sequence[str], given: Given, replaces: str | None, session: Session, as_json: bool) -> bool:
    """Add what the arguments stand for, and return whether any of it failed."""
    few = list(islice(each := _sources(arguments), MANY + 1))
    with session.opened() as assistant:
        if len(few) <= MANY:
            return _add_each(assistant, few, given, replaces, session, as_json)
        return _add_many(assistant, chain(few, each), _count(arguments), given, session, as_json)


def _add_each(
    assistant: Assistant,
    sources: Iterable[str | Path | File | ArticleError],
    given: Given,
    replaces: str | None,
    session: Session,
    as_json: bool,
) -> bool:
    """Add sources one after the other, and tell what each is nearly the same as; return whether anything failed."""
    failed = False
    for source in sources:
        try:
            if isinstance(source, ArticleError):
                raise source
            preview = assistant.preview(source, **given)
            article = assistant.replace(replaces, preview) if replaces else assistant.add(preview)
        except ArticleError as error:
            complain(error.message(session.language))
            failed = True
            continue
        if as_json:
            print_json(head_record(article))
        else:
            typer.echo(say("replaced" if replaces else "added", session.language, id=article.id, title=article.title))
        if preview.likeness and preview.likeness.article.id != replaces:
            print_likeness(preview.likeness, session.language)
    return failed


def _add_many(
    assistant: Assistant,
    sources: Iterable[str | Path | File | ArticleError],
    total: int,
    given: Given,
    session: Session,
    as_json: bool,
) -> bool:
    """Add sources a batch at a time, and tell how far it is and how it ended; return whether anything failed."""
    counts, began = Counter[str](), time.monotonic()
    watched = sys.stderr.isatty()
    for taken in assistant.add_all(sources, **given):
        if taken.error:
            complain(taken.error.message(session.language))
        elif taken.article and as_json:
            print_json(head_record(taken.article))
        counts["added" if taken.article else "present" if taken.present else "refused"] += 1
        if watched:
            show_adding(counts, total, time.monotonic() - began, session.language)
    names = "added", "present", "refused"
    typer.echo(say("added_all", session.language, **{name: counts[name] for name in names}), err=as_json)
    return counts["refused"] > 0


def change_each(session: Session, ids: Iterable[str], done: str, change: Callable[[Assistant, str], Article]) -> None:
    failed = False
    with session.opened() as assistant:
        for id in ids:
            try:
                article = change(assistant, id)
                typer.echo(say(done, session.language, id=article.id, title=article.title))
            except ArticleError as error:
                complain(error.message(session.language))
                failed = True
    raise typer.Exit(int(failed))


def _sources(arguments: Iterable[str]) -> Iterator[str | Path | File | ArticleError]:
    """Yield what `assistant.add` takes: what stdin holds for -, an address, or each file that a path stands for."""
    from assistant.sources import File, files_of, is_address

    for argument in arguments:
        if argument == "-":
            yield File("text", typer.get_binary_stream("stdin").read(), "text")
        elif is_address(argument):
            yield argument
        else:
            yield from files_of(Path(argument))


def _count(arguments: Sequence[str]) -> int:
    """Return how many sources these stand for, where a zip counts as one."""
    from assistant.sources import is_address, paths_of

    return sum(
        1 if argument == "-" or is_address(argument) else len(paths_of(Path(argument))) for argument in arguments
    )
