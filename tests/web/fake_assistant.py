"""An assistant whose answers are written by hand: two small articles and one answer a shape."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from assistant.errors import ArticleError, AssistantError, QuestionError, SettingsError, UnknownArticleError
from assistant.feedback import Opinion
from assistant.figures.refresh import Report
from assistant.figures.risks import Risk
from assistant.figures.table import to_frame, to_series
from assistant.figures.turn import Outcome
from assistant.likeness import Likeness
from assistant.live import LiveState
from assistant.preview import Preview
from assistant.records import Hits
from assistant.sources import File
from assistant.types import Answer, AnswerSentence, Article, Citation, Figure, Head, Hit, NumberCheck, Passage
from tests.web import fake_figures

if TYPE_CHECKING:
    import pandas

KOREAN = Article(
    id="fund-note",
    title="펀드 메모",
    language="ko",
    publisher="시험 출판사",
    published=date(2026, 2, 13),
    source_url="https://example.com/fund-note",
    text=(
        "## 비용\n\n앞 문장이에요. 보수는 연 0.19%이고 범위는 3~5% 사이예요. 뒤 문장이에요.\n\n"
        "## 위험요인\n\n### 시장\n\n1. 금리가 오르면 **이자 비용**이 늘어요.\n2. 거래가 적으면 값이 크게 움직여요.\n"
    ),
)
ENGLISH = Article(
    id="hostile-note.en",
    title="A <b>hostile</b> note",
    language="en",
    publisher='Press "R" & Co.',
    published=date(2026, 1, 2),
    source_url="javascript:alert(1)",
    text=(
        "## Costs\n\nBefore <script>alert(1)</script>. The fee is $5 and $$x$$ ![x](http://evil.example/p.png) "
        '<img src="http://evil.example/q.png" onerror="alert(2)"> ${7*7} {{7*7}} here. After it.\n'
    ),
)


def cite(number: int, article: Article, quote: str, figure: Figure | None = None) -> Citation:
    """The citation of the quote's first place in the article."""
    start = article.text.index(quote)
    return Citation(number, article, start, start + len(quote), quote, figure)


FEE_QUOTE = "보수는 연 0.19%이고 범위는 3~5% 사이예요."
FEE = Figure(
    "IWM", "expense_ratio", 0.19, "percent", date(2025, 12, 31), "article", "시험 출판사", KOREAN.id,
    KOREAN.text.index(FEE_QUOTE), KOREAN.text.index(FEE_QUOTE) + len(FEE_QUOTE), FEE_QUOTE,
)  # fmt: skip
HOSTILE_QUOTE = ENGLISH.text[ENGLISH.text.index("The fee") : ENGLISH.text.index(" After it.")]

FIGURE_ANSWER = Answer(
    question="IWM 보수는?",
    language="ko",
    abstained=False,
    writer="fake",
    text="IWM의 총보수는 연 0.19%예요 [1]. 3~5% 사이라는 **설명**도 있어요 [1][9].\n\n차이는 0.12%p예요 [1].",
    sentences=(
        AnswerSentence(
            "IWM의 총보수는 연 0.19%예요.", (1,), (NumberCheck("0.19%", "quoted", 1), NumberCheck("3~5%", "figure", 1))
        ),
        AnswerSentence("차이는 0.12%p예요.", (1,), (NumberCheck("0.12%p", "computed", 1, "0.19% − 0.07%"),)),
    ),
    citations=(cite(1, KOREAN, FEE_QUOTE, FEE),),
    figures=(FEE,),
    follow_ups=("위험요인은 뭐예요?",),
)
LIST_ANSWER = Answer(
    question="위험요인",
    language="ko",
    abstained=False,
    writer="fake",
    text="위험요인은 두 가지예요.\n\n1. 금리 [1]\n2. 거래량 [2]\n\n- 덧붙임 [1]",
    citations=(
        cite(1, KOREAN, "금리가 오르면 **이자 비용**이 늘어요."),
        cite(2, KOREAN, "거래가 적으면 값이 크게 움직여요."),
    ),
)
TABLE_ANSWER = Answer(
    question="compare",
    language="en",
    abstained=False,
    writer="fake",
    text="Side by side:\n\n| | IWM | VTWO |\n|---|---|---:|\n| Fee | 0.19% [1] | 0.07% [1] |",
    citations=(cite(1, KOREAN, FEE_QUOTE, FEE),),
)
HOSTILE_ANSWER = Answer(
    question="hostile",
    language="en",
    abstained=False,
    writer="fake",
    text=f"{HOSTILE_QUOTE} [1]",
    citations=(cite(1, ENGLISH, HOSTILE_QUOTE),),
)
ABSTAINED = Answer(
    question="비트코인",
    language="ko",
    abstained=True,
    writer="fake",
    text="자료에서 찾지 못했어요.",
    follow_ups=("IWM 보수는?",),
)

