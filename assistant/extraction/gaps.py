"""What may stand between names and their number: light words, dates, and who says so.

Knows nothing of which names a number needs.
"""

from __future__ import annotations

import re

from assistant.extraction.marked import AMOUNT, NAME, SUBJECTS, MarkedText, distinct
from assistant.extraction.names import Names
from assistant.extraction.wording import load_wording
from assistant.numbers import Number

# Words before a subject that make it part of another phrase: "the largest holding of VTWO", "unlike VTWO".
_COMPARED = re.compile(r"\b(?:than|unlike|like|versus|vs\.?|against|beyond|except|tracking)(?: the)? $", re.IGNORECASE)
_WITHIN = re.compile(r"\w\W*\b(?:of|to|by|from|as|with|for|in|on|at|among|inside|behind)(?: the)? $", re.IGNORECASE)
_POSSESSED = re.compile(r"(?:['’]s|의) $")  # before a metric: "Schwab's expense ratio"
_OWN = re.compile(r"['’]s |의 | ?\(|: ?")  # "VTWO's 0.07%", "VTWO(0.07%)"
_NEXT = re.compile(r" ?[^\W_]+")
# Who says so: between a topic and its number ("IWM의 총보수는 Motley Fool의 12월 31일 기사 기준으로"), or anywhere.
_SOURCED = re.compile(
    rf"^\)?[은는이가도],? (?:(?:기준일이|[^\s,]*[^\s은는이가을를고며,]) )*?[^\s,]*"
    rf"(?:에 따르면|기준(?:으로)?|(?:자료|기사|목록|보고서|안내서|공시)(?:에서)?(?:는|도)?)(?=[\s,{AMOUNT}]|$)"
)
_ACCORDING = re.compile(r",? ?\baccording to [^,;]+(?:, ?|$)|(?:^|, ?)[^,]{1,40}에 따르면,? ?", re.IGNORECASE)


def is_light(text: MarkedText, start: int, end: int, names: Names) -> bool:
    """Whether there is nothing but names and light words between two places."""
    besides = names.metric.between if names.metric else frozenset()
    for concept in (names.subject, names.member):
        if concept:
            besides |= {concept.id.casefold()} | load_wording().called.get(concept.kind, frozenset())
    between = _ACCORDING.sub(" ", text.plain[start:end])
    return AMOUNT not in between and all(
        load_wording().is_light(_SOURCED.sub(" ", part), besides) for part in between.split(NAME)
    )


def leads_to(text: MarkedText, start: int, number: Number, names: Names, clause: int) -> bool:
    """Whether the names from `start` on lead to the number; `clause` is where their clause begins.

    Where the subject is not among them, nothing else may stand before them.
    """
    mentions = text.named(start, number.start)
    own = next((mention for mention in mentions if mention.concept == names.subject), None)
    if own is None:
        return is_light(text, start, number.start, names)
    before = text.plain[clause : mentions[0].start]
    if own is mentions[0]:
        tight = _OWN.fullmatch(text.plain, mentions[-1].end, number.start)
        if not tight and (_COMPARED.search(before) or _WITHIN.search(before)):
            return False
    elif _POSSESSED.search(before):
        return False
    return is_light(text, mentions[0].start, number.start, names)


def ends_at(text: MarkedText, number: Number) -> bool:
    """Whether no noun follows that an unnamed metric may be: "IWM's 0.19% fee"."""
    word = _NEXT.match(text.plain, number.end)
    return word is None or load_wording().is_light(word[0])


def has_other_subject(text: MarkedText, start: int, number: Number, end: int, names: Names) -> bool:
    """Whether a subject that the words before a number leave out may be another one, named after it."""
    inherited = names.subject not in distinct(text.named(start, number.start), SUBJECTS)
    return inherited and any(other != names.subject for other in distinct(text.named(number.end, end), SUBJECTS))
