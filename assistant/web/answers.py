"""The answers of open conversations, to be copied, saved and judged by who got them, under /answers/.

An answer is found by a token that nobody can guess, and only for as long as its conversation is open: whoever shows it
holds it, this does not. Knows nothing of gradio.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from weakref import WeakValueDictionary

from fastapi import APIRouter, HTTPException, Response

from assistant.errors import AssistantError
from assistant.feedback import Opinion
from assistant.footnotes import markdown, plain_text
from assistant.receipt import receipt_of
from assistant.types import Answer

_log = logging.getLogger(__name__)


class Rated(Protocol):
    def rate(self, answer: Answer, opinion: Opinion) -> None: ...


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Kept:
    """An answer, by which token it can be fetched, and when it was given."""

    answer: Answer
    token: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    given: datetime = field(default_factory=lambda: datetime.now(UTC))


class OpenAnswers:
    """Finds what somebody else still holds."""

    def __init__(self) -> None:
        self._kept: WeakValueDictionary[str, Kept] = WeakValueDictionary()

    def keep(self, answer: Answer) -> Kept:
        """Return the answer with its token; it can be found for as long as the caller keeps what is returned."""
        kept = Kept(answer)
        self._kept[kept.token] = kept
        return kept

    def find(self, token: str) -> Kept:
        """Return what is kept under a token; raises HTTPException (404) where nothing is."""
        kept = self._kept.get(token)
        if kept is None:
            raise HTTPException(404, "This answer is no longer open. / 이 답은 이제 열려 있지 않아요.")
        return kept


@dataclass(frozen=True, slots=True)
class _Form:
    media: str
    write: Callable[[Kept], str]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


_FORMS = {
    "txt": _Form("text/plain", lambda kept: plain_text(kept.answer)),
    "md": _Form("text/markdown", lambda kept: markdown(kept.answer)),
    "json": _Form("application/json", lambda kept: _json(kept.answer.to_dict())),
    "receipt.json": _Form("application/json", lambda kept: _json(receipt_of(kept.answer, kept.given))),
}


def answer_routes(answers: OpenAnswers, assistant: Future[Any]) -> APIRouter:
    """GET /answers/<token>.<form> gives a file, POST /answers/<token>/<up or down> notes an opinion."""
    router = APIRouter(prefix="/answers")

    @router.get("/{name}")
    def saved(name: str) -> Response:
        token, _, form = name.partition(".")
        if form not in _FORMS:
            raise HTTPException(404)
        kept = answers.find(token)
        file = f"answer-{kept.given:%Y%m%d-%H%M%S}.{form}"
        headers = {"content-disposition": f'attachment; filename="{file}"', "cache-control": "no-store"}
        return Response(_FORMS[form].write(kept), media_type=_FORMS[form].media, headers=headers)

    @router.post("/{token}/{opinion}", status_code=204)
    def rate(token: str, opinion: Opinion) -> None:
        kept, rated = answers.find(token), _opened(assistant)
        try:
            rated.rate(kept.answer, opinion)
        except AssistantError as error:
            _log.warning(str(error), extra={"messages": error.messages})
            raise HTTPException(507, str(error)) from error

    return router


def _opened(assistant: Future[Any]) -> Rated:
    opened: Rated = assistant.result(timeout=0)  # an answer was given, so it is open
    return opened
