"""The examples run, each against the real assistant or a real server, and print what is true."""

from __future__ import annotations

import asyncio
import csv
import runpy
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from assistant import Assistant
from assistant.index import Index
from assistant.live import LiveFigures
from assistant.retriever import Retriever
from tests.conftest import ROOT
from tests.fakes import WordCounts
from tests.serving import served
from tests.web.leftovers import IGNORED, drop_leftovers

pytestmark = IGNORED
EXAMPLES = ROOT / "examples"
RUN_HERE = {"ask.py", "batch.py", "agent.py", "rest.sh", "mcp_client.py"}
FACT = "18.8%"


@pytest.fixture(autouse=True, scope="module")
def _tidy() -> Iterator[None]:
    yield
    drop_leftovers()


@pytest.fixture
def opened(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    """What `Assistant.open()` gives: the real assistant, open already and to stay so."""
    monkeypatch.setattr(Assistant, "open", lambda: nullcontext(assistant))
    return assistant


def example(name: str) -> Callable[..., Any]:
    main: Callable[..., Any] = runpy.run_path(str(EXAMPLES / name))["main"]
    return main


def test_every_example_is_run_here() -> None:
    assert {path.name for path in EXAMPLES.iterdir() if path.is_file()} == RUN_HERE


def test_ask_prints_the_answer_and_its_quotes(opened: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    example("ask.py")("VTWO의 헬스케어 비중은?")
    shown = capsys.readouterr().out
    answer = opened.ask("VTWO의 헬스케어 비중은?")
    assert shown.startswith(answer.text) and FACT in shown
    assert all(citation.quote in shown for citation in answer.quotes)


def test_batch_answers_each_question_of_a_table(opened: Assistant, tmp_path: Path) -> None:
    questions = ["VTWO의 헬스케어 비중은?", "What is the energy weight of VTWO?", " "]
    with (tmp_path / "questions.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([["number", "question"], *enumerate(questions)])
    example("batch.py")(str(tmp_path / "questions.csv"), str(tmp_path / "answers.csv"))
    with (tmp_path / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["question"] for row in rows] == questions
    assert [row["answered"] for row in rows] == ["yes", "no", "no"]
    assert FACT in rows[0]["answer"] and "2026-02-13" in rows[0]["sources"]
    assert rows[1]["answer"] == opened.ask(questions[1]).text


class _Scripted(GenericFakeChatModel):
    """Says what its script says, and keeps what it was told."""

    told: list[Any] = []

    def bind_tools(self, tools: Any, **_: Any) -> _Scripted:
        assert [tool.name for tool in tools] == ["search_small_cap_etf_articles"]
        return self

    def _generate(self, messages: Any, *more: Any, **named: Any) -> Any:
        self.told.append(messages)
        return super()._generate(messages, *more, **named)


def test_agent_answers_from_what_the_tool_found(opened: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    query = "VTWO health care weight"
    call = {"name": "search_small_cap_etf_articles", "args": {"query": query}, "id": "1", "type": "tool_call"}
    model = _Scripted(messages=iter([AIMessage("", tool_calls=[call]), AIMessage("Read the passages.")]))
    example("agent.py")(model, "How much of VTWO is in health care?")
    shown = capsys.readouterr().out
    passages = [hit.passage.text for hit in opened.search(query, k=4)]
    assert shown.startswith("Read the passages.") and all(passage in shown for passage in passages)
    assert any(FACT in passage for passage in passages)
    asked_again = model.told[-1]
    assert asked_again[0].text.startswith("Answer from what the tool returns") and FACT in asked_again[-1].text


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_rest_asks_adds_reads_and_removes(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus", ignore=shutil.ignore_patterns("added"))
    embedder = WordCounts("vtwo 헬스케어 비중 floating debt fee")
    index = Index.open(tmp_path / "indexes", embedder, graph_after=None)
    live = LiveFigures(tmp_path / "indexes", None)
    with (
        Assistant(tmp_path / "corpus", index, Retriever(index, embedder), live) as own,
        served(own) as address,
    ):
        done = subprocess.run([EXAMPLES / "rest.sh", address], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        assert "fees-to-watch" not in {article.id for article in own.articles()}
    parts = [part.partition("\n")[2] for part in done.stdout.split("== ")[1:]]
    assert len(parts) == 5
    assert FACT in parts[0] and "event: sentence" in parts[1] and FACT in parts[1]
    assert '"language":"en"' in parts[2]
    assert parts[3].count('"id":"fees-to-watch"') == 2 and "compare the fees" in parts[3]
    assert '"code":"unknown-article"' in parts[4] and "그런 글이 없어요" in parts[4]


def test_mcp_client_asks_and_fetches(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    with served(assistant) as address:
        asyncio.run(example("mcp_client.py")(f"{address}/mcp"))
    shown = capsys.readouterr().out
    assert all(f"{tool} - " in shown for tool in ("search", "fetch", "ask", "figures"))
    assert FACT in shown and shown.count(" characters\n") == 2
