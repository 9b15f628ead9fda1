"""Disks that are full or cannot be written: asking goes on, adding is refused with the reason, nothing is lost."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from assistant import ArticleError, Assistant, AssistantError, IndexingError
from tests.reliability.small import add, found, open_over, open_small, random_text, texts

OIL = "Oil fell again.\n\nOil is at 61 dollars.\n"
SIZE = 230_000_000  # of the small disk: what has to be free before anything is added, and a little more


def mount(*arguments: object) -> None:
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")


@contextmanager
def mounted(path: Path, *arguments: object) -> Iterator[Path]:
    path.mkdir(exist_ok=True)
    mount(*arguments, path)
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk with a corpus and an index."""
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs") as path:
        with open_small(path) as assistant:
            add(assistant, "first", random_text(random.Random(1)))
        yield path


def fill(disk: Path, leave: int = 0) -> Path:
    """Write a file that leaves so many bytes."""
    path, stat = disk / "ballast", os.statvfs(disk)
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, stat.f_bavail * stat.f_frsize - leave)
    return path


def remains_as_it_was(folder: Path, assistant: Assistant, expected: object) -> None:
    assert found(assistant) == expected
    assert list(texts(assistant)) == ["first"]
    assert [path.name for path in (folder / "corpus").rglob("*.md")] == ["first.md"]
    assert not list((folder / "corpus").rglob("*.tmp"))


@pytest.mark.parametrize("when", ["before opening", "after opening"])
@pytest.mark.parametrize("leave", [0, 100_000_000])
def test_full_disk_answers_and_refuses_to_add(when: str, leave: int, disk: Path) -> None:
    with open_small(disk) as assistant:
        expected = found(assistant)
    ballast = fill(disk, leave) if when == "before opening" else None
    with open_small(disk) as assistant:
        ballast = ballast or fill(disk, leave)
        remains_as_it_was(disk, assistant, expected)
        assert assistant.ask("What is oil?").text
        with pytest.raises(AssistantError) as refused:
            add(assistant, "oil", OIL)
        if leave or when == "after opening":
            assert "Not enough disk space" in str(refused.value) and "공간" in refused.value.message("ko")
        remains_as_it_was(disk, assistant, expected)
        ballast.unlink()
    with open_small(disk) as assistant:
        add(assistant, "oil", OIL)
        assert assistant.check() == []


@pytest.mark.parametrize(
    "left", [0, 65_536, *(pytest.param(size, marks=pytest.mark.slow) for size in (4_096, 16_384, 131_072, 262_144))]
)
def test_disk_that_fills_up_on_the_way_changes_nothing(left: int, disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The space counted before is gone when it is needed: another program was faster."""
    with open_small(disk) as assistant:
        expected = found(assistant)
        usage = shutil.disk_usage(disk)
        monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
        text = random_text(random.Random(2), 300)
        ballast = fill(disk, left)
        with pytest.raises(AssistantError) as refused:
            add(assistant, "large", text)
        assert "space" in str(refused.value) or "full" in str(refused.value)
        remains_as_it_was(disk, assistant, expected)
        ballast.unlink()
        assert assistant.check() == []
        add(assistant, "large", text)
        assert assistant.check() == []


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    with mounted(folder, "--bind", folder):
        mount("-o", "remount,bind,ro", folder)
        yield


@pytest.mark.parametrize("parts", [["indexes"], ["corpus"], ["corpus", "indexes"]])
def test_read_only_folder_answers_and_refuses_to_add(parts: list[str], tmp_path: Path) -> None:
    with open_small(tmp_path) as assistant:
        add(assistant, "first", random_text(random.Random(1)))
        expected = found(assistant)
    with ExitStack() as stack:
        for part in parts:
            stack.enter_context(read_only(tmp_path / part))
        with open_small(tmp_path, graph_after=0) as assistant:
            remains_as_it_was(tmp_path, assistant, expected)
            assert assistant.ask("What is oil?").text
            refusals: list[Callable[[], object]] = [
                lambda: add(assistant, "oil", OIL),
                lambda: assistant.replace("first", OIL),
                lambda: assistant.remove("first"),
            ]
            for change in refusals:
                with pytest.raises((ArticleError, IndexingError)) as refused:
                    change()
                assert "Read-only" in str(refused.value) or "cannot be written" in str(refused.value)
                remains_as_it_was(tmp_path, assistant, expected)
    with open_small(tmp_path) as assistant:
        add(assistant, "oil", OIL)
        assert assistant.check() == []


def test_what_cannot_be_indexed_is_not_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    with open_over(_made(tmp_path / "corpus"), tmp_path / "indexes") as assistant:
        add(assistant, "first", random_text(random.Random(1)))
        expected = found(assistant)
        monkeypatch.setattr("tests.fakes.WordCounts.encode_passages", fail)
        with pytest.raises(MemoryError):
            add(assistant, "oil", OIL)
        remains_as_it_was(tmp_path, assistant, expected)
        with pytest.raises(MemoryError):
            assistant.replace("first", OIL)
        remains_as_it_was(tmp_path, assistant, expected)
        assert assistant.check
        monkeypatch.undo()
        assert assistant.check() == []


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
