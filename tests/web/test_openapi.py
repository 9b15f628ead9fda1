"""REST against its own OpenAPI document: requests made up from it, right and wrong ones, find nothing (schemathesis).

Each reply has to have a documented status, media type and shape; nothing may fail, show a trace or name a folder. 8
requests an operation and kind by default, 300 with -m slow; what fails is printed as a request to repeat.
"""

from __future__ import annotations

import re
import socket
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode, checks

from assistant import Assistant
from assistant.web.api import PREFIX, mount_api
from assistant.web.desk import Desk

CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]


@pytest.fixture
def schema(own: Assistant, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The document of the REST app over an assistant of our own, from which no connection leads anywhere."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "create_connection", refuse)
    own.ask("What did oil do?")  # what is slow the first time is over, also for words that are not names
    opened: Future[Assistant] = Future()
    opened.set_result(own)
    app = FastAPI(openapi_url=None)
    mount_api(app, Desk(opened))
    return schemathesis.openapi.from_asgi(f"{PREFIX}/v1/openapi.json", app)


@pytest.mark.parametrize("count", [8, pytest.param(300, marks=pytest.mark.slow)])
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_request_finds_anything(schema: Any, mode: GenerationMode, count: int, tmp_path: Path) -> None:
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(operation.as_strategy(generation_mode=mode))
        def check(case: Case) -> None:
            nonlocal tried
            tried += 1
            reply = case.call(timeout=60)
            case.validate_response(reply, checks=CHECKS)
            shown = reply.content.decode()
            assert "Traceback" not in shown and str(tmp_path) not in shown and not re.search(r"/upload-\w+", shown)

        if mode is GenerationMode.POSITIVE or operation.path != "/v1/risks":  # of which nothing can be wrong
            check()
    assert tried >= 5 * count
