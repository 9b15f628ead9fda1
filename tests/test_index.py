"""The index against the articles it is derived from, through changes, crashes and damage."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import IndexingError
from assistant.index import FILE, Changes, Index
from assistant.types import Article
from tests.fakes import WordCounts, article

WORDS = "energy health debt rates banks oil"
ENERGY = article("energy", "## Energy\n\nEnergy shares fell. Oil was cheap.")
HEALTH = article("health", "Health care is the largest sector. It grew again.")
DEBT = article("debt", "Floating rates hurt debt. Banks lend less.")
ARTICLES = [ENERGY, HEALTH, DEBT]


@pytest.fixture
def embedder() -> WordCounts:
    return WordCounts(WORDS)


@pytest.fixture
def open_index(tmp_path: Path, embedder: WordCounts) -> Iterator[Callable[..., Index]]:
    opened: list[Index] = []

    def open_(**options: Any) -> Index:
        opened.append(Index.open(tmp_path / "indexes", embedder, **{"graph_after": None, **options}))
        return opened[-1]

    yield open_
    for index in opened:
        index.close()


def found(index: Index, query: str, k: int = 1, articles: list[str] | None = None) -> dict[str, float]:
    """Return the articles of the candidates with their cosine."""
    vector = WordCounts(WORDS).encode_queries([query])[0]
    return {c.passage.article: c.cosine for c in index.candidates(query, vector, k, include=articles)}


def wait_until_ready(index: Index) -> None:
    deadline = time.monotonic() + 60
    while index.graph != "ready" and time.monotonic() < deadline:
        time.sleep(0.02)
    assert index.graph == "ready" and index.notice is None


def test_index_holds_what_the_articles_say(open_index: Callable[..., Index]) -> None:
    index = open_index()
    assert index.sync(ARTICLES) == Changes(added=("energy", "health", "debt"), embedded=9)
    assert index.article_ids() == {"energy", "health", "debt"}
    assert index.article("health") == HEALTH
    for source in ARTICLES:
        assert [s.text for s in index.sentences(source.id)] == [
            source.text[s.start : s.end] for s in index.sentences(source.id)
        ]
        assert len(index.sentences(source.id)) == 2
        for passage in index.passages(source.id):
            assert passage.text == source.text[passage.start : passage.end]
            assert index.passage(passage.id) == passage
    assert index.passages("energy")[0].section == ("Energy",)
    assert index.check(ARTICLES) == []


def test_candidates_come_from_meaning_and_from_words_with_both_scores(open_index: Callable[..., Index]) -> None:
    index = open_index()
    index.sync(ARTICLES)
    vector = WordCounts(WORDS).encode_queries(["oil"])[0]
    candidates = {c.passage.article: c for c in index.candidates("lending banks", vector, k=1)}
    assert set(candidates) == {"energy", "debt"}
    assert candidates["energy"].bm25 == 0 < candidates["debt"].bm25
    # "oil": (oil 1, constant 1); the energy passage under its headings: energy 3, oil 1, constant 1.
    assert candidates["energy"].cosine == pytest.approx(2 / (2**0.5 * 11**0.5), abs=1e-3)


def test_candidates_stay_within_the_articles_asked_for(open_index: Callable[..., Index]) -> None:
    index = open_index()
    index.sync(ARTICLES)
    assert set(found(index, "oil", articles=["health"])) == {"health"}
    assert found(index, "oil", articles=[]) == {}


def test_empty_index_finds_nothing(open_index: Callable[..., Index]) -> None:
    index = open_index(graph_after=0)
    assert found(index, "oil") == {}
    assert index.check([]) == []


def test_opening_again_embeds_nothing(open_index: Callable[..., Index], embedder: WordCounts) -> None:
    open_index().sync(ARTICLES)
    embedder.embedded.clear()
    index = open_index()
    assert index.sync(ARTICLES) == Changes()
    assert embedder.embedded == []
    assert set(found(index, "oil")) == {"energy"}


def test_only_the_changed_passages_are_embedded_again(open_index: Callable[..., Index], embedder: WordCounts) -> None:
    index = open_index()
    long = article("long", "## First\n\nOil is up.\n\n## Second\n\nDebt is down.")
    index.sync([long, HEALTH])
    embedder.embedded.clear()
    edited = article("long", "## First\n\nOil is up.\n\n## Second\n\nDebt is level.")
    assert index.sync([edited, HEALTH]) == Changes(changed=("long",), embedded=2)
    assert sorted(embedder.embedded) == ["Debt is level.", "long\nSecond\nDebt is level."]
    assert [p.text for p in index.passages("long")] == ["Oil is up.", "Debt is level."]


def test_removed_article_leaves_nothing_behind(open_index: Callable[..., Index], tmp_path: Path) -> None:
    index = open_index()
    index.sync(ARTICLES)
    assert index.sync([HEALTH]) == Changes(removed=("debt", "energy"))
    assert index.article_ids() == {"health"}
    assert index.article("energy") is None and index.sentences("energy") == [] and index.passages("energy") == []
    with sqlite3.connect(tmp_path / "indexes" / FILE) as database:
        for table, expected in {"articles": 1, "passages": 1, "pending": 0}.items():
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (expected,), table


def test_sentence_vectors_stand_in_the_order_of_the_sentences(
    open_index: Callable[..., Index], embedder: WordCounts
) -> None:
    index = open_index()
    long = article("long", "".join(f"## Part {n}\n\nOil {n}. Debt debt. Energy or oil {n}.\n\n" for n in range(5)))
    index.sync([HEALTH, long])
    texts = [sentence.text for sentence in index.sentences("long")]
    assert len(texts) == 15
    assert index.sentence_vectors("long") == pytest.approx(embedder.encode_queries(texts), abs=1e-3)
    assert index.sentence_vectors("nowhere").shape == (0, embedder.dimension)


def test_best_sentence_of_a_passage_is_told(open_index: Callable[..., Index], embedder: WordCounts) -> None:
    index = open_index()
    index.sync([article("a", "Oil oil. Debt and banks and rates.")])
    (candidate,) = index.candidates("oil", embedder.encode_queries(["oil"])[0])
    assert candidate.sentence_cosine == pytest.approx(3 / (2**0.5 * 5**0.5), abs=1e-3)


def test_interrupted_sync_changes_nothing_and_keeps_its_vectors(
    open_index: Callable[..., Index], embedder: WordCounts
) -> None:
    index = open_index()
    index.sync([HEALTH])
    many = [article(f"a{n}", f"Oil number {n} is up.") for n in range(200)]
    embedder.stop_after = len(embedder.embedded) + 100
    with pytest.raises(KeyboardInterrupt):
        index.sync([HEALTH, *many])
    assert index.article_ids() == {"health"}
    embedder.stop_after = None
    assert index.sync([HEALTH, *many]).embedded == 400 - 128
    assert len(index.article_ids()) == 201


def test_another_process_sees_changes_at_once(open_index: Callable[..., Index]) -> None:
    index, other = open_index(), open_index()
    index.sync(ARTICLES)
    assert set(found(other, "oil")) == {"energy"}
    other.sync([HEALTH])
    assert set(found(index, "oil")) == {"health"}


def test_another_model_is_refused_with_both_names_and_the_command(
    open_index: Callable[..., Index], tmp_path: Path
) -> None:
    open_index().sync(ARTICLES)
    other = WordCounts("oil", name="other-model")
    with pytest.raises(IndexingError) as refused:
        Index.open(tmp_path / "indexes", other, graph_after=None)
    for language in ("en", "ko"):
        assert all(
            word in refused.value.messages[language] for word in ("word-counts", "other-model", "assistant rebuild")
        )
    with Index.open(tmp_path / "indexes", other, graph_after=None, fresh=True) as index:
        assert index.sync(ARTICLES).embedded == 9


def test_interrupted_rebuild_leaves_the_index_and_mixes_no_vectors(
    open_index: Callable[..., Index], tmp_path: Path, embedder: WordCounts
) -> None:
    open_index().sync(ARTICLES)
    other = WordCounts("oil " + WORDS, name="other-model", fingerprint="2")
    other.stop_after = 128
    many = [article(f"a{n}", f"Oil number {n} is up.") for n in range(200)]
    with Index.open(tmp_path / "indexes", other, graph_after=None, fresh=True) as index:
        with pytest.raises(KeyboardInterrupt):
            index.sync([*ARTICLES, *many])
    index = open_index()
    assert set(found(index, "oil")) == {"energy"} and index.check(ARTICLES) == []
    assert index.sync([*ARTICLES, *many]).embedded == 400
    assert index.check([*ARTICLES, *many]) == []


def test_damaged_vector_of_a_sentence_is_found_at_opening(open_index: Callable[..., Index], tmp_path: Path) -> None:
    open_index().sync(ARTICLES)
    with sqlite3.connect(tmp_path / "indexes" / FILE) as database:
        database.execute("UPDATE passages SET sentence_vectors = zeroblob(length(sentence_vectors))")
    index = open_index()
    assert index.sync(ARTICLES).embedded == 9
    assert index.check(ARTICLES) == []


def test_new_edition_of_the_model_builds_again_by_itself(open_index: Callable[..., Index], tmp_path: Path) -> None:
    open_index().sync(ARTICLES)
    with Index.open(tmp_path / "indexes", WordCounts(WORDS + " gas", fingerprint="2"), graph_after=None) as index:
        assert index.article_ids() == frozenset()
        assert index.sync(ARTICLES).embedded == 9


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "garbage": lambda content: b"garbage",
    "half": lambda content: content[: len(content) // 2],
    "article": lambda content: flipped(content, content.index(b"largest sector")),
    "passage": lambda content: flipped(content, content.rindex(b"largest sector")),
    "vector": lambda content: flipped(
        content, content.index(WordCounts(WORDS).encode_queries(["healthhealth"]).astype(np.float16).tobytes()[:4])
    ),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damaged_database_is_built_again_with_one_line(
    damage: Callable[[bytes], bytes], open_index: Callable[..., Index], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "indexes" / FILE
    first = open_index()
    first.sync(ARTICLES)
    first.close()
    path.write_bytes(damage(path.read_bytes()))
    index = open_index()
    assert index.article_ids() == frozenset()
    assert index.sync(ARTICLES).embedded == 9
    assert set(found(index, "oil")) == {"energy"}
    assert len([record for record in caplog.records if "built again" in record.message]) == 1


def test_unusable_folder_is_named(tmp_path: Path, embedder: WordCounts) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexingError, match="file"):
        Index.open(tmp_path / "file" / "indexes", embedder)


@contextmanager
def without_privileges() -> Iterator[None]:
    """Be a user for whom permissions count, as they do not for root."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_read_only_folder_still_answers(open_index: Callable[..., Index], tmp_path: Path) -> None:
    open_index().sync(ARTICLES)
    folder = tmp_path / "indexes"
    open_index().close()
    for path in (folder, *folder.iterdir(), *tmp_path.parents[:2]):
        path.chmod(0o755 if path.is_dir() else 0o444)
    tmp_path.chmod(0o755)
    folder.chmod(0o555)
    with without_privileges():
        index = open_index(graph_after=0)
        assert index.sync(ARTICLES) == Changes()
        assert set(found(index, "oil")) == {"energy"}
        assert index.sentence_vectors("health").shape[0] == 2
        assert "cannot be written" in (index.notice or {})["en"]
        with pytest.raises(IndexingError, match="Make it writable"):
            index.sync([HEALTH])
    folder.chmod(0o755)


