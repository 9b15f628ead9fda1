"""Attempts to reach what is not public through the fetcher: none opens a connection to anything but a public site."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.fetching.connection import no_network
from assistant.fetching.fetcher import Fetcher
from assistant.fetching.refusals import Refused
from tests.fetching.web import DEAD, PUBLIC, PUBLIC_6, SITE, Web, reply, to

KINDS = ["text/html"]

ATTEMPTS: dict[str, list[str]] = {
    "loopback": [
        "http://127.0.0.1/", "https://127.0.0.1/", "http://127.0.0.1:443/", "http://127.255.255.254/", "http://127.1/",
        "http://127.0.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0x7F.1/",
        "http://0177.0.0.1/", "http://017700000001/", "http://127.000.000.001/", "http://0.0.0.0/", "http://0/",
        "http://00/", "http://localhost/", "http://LOCALHOST./", "http://①②⑦.⓪.⓪.①/", "http://１２７.０.０.１/",
        "http://127。0。0。1/", "http://127.0.0.1./", "http://loop.test/",
    ],
    "metadata": [
        "http://169.254.169.254/latest/meta-data/", "http://2852039166/", "http://0xA9FEA9FE/", "http://0251.0376.0251.0376/",
        "http://169.254.170.2/v2/credentials", "http://metadata.google.internal/computeMetadata/v1/", "http://instance-data/",
        "http://100.100.100.200/", "http://168.63.129.16/", "http://192.0.0.192/", "http://[fd00:ec2::254]/",
        "http://169.254.169.254.test/",
    ],
    "private": [
        "http://10.0.0.1/", "https://10.255.255.255/", "http://172.16.0.1/", "http://172.31.255.255/",
        "http://192.168.0.1/", "http://192.168.1.254/", "http://167772161/", "http://0xc0.0xa8.0.1/", "http://router.test/",
        "http://intranet.test/", "http://intranet/", "http://mixed.test/", "http://mixed-6.test/", "http://100.64.0.1/",
    ],
    "reserved": [
        "http://224.0.0.1/", "http://255.255.255.255/", "http://240.0.0.1/", "http://192.88.99.1/", "http://198.18.0.1/",
        "http://192.0.2.1/", "http://198.51.100.1/", "http://203.0.113.1/",
    ],
    "IPv6": [
        "http://[::1]/", "http://[::]/", "http://[0:0:0:0:0:0:0:1]/", "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/", "http://[::ffff:10.0.0.1]/", "http://[::127.0.0.1]/", "http://[2002:7f00:1::]/",
        "http://[64:ff9b::7f00:1]/", "http://[64:ff9b::10.0.0.1]/", "http://[64:ff9b:1::1]/", "http://[fec0::1]/",
        "http://[fe80::1]/", "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[fc00::1]/",
        "http://[fd12:3456::1]/", "http://[ff02::1]/", "http://[2001:db8::1]/", "http://[2001::1]/",
        "http://loop-6.test/", "http://mapped.test/", "http://scoped.test/",
    ],
    "scheme": [
        "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:6379/_INFO", "dict://127.0.0.1:11211/stats",
        "data:text/html,<p>a", "jar:http://127.0.0.1!/", "blob:http://127.0.0.1/1", "javascript:fetch('//127.0.0.1')",
        "ldap://127.0.0.1/", "ws://127.0.0.1/", "//127.0.0.1/", "127.0.0.1",
    ],
    "two readings": [
        f"http://{SITE}@127.0.0.1/", f"http://127.0.0.1@{SITE}/", f"http://{SITE}:80@127.0.0.1/",
        f"http://{SITE}\\@127.0.0.1/", f"http://127.0.0.1\\.{SITE}/", "http:\\\\127.0.0.1\\", "http:///127.0.0.1/",
        "http:127.0.0.1/", f"http://127.0.0.1%2f.{SITE}/", f"http://{SITE}%00.127.0.0.1/", f"http://127.0.0.1\t.{SITE}/",
        f"http://{SITE}\r\nHost:127.0.0.1/", f"http://[::1].{SITE}/", f"http://127.0.0.1#@{SITE}/",
        f"http://127.0.0.1?@{SITE}/", f"http://127.0.0.1/@{SITE}/", f"http://{SITE}:80:127.0.0.1/",
        "http://1.1.1.1 &@2.2.2.2# @127.0.0.1/", f"http://{SITE};@127.0.0.1/", "http://127.0.0.1\u3002/",
    ],
    "port": [
        f"http://{SITE}:22/", f"http://{SITE}:6379/", f"https://{SITE}:8443/", f"http://{SITE}:0/",
        f"http://{SITE}:65616/", f"http://{SITE}:-80/",
    ],
}  # fmt: skip
REDIRECTS = [
    "http://127.0.0.1/", "https://127.0.0.1/", "http://169.254.169.254/latest/meta-data/", "//10.0.0.1/", "http://[::1]/",
    "http://[::ffff:127.0.0.1]/", "http://2130706433/", "http://intranet.test/", "http://localhost/",
    f"http://{SITE}:22/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_INFO", f"http://{SITE}@127.0.0.1/",
    "\\\\127.0.0.1\\", "http:\\\\127.0.0.1", "http://127.0.0.1%2f@other.test/",
]  # fmt: skip
NAMES = {
    "loop.test": ["127.0.0.1"],
    "loop-6.test": ["::1"],
    "mapped.test": ["::ffff:127.0.0.1"],
    "scoped.test": ["fe80::1%eth0"],
    "169.254.169.254.test": ["169.254.169.254"],
    "metadata.google.internal": ["169.254.169.254"],
    "router.test": ["192.168.0.1"],
    "intranet.test": ["10.1.2.3"],
    "mixed.test": [PUBLIC, "10.1.2.3"],
    "mixed-6.test": [PUBLIC_6, "fd00::1"],
}


@pytest.fixture
def hostile(web: Web) -> Web:
    """The small web with names that lead inside; every page of its own site is there."""
    web.names |= NAMES
    web.play(f"{SITE}/", reply("<p>public</p>"))
    return web


def refusal(fetcher: Fetcher, address: str) -> Refused:
    with pytest.raises(Refused) as refused:
        fetcher.fetch(address, KINDS)
    return refused.value


def test_the_tables_are_as_long_as_they_should_be() -> None:
    addresses = [address for group in ATTEMPTS.values() for address in group]
    assert len(set(addresses)) == len(addresses) >= 80
    assert len(set(REDIRECTS)) == len(REDIRECTS) >= 10


@pytest.mark.parametrize("address", [address for group in ATTEMPTS.values() for address in group])
def test_attempt_opens_no_connection(hostile: Web, address: str) -> None:
    refused = refusal(hostile.fetcher(), address)
    assert (hostile.dialled, hostile.trapped) == ([], 0)
    assert refused.reason in ("scheme", "form", "port", "not_public")
    if refused.reason == "not_public":
        assert "This address is not public; only public web pages can be added." in refused.message("en")
        assert "공개된 웹페이지만" in refused.message("ko")


WITHOUT_NAMES = [
    address for group in ATTEMPTS.values() for address in group if ".test" not in address and ".internal" not in address
]


@pytest.mark.parametrize("address", WITHOUT_NAMES)
def test_attempt_opens_no_connection_with_the_resolver_of_this_machine(web: Web, address: str) -> None:
    refusal(Fetcher(connect=web.connect), address)
    assert (web.dialled, web.trapped) == ([], 0)


def test_the_trap_is_sprung_by_what_the_rule_lets_through(web: Web) -> None:
    """Else the counts of the other tests would mean nothing."""
    web.names["stray.test"] = ["8.8.4.4"]
    for address in ("http://8.8.8.8/", "http://stray.test/"):
        assert b"secret" in web.fetcher().fetch(address, KINDS).data
    assert web.dialled == ["8.8.8.8"] * 2 + ["8.8.4.4"] * 2 and web.trapped == 4


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", REDIRECTS)
def test_redirect_inside_opens_no_connection_there(hostile: Web, location: str, status: int) -> None:
    hostile.play(f"{SITE}/away", to(location, status))
    refusal(hostile.fetcher(), f"http://{SITE}/away")
    assert set(hostile.dialled) == {PUBLIC} and hostile.trapped == 0


def test_last_of_several_redirects_is_checked_like_the_first(hostile: Web) -> None:
    hostile.play(f"{SITE}/away", to("https://other.test/on"))
    hostile.play("other.test/on", to("http://intranet.test/"))
    assert refusal(hostile.fetcher(), f"http://{SITE}/away").reason == "not_public"
    assert hostile.asked("other.test") == ["/on"] and hostile.trapped == 0


def test_robots_txt_cannot_lead_inside(hostile: Web) -> None:
    hostile.play(f"{SITE}/robots.txt", to("http://169.254.169.254/"))
    assert refusal(hostile.fetcher(), f"http://{SITE}/").reason == "not_public"
    assert hostile.asked() == [] and hostile.trapped == 0


# --- names that change their answers --------------------------------------------------------------------------------


def answers(*lists: list[str]) -> Iterator[list[str]]:
    yield from lists
    while True:
        yield lists[-1]


def test_connection_goes_to_the_address_that_was_checked(hostile: Web) -> None:
    """Robots.txt and the page are two connections: each looks the name up once and goes where that answer says."""
    changing = answers([PUBLIC], [PUBLIC], ["127.0.0.1"])
    hostile.names[SITE] = lambda: next(changing)
    assert b"public" in hostile.fetcher().fetch(f"http://{SITE}/", KINDS).data
    assert hostile.dialled == [PUBLIC, PUBLIC] == [PUBLIC] * len(hostile.looked_up) and hostile.trapped == 0


@pytest.mark.parametrize("inside", [["127.0.0.1"], [PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC], ["::1"]])
def test_name_that_turns_inside_after_robots_txt_is_refused(hostile: Web, inside: list[str]) -> None:
    changing = answers([PUBLIC], inside)
    hostile.names[SITE] = lambda: next(changing)
    assert refusal(hostile.fetcher(), f"http://{SITE}/").reason == "not_public"
    assert hostile.asked() == [] and hostile.trapped == 0


def test_name_that_turns_inside_at_a_redirect_to_itself_is_refused(hostile: Web) -> None:
    changing = answers([PUBLIC], [PUBLIC], ["10.0.0.1"])
    hostile.names[SITE] = lambda: next(changing)
    hostile.play(f"{SITE}/away", to("/"))
    assert refusal(hostile.fetcher(), f"http://{SITE}/away").reason == "not_public"
    assert hostile.asked() == ["/away"] and hostile.trapped == 0


def test_next_address_of_a_site_is_tried_but_only_of_those_checked(hostile: Web) -> None:
    changing = answers([DEAD, PUBLIC], [DEAD, PUBLIC], ["127.0.0.1"])
    hostile.names[SITE] = lambda: next(changing)
    assert b"public" in hostile.fetcher().fetch(f"http://{SITE}/", KINDS).data
    assert hostile.dialled == [DEAD, PUBLIC, DEAD, PUBLIC] and hostile.trapped == 0


# --- the surroundings -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxy_of_the_environment_is_not_used(hostile: Web, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, hostile.trap)
        monkeypatch.setenv(name.lower(), hostile.trap)
    assert b"public" in hostile.fetcher().fetch(f"{scheme}://{SITE}/", KINDS).data
    assert set(hostile.dialled) == {PUBLIC} and hostile.trapped == 0


def test_nothing_is_sent_that_tells_of_the_user(hostile: Web) -> None:
    hostile.play(f"{SITE}/first", reply("", 302, location=f"https://{SITE}/", set_cookie="id=1"))
    hostile.fetcher().fetch(f"http://{SITE}/first", KINDS)
    for request in hostile.requests:
        assert set(request.headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}
        assert request.headers["user-agent"].startswith("small-cap-etf-assistant/")
    assert [request.tls for request in hostile.requests] == [False, False, True, True]


@pytest.mark.parametrize("address", [f"http://{SITE}/", "http://93.184.216.34/"])
def test_without_a_network_nothing_is_looked_up_or_connected_to(hostile: Web, address: str) -> None:
    fetcher = Fetcher(no_network, hostile.connect, hostile.tls)
    assert refusal(fetcher, address).reason == "off"
    assert hostile.dialled == []
