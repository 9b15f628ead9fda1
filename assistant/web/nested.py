"""Makes a page work whose path has a slash in it, `/en/figures`.

gradio has every page load its parts from beside itself, by `<base href="./">`; a page one folder down needs `../`.
Knows nothing of what is on the page.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BESIDE, ABOVE = b'<base href="./" />', b'<base href="../" />'


class NestedPages:
    """Passes everything on, and changes where the pages at `paths`, all one folder down, load their parts from."""

    def __init__(self, app: ASGIApp, paths: Collection[str]) -> None:
        self._app = app
        self._paths = frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in self._paths:
            await self._app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self._app({**scope, "headers": plain}, receive, _with_base_above(send))


def _with_base_above(send: Send) -> Send:
    """Hold the reply back until it is whole, and send it with the base changed."""
    start: list[Message] = []
    body = bytearray()

    async def send_changed(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.append(message)
            return
        if message["type"] != "http.response.body":
            await send(message)
            return
        body.extend(message.get("body", b""))
        if not message.get("more_body"):
            changed = bytes(body).replace(BESIDE, ABOVE, 1)
            MutableHeaders(scope=start[0])["content-length"] = str(len(changed))
            await send(start[0])
            await send({"type": "http.response.body", "body": changed})

    return send_changed
