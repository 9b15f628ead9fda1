"""A task beside another one: its result comes, its error too, and it never waits for a thread that is not free."""

from __future__ import annotations

import os
import threading

import pytest

from assistant.store.threads import beside, side_by_side


def test_task_runs_while_the_caller_does_something_else() -> None:
    ran_in: list[str] = []
    began, may_end = threading.Event(), threading.Event()

    def task() -> int:
        ran_in.append(threading.current_thread().name)
        began.set()
        assert may_end.wait(5)
        return 7

    result = beside(task)
    assert began.wait(5)
    may_end.set()
    assert result() == 7
    assert ran_in[0].startswith("search")


def test_caller_does_what_no_thread_has_begun() -> None:
    may_end = threading.Event()
    busy = [beside(lambda: may_end.wait(5)) for _ in range(os.cpu_count() or 1)]
    try:
        assert beside(lambda: threading.current_thread().name)() == threading.current_thread().name
    finally:
        may_end.set()
    assert all(each() for each in busy)


def test_error_of_the_task_reaches_the_caller() -> None:
    def task() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        beside(task)()


def test_results_side_by_side_come_in_the_order_of_the_arguments() -> None:
    assert side_by_side(lambda one, other: one - other, [5, 6, 7], [1, 2, 3]) == [4, 4, 4]
    assert side_by_side(str.upper, ["one"]) == ["ONE"]
