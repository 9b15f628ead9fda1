"""Two indexes with folders of their own and one real Chroma server, through changes, failures and foreign contents."""

from __future__ import annotations

import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from assistant.index import Index
from assistant.store.server import Collection, collection_name
from assistant.types import Article
from tests.fakes import WordCounts, article
from tests.reliability.small import add, found, open_over, random_text, texts

WORDS = "energy health debt rates banks oil gold rent"
HEALTH = article("health", "Health care is the largest sector. It grew again.")
GOLD = article("gold", "Gold is a metal. Gold was dear.")
QUERIES = ["oil", "health", "debt banks", "gold rent", "rates rates oil", "energy"]


class Server:
    """`chroma run` over one folder; what was stored outlives the process."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        script = Path(sys.executable).with_name("chroma")
        self._command = [script, "run", "--path", folder, "--host", "127.0.0.1", "--port", str(port)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        out = subprocess.DEVNULL
        self._process = subprocess.Popen(self._command, stdin=out, stdout=out, stderr=out)
        wait_for(self._answers)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v2/heartbeat", timeout=1, trust_env=False).is_success
        except httpx.HTTPError:
            return False


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("server"))
    started.start()
    yield started
    started.kill()


@pytest.fixture
def embedder(request: pytest.FixtureRequest) -> WordCounts:
    """A model of its own for each test, and so a collection of its own."""
    return WordCounts(WORDS, name=request.node.name)


Open = Callable[[str], Index]


@pytest.fixture
def open_node(tmp_path: Path, server: Server, embedder: WordCounts) -> Iterator[Open]:
    opened = []

    def open_(name: str) -> Index:
        opened.append(Index.open(tmp_path / name, embedder, graph_after=0, server=server.url))
        return opened[-1]

    yield open_
    for index in opened:
        index.close()


@pytest.fixture
def stored(server: Server, embedder: WordCounts) -> Iterator[Collection]:
    """The collection of this model, to look into it or to spoil it."""
    collection = collection_of(server, embedder)
    yield collection
    collection.close()


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


def many(count: int) -> list[Article]:
    words = WORDS.split()
    texts = (" ".join(words[(i * step) % len(words)] for step in range(1, 2 + i % 5)) for i in range(count))
    return [article(f"many-{number}", f"Note {number} is on {text}.") for number, text in enumerate(texts)]


def vector_of(index: Index, query: str) -> np.ndarray:
    assert isinstance(index._embedder, WordCounts)
    return index._embedder.encode_queries([query])[0]


def nearest(index: Index, query: str, k: int = 5) -> list[float] | None:
    """Return the cosines of what the server finds, highest first; None where the index answers by itself."""
    snapshot, vector = index._current(), vector_of(index, query)
    assert index._chroma is not None
    rows = index._chroma.nearest(snapshot, vector, k)
    return None if rows is None else sorted(map(float, snapshot.vectors(rows) @ vector), reverse=True)


def exactly(index: Index, query: str, k: int = 5) -> list[float]:
    snapshot, vector = index._current(), vector_of(index, query)
    return sorted(map(float, snapshot.vectors(snapshot.nearest(vector, k)) @ vector), reverse=True)


def candidates(index: Index, query: str) -> set[str]:
    return {each.passage.article for each in index.candidates(query, vector_of(index, query), k=1)}


def wait_until_in_step(index: Index) -> None:
    wait_for(lambda: nearest(index, "oil") is not None)
    assert (index.graph, index.notice) == ("ready", None)


def assert_finds_the_same(index: Index) -> None:
    for query in QUERIES:
        assert nearest(index, query) == pytest.approx(exactly(index, query), abs=1e-6), query


def collection_of(server: Server, model: WordCounts) -> Collection:
    collection = Collection(server.url, collection_name(model.name, model.fingerprint, model.dimension))
    collection.open()
    return collection


def names(index: Index) -> list[str]:
    return list(index._database.names(index._current().keys.tolist()).values())


def test_what_one_node_adds_the_other_finds_after_its_own_sync(open_node: Open, stored: Collection) -> None:
    one, other = open_node("one"), open_node("other")
    articles = [HEALTH, *many(300)]
    one.sync(articles)
    other.sync(articles)
    for node in (one, other):
        wait_until_in_step(node)
        assert_finds_the_same(node)
    one.update([GOLD])
    wait_until_in_step(one)
    assert_finds_the_same(one)
    assert_finds_the_same(other)  # which leaves out what it does not have yet
    other.update([GOLD])
    wait_until_in_step(other)
    assert "gold" in candidates(other, "gold")
    assert names(one) != [] and set(names(one)) == set(names(other)) == stored.present(names(one))
    assert one.check([*articles, GOLD]) == other.check([*articles, GOLD]) == []


def test_only_what_is_new_is_sent(open_node: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    add = Collection.add

    def noted(self: Collection, ids: list[str], vectors: np.ndarray) -> None:
        sent.extend(ids)
        add(self, ids, vectors)

    monkeypatch.setattr(Collection, "add", noted)
    articles = [HEALTH, *many(20)]
    one, other = open_node("one"), open_node("other")
    one.sync(articles)
    wait_until_in_step(one)
    assert sorted(sent) == sorted(names(one))
    sent.clear()
    other.sync(articles)
    wait_until_in_step(other)
    assert sent == []
    one.update([GOLD])
    wait_until_in_step(one)
    assert len(sent) == 1 and sent[0].startswith("gold")


def test_what_is_removed_or_replaced_leaves_the_server_and_nothing_else_does(
    open_node: Open, stored: Collection
) -> None:
    one = open_node("one")
    one.sync([HEALTH, GOLD, *many(5)])
    wait_until_in_step(one)
    before = set(names(one))
    foreign = WordCounts(WORDS).encode_passages(["rent"])
    stored.add(["somebody's"], foreign)
    one.update([article("gold", "Gold is cheap.")], removed=["health"])
    wait_until_in_step(one)
    after = set(names(one))
    assert len(before - after) == 2
    wait_for(lambda: stored.present([*before, "somebody's"]) == (before & after) | {"somebody's"})
    assert stored.present(list(after)) == after
    assert "health" not in candidates(one, "health")


def test_short_lived_process_takes_out_what_it_removed(
    open_node: Open, stored: Collection, tmp_path: Path, server: Server, embedder: WordCounts
) -> None:
    one = open_node("one")
    one.sync([HEALTH, GOLD])
    wait_until_in_step(one)
    before = names(one)
    with Index.open(tmp_path / "one", embedder, graph_after=60, server=server.url) as command:
        command.update([], removed=["gold"])
    assert len(stored.present(before)) == 1
    wait_until_in_step(one)
    assert "gold" not in candidates(one, "gold")


def test_names_that_a_node_does_not_know_are_left_out(open_node: Open, stored: Collection) -> None:
    one = open_node("one")
    one.sync([HEALTH, GOLD, *many(20)])
    wait_until_in_step(one)
    oil = WordCounts(WORDS).encode_passages(["oil"] * 15)
    stored.add(
        [*(f"foreign {n}" for n in range(12)), "gold:0#0123456789abcdef", "gold", "#"], oil
    )  # fmt: skip
    assert_finds_the_same(one)
    crowd = WordCounts(WORDS).encode_passages(["oil"] * 200)
    stored.add([f"crowd {n}" for n in range(200)], crowd)
    assert nearest(one, "oil") is None  # and the node looks by itself
    assert candidates(one, "oil") & {each.id for each in many(20)}


def test_what_others_take_out_or_spoil_is_put_back(
    open_node: Open, stored: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = open_node("one")
    one.sync([HEALTH, GOLD])
    wait_until_in_step(one)
    stored.add([name for name in names(one) if name.startswith("gold")], -oil_vector())
    one.close()
    again = open_node("one")
    wait_until_in_step(again)
    assert again.check([HEALTH, GOLD]) == []
    stored.remove(names(again))
    monkeypatch.setattr("assistant.store.shared._LOOK_AGAIN", 0.1)
    again.update([article("rent", "Rent is due.")])
    wait_for(lambda: stored.present(names(again)) == set(names(again)))


def oil_vector() -> np.ndarray:
    return WordCounts(WORDS).encode_passages(["oil"])


def test_another_model_is_another_collection(tmp_path: Path, server: Server, embedder: WordCounts) -> None:
    articles = [HEALTH, GOLD]
    changed = WordCounts(WORDS, name=embedder.name, fingerprint="2")
    wider = WordCounts(f"{WORDS} tax", name=embedder.name)
    for number, model in enumerate((embedder, changed, wider)):
        with Index.open(tmp_path / str(number), model, graph_after=0, server=server.url) as node:
            node.sync(articles)
            assert node.check(articles) == []
    ids = set()
    for model in (embedder, changed, wider):
        collection = collection_of(server, model)
        ids.add(collection._id)
        collection.close()
    assert len(ids) == 3


def test_killed_server_is_done_without_and_used_again_when_it_is_back(
    open_node: Open, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.store.shared._TRY_AGAIN", 0.2)
    one = open_node("one")
    one.sync([HEALTH, *many(50)])
    wait_until_in_step(one)
    server.kill()
    try:
        assert "health" in candidates(one, "health")
        assert one.graph == "away"
        told = one.notice or {}
        assert "Chroma server" in told["en"] and "Chroma 서버" in told["ko"]
        one.update([GOLD], removed=["many-0"])  # nothing waits for the server
        assert "gold" in candidates(one, "gold")
        assert one.check([HEALTH, GOLD, *many(50)[1:]]) == ["the search graph cannot be used"]
    finally:
        server.start()
    wait_until_in_step(one)
    assert_finds_the_same(one)
    assert one.check([HEALTH, GOLD, *many(50)[1:]]) == []


def test_server_that_does_not_answer_delays_one_question_by_two_seconds(open_node: Open, server: Server) -> None:
    one = open_node("one")
    one.sync([HEALTH, GOLD])
    wait_until_in_step(one)
    server.signal(signal.SIGSTOP)
    try:
        for least, most in ((1.9, 4), (0, 1)):
            started = time.monotonic()
            assert "gold" in candidates(one, "gold")
            assert least <= time.monotonic() - started < most
    finally:
        server.signal(signal.SIGCONT)
    wait_until_in_step(one)


def test_articles_of_a_shared_folder_are_found_by_each_assistant(tmp_path: Path, server: Server) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    with (
        open_over(corpus, tmp_path / "one", 0, server=server.url) as one,
        open_over(corpus, tmp_path / "other", 0, server=server.url) as other,
    ):
        other.keep_in_step(every=0.1)
        chance = random.Random(7)
        for number in range(4):
            add(one, f"note-{number}", random_text(chance))
        one.remove("note-1")
        wait_for(lambda: set(texts(other)) == {"note-0", "note-2", "note-3"})
        for assistant in (one, other):
            wait_until_in_step(assistant._index)
            assert_finds_the_same(assistant._index)
        assert found(one) == found(other)
        assert one.check() == other.check() == []


def test_what_is_no_chroma_server_is_no_error_for_those_who_search(tmp_path: Path, embedder: WordCounts) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with Index.open(tmp_path, embedder, graph_after=0, server=url) as node:
            node.sync([HEALTH, GOLD])
            wait_for(lambda: node.graph == "away")
            assert "gold" in candidates(node, "gold")
