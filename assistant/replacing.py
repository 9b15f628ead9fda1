"""A question with other names and another time in the places of its own: "five-year" where "ten-year" was.

Knows nothing of conversations, or of whether anything follows on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.frames import spliced, whole
from assistant.language import is_hangul
from assistant.slots import FUNDS, PARTS, Slots
from assistant.types import Language
from assistant.vocabulary import SUBJECT_KINDS, Kind, Mention

_JOINED = re.compile(r"\s*(?:과|와|이랑|랑|하고|및|,|·|and|or|&|vs\.?|versus|대)\s*(?:the\s+)?", re.IGNORECASE)
_WITHIN = re.compile(r"(?:over|in|for|during|since|from)\s+(?:the\s+)?(?:(?:past|last)\s+)?$", re.IGNORECASE)


def replaced(asked: Slots, before: Slots, language: Language) -> str | None:
    """Return the question with the new names and the new time in the places of its own; None where it has none.

    `language` is the new one's: a time is added in words of its own language only.
    """
    changes: list[tuple[tuple[int, int], str]] = []
    for kinds in (FUNDS, PARTS):
        new = asked.of(*kinds)
        old = _places_of(new, kinds, before) if new else []
        if new and not old:
            return None
        if new:
            text = before.text
            changes.append(_change(_run(old, text), text, asked.text[new[0].start : new[-1].end], new[0]))
    if asked.time and before.time:
        changes.append((before.time, _time_like(asked, before)))
    text = before.text
    for span, words in sorted(changes, reverse=True):
        text = spliced(text, span, words)
    return _timed(text, asked, before, language) if asked.time and not before.time else text


def _places_of(new: Sequence[Mention], kinds: Sequence[Kind], before: Slots) -> list[Mention]:
    """Whose places the new names take: those of their kind, else of a kind that is asked about in the same way."""
    same = before.of(new[0].concept.kind) or before.of(*kinds)
    if same or new[0].concept.kind == "sector":
        return same
    return before.of(*SUBJECT_KINDS)


def _run(mentions: Sequence[Mention], text: str) -> tuple[int, int]:
    """The span of the first name, with those that are joined to it."""
    start, end = mentions[0].start, mentions[0].end
    for mention in mentions[1:]:
        if not _JOINED.fullmatch(text[end : mention.start]):
            break
        end = mention.end
    return start, end


def _change(span: tuple[int, int], text: str, words: str, new: Mention) -> tuple[tuple[int, int], str]:
    """The change with the article that an index has in English and a fund has not."""
    the = re.search(r"\bthe\s+$", text[: span[0]], re.IGNORECASE)
    if the and new.concept.kind == "fund":
        return (the.start(), span[1]), words
    bare = new.concept.kind == "benchmark" and not the and not any(map(is_hangul, text))
    return span, f"the {words}" if bare else words


def _time_like(asked: Slots, before: Slots) -> str:
    """The new time as the old one is written: "five-year" where that was "ten-year"."""
    new, old = _time_of(asked), _time_of(before)
    if re.search(r"-years?$", old, re.IGNORECASE):
        return re.sub(r"[ -]years?$", "-year", new)
    return new if _led_to_time(before) else _led_to_time(asked) + new


def _time_of(slots: Slots) -> str:
    return slots.text[slice(*slots.time)] if slots.time else ""


def _led_to_time(slots: Slots) -> str:
    """The "over the past " that leads to the time of an English question."""
    within = _WITHIN.search(slots.text[: slots.time[0]]) if slots.time else None
    return within.group() if within else ""


def _timed(text: str, asked: Slots, before: Slots, language: Language) -> str | None:
    """The question with a time, where it had none; a stretch of years is for what is measured over years."""
    if (asked.is_stretch and not before.is_over_time) or before.language != language:
        return None
    time = _led_to_time(asked) + _time_of(asked)
    return whole("when", language, time=time, question=text.rstrip(" ?."))
