"""What HTTP says when it does not do what was asked: one JSON object a problem, in Korean or English (RFC 9457).

`code` is stable and for programs, title and detail are for people. No folder of this machine stands in them. Knows
nothing of routes.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from starlette.responses import JSONResponse

from assistant.errors import ArticleError, AssistantError, QuestionError, UnknownArticleError
from assistant.language import LANGUAGES, detect_language
from assistant.types import Language

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:small-cap-etf-assistant:problem:"
Texts = dict[Language, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """What all problems of a code share; `detail` where the occurrence has none of its own."""

    status: int
    title: Texts
    detail: Texts


KINDS: dict[str, Kind] = {
    "invalid-request": Kind(
        422,
        {"en": "The request is not as documented", "ko": "요청 형식이 달라요"},
        {"en": "See /api/docs for what is allowed.", "ko": "쓸 수 있는 값은 /api/docs에 있어요."},
    ),
    "question-refused": Kind(
        422,
        {"en": "This cannot be asked", "ko": "물을 수 없는 질문이에요"},
        {"en": "Ask it in another way.", "ko": "다르게 물어봐 주세요."},
    ),
    "article-refused": Kind(
        422,
        {"en": "The article was not added", "ko": "글을 추가하지 않았어요"},
        {"en": "Try another one.", "ko": "다른 글로 해 보세요."},
    ),
    "unknown-article": Kind(
        404,
        {"en": "There is no such article", "ko": "그런 글이 없어요"},
        {"en": "GET /api/v1/articles lists those there are.", "ko": "있는 글은 GET /api/v1/articles로 볼 수 있어요."},
    ),
    "not-found": Kind(
        404,
        {"en": "There is nothing here", "ko": "이 주소에는 아무것도 없어요"},
        {"en": "See /api/docs for what there is.", "ko": "어떤 주소가 있는지는 /api/docs에서 볼 수 있어요."},
    ),
    "wrong-method": Kind(
        405,
        {"en": "This address does not take that method", "ko": "이 주소에서 쓸 수 없는 메서드예요"},
        {"en": "See /api/docs for those it takes.", "ko": "쓸 수 있는 메서드는 /api/docs에 있어요."},
    ),
    "unreadable": Kind(
        400,
        {"en": "The request cannot be read", "ko": "요청을 읽을 수 없어요"},
        {"en": "Its body is not what its headers say.", "ko": "본문이 헤더와 맞지 않아요."},
    ),
    "read-only": Kind(
        403,
        {"en": "Articles cannot be changed here", "ko": "여기서는 글을 바꿀 수 없어요"},
        {
            "en": "Adding and removing are switched off (ASSISTANT_READ_ONLY).",
            "ko": "추가와 삭제를 꺼 두었어요(ASSISTANT_READ_ONLY).",
        },
    ),
    "foreign-host": Kind(
        421,
        {"en": "This address is not served here", "ko": "이 주소로는 열 수 없어요"},
        {"en": "Use the address that the server names.", "ko": "서버가 알려 주는 주소를 써 주세요."},
    ),
    "foreign-origin": Kind(
        403,
        {"en": "Requests from other sites are refused", "ko": "다른 사이트의 요청은 받지 않아요"},
        {
            "en": "Ask without an Origin header.",
            "ko": "Origin 헤더 없이 요청해 주세요.",
        },
    ),
    "password-needed": Kind(
        401,
        {"en": "A password is needed", "ko": "비밀번호가 필요해요"},
        {"en": "Any user name will do.", "ko": "사용자 이름은 아무거나 괜찮아요."},
    ),
    "length-needed": Kind(
        411,
        {"en": "A request needs a Content-Length", "ko": "요청에 Content-Length가 필요해요"},
        {"en": "Send its body whole.", "ko": "본문을 한 번에 보내 주세요."},
    ),
    "too-large": Kind(
        413,
        {"en": "The request is too large", "ko": "요청이 너무 커요"},
        {"en": "Send less.", "ko": "더 작게 보내 주세요."},
    ),
    "busy": Kind(
        429,
        {"en": "Too many requests", "ko": "요청이 너무 많아요"},
        {"en": "Try again when the time in Retry-After is over.", "ko": "Retry-After의 시간이 지난 뒤 다시 해 보세요."},
    ),
    "opening": Kind(
        503,
        {"en": "The assistant is still opening", "ko": "준비하는 중이에요"},
        {"en": "Try again in a few seconds.", "ko": "몇 초 뒤에 다시 해 보세요."},
    ),
    "unavailable": Kind(
        503,
        {"en": "The assistant cannot do this now", "ko": "지금은 할 수 없어요"},
        {"en": "The server's log says why.", "ko": "까닭은 서버 로그에 있어요."},
    ),
    "failed": Kind(
        500,
        {"en": "Something went wrong", "ko": "문제가 생겼어요"},
        {"en": "The server's log has it under the request's id.", "ko": "서버 로그에 요청 id로 남겨 두었어요."},
    ),
}
_FOLDERS = re.compile(r"(?<![\w:/.~-])(?:~|\.{1,2}|[A-Za-z]:)?[/\\](?:[^\s/\\:]+[/\\])*(?=[^\s/\\])")

_log = logging.getLogger(__name__)


class Problem(Exception):
    """Raised where a request goes no further.

    `detail` is for people where that of its kind does not say enough, `fields` are those that are missing or wrong.
    """

    def __init__(
        self,
        code: str,
        detail: Texts | None = None,
        *,
        fields: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.kind = KINDS[code]
        self.code = code
        self.detail = detail or self.kind.detail
        self.fields = tuple(fields)
        self.headers = dict(headers or {})


def invalid(*fields: str) -> Problem:
    """Return the problem of a request in which these fields are missing or wrong."""
    hint, names = KINDS["invalid-request"].detail, ", ".join(fields)
    return Problem(
        "invalid-request",
        {"en": f"Missing or wrong: {names}. {hint['en']}", "ko": f"없거나 잘못된 값: {names}. {hint['ko']}"},
        fields=fields,
    )


def problem_of(error: Exception) -> Problem:
    """Return the problem that an exception stands for; what only the operator can mend is logged, and not told."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, UnknownArticleError):
        return Problem("unknown-article")
    if isinstance(error, ArticleError | QuestionError):
        code = "article-refused" if isinstance(error, ArticleError) else "question-refused"
        return Problem(code, {language: without_folders(text) for language, text in error.messages.items()})
    return Problem("unavailable" if isinstance(error, AssistantError) else "failed")


