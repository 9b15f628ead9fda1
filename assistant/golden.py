"""Measures answers on golden questions: right, well cited, every number supported, abstaining where it should.

Knows nothing of how answers are made. A question file is YAML: `id`, `question`, `language`, `kind`, and what the
answer must contain (`contains`: each entry, or any of its alternatives), must not (`excludes`) and in which `order`,
and what its notices must name as not found (`absent`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import yaml

from assistant.attribution import Attribution, attribution
from assistant.errors import AssistantError
from assistant.suggestions import WRITER
from assistant.types import Answer, AnswerSentence, Language

Alternatives = str | list[str]
HAS = "has "  # begins the fault of an answer that says what it must not


class Asked(Protocol):
    def ask(self, question: str) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Golden:
    """One golden question; of kind "abstain" when the sources do not answer it."""

    id: str
    question: str
    language: Language
    kind: str
    tags: tuple[str, ...] = ()
    contains: tuple[Alternatives, ...] = ()
    excludes: tuple[str, ...] = ()
    order: tuple[Alternatives, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A golden question with its answer and what is wrong with it."""

    golden: Golden
    answer: Answer
    faults: tuple[str, ...] = field(default=())


def read_golden(path: Path) -> list[Golden]:
    """Return the questions of a file; raises AssistantError when it cannot be read."""
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [Golden(**{key: _frozen(value) for key, value in entry.items()}) for entry in entries]
    except (OSError, TypeError, yaml.YAMLError) as error:
        raise AssistantError(
            f"{path} cannot be read as golden questions: {error}.", f"{path} 파일을 질문으로 읽을 수 없어요: {error}."
        ) from error


def answer_scores(assistant: Asked, path: Path) -> Iterator[dict[str, Any]]:
    """Ask all questions of a file and yield a row for each wrong answer, then one for each language."""
    results = [judged(golden, assistant.ask(golden.question)) for golden in read_golden(path)]
    for result in results:
        if result.faults:
            yield {"wrong": result.golden.id, "question": result.golden.question, "faults": "; ".join(result.faults)}
    for language in sorted({result.golden.language for result in results}):
        spoken = [result for result in results if result.golden.language == language]
        yield {"language": language} | {name: _share(*counts) for name, counts in measures(spoken).items()}


def judged(golden: Golden, answer: Answer) -> Result:
    """Compare an answer with what is wanted of it."""
    return Result(golden, answer, tuple(_faults(golden, answer)))


def measures(results: Sequence[Result]) -> dict[str, tuple[int, int]]:
    """Return each measure as a count and what it is a count of; more is better but for `false_abstain` and `unwanted`.

    `unwanted` counts answers that say what they must not: the figure of another fund, a near miss.
    """
    kinds = Counter(result.golden.kind for result in results)
    right = Counter(result.golden.kind for result in results if not result.faults)
    answered = [result.answer for result in results if not result.answer.abstained]
    cited = sum(map(attribution, answered), Attribution())
    answerable = [result for result in results if result.golden.kind != "abstain"]
    return {kind: (right[kind], kinds[kind]) for kind in sorted(kinds)} | {
        "false_abstain": (sum(result.answer.abstained for result in answerable), len(answerable)),
        "unwanted": (sum(any(fault.startswith(HAS) for fault in result.faults) for result in results), len(results)),
        "citation_exact": (sum(map(is_exact, answered)), len(answered)),
        "citation_precision": (cited.needed, cited.citations),
        "citation_recall": (cited.borne_out, cited.sentences),
        "numbers_supported": _numbers(sentence for answer in answered for sentence in answer.sentences),
        "by_a_model": (sum(answer.writer != WRITER for answer in answered), len(answered)),
    }


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} ({100 * part / whole:.1f}%)" if whole else "0/0"


def _faults(golden: Golden, answer: Answer) -> Iterator[str]:
    if answer.language != golden.language:
        yield f"language {answer.language}"
    if (golden.kind == "abstain") != answer.abstained:
        yield "abstained" if answer.abstained else "answered"
        return
    text = answer.text.lower()
    for wanted in golden.contains:
        if _first(text, wanted) is None:
            yield f"lacks {wanted}"
    for unwanted in golden.excludes:
        if unwanted.lower() in text:
            yield f"{HAS}{unwanted}"
    yield from _disorder(text, golden.order)
    for part in golden.absent:
        if not any(part in notice for notice in answer.notices):
            yield f"does not say that this was not found: {part}"


def _disorder(text: str, order: Iterable[Alternatives]) -> Iterator[str]:
    place = 0
    for wanted in order:
        found = _first(text, wanted, place)
        if found is None:
            yield f"lacks {wanted} after what stands before it"
            return
        place = found + 1


def _first(text: str, wanted: Alternatives, start: int = 0) -> int | None:
    names = [wanted] if isinstance(wanted, str) else wanted
    places = [place for name in names if (place := text.find(name.lower(), start)) >= 0]
    return min(places, default=None)


def is_exact(answer: Answer) -> bool:
    """Whether each quote stands in its article, character for character, where the answer says."""
    return all(cited.article.text[cited.start : cited.end] == cited.quote for cited in answer.quotes)


def _numbers(sentences: Iterable[AnswerSentence]) -> tuple[int, int]:
    checks = [check for sentence in sentences for check in sentence.numbers]
    return sum(check.verdict != "unsupported" for check in checks), len(checks)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
