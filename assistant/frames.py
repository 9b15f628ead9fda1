"""How short follow-ups are put ("그럼 ◆는?", "and its ◆?", "why?"), and how whole questions are put from their parts.

The patterns are in frames.toml. Knows nothing of what a conversation is about.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.language import be, josa
from assistant.types import Language

NAME, TIME, PLACE = "◆◇○"

_PART = re.compile(r"%(\w+)%")
_END = r"[\s?？.!~…]*"
# Whole questions; `{eun}`, `{eul}` and `{be}` are the particles and the verb that fit what is asked for.
_WHOLE: dict[str, dict[Language, str]] = {
    "value": {"ko": "{of}의 {measure}{eun}?", "en": "What {be} the {measure} of {of}?"},
    "compare": {"ko": "{of}의 {measure}{eul} 비교해 주세요.", "en": "Compare the {measure} of {of}."},
    "compare_all": {"ko": "{of}{eul} 비교해 주세요.", "en": "Compare {of}."},
    "why": {"ko": "{question} 왜 그런가요?", "en": "{question} Why is that?"},
    "more": {"ko": "{question} 자세히 설명해 주세요.", "en": "{question} Please explain in detail."},
    "as_of": {"ko": "{question} 언제 기준인가요?", "en": "{question} As of what date is that?"},
    "now": {"ko": "현재 {question}", "en": "{question} What is it now?"},
    "when": {"ko": "{time} {question}?", "en": "{question} {time}?"},
    "item": {"ko": "{item}{eun}?", "en": "What {be} the {item}?"},
    "items": {"ko": "{item}{eun}?", "en": "What are the {item}?"},
    "item_more": {"ko": "{quotes} 이 내용을 자세히 설명해 주세요.", "en": "Please explain in detail: {quotes}"},
}
_PARTICLES = ("은/는", "이/가", "을/를", "과/와", "이랑/랑", "으로/로", "이나/나", "이란/란", "이에요/예요", "이야/야")
_OF_STAND_IN: dict[str, str] = {"topic": "은/는", "subject": "이/가", "object": "을/를"}  # 그건 is 그거 with its 는
_OWNED = frozenset({"its", "their"})


def frame(name: str, masked: str) -> re.Match[str] | None:
    """Return the match where a follow-up is put in this way; its names, times and places come as single marks."""
    return next((match for pattern in _frames()[name] if (match := pattern.fullmatch(masked))), None)


def item_named(masked: str) -> re.Match[str] | None:
    """Return where an item of a list is named by its place: "○ 회사", "the ○ one"."""
    return _stand_ins()["item"].search(masked)


def stand_ins(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield the words that stand for something named before, each with what: "fund", "company", "all", "any"."""
    hidden = [match.span() for match in _stand_ins()["nothing"].finditer(text)]
    for kind, pattern in _stand_ins().items():
        for match in pattern.finditer(text) if kind not in ("nothing", "item") else ():
            if not any(start <= match.start() < end for start, end in hidden):
                yield kind, match


def named_instead(text: str, stand_in: re.Match[str], name: str) -> str:
    """Return the text with a name in the place of its stand-in."""
    groups = {group for group, found in stand_in.groupdict().items() if found}
    particle = next((josa(name, _OF_STAND_IN[group]) for group in groups & _OF_STAND_IN.keys()), "")
    return spliced(text, stand_in.span(), name + particle + ("'s" if groups & _OWNED else ""))


def spliced(text: str, span: tuple[int, int], new: str) -> str:
    """Return the text with something else in a span; a Korean particle right after it is made to fit."""
    after = text[span[1] :]
    for pair in _PARTICLES:
        found = re.match(rf"(?:{pair.replace('/', '|')})(?![가-힣])", after)
        if found:
            after = josa(new, pair) + after[found.end() :]
            break
    return text[: span[0]] + new + after


def whole(kind: str, language: Language, **parts: str) -> str:
    """Return a whole question of these parts."""
    last = parts.get("measure") or parts.get("item") or parts.get("of") or ""
    return _WHOLE[kind][language].format(**parts, eun=josa(last, "은/는"), eul=josa(last, "을/를"), be=be(last))


def listed(names: Sequence[str], language: Language) -> str:
    """Return names in words: "IWM과 VTWO", "IWM and VTWO"."""
    before = ", ".join(names[:-1])
    between: dict[Language, str] = {"ko": f"{josa(before, '과/와')} ", "en": " and "}
    return f"{before}{between[language]}{names[-1]}" if before else names[-1]


@cache
def _frames() -> dict[str, list[re.Pattern[str]]]:
    return {
        name: [_compiled(rf"\s*(?:{way}){_END}") for ways in entry.values() for way in ways]
        for name, entry in _tables()["frames"].items()
    }


@cache
def _stand_ins() -> dict[str, re.Pattern[str]]:
    return {kind: _compiled("|".join(ways)) for kind, ways in _tables()["stand_ins"].items()}


def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern, with the named parts in their places; parts may hold parts."""
    while _PART.search(pattern):
        pattern = _PART.sub(lambda part: _tables()["parts"][part[1]], pattern)
    return re.compile(pattern, re.IGNORECASE)


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(files("assistant").joinpath("frames.toml").read_text(encoding="utf-8"))
