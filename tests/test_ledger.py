"""Files are read once, and again when they may have changed; nothing that changed is taken for the same."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import ledger as module
from assistant import stamps
from assistant.articles import read_corpus
from assistant.ledger import FILE, Ledger, text_hash
from assistant.store.derived import content_hash
from tests.test_articles import write

Read = list[str]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    """The names of the files that are read, in their order."""
    names: Read = []
    original = module.read_source

    def noted(path: Path) -> object:
        names.append(path.name)
        return original(path)

    monkeypatch.setattr(module, "read_source", noted)
    return names


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust stamps at once, so that nobody waits for the clock."""
    monkeypatch.setattr(stamps, "_TICK", -(10**18))
    monkeypatch.setattr(stamps, "_COARSE_TICK", -(10**18))


def looked(folder: Path, kept: Path) -> Ledger:
    ledger = Ledger(folder, kept)
    ledger.look()
    return ledger


def same_as_read_whole(ledger: Ledger) -> bool:
    """Whether the ledger says what reading all files says."""
    corpus = read_corpus(ledger.folder)
    hashes = {article.id: content_hash(article) for article in corpus.articles}
    return (
        dict(ledger.hashes) == hashes
        and sorted(map(str, ledger.problems())) == sorted(map(str, corpus.problems))
        and {id: ledger.path(id) for id in hashes} == corpus.files
        and list(ledger.heads(hashes).items()) == [(article.id, article.head) for article in corpus.articles]
        and [ledger.article(article.id) for article in corpus.articles] == list(corpus.articles)
    )


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    write(folder, "b/two.md", "two", "둘째예요.")
    write(folder, "a/one.md", "one", "첫째예요.")
    write(folder, "c/again.md", "one", "겹쳐요.")
    (folder / "bad.md").write_text("no front matter")
    return folder


def test_opening_unchanged_reads_nothing_and_says_the_same(
    corpus: Path, tmp_path: Path, read: Read, quick: None
) -> None:
    first = looked(corpus, tmp_path)
    assert read == ["one.md", "two.md", "bad.md", "again.md"] or len(read) == 4
    del read[:]
    second = looked(corpus, tmp_path)
    assert read == []
    assert second.problems()[0].messages == first.problems()[0].messages
    assert same_as_read_whole(first) and same_as_read_whole(second)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda folder: write(folder, "a/one.md", "one", "셋째예요."), ["one.md"]),  # as long as before
        (lambda folder: os.rename(folder / "a/one.md", folder / "z.md"), ["z.md"]),
        (lambda folder: os.remove(folder / "a/one.md"), []),
        (lambda folder: write(folder, "b/three.md", "three"), ["three.md"]),
        (lambda folder: os.replace(folder / "c/again.md", folder / "a/one.md"), ["one.md"]),
        (lambda folder: (folder / "bad.md").write_text("no front mattes"), ["bad.md"]),
    ],
)
def test_only_what_changed_is_read_again(
    corpus: Path, tmp_path: Path, read: Read, quick: None, change: Callable[[Path], object], expected: Read
) -> None:
    here = looked(corpus, tmp_path)
    change(corpus)
    del read[:]
    assert not here.knows(stamps.stamps_of(corpus))
    here.look()
    assert read == expected and here.knows(stamps.stamps_of(corpus))
    assert same_as_read_whole(here) and same_as_read_whole(looked(corpus, tmp_path))


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: os.replace(write(folder, "b/aside.txt", "one", "셋째예요."), folder / "a/one.md"),
        lambda folder: os.rename(folder / "a/one.md", folder / "z.md"),
        lambda folder: os.remove(folder / "a/one.md"),
        lambda folder: write(folder, "b/three.md", "three"),
        lambda folder: write(folder, "d/e/three.md", "three"),
    ],
)
def test_a_glance_sees_that_files_have_come_gone_or_been_replaced(
    corpus: Path, tmp_path: Path, quick: None, change: Callable[[Path], object]
) -> None:
    here = looked(corpus, tmp_path)
    time.sleep(0.02)  # more than a tick of the clock
    change(corpus)
    here.glance()
    assert same_as_read_whole(here)


