"""Index files damaged in any way are noticed before they are used, and built again; the process lives on.

Nothing that is damaged is ever handed to Chroma, which may end the process that opens it.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from assistant import Assistant
from assistant.index import FILE
from assistant.store.graph import Graph, is_sealed
from tests.fakes import WordCounts
from tests.reliability.small import add, found, open_small, random_text, texts

ARTICLES = 12


def built(folder: Path, articles: int, sections: int) -> Path:
    """Return the folder with corpus and index, the graph sealed."""
    chance = random.Random(1)
    with open_small(folder, graph_after=0) as assistant:
        for number in range(articles):
            add(assistant, f"note-{number}", random_text(chance, sections))
        assert assistant.check() == []
    return folder


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("pristine"), ARTICLES, 3)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One with so many passages that Chroma keeps vectors in all of its files: below 1,000 they stay in its log."""
    return built(tmp_path_factory.mktemp("large"), ARTICLES, 100)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph alone, with vectors in all of its files."""
    path = tmp_path_factory.mktemp("sealed") / "chroma-1"
    graph, vectors = Graph(path, IDENTITY), np.random.default_rng(1).normal(size=(1100, 8)).astype(np.float32)
    for start in range(0, len(vectors), 100):
        graph.add(np.arange(start, start + 100), vectors[start : start + 100])
    graph.seal()
    graph.close()
    assert is_sealed(path, IDENTITY)
    return path


@pytest.fixture(scope="module")
def expected(pristine: Path) -> list[list[tuple[str, float]]]:
    with open_small(pristine) as assistant:
        return found(assistant)


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "copy"))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_by_one_byte(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def flip(path: Path) -> None:
    """Change one byte of a hundred, at places that depend on the file's name and size only."""
    content = bytearray(path.read_bytes())
    for place in random.Random(f"{path.name} {len(content)}").sample(range(len(content)), max(1, len(content) // 100)):
        content[place] ^= 0xFF
    path.write_bytes(content)


def delete(path: Path) -> None:
    path.unlink()


def stretch(path: Path) -> None:
    """Make it look 10 GB long, as torn files do; it takes no room."""
    with path.open("r+b") as file:
        file.truncate(10_000_000_000)


DAMAGES = [empty, cut_in_half, cut_by_one_byte, zero, flip, delete, stretch]
GRAPH_FILES = [
    "chroma.sqlite3", "data_level0.bin", "header.bin", "length.bin", "link_lists.bin", "index_metadata.pickle",
]  # fmt: skip
IDENTITY = {"database": "a", "dimension": 8, "chromadb": "1"}
each_file = pytest.mark.parametrize("name", GRAPH_FILES)
each_damage = pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "indexes").glob("chroma-*"))


def wait_for_graph(assistant: Assistant) -> None:
    deadline = time.monotonic() + 60
    while assistant._index.graph != "ready" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert assistant._index.graph == "ready"


@each_damage
@each_file
def test_damaged_graph_is_known_before_it_is_opened(
    name: str, damage: Callable[[Path], None], sealed: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(sealed, tmp_path / "chroma-1"))
    assert is_sealed(copy, IDENTITY)
    damage(next(copy.rglob(name)))
    assert not is_sealed(copy, IDENTITY)


def recovers(folder: Path, name: str, damage: Callable[[Path], None]) -> None:
    with open_small(folder) as assistant:
        expected = found(assistant)
    damage(next((folder / "indexes" / "chroma-1").rglob(name)))
    with open_small(folder, graph_after=0) as assistant:
        assert found(assistant) == expected
        wait_for_graph(assistant)
        assert generations(folder) == ["chroma-2"]
        assert assistant.check() == []


@each_damage
def test_damaged_graph_is_built_afresh_while_exact_search_answers(damage: Callable[[Path], None], folder: Path) -> None:
    recovers(folder, "chroma.sqlite3", damage)


@pytest.mark.slow
@each_damage
@each_file
def test_each_damaged_file_of_a_large_graph_has_it_built_afresh(
    name: str, damage: Callable[[Path], None], large: Path, tmp_path: Path
) -> None:
    recovers(Path(shutil.copytree(large, tmp_path / "copy")), name, damage)


@each_damage
def test_damaged_database_is_built_again(
    damage: Callable[[Path], None], folder: Path, expected: list[list[tuple[str, float]]]
) -> None:
    damage(folder / "indexes" / FILE)
    with open_small(folder) as assistant:
        assert len(texts(assistant)) == ARTICLES
        assert found(assistant) == expected
        assert assistant.check() == []
    assert (folder / "indexes" / FILE).stat().st_size < 10_000_000


