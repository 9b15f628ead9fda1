"""Addresses of web pages: what is read, in which form, and what is refused."""

from __future__ import annotations

from urllib.parse import urlsplit

import h11
import pytest
from hypothesis import given
from hypothesis.strategies import sampled_from, text

from assistant.fetching.refusals import Refused
from assistant.fetching.urls import LONGEST, Url, normal


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("http://example.com", "http://example.com/"),
        ("HTTPS://Example.COM/A?b=C#part", "https://example.com/A?b=C"),
        ("http://example.com:80/", "http://example.com/"),
        ("https://example.com:443/", "https://example.com/"),
        ("https://example.com:/", "https://example.com/"),
        ("http://example.com:443/", "http://example.com:443/"),
        ("https://example.com./a", "https://example.com/a"),
        ("https://example.com/a/./b/../c/", "https://example.com/a/c/"),
        ("https://example.com/a/%2E%2e/c", "https://example.com/c"),
        ("https://example.com/../../c/..", "https://example.com/"),
        ("https://ko.example.com/wiki/러셀_2000?쪽=1", "https://ko.example.com/wiki/%EB%9F%AC%EC%85%80_2000?%EC%AA%BD=1"),
        ("https://러셀.한국/", "https://xn--vl2bq4o.xn--3e0b707e/"),
        ("https://xn--vl2bq4o.xn--3e0b707e/", "https://xn--vl2bq4o.xn--3e0b707e/"),
        ("https://example.com/a%7eb%c3%a4", "https://example.com/a~b%C3%A4"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ("https://example.com/?a=1&b=[2]", "https://example.com/?a=1&b=%5B2%5D"),
        ("https://example.com/?", "https://example.com/?"),
        ("https://example.com//a", "https://example.com//a"),
        ("https://my_site.example.com/", "https://my_site.example.com/"),
        ("http://93.184.216.34/", "http://93.184.216.34/"),
        ("http://[2606:2800:220:0001::34]/", "http://[2606:2800:220:1::34]/"),
    ],
)  # fmt: skip
def test_address_is_read_into_one_form(address: str, read: str) -> None:
    assert str(Url.parse(address)) == read


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "scheme"), ("example.com", "scheme"), ("ftp://example.com/", "scheme"), ("javascript:alert(1)", "scheme"),
        ("http:example.com", "form"), ("http:/example.com", "form"), ("https:", "form"), ("http://", "form"),
        ("http:///a", "form"), ("http://:80/", "form"), ("http://user@example.com/", "form"),
        ("http://user:word@example.com/", "form"), ("http://example.com\\@10.0.0.1/", "form"),
        ("http:\\\\example.com/", "form"), ("http://exa mple.com/", "form"), ("http://example.com/\r\nHost: x", "form"),
        ("http://example.com/\t", "form"), ("http://example.com/\0", "form"), ("http://example.com/\u202e", "form"),
        ("http://exa\u200bmple.com/", "form"), ("http://a..com/", "form"), ("http://.com/", "form"),
        ("http://-a.com/", "form"), ("http://example.com%2f@a.com/", "form"), ("http://exam%70le.com/", "form"),
        ("http://example.com:80:80/", "form"), ("http://example.com:a/", "form"), ("http://[::1/", "form"),
        ("http://[fe80::1%25eth0]/", "form"), ("http://[v1.a]/", "form"), ("http://a.com[::1]/", "form"),
        ("http://℀.com/", "form"), ("http://" + "a" * 64 + ".com/", "form"), ("http://" + "a." * 130 + "com/", "form"),
        ("http://example.com/" + "a" * LONGEST, "form"), ("http://example.com:22/", "port"),
        ("http://example.com:8080/", "port"), ("http://example.com:99999/", "port"), ("http://intranet/", "not_public"),
        ("http://９3.184.216.34/", "form"), ("http://93.184.216.34./", "form"), ("http://093.184.216.34/", "form"),
    ],
)  # fmt: skip
def test_what_two_programs_might_read_differently_is_refused(address: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        Url.parse(address)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("reference", "led"),
    [
        ("https://other.com/x", "https://other.com/x"), ("//other.com/x", "https://other.com/x"),
        ("/x?y", "https://example.com/x?y"), ("x", "https://example.com/a/x"), ("../x", "https://example.com/x"),
        ("?y=2", "https://example.com/a/b?y=2"), ("#part", "https://example.com/a/b?c=1"),
        ("", "https://example.com/a/b?c=1"), ("http://example.com", "http://example.com/"),
    ],
)  # fmt: skip
def test_reference_leads_from_the_page(reference: str, led: str) -> None:
    assert str(Url.parse("https://example.com/a/b?c=1").join(reference)) == led


@pytest.mark.parametrize(
    "reference",
    ["file:///etc/passwd", "//user@other.com/", "http:/x", "/\\other.com", "\\\\other.com", "//[::1", "/\n"],
)
def test_reference_to_what_is_no_page_is_refused(reference: str) -> None:
    with pytest.raises(Refused):
        Url.parse("https://example.com/a").join(reference)


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("?utm_source=x&utm_medium=y", ""), ("?id=7&utm_source=x&page=2", "?id=7&page=2"), ("?fbclid=a", ""),
        ("?gclid=a&q=utm_source", "?q=utm_source"), ("?NaPm=ct&n_media=1&no=3", "?no=3"), ("?a=%26&b", "?a=%26&b"),
        ("?sutm_source=1", "?sutm_source=1"), ("", ""),
    ],
)  # fmt: skip
def test_what_only_tracks_readers_is_left_out(query: str, kept: str) -> None:
    assert str(Url.parse(f"https://example.com/a{query}").without_tracking()) == f"https://example.com/a{kept}"


@given(text(), text(), sampled_from(["http://{}/{}", "https://{}", "http://example.com/{}?{}", "//{}", "{}", "{}:{}"]))
def test_whatever_is_typed_is_refused_or_read_into_one_form(first: str, second: str, form: str) -> None:
    try:
        url = Url.parse(form.format(first, second))
    except Refused:
        return
    assert Url.parse(str(url)) == url
    assert str(url).isascii() and str(url).isprintable() and " " not in str(url)


ODD = "abc.019xX:@/\\?#[]%&=-_ \t\n\0。．①ß"


@given(text(ODD, max_size=12), text(ODD, max_size=12))
def test_another_reader_finds_the_same_host_and_port(host: str, rest: str) -> None:
    """The address in its one form is read alike by the standard library, and is sent to that host alone."""
    try:
        url = Url.parse(f"http://{host}.example.com{rest}")
    except Refused:
        return
    other = urlsplit(str(url))
    assert (other.scheme, other.hostname, other.port or 80) == (url.scheme, url.host, url.port)
    assert other.username is None and other.fragment == ""
    assert (other.path, other.query) == (url.path, url.query or "")


@given(text(), text())
def test_whatever_is_read_can_be_sent(path: str, query: str) -> None:
    try:
        url = Url.parse(f"http://example.com/{path}?{query}")
    except Refused:
        return
    headers = [("Host", url.authority)]
    sent = h11.Connection(h11.CLIENT).send(h11.Request(method="GET", target=url.target, headers=headers))
    assert sent is not None and sent.startswith(f"GET {url.target} HTTP/1.1\r\n".encode())


@given(text())
def test_normal_form_is_normal(path: str) -> None:
    once = normal(path.encode("utf-8", "replace").decode())
    assert normal(once) == once and once.isascii()
