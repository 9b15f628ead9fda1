"""The questions that one message asks: "How many stocks does VTWO hold, and when did it start trading?" asks two.

Each is made whole by the ones before it, as a follow-up is. Knows nothing of how questions are answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.conversation import LIKE_FUNDS, OF_NOBODY, resolved
from assistant.periods import find_periods
from assistant.slots import PARTS, Slots
from assistant.vocabulary import Vocabulary

MOST = 6
_ASKING = re.compile(
    r"얼마|몇|언제|며칠|누구|누가|어디|어느|어떤|어떻|어케|왜|뭐|뭘|뭔|무엇|무슨"
    r"|\b(?:who|whose|what|when|where|why|how|which)(?:s|'s|’s)?\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[?？])\s+")
_JOINT = re.compile(
    r"(?:,\s*|\s+)(?:and|but|plus)\s+(?:also\s+|then\s+)?(?=(?:who|whose|what|when|where|why|how|which)\b)"
    r"|(?P<owned>,\s*and\s+(?=(?:its|their)\b)|,?\s+(?:plus|along with|as well as)\s+(?=(?:its|their|the)\b))"
    r"|(?<=[가-힣%])(?<![라다냐자])(?P<ending>이?고|며),?\s+(?!있|싶|나서)|\s*(?:그리고|또)\s+",
    re.IGNORECASE,
)
_NAMING = re.compile(r"^(?:its|their|the)\b|^[^?？]{2,15}(?:은|는|도)(?:요)?\s*[?？]?$", re.IGNORECASE)
_BELONGING = re.compile(r"^(?:각각|있으면|있다면)|\b(?:each|both|two|position|holding|slice)s?\b", re.IGNORECASE)
_WEIGHED = re.compile(r"비중|퍼센트|프로|percent|weight|share|%", re.IGNORECASE)
_TIMES_JOINT = re.compile(
    r"\s*(?:[가-힣]*(?:하고|이랑|랑|와|과|및)|,?\s*and|,|&)\s*(?:(?:in|over|for|at)\s+)?(?:the\s+)?", re.IGNORECASE
)
_STRETCH = (re.compile(r"\b(?:between|from)\b[^,?]*$", re.IGNORECASE), re.compile(r"\S*\s*사이"))


@dataclass(frozen=True, slots=True)
class Part:
    """One of several questions, as it was said and as it can be asked alone.

    A bare one names nothing itself: "and how much per share?".
    """

    said: str
    text: str
    bare: bool = False


def parts_of(text: str, vocabulary: Vocabulary) -> list[Part]:
    """Return the questions that a text asks, each whole; none where it asks one alone, or quotes, or asks very many."""
    if "“" in text:
        return []
    first, *rest = [clause for sentence in _SENTENCE_END.split(text) for clause in _clauses(sentence)]
    parts = _timed(Part(first, first))
    for clause in filter(_asks, rest):
        whole = _whole(clause, parts[-1].text, vocabulary)
        if whole is None:
            return []
        parts += _timed(Part(clause, whole, bare=whole != clause and not Slots.read(clause, vocabulary).mentions))
    return parts if 1 < len(parts) <= MOST else []


def _clauses(sentence: str) -> Iterator[str]:
    """The clauses of a sentence that ask for something each, or the sentence."""
    start = 0
    for joint in _JOINT.finditer(sentence):
        before = sentence[start : joint.end("ending") if joint["ending"] else joint.start()].strip()
        after = sentence[joint.end() :].strip()
        if _asks(after) and (joint["owned"] or _ASKING.search(before)):
            yield before
            start = joint.end()
    yield sentence[start:].strip()


def _asks(clause: str) -> bool:
    return bool(_ASKING.search(clause) or _NAMING.search(clause))


def _whole(clause: str, before: str, vocabulary: Vocabulary) -> str | None:
    """The clause with what it leaves out: by the frames of follow-ups, or else after the names of who is spoken of.

    None where it asks for more of the same thing: "and how big is the position?".
    """
    if _BELONGING.search(clause):
        return None
    made = resolved(clause, [(before, "")], vocabulary).text
    if made != clause:
        return made
    own, earlier = Slots.read(clause, vocabulary), Slots.read(before, vocabulary)
    of_nobody = any(metric.id.startswith(OF_NOBODY) for metric in own.concepts("metric"))
    of_others = own.of("organisation") or any(topic.id in LIKE_FUNDS for topic in own.concepts("topic"))
    names = [] if own.subjects or of_nobody or of_others else earlier.subjects
    if _WEIGHED.search(clause) and not own.of("metric", *PARTS):
        if not earlier.of(*PARTS):
            return None
        names = earlier.concepts(*PARTS) + names
    return " ".join([*(name.label(earlier.language) for name in dict.fromkeys(names)), clause])


def _timed(part: Part) -> list[Part]:
    """The question once for each of the times that it names together: "in 2016 and in 2020"."""
    clause = part.text
    times = find_periods(clause)
    for first, last in ((i, j) for i in range(len(times)) for j in range(len(times) - 1, i, -1)):
        run = times[first : last + 1]
        gaps = [clause[one[1] : other[0]] for one, other in pairwise(run)]
        stretch = _STRETCH[0].search(clause[: run[0][0]]) or _STRETCH[1].match(clause[run[-1][1] :])
        if all(map(_TIMES_JOINT.fullmatch, gaps)) and not stretch:
            start, end = run[0][0], run[-1][1]
            texts = [clause[:start] + clause[slice(*time)] + clause[end:] for time in run]
            return [Part(text, text) for text in texts]
    return [part]