@pytest.mark.parametrize("table", ["manifest", "articles", "passages", "pending"])
def test_no_byte_of_the_database_changes_unnoticed(
    table: str, folder: Path, expected: list[list[tuple[str, float]]]
) -> None:
    path = folder / "indexes" / FILE
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO pending VALUES ('a text', 'its model', x'00', 0)")
        database.execute(f"DELETE FROM pending WHERE '{table}' <> 'pending'")
        for name, kind in [(row[1], row[2]) for row in database.execute(f"PRAGMA table_info({table})")]:
            if kind == "BLOB":
                database.execute(f"UPDATE {table} SET {name} = zeroblob(length({name}))")
                break
        else:
            database.execute(f"UPDATE {table} SET checksum = checksum + 1")
    database.close()
    with open_small(folder) as assistant:
        assert found(assistant) == expected
        assert assistant.check() == []


def of_another_format(indexes: Path) -> None:
    with sqlite3.connect(indexes / FILE) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()


def of_another_chroma(indexes: Path) -> None:
    path = indexes / "chroma-1" / "seal.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "chromadb": "0.0.1"}))


def of_another_corpus(indexes: Path) -> None:
    with TemporaryDirectory() as aside:
        with open_small(Path(aside)) as other:
            add(other, "other", "## Other\n\nOther oil is other health.\n")
        shutil.copy(Path(aside, "indexes", FILE), indexes / FILE)


def without_its_manifest(indexes: Path) -> None:
    with sqlite3.connect(indexes / FILE) as database:
        database.execute("DELETE FROM manifest")
    database.close()


def with_orphans(indexes: Path) -> None:
    with sqlite3.connect(indexes / FILE) as database:
        database.execute("DELETE FROM articles WHERE id = 'note-3'")
    database.close()


@pytest.mark.parametrize(
    "made", [of_another_format, of_another_chroma, of_another_corpus, without_its_manifest, with_orphans]
)
def test_files_that_another_version_or_corpus_made_are_built_again(
    made: Callable[[Path], None], folder: Path, expected: list[list[tuple[str, float]]]
) -> None:
    made(folder / "indexes")
    with open_small(folder, graph_after=0) as assistant:
        assert found(assistant) == expected
        wait_for_graph(assistant)
        assert generations(folder) == ["chroma-2"]
        assert assistant.check() == []


@pytest.fixture
def watched(folder: Path) -> Iterator[tuple[Assistant, sqlite3.Connection]]:
    """An assistant, and a hand in its database."""
    with open_small(folder) as assistant:
        database = sqlite3.connect(folder / "indexes" / FILE)
        yield assistant, database
        database.close()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DELETE FROM passages WHERE id = (SELECT min(id) FROM passages)", "not in the index"),
        ("DELETE FROM articles WHERE id = 'note-3'", "note-3: in the corpus, but not in the index"),
        ("UPDATE articles SET hash = 'x' WHERE id = 'note-3'", "damaged"),
        ("UPDATE passages SET vector = (SELECT max(vector) FROM passages)", "damaged"),
    ],
)
def test_check_says_what_is_wrong(watched: tuple[Assistant, sqlite3.Connection], sql: str, said: str) -> None:
    assistant, database = watched
    assert assistant.check() == []
    database.execute("PRAGMA foreign_keys = ON")
    database.execute(sql)
    database.commit()
    assert said in "\n".join(assistant.check())


def test_check_finds_a_file_that_is_not_indexed(folder: Path) -> None:
    with open_small(folder) as assistant:
        path = folder / "corpus" / "added" / "note-3.md"
        path.write_text(path.read_text().replace("Number", "Figure"))
        assert assistant.check() == ["note-3: the index has another version"] or "note-3" in assistant.check()[0]
        path.unlink()
        assert "note-3: in the index, but not in the corpus" in assistant.check()


def test_rebuild_from_nothing_gives_the_same_answers(folder: Path, expected: list[list[tuple[str, float]]]) -> None:
    shutil.rmtree(folder / "indexes")
    with open_small(folder, fresh=True) as assistant:
        assert found(assistant) == expected
        assert assistant.check() == []


def test_others_are_answered_from_the_old_index_until_the_rebuilt_one_is_whole(
    folder: Path, expected: list[list[tuple[str, float]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(self: WordCounts, texts: list[str]) -> object:
        assert found(running) == expected
        seen.append(len(texts))
        return self.encode_queries(texts)

    seen: list[int] = []
    with open_small(folder) as running:
        monkeypatch.setattr(WordCounts, "encode_passages", slow)
        with open_small(folder, fresh=True) as rebuilt:
            assert sum(seen) >= ARTICLES * 3
            assert found(rebuilt) == found(running) == expected
