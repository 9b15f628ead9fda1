"""What a robots.txt lets this program read, and what happens where there is none or none to be had."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis.strategies import lists, sampled_from, text

from assistant.fetching.exchange import PRODUCT
from assistant.fetching.refusals import Refused
from assistant.fetching.robots import Rule, may_read
from tests.fetching.web import SITE, Reply, Web, dripping, head, raw, reply, to

PAGE = f"http://{SITE}/page"

# RFC 9309, section 5.1 and 5.2, and what sites write beside it.
SIMPLE = """User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""
LONGEST = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n"


@pytest.mark.parametrize(
    ("robots", "product", "target", "allowed"),
    [
        (SIMPLE, "anybot", "/a.gif", False), (SIMPLE, "anybot", "/a.gif?x", True), (SIMPLE, "anybot", "/a", True),
        (SIMPLE, "anybot", "/example/a", False), (SIMPLE, "FooBot", "/a", False),
        (SIMPLE, "foobot", "/example/page.html", True), (SIMPLE, "foobot", "/example/allowed.gif", True),
        (SIMPLE, "barbot", "/example/page.html", False), (SIMPLE, "bazbot", "/example/page.html", False),
        (SIMPLE, "bazbot", "/a.gif", True), (SIMPLE, "quxbot", "/a.gif", True),
        (LONGEST, "foobot", "/example/page/a", True), (LONGEST, "foobot", "/example/page/disallowed.gif", False),
        ("", "foobot", "/", True), ("Disallow: /", "foobot", "/", True), ("no rules\n\0\n:", "foobot", "/", True),
        ("User-agent: *\nDisallow:", "foobot", "/a", True), ("user-agent:*\ndisallow:/", "foobot", "/", False),
        ("User-agent: *\r\nDisallow: /a # not this\r\n", "foobot", "/a", False),
        ("User-agent: *\rDisallow: /a\r", "foobot", "/ab", False),
        ("\ufeffUser-agent: *\nDisallow: /", "foobot", "/", False),
        ("User-agent: *\nDisallow: /\nAllow: /", "foobot", "/a", True),
        ("User-agent: *\nDisallow: /\nAllow: /a$", "foobot", "/a", True),
        ("User-agent: *\nDisallow: /\nAllow: /a$", "foobot", "/ab", False),
        ("User-agent: *\nDisallow: /*?", "foobot", "/a?b", False),
        ("User-agent: *\nDisallow: /*?", "foobot", "/a", True),
        ("User-agent: *\nDisallow: /a*b*c$", "foobot", "/aXbXbc", False),
        ("User-agent: *\nDisallow: /a*b*c$", "foobot", "/abcc?", True),
        ("User-agent: *\nDisallow: /a*", "foobot", "/a", False), ("User-agent: *\nDisallow: *$", "foobot", "/", False),
        ("User-agent: *\nDisallow: /소형주", "foobot", "/%EC%86%8C%ED%98%95%EC%A3%BC/1", False),
        ("User-agent: *\nDisallow: /%7ea", "foobot", "/~a", False),
        ("User-agent: *\nDisallow: /a%2fb", "foobot", "/a/b", True),
        ("User-agent: foobot/2.0 (a robot)\nDisallow: /", "foobot", "/", False),
        ("User-agent: foobot-news\nDisallow: /", "foobot", "/", True),
        ("User-agent: foobot\nSitemap: /s\nUser-agent: b\nDisallow: /", "foobot", "/", False),
        ("User-agent: *\nDisallow: /a\nUser-agent: foobot\nDisallow: /b\nUser-agent: foobot\nDisallow: /c",
         "foobot", "/b", False),
        ("User-agent: *\nDisallow: /a\nUser-agent: foobot\nDisallow: /b", "foobot", "/a", True),
        (f"User-agent: {PRODUCT}\nDisallow: /", PRODUCT, "/", False),
    ],
)  # fmt: skip
def test_rules_are_read_as_the_standard_says(robots: str, product: str, target: str, allowed: bool) -> None:
    assert may_read(robots, product, target) is allowed


