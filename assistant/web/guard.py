"""What stands before the whole app: which hosts and origins may ask, the password, the size of a request, the headers.

One ASGI middleware for the page and whatever is mounted beside it. Under /api a refusal is JSON, elsewhere a line of
text in both languages. Knows nothing of gradio.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.problems import Problem, language_of, problem_response

BODY_LIMIT = 1_000_000
UPLOAD_LIMIT = 21_000_000
BODY_LIMITS = {"/api/v1/articles": UPLOAD_LIMIT, "/gradio_api/upload": UPLOAD_LIMIT}
"""Of paths that take files."""
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
OPEN_PATHS = frozenset({"/healthz"})
"""Paths that answer without the password."""

SECURITY_HEADERS = {
    # gradio needs inline script and eval, so this stops leaks to other hosts; escaping is what stops injected script.
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "media-src 'self'; frame-src 'none'; object-src 'none'; form-action 'none'; base-uri 'self'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Guard:
    """Refuses foreign hosts (421), foreign origins (403), no password (401) and large bodies (413, 411)."""

    def __init__(self, app: ASGIApp, *, loopback: bool, password: str | None = None) -> None:
        self._app = app
        self._loopback = loopback
        self._password = password

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        path, headers = scope["path"], Headers(scope=scope)
        problem = self._problem(path, headers)
        await (_refusal(problem, path, headers) if problem else self._app)(scope, receive, _with_headers(send))

    def _problem(self, path: str, headers: Headers) -> Problem | None:
        host, origin = headers.get("host", ""), headers.get("origin")
        if self._loopback and _name(host) not in LOOPBACK_NAMES:
            return Problem("foreign-host")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return Problem("foreign-origin")
        if self._password is not None and path not in OPEN_PATHS and not self._knows_password(headers):
            ask = {"www-authenticate": 'Basic realm="assistant", charset="UTF-8"'}
            return Problem("password-needed", headers=ask)
        return _body_problem(headers, BODY_LIMITS.get(path, BODY_LIMIT))

    def _knows_password(self, headers: Headers) -> bool:
        """Whether the request carries the password; any user name will do."""
        scheme, _, encoded = headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(encoded, validate=True).partition(b":")[2]
        except binascii.Error:
            return False
        return scheme.lower() == "basic" and hmac.compare_digest(given, (self._password or "").encode())


def _body_problem(headers: Headers, limit: int) -> Problem | None:
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers:
        return Problem("length-needed")
    if not length.isdecimal() or int(length) > limit:
        return Problem(
            "too-large", {"en": f"A request may have {limit:,} bytes.", "ko": f"요청은 {limit:,}바이트까지예요."}
        )
    return None


def _refusal(problem: Problem, path: str, headers: Headers) -> Response:
    if path.startswith("/api/"):
        return problem_response(problem, language_of(headers.get("accept-language")))
    said = [f"{problem.kind.title[language]}. {problem.detail[language]}" for language in ("en", "ko")]
    return PlainTextResponse(" / ".join(said), problem.kind.status, problem.headers)


def _name(host: str) -> str:
    """The host without its port; empty when it is no host."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(SECURITY_HEADERS)
        await send(message)

    return send_with_headers
