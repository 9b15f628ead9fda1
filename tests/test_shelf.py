"""An index of many passages: segments on disk come, become one, are given up when damaged, and nobody notices.

The sizes are made small, so that a few hundred passages are many.
"""

from __future__ import annotations

import gc
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import IndexingError
from assistant.index import FILE, Index
from assistant.store.segment import Segment
from assistant.store.verification import MARK
from assistant.types import Article
from tests.fakes import WordCounts, article

WORDS = "energy health debt rates banks oil growth value profit loss funds fees"
QUERIES = ("oil and banks", "health", "debt of funds and fees", "growth or value or profit")
Open = Callable[..., Index]


@pytest.fixture(scope="module", autouse=True)
def small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assistant.store.shelf.BATCH", 16)
        patch.setattr("assistant.store.database.BATCH", 8)
        patch.setattr("assistant.store.snapshot.EXACT", 24)
        patch.setattr("assistant.store.snapshot.WIDTH", len(WORDS.split()))
        patch.setattr("assistant.store.snapshot.SIEVED", 50)
        yield


@pytest.fixture
def open_index(tmp_path: Path) -> Iterator[Open]:
    opened: list[Index] = []

    def open_(name: str = "indexes", **options: Any) -> Index:
        opened.append(Index.open(tmp_path / name, WordCounts(WORDS), **{"graph_after": None, **options}))
        return opened[-1]

    yield open_
    for index in opened:
        index.close()


def texts(seed: int, first: int, last: int) -> list[Article]:
    chance = np.random.default_rng([seed, first])
    lines = [" ".join(chance.choice(WORDS.split(), 7)) for _ in range(first, last)]
    language = ("ko", "en")
    return [
        article(f"a{number}", f"## Part\n\nNumber {number} is {line}.", language[number % 2])
        for number, line in zip(range(first, last), lines, strict=True)
    ]


def found(index: Index, query: str, k: int = 5, **filters: Any) -> list[tuple[str, float, float]]:
    """Return the best by cosine of the dense leg, and all that the words find, with both scores."""
    vector = WordCounts(WORDS).encode_queries([query])[0]
    candidates = index.candidates(query, vector, k, **filters)
    ranked = sorted(candidates, key=lambda c: (-c.cosine, c.passage.id))
    return [(c.passage.id, round(c.cosine, 4), round(c.bm25, 4)) for c in ranked]


def best(index: Index, query: str, **filters: Any) -> list[float]:
    """Return the highest cosines: of equal ones any may be found."""
    return [cosine for _, cosine, _ in found(index, query, **filters)][:5]


def segments(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("segment-*") if not path.name.endswith(".new"))


def settled(index: Index) -> None:
    """Wait until nothing is left to tidy."""
    deadline = time.monotonic() + 20
    while (index._shelf._tidying or index._shelf._untidy) and time.monotonic() < deadline:
        index.article_ids()
        time.sleep(0.01)
    assert index._shelf._next() is None


@pytest.fixture(scope="module")
def old(small: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Article]]:
    """An index that got its articles in many steps, some of them changed and some removed since."""
    folder = tmp_path_factory.mktemp("old")
    index = Index.open(folder, WordCounts(WORDS), graph_after=None)
    articles: list[Article] = []
    for step in range(12):
        articles += texts(1, 20 * step, 20 * step + 20)
        index.update(articles[-20:])
        settled(index)
    changed = texts(2, 30, 50)
    index.update(changed, removed=[f"a{number}" for number in range(100, 120)])
    settled(index)
    index.close()
    kept = {each.id: each for each in [*articles, *changed]}
    return folder, [each for id, each in kept.items() if not 100 <= int(id[1:]) < 120]


@pytest.fixture
def grown(old: tuple[Path, list[Article]], open_index: Open, tmp_path: Path) -> tuple[Index, list[Article]]:
    shutil.copytree(old[0], tmp_path / "indexes")
    return open_index(), old[1]


