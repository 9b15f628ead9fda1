"""The whole app with a fake assistant: what it serves, what it keeps private, and how it starts and ends."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from starlette.testclient import TestClient

from assistant.errors import AssistantError, SettingsError
from assistant.web.answers import OpenAnswers
from assistant.web.desk import open_in_background
from assistant.web.guard import SECURITY_HEADERS
from assistant.web.page import Assistant, build_page
from assistant.web.server import STATIC, create_app, is_loopback, serve
from tests.web.fake_assistant import FakeAssistant
from tests.web.leftovers import IGNORED, drop_leftovers

pytestmark = IGNORED


@pytest.fixture(autouse=True, scope="module")
def _tidy() -> Iterator[None]:
    yield
    drop_leftovers()


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    opened: Future[Assistant] = Future()
    opened.set_result(FakeAssistant())
    with TestClient(create_app(opened), base_url="http://localhost:7860") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/en", "/figures", "/en/figures"])
def test_all_pages_are_served_with_our_head_and_headers(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert all(f"ui/{name}" in page.text for name in ("page.js", "page.css", "figures.css"))
    assert {name: page.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_fonts_and_their_licence_are_served(client: TestClient) -> None:
    assert client.get("/ui/fonts/pretendard.css").status_code == 200
    assert "SIL Open Font License" in client.get("/ui/fonts/OFL.txt").text
    assert sum(file.stat().st_size for file in STATIC.rglob("*") if file.is_file()) < 6_000_000


def test_every_font_file_is_named_by_its_style_sheet() -> None:
    sheet = (STATIC / "fonts" / "pretendard.css").read_text("utf-8")
    assert all(f"url(./{file.name})" in sheet for file in (STATIC / "fonts").glob("*.woff2"))


def test_nothing_is_published_besides_the_page(client: TestClient) -> None:
    assert client.get("/gradio_api/info").json() == {"named_endpoints": {}, "unnamed_endpoints": {}}
    for path in ("/docs", "/redoc", "/openapi.json", "/monitoring"):
        assert client.get(path).status_code in {403, 404}


def test_only_these_routes_are_served() -> None:
    app = create_app(Future())
    api = next(route.app for route in app.routes if getattr(route, "path", None) == "/api")
    shown = api.openapi()["paths"]
    assert {f"{method.upper()} {path}" for path, methods in shown.items() for method in methods} == {
        "POST /v1/ask",
        "GET /v1/search",
        "GET /v1/articles",
        "POST /v1/articles",
        "GET /v1/articles/{id}",
        "DELETE /v1/articles/{id}",
        "GET /v1/figures",
        "GET /v1/risks",
    }
    hidden = {route.path for route in api.routes if hasattr(route, "path")} - shown.keys()
    assert hidden == {"/v1/openapi.json", "/docs"}
    outside = {(route.path, *sorted(getattr(route, "methods", None) or ())) for route in app.routes}
    assert outside == {
        ("/healthz", "GET"), ("/ui",), ("/api",), ("/mcp", "POST"), ("/mcp", "DELETE", "GET", "HEAD"), ("",),
        ("/answers/{name}", "GET"), ("/answers/{token}/{opinion}", "POST"),
    }  # fmt: skip


def test_every_event_of_the_page_is_private() -> None:
    page = build_page(Future(), OpenAnswers())
    assert page.fns and {event.api_visibility for event in page.fns.values()} == {"private"}


def test_another_origin_gets_no_cors_header(client: TestClient) -> None:
    assert "access-control-allow-origin" not in client.get("/config").headers
    reply = client.get("/config", headers={"origin": "http://evil.example"})
    assert reply.status_code == 403 and "access-control-allow-origin" not in reply.headers


def test_a_large_request_is_refused(client: TestClient) -> None:
    assert client.post("/gradio_api/queue/join", content="x" * 1_000_001).status_code == 413


def test_health_says_whether_the_assistant_is_open() -> None:
    opening: Future[Assistant] = Future()
    with TestClient(create_app(opening), base_url="http://localhost") as client:
        assert client.get("/healthz").json() == {"status": "opening"}
        opening.set_result(FakeAssistant())
        assert client.get("/healthz").json() == {"status": "ready"}


def test_a_visitor_who_leaves_cannot_cancel_the_opening() -> None:
    go = threading.Event()
    opening = open_in_background(lambda: FakeAssistant() if go.wait(5) else FakeAssistant())
    assert not opening.cancel()
    go.set()
    assert isinstance(opening.result(5), FakeAssistant)


def test_a_port_in_use_is_said_in_both_languages() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AssistantError) as raised:
            serve(FakeAssistant, "127.0.0.1", port)
    assert f"Port {port}" in raised.value.message("en") and f"{port}번 포트" in raised.value.message("ko")


def test_other_machines_need_a_password() -> None:
    with pytest.raises(SettingsError, match="ASSISTANT_PASSWORD"):
        serve(FakeAssistant, "0.0.0.0", 0)


def test_loopback_is_told_from_the_rest() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.0.0.2", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.0.2", "etf.example")))


def test_an_interrupt_ends_the_server_and_closes_the_assistant() -> None:
    fake = FakeAssistant()

    usual = signal.getsignal(signal.SIGINT)

    def interrupt_when_serving() -> None:
        while signal.getsignal(signal.SIGINT) is usual or not opened.wait(0.05):
            time.sleep(0.05)
        signal.raise_signal(signal.SIGINT)

    opened = threading.Event()
    threading.Thread(target=interrupt_when_serving, daemon=True).start()
    serve(lambda: opened.set() or fake, "127.0.0.1", 0)
    assert fake.closed
    assert fake.kept_fresh and fake.kept_in_step


def test_an_assistant_that_cannot_be_opened_ends_the_server_with_its_error() -> None:
    def fail() -> FakeAssistant:
        raise AssistantError("No corpus.", "자료가 없어요.")

    with pytest.raises(AssistantError, match="No corpus"):
        serve(fail, "127.0.0.1", 0)