def test_a_glance_reads_no_folder_after_changes_of_our_own(
    corpus: Path, tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, looks = looked(corpus, tmp_path), []
    monkeypatch.setattr(module, "stamps_within", lambda folder: looks.append(folder) or stamps.stamps_within(folder))
    for number, name in enumerate(["a/one.md", "b/new.md", "b/two.md"]):
        write(corpus, name, f"own-{number}")
        here.take(name)
        here.glance()
    (corpus / "b/two.md").unlink()
    here.take("b/two.md")
    here.glance()
    assert looks == [] and same_as_read_whole(here)
    write(corpus, "b/theirs.md", "theirs")
    here.glance()
    assert len(looks) == 1 and same_as_read_whole(here)


def test_what_was_changed_here_is_not_read_again_at_the_next_opening(corpus: Path, tmp_path: Path, read: Read) -> None:
    here = looked(corpus, tmp_path)
    time.sleep(0.15)
    here.look()
    for number in range(3):
        write(corpus, f"b/own-{number}.md", f"own-{number}")
        here.take(f"b/own-{number}.md")
    (corpus / "b/own-1.md").unlink()
    here.take("b/own-1.md")
    time.sleep(0.15)
    here.glance()
    del read[:]
    again = looked(corpus, tmp_path)
    assert read == [] and same_as_read_whole(again) and same_as_read_whole(here)


def test_what_was_written_in_its_place_waits_for_a_look(corpus: Path, tmp_path: Path, quick: None) -> None:
    here = looked(corpus, tmp_path)
    with (corpus / "a/one.md").open("a", encoding="utf-8") as file:
        file.write("\n\n더 썼어요.\n")
    here.glance()
    assert not same_as_read_whole(here)
    here.look()
    assert same_as_read_whole(here)


def test_a_folder_looked_at_right_after_a_change_is_looked_at_again(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, looks = looked(corpus, tmp_path), []
    monkeypatch.setattr(module, "stamps_within", lambda folder: looks.append(folder) or stamps.stamps_within(folder))
    here.glance()
    assert len(looks) == 1
    time.sleep(0.15)
    for _ in range(3):
        here.glance()
    assert len(looks) == 2


def test_a_file_read_right_after_a_change_is_read_again(corpus: Path, tmp_path: Path, read: Read) -> None:
    path = corpus / "a/one.md"
    here = looked(corpus, tmp_path)
    before = path.stat()
    with path.open("r+b") as file:  # within the tick, in place, as long as before
        file.write(path.read_bytes().replace("첫".encode(), "셋".encode()))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    del read[:]
    here.look()
    assert "one.md" in read and here.article("one") == read_corpus(corpus).articles[0]


def test_files_that_changed_long_ago_are_trusted(corpus: Path, tmp_path: Path, read: Read) -> None:
    time.sleep(0.15)
    looked(corpus, tmp_path)
    del read[:]
    looked(corpus, tmp_path)
    assert read == []


@pytest.mark.parametrize("damage", [b"", b"\0" * 500, b"torn", b"0123456789abcdef [1]\n"])
def test_damage_costs_reading_only(corpus: Path, tmp_path: Path, read: Read, quick: None, damage: bytes) -> None:
    looked(corpus, tmp_path)
    (tmp_path / FILE).write_bytes(damage + (tmp_path / FILE).read_bytes()[200:])
    del read[:]
    assert same_as_read_whole(looked(corpus, tmp_path)) and read


def test_the_ledger_of_another_folder_is_none_of_ours(corpus: Path, tmp_path: Path, quick: None) -> None:
    looked(corpus, tmp_path)
    os.rename(corpus, tmp_path / "moved")
    moved = looked(tmp_path / "moved", tmp_path)
    assert "moved" in str(moved.problems()[0]) and same_as_read_whole(moved)


def test_text_and_names_are_looked_up(corpus: Path, tmp_path: Path) -> None:
    here = looked(corpus, tmp_path)
    assert here.id_of(text_hash("둘째예요.")) == "two" and here.id_of(text_hash("둘째")) is None
    taken = {name for name in ("one", "ONE", "again", "again2", "readme", "Two", "new") if here.is_taken(name, "c")}
    assert taken == {"one", "ONE", "again", "readme", "Two"}


def test_an_article_that_is_another_by_now_is_not_given(corpus: Path, tmp_path: Path) -> None:
    here = looked(corpus, tmp_path)
    write(corpus, "a/one.md", "one", "달라졌어요.")
    assert here.article("one") is None and here.article("nothing") is None


@pytest.mark.parametrize("seed", range(5))
def test_any_changes_leave_what_reading_all_files_gives(tmp_path: Path, quick: None, seed: int) -> None:
    chance, folder = random.Random(seed), tmp_path / "corpus"
    folder.mkdir()
    here = looked(folder, tmp_path)
    for _ in range(40):
        name = f"{chance.choice('ab')}/{chance.choice('xyz')}.md"
        if chance.random() < 0.3:
            (folder / name).unlink(missing_ok=True)
        else:
            write(folder, name, chance.choice(["one", "two", "세번째", "-bad-"]), str(chance.random()))
        if chance.random() < 0.5:
            here.look()
            assert same_as_read_whole(here)
    assert same_as_read_whole(looked(folder, tmp_path))
