"""What a page says of itself: its own address, its date, and that it is no article."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest

from assistant.fetching.page import canonical_url, published, refuse_without_article
from assistant.fetching.refusals import Refused
from assistant.fetching.urls import Url

AT = Url.parse("https://www.example.com/2026/a.html?id=1&utm_source=x")
OWN = "https://www.example.com/2026/a.html?id=1"


@pytest.mark.parametrize(
    ("tag", "kept"),
    [
        ('<link rel="canonical" href="https://www.example.com/b">', "https://www.example.com/b"),
        ("<LINK HREF='/b?utm_medium=y&amp;c=2' REL='Canonical'/>", "https://www.example.com/b?c=2"),
        ('<link rel="alternate canonical" href=b>', "https://www.example.com/2026/b"),
        ('<link rel=canonical href="//example.com/b">', "https://example.com/b"),
        ('<link rel=canonical href="https://m.example.com/b">', "https://m.example.com/b"),
        ('<link rel=canonical href=" /소형주 ">', "https://www.example.com/%EC%86%8C%ED%98%95%EC%A3%BC"),
        ('<link rel="canonical" href="https://nasdaq.com/b">', OWN),
        ('<link rel="canonical" href="https://evil.example.com/b">', OWN),
        ('<link rel="canonical" href="https://www.example.com/">', OWN),
        ('<link rel="canonical" href="javascript:alert(1)">', OWN),
        ('<link rel="canonical" href="http://user@www.example.com/b">', OWN),
        ('<link rel="canonical" href="http://127.0.0.1/b">', OWN),
        ('<link rel="canonical">', OWN), ('<link rel="alternate" href="/b">', OWN), ("", OWN),
        ('<a rel="canonical" href="/b">', OWN), ('<link rel="canonical" href="/b', OWN),
    ],
)  # fmt: skip
def test_own_address_is_kept_where_it_is_one_of_the_same_site(tag: str, kept: str) -> None:
    assert str(canonical_url(f"<html><head>{tag}</head><body>text</body></html>", AT)) == kept


@pytest.mark.parametrize(
    ("html", "day"),
    [
        ('<meta property="article:published_time" content="2026-02-13T23:30:00Z">', date(2026, 2, 13)),
        ('<meta content="2026-02-13" name="date">', date(2026, 2, 13)),
        ('<meta itemprop="datePublished" content="20260213T10:00:00+0900">', date(2026, 2, 13)),
        ('<meta name="article:published" content="2026.02.13 10:00">', date(2026, 2, 13)),
        ('<meta name="date" content="2020-01-01"><meta property="article:published_time" content="2026-02-13">',
         date(2026, 2, 13)),
        ('<script type="application/ld+json">{"datePublished": "2026-02-13", "dateModified": "2026-03-01"}</script>',
         date(2026, 2, 13)),
        ('<p>On <time datetime="2026-02-13 10:00">Friday</time></p>', date(2026, 2, 13)),
        ('<meta property="article:modified_time" content="2026-03-01">', None),
        ("<p>In March 2, 2019 fees fell; 2015-05-04.</p><footer>© 2021</footer>", None),
        ('<meta name="date" content="2026-02-30">', None), ('<meta name="date" content="soon">', None),
        (f'<meta name="date" content="{date.today() + timedelta(days=2)}">', None), ("", None),
    ],
)  # fmt: skip
def test_date_is_that_of_the_metadata_and_never_one_of_the_text(html: str, day: date | None) -> None:
    assert published(html) == day


@pytest.mark.parametrize(
    ("address", "day"),
    [("/news/2026/02/13/small-caps", date(2026, 2, 13)), ("/news/2026/02/130", None), ("/a/20260213", None)],
)
def test_date_of_the_address_counts_where_the_page_gives_none(address: str, day: date | None) -> None:
    at = Url.parse(f"https://example.com{address}")
    assert published("<p>text</p>", at) == day
    assert published('<meta name="date" content="2020-01-01">', at) == date(2020, 1, 1)


SHORT, LONG = "Sign in to continue.", "Small companies borrow at floating rates. " * 20


@pytest.mark.parametrize(
    ("html", "text", "reason"),
    [
        ('<input name="p" type="Password">', SHORT, "login"),
        ("<script></script><input type=password>", SHORT, "login"),
        ("<noscript>JavaScript</noscript>", "You need to enable JavaScript to run this app.", "no_article"),
        ("", "이 페이지를 보려면 자바스크립트를 켜 주세요.", "no_article"),
        ("<SCRIPT>", "Home News Prices", "no_article"),
        ('<input type="password">', LONG, None), ("<script></script>", LONG, None), ("", SHORT, None),
        ("<input type=text>", SHORT, None), ("<script></script>", "7월 3일은 미국 증시가 쉬어요. " * 10, None),
    ],
)  # fmt: skip
def test_login_page_and_empty_shell_are_no_articles(html: str, text: str, reason: str | None) -> None:
    try:
        refuse_without_article(html, text)
    except Refused as refused:
        assert refused.reason == reason
    else:
        assert reason is None


@pytest.mark.parametrize(
    "piece", ["<meta ", "<meta a>", "<link rel=canonical href=", "<time datetime='", "<!--", '"datePublished":"']
)
def test_hostile_page_takes_no_time(piece: str) -> None:
    html = piece * (2_000_000 // len(piece))
    began = time.monotonic()
    published(html, AT), canonical_url(html, AT), refuse_without_article(html, LONG)
    assert time.monotonic() - began < 5
