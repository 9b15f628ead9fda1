"""What a page says of itself in its tags: its own address, its date, and that it is no article but a login or a shell.

Reads single tags only, so that broken or hostile HTML costs no more than one pass. Knows nothing of article text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html.parser import HTMLParser
from itertools import islice

from assistant.fetching.refusals import Refused
from assistant.fetching.urls import Url

_TAG = re.compile(r"<(meta|link|time|input)\s[^<>]{1,2000}>", re.IGNORECASE)
_MOST_TAGS = 10_000  # more than a page for readers has
_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.]?(\d\d)[-/.]?(\d\d)")
_URL_DAY = re.compile(r"/((?:19|20)\d\d)/(\d\d)/(\d\d)(?!\d)")
# In this order: the names under which pages give the day of publication.
_DATE_NAMES = (
    "article:published_time", "og:article:published_time", "datepublished", "date.published", "pubdate", "publishdate",
    "publish_date", "publication_date", "parsely-pub-date", "sailthru.date", "citation_publication_date",
    "dcterms.created", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "article:published", "date",
)  # fmt: skip
_MIRRORS = re.compile(r"^(www|m|mobile|amp)\.(?=[^.]+\.)")
_LOGIN_TEXT = 600  # characters; an article with a login box beside it has more
_SHELL_TEXT = 300
_HARDLY_TEXT = 100
_WANTS_SCRIPTS = re.compile(r"java\s?script|자바\s?스크립트", re.IGNORECASE)


def canonical_url(html: str, at: Url) -> Url:
    """Return the address that the page gives as its own if it is one of the same site, else its address; without what
    only tracks readers."""
    for attributes in _tags(html, "link"):
        if "canonical" in attributes.get("rel", "").lower().split():
            try:
                stated = at.join(attributes.get("href", "").strip())
            except Refused:
                continue
            if _site(stated) == _site(at) and (stated.path != "/" or at.path == "/"):  # some name their front page
                return stated.without_tracking()
    return at.without_tracking()


def published(html: str, at: Url | None = None) -> date | None:
    """Return the day of publication as the page's metadata or its address gives it; never a day from its text."""
    named: dict[str, str] = {}
    for attributes in _tags(html, "meta"):
        for key in ("property", "name", "itemprop"):
            named.setdefault(attributes.get(key, "").lower(), attributes.get("content", ""))
    stated = [named[name] for name in _DATE_NAMES if name in named]
    stated += _JSON_DATE.findall(html)
    stated += [tag["datetime"] for tag in _tags(html, "time") if "datetime" in tag]
    days = [day for text in stated if (day := _day(_DAY.search(text)))]
    if not days and at is not None and (day := _day(_URL_DAY.search(at.path))):
        days.append(day)
    return days[0] if days else None


def refuse_without_article(html: str, text: str) -> None:
    """Raise Refused where the text that was found is that of a login page or of a page that scripts fill."""
    if len(text) < _LOGIN_TEXT and any(tag.get("type", "").lower() == "password" for tag in _tags(html, "input")):
        raise Refused.because("login")
    shell = len(text) < _SHELL_TEXT and _WANTS_SCRIPTS.search(text)
    if shell or (len(text) < _HARDLY_TEXT and "<script" in html.lower()):
        raise Refused.because("no_article")


def _tags(html: str, name: str) -> Iterator[dict[str, str]]:
    """Yield the attributes of each tag of that name, names in lower case."""
    for found in islice(_TAG.finditer(html), _MOST_TAGS):
        if found[1].lower() == name:
            reader = _Attributes()
            reader.feed(found[0])
            yield reader.found


class _Attributes(HTMLParser):
    """Reads the attributes of one tag."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found = {name: value or "" for name, value in attrs}


def _site(url: Url) -> str:
    return _MIRRORS.sub("", url.host)


def _day(found: re.Match[str] | None) -> date | None:
    """Return the day that year, month and day give; none where they give none, or one still to come."""
    if found is None:
        return None
    try:
        day = date(*map(int, found.groups()))
    except ValueError:
        return None
    return day if day <= date.today() + timedelta(days=1) else None  # tomorrow has begun in other places