def test_index_that_grew_finds_what_one_built_at_once_finds(
    grown: tuple[Index, list[Article]], open_index: Open, tmp_path: Path
) -> None:
    index, articles = grown
    assert 1 < len(segments(tmp_path / "indexes")) < 12
    fresh = open_index("fresh")
    fresh.sync(articles)
    assert index.check(articles) == [] == fresh.check(articles)
    for query in QUERIES:
        for filters in ({}, {"language": "ko"}, {"exclude": [f"a{n}" for n in range(60)]}, {"include": ["a7", "a8"]}):
            assert best(index, query, **filters) == best(fresh, query, **filters)
        words_of = [{id: bm25 for id, _, bm25 in found(each, query, k=300)} for each in (index, fresh)]
        assert words_of[0] == words_of[1]
    assert index.frequency("oil") == fresh.frequency("oil") > 0


def test_opening_reads_segments_and_no_passage_but_the_newest(
    grown: tuple[Index, list[Article]], open_index: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, articles = grown
    expected = [best(index, query) for query in QUERIES]
    index.close()
    read: list[int] = []
    of = Segment.of
    monkeypatch.setattr(Segment, "of", lambda keys, *rest: read.append(len(keys)) or of(keys, *rest))
    again = open_index()
    assert sum(read) < 16
    assert [best(again, query) for query in QUERIES] == expected
    assert again.check(articles) == []


def test_segments_open_in_several_threads_at_once(old: tuple[Path, list[Article]], frequent_switches: None) -> None:
    def open_often(depth: int) -> None:
        if depth:
            return open_often(depth - 1)
        for _ in range(20):
            Segment.open(folder)

    folder = segments(old[0])[0]
    with ThreadPoolExecutor() as pool:
        for opened in [pool.submit(open_often, 10 * number) for number in range(4)]:
            opened.result()


@pytest.fixture
def frequent_switches() -> Iterator[None]:
    """Other threads go on whenever garbage is collected, which is often, and in the midst of anything."""

    def let_others_go_on(phase: str, info: dict[str, int]) -> None:
        time.sleep(0)

    thresholds = gc.get_threshold()
    gc.callbacks.append(let_others_go_on)
    gc.set_threshold(5)
    yield
    gc.set_threshold(*thresholds)
    gc.callbacks.remove(let_others_go_on)


def test_another_process_follows_changes_of_segments(open_index: Open) -> None:
    index, other = open_index(), open_index()
    for step in range(6):
        index.update(texts(1, 20 * step, 20 * step + 20))
        assert other.article_ids() == index.article_ids()
        assert best(other, "oil") == best(index, "oil")
    settled(index)
    index.update([], removed=["a3"])
    assert best(other, "oil") == best(index, "oil")
    other.update(texts(3, 0, 10))
    settled(other)
    assert best(other, "oil") == best(index, "oil")


def test_removed_articles_leave_the_segments_in_the_end(
    grown: tuple[Index, list[Article]], open_index: Open, tmp_path: Path
) -> None:
    index, articles = grown
    index.update([], removed=[each.id for each in articles[:150]])
    settled(index)
    with sqlite3.connect(tmp_path / "indexes" / FILE) as database:
        (removed,) = database.execute("SELECT count(*) FROM removed").fetchone()
    database.close()
    assert removed <= 0.25 * 220
    assert index.check(articles[150:]) == []


DAMAGES: dict[str, Callable[[Path], object]] = {
    "missing": shutil.rmtree,
    "no list": lambda folder: (folder / "contents.json").unlink(),
    "torn list": lambda folder: (folder / "contents.json").write_text('{"keys.npy": [1'),
    "list of another shape": lambda folder: _changed(folder / "contents.json", '"<f2", [', '"<f2", [1'),
    "list of another kind": lambda folder: _changed(folder / "contents.json", '"<f2"', '"<i2"'),
    "list of a larger kind": lambda folder: _changed(folder / "contents.json", '"<f2"', '"<f8"'),
    "missing file": lambda folder: (folder / "vectors.npy").unlink(),
    "cut": lambda folder: (folder / "documents.npy").write_bytes((folder / "documents.npy").read_bytes()[:-1]),
    "foreign": lambda folder: (folder / "keys.npy").write_bytes(b"x" * (folder / "keys.npy").stat().st_size),
    "zero": lambda folder: (folder / "sketches.npy").write_bytes(bytes((folder / "sketches.npy").stat().st_size)),
    "one bit": lambda folder: _flip(folder / "vectors.npy"),
}


def _changed(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damaged_segments_are_read_from_the_database_again(
    damage: Callable[[Path], object],
    grown: tuple[Index, list[Article]],
    open_index: Open,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    index, articles = grown
    expected = [best(index, query) for query in QUERIES]
    index.close()
    damage(segments(tmp_path / "indexes")[0])
    again = open_index()
    assert [best(again, query) for query in QUERIES] == expected
    settled(again)
    assert again.check(articles) == []
    assert len([each for each in caplog.records if "read from the database again" in each.message]) == 1


def test_large_database_is_verified_in_the_background_and_its_damage_remembered(
    grown: tuple[Index, list[Article]], open_index: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, articles = grown
    index.close()
    monkeypatch.setattr("assistant.index.READ_AT_ONCE", 0)
    sound = open_index()
    assert sound.check(articles) == []
    sound.close()
    with sqlite3.connect(tmp_path / "indexes" / FILE) as database:
        database.execute("UPDATE passages SET sentence_vectors = zeroblob(length(sentence_vectors)) WHERE key = 9")
    database.close()
    damaged = open_index()
    deadline = time.monotonic() + 10
    with pytest.raises(IndexingError, match="damaged"):
        while time.monotonic() < deadline:
            damaged.article_ids()
            time.sleep(0.01)
    damaged.close()
    assert (tmp_path / "indexes" / MARK).exists()
    again = open_index()
    assert again.article_ids() == frozenset() and not (tmp_path / "indexes" / MARK).exists()
    again.sync(articles)
    assert again.check(articles) == []


def test_closing_does_not_wait_for_the_verification(
    grown: tuple[Index, list[Article]], open_index: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, _ = grown
    index.close()
    monkeypatch.setattr("assistant.index.READ_AT_ONCE", 0)
    begun, slow = threading.Event(), "SELECT count(*) FROM passages a, passages b, passages c, passages d"
    monkeypatch.setattr(
        "assistant.store.database.verify", lambda connection: begun.set() or connection.execute(slow).fetchall()
    )
    again = open_index()
    assert begun.wait(10)
    started = time.monotonic()
    again.close()
    assert time.monotonic() - started < 5


def test_rebuilding_ends_the_former_segments(
    grown: tuple[Index, list[Article]], open_index: Open, tmp_path: Path
) -> None:
    index, articles = grown
    former = segments(tmp_path / "indexes")
    index.close()
    rebuilt = open_index(fresh=True)
    assert best(rebuilt, "oil") == []
    rebuilt.sync(articles)
    settled(rebuilt)
    assert not set(former) & set(segments(tmp_path / "indexes"))
    assert rebuilt.check(articles) == []


def test_large_change_comes_in_batches_of_whole_articles_and_goes_on_where_it_was_stopped(
    open_index: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.index.BATCH", 600)
    index, told = open_index(), []
    embedder: Any = index._embedder
    articles = texts(1, 0, 60)
    embedder.stop_after = 70
    with pytest.raises(KeyboardInterrupt):
        index.update(articles, progress=lambda done, total: told.append((done, total)))
    embedder.stop_after = None
    kept = index.article_ids()
    assert 0 < len(kept) < 60 and index.check([each for each in articles if each.id in kept]) == []
    total = sum(len(each.text) for each in articles)
    assert told == sorted(told) and told[-1][0] < total == told[-1][1]
    assert len(index.sync(articles, lambda done, total: told.append((done, total))).added) == 60 - len(kept)
    assert told[-1][0] == told[-1][1]
    assert index.check(articles) == []
