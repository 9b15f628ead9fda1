"""What the tests of REST and MCP share: an assistant to change, and clients of the REST app without the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant import Assistant
from assistant.index import Index
from assistant.live import LiveFigures
from assistant.retriever import Retriever
from assistant.web.api import mount_api
from assistant.web.desk import Desk
from assistant.web.guard import Guard
from tests.fakes import WordCounts

Connect = Callable[..., TestClient]

NOTE = """---
id: basics
title: Fund basics
language: en
publisher: Issuer
published: 2026-05-03
---

IWM's expense ratio is 0.19% a year.
"""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Assistant]:
    """A real assistant over a corpus of one article, with counted words for vectors: to add to and remove from."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "basics.md").write_text(NOTE, encoding="utf-8")
    embedder = WordCounts("zztop expense ratio oil 총보수 펀드")
    index = Index.open(tmp_path / "indexes", embedder, graph_after=None)
    live = LiveFigures(tmp_path / "indexes", None)
    with Assistant(tmp_path / "corpus", index, Retriever(index, embedder), live) as opened:
        yield opened


@pytest.fixture(scope="module")
def connect() -> Iterator[Connect]:
    """Connects to the REST app of an assistant, behind the guard; of a future where the assistant is one."""
    with ExitStack() as clients:

        def to(assistant: Any, *, read_only: bool = False, password: str | None = None, **limits: Any) -> TestClient:
            opened = assistant if isinstance(assistant, Future) else Future()
            if opened is not assistant:
                opened.set_result(assistant)
            app = FastAPI(openapi_url=None)
            mount_api(app, Desk(opened, **limits), read_only=read_only)
            guarded = Guard(app, loopback=True, password=password)
            client = TestClient(guarded, base_url="http://localhost:7860/api/v1", raise_server_exceptions=False)
            return clients.enter_context(client)

        yield to
