"""Plain HTTP for providers: one GET with a time limit and a size limit, and every failure as a FetchError.

httpx lives here. The settings that people behind a company proxy know are honoured: HTTPS_PROXY, NO_PROXY,
SSL_CERT_FILE and REQUESTS_CA_BUNDLE. Knows nothing of what is fetched, of retries or of spacing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from assistant.certificates import tls_context
from assistant.providers.provider import FetchError, Reason

if TYPE_CHECKING:
    import httpx

USER_AGENT = "small-cap-etf-assistant/0.1 (personal use)"
SECONDS = 10.0
MOST_BYTES = 30_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    content_type: str
    body: bytes
    headers: Mapping[str, str]


def get(
    url: str,
    params: Mapping[str, str] | None = None,
    *,
    accept: str = "*/*",
    seconds: float = SECONDS,
    user_agent: str = USER_AGENT,
) -> Reply:
    """Return a reply of status 200 that is no web page; raises FetchError.

    `seconds` limits the whole fetch, however slowly the bytes drip.
    """
    import httpx

    started = time.monotonic()
    try:
        with _client(accept, seconds, user_agent) as client, client.stream("GET", url, params=params) as got:
            if got.status_code != 200:
                raise status_error(got.status_code, url, got.headers)
            body = b""
            for part in got.iter_bytes():
                body += part
                if len(body) > MOST_BYTES:
                    raise FetchError("not_data", f"more than {MOST_BYTES:,} bytes from {url}")
                if time.monotonic() - started > seconds:
                    raise FetchError("timeout", f"no complete reply from {url} in {seconds:g} s")
    except httpx.TimeoutException as error:
        raise FetchError("timeout", f"no reply from {url} in {seconds:g} s") from error
    except (httpx.RemoteProtocolError, httpx.DecodingError, httpx.TooManyRedirects) as error:
        raise FetchError("changed", f"{url}: {error}") from error
    except (httpx.HTTPError, OSError, ValueError, ImportError) as error:  # the last two: a proxy that httpx cannot use
        raise FetchError("unreachable", f"{url}: {error}") from error
    content_type = got.headers.get("content-type", "")
    refuse_page(content_type, body, url)
    return Reply(content_type, body, dict(got.headers))


def _client(accept: str, seconds: float, user_agent: str) -> httpx.Client:
    import httpx

    headers = {"User-Agent": user_agent, "Accept": accept}
    return httpx.Client(verify=tls_context(), timeout=seconds, headers=headers, follow_redirects=True)


def refuse_page(content_type: str, body: bytes, url: str) -> None:
    """Raise FetchError where a web page came instead of data, whatever its status said."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower()
    if content_type.startswith("text/html") or start.startswith((b"<!doctype html", b"<html")):
        raise FetchError("not_data", f"{url} answered with a web page")


def status_error(status: int, url: str, headers: Mapping[str, str]) -> FetchError:
    """The FetchError that a status other than 200 stands for."""
    reasons: dict[int, Reason] = {429: "rate_limited", 401: "unauthorized", 403: "unauthorized", 404: "not_found"}
    reason = reasons.get(status, "server_error" if status >= 500 else "changed")
    return FetchError(reason, f"{url} answered with status {status}", retry_after(headers))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of a Retry-After header, given as seconds or as a date (RFC 9110, section 10.2.3)."""
    value = next((text for name, text in headers.items() if name.lower() == "retry-after"), "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
