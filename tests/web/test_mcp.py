"""MCP: tools that read only, the shapes that connectors expect, and the same answers as everywhere else."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.types import CallToolResult, TextContent
from starlette.testclient import TestClient

from assistant import Assistant
from assistant.records import figure_records, head_record
from assistant.types import Hit, Passage
from assistant.web.desk import Desk
from assistant.web.mcp import create_mcp
from tests.web.conftest import Connect
from tests.web.fake_assistant import KOREAN, FakeAssistant
from tests.web.test_api import QUESTIONS, untimed

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")


def over(assistant: Any, use: Callable[[Client], Awaitable[T]]) -> T:
    """What a client in this process gets from the assistant, or from a future of one."""
    opened = assistant if isinstance(assistant, Future) else Future()
    if opened is not assistant:
        opened.set_result(assistant)

    async def run() -> T:
        async with Client(create_mcp(Desk(opened))) as client:
            return await use(client)

    return asyncio.run(run())


def call(assistant: Any, tool: str, **arguments: Any) -> CallToolResult:
    return over(assistant, lambda client: client.call_tool(tool, arguments))


def content(result: CallToolResult) -> Any:
    """The structured content, which the text has to repeat."""
    assert not result.is_error, result.content
    (text,) = result.content
    assert isinstance(text, TextContent) and json.loads(text.text) == result.structured_content
    return result.structured_content


def test_all_tools_read_only_and_say_what_they_give() -> None:
    tools = over(FakeAssistant(), lambda client: client.list_tools()).tools
    assert {tool.name for tool in tools} == {"search", "fetch", "ask", "figures"}
    for tool in tools:
        assert tool.annotations and tool.annotations.read_only_hint and not tool.annotations.destructive_hint
        assert tool.description and tool.output_schema and tool.output_schema["type"] == "object"
        assert "context" not in tool.input_schema["properties"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_all_faces_give_the_same_answer(assistant: Assistant, connect: Connect, question: str) -> None:
    python = assistant.ask(question).to_dict()
    client: TestClient = connect(assistant)
    rest = client.post("/ask", json={"question": question}).json()
    mcp = content(call(assistant, "ask", question=question))
    assert untimed(python) == untimed(rest) == untimed(mcp)


def test_follow_up_is_understood_from_the_history(assistant: Assistant) -> None:
    before = {"question": "VTWO의 헬스케어 비중은?", "answer": "18.8%예요."}
    assert "산업재" in content(call(assistant, "ask", question="산업재는?", history=[before]))["text"]


def test_search_results_can_be_fetched(assistant: Assistant) -> None:
    query = "why do rate cuts help small caps?"
    results = content(call(assistant, "search", query=query, k=3, language="en"))["results"]
    records = assistant.search(query, 3, language="en").records()
    assert [{**result, "url": None} for result in results] == [{**record, "url": None} for record in records]
    for result in results:
        article = assistant.article(result["article"])
        for id in (result["id"], result["article"]):
            assert content(call(assistant, "fetch", id=id)) == {
                "id": article.id,
                "title": article.title,
                "text": article.text,
                "url": article.source_url or f"corpus://{article.id}",
                "metadata": head_record(article),
            }
        assert result["url"] == article.source_url or f"corpus://{article.id}"


class _WithCard(FakeAssistant):
    """Finds a figure card, in Korean only."""

    def search(self, query: str, k: int = 8, *, language: str | None = None, **limits: Any) -> Any:
        found = super().search(query, k)
        if language == "ko" and limits.get("include") == ["live:IWM:fees:ko"]:
            card = Passage("live:IWM:fees:ko", "live:IWM:fees:ko", ("IWM 보수",), 0, 5, "0.19%", "ko", "figure card")
            found[:] = [Hit(card, 1.0, 1)]
        return found if language != "en" else type(found)()


def test_figure_card_can_be_fetched() -> None:
    assert content(call(_WithCard(), "fetch", id="live:IWM:fees:ko")) == {
        "id": "live:IWM:fees:ko",
        "title": "IWM 보수",
        "text": "0.19%",
        "url": "corpus://live:IWM:fees:ko",
        "metadata": None,
    }


def test_figures_are_those_of_python(assistant: Assistant) -> None:
    assert content(call(assistant, "figures", subject="IWM"))["figures"] == figure_records(assistant.figures("IWM"))


@pytest.mark.parametrize("id", ["fund-basics", "vtwo-2026-02.en"])
def test_article_is_a_resource(assistant: Assistant, id: str) -> None:
    (read,) = over(assistant, lambda client: client.read_resource(f"corpus://{id}")).contents
    assert (read.mime_type, getattr(read, "text", "")) == ("text/markdown", assistant.article(id).text)


def test_unknown_resource_is_refused() -> None:
    async def use(client: Client) -> None:
        with pytest.raises(MCPError, match="no such article"):
            await client.read_resource("corpus://nobody")

    over(FakeAssistant(), use)


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("ask", {"question": "fail"}, "No such question."),
        ("fetch", {"id": "없는 글"}, "있는 글은"),
        ("search", {"query": "x", "k": 1000}, "k"),
        ("add", {"text": "x"}, "add"),
    ],
)
def test_what_is_refused_is_told_to_the_model(tool: str, arguments: dict[str, Any], said: str) -> None:
    result = call(FakeAssistant(), tool, **arguments)
    assert result.is_error and said in result.content[0].text  # type: ignore[union-attr]


def test_what_fails_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    result = call(FakeAssistant(), "ask", question="crash")
    assert result.is_error and "Zero" not in str(result.content) and "ZeroDivisionError" in caplog.text


def test_call_waits_until_the_assistant_is_open() -> None:
    opening: Future[Any] = Future()

    async def use(client: Client) -> CallToolResult:
        begun = asyncio.ensure_future(client.call_tool("ask", {"question": "IWM 보수는?"}))
        await asyncio.sleep(0.1)
        assert not begun.done()
        opening.set_result(FakeAssistant())
        return await begun

    assert content(over(opening, use))["citations"][0]["article"] == KOREAN.id


def test_desktop_program_talks_over_stdin_and_stdout() -> None:
    program = (
        "from assistant.web.mcp import talk; from tests.web.fake_assistant import FakeAssistant; talk(FakeAssistant)"
    )

    async def use() -> tuple[CallToolResult, str | None]:
        server = StdioServerParameters(command=sys.executable, args=["-c", program], cwd=ROOT)
        async with Client(server) as client:
            return await client.call_tool("ask", {"question": "IWM 보수는?"}), client.instructions

    result, instructions = asyncio.run(use())
    assert not content(result)["abstained"] and "IWM" in str(instructions)
