"""class Assistant: one object behind the page, the command line and scripts.

Puts the parts together and keeps them in step with the corpus; knows nothing of pages, terminals or wording.
Heavy parts are imported when an assistant is opened, so that importing this module stays quick.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from assistant.errors import ArticleError, UnknownArticleError
from assistant.language import detect_language
from assistant.records import Hits
from assistant.types import Answer, Article, Head, Language, Passage

if TYPE_CHECKING:
    import pandas
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.tools import BaseTool

    from assistant.card_search import CardSearch
    from assistant.drafts import Given
    from assistant.feedback import Opinion
    from assistant.fetching.fetcher import Fetcher
    from assistant.figures.refresh import Report
    from assistant.figures.risks import Risk
    from assistant.figures.turn import Outcome
    from assistant.index import Index
    from assistant.intake import Taken
    from assistant.library import Library
    from assistant.live import LiveFigures, LiveState
    from assistant.llm import ChatModel
    from assistant.preview import Preview
    from assistant.providers.provider import Provider
    from assistant.retriever import Retriever
    from assistant.settings import Settings
    from assistant.sources import File

FEEDBACK = "feedback.jsonl"
Progress = Callable[[int, int], None]


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
        fetcher: Fetcher | None = None,
        model: ChatModel | None = None,
    ) -> None:
        from assistant.answering import Answering
        from assistant.library import Librarian

        self._corpus = corpus
        self._fetcher = fetcher
        self._live = live
        self._model = model
        self._cards = cards
        self._index = index
        self._retriever = retriever
        self._answering = Answering(retriever, live, self._known)
        self._librarian = Librarian(corpus, index, retriever, live, progress, model)

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
        from assistant.fetching.connection import no_network
        from assistant.fetching.fetcher import Fetcher
        from assistant.index import Index
        from assistant.live import LiveFigures
        from assistant.llm import load_chat
        from assistant.retriever import Retriever
        from assistant.settings import Settings

        settings = Settings.load()
        model = load_chat(settings.llm) if settings.llm else None
        embedder = load_embedder(embedding_model or settings.embedding_model)
        folder = Path(indexes or settings.indexes)
        server = str(settings.chroma) if settings.chroma else None
        index = Index.open(folder, embedder, server=server, fresh=fresh)
        live = LiveFigures(folder, partial(_providers, folder, settings) if settings.live == "on" else None)
        cards = CardSearch(folder, embedder, live.shown)
        retriever = Retriever(index, embedder, cards)
        fetcher = Fetcher() if settings.live == "on" else Fetcher(resolve=no_network)
        return cls(Path(corpus or settings.corpus), index, retriever, live, cards, progress, fetcher, model)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._model is not None:
            self._model.close()
        self._librarian.close()
        if self._cards is not None:
            self._cards.close()
        self._live.close()
        self._index.close()

    @property
    def model(self) -> str | None:
        """The name of the language model that writes the answers, where one does."""
        return self._model.name if self._model else None

    # -- asking ----------------------------------------------------------------------------------------------------

    def ask(
        self,
        question: str,
        history: Sequence[tuple[str, str]] | None = None,
        *,
        language: Language | None = None,
        stop: Future[None] | None = None,
    ) -> Answer:
        """Return a checked answer; abstaining is a normal one. Raises QuestionError for what cannot be asked.

        With `history`, earlier questions with the texts of their answers, a short follow-up ("and VTWO?", "in Korean")
        is made whole by the turns before it; `answer.asked_as` is then the whole question. `language` is the answer's,
        where it is not to be the question's. A language model is not waited for any longer once `stop` is done, from
        whatever thread: what it has not said by then is answered without it.
        """
        *_, answer = self.stream(question, history, language=language, stop=stop)
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[tuple[str, str]] | None = None,
        *,
        language: Language | None = None,
        stop: Future[None] | None = None,
    ) -> Iterator[Answer]:
        """Yield the answer as it grows, a checked one each time, and last the whole, which is what `ask` returns.

        It grows with the sentences of a language model; without one, the whole is all that comes.
        """
        asked = self._librarian.consistently(
            lambda library: self._answering.ask(library, question, history or [], language)
        )
        yield from self._answering.answers(asked, stop)

    def receipt(self, answer: Answer) -> dict[str, Any]:
        """Return the receipt of an answer as JSON values, for `assistant replay` to compare with later."""
        from assistant.receipt import receipt_of

        return receipt_of(answer, datetime.now(UTC))

    def rate(self, answer: Answer, opinion: Opinion) -> None:
        """Note whether an answer was helpful ("up") or not ("down") in `feedback.jsonl` beside the corpus folder."""
        from assistant.feedback import append_opinion

        append_opinion(self._corpus.absolute().parent / FEEDBACK, answer, opinion, datetime.now(UTC))

    def search(
        self,
        query: str,
        k: int = 8,
        *,
        language: Language | None = None,
        include: Iterable[str] | None = None,
        exclude: Iterable[str] | None = None,
    ) -> Hits:
        """Return the k best passages, best first, of the included and not of the excluded article ids.

        Where live figures are in store, figure cards are among them, with the current numbers in their text. The list
        is a table as well: `search(…).to_pandas()`.
        """

        def found(library: Library) -> Hits:
            hits = self._retriever.search(query, k, language, include, exclude, cards=True)
            library.require(hits)
            return Hits(
                hits, {id: library.articles[id] for hit in hits if (id := hit.passage.article) in library.articles}
            )

        return self._librarian.consistently(found)

    # -- the corpus ------------------------------------------------------------------------------------------------

    def articles(self) -> list[Article]:
        """Return all articles with their texts; of a large corpus, `heads` takes a hundredth of the memory."""
        return self._librarian.consistently(lambda library: list(library.articles.values()))

    def heads(self, query: str = "") -> list[Head]:
        """Return what is known of each article without its text: of those that have all words of the query in title or
        text, or of all."""
        return self._librarian.consistently(lambda library: library.having(query))

    def article(self, id: str) -> Article:
        """Return an article; raises UnknownArticleError when there is none of that id."""
        found = self._librarian.consistently(lambda library: library.articles.get(id))
        if found is None:
            raise UnknownArticleError(
                f"There is no article {id!r}: `assistant list` shows those there are.",
                f"{id!r} 글이 없어요. `assistant list`로 있는 글을 볼 수 있어요.",
            )
        return found

    def passages(self, id: str) -> list[Passage]:
        """Return what search can find of an article, in the order of its text."""
        return self._index.passages(self.article(id).id)

    def preview(self, source: str | Path | File, **given: Unpack[Given]) -> Preview:
        """Return what adding this would give, and whether it is there already; nothing changes."""
        from assistant.drafts import draft_article
        from assistant.preview import preview_of

        draft = draft_article(source, self._fetcher, **given)
        search, sentences = self._retriever.search, self._index.sentences
        return self._librarian.consistently(lambda library: preview_of(draft, library.articles, search, sentences))

    def add(self, source: str | Path | File | Preview, **given: Unpack[Given]) -> Article:
        """Add an article from a file, an address, text or a preview, and index it; nothing changes where it is refused.

        `language`, `title`, `published` and `url` win over what the source says of itself. A text that is there
        already is refused.
        """
        [saved] = self._keep([self._article_of(source, given)])
        if isinstance(saved, ArticleError):
            raise saved
        return saved

    def add_all(
        self, sources: Path | Iterable[str | Path | File | ArticleError], **given: Unpack[Given]
    ) -> Iterator[Taken]:
        """Add many articles, a batch at a time, and yield what became of each source; of a folder or zip, each file.

        What was yielded stays, whatever becomes of the rest, and is passed over quickly the next time. Whether one is
        nearly the same as another is not looked into, as it is by `preview`.
        """
        from assistant.drafts import draft_article
        from assistant.intake import Intake
        from assistant.sources import files_of

        def read(source: str | Path | File, given: Given) -> Article:
            return draft_article(source, self._fetcher, **given).article

        intake = Intake(self._index.folder, self._librarian.ledger, read, self._keep)
        yield from intake.take(files_of(sources) if isinstance(sources, Path) else sources, given)

    def replace(self, id: str, source: str | Path | File | Preview, **given: Unpack[Given]) -> Article:
        """Put a new version in the place of an article, under its id; the old one is kept aside (see `restore`)."""
        from assistant.articles import replace_article, take_back_replacement

        self.article(id)  # which has to be there
        new, ledger = dataclasses.replace(self._article_of(source, given), id=id), self._librarian.ledger
        self._librarian.change(
            partial(replace_article, new, ledger), undo=lambda former: take_back_replacement(former, ledger)
        )
        return self.article(id)

    def remove(self, id: str) -> Article:
        """Remove an article from the corpus folder and the index, and return it; it is kept aside (see `restore`)."""
        from assistant.articles import remove_article

        self.article(id)  # which has to be there
        return self._librarian.change(partial(remove_article, id, self._librarian.ledger))

    def restore(self, id: str) -> Article:
        """Bring back the version of an article that was removed or replaced last, and return it."""
        from assistant.articles import restore_article

        return self._librarian.change(partial(restore_article, id, self._librarian.ledger))

    def keep_in_step(self, every: float = 2.0) -> None:
        """From now on, notice articles that others add to the corpus folder, change in it or remove from it.

        Looks every so many seconds; a file counts once it has been still from one look to the next.
        """
        self._librarian.keep_in_step(every)

    def figures(self, subject: str | None = None) -> pandas.DataFrame:
        """Return the figures that articles state and those fetched live, one dated figure a row.

        Of one subject ("IWM") or of all; `origin` tells "article" from "live".
        """
        from assistant.figures.table import to_frame

        both = [*self._librarian.library.figures.figures, *self._live.store.figures()]
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
        return self._librarian.consistently(lambda library: self._live.risks(library.articles))

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
        """Return what is wrong with corpus, figures and index, one line each; empty when all is well.

        Reads both whole, and looks for each passage by its own vector; the search graph is brought in step for it.
        """
        from assistant.articles import read_corpus

        corpus = read_corpus(self._corpus)
        return [str(problem) for problem in corpus.problems] + self._index.check(corpus.articles)

    # -- for other programs ----------------------------------------------------------------------------------------

    def as_retriever(self, k: int = 8) -> BaseRetriever:
        """Return a LangChain retriever over `search`."""
        from assistant.toolkit import AssistantRetriever

        return AssistantRetriever(assistant=self, k=k)

    def as_tool(self, k: int = 8) -> BaseTool:
        """Return a LangChain tool that gives an agent cited passages."""
        from assistant.toolkit import search_tool

        return search_tool(self, k)

    # ------------------------------------------------------------------------------------------------------------------

    def _article_of(self, source: str | Path | File | Preview, given: Given) -> Article:
        from assistant.drafts import draft_article
        from assistant.preview import Preview

        return source.article if isinstance(source, Preview) else draft_article(source, self._fetcher, **given).article

    def _keep(self, articles: Sequence[Article]) -> list[Article | ArticleError]:
        """Save articles and index them together; return each as it was saved, or why it was not."""
        from assistant.articles import save_articles, take_back

        ledger = self._librarian.ledger

        def undo(saved: list[Article | ArticleError]) -> None:
            take_back([each for each in saved if isinstance(each, Article)], ledger)

        return self._librarian.change(partial(save_articles, articles, ledger), undo)

    def _known(self, word: str) -> bool:
        from assistant.morphemes import terms

        return all(self._index.frequency(term) for term in terms(word, detect_language(word)))


def _providers(indexes: Path, settings: Settings) -> Sequence[Provider]:
    from assistant.providers.registry import all_providers

    key = settings.fred_key.get_secret_value() if settings.fred_key else None
    return all_providers(indexes / "yahoo", key, settings.sec_contact)
