"""LangChain's view: documents that say where they stand, and a tool that hands them on."""

from __future__ import annotations

import json

import pytest
from langchain_core.documents import Document
from langchain_core.messages import ToolMessage

from assistant import Assistant
from assistant.toolkit import TOOL_NAME, AssistantRetriever, search_tool
from assistant.types import Article, Hit, Passage
from tests.fakes import article

NOTE = article("note", "Oil fell. Rates rose.", title="A note")
HIT = Hit(Passage("note:0", "note", ("Markets", "May"), 10, 21, "Rates rose.", "en"), 0.75, 1)


class OneHit:
    """Finds one passage and keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def search(self, query: str, k: int) -> list[Hit]:
        self.asked.append((query, k))
        return [HIT]

    def article(self, id: str) -> Article:
        return {"note": NOTE}[id]


def test_document_is_the_passage_and_says_where_it_stands() -> None:
    assert AssistantRetriever(assistant=OneHit()).invoke("rates") == [
        Document(
            id="note:0",
            page_content="Rates rose.",
            metadata={
                "article": "note",
                "title": "A note",
                "section": "Markets > May",
                "kind": "passage",
                "start": 10,
                "end": 21,
                "language": "en",
                "publisher": "Publisher",
                "published": "2026-05-03",
                "url": None,
                "score": 0.75,
                "rank": 1,
            },
        )
    ]


def test_number_of_hits_is_that_of_the_call_or_of_the_retriever() -> None:
    found = OneHit()
    retriever = AssistantRetriever(assistant=found, k=3)
    retriever.invoke("rates")
    retriever.invoke("oil", k=5)
    assert found.asked == [("rates", 3), ("oil", 5)]


def test_tool_gives_text_to_the_model_and_documents_to_the_program() -> None:
    tool = search_tool(OneHit(), 2)
    message = tool.invoke({"name": TOOL_NAME, "args": {"query": "rates"}, "id": "1", "type": "tool_call"})
    assert isinstance(message, ToolMessage)
    assert message.content == "Rates rose."
    assert [document.id for document in message.artifact] == ["note:0"]
    assert tool.invoke({"query": "rates"}) == "Rates rose."


@pytest.mark.parametrize(
    ("query", "id"), [("IWM의 총보수", "fund-basics"), ("the expense ratio of IWM", "fund-basics.en")]
)
def test_documents_are_the_hits_of_search(assistant: Assistant, query: str, id: str) -> None:
    hits = assistant.search(query, k=4)
    documents = assistant.as_retriever(k=4).invoke(query)
    assert documents[0].metadata["article"] == id
    assert [document.page_content for document in documents] == [hit.passage.text for hit in hits]
    for document in documents:
        meta = document.metadata
        assert assistant.article(meta["article"]).text[meta["start"] : meta["end"]] == document.page_content
        assert json.loads(json.dumps(meta, ensure_ascii=False)) == meta


def test_batch_is_one_list_for_each_query(assistant: Assistant) -> None:
    retriever = assistant.as_retriever(k=2)
    queries = ["VTWO 수수료", "floating-rate debt"]
    assert retriever.batch(queries) == [retriever.invoke(query) for query in queries]
    assert [len(found) for found in retriever.batch(queries)] == [2, 2]


def test_call_may_ask_for_more(assistant: Assistant) -> None:
    assert len(assistant.as_retriever(k=2).invoke("liquidity", k=5)) == 5


@pytest.mark.parametrize("query", ["유동성 위험", "liquidity risk"])
def test_tool_of_the_assistant_cites_its_articles(assistant: Assistant, query: str) -> None:
    tool = assistant.as_tool(k=3)
    message = tool.invoke({"name": tool.name, "args": {"query": query}, "id": "1", "type": "tool_call"})
    assert len(message.artifact) == 3
    assert all(document.page_content in message.content for document in message.artifact)
    assert tool.name == TOOL_NAME and list(tool.args) == ["query"]
