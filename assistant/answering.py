"""From a question to its checked answer: made whole, read, looked up, written, checked.

What needs one state of the corpus comes first and may be done again; a language model writes after that. Knows nothing
of how the corpus is kept in step, or of pages and terminals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import perf_counter

from assistant import phrases, suggestions
from assistant.citations import Checked, Draft, check_draft, together
from assistant.conversation import resolved
from assistant.footnotes import source_names
from assistant.language import clean_question
from assistant.library import Library
from assistant.live import LiveFigures
from assistant.model_writer import Stop
from assistant.parts import Part, parts_of
from assistant.periods import Period
from assistant.question import Question, read_question
from assistant.retriever import Retriever
from assistant.types import Answer, Citation, Figure, Hit, Language
from assistant.vocabulary import load_vocabulary

Cited = tuple[str, int, int] | Figure
CANDIDATES = 12  # passages looked into for an answer


@dataclass(frozen=True, slots=True)
class Written:
    """What the articles and figures say to a question, without a model; milliseconds of each step."""

    question: Question
    hits: Sequence[Hit] = ()
    draft: Draft | None = None
    checked: Checked | None = None
    retrieve: int = 0
    write: int = 0

    @property
    def answers(self) -> bool:
        return bool(self.checked and self.checked.sentences)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question over one state of the corpus: as it was typed, as it was understood, and what is there to say.

    `only_foreign` is that only the other language answers it, `names_sources` that the sources are what is asked for.
    """

    library: Library
    said: str
    written: Written
    only_foreign: bool
    names_sources: bool


class Answering:
    """`known` tells whether a word stands in the corpus."""

    def __init__(self, retriever: Retriever, live: LiveFigures, known: Callable[[str], bool]) -> None:
        self._retriever = retriever
        self._live = live
        self._known = known

    def ask(
        self, library: Library, question: str, history: Sequence[tuple[str, str]], language: Language | None
    ) -> Asked:
        """Read the question and find what the sources say; raises QuestionError, and `Outdated` as the library does."""
        whole = resolved(question, history, load_vocabulary())
        own, asked = self._read(whole.text), self._read(whole.text, language or whole.language)
        other = own.language != asked.language
        known = not other or self._written(library, own).answers
        written = self._written(library, asked) if known else Written(asked)
        return Asked(library, clean_question(question), written, other and known and not written.answers, whole.sources)

    def answers(self, asked: Asked, stop: Stop = None) -> Iterator[Answer]:
        """Yield the answer as a model's sentences pass, and last the whole, which is all that comes without a model.

        Once `stop` is done, the model is not waited for any longer.
        """
        written, library, started = asked.written, asked.library, perf_counter()
        checked, writer, remarks = written.checked, suggestions.WRITER, tuple[str, ...]()
        if written.draft and checked and checked.citations and library.model_writer:
            for writing in library.model_writer.write(written.question, written.draft, written.hits, stop):
                checked, writer, remarks = writing.checked, writing.writer or writer, writing.notices
                if not writing.whole:
                    yield _named(suggestions.growing(written.question, checked, writer), asked)
        modelled = perf_counter()
        answer = suggestions.complete(written.question, checked, written.hits, library.figures, self._live.now())
        timings = {
            "retrieve": written.retrieve,
            "write": written.write + _milliseconds(started, modelled),
            "check": _milliseconds(modelled, perf_counter()),
        }
        notices = (*_notices(answer, asked), *remarks, *answer.notices)
        whole = replace(answer, writer=writer, notices=notices, timings_ms=timings, corpus=library.fingerprint)
        yield _named(whole, asked)

    def _read(self, text: str, answer_in: Language | None = None) -> Question:
        this_year = date.today().year
        return read_question(text, load_vocabulary(), this_year=this_year, known=self._known, answer_in=answer_in)

    def _written(self, library: Library, question: Question) -> Written:
        """What is said to the question as one, or to each of those that it asks where that says more."""
        whole = self._write(library, question)
        parts = parts_of(question.text, load_vocabulary())
        if not parts or (whole.answers and question.shape == "compare" and len(parts) > 1):
            return whole
        written = [self._write(library, self._read(part.text, question.language)) for part in parts]
        if len(parts) == 1:
            first, second = (whole, written[0]) if _needs_all(written[0], whole) else (written[0], whole)
            return first if first.answers else second
        pairs = list(zip(parts, written, strict=True))
        said = [each for part, each in pairs if not _says_nothing(part, each)]
        answered = [each for each in said if each.answers]
        if not answered or (whole.answers and (len(said) < len(pairs) or not _says_more(written, whole))):
            return whole
        missing = [f"“{part.said.rstrip('?？ ')}”" for part, each in pairs if each not in answered]
        draft = together([each.draft for each in answered if each.draft])
        draft = replace(draft, absent=(*draft.absent, *missing))
        return Written(
            question,
            list({hit.passage.id: hit for each in written for hit in each.hits}.values()),
            draft,
            check_draft(draft, library.articles),
            sum(each.retrieve for each in (whole, *written)),
            sum(each.write for each in (whole, *written)),
        )

    def _write(self, library: Library, question: Question) -> Written:
        started = perf_counter()
        twins = library.finder.foreign(question.language)
        hits = self._retriever.search(question.text, CANDIDATES, exclude=twins)
        library.require(hits)
        retrieved = perf_counter()
        draft = library.writer.write(question, hits)
        checked = check_draft(draft, library.articles) if draft else None
        took = _milliseconds(started, retrieved), _milliseconds(retrieved, perf_counter())
        return Written(question, hits, draft, checked, *took)


def _needs_all(alone: Written, whole: Written) -> bool:
    """Whether what is said before a question may bear on it: on an explanation, or by the time that it names."""
    timed = whole.question.period != alone.question.period == Period() and not alone.question.asks("now")
    return timed or not alone.question.metrics


def _says_nothing(part: Part, written: Written) -> bool:
    """Whether a part names neither anything nor a metric: it can only be understood with the rest."""
    return part.bare and not (written.question.metrics or written.question.names)


def _says_more(parts: Sequence[Written], whole: Written) -> bool:
    """Whether parts that ask for values say, or lack, what the whole does not speak of: explanations go together."""
    if not any((part.question.metrics or part.question.units) and not part.question.reasons for part in parts):
        return False
    apart, at_once = set[Cited]().union(*map(_cited, parts)), _cited(whole)
    return not apart <= at_once or (at_once <= apart and not all(part.answers for part in parts))


def _cited(written: Written) -> set[Cited]:
    """What is cited: a span of an article, or a live figure."""
    citations = written.checked.citations if written.checked else ()
    return {
        (each.article.id, each.start, each.end) if isinstance(each, Citation) else each.figure for each in citations
    }


def _named(answer: Answer, asked: Asked) -> Answer:
    """The answer under the question as it was typed, and as it was understood where that is another one."""
    understood = asked.written.question.text
    return replace(answer, question=asked.said, asked_as=None if understood == asked.said else understood)


def _notices(answer: Answer, asked: Asked) -> Iterator[str]:
    language = asked.written.question.language
    if asked.only_foreign:
        yield phrases.text("only_foreign", language)
    if answer.citations and asked.written.draft and asked.written.draft.absent:
        yield phrases.text("missing", language, names=" · ".join(asked.written.draft.absent))
    if asked.names_sources and answer.citations:
        yield phrases.text("sources", language, sources=" · ".join(source_names(answer)))


def _milliseconds(start: float, end: float) -> int:
    return round((end - start) * 1000)
