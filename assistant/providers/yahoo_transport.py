"""Yahoo's JSON through yfinance's transport: its cookies, its crumb, and a browser's TLS profile.

yfinance and curl_cffi live here and are loaded by the first request. HTTPS_PROXY and NO_PROXY are honoured by curl
itself, the certificates as elsewhere. A guard around each request keeps yfinance from asking again at once where
Yahoo has said no, from taking an error's text for the crumb, and from waiting longer than agreed. Knows nothing of what
the JSON means.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assistant.certificates import certificates
from assistant.providers.provider import FetchError
from assistant.providers.transport import refuse_page, status_error

CRUMB = "/v1/test/getcrumb"
DATA = ("/v8/", "/v10/")  # the paths of data; all others are yfinance's own: cookies, crumb and consent
NEEDS_CRUMB = "/v10/"
REFRESHED = (401, 403)  # yfinance asks once more, with a new cookie and crumb
CUT_OFF = "closed abruptly"  # what curl says of a connection that ends before the reply does
REST = 3600.0  # seconds for which no crumb is asked for, once Yahoo has said that there were too many requests

_LOCK = threading.Lock()  # yfinance keeps one cookie, one crumb and one session for the whole process


@dataclass(slots=True)
class _State:
    """What the guard has to know over the life of several sessions."""

    seconds: float = 0.0
    deadline: float = 0.0
    no_crumb: FetchError | None = None
    no_crumb_until: float = 0.0

    def begin(self, seconds: float) -> None:
        now = time.monotonic()
        self.seconds = seconds
        self.deadline = now + seconds
        if now >= self.no_crumb_until:
            self.no_crumb = None

    def refuse_crumb(self, error: FetchError) -> None:
        if error.reason == "rate_limited":
            self.no_crumb_until = time.monotonic() + (REST if error.retry_after is None else error.retry_after)
        elif error.reason != "server_error":
            error = FetchError("unauthorized", error.detail)
        self.no_crumb = error


class YahooTransport:
    """Requests at least `spacing` seconds apart."""

    def __init__(self, cache: Path, spacing: float) -> None:
        self._cache = cache
        self._spacing = spacing
        self._state = _State()
        self._session: Any = None
        self._next = 0.0

    def get(self, url: str, params: dict[str, str], seconds: float) -> dict[str, Any]:
        """Return the JSON object at a URL, cookie and crumb within `seconds` too; raises FetchError."""
        with _LOCK:
            time.sleep(max(0.0, self._next - time.monotonic()))
            try:
                value = self._opened(seconds).get_raw_json(url, params=params)
            except Exception as error:  # yfinance raises anything: its own errors, curl's, json's, even TypeError
                self._forget()
                raise _named(error, url) from error
            finally:
                _close_cookies()
                self._next = time.monotonic() + self._spacing
        if not isinstance(value, dict):
            raise FetchError("changed", f"{url}: no JSON object")
        return value

    def _opened(self, seconds: float) -> Any:
        """Return yfinance's transport with this one's session."""
        from yfinance.cache import set_tz_cache_location
        from yfinance.data import YfData

        if self._session is None:
            logging.getLogger("yfinance").setLevel(logging.CRITICAL)  # what fails is told by FetchError
            set_tz_cache_location(str(self._cache))
            # One curl handle rather than one a thread: the lock lets one thread at a time use it.
            self._session = _guarded()(impersonate="chrome", verify=certificates(), use_thread_local_curl=False)
            self._session.state = self._state
        self._state.begin(seconds)
        return YfData(session=self._session)

    def _forget(self) -> None:
        """Drop cookie, crumb, session and cached replies: yfinance would keep a bad one for the life of the process."""
        with contextlib.suppress(Exception):  # as above; the next request starts afresh as far as this went
            from yfinance.cache import get_cookie_cache
            from yfinance.data import SingletonMeta, YfData

            SingletonMeta._instances.pop(YfData, None)
            YfData.cache_get.cache_clear()
            get_cookie_cache().store("curlCffi", None)
        if self._session is not None:
            self._session.close()
            self._session = None


def _close_cookies() -> None:
    """Close this thread's connection to the stored cookie; yfinance opens it again when it needs it."""
    from yfinance.cache import _CookieDBManager

    _CookieDBManager.close_db()


@functools.cache
def _guarded() -> Any:
    """Return the class of session that guards each request."""
    from curl_cffi.requests import Response, Session
    from curl_cffi.requests.exceptions import Timeout
    from yfinance.exceptions import YFRateLimitError

    class Guarded(Session[Response]):
        state: _State

        def request(self, method: Any, url: str, **options: Any) -> Response:  # type: ignore[override]
            state = self.state
            path = urlsplit(url).path
            data = path.startswith(DATA)
            if state.no_crumb and path.startswith(NEEDS_CRUMB):
                raise state.no_crumb
            if state.no_crumb and path == CRUMB:
                raise YFRateLimitError  # upon which yfinance goes on without a crumb
            left = state.deadline - time.monotonic()
            if left < 0.01:  # curl counts in milliseconds, and takes 0 for no limit
                raise Timeout(f"not over in {state.seconds:g} s")
            # A cookie that does not come must not use up the time of the data, which may need none.
            options["timeout"] = left if data else min(left, state.seconds / 3)
            reply = super().request(method, url, **options)
            if path == CRUMB and reply.status_code != 200:
                state.refuse_crumb(_refusal(reply))
                raise YFRateLimitError
            if data or urlsplit(reply.url).path.startswith(DATA):
                _check(reply)
            return reply

    return Guarded


def _check(reply: Any) -> None:
    """Raise FetchError unless yfinance can do something with the reply: read it, renew the crumb, or give consent."""
    if (urlsplit(reply.url).hostname or "").endswith("consent.yahoo.com") or reply.status_code in REFRESHED:
        return
    if reply.status_code != 200:
        raise _refusal(reply)
    refuse_page(reply.headers.get("content-type", ""), reply.content, _address(reply))


def _refusal(reply: Any) -> FetchError:
    return status_error(reply.status_code, _address(reply), dict(reply.headers))


def _address(reply: Any) -> str:
    """The address of a reply without its parameters, among which is the crumb."""
    return str(reply.url).partition("?")[0]


def _named(error: Exception, url: str) -> FetchError:
    """Return the FetchError that an error of the libraries stands for."""
    from curl_cffi.requests import exceptions
    from yfinance.exceptions import YFRateLimitError

    if isinstance(error, FetchError):
        return error
    if isinstance(error, exceptions.Timeout):
        return FetchError("timeout", f"no complete reply from {url} in time")
    if isinstance(error, YFRateLimitError):
        return FetchError("rate_limited", f"{url}: {error}")
    if isinstance(error, exceptions.HTTPError):
        status = getattr(error.response, "status_code", 0)
        return _refusal(error.response) if status >= 400 else FetchError("changed", f"{url}: {error}")
    if isinstance(error, exceptions.RequestException):
        told = str(error).partition(". See ")[0]
        return FetchError("changed" if CUT_OFF in told else "unreachable", f"{url}: {told}")
    if isinstance(error, ValueError):
        page = str(getattr(error, "doc", "")).lstrip().startswith("<")
        return FetchError("not_data", f"{url} led to a page") if page else FetchError("changed", f"{url}: broken JSON")
    return FetchError("changed", f"{url}: {type(error).__name__}: {error}")
