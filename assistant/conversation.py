"""What a short follow-up leaves out, taken from the turn before it: "그럼 VTWO는?", "and its P/E?", "영어로 다시".

Knows nothing of how questions are answered; the caller keeps the history. A question that says something of its own is
never touched: only what fits one of the frames, or names its subject by "it" or "그 펀드", is made whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.frames import PLACE, frame, item_named, listed, named_instead, spliced, stand_ins, whole
from assistant.language import clean_question, normalize
from assistant.ordinals import pointed_out
from assistant.replacing import replaced
from assistant.slots import FUNDS, PARTS, WEIGHT, Slots, measure
from assistant.types import Language
from assistant.vocabulary import SUBJECT_KINDS, Concept, Kind, Vocabulary

Turn = tuple[str, str]  # a question and the text of its answer

_MOST_ITEMS = 5  # of a list that a follow-up may ask for
_LONGEST = 120  # characters of a follow-up; what is longer says something of its own
_SUFFIXES = ("why", "more", "as_of", "now")
LIKE_FUNDS = frozenset({"small_cap", "large_cap"})  # topics that are asked about as funds are
OF_NOBODY = ("macro.", "rate_cuts", "exchange_rate")  # metrics that belong to nobody
_ITEM = re.compile(r"^\s*\d{1,3}\.\s+(?P<text>.+?)\s*$", re.MULTILINE)
_MARKER = re.compile(r"\s*\[\d{1,3}\]")
_VALUE = re.compile(r":\s[^:]*\d[^:]*$")  # what a line of figures has after its name
_LED = re.compile(r"(?:그럼|그러면|그렇다면|그리고|그런데|근데|and|so|or|but|what about|how about)\b", re.IGNORECASE)
_WEIGHT = re.compile(r"비중|비율|\bweight\b", re.IGNORECASE)
_WEIGHED = re.compile(rf"{_WEIGHT.pattern}|share|%", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Whole:
    """A question that can be asked without its history, the language of its answer, and whether its sources are
    what was asked for."""

    text: str
    language: Language
    sources: bool = False


@dataclass(frozen=True, slots=True)
class _Before:
    """The turn that a follow-up follows: its question, whole, in which language it was answered, and the answer."""

    slots: Slots
    language: Language
    answer: str


def resolved(question: str, history: Sequence[Turn], vocabulary: Vocabulary) -> Whole:
    """Return the question made whole by the turns before it, or as it is where it stands on its own.

    Turns may follow on from each other; those that name nothing are passed over. Raises QuestionError as
    `clean_question` does.
    """
    before: _Before | None = None
    for earlier, answer in history:
        if said := normalize(earlier):
            asked = _resolved(Slots.read(said, vocabulary), before, vocabulary)
            slots = Slots.read(asked.text, vocabulary)
            before = _Before(slots, asked.language, answer) if slots.mentions or before is None else before
    return _resolved(Slots.read(clean_question(question), vocabulary), before, vocabulary)


def _resolved(asked: Slots, before: _Before | None, vocabulary: Vocabulary) -> Whole:
    """Return the question as the first of the ways in which it may follow on makes it whole."""
    if before is not None and len(asked.text) <= _LONGEST:
        for way in (_again, _added, _placed, _compared, _weighed, _swapped):
            if found := way(asked, before):
                return found
        if found := _pointed(asked, before, vocabulary):
            return found
    return Whole(asked.text, asked.language)


def _again(asked: Slots, before: _Before) -> Whole | None:
    """The question before once more: in another language, or for its sources."""
    if found := frame("again", asked.text):
        return Whole(before.slots.text, "en" if found["en"] else "ko")
    return Whole(before.slots.text, asked.language, sources=True) if frame("sources", asked.text) else None


def _added(asked: Slots, before: _Before) -> Whole | None:
    """The question before with another behind it: why, in detail, as of when, now."""
    kind = next((kind for kind in _SUFFIXES if frame(kind, asked.text)), None)
    if kind is None:
        return None
    question = before.slots.text if before.slots.text[-1] in "?.!？" else f"{before.slots.text}?"
    language = before.slots.language
    added = whole(kind, language, question=question)
    repeated = question.endswith(whole(kind, language, question="").strip())
    return Whole(question if repeated else added, asked.language)


def _placed(asked: Slots, before: _Before) -> Whole | None:
    """The items of the last answer's list that are asked for by their places, in the items' own words."""
    masked, items = _pointed_out(asked, before)
    foreign = {mention.concept for mention in asked.mentions} - {mention.concept for mention in before.slots.mentions}
    if not items or len(items) > _MOST_ITEMS or foreign or frame("place", masked) is None:
        return None
    labels = [_VALUE.sub("", item) for item in items]
    if labels != items:
        asking = whole("items" if len(items) > 1 else "item", asked.language, item=listed(labels, asked.language))
    else:
        asking = whole("item_more", asked.language, quotes=" ".join(f"“{item}”" for item in items))
    return Whole(asking, asked.language)


def _pointed_out(asked: Slots, before: _Before) -> tuple[str, list[str]]:
    """The question with a mark where it names items of the last answer's list by their places, and those items."""
    items = _items(before.answer)
    found = pointed_out(asked.text, len(items))
    if found is None:
        return asked.text, []
    (start, end), places = found
    return asked.text[:start] + PLACE + asked.text[end:], [items[place - 1] for place in places]


def _items(answer: str) -> list[str]:
    """The items of an answer's numbered list, without markers."""
    return [_MARKER.sub("", item["text"]) for item in _ITEM.finditer(answer)]


