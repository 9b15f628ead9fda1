"""Figure cards among the hits: embedded once, with the numbers of now. All live values are synthetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.card_search import CardSearch
from assistant.embedder import Embedder
from assistant.index import Index
from assistant.live import LiveFigures
from assistant.providers.provider import Fetched
from assistant.retriever import Retriever
from assistant.types import Figure, Language

ROOT = Path(__file__).resolve().parents[1]
DAY = date.today() - timedelta(days=1)
PE = Figure(
    "IWM", "pe_ratio", 18.3, "multiple", DAY, "live", "Yahoo Finance", as_of_kind="trade_date", currency="USD",
)  # fmt: skip
QUERIES: dict[Language, str] = {"ko": "IWM 현재 PER 밸류에이션", "en": "current price-to-earnings of VTWO"}
FUNDS: dict[Language, str] = {"ko": "IWM", "en": "VTWO"}
both = pytest.mark.parametrize("language", ["ko", "en"])


class Counting:
    """The bundled embedder, counting the passages that it is given."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.fingerprint, self.dimension = embedder.name, embedder.fingerprint, embedder.dimension
        self.encoded = 0

    def encode_passages(self, texts):  # type: ignore[no-untyped-def]
        self.encoded += len(texts)
        return self._embedder.encode_passages(texts)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveFigures]:
    figures = LiveFigures(tmp_path_factory.mktemp("live"), None)
    yield figures
    figures.close()


@pytest.fixture(scope="module")
def counting(embedder: Embedder) -> Counting:
    return Counting(embedder)


@pytest.fixture(scope="module")
def found(
    live: LiveFigures, counting: Counting, indexes: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """The real assistant with cards, and nothing fetched yet."""
    cards = CardSearch(tmp_path_factory.mktemp("cards"), counting, live.shown)
    index = Index.open(indexes, embedder)
    with Assistant(ROOT / "corpus", index, Retriever(index, embedder, cards), live, cards) as opened:
        yield opened


@both
def test_cards_with_figures_are_found_with_their_current_text(
    found: Assistant, live: LiveFigures, counting: Counting, language: Language
) -> None:
    fund, stated = FUNDS[language], replace(PE, subject=FUNDS[language])
    id = f"live:{fund}:valuation:{language}"
    live.store.save("yahoo", fund, Fetched((stated,)), datetime.now(UTC))
    hits = [hit for hit in found.search(QUERIES[language]) if hit.passage.kind == "figure card"]
    assert hits[0].passage.id == hits[0].passage.article == id and "18.3" in hits[0].passage.text
    before = counting.encoded
    newer = replace(stated, value=19.4, as_of=date.today())
    live.store.save("yahoo", fund, Fetched((newer,)), datetime.now(UTC))
    again = next(hit for hit in found.search(QUERIES[language]) if hit.passage.id == id)
    assert "19.4" in again.passage.text and "18.3" not in again.passage.text
    assert counting.encoded == before > 0


def test_cards_are_left_out_by_language_and_by_id(found: Assistant) -> None:
    korean = found.search(QUERIES["ko"], 20, language="ko")
    assert {hit.passage.language for hit in korean} == {"ko"}
    id = "live:IWM:valuation:ko"
    assert id in {hit.passage.id for hit in korean}
    assert id not in {hit.passage.id for hit in found.search(QUERIES["ko"], 20, exclude=[id])}
    assert [hit.passage.id for hit in found.search(QUERIES["ko"], include=[id])] == [id]


def test_card_is_a_document_for_langchain(found: Assistant) -> None:
    documents = found.as_retriever(20).invoke(QUERIES["en"])
    cards = [document for document in documents if document.metadata["kind"] == "figure card"]
    assert cards and all("article" not in card.metadata for card in cards)


@both
def test_without_figures_no_card_is_found_and_none_is_embedded(
    embedder: Embedder, tmp_path: Path, language: Language
) -> None:
    counting, live = Counting(embedder), LiveFigures(tmp_path, None)
    cards = CardSearch(tmp_path, counting, live.shown)
    vector = embedder.encode_queries([QUERIES[language]])[0]
    assert cards.candidates(QUERIES[language], vector, language, None, ()) == []
    assert counting.encoded == 0
    live.close()
