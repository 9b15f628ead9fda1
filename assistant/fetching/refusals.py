"""Why a web page is not read, in both languages. Knows nothing of how pages are fetched."""

from __future__ import annotations

from typing import Literal, Self

from assistant.errors import ArticleError
from assistant.types import Language

Reason = Literal[
    "off", "scheme", "form", "port", "not_public", "unknown_host", "unreachable", "tls", "too_slow", "too_big",
    "garbled", "coding", "status", "redirect_loop", "redirects", "type", "robots", "robots_unread", "login",
    "no_article",
]  # fmt: skip

TEXTS: dict[Reason, dict[Language, str]] = {
    "off": {
        "en": "Nothing is fetched while ASSISTANT_LIVE is off; save the page and add the file.",
        "ko": "ASSISTANT_LIVE가 off라서 아무것도 가져오지 않아요. 페이지를 저장해서 파일로 추가해 주세요.",
    },
    "scheme": {
        "en": "Only http:// and https:// addresses are read.",
        "ko": "http://와 https:// 주소만 읽어요.",
    },
    "form": {
        "en": "This is not the form of a web page's address: copy it from the browser, without user name or password.",
        "ko": "웹페이지 주소의 형식이 아니에요. 브라우저의 주소를 사용자 이름이나 비밀번호 없이 복사해 주세요.",
    },
    "port": {
        "en": "Only the web's own ports 80 and 443 are read, not {port}.",
        "ko": "웹 포트인 80과 443만 읽어요. {port}번은 읽지 않아요.",
    },
    "not_public": {
        "en": "This address is not public; only public web pages can be added.",
        "ko": "공개된 주소가 아니에요. 공개된 웹페이지만 추가할 수 있어요.",
    },
    "unknown_host": {
        "en": "There is no site {host}, or its name cannot be looked up from here.",
        "ko": "{host} 사이트가 없거나, 여기에서 그 이름을 찾을 수 없어요.",
    },
    "unreachable": {
        "en": "The site cannot be reached: {why}.",
        "ko": "사이트에 연결할 수 없어요: {why}.",
    },
    "tls": {
        "en": "The site's encryption cannot be trusted, so nothing was read: {why}.",
        "ko": "사이트의 암호화를 믿을 수 없어서 읽지 않았어요: {why}.",
    },
    "too_slow": {
        "en": "The site did not send the whole page within {seconds:g} seconds; try again later.",
        "ko": "사이트가 {seconds:g}초 안에 페이지를 다 보내지 않았어요. 나중에 다시 시도해 주세요.",
    },
    "too_big": {
        "en": "What the site sends is larger than {most:,} bytes.",
        "ko": "사이트가 보낸 내용이 {most:,}바이트보다 커요.",
    },
    "garbled": {
        "en": "The site's reply broke off or is damaged; try again later.",
        "ko": "사이트의 응답이 끊겼거나 손상됐어요. 나중에 다시 시도해 주세요.",
    },
    "coding": {
        "en": "The site packs its pages in a way that is not read ({coding}).",
        "ko": "사이트가 읽을 수 없는 방식으로 페이지를 압축해요({coding}).",
    },
    "status": {
        "en": "The site answered {status}{meaning[en]}.",
        "ko": "사이트가 {status}{meaning[ko]} 응답을 보냈어요.",
    },
    "redirect_loop": {
        "en": "The site's addresses lead in a circle; some sites do so to programs that keep no cookies.",
        "ko": "사이트의 주소가 돌고 돌아요. 쿠키를 받지 않는 프로그램에 그렇게 하는 사이트가 있어요.",
    },
    "redirects": {
        "en": "The site leads on to another address more than {most} times.",
        "ko": "사이트가 다른 주소로 {most}번 넘게 넘겨요.",
    },
    "type": {
        "en": "What the site sends is of the type {kind}, which is not read; those that are: {known}.",
        "ko": "사이트가 보낸 {kind} 형식은 읽지 못해요. 읽는 형식: {known}.",
    },
    "robots": {
        "en": "The site's robots.txt does not let programs read this page; save it in the browser and add the file.",
        "ko": "사이트의 robots.txt가 이 페이지를 프로그램으로 읽지 못하게 해요. 저장해서 파일로 추가해 주세요.",
    },
    "robots_unread": {
        "en": "Nothing was read: robots.txt, which says what programs may read, answered {status}{meaning[en]}.",
        "ko": "읽지 않았어요. 프로그램이 읽어도 되는지 알리는 robots.txt가 {status}{meaning[ko]} 응답을 보냈어요.",
    },
    "login": {
        "en": "That page asks for a login; only pages that anyone can read can be added.",
        "ko": "로그인이 필요한 페이지예요. 누구나 읽을 수 있는 페이지만 추가할 수 있어요.",
    },
    "no_article": {
        "en": "No article text found on that page: it may need a login, or scripts that only a browser runs.",
        "ko": "페이지에서 본문을 찾지 못했어요. 로그인이나 브라우저의 스크립트가 필요한 페이지일 수 있어요.",
    },
}  # fmt: skip

MEANINGS: dict[int, dict[Language, str]] = {
    401: {"en": " (it asks for a login)", "ko": "(로그인 필요)"},
    403: {"en": " (refused)", "ko": "(거부)"},
    404: {"en": " (there is no such page)", "ko": "(없는 페이지)"},
    410: {"en": " (the page is gone)", "ko": "(없어진 페이지)"},
    429: {"en": " (too many requests; try again later)", "ko": "(요청이 너무 많음, 나중에 다시 시도)"},
    451: {"en": " (not to be had for legal reasons)", "ko": "(법적인 이유로 볼 수 없음)"},
}
_TROUBLE: dict[Language, str] = {
    "en": " (trouble at the site; try again later)",
    "ko": "(사이트 장애, 나중에 다시 시도)",
}
_NO_MEANING: dict[Language, str] = {"en": "", "ko": ""}


class Refused(ArticleError):
    """A page is not read, for a reason that a program can tell as well."""

    def __init__(self, reason: Reason, en: str, ko: str) -> None:
        super().__init__(en, ko)
        self.reason = reason

    @classmethod
    def because(cls, reason: Reason, **details: object) -> Self:
        """The refusal in the words of the table; `details` fill its places."""
        shown = {name: _shown(value) if isinstance(value, str) else value for name, value in details.items()}
        return cls(reason, TEXTS[reason]["en"].format(**shown), TEXTS[reason]["ko"].format(**shown))

    @classmethod
    def of_status(cls, status: int, reason: Literal["status", "robots_unread"] = "status") -> Self:
        """The refusal that a status stands for, with what it means."""
        meanings = MEANINGS.get(status, _TROUBLE if status >= 500 else _NO_MEANING)
        return cls.because(reason, status=status, meaning=meanings)

    def at(self, address: str) -> Self:
        """The same refusal with the address before it."""
        shown = _shown(address)
        return type(self)(self.reason, f"{shown}: {self.messages['en']}", f"{shown}: {self.messages['ko']}")


def _shown(text: str) -> str:
    """Shorten what came from outside, and leave nothing in it that cannot be seen."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[:200]).rstrip(".")
