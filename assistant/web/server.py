"""The server: one app, one port; page, REST and MCP in front of one assistant that opens while they are already up.

Knows nothing of settings, and of the assistant only how it is opened, asked and closed.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import socket
import warnings
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from pathlib import Path

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.staticfiles import StaticFiles

from assistant.errors import AssistantError, SettingsError
from assistant.web.answers import OpenAnswers, answer_routes
from assistant.web.api import mount_api
from assistant.web.articles_texts import ARTICLES_PATHS
from assistant.web.desk import Desk, open_in_background
from assistant.web.figures_texts import FIGURES_PATHS
from assistant.web.guard import LOOPBACK_NAMES, Guard
from assistant.web.mcp import create_mcp, http_routes
from assistant.web.nested import NestedPages
from assistant.web.page import Assistant, build_page

STATIC = Path(__file__).parent / "static"
HEAD = (
    '<meta name="color-scheme" content="light dark">'
    '<link rel="stylesheet" href="ui/fonts/pretendard.css"><link rel="stylesheet" href="ui/page.css">'
    '<link rel="stylesheet" href="ui/figures.css"><link rel="stylesheet" href="ui/articles.css">'
    '<script src="ui/page.js"></script>'
)

CALLS_A_MINUTE = 120
"""What each client may ask of REST and MCP where other machines can reach them."""
FONT = ("Pretendard", "system-ui", "sans-serif")

_log = logging.getLogger(__name__)


def serve(
    open_assistant: Callable[[], Assistant],
    host: str,
    port: int,
    password: str | None = None,
    read_only: bool = False,
) -> None:
    """Serve until interrupted. Raise AssistantError when the port is taken or the assistant cannot be opened."""
    loopback = is_loopback(host)
    if not loopback and not password:
        raise SettingsError(
            f"ASSISTANT_PASSWORD must be set to serve on {host}, which other machines can reach.",
            f"다른 컴퓨터에서 접속할 수 있는 {host}에서 열려면 ASSISTANT_PASSWORD를 정해 주세요.",
        )
    with contextlib.closing(_bind(host, port)) as listener:
        assistant = open_in_background(open_assistant)
        app = create_app(assistant, loopback=loopback, password=password, read_only=read_only)
        server = uvicorn.Server(_quiet_config(app))
        assistant.add_done_callback(lambda done: _stop_if_failed(server, done))
        assistant.add_done_callback(_keep_up)
        _announce(host, listener.getsockname()[1])
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises it again after an orderly end
            server.run(sockets=[listener])
    if assistant.done():
        assistant.result().close()


def create_app(
    assistant: Future[Assistant], *, loopback: bool = True, password: str | None = None, read_only: bool = False
) -> FastAPI:
    """The whole app; the order of its parts matters, since the page catches every path that comes after it."""
    calls = Desk(assistant, a_minute=None if loopback else CALLS_A_MINUTE)
    tools = create_mcp(calls)
    talking = http_routes(tools)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with tools.session_manager.run():
            yield
        calls.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    # gradio adds CORS headers of its own, echoing the origin, unless the app has this very class.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    paths = [*FIGURES_PATHS.values(), *ARTICLES_PATHS.values()]
    app.add_middleware(NestedPages, paths=[path for path in paths if path.count("/") == 2])
    app.add_middleware(Guard, loopback=loopback, password=password)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ready" if assistant.done() else "opening"}

    app.mount("/ui", StaticFiles(directory=STATIC))
    mount_api(app, calls, read_only=read_only)
    app.router.routes.extend(talking)
    answers = OpenAnswers()
    app.router.routes.extend(answer_routes(answers, assistant).routes)
    _mount_page(app, assistant, answers, read_only)
    return app


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host."""
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _mount_page(app: FastAPI, assistant: Future[Assistant], answers: OpenAnswers, read_only: bool) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="SSR mode is not supported with multi-page apps")
        gr.mount_gradio_app(
            app,
            build_page(assistant, answers, read_only),
            path="/",
            app_kwargs={"openapi_url": None},
            favicon_path=str(STATIC / "icon.png"),
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            show_error=False,
            max_file_size="20mb",
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            theme=gr.themes.Base(font=FONT, font_mono="monospace"),
            head=HEAD,
        )


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise AssistantError(
            f"Port {port} on {host} cannot be opened ({error.strerror}). Choose another with ASSISTANT_PORT.",
            f"{host}의 {port}번 포트를 열 수 없어요({error.strerror}). ASSISTANT_PORT로 다른 포트를 골라 주세요.",
        ) from error
    return listener


def _quiet_config(app: FastAPI) -> uvicorn.Config:
    """Two seconds to finish at the end: open pages hold their connection for ever."""
    return uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=2, lifespan="on"
    )


def _stop_if_failed(server: uvicorn.Server, opening: Future[Assistant]) -> None:
    if opening.exception() is not None:
        server.should_exit = True


def _keep_up(opening: Future[Assistant]) -> None:
    """Let live figures be fetched and the corpus folder be watched from now on.

    Runs in the thread that has opened the assistant, so nobody waits.
    """
    if opening.exception() is None:
        opening.result().keep_fresh()
        opening.result().keep_in_step()


def _announce(host: str, port: int) -> None:
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    messages = {"en": f"The page is at {address} (Ctrl+C ends it).", "ko": f"{address} 에서 열려요(Ctrl+C로 끝내요)."}
    _log.info(messages["en"], extra={"messages": messages})
