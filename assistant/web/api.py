"""The REST app: its routes with their OpenAPI document, a page that shows it, and problems for all that is refused.

The page loads nothing from elsewhere. Knows nothing of what the routes do.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse

from assistant.errors import AssistantError
from assistant.web.desk import Desk
from assistant.web.problems import MEDIA_TYPE, Problem, invalid, problem_response
from assistant.web.routes import Face, language_for, router

PREFIX = "/api"
TITLE = "Small-cap ETF assistant"
ABOUT = (
    "Dated articles and figures on the US small-cap ETFs IWM and VTWO, in Korean and English. Every sentence of an "
    "answer cites the exact words, or the dated figure, that support it."
)
_CODES = {400: "unreadable", 404: "not-found", 405: "wrong-method"}  # of what starlette itself refuses


class Api(FastAPI):
    """Says in its document that problems have a media type of their own."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            for path in super().openapi()["paths"].values():
                for operation in path.values():
                    for status, response in operation["responses"].items():
                        if status >= "400":
                            response["content"] = {MEDIA_TYPE: response["content"].pop("application/json")}
        return super().openapi()


def mount_api(app: FastAPI, desk: Desk, *, read_only: bool = False) -> None:
    """Mount REST at PREFIX. A path with a line break, which no mount takes, is not found as any other."""
    app.mount(PREFIX, create_api(desk, read_only=read_only))
    app.add_exception_handler(HTTPException, _refuse_http)


def create_api(desk: Desk, *, read_only: bool = False) -> FastAPI:
    """Return the app that is to be mounted at PREFIX."""
    api = Api(
        title=TITLE,
        version="1",
        description=ABOUT,
        servers=[{"url": PREFIX}],
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    api.state.face = Face(desk, read_only)
    api.include_router(router)
    api.add_api_route("/docs", _docs, include_in_schema=False)
    for kind in (Problem, AssistantError, Exception):
        api.add_exception_handler(kind, _refuse)
    api.add_exception_handler(RequestValidationError, _refuse_invalid)
    api.add_exception_handler(HTTPException, _refuse_http)
    return api


async def _docs() -> HTMLResponse:
    return get_swagger_ui_html(
        openapi_url="v1/openapi.json",
        title=TITLE,
        swagger_js_url="../ui/swagger/swagger-ui-bundle.js",
        swagger_css_url="../ui/swagger/swagger-ui.css",
        swagger_favicon_url="../ui/icon.png",
        swagger_ui_parameters={"validatorUrl": None},  # would ask a public host
    )


async def _refuse(request: Request, error: Exception) -> JSONResponse:
    return problem_response(error, language_for(request))


async def _refuse_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = dict.fromkeys(".".join(map(str, wrong["loc"][1:])) or "body" for wrong in error.errors())
    return problem_response(invalid(*fields), language_for(request))


async def _refuse_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    problem = Problem(_CODES.get(error.status_code, "failed"), headers=error.headers)
    return problem_response(problem, language_for(request))
