"""The writer over a chat model: its sentences are shown once they are checked, and what fails is said.

The model puts into words what the writer that needs no model has found; it is not asked where that one abstains. The
figures that were asked for are never left out: those that the model passes over are added. Knows nothing of how
evidence is found, of LangChain, or of pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from assistant import translation
from assistant.bindings import says
from assistant.citations import MARKER, Checked, Claim, Draft, check_draft
from assistant.evidence import Finder
from assistant.llm import ChatFailure, Message, Reason
from assistant.material import Row, rows_of
from assistant.numbers import equal, find_numbers
from assistant.prompts import NONE, ask, ask_again
from assistant.question import Question
from assistant.ranking import places_said
from assistant.reply import sentences_of
from assistant.support import Fault, FaultKind, Support
from assistant.types import Article, Citation, Hit, Language
from assistant.vocabulary import Vocabulary

MOST_SENTENCES = 12
MOST_TRANSLATED = 10

Stop = Future[None] | None
Why = Reason | Literal["nothing"]
_WHY: dict[Why, dict[Language, str]] = {
    "timeout": {"ko": "언어 모델이 제때 답하지 않았어요", "en": "The language model did not answer in time"},
    "rate_limit": {
        "ko": "언어 모델 제공자가 지금은 질문을 더 받지 않아요",
        "en": "The language model's provider takes no more questions at the moment",
    },
    "key": {
        "ko": "언어 모델 제공자의 키가 없거나 맞지 않아요",
        "en": "The key for the language model's provider is missing or was not accepted",
    },
    "network": {"ko": "언어 모델에 연결하지 못했어요", "en": "The language model could not be reached"},
    "unknown_model": {
        "ko": "제공자가 이 이름의 언어 모델을 몰라요",
        "en": "The provider knows no language model of this name",
    },
    "refused": {"ko": "언어 모델이 답하기를 거절했어요", "en": "The language model refused to answer"},
    "endless": {
        "ko": "언어 모델의 답이 끝나지 않아 멈췄어요",
        "en": "The language model came to no end and was stopped",
    },
    "empty": {"ko": "언어 모델이 빈 답을 보냈어요", "en": "The language model sent an empty answer"},
    "package": {
        "ko": "언어 모델 제공자의 패키지가 설치되어 있지 않아요",
        "en": "The package for the language model's provider is not installed",
    },
    "stopped": {"ko": "언어 모델을 도중에 멈췄어요", "en": "The language model was stopped"},
    "failed": {"ko": "언어 모델에 오류가 났어요", "en": "The language model failed"},
    "nothing": {
        "ko": "언어 모델의 답이 검사를 통과하지 못했어요",
        "en": "The language model's answer did not pass the checks",
    },
}
_NOTICES: dict[str, dict[Language, str]] = {
    "without": {
        "ko": "{why}. 그래서 모델 없이 답했어요.",
        "en": "{why}, so this answer was made without it.",
    },
    "stopped": {
        "ko": "{why}. 그 전에 검사를 통과한 문장만 보여 드려요.",
        "en": "{why}; what came before it passed the checks.",
    },
    "dropped": {
        "ko": "언어 모델이 쓴 문장 가운데 검사를 통과하지 못한 {count}개를 뺐어요.",
        "en": "Sentences of the language model left out because they did not pass the checks: {count}.",
    },
}  # fmt: skip
_REASONS: dict[FaultKind, dict[Language, str]] = {
    "markup": {"ko": "링크나 태그는 쓸 수 없어요", "en": "links and tags are not allowed"},
    "language": {"ko": "한국어로 써야 해요", "en": "it has to be in English"},
    "uncited": {"ko": "근거 번호가 없어요", "en": "it has no row number"},
    "marker": {"ko": "없는 번호예요: {what}", "en": "there is no row {what}"},
    "unlike": {"ko": "적은 번호의 자료가 말하는 내용이 아니에요", "en": "the rows cited do not say this"},
    "number": {"ko": "적은 번호의 자료에 없는 수치예요: {what}", "en": "the rows cited do not have the number {what}"},
    "name": {"ko": "적은 번호의 자료에 없는 이름이에요: {what}", "en": "the rows cited do not have the name {what}"},
    "swapped": {"ko": "수치가 다른 이름의 것이에요", "en": "a number belongs to another name"},
    "direction": {"ko": "오르내림이 자료와 달라요", "en": "the rows cited do not say that it goes that way"},
    "denial": {"ko": "긍정과 부정이 자료와 달라요", "en": "it denies what the rows cited say, or the reverse"},
}


class Model(Protocol):
    """What is needed of a chat model: its name, and a reply piece by piece, or ChatFailure."""

    @property
    def name(self) -> str: ...
    def stream(self, messages: Sequence[Message], stop: Stop = None) -> Iterator[str]: ...


@dataclass(frozen=True, slots=True)
class Writing:
    """What has passed so far; the last one, `whole`, says who wrote it and what the reader should know of that."""

    checked: Checked
    writer: str | None
    notices: tuple[str, ...] = ()
    whole: bool = False


class ModelWriter:
    def __init__(self, model: Model, articles: Mapping[str, Article], finder: Finder, vocabulary: Vocabulary) -> None:
        self.model = model
        self.articles = articles
        self.finder = finder
        self.vocabulary = vocabulary
        self.support = Support(articles, finder.corpus)

    def write(self, question: Question, draft: Draft, hits: Sequence[Hit], stop: Stop = None) -> Iterator[Writing]:
        """Yield what has passed after each sentence, then the whole; the draft is what to say without the model.

        The model is not waited for any longer once `stop` is done.
        """
        rows = rows_of(question, draft, hits, self.articles, self.finder, self.vocabulary)
        sentences = _Sentences(question, draft, rows, self)
        stopped: Reason | None = None
        try:
            asked = ask(question.text, rows, question.language)
            yield from sentences.of(self.model.stream(asked, stop))
            if sentences.refused:
                again = ask_again(asked, sentences.told(), question.language)
                yield from sentences.of(self.model.stream(again, stop), again=True)
        except ChatFailure as failure:
            stopped = failure.reason
        whole = sentences.whole(stopped)
        yield whole if stopped else replace(whole, checked=self._translated(whole.checked, question.language, stop))

    def _translated(self, checked: Checked, language: Language, stop: Stop) -> Checked:
        """With translations of the quotes in the other language, as far as the model gives faithful ones."""
        quotes = translation.foreign(checked.citations, language)[:MOST_TRANSLATED]
        if not quotes:
            return checked
        try:
            reply = "".join(self.model.stream(translation.ask_for(quotes, language), stop))
        except ChatFailure:
            return checked
        texts = translation.read(reply, quotes, language)
        citations = tuple(
            replace(each, translation=texts.get(each.number, "")) if isinstance(each, Citation) else each
            for each in checked.citations
        )
        return replace(checked, citations=citations)


class _Sentences:
    """The sentences of one answer, passed and refused."""

    def __init__(self, question: Question, draft: Draft, rows: Sequence[Row], writer: ModelWriter) -> None:
        self.question = question
        self.language = question.language
        self.draft = draft
        self.rows = rows
        self.writer = writer
        self.passed: list[Claim] = []
        self.refused: list[tuple[str, Fault]] = []
        self.mended = 0

    def of(self, pieces: Iterator[str], again: bool = False) -> Iterator[Writing]:
        """Read one reply, and yield what has passed whenever more has, once it is about what was asked."""
        for count, said in enumerate(sentences_of(pieces, self.language)):
            if count == MOST_SENTENCES or len(self.passed) == self.question.sentences:
                return
            if said.text.strip(" .") == NONE or said.text in {claim.text for claim in self.passed}:
                continue
            judged = self.writer.support.judged(said, self.rows, self.language)
            if isinstance(judged, Claim):
                self.passed.append(judged)
                self.mended += again
                if self._is_asked:
                    yield Writing(self._checked(self.passed), self.writer.model.name)
            elif not again:
                self.refused.append((said.text, judged))

    def told(self) -> list[tuple[str, str]]:
        """The refused sentences with the reasons, in words."""
        return [(text, _REASONS[fault.kind][self.language].format(what=fault.what)) for text, fault in self.refused]

    def whole(self, stopped: Reason | None) -> Writing:
        """The answer: the model's where something of it can be shown, else the one made without it."""
        if not self._is_asked:
            why = _WHY[stopped or "nothing"][self.language]
            without = _NOTICES["without"][self.language].format(why=why)
            return Writing(self._checked(self.draft.claims), None, (without,), whole=True)
        notices = []
        if stopped:
            notices.append(_NOTICES["stopped"][self.language].format(why=_WHY[stopped][self.language]))
        if dropped := max(len(self.refused) - self.mended, 0):
            notices.append(_NOTICES["dropped"][self.language].format(count=dropped))
        claims = [*self.passed, *_left_out(self.draft, self.passed, self.question)]
        return Writing(self._checked(claims), self.writer.model.name, tuple(notices), whole=True)

    @property
    def _is_asked(self) -> bool:
        """Whether a sentence rests on what answers the question, and not on what stands near it alone."""
        return any(number <= len(self.draft.sources) for claim in self.passed for number in _markers(claim))

    def _checked(self, claims: Sequence[Claim]) -> Checked:
        return check_draft(Draft(claims, [row.source for row in self.rows]), self.writer.articles)