@given(lists(sampled_from(["a", "b", "*", "/"]), max_size=8), text("ab/", max_size=8), sampled_from(["", "$"]))
def test_wildcards_fit_what_a_slow_search_finds(pieces: list[str], target: str, end: str) -> None:
    def fits(pattern: str, rest: str) -> bool:
        if not pattern:
            return not end or not rest
        if pattern[0] == "*":
            return any(fits(pattern[1:], rest[start:]) for start in range(len(rest) + 1))
        return rest[:1] == pattern[0] and fits(pattern[1:], rest[1:])

    pattern = "".join(pieces)
    assert Rule(pattern + end, allows=True).fits(target) == fits(pattern, target)


def test_hostile_rules_take_no_time() -> None:
    robots = "User-agent: *\n" + "Disallow: /" + "*a" * 1000 + "b$\n" * 1 + ("Disallow: " + "*a" * 50 + "*b\n") * 4000
    began = time.monotonic()
    assert may_read(robots, PRODUCT, "/" + "a" * 2000)
    assert time.monotonic() - began < 3


@given(text(), text())
def test_any_text_is_an_answer(robots: str, target: str) -> None:
    assert may_read(robots, PRODUCT, target) in (True, False)


# --- while fetching -------------------------------------------------------------------------------------------------


def fetch(web: Web, seconds: float = 20.0) -> None:
    web.fetcher(seconds).fetch(PAGE, ["text/html"])


def test_page_that_robots_txt_forbids_is_never_asked_for(web: Web) -> None:
    web.play(f"{SITE}/page", reply("<p>a</p>"))
    web.play(f"{SITE}/robots.txt", reply(f"User-agent: {PRODUCT}\nDisallow: /page", kind="text/plain"))
    with pytest.raises(Refused, match="does not let programs read") as refused:
        fetch(web)
    assert refused.value.reason == "robots" and web.asked() == []


@pytest.mark.parametrize(
    "answer",
    [
        reply("", 404), reply("", 410), reply("", 400), reply("User-agent: *\nDisallow: /other", kind="text/plain"),
        reply("<html>no such page</html>"), reply(b"\xff\xfe\x00", kind="text/plain"), to(f"https://{SITE}/r"),
    ],
)  # fmt: skip
def test_page_is_fetched_where_nothing_forbids_it(web: Web, answer: Reply) -> None:
    web.play(f"{SITE}/page", reply("<p>a</p>"))
    web.play(f"{SITE}/robots.txt", answer)
    fetch(web)
    assert web.asked()[-1] == "/page"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply("", 401), "robots_unread"), (reply("", 403), "robots_unread"), (reply("", 429), "robots_unread"),
        (reply("", 500), "robots_unread"), (reply("", 503), "robots_unread"), (to("/robots.txt"), "redirect_loop"),
        (reply(b"#" * 600_000), "too_big"), (raw(b"garbage\r\n\r\n"), "garbled"),
        (dripping(head(200, {}), b"#", 0.05), "too_slow"),
    ],
)  # fmt: skip
def test_robots_txt_that_cannot_be_had_forbids_everything(web: Web, answer: Reply, reason: str) -> None:
    web.play(f"{SITE}/page", reply("<p>a</p>"))
    web.play(f"{SITE}/robots.txt", answer)
    with pytest.raises(Refused) as refused:
        fetch(web, seconds=1)
    assert refused.value.reason == reason and web.asked() == []


def test_each_site_on_the_way_is_asked_once(web: Web) -> None:
    web.play(f"{SITE}/page", to("/moved"))
    web.play(f"{SITE}/moved", to("http://other.test/page"))
    web.play("other.test/page", reply("<p>a</p>"))
    web.play("other.test/robots.txt", reply("User-agent: *\nDisallow: /page", kind="text/plain"))
    with pytest.raises(Refused) as refused:
        fetch(web)
    assert refused.value.reason == "robots"
    assert [(request.host, request.target) for request in web.requests] == [
        (SITE, "/robots.txt"), (SITE, "/page"), (SITE, "/moved"), ("other.test", "/robots.txt"),
    ]  # fmt: skip
