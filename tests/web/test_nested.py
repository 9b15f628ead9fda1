"""A page one folder down loads its parts from above; everything else passes as it is."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant.web.nested import ABOVE, BESIDE, NestedPages

PAGE = f"<head>{BESIDE.decode()}</head><p>한글</p>{BESIDE.decode()}"


def _client() -> TestClient:
    def whole(request: Request) -> HTMLResponse:
        return HTMLResponse(PAGE, headers={"x-encoding": request.headers.get("accept-encoding", "none")})

    def in_pieces(request: Request) -> StreamingResponse:
        return StreamingResponse(iter([PAGE[:9].encode(), PAGE[9:].encode()]), media_type="text/html")

    routes = [Route("/en/figures", whole), Route("/en/stream", in_pieces), Route("/en", whole)]
    return TestClient(NestedPages(Starlette(routes=routes), ["/en/figures", "/en/stream"]))


def test_only_the_base_of_a_nested_page_changes() -> None:
    for path in ("/en/figures", "/en/stream"):
        reply = _client().get(path)
        assert reply.content == PAGE.encode().replace(BESIDE, ABOVE, 1)
        assert reply.headers["content-length"] == str(len(reply.content))


def test_a_nested_page_is_asked_for_without_compression() -> None:
    assert _client().get("/en/figures").headers["x-encoding"] == "none"


def test_other_pages_pass_as_they_are() -> None:
    reply = _client().get("/en")
    assert reply.text == PAGE and reply.headers["x-encoding"] != "none"
