"""Files that others change are noticed once they are still."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.watch import Watch

EVERY = 0.02
State = frozenset[tuple[str, int, int]]


def state_of(folder: Path) -> State:
    stats = {path.name: path.stat() for path in folder.iterdir()}
    return frozenset((name, stat.st_mtime_ns, stat.st_ino) for name, stat in stats.items())


@contextmanager
def watching(folder: Path, changed: Callable[[State], None]) -> Iterator[None]:
    """Watch the files of a folder; what was told counts as known."""
    known = [state_of(folder)]

    def tell() -> None:
        known[0] = state_of(folder)
        changed(known[0])

    watch = Watch(lambda: state_of(folder), lambda state: state == known[0], tell, EVERY)
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
    watch = Watch(lambda: "changed", lambda state: False, told.release, EVERY)
    watch.start()
    assert told.acquire(timeout=10) and told.acquire(timeout=10)
    watch.close()
    assert not watch._worker.is_alive()


def test_looks_that_take_long_are_far_apart() -> None:
    looks: list[float] = []

    def look() -> None:
        looks.append(time.monotonic())
        time.sleep(2 * EVERY)

    watch = Watch(look, lambda state: True, lambda: None, EVERY)
    watch.start()
    wait_for(lambda: len(looks) == 2)
    watch.close()
    assert looks[1] - looks[0] > 20 * 2 * EVERY
