"""LangChain's view of the assistant: a retriever and a tool over `Assistant.search`.

LangChain lives here; its documents do not go further into the package.
"""

from __future__ import annotations

from typing import Any, Protocol

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool, create_retriever_tool

from assistant.types import Article, Hit

TOOL_NAME = "search_small_cap_etf_articles"
TOOL_DESCRIPTION = (
    "Search Korean and English articles on the US small-cap ETFs IWM and VTWO. "
    "Input: a question or key words in Korean or English. Output: exact passages with their article and date."
)


class Searcher(Protocol):
    """What is needed of an assistant."""

    def search(self, query: str, k: int) -> list[Hit]: ...

    def article(self, id: str) -> Article: ...


class AssistantRetriever(BaseRetriever):
    """Returns hits as documents: `page_content` is the passage, `metadata` says where it stands."""

    assistant: Any  # a Searcher; pydantic would otherwise try to validate it
    k: int = 8

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        return [_document(hit, self.assistant) for hit in self.assistant.search(query, k or self.k)]


def search_tool(assistant: Searcher, k: int) -> BaseTool:
    """Return a tool whose text goes to the model and whose artifact holds the documents."""
    retriever = AssistantRetriever(assistant=assistant, k=k)
    return create_retriever_tool(retriever, TOOL_NAME, TOOL_DESCRIPTION, response_format="content_and_artifact")


def _document(hit: Hit, assistant: Searcher) -> Document:
    passage = hit.passage
    place = {"section": " > ".join(passage.section), "language": passage.language, "kind": passage.kind}
    found = {"score": hit.score, "rank": hit.rank}
    if passage.kind == "figure card":
        return Document(id=passage.id, page_content=passage.text, metadata=place | found)
    article = assistant.article(passage.article)
    return Document(
        id=passage.id,
        page_content=passage.text,
        metadata=place
        | {
            "article": article.id,
            "title": article.title,
            "start": passage.start,
            "end": passage.end,
            "publisher": article.publisher,
            "published": article.published.isoformat(),
            "url": article.source_url,
        }
        | found,
    )
