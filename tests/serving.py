"""Serves an assistant for real, on a free port of this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import uvicorn

from assistant.web.page import Assistant
from assistant.web.server import create_app


@contextmanager
def served(assistant: Assistant, *, read_only: bool = False) -> Iterator[str]:
    """Serve page, REST and MCP of an assistant for a `with` block, and give the address."""
    opened: Future[Assistant] = Future()
    opened.set_result(assistant)
    app = create_app(opened, read_only=read_only)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="on", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
