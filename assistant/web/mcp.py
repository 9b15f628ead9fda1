"""MCP: the assistant as tools and resources for language models and the programs around them.

They read only: a text from elsewhere could ask a model to add articles. `search` and `fetch` have the shape that
ChatGPT's connectors expect. The package mcp lives here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Protocol, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

import assistant.web.desk as desk
import assistant.web.schemas as schemas
from assistant.errors import AssistantError, UnknownArticleError
from assistant.figures.cards import LIVE
from assistant.language import LANGUAGES, detect_language
from assistant.records import Record, figure_records, head_record
from assistant.retriever import MAX_HITS
from assistant.types import Language
from assistant.web.desk import Desk, open_in_background
from assistant.web.problems import Problem, problem_record

PATH = "/mcp"
INSTRUCTIONS = (
    "Dated articles and figures on the US small-cap ETFs IWM and VTWO, in Korean and English. `ask` gives a checked "
    "answer that cites the exact words; it abstains where the sources do not answer. `search` and `fetch` give the "
    "sources themselves, `figures` the dated numbers. Not investment advice."
)
READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

T = TypeVar("T")


class Found(schemas.Shape):
    """Hits whose `id` is for `fetch`; each has a title and a url, its resource where it has none on the web."""

    results: list[schemas.Hit]


class Fetched(schemas.Shape):
    """An article with its whole text, or a figure card, which has no metadata."""

    id: str
    title: str
    text: str
    url: str
    metadata: schemas.Article | None


class Figures(schemas.Shape):
    figures: list[schemas.Figure]


class Assistant(desk.Assistant, Protocol):
    """What is needed to serve one over stdin and stdout."""

    def close(self) -> None: ...


def create_mcp(calls: Desk) -> MCPServer[Any]:
    """Return the MCP server over a desk; nothing is served yet."""
    server: MCPServer[Any] = MCPServer("small-cap-etf", instructions=INSTRUCTIONS, log_level="WARNING")

    @server.tool(annotations=READS)
    async def search(
        query: Annotated[str, Field(description="A question or key words, in Korean or English.")],
        context: Context,
        k: Annotated[int, Field(description="How many passages.", ge=1, le=MAX_HITS)] = 8,
        language: Annotated[Language | None, Field(description="Passages of this language only.")] = None,
    ) -> Annotated[CallToolResult, Found]:
        """Find the passages of the articles, and cards of live figures, that fit a query best."""
        hits = await _taken(calls, context, query, lambda assistant: assistant.search(query, k, language=language))
        return _result({"results": [_with_address(record) for record in hits.records()]})

    @server.tool(annotations=READS)
    async def fetch(
        id: Annotated[str, Field(description="The id of a search result, or of an article.")], context: Context
    ) -> Annotated[CallToolResult, Fetched]:
        """Return the whole article of a search result, with where and when it was published."""
        return _result(await _taken(calls, context, id, lambda assistant: _fetched(assistant, id)))

    @server.tool(annotations=READS)
    async def ask(
        question: Annotated[str, Field(description="The question, in Korean or English.")],
        context: Context,
        history: Annotated[Sequence[schemas.Turn], Field(description="What was asked before.")] = (),
    ) -> Annotated[CallToolResult, schemas.Answer]:
        """Answer a question from the articles; each sentence cites the exact words or the dated figure it rests on."""
        turns = [(turn.question, turn.answer) for turn in history]
        answer = await _taken(calls, context, question, lambda assistant: assistant.ask(question, history=turns))
        return _result(answer.to_dict())

    @server.tool(annotations=READS)
    async def figures(
        context: Context,
        subject: Annotated[str | None, Field(description="Such as IWM, VTWO or US; all when left out.")] = None,
    ) -> Annotated[CallToolResult, Figures]:
        """Return dated figures: those that articles state, with the exact quote, and those fetched live."""
        rows = await _taken(calls, context, "", lambda assistant: figure_records(assistant.figures(subject)))
        return _result({"figures": rows})

    @server.resource("corpus://{article_id}", mime_type="text/markdown")
    async def article(article_id: str, context: Context) -> str:
        """The text of an article; offsets of citations count its characters."""
        try:
            return (await _called(calls, context, lambda assistant: assistant.article(article_id))).text
        except UnknownArticleError as error:
            raise ResourceNotFoundError(error.message("en")) from error

    return server


def http_routes(server: MCPServer[Any]) -> Sequence[BaseRoute]:
    """Return the routes that serve it at PATH while its session manager runs: each call by itself, without sessions."""
    unchecked = TransportSecuritySettings(enable_dns_rebinding_protection=False)  # the guard checks hosts and origins
    server.streamable_http_app(stateless_http=True, json_response=True, transport_security=unchecked)
    posts = Route(PATH, StreamableHTTPASGIApp(server.session_manager), methods=["POST"])
    return posts, Route(PATH, _no_stream, methods=["GET", "DELETE"])


async def _no_stream(_: Request) -> Response:
    """Without sessions there is nothing to listen to or to end, which the protocol says with 405."""
    return Response(status_code=405, headers={"allow": "POST"})


def talk(open_assistant: Callable[[], Assistant]) -> None:
    """Serve the client at stdin and stdout until it leaves; the assistant opens meanwhile."""
    assistant = open_in_background(open_assistant)
    calls = Desk(assistant)
    create_mcp(calls).run("stdio")
    calls.close()
    assistant.result().close()


async def _called(calls: Desk, context: Context, call: Callable[[desk.Assistant], T]) -> T:
    await calls.opened()
    request = context.request_context.request
    return await calls.take(call, request.client.host if request is not None and request.client else "")


async def _taken(calls: Desk, context: Context, text: str, call: Callable[[desk.Assistant], T]) -> T:
    """Call the assistant; what it refuses is told to the model in the language of the text."""
    try:
        return await _called(calls, context, call)
    except (AssistantError, Problem) as error:
        raise ToolError(str(problem_record(error, detect_language(text))["detail"])) from error


def _fetched(assistant: desk.Assistant, id: str) -> Record:
    if id.startswith(LIVE):
        for language in LANGUAGES:  # a card is found in its own language only
            for hit in assistant.search(id, 1, language=language, include=[id]):
                return {"id": id, "title": hit.passage.section[0], "text": hit.passage.text} | {
                    "url": f"corpus://{id}",
                    "metadata": None,
                }
    article = assistant.article(id.partition(":")[0])
    about = {"id": article.id, "title": article.title, "text": article.text}
    return about | {"url": article.source_url or f"corpus://{article.id}", "metadata": head_record(article)}


def _with_address(record: Record) -> Record:
    title = record["title"] or " › ".join(record["section"])
    return record | {"title": title, "url": record["url"] or f"corpus://{record['article']}"}


def _result(record: Record) -> CallToolResult:
    text = TextContent(type="text", text=json.dumps(record, ensure_ascii=False))
    return CallToolResult(content=[text], structured_content=record)