def _compared(asked: Slots, before: _Before) -> Whole | None:
    """What was asked of one, compared with another."""
    others = asked.concepts(*SUBJECT_KINDS)
    subjects = [subject for subject in before.slots.subjects if subject not in others]
    if not others or len(others) < len(asked.mentions) or not subjects or not frame("compare", asked.masked):
        return None
    language = _spoken(asked, before)
    return _asked_of([*subjects, *others], measure(asked, before.slots, language), "compare", language)


def _weighed(asked: Slots, before: _Before) -> Whole | None:
    """The weight, in a fund that is named now, of the part that was asked about."""
    parts, funds = before.slots.concepts(*PARTS), asked.concepts("fund")
    if not funds or len(parts) != 1 or len(funds) < len(asked.mentions) or not _WEIGHT.search(asked.text):
        return None
    language = _spoken(asked, before)
    return _asked_of(funds, f"{parts[0].label(language)} {WEIGHT[language]}", "value", language)


def _swapped(asked: Slots, before: _Before) -> Whole | None:
    """The question before, asked of something else, or something else asked of its subjects."""
    metrics, topics = asked.concepts("metric"), asked.of("topic")
    fits = frame("swap", asked.masked) or (not asked.of(*SUBJECT_KINDS) and frame("value", asked.masked))
    if not fits or _stands(asked, before):
        return None
    if metrics:
        return None if topics or metrics[0].id.startswith(OF_NOBODY) else _owned(asked, before)
    if topics:
        return _on_topic(asked, before)
    language = _spoken(asked, before)
    several = len(before.slots.subjects) > 1 and asked.of(*FUNDS)
    if (several or before.slots.language != language) and (what := measure(asked, before.slots, language)):
        of = asked.concepts(*FUNDS) or before.slots.subjects
        return _asked_of(of, what, "value", language)
    text = replaced(asked, before.slots, language)
    return Whole(text, language) if text else None


def _stands(asked: Slots, before: _Before) -> bool:
    """Whether names alone ask for something: a metric of a fund, a sector's weight in it, its return over a time."""
    subjects = asked.of(*SUBJECT_KINDS)
    whole = asked.of("organisation") or (subjects and asked.of("metric", "topic"))
    weighed = asked.of(*FUNDS) and asked.of(*PARTS) and _WEIGHED.search(asked.text)
    timed = subjects and asked.time and not _LED.match(asked.text)
    return bool(whole or weighed or timed) or (bool(asked.of("sector")) and not before.slots.of(*PARTS))


def _owned(asked: Slots, before: _Before) -> Whole | None:
    """Another metric of the subjects that were asked about."""
    language = _spoken(asked, before)
    of = before.slots.subjects
    return _asked_of(of, measure(asked, before.slots, language), "value", language) if of else None


def _on_topic(asked: Slots, before: _Before) -> Whole | None:
    """The question before on another topic, where the follow-up says that it follows."""
    old = [mention for mention in before.slots.of("topic") if mention.concept.id not in LIKE_FUNDS]
    if not old or not _LED.match(asked.text) or before.slots.language != asked.language or len(asked.mentions) > 1:
        return None
    new = asked.text[asked.mentions[0].start : asked.mentions[0].end]
    return Whole(spliced(before.slots.text, (old[-1].start, old[-1].end), new), asked.language)


def _pointed(asked: Slots, before: _Before, vocabulary: Vocabulary) -> Whole | None:
    """The question with the names for "it", "its", "그 펀드", where it names no subject itself."""
    if asked.of(*SUBJECT_KINDS, "organisation") or any(topic.id in LIKE_FUNDS for topic in asked.concepts("topic")):
        return None
    text = _with_item(asked, before, vocabulary) or asked.text
    for kind, stand_in in sorted(stand_ins(text), key=lambda found: -found[1].start()):
        meant = _meant(kind, before, vocabulary)
        if not meant:
            return None
        names = [_called(concept, asked.language) for concept in meant]
        text = named_instead(text, stand_in, listed(names, asked.language))
    return Whole(text, asked.language) if text != asked.text else None


def _with_item(asked: Slots, before: _Before, vocabulary: Vocabulary) -> str | None:
    """The question with the name of the item that it names by its place: "두 번째 회사는 뭐 하는 곳이야?"."""
    marked, items = _pointed_out(asked, before)
    found = item_named(marked)
    if found is None or len(items) != 1:
        return None
    names = Slots.read(items[0], vocabulary).concepts(*PARTS)
    return spliced(marked, found.span(), _called(names[0], asked.language)) if names else None


def _meant(kind: str, before: _Before, vocabulary: Vocabulary) -> list[Concept]:
    """What a stand-in stands for: one or all of what was asked about, else of what the answer names."""
    kinds = SUBJECT_KINDS & {kind} or SUBJECT_KINDS if kind != "sector" else frozenset[Kind]({"sector"})
    asked = before.slots.concepts(*kinds)
    if kind == "all":
        return asked
    if len(asked) > 1:
        asked = before.slots.concepts("company") if len(before.slots.concepts("company")) == 1 else asked
    answered = Slots.read(before.answer, vocabulary).concepts(*kinds)
    found = asked or (answered[:1] if kind != "any" else answered)
    return found if len(found) == 1 else []


def _called(concept: Concept, language: Language) -> str:
    return f"the {concept.label('en')}" if language == "en" and concept.kind == "benchmark" else concept.label(language)


def _asked_of(subjects: Sequence[Concept], what: str, kind: str, language: Language) -> Whole:
    of = listed([_called(subject, language) for subject in subjects], language)
    return Whole(whole(kind if what else f"{kind}_all", language, of=of, measure=what), language)


def _spoken(asked: Slots, before: _Before) -> Language:
    """The language of a follow-up; of the turn before where it has no word of any ("VTWO?")."""
    return before.language if asked.wordless else asked.language
