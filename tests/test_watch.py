"""Files that others change are noticed once they are still."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.watch import State, Watch, state_of

EVERY = 0.02


@contextmanager
def watching(folder: Path, changed: Callable[[State], None]) -> Iterator[None]:
    """Watch the files of a folder; what was told counts as known."""
    known = [state_of(folder.iterdir())]

    def tell() -> None:
        known[0] = state_of(folder.iterdir())
        changed(known[0])

    watch = Watch(lambda: list(folder.iterdir()), lambda: known[0], tell, EVERY)
    watch.start()
    yield
    watch.close()


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(EVERY / 2)
    assert condition()


def test_added_changed_and_removed_files_are_told_once_each(tmp_path: Path) -> None:
    told: list[State] = []
    with watching(tmp_path, told.append):
        for number, change in enumerate(
            [
                lambda: (tmp_path / "a").write_text("one"),
                lambda: (tmp_path / "a").write_text("two"),  # as long as before
                lambda: (tmp_path / "a").rename(tmp_path / "b"),
                lambda: (tmp_path / "b").unlink(),
            ],
            start=1,
        ):
            change()
            wait_for(lambda number=number: len(told) == number)
        time.sleep(5 * EVERY)
    assert len(told) == 4


def test_file_that_is_still_growing_is_left_alone(tmp_path: Path) -> None:
    told: list[State] = []
    with watching(tmp_path, told.append), (tmp_path / "a").open("w") as file:
        deadline = time.monotonic() + 20 * EVERY
        while time.monotonic() < deadline:
            file.write("more")
            file.flush()
            time.sleep(EVERY / 4)
        assert told == []
    with watching(tmp_path, told.append):
        (tmp_path / "b").touch()
        wait_for(lambda: told)


def test_what_was_not_taken_in_is_told_again(tmp_path: Path) -> None:
    told = threading.Semaphore(0)
    watch = Watch(lambda: [tmp_path], frozenset, told.release, EVERY)
    watch.start()
    assert told.acquire(timeout=10) and told.acquire(timeout=10)
    watch.close()
    assert not watch._worker.is_alive()


def test_file_that_goes_while_it_is_looked_at_is_not_there(tmp_path: Path) -> None:
    assert state_of([tmp_path / "gone"]) == frozenset()