KILLED = """
import sys
from pathlib import Path
from tests.fakes import WordCounts
from assistant.index import Index
from tests.test_index import WORDS, article
index = Index.open(Path(sys.argv[1]), WordCounts(WORDS), graph_after=0)
for round in range(1000):
    index.sync([article(f"a{n}", f"Oil is {n + round} dollars.") for n in range(round % 7, 60)])
    print(round, flush=True)
"""


def test_killed_process_leaves_a_sound_index(open_index: Callable[..., Index], tmp_path: Path) -> None:
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path / "indexes")], stdout=subprocess.PIPE)
        assert process.stdout is not None
        for _ in range(5):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        index = open_index(graph_after=0)
        assert len(index.article_ids()) >= 53
        index.sync(ARTICLES)
        assert set(found(index, "oil")) == {"energy"}
        wait_until_ready(index)
        assert index.check(ARTICLES) == []
        index.close()


def many(seed: int, count: int) -> list[Article]:
    words, random = WORDS.split(), np.random.default_rng(seed)
    return [article(f"a{seed}-{n}", " ".join(random.choice(words, 12)) + f" {n}.") for n in range(count)]


def test_chroma_and_exact_search_find_the_same(open_index: Callable[..., Index]) -> None:
    index, exact = open_index(graph_after=0), open_index()
    index.sync(many(1, 300))
    wait_until_ready(index)
    index.sync(many(1, 250) + many(2, 30))
    wait_until_ready(index)
    assert index.check(many(1, 250) + many(2, 30)) == []
    for query in ("oil banks", "energy", "health debt debt", "rates rates oil energy"):
        # Equal cosines may be cut off differently at the end of the list.
        ours, theirs = (sorted(found(each, query, k=20).values(), reverse=True) for each in (index, exact))
        assert ours[:20] == pytest.approx(theirs[:20])


