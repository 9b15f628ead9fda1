"""class Assistant: one object behind the page, the command line and scripts.

Puts the parts together and keeps them in step with the corpus; knows nothing of pages, terminals or wording.
Heavy parts are imported when an assistant is opened, so that importing this module stays quick.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Self

from assistant.errors import ArticleError
from assistant.language import detect_language
from assistant.types import Answer, Article, Hit, Language, Sentence

if TYPE_CHECKING:
    import pandas
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.tools import BaseTool

    from assistant.articles import Corpus
    from assistant.card_search import CardSearch
    from assistant.extractive import ExtractiveWriter
    from assistant.figures.refresh import Report
    from assistant.figures.risks import Risk
    from assistant.figures.table import FigureTable
    from assistant.figures.turn import Outcome
    from assistant.index import Index
    from assistant.live import LiveFigures, LiveState
    from assistant.llm import ChatModel
    from assistant.model_writer import ModelWriter
    from assistant.providers.provider import Provider
    from assistant.retriever import Retriever
    from assistant.settings import Settings

CANDIDATES = 12  # passages looked into for an answer
FIGURES = "figures.csv"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Library:
    """Everything that belongs to one state of the corpus; replaced as a whole when the corpus changes."""

    articles: Mapping[str, Article]
    problems: tuple[ArticleError, ...]
    figures: FigureTable
    writer: ExtractiveWriter
    model_writer: ModelWriter | None


class Assistant:
    """Answers questions from a corpus folder; safe to use from several threads. Made by `Assistant.open()`."""

    def __init__(
        self,
        corpus: Path,
        index: Index,
        retriever: Retriever,
        live: LiveFigures,
        cards: CardSearch | None = None,
        progress: Progress | None = None,
        model: ChatModel | None = None,
    ) -> None:
        self._corpus = corpus
        self._model = model
        self._live = live
        self._cards = cards
        self._index = index
        self._retriever = retriever
        self._changing = threading.Lock()
        self._library = self._load(progress)

    @classmethod
    def open(
        cls,
        corpus: str | Path | None = None,
        indexes: str | Path | None = None,
        *,
        embedding_model: str | None = None,
        fresh: bool = False,
        progress: Progress | None = None,
    ) -> Self:
        """Open a corpus and bring its index in step; what is not given comes from the environment (`ASSISTANT_…`).

        Only texts that the index has never seen are embedded; `fresh` forgets what it has seen. `progress(done, total)`
        counts them. Raises AssistantError.
        """
        from assistant.card_search import CardSearch
        from assistant.embedder import load_embedder
        from assistant.index import Index
        from assistant.live import LiveFigures
        from assistant.llm import load_chat
        from assistant.retriever import Retriever
        from assistant.settings import Settings

        settings = Settings.load()
        model = load_chat(settings.llm) if settings.llm else None
        embedder = load_embedder(embedding_model or settings.embedding_model)
        folder = Path(indexes or settings.indexes)
        index = Index.open(folder, embedder, fresh=fresh)
        live = LiveFigures(folder, partial(_providers, folder, settings) if settings.live == "on" else None)
        cards = CardSearch(folder, embedder, live.shown)
        retriever = Retriever(index, embedder, cards)
        return cls(Path(corpus or settings.corpus), index, retriever, live, cards, progress, model)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._cards is not None:
            self._cards.close()
        self._live.close()
        self._index.close()

    # -- asking ----------------------------------------------------------------------------------------------------

    def ask(self, question: str, history: Sequence[tuple[str, str]] | None = None) -> Answer:
        """Return a checked answer; abstaining is a normal one. Raises QuestionError for what cannot be asked.

        With `history`, earlier questions with the texts of their answers, a short follow-up ("and VTWO?") is made whole
        by the question before it; the answer then says how it was understood.
        """
        *_, answer = self.stream(question, history)
        return answer

    def stream(self, question: str, history: Sequence[tuple[str, str]] | None = None) -> Iterator[Answer]:
        """Yield the answer as it grows, a checked one each time, and last the whole, which is what `ask` returns.

        It grows with the sentences of a language model; without one, the whole is all that comes.
        """
        from assistant import phrases, suggestions
        from assistant.citations import check_draft
        from assistant.conversation import resolved
        from assistant.evidence import foreign_twins
        from assistant.question import read_question
        from assistant.vocabulary import load_vocabulary

        library, started, vocabulary = self._library, perf_counter(), load_vocabulary()
        whole = resolved(question, history or [], vocabulary)
        asked = read_question(whole, vocabulary, this_year=date.today().year, known=self._known)
        hits = self._retriever.search(asked.text, CANDIDATES, exclude=foreign_twins(library.articles, asked.language))
        retrieved = perf_counter()
        draft = library.writer.write(asked, hits)
        written = perf_counter()
        checked = check_draft(draft, library.articles) if draft else None
        writer, remarks = suggestions.WRITER, tuple[str, ...]()
        if draft and checked and checked.citations and library.model_writer:
            for writing in library.model_writer.write(asked, draft, hits):
                checked, writer, remarks = writing.checked, writing.writer or writer, writing.notices
                if not writing.whole:
                    yield suggestions.growing(asked, checked, writer)
            written = perf_counter()
        answer = suggestions.complete(asked, checked, hits, library.figures, self._live.now())
        timings = {
            "retrieve": _milliseconds(started, retrieved),
            "write": _milliseconds(retrieved, written),
            "check": _milliseconds(written, perf_counter()),
        }
        notices = () if whole == question else (phrases.text("understood", asked.language, question=asked.text),)
        yield replace(answer, writer=writer, notices=notices + remarks + answer.notices, timings_ms=timings)

    def search(
        self,
        query: str,
        k: int = 8,
        *,
        language: Language | None = None,
        include: Iterable[str] | None = None,
        exclude: Iterable[str] | None = None,
    ) -> list[Hit]:
        """Return the k best passages, best first, of the included and not of the excluded article ids.

        Where live figures are in store, figure cards are among them, with the current numbers in their text.
        """
        return self._retriever.search(query, k, language, include, exclude, cards=True)

    # -- the corpus ------------------------------------------------------------------------------------------------

    def articles(self) -> list[Article]:
        return list(self._library.articles.values())

    def article(self, id: str) -> Article:
        """Return an article; raises ArticleError when there is none of that id."""
        if id not in self._library.articles:
            raise ArticleError(
                f"There is no article {id!r}: `assistant list` shows those there are.",
                f"{id!r} 글이 없어요. `assistant list`로 있는 글을 볼 수 있어요.",
            )
        return self._library.articles[id]

    def add(
        self,
        source: str | Path,
        *,
        language: Language | None = None,
        title: str | None = None,
        published: date | None = None,
        url: str | None = None,
    ) -> Article:
        """Add an article from a file, an address or text, and index it; nothing changes where it is refused."""
        from assistant.articles import draft_article, save_article

        with self._changing:
            draft = draft_article(source, language=language, title=title, published=published, url=url)
            article = save_article(draft.article, self._corpus)
            self._library = self._load()
            return self.article(article.id)

    def remove(self, id: str) -> Article:
        """Remove an article from the corpus folder and the index, and return it."""
        from assistant.articles import remove_article

        with self._changing:
            removed = remove_article(self.article(id), self._corpus)
            self._library = self._load()
            return removed

    def figures(self, subject: str | None = None) -> pandas.DataFrame:
        """Return the figures that articles state and those fetched live, one dated figure a row.

        Of one subject ("IWM") or of all; `origin` tells "article" from "live".
        """
        from assistant.figures.table import to_frame

        both = [*self._library.figures.figures, *self._live.store.figures()]
        return to_frame([figure for figure in both if subject in (None, figure.subject)])

    def refresh(
        self, *subjects: str, force: bool = False, progress: Callable[[Outcome, int, int], None] | None = None
    ) -> Report:
        """Fetch live figures of these subjects, or of all, where what is in store is due; `force` fetches all.

        A source that fails changes nothing in store; the report says what failed, why, and when it is tried again.
        `progress(outcome, done, total)` follows it. Raises SettingsError where ASSISTANT_LIVE is off.
        """
        return self._live.refresh(subjects or None, force, progress)

    def risks(self) -> tuple[Risk, ...]:
        """Return the nine risk factors of the IWM article, each with its dated live gauges and what the article says.

        A gauge without a reading gives the reason.
        """
        return self._live.risks(self._library.articles)

    def series(self, subject: str, metric: str) -> pandas.Series[float]:
        """Return the stored history of a price ("close", "adjusted_close") or of "macro.DGS10", dates as its index."""
        from assistant.figures.table import to_series

        return to_series(self._live.store.series(subject, metric), f"{subject} {metric}")

    def live_state(self) -> LiveState:
        """Return how fetching live figures goes: which sources answer, what is missing and why."""
        return self._live.state()

    def keep_fresh(self) -> None:
        """Refresh live figures in the background from now on, unless ASSISTANT_LIVE is off."""
        self._live.keep_fresh()

    def check(self) -> list[str]:
        """Return what is wrong with corpus, figures and index, one line each; empty when all is well."""
        return [str(problem) for problem in self._library.problems] + self._index.check()

    # -- for other programs ----------------------------------------------------------------------------------------

    def as_retriever(self, k: int = 8) -> BaseRetriever:
        """Return a LangChain retriever over `search`."""
        from assistant.toolkit import AssistantRetriever

        return AssistantRetriever(assistant=self, k=k)

    def as_tool(self, k: int = 8) -> BaseTool:
        """Return a LangChain tool that gives an agent cited passages."""
        from assistant.toolkit import search_tool

        return search_tool(self, k)

    # --------------------------------------------------------------------------------------------------------------

    def _load(self, progress: Progress | None = None) -> _Library:
        """Read the corpus, bring the index in step, and return what belongs together."""
        from assistant.articles import read_corpus
        from assistant.evidence import Finder
        from assistant.extractive import ExtractiveWriter
        from assistant.figure_lookup import FigureLookup
        from assistant.figures.stated import read_figures
        from assistant.figures.table import FigureTable
        from assistant.model_writer import ModelWriter
        from assistant.vocabulary import load_vocabulary

        corpus: Corpus = read_corpus(self._corpus)
        vocabulary = load_vocabulary()
        articles = {article.id: article for article in corpus.articles}
        self._index.sync(corpus.articles, progress)
        figures = FigureTable(
            read_figures(self._corpus / FIGURES, articles), {id: article.language for id, article in articles.items()}
        )
        texts = _Texts(self._index, self._retriever)
        finder, lookup = Finder(articles, texts), FigureLookup(articles, figures, vocabulary)
        writer = ExtractiveWriter(
            articles, lookup, finder, vocabulary, self._live.now, partial(self._live.risks, articles)
        )
        model_writer = ModelWriter(self._model, articles, texts, vocabulary) if self._model else None
        return _Library(articles, corpus.problems, figures, writer, model_writer)

    def _known(self, word: str) -> bool:
        from assistant.morphemes import terms

        return all(self._index.frequency(term) for term in terms(word, detect_language(word)))


@dataclass(frozen=True, slots=True)
class _Texts:
    """The indexed sentences, as the finder of evidence wants them."""

    index: Index
    retriever: Retriever

    def sentences(self, article: str) -> Sequence[Sentence]:
        return self.index.sentences(article)

    def similarities(self, text: str, article: str) -> Sequence[float]:
        return self.retriever.similarities(text, article)

    def frequency(self, term: str) -> int:
        return self.index.frequency(term)


def _providers(indexes: Path, settings: Settings) -> Sequence[Provider]:
    from assistant.providers.registry import all_providers

    key = settings.fred_key.get_secret_value() if settings.fred_key else None
    return all_providers(indexes / "yahoo", key, settings.sec_contact)


def _milliseconds(start: float, end: float) -> int:
    return round((end - start) * 1000)
