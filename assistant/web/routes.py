"""The routes of REST: what `Assistant` does, typed; what they give is described in schemas.py.

Whatever is refused is a problem, abstaining is an answer. Knows of the assistant only what the desk takes.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Form, Path, Query, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import Field

import assistant.web.schemas as schemas
from assistant import records, types
from assistant.language import MAX_LENGTH
from assistant.retriever import MAX_HITS
from assistant.types import Language
from assistant.web.desk import Assistant, Desk
from assistant.web.problems import Problem, language_of, problem_record
from assistant.web.uploads import add_from

TURNS = 100
LONGEST_NAME = 300
LOOK_SECONDS = 1.0
"""How often to look whether the client still waits."""

T = TypeVar("T")

router = APIRouter(prefix="/v1")


@dataclass(frozen=True, slots=True)
class Face:
    """What the routes share: the desk, and whether articles may be changed."""

    desk: Desk
    read_only: bool


def _face(request: Request) -> Face:
    face: Face = request.app.state.face
    return face


Id = Annotated[str, Path(description="The article's id.", max_length=LONGEST_NAME)]


class Question(schemas.Shape):
    question: schemas.QuestionText
    history: list[schemas.Turn] = Field([], max_length=TURNS, description="What was asked before.")


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    titles = {400: "Unreadable", 403: "Articles cannot be changed", 404: "No such article", 422: "Refused"}
    shared = {429: "Too many requests", 503: "Still opening, or out of order"}
    told = {status: titles[status] for status in statuses} | shared
    return {status: {"model": schemas.Problem, "description": text} for status, text in told.items()}


# --- asking and searching -------------------------------------------------------------------------------------------


@router.post(
    "/ask",
    response_model=schemas.Answer,
    response_model_exclude_unset=True,
    responses=_problems(400, 422) | {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def ask(question: Question, request: Request) -> Any:
    """Answer a question with exact citations, in its language.

    With `Accept: text/event-stream` the answer comes as events: `progress` at once, a `sentence` for each checked one,
    then the whole `answer`; or a `problem`.
    """
    asked, history = question.question, [(turn.question, turn.answer) for turn in question.history]
    request.state.text = asked
    stop: Future[None] = Future()
    begun = _take(request, lambda assistant: assistant.ask(asked, history=history, stop=stop))
    if "text/event-stream" in request.headers.get("accept", ""):
        events = _events(begun, stop, language_for(request))
        return StreamingResponse(events, media_type="text/event-stream", headers={"cache-control": "no-store"})
    while not (await asyncio.wait([begun], timeout=LOOK_SECONDS))[0]:
        if await request.is_disconnected():
            stop.set_result(None)
            break
    return (await begun).to_dict()


@router.get("/search", response_model=list[schemas.Hit], responses=_problems(422))
async def search(
    request: Request,
    q: Annotated[str, Query(description="A question or key words.", min_length=1, max_length=MAX_LENGTH)],
    k: Annotated[int, Query(description="How many passages.", ge=1, le=MAX_HITS)] = 8,
    language: Annotated[Language | None, Query(description="Passages of this language only.")] = None,
    include: Annotated[list[str] | None, Query(description="Articles to look in; all when left out.")] = None,
    exclude: Annotated[list[str] | None, Query(description="Articles not to look in.")] = None,
) -> Any:
    """Return the passages that fit best, best first; figure cards with live figures are among them."""
    request.state.text = q
    hits = _take(request, lambda a: a.search(q, k, language=language, include=include, exclude=exclude))
    return (await hits).records()


# --- articles -------------------------------------------------------------------------------------------------------


async def _writable(request: Request) -> None:
    if _face(request).read_only:
        raise Problem("read-only")


@router.get("/articles", response_model=list[schemas.Article], responses=_problems(422))
async def articles(request: Request, language: Annotated[Language | None, Query()] = None) -> Any:
    """List the articles."""
    listed = await _take(request, lambda assistant: assistant.heads())
    return [records.head_record(head) for head in listed if language in (None, head.language)]


@router.get("/articles/{id}", response_model=schemas.WholeArticle, responses=_problems(404, 422))
async def article(id: Id, request: Request) -> Any:
    """Return an article with its text."""
    return records.whole_record(await _take(request, lambda assistant: assistant.article(id)))


@router.post(
    "/articles",
    status_code=201,
    response_model=schemas.Article,
    responses=_problems(400, 403, 422),
    dependencies=[Depends(_writable)],
)
async def add(
    request: Request,
    response: Response,
    file: Annotated[UploadFile | None, File(description="The article as a file.")] = None,
    text: Annotated[str | None, Form(description="The article as text or Markdown.")] = None,
    url: Annotated[
        str | None,
        Form(description="Alone: the address to read it from. With a file or text: where it was published."),
    ] = None,
    title: Annotated[str | None, Form(max_length=LONGEST_NAME)] = None,
    language: Annotated[Language | None, Form()] = None,
    published: Annotated[date | None, Form()] = None,
) -> Any:
    """Add an article: a file, a text or a web address, one of them."""
    request.state.text = title or text or ""
    add_it = add_from(file, text, url, title=title, language=language, published=published)
    added = records.head_record(await _take(request, add_it))
    response.headers["location"] = quote(request.url_for("article", id=added["id"]).path)
    return added


@router.delete(
    "/articles/{id}",
    response_model=schemas.Article,
    responses=_problems(403, 404, 422),
    dependencies=[Depends(_writable)],
)
async def remove(id: Id, request: Request) -> Any:
    """Remove an article for good, and return what it was."""
    return records.head_record(await _take(request, lambda assistant: assistant.remove(id)))


# --- figures --------------------------------------------------------------------------------------------------------


@router.get("/figures", response_model=list[schemas.Figure], responses=_problems(422))
async def figures(
    request: Request,
    subject: Annotated[
        str | None, Query(description="Such as IWM; all when left out.", max_length=LONGEST_NAME)
    ] = None,
) -> Any:
    """Return the dated figures that articles state and those fetched live."""
    return await _take(request, lambda assistant: records.figure_records(assistant.figures(subject)))


@router.get("/risks", response_model=list[schemas.Risk], responses=_problems())
async def risks(request: Request) -> Any:
    """Return the nine risk factors with their dated gauges and what the article says of them."""
    return [records.risk_record(risk) for risk in await _take(request, lambda assistant: assistant.risks())]


# --- how they take their calls --------------------------------------------------------------------------------------


def language_for(request: Request) -> Language:
    """Return the language to speak of problems in: the one asked for, else that of the question."""
    return language_of(request.headers.get("accept-language"), getattr(request.state, "text", ""))


def _take(request: Request, call: Callable[[Assistant], T]) -> asyncio.Future[T]:
    return _face(request).desk.take(call, request.client.host if request.client else "")


async def _events(begun: asyncio.Future[types.Answer], stop: Future[None], language: Language) -> AsyncIterator[bytes]:
    """The events of an answer; whoever leaves before it has come is not answered by a language model."""
    yield _event("progress", {"stage": "searching"})
    try:
        answer = (await begun).to_dict()
    except Exception as error:  # the reply has begun, so what failed is its last event
        yield _event("problem", problem_record(error, language))
        return
    finally:
        stop.set_result(None)
    for sentence in answer["sentences"]:
        yield _event("sentence", sentence)
    yield _event("answer", answer)


def _event(name: str, data: object) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False))