def _left_out(draft: Draft, passed: Sequence[Claim], question: Question) -> list[Claim]:
    """What the draft says of figures and the model does not, and of what is missing; a list or table as a whole.

    Where a place is asked for, it has to be told in a sentence on the figure.
    """
    cited = {number for claim in passed for number in _markers(claim)}
    text = MARKER.sub("", " ".join(claim.text for claim in passed))
    said = find_numbers(text)

    def is_left_out(claim: Claim) -> bool:
        figures = {number: figure for number in _markers(claim) if (figure := draft.sources[number - 1].figure)}
        computed = [number for formula in claim.formulas for number in find_numbers(formula)]
        told = all(any(equal(number, other) for other in said) for number in computed)
        shown = all(number in cited and says(text, figure) for number, figure in figures.items())
        beside = " ".join(each.text for each in passed if _markers(each) & figures.keys())
        placed = not question.places_parts or places_said(claim.text) <= places_said(MARKER.sub("", beside))
        return claim.note or (bool(figures) and not (shown and told and placed))

    left = [claim for claim in draft.claims if is_left_out(claim)]
    if any(_is_item(claim) for claim in left):
        left = [claim for claim in draft.claims if claim in left or (_is_item(claim) and _has_figure(claim, draft))]
    return left


def _markers(claim: Claim) -> set[int]:
    return {int(number) for number in MARKER.findall(claim.text)}


def _has_figure(claim: Claim, draft: Draft) -> bool:
    return any(draft.sources[number - 1].figure for number in _markers(claim))


def _is_item(claim: Claim) -> bool:
    return claim.lead.startswith("\n")
