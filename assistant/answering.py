"""From a question to its checked answer: made whole, read, looked up, written, checked.

What needs one state of the corpus comes first and may be done again; a language model writes after that. Knows nothing
of how the corpus is kept in step, or of pages and terminals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from time import perf_counter

from assistant import phrases, suggestions
from assistant.citations import Checked, Draft, check_draft
from assistant.conversation import resolved
from assistant.footnotes import source_names
from assistant.language import clean_question
from assistant.library import Library
from assistant.live import LiveFigures
from assistant.model_writer import Stop
from assistant.question import Question, read_question
from assistant.retriever import Retriever
from assistant.types import Answer, Hit, Language
from assistant.vocabulary import load_vocabulary

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
        vocabulary = load_vocabulary()
        whole = resolved(question, history, vocabulary)
        read = partial(read_question, whole.text, vocabulary, this_year=date.today().year, known=self._known)
        own, asked = read(), read(answer_in=language or whole.language)
        other = own.language != asked.language
        known = not other or self._write(library, own).answers
        written = self._write(library, asked) if known else Written(asked)
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


def _named(answer: Answer, asked: Asked) -> Answer:
    """The answer under the question as it was typed, and as it was understood where that is another one."""
    understood = asked.written.question.text
    return replace(answer, question=asked.said, asked_as=None if understood == asked.said else understood)


def _notices(answer: Answer, asked: Asked) -> Iterator[str]:
    language = asked.written.question.language
    if asked.only_foreign:
        yield phrases.text("only_foreign", language)
    if asked.names_sources and answer.citations:
        yield phrases.text("sources", language, sources=" · ".join(source_names(answer)))


def _milliseconds(start: float, end: float) -> int:
    return round((end - start) * 1000)
