"""Encodings of text files and of pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.formats.document import Refusal
from assistant.formats.plain_text import decode, decode_html

TEXTS = ["소형주는 금리에 민감해요.", "Small caps follow rates."]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_without_a_name(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == (text, None)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(("encoding", "name"), [("utf-16-le", "UTF-16LE"), ("utf-16-be", "UTF-16BE")])
def test_utf16_without_a_mark_is_named(text: str, encoding: str, name: str) -> None:
    assert decode(text.encode(encoding)) == (text, name)


@pytest.mark.parametrize("encoding", ["cp949", "euc-kr", "iso2022_kr"])
def test_korean_encodings_are_named(encoding: str) -> None:
    text, name = decode(TEXTS[0].encode(encoding))
    assert text == TEXTS[0] and name is not None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("“Café”".encode("cp1252"), "encoding"),
        (b"\xff\xfea", "encoding"),
        (b"\xff\xfe" + b"no UTF-16 at all", "encoding"),
        (TEXTS[0].encode("utf-32"), "encoding"),
        (TEXTS[0].encode() + TEXTS[0].encode("cp949"), "encoding"),
        (b"GIF89a\0\0\1", "binary"),
        (bytes(range(256)), "binary"),
    ],
)
def test_anything_else_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        decode(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text, _ = decode(data)
    except Refusal:
        return
    assert text.encode() and "\0" not in text or not text or "\0" not in text


@pytest.mark.parametrize("charset", [None, "klingon", "idna", "punycode", "utf-8"])
def test_charset_of_a_page_that_is_untrue_does_no_harm(charset: str | None) -> None:
    page = "<p>소형주는 금리에 민감해요.</p>"
    assert decode_html(page.encode(), charset) == (page, None)
    assert decode_html(page.encode("cp949"), charset)[0] == page