def problem_record(error: Exception, language: Language) -> dict[str, object]:
    """Return the JSON of a problem, with an id under which the log has it if the fault is the server's."""
    problem, id = problem_of(error), uuid4().hex[:12]
    if problem.code in ("unavailable", "failed"):
        _log.error("request %s", id, exc_info=error)
    return {
        "type": TYPE + problem.code,
        "title": problem.kind.title[language],
        "status": problem.kind.status,
        "detail": problem.detail[language],
        "code": problem.code,
        "request_id": id,
        "fields": list(problem.fields),
    }


def problem_response(error: Exception, language: Language) -> JSONResponse:
    """Return the reply to a request that has a problem."""
    problem = problem_of(error)
    headers = problem.headers | {"content-language": language}
    return JSONResponse(problem_record(error, language), problem.kind.status, headers, MEDIA_TYPE)


def language_of(accepted: str | None, text: str = "") -> Language:
    """Return the language to answer in: the first of ours in an Accept-Language header, else that of the text."""
    for wanted in sorted((accepted or "").split(","), key=_weight, reverse=True):
        name = wanted.strip().partition(";")[0].partition("-")[0].lower()
        for language in LANGUAGES:
            if name == language:
                return language
    return detect_language(text)


def without_folders(message: str) -> str:
    """Return the message with each path cut to its last name."""
    return _FOLDERS.sub("", message)


def _weight(wanted: str) -> float:
    """Return how much a language of an Accept-Language header is wanted; what cannot be read comes last."""
    found = re.search(r";\s*q=(\d(?:\.\d+)?)\s*$", wanted)
    return float(found[1]) if found else float(";" not in wanted)
