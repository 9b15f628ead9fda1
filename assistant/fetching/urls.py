"""The address of a web page in parts, and the only place where such addresses are read.

What is checked is what is fetched: everything after it works with these parts, never with the text again. Refuses what
two programs might read differently. Form: RFC 3986, names by IDNA 2008 with the mapping of UTS 46.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Self
from urllib.parse import quote

from assistant.fetching.refusals import Refused

PORTS = {"http": 80, "https": 443}
LONGEST = 2048

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_WHOLE = re.compile(r"(https?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE)
_AUTHORITY = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^\[\]:@%]+))(?::([0-9]{0,5}))?", re.IGNORECASE)
_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_TRACKING = re.compile(
    r"(utm_\w+|(fb|g|d|y|ms|tt|tw)clid|[gw]braid|mc_[ce]id|igshid|_hs(enc|mi)|mkt_tok|NaPm|n_(media|query|rank|ad\w*))=.*"
)


@dataclass(frozen=True, slots=True)
class Url:
    """An http(s) address. `host` is lower case, in punycode, an IPv6 address without brackets; `path` begins with a
    slash; path and query are ASCII, percent-encoded in one way."""

    scheme: str
    host: str
    port: int
    path: str
    query: str | None = None

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"

    @property
    def authority(self) -> str:
        """Host and port as the Host header has them: the scheme's own port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def target(self) -> str:
        """What a request asks the host for."""
        return self.path if self.query is None else f"{self.path}?{self.query}"

    def join(self, reference: str) -> Self:
        """Return the address that a link or redirect of this page leads to (RFC 3986, section 5.2); raises Refused."""
        origin = f"{self.scheme}://{self.authority}"
        if _SCHEME.match(reference):
            whole = reference
        elif reference.startswith("//"):
            whole = f"{self.scheme}:{reference}"
        elif reference.startswith("/"):
            whole = origin + reference
        elif reference.startswith("?"):
            whole = origin + self.path + reference
        elif not reference or reference.startswith("#"):
            return self
        else:
            whole = f"{origin}{self.path.rpartition('/')[0]}/{reference}"
        return self.parse(whole)

    def without_tracking(self) -> Self:
        """Leave out what only tells where a reader came from."""
        if self.query is None:
            return self
        kept = "&".join(part for part in self.query.split("&") if not _TRACKING.fullmatch(part))
        return replace(self, query=kept or None)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address; raises Refused for what is none, or none that is safe to read."""
        if not text.isprintable() or " " in text or "\\" in text or len(text) > LONGEST:
            raise Refused.because("form")
        whole = _WHOLE.fullmatch(text)
        if whole is None:
            raise Refused.because("form" if text.lower().startswith(("http:", "https:")) else "scheme")
        scheme, authority, path, query = whole.groups()
        scheme = scheme.lower()
        host, port = _host_and_port(authority, PORTS[scheme])
        return cls(scheme, host, port, _plain_path(path), None if query is None else normal(query))


def normal(text: str) -> str:
    """Percent-encode what may not stand in a path or query, and write every escape in one way."""
    lone = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    return re.sub(r"%([0-9A-Fa-f]{2})", _escape, quote(lone, safe="%/?:@!$&'()*+,;="))


def _escape(found: re.Match[str]) -> str:
    char = chr(int(found[1], 16))
    return char if char in _UNRESERVED else found[0].upper()


def _plain_path(path: str) -> str:
    """Return the path without `.` and `..`: rules for paths would not see through them."""
    segments = normal(path).split("/")[1:] or [""]
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _host_and_port(authority: str, default: int) -> tuple[str, int]:
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        raise Refused.because("form")
    bracketed, name, digits = parts.groups()
    port = int(digits) if digits else default
    if port not in PORTS.values():
        raise Refused.because("port", port=port)
    return _ipv6(bracketed) if bracketed else _name(name), port


def _ipv6(text: str) -> str:
    try:
        return str(IPv6Address(text))
    except AddressValueError as error:
        raise Refused.because("form") from error


def _name(text: str) -> str:
    """Return the name of a site in punycode, or an IPv4 address that is written in the usual way."""
    plain = _punycode(text).removesuffix(".")
    if _NUMBER.fullmatch(plain.rpartition(".")[2]):  # 127.1, 0x7f.1 and 2130706433 are 127.0.0.1 to some programs
        try:
            IPv4Address(plain)
        except AddressValueError as error:
            raise Refused.because("form") from error
        if plain != text:
            raise Refused.because("form")
        return plain
    if "." not in plain:  # a name of this machine or of the local network
        raise Refused.because("not_public")
    if len(plain) > 253 or not _NAME.fullmatch(plain):
        raise Refused.because("form")
    return plain


def _punycode(text: str) -> str:
    import idna

    if text.isascii():
        return text.lower()
    try:
        return idna.encode(text, uts46=True, std3_rules=True).decode("ascii")
    except idna.IDNAError as error:
        raise Refused.because("form") from error
