"""Which number is told of which name, as far as their order tells it: "IWM charges 0.19%, VTWO 0.07%".

Knows nothing of what the numbers mean. Where a text has not as many numbers as names, nothing is taken from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assistant.figures.table import figure_number
from assistant.numbers import Number, Unit, equal, find_numbers, values_beyond, values_in
from assistant.types import Figure
from assistant.vocabulary import Kind, load_vocabulary

_SIDES: tuple[tuple[Kind, ...], ...] = (("fund", "benchmark"), ("company",), ("sector",))


def names_of(text: str, *kinds: Kind) -> list[str]:
    """Return the ids of the concepts of these kinds that the text names, each once, in reading order."""
    found = (mention.concept for mention in load_vocabulary().find(text) if mention.concept.kind in kinds)
    return list(dict.fromkeys(concept.id for concept in found))


def swapped(sentence: str, stated: Sequence[str]) -> bool:
    """Whether the sentence tells a name a number that the texts tell of another."""
    for kinds in _SIDES:
        for unit in {value.unit for value in values_in(sentence)}:
            theirs: dict[str, list[Number]] = {}
            for text in stated:
                for name, number in _bound(text, kinds, unit).items():
                    theirs.setdefault(name, []).append(number)
            if _contradicts(_bound(sentence, kinds, unit), theirs):
                return True
    return False


def says(text: str, figure: Figure) -> bool:
    """Whether the text has the figure's value, as far as it is rounded there."""
    return any(equal(number, figure_number(figure)) for number in find_numbers(text))


def stands_alone(quote: str, said: str) -> bool:
    """Whether a figure's quote is a sentence that has no other value than those that are said."""
    return quote.endswith((".", "요", "다")) and not values_beyond(quote, said)


def misstates(sentence: str, figures: Iterable[Figure]) -> bool:
    """Whether the sentence tells one name a number as a metric for which the figures have another value.

    "The P/E of IWM is 19%" beside "its P/E is 20.4, 19% below that of others".
    """
    names, metrics = names_of(sentence, "fund", "benchmark", "company"), names_of(sentence, "metric")
    same = [figure for figure in figures if ([figure.subject], [figure.metric]) == (names, metrics)]
    return bool(values_in(sentence) and same) and not any(says(sentence, figure) for figure in same)


def _contradicts(said: Mapping[str, Number], theirs: Mapping[str, Sequence[Number]]) -> bool:
    """Whether a name has a number that is another's and not its own."""
    for name, number in said.items():
        others = (other for known, numbers in theirs.items() if known != name for other in numbers)
        own = theirs.get(name, ())
        if own and not any(equal(number, each) for each in own) and any(equal(number, other) for other in others):
            return True
    return False


def _bound(text: str, kinds: tuple[Kind, ...], unit: Unit) -> dict[str, Number]:
    """The names with their numbers, first with first, where there are as many of both."""
    names = names_of(text, *kinds)
    numbers = list[Number]()
    for number in find_numbers(text):
        if number.unit == unit and not any(equal(number, earlier) for earlier in numbers):
            numbers.append(number)
    return dict(zip(names, numbers, strict=True)) if len(names) == len(numbers) else {}
