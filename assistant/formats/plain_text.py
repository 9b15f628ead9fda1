"""Bytes of a text file as text: UTF-8, UTF-16 and the encodings that Korean files come in."""

from __future__ import annotations

import codecs
import re

from assistant.formats.document import Refusal
from assistant.language import is_hangul

_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_ISO_2022_KR = b"\x1b$)C"
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1a\x1c-\x1f]")
_NO_CHARSETS = ("idna", "punycode", "unicode", "raw", "undefined", "mbcs", "oem")  # Python's own; some are very slow
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


def decode(data: bytes) -> tuple[str, str | None]:
    """Return the text and, where it is not marked or plain Unicode, the name of the encoding; raises Refusal."""
    for bom, encoding in _BOMS.items():
        if data.startswith(bom):
            return _marked(data[len(bom) :], encoding), None
    if b"\0" in data:
        return _unmarked_utf16(data)
    if _ISO_2022_KR in data[:1000]:
        return _korean(data, "iso2022_kr"), "ISO-2022-KR"
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        return _korean(data, "cp949"), "CP949(EUC-KR)"


def decode_html(data: bytes, charset: str | None) -> tuple[str, str | None]:
    """Return the text of a page in the encoding that its server names, else in the one that the page names itself."""
    declared = _CHARSET.search(data[:4096])
    for named in (charset, declared[1].decode("ascii", "replace") if declared else None, "utf-8"):
        if named is None or named.lower().startswith(_NO_CHARSETS):
            continue
        try:
            codec = codecs.lookup(named).name
            text = data.decode({"euc_kr": "cp949"}.get(codec, codec))
        except (LookupError, UnicodeDecodeError):
            continue
        if "\0" in text:
            raise Refusal("binary")
        return text, None
    return decode(data)


def _marked(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refusal("encoding") from error
    if "\0" in text or (encoding != "utf-8" and not _is_readable(text)):
        raise Refusal("encoding")
    return text


def _unmarked_utf16(data: bytes) -> tuple[str, str]:
    """Only text of the right byte order reads as Korean or Latin letters."""
    for encoding, name in (("utf-16-le", "UTF-16LE"), ("utf-16-be", "UTF-16BE")):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_readable(text):
            return text, name
    raise Refusal("binary")


def _is_readable(text: str) -> bool:
    letters = list(filter(str.isalpha, text))
    known = sum(char.isascii() or is_hangul(char) for char in letters)
    return known >= len(letters) / 2 and (bool(letters) or text.isascii()) and not _CONTROL.search(text)


def _korean(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refusal("encoding") from error
    letters = sum(map(str.isalpha, text))
    if sum(map(is_hangul, text)) < letters / 4:  # curly quotes of a western encoding decode to rare syllables
        raise Refusal("encoding")
    return text
