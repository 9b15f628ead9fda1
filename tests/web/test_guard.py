"""The guard in front of the app: hosts, origins, password, sizes and headers."""

from __future__ import annotations

import base64

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant.web.guard import BODY_LIMIT, SECURITY_HEADERS, Guard


async def _echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{len(await request.body())}")


def _client(*, loopback: bool = True, password: str | None = None, host: str = "localhost:7860") -> TestClient:
    routes = [Route("/", _echo, methods=["GET", "POST"]), Route("/healthz", _echo)]
    return TestClient(Guard(Starlette(routes=routes), loopback=loopback, password=password), base_url=f"http://{host}")


def _basic(password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"anybody:{password}".encode()).decode()}


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1:7860", "[::1]:7860", "LOCALHOST"])
def test_the_machine_itself_is_served(host: str) -> None:
    assert _client().get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:7860", "", "["])
def test_a_foreign_host_is_refused_on_loopback(host: str) -> None:
    response = _client().get("/", headers={"host": host})
    assert response.status_code == 421
    assert "이 주소로는" in response.text


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:9999", "http://localhost"])
def test_a_foreign_origin_is_refused(origin: str) -> None:
    assert _client().post("/", headers={"origin": origin}).status_code == 403


def test_the_page_itself_may_ask() -> None:
    assert _client().post("/", headers={"origin": "http://localhost:7860"}, content="hello").text == "5"


def test_on_another_address_any_host_is_served_but_no_foreign_origin() -> None:
    client = _client(loopback=False, password="비밀", host="etf.example")
    assert client.get("/", headers=_basic("비밀")).status_code == 200
    assert client.get("/", headers=_basic("비밀") | {"origin": "http://evil.example"}).status_code == 403


@pytest.mark.parametrize(
    "headers", [{}, _basic("wrong"), _basic(""), {"authorization": "Basic %"}, {"authorization": "x"}]
)
def test_without_the_password_nothing_is_served(headers: dict[str, str]) -> None:
    response = _client(password="right").get("/", headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Basic")


def test_the_password_opens_and_health_needs_none() -> None:
    client = _client(password="right")
    assert client.get("/", headers=_basic("right")).status_code == 200
    assert client.get("/healthz").status_code == 200


def test_a_large_body_is_refused_before_it_is_read() -> None:
    assert _client().post("/", content="x" * (BODY_LIMIT + 1)).status_code == 413
    assert _client().post("/", content="x" * BODY_LIMIT).status_code == 200
    assert _client().post("/", headers={"content-length": "-1"}).status_code == 413


def test_a_body_of_unknown_size_is_refused() -> None:
    assert _client().post("/", content=iter([b"x"])).status_code == 411


@pytest.mark.parametrize("path", ["/", "/missing"])
def test_every_reply_has_the_headers(path: str) -> None:
    for reply in (_client().get(path), _client().get(path, headers={"host": "evil.example"})):
        assert {name: reply.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_the_policy_lets_nothing_leave_the_page() -> None:
    policy = SECURITY_HEADERS["content-security-policy"]
    assert "http" not in policy and "*" not in policy and "default-src 'self'" in policy