_ANSWERS = (FIGURE_ANSWER, LIST_ANSWER, TABLE_ANSWER, HOSTILE_ANSWER)


class FakeAssistant:
    """Answers by a word of the question, abstains from all else, and keeps what it was asked.

    Its live figures are "fetched", "never" fetched until a refresh, or "off". A refresh waits for `go` before its last
    step.
    """

    def __init__(self, live: Literal["fetched", "never", "off"] = "fetched") -> None:
        self.model: str | None = None
        self.asked: list[tuple[str, list[tuple[str, str]]]] = []
        self.rated: list[tuple[Answer, Opinion]] = []
        self.rating_fails = False
        self.closed = False
        self.kept_fresh = False
        self.kept_in_step = False
        self.go = threading.Event()
        self.go.set()
        self.shelf = {article.id: article for article in (KOREAN, ENGLISH)}
        self.past: dict[str, Article] = {}
        self._fetched, self._enabled = live == "fetched", live != "off"

    def ask(
        self, question: str, history: Sequence[tuple[str, str]] | None = None, *, stop: Future[None] | None = None
    ) -> Answer:
        self.asked.append((question, list(history or [])))
        if question == "fail":
            raise QuestionError("No such question.", "그런 질문은 없어요.")
        if question == "crash":
            raise ZeroDivisionError
        return next((answer for answer in _ANSWERS if answer.question in question), ABSTAINED)

    def search(self, query: str, k: int = 8, **_: object) -> Hits:
        passage = Passage(f"{KOREAN.id}:0", KOREAN.id, ("비용",), 0, len(FEE_QUOTE), FEE_QUOTE, "ko")
        return Hits([Hit(passage, 1.0, 1)][:k], {KOREAN.id: KOREAN})

    def rate(self, answer: Answer, opinion: Opinion) -> None:
        if self.rating_fails:
            raise AssistantError("The disk is full.", "저장할 곳이 없어요.")
        self.rated.append((answer, opinion))

    def stream(
        self, question: str, history: Sequence[tuple[str, str]] | None = None, *, stop: Future[None] | None = None
    ) -> Iterator[Answer]:
        """Yield the answer whole, or first its beginning where the question asks for it piece by piece."""
        answer = self.ask(question, history)
        if "piecemeal" in question:
            yield replace(answer, text=answer.text.partition(" 3~5%")[0], follow_ups=())
        yield answer

    def figures(self, subject: str | None = None) -> pandas.DataFrame:
        figures = [*fake_figures.STATED, *(fake_figures.FETCHED_FIGURES if self._fetched else ())]
        return to_frame([figure for figure in figures if subject in (None, figure.subject)])

    def risks(self) -> tuple[Risk, ...]:
        return fake_figures.risks(KOREAN, ENGLISH, fetched=self._fetched)

    def series(self, subject: str, metric: str) -> pandas.Series[float]:
        place = ("IWM", "VTWO", "SPY", "QQQ").index(subject)
        return to_series(fake_figures.prices(place) if self._fetched else [], f"{subject} {metric}")

    def live_state(self) -> LiveState:
        if not self._fetched:
            return LiveState(self._enabled, (), (), None)
        return LiveState(self._enabled, fake_figures.PROVIDERS, fake_figures.MISSING, fake_figures.FETCHED)

    def refresh(
        self, *subjects: str, force: bool = False, progress: Callable[[Outcome, int, int], None] | None = None
    ) -> Report:
        if not self._enabled:
            raise SettingsError("Live figures are off.", "실시간 수치가 꺼져 있어요.")
        outcomes = (
            Outcome("blackrock", "IWM", "ok"),
            Outcome("vanguard", "VTWO", "failed", "timeout"),
            Outcome("yahoo", "SPY", "not_due"),
        )
        for done, outcome in enumerate(outcomes, 1):
            if done == len(outcomes):
                self.go.wait(20)
            if progress:
                progress(outcome, done, len(outcomes))
        self._fetched = True
        return Report(fake_figures.FETCHED, fake_figures.FETCHED, outcomes)

    def heads(self, query: str = "") -> list[Head]:
        words = query.casefold().split()
        there = self.shelf.values()
        return [each.head for each in there if all(word in f"{each.title}\n{each.text}".casefold() for word in words)]

    def articles(self) -> list[Article]:
        return list(self.shelf.values())

    def article(self, id: str) -> Article:
        if id not in self.shelf:
            raise UnknownArticleError("There is no such article.", "그런 글이 없어요.")
        return self.shelf[id]

    def passages(self, id: str) -> list[Passage]:
        """One passage a line that is no heading."""
        article, passages, start = self.shelf[id], [], 0
        for line in article.text.splitlines(keepends=True):
            if (text := line.strip()) and not text.startswith("#"):
                end = start + len(line.rstrip())
                passages.append(Passage(f"{id}:{start}", id, (), start, end, article.text[start:end], article.language))
            start += len(line)
        return passages

    def preview(self, source: str | Path | File, **_: object) -> Preview:
        """A text with "near" in it is like the Korean article; one with "broken" cannot be read."""
        if isinstance(source, File):
            source = source.data.decode()
        text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
        if "broken" in text:
            raise ArticleError("It is damaged.", "손상됐어요.")
        title = text.strip().splitlines()[0].lstrip("# ")
        article = Article("new-note", title, "ko", "user", date(2026, 3, 2), text)
        like = Likeness(KOREAN, 0.8, ("새 문장이에요.",), ("앞 문장이에요.",)) if "near" in text else None
        note = {"ko": "발행일을 찾지 못해 오늘 날짜를 썼어요.", "en": "No date was found; today's is used."}
        return Preview(article, (note,), 2, (FEE,), like)

    def add(self, source: str | Path | File | Preview, **_: object) -> Article:
        kept = source if isinstance(source, Preview) else self.preview(source)
        article = replace(kept.article, id=f"new-note-{len(self.shelf)}")
        self.shelf[article.id] = article
        return article

    def replace(self, id: str, source: str | Path | File | Preview, **_: object) -> Article:
        kept = source if isinstance(source, Preview) else self.preview(source)
        if not kept.article.title:
            raise ArticleError("A title is needed.", "제목이 있어야 해요.")
        self.shelf[id] = replace(kept.article, id=id)
        return self.shelf[id]

    def remove(self, id: str) -> Article:
        self.past[id] = self.article(id)
        del self.shelf[id]
        return self.past[id]

    def restore(self, id: str) -> Article:
        self.shelf[id] = self.past.pop(id)
        return self.shelf[id]

    def keep_fresh(self) -> None:
        self.kept_fresh = True

    def keep_in_step(self) -> None:
        self.kept_in_step = True

    def close(self) -> None:
        self.closed = True
