"""What of a question can be asked anew of something else: the names in it, and its time.

Knows nothing of conversations; texts come cleaned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from assistant.frames import NAME, TIME
from assistant.language import detect_language
from assistant.periods import find_period, read_period
from assistant.types import Language
from assistant.vocabulary import Concept, Kind, Mention, Vocabulary

PARTS: tuple[Kind, ...] = ("sector", "company")
FUNDS: tuple[Kind, ...] = ("fund", "benchmark")
OVER_TIME = frozenset({"return", "return_annualised", "volatility", "max_drawdown", "beta"})

WEIGHT: dict[Language, str] = {"ko": "비중", "en": "weight"}
_SPANS: dict[Language, str] = {"ko": "{}년", "en": "{}-year"}
_TIMES: dict[str, dict[Language, str]] = {
    "ytd": {"ko": "연초 이후", "en": "year-to-date"},
    "last": {"ko": "작년", "en": "last year's"},
    "year": {"ko": "{}년", "en": "{}"},
}


@dataclass(frozen=True, slots=True)
class Slots:
    """A question with its names, one for each span, and the span of its time."""

    text: str
    language: Language
    mentions: tuple[Mention, ...]
    time: tuple[int, int] | None

    @classmethod
    def read(cls, text: str, vocabulary: Vocabulary) -> Self:
        spans = {(mention.start, mention.end): mention for mention in reversed(vocabulary.find(text))}
        mentions = tuple(spans[span] for span in sorted(spans))
        return cls(text, detect_language(text), mentions, find_period(_marked(text, mentions, " ")))

    @property
    def masked(self) -> str:
        """The text with a mark for each name and for its time."""
        text = self.text
        spans = [(mention.start, mention.end, NAME) for mention in self.mentions]
        for start, end, mark in sorted([*spans, *([(*self.time, TIME)] if self.time else [])], reverse=True):
            text = text[:start] + mark + text[end:]
        return text

    @property
    def wordless(self) -> bool:
        """Whether it has no word of a language: names that both languages share, and nothing else ("VTWO P/E?")."""
        shared = all(
            self.text[m.start : m.end] in (*m.concept.names["ko"], *m.concept.names["en"]) for m in self.mentions
        )
        return shared and not any(char.isalpha() for char in _marked(self.text, self.mentions, " "))

    def of(self, *kinds: Kind) -> list[Mention]:
        return [mention for mention in self.mentions if mention.concept.kind in kinds]

    def concepts(self, *kinds: Kind) -> list[Concept]:
        return list(dict.fromkeys(mention.concept for mention in self.of(*kinds)))

    @property
    def subjects(self) -> list[Concept]:
        """Funds and benchmarks, or the companies where no fund holds them."""
        return self.concepts(*FUNDS) or self.concepts("company")

    @property
    def is_stretch(self) -> bool:
        """Whether its time is a stretch of years such as "ten years", and no year, nor this one so far."""
        span = read_period(self.text[slice(*self.time)], 0).span if self.time else None
        return span is not None and span != "ytd"

    @property
    def is_over_time(self) -> bool:
        return any(metric.id.split(".")[0] in OVER_TIME for metric in self.concepts("metric"))


def measure(asked: Slots, before: Slots, language: Language) -> str:
    """Return what is asked of a subject, in words: "헬스케어 비중", "10-year return"; empty where nothing is.

    What the newer question leaves out is the older one's.
    """
    metrics = asked.of("metric") or before.of("metric")
    parts = asked.concepts("sector") or ([] if asked.of("metric") else before.concepts("sector"))
    if before.concepts(*FUNDS):
        parts = parts or asked.concepts("company") or ([] if asked.of("metric") else before.concepts("company"))
    names = [metric_name(mention, asked if asked.of("metric") else before, language) for mention in metrics[:1]]
    names = names or [WEIGHT[language]] if parts or names else []
    timed = not metrics or metrics[0].concept.id.split(".")[0] in OVER_TIME
    times = [time for time in (time_name(asked, language) or (time_name(before, language) if timed else ""),) if time]
    return " ".join([*times, *(part.label(language) for part in parts), *names]) if names else ""


def metric_name(mention: Mention, within: Slots, language: Language) -> str:
    """Return the metric as it was written, where that is a name in capitals such as P/E, or by its name."""
    written = within.text[mention.start : mention.end]
    return written if written.isupper() and written.isascii() else mention.concept.label(language)


def time_name(slots: Slots, language: Language) -> str:
    """Return the time that the text names, as it stands before the name of a metric."""
    if slots.time is None:
        return ""
    period = read_period(slots.text[slice(*slots.time)], 0)
    if period.span and period.span.endswith("y"):
        return _SPANS[language].format(period.span[:-1])
    kind = "ytd" if period.span else "last" if period.year == -1 else "year"
    return _TIMES[kind][language].format(period.year)


def _marked(text: str, mentions: tuple[Mention, ...], mark: str) -> str:
    """The text with its names blanked, each character else in its place."""
    chars = list(text)
    for mention in mentions:
        chars[mention.start : mention.end] = mark * (mention.end - mention.start)
    return "".join(chars)
