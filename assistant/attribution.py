"""How well the citations of an answer bear out its sentences: citation precision and recall.

Recall counts sentences that their citations together bear out; precision counts citations that bear their sentence out
alone, or without which the others do not (the measures of ALCE, Gao et al. 2023, with rules for a judge in the place of
a language model). Judged from what the answer shows, by words alone: a sentence is borne out that is a quote, or whose
numbers, names, directions and denials stand in what it cites, and most of its words. What stays unseen: a cause told
for a consequence, a bound left out, and, where a quote is in the other language, all but numbers and known names.
Knows nothing of how an answer is written, or of the checks that its writer has passed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant import phrases
from assistant.bindings import misstates, names_of, swapped
from assistant.cues import fillers
from assistant.figures.table import figure_number
from assistant.markdown import blocks
from assistant.morphemes import index_terms
from assistant.numbers import Number, equal, find_numbers
from assistant.polarity import denies, directions
from assistant.types import Answer, AnswerSentence, Citation, Figure, FigureCitation, Language
from assistant.vocabulary import Kind

LEAST_SHARED = 0.6  # of a sentence's words, in its own language
LEAST_NAMED = 0.5  # of what it names, in the other language

Cited = Citation | FigureCitation
_NAMED: tuple[Kind, ...] = ("fund", "benchmark", "company", "organisation", "sector")
_RECKONING: dict[Language, str] = {"ko": "두 값 차이 비율", "en": "two values difference ratio apart"}


@dataclass(frozen=True, slots=True)
class Attribution:
    """How many sentences and citations an answer has, and how many of them hold; several are added up."""

    sentences: int = 0
    borne_out: int = 0
    citations: int = 0
    needed: int = 0

    def __add__(self, other: Attribution) -> Attribution:
        return Attribution(
            self.sentences + other.sentences,
            self.borne_out + other.borne_out,
            self.citations + other.citations,
            self.needed + other.needed,
        )


def attribution(answer: Answer) -> Attribution:
    """Return the counts for an answer: precision is `needed` of `citations`, recall `borne_out` of `sentences`."""
    by_number = {citation.number: citation for citation in answer.citations}
    total = Attribution()
    for sentence in answer.sentences:
        cited = [by_number[number] for number in sentence.citations]
        held = bears_out(cited, sentence, answer.language)
        needed = sum(_is_needed(each, cited, held, sentence, answer.language) for each in cited)
        total += Attribution(1, held, len(cited), needed)
    return total


def bears_out(cited: Sequence[Cited], sentence: AnswerSentence, language: Language) -> bool:
    """Whether the citations together say what the sentence says; nothing is borne out by none.

    That a cell of a table has no value is no statement of a source.
    """
    quotes = [each.quote for each in cited if isinstance(each, Citation)]
    if sentence.text in quotes:
        return True
    text = sentence.text.replace(phrases.text("no_value", language), "")
    return (
        bool(cited)
        and _numbers_stand(cited, sentence)
        and not swapped(text, quotes)
        and not (misstates(text, _figures(cited)) and not directions(text))
        and _is_of_one_mind(quotes, text)
        and _words_stand(cited, text, language)
    )


def _is_needed(
    citation: Cited, cited: Sequence[Cited], held: bool, sentence: AnswerSentence, language: Language
) -> bool:
    others = [each for each in cited if each is not citation]
    return bears_out([citation], sentence, language) or (held and not bears_out(others, sentence, language))


def _numbers_stand(cited: Sequence[Cited], sentence: AnswerSentence) -> bool:
    """Whether each number is stated by a citation, or comes by its formula from numbers that are."""
    stated = [number for each in cited for number in _stated(each)]
    formulas = {check.text: check.formula for check in sentence.numbers if check.verdict == "computed"}
    for number in find_numbers(sentence.text):
        parts = find_numbers(formulas.get(number.text) or "") or [number]
        if number.unit != "ordinal" and not all(any(_states(other, part) for other in stated) for part in parts):
            return False
    return True


def _figures(cited: Sequence[Cited]) -> list[Figure]:
    return [each.figure for each in cited if each.figure]


def _stated(cited: Cited) -> Iterator[Number]:
    """The numbers of the quote or figure, and its dates."""
    figure = cited.figure
    dates = [figure.as_of.isoformat(), figure.basis, figure.formula] if figure else []
    if isinstance(cited, Citation):
        yield from find_numbers(cited.quote)
        dates.append(cited.article.published.isoformat())
    elif figure:
        yield replace(figure_number(figure), step=Decimal(0))  # exact: an answer may show any of its digits
    for each in dates:
        yield from find_numbers(each)


def _states(stated: Number, number: Number) -> bool:
    return equal(stated, number) and number.step >= stated.step


def _is_of_one_mind(quotes: Sequence[str], text: str) -> bool:
    """Whether the sentence goes the ways that the quotes go, and denies where one of them does."""
    said, stated = directions(text), directions(" ".join(quotes))
    return not quotes or (said <= stated and denies(text) in {denies(quote) for quote in quotes})


def _words_stand(cited: Sequence[Cited], text: str, language: Language) -> bool:
    """Whether most of the sentence's words stand in the quotes or above them, and its names too; a publisher's may.

    What stands above names only what the quotes leave unnamed.
    """
    quotes = " ".join(f"{each.quote} {each.article.publisher}" for each in cited if isinstance(each, Citation))
    above = " ".join(part for each in cited for part in _above(each))
    for kind in _NAMED:
        if set(names_of(text, kind)) - set(names_of(quotes, kind) or names_of(above, kind)):
            return False
    own = any(isinstance(each, Citation) and each.article.language == language for each in cited)
    for number in reversed(find_numbers(text)):
        text = f"{text[: number.start]}0{text[number.end :]}"  # still a number, for the words around it
    wanted = {term for term in index_terms(text, language) if not term.isdigit()}
    wanted -= fillers(language) | set(index_terms(_RECKONING[language], language))
    if not own:
        wanted = {term for term in wanted if term.startswith("#")}
    found = wanted & set(index_terms(f"{quotes} {above}", language))
    return len(found) >= (LEAST_SHARED if own else LEAST_NAMED) * len(wanted)


def _above(cited: Cited) -> Iterator[str]:
    """What stands above a quote: the title and the headings; of a figure its subject and metric."""
    if cited.figure:
        yield f"{cited.figure.subject} {cited.figure.metric.replace('.', ' ').replace('_', ' ')} {cited.figure.source}"
    if isinstance(cited, Citation):
        yield cited.article.title
        for block in blocks(cited.article.text):
            if block.start <= cited.start < block.end:
                yield " ".join(block.section)
