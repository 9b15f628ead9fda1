"""The questions that one message asks: "How many stocks does VTWO hold, and when did it start trading?" asks two.

Each is made whole by the ones before it, as a follow-up is. Knows nothing of how questions are answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.conversation import LIKE_FUNDS, OF_NOBODY, resolved
from assistant.frames import stand_ins
from assistant.periods import find_periods
from assistant.slots import PARTS, Slots
from assistant.vocabulary import Concept, Vocabulary

MOST = 6  # questions of one message
_ASKING = re.compile(
    r"얼마|몇|언제|며칠|누구|누가|어디|어느|어떤|어떻|어케|왜|뭐|뭘|뭔|무엇|무슨"
    r"|\b(?:who|whose|what|when|where|why|how|which)(?:s|'s|’s)?\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(
    r"(?<=[?？!])\s+|(?<=[가-힣][.])\s+|(?<=[A-Za-z\d%)][.])(?<!\bvs\.)(?<!\b[A-Z]\.)\s+(?=[A-Z“\"'])"
)
# A sentence that asks for something without a question mark.
_REQUEST = re.compile(
    r"(?:알려|말해|설명해|비교해|정리해|보여|뽑아|나열해|가르쳐|요약)\s*(?:줘|주|부탁|봐|달)|궁금|부탁"
    r"|\b(?:tell me|give me|show me|list|compare|explain|describe|summari[sz]e|walk me|please)\b",
    re.IGNORECASE,
)
# Asks whether what was just said is so.
_TAG = re.compile(
    r"(?:이거 |그게 |이게 |그거 )?(?:맞\w*|사실\w*|진짜\w*|정말\w*)[?？]*"
    r"|(?:is (?:that|this) |that'?s )?(?:right|true|correct|accurate|so)(?: or false)?[?？]*",
    re.IGNORECASE,
)
# What stands between clauses that ask for something each; the last of three also tells the comma before.
_JOINT = re.compile(
    r"(?:,\s*|\s+)(?:and|but|plus)\s+(?:also\s+|then\s+)?(?=(?:who|whose|what|when|where|why|how|which)\b)"
    r"|,\s+(?=(?:who|what|when|where|why|how|which)\b(?! one).*,\s+and\s+(?:who|what|when|where|why|how|which)\b)"
    r"|(?P<owned>,?\s+and\s+(?=(?:its|their)\b)|,?\s+(?:plus|along with|as well as)\s+(?=(?:its|their|the)\b))"
    r"|(?<=[가-힣%])(?<![라다냐자])(?P<ending>이?고|며),?\s+(?!있|싶|나서)|\s*(?:그리고|또)\s+",
    re.IGNORECASE,
)
# What else is asked for, named alone: "its P/E?", "다음 배당락일도".
_NAMING = re.compile(
    r"^(?:its|their|the|and of|and for)\b"
    r"|^[^?？]{2,15}(?:은|는|도)(?:요)?\s*(?:[?？]|(?:알려|말해|궁금|보여)[^?？]*)?$",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"(?:when|where|while|since|once|if|as|after|before)\s+(?!do|does|did|is|are|was|were|will|can|has|have)",
    re.IGNORECASE,
)
# Asks for more of what the clause before asks for.
_BELONGING = re.compile(r"^(?:각각|있으면|있다면)|\b(?:each|both|two|position|holding|slice)s?\b", re.IGNORECASE)
_WEIGHED = re.compile(r"비중|퍼센트|프로|percent|weight|share|%", re.IGNORECASE)
_TIMES_JOINT = re.compile(
    r"\s*(?:[가-힣]*(?:하고|이랑|랑|와|과|및)|,?\s*and|,|&)\s*(?:(?:in|over|for|at)\s+)?(?:the\s+)?", re.IGNORECASE
)
# One stretch of time, and not two times.
_STRETCH = (re.compile(r"\b(?:between|from)\b[^,?]*$", re.IGNORECASE), re.compile(r"\S*\s*사이"))
_PIECE = re.compile(r"\s(?:and|but)\s|[,.;]\s|(?:고|는데|지만)[,\s]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One of several questions, as it was said and as it can be asked alone.

    A bare one names nothing itself: "and how much per share?".
    """

    said: str
    text: str
    bare: bool = False


def parts_of(text: str, vocabulary: Vocabulary) -> list[Part]:
    """Return the questions that a text asks, each whole: one alone only where something else is said before it.

    None where it asks nothing else than it says, quotes, or asks very many things.
    """
    if "“" in text:
        return []
    told, asked = _told_and_asked(text)
    if not asked:
        return []
    first, *rest = [clause for sentence in asked for clause in _clauses(sentence)]
    if len(rest) >= MOST:
        return []
    whole = _led(first, told or text, vocabulary) if told or rest else first
    parts = _timed(Part(first, whole))
    for clause in filter(_asks, rest):
        followed = _whole(clause, parts[-1].text, vocabulary)
        if followed is None:
            return []
        parts += _timed(Part(clause, followed, bare=followed != clause and not Slots.read(clause, vocabulary).mentions))
    return parts if len(parts) > 1 or told else []


def _told_and_asked(text: str) -> tuple[str, list[str]]:
    """What is said before anything is asked, and the sentences that ask, each with what is said after it."""
    sentences = _SENTENCE_END.split(text.strip())
    marked = any(sentence.rstrip().endswith(("?", "？")) for sentence in sentences)
    told, asked = list[str](), list[str]()
    for sentence in sentences:
        if _TAG.fullmatch(sentence.strip()) and (asked or told):
            asked.append(f"{asked.pop() if asked else told.pop()} {sentence}")
        elif sentence.rstrip().endswith(("?", "？")) or _REQUEST.search(sentence):
            asked.append(sentence)
        elif _NAMING.search(sentence) or (_ASKING.search(sentence) and not marked):
            asked.append(sentence)
        elif asked:
            asked.append(f"{asked.pop()} {sentence}")
        else:
            told.append(sentence)
    return " ".join(told), asked


def _led(clause: str, told: str, vocabulary: Vocabulary) -> str:
    """The clause with what it leaves to what was said before it: names for its stand-ins, else of what it asks."""
    own, earlier = Slots.read(clause, vocabulary), Slots.read(told, vocabulary)
    if any(stand_ins(clause)):
        for piece in reversed(_PIECE.split(told)):
            if Slots.read(piece, vocabulary).subjects:
                return resolved(clause, [(piece, "")], vocabulary).text
    names = [] if own.subjects or own.of("organisation") else earlier.subjects or _like_funds(earlier)
    if not own.of("metric", "topic", *PARTS) and len(earlier.concepts("metric")) == 1:
        names = names + earlier.concepts("metric")
    return f"{', '.join(name.label(earlier.language) for name in names)}: {clause}" if names else clause


def _like_funds(slots: Slots) -> list[Concept]:
    return [topic for topic in slots.concepts("topic") if topic.id in LIKE_FUNDS]


def _clauses(sentence: str) -> Iterator[str]:
    """The clauses of a sentence that ask for something each, or the sentence."""
    start = 0
    for joint in _JOINT.finditer(sentence):
        before = sentence[start : joint.end("ending") if joint["ending"] else joint.start()].strip()
        after = sentence[joint.end() :].strip()
        if _asks(after) and (joint["owned"] or (_ASKING.search(before) and not _SUBORDINATE.match(before))):
            yield before
            start = joint.end()
    yield sentence[start:].strip()


def _asks(clause: str) -> bool:
    return clause.endswith(("?", "？")) or bool(_ASKING.search(clause) or _NAMING.search(clause))


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