def test_sealed_graph_is_used_again_without_building(open_index: Callable[..., Index], tmp_path: Path) -> None:
    index = open_index(graph_after=0)
    index.sync(many(1, 50))
    wait_until_ready(index)
    index.close()
    index = open_index(graph_after=0)
    wait_until_ready(index)
    assert [path.name for path in (tmp_path / "indexes").glob("chroma-*")] == ["chroma-1"]


def spoil_graph(folder: Path) -> None:
    path = next(folder.rglob("data_level0.bin"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def remove_part(folder: Path) -> None:
    next(folder.rglob("header.bin")).unlink()


def remove_seal(folder: Path) -> None:
    (folder / "seal.json").unlink()


@pytest.mark.parametrize("spoil", [spoil_graph, remove_part, remove_seal])
def test_doubtful_graph_is_built_afresh_and_never_opened(
    spoil: Callable[[Path], None], open_index: Callable[..., Index], tmp_path: Path
) -> None:
    index = open_index(graph_after=0)
    index.sync(many(1, 50))
    wait_until_ready(index)
    index.close()
    spoil(tmp_path / "indexes" / "chroma-1")
    index = open_index(graph_after=0)
    assert len(found(index, "oil", k=5)) >= 5
    wait_until_ready(index)
    assert [path.name for path in (tmp_path / "indexes").glob("chroma-*")] == ["chroma-2"]
    assert index.check(many(1, 50)) == []


def test_short_lived_process_never_loads_chroma(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from assistant.index import Index
from tests.test_index import ARTICLES, WORDS, WordCounts, found
with Index.open(Path(sys.argv[1]), WordCounts(WORDS)) as index:
    index.sync(ARTICLES)
    assert set(found(index, "oil")) == {"energy"}
    assert (index.graph, index.notice) == ("waiting", None)
assert "chromadb" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "indexes")], check=True, timeout=60)


def test_graph_has_one_owner(open_index: Callable[..., Index]) -> None:
    owner = open_index(graph_after=0)
    owner.sync(ARTICLES)
    wait_until_ready(owner)
    second = open_index(graph_after=0)
    deadline = time.monotonic() + 10
    while second.graph != "owned" and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "Another program" in (second.notice or {})["en"]
    assert set(found(second, "oil")) == {"energy"}


def test_many_threads_search_while_one_syncs(open_index: Callable[..., Index]) -> None:
    index = open_index(graph_after=0)
    index.sync([HEALTH, *many(1, 40)])
    failures: list[BaseException] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                assert "health" in found(index, "health", k=5)
                assert len(index.sentences("health")) == 2
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for seed in range(2, 8):
        index.sync([HEALTH, *many(seed, 40)])
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
