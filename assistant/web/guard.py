"""What stands before the whole app: which hosts and origins may ask, the password, the size of a request, the headers.

One ASGI middleware for the page and whatever is mounted beside it. Knows nothing of gradio.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 1_000_000
UPLOAD_LIMIT = 21_000_000
UPLOAD_PATHS = frozenset({"/gradio_api/upload"})
"""Paths that take files, of up to UPLOAD_LIMIT bytes in all."""
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
        refusal = self._refusal(scope["path"], scope.get("method", ""), Headers(scope=scope))
        await (refusal or self._app)(scope, receive, _with_headers(send))

    def _refusal(self, path: str, method: str, headers: Headers) -> PlainTextResponse | None:
        host, origin = headers.get("host", ""), headers.get("origin")
        if self._loopback and _name(host) not in LOOPBACK_NAMES:
            return PlainTextResponse("This address is not served here. / 이 주소로는 열 수 없어요.", 421)
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return PlainTextResponse("Requests from other sites are refused. / 다른 사이트의 요청은 받지 않아요.", 403)
        if self._password is not None and path not in OPEN_PATHS and not self._knows_password(headers):
            ask = {"www-authenticate": 'Basic realm="assistant", charset="UTF-8"'}
            return PlainTextResponse("A password is needed. / 비밀번호가 필요해요.", 401, ask)
        return _body_refusal(headers, UPLOAD_LIMIT if path in UPLOAD_PATHS else BODY_LIMIT)

    def _knows_password(self, headers: Headers) -> bool:
        """Whether the request carries the password; any user name will do."""
        scheme, _, encoded = headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(encoded, validate=True).partition(b":")[2]
        except binascii.Error:
            return False
        return scheme.lower() == "basic" and hmac.compare_digest(given, (self._password or "").encode())


def _body_refusal(headers: Headers, limit: int) -> PlainTextResponse | None:
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers:
        return PlainTextResponse("A request needs a Content-Length. / 요청에 Content-Length가 필요해요.", 411)
    if not length.isdecimal() or int(length) > limit:
        return PlainTextResponse(f"A request may have {limit:,} bytes. / 요청은 {limit:,}바이트까지예요.", 413)
    return None


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
