"""What a short follow-up leaves out, taken from the question before it: "그럼 VTWO는?", "and VTWO?".

Knows nothing of answers; the caller keeps the history.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.language import detect_language
from assistant.morphemes import placed_terms
from assistant.vocabulary import Kind, Mention, Vocabulary

Turn = tuple[str, str]  # a question and the text of its answer

# What a follow-up may name instead of what the question before named; one that names more stands on its own.
_SWAPPED: tuple[Kind, ...] = ("fund", "benchmark", "company", "sector", "metric")
_LONGEST_REST = 1  # content words, beside what is named, that a follow-up may still have


def resolved(question: str, history: Sequence[Turn], vocabulary: Vocabulary) -> str:
    """Return the question made whole by the last one of the history, or as it is where it stands on its own."""
    named = vocabulary.find(question)
    kinds = {mention.concept.kind for mention in named}
    if not history or len(kinds) != 1 or not kinds <= set(_SWAPPED) or _rest(question, named) > _LONGEST_REST:
        return question
    earlier = history[-1][0]
    before = [mention for mention in vocabulary.find(earlier) if mention.concept.kind in kinds]
    if not before:
        return question
    new = question[named[0].start : named[-1].end]
    return earlier[: before[0].start] + new + earlier[before[0].end :]


def _rest(question: str, named: Sequence[Mention]) -> int:
    """Count the content words that nothing named covers."""
    covered = {place for mention in named for place in range(mention.start, mention.end)}
    placed = placed_terms(question, detect_language(question))
    return sum(covered.isdisjoint(range(start, start + len(term))) for start, term in placed)
