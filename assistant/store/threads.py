"""Parts of one search at once, where the processor has cores for them: numpy lets go of the interpreter.

Knows nothing of what is searched.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any, TypeVar

Result = TypeVar("Result")


def beside(task: Callable[[], Result]) -> Callable[[], Result]:
    """Begin a task in another thread and return how to get its result; what no thread has begun, the caller does."""
    future = _pool().submit(task)
    return lambda: task() if future.cancel() else future.result()


def side_by_side(function: Callable[..., Result], *arguments: Sequence[Any]) -> list[Result]:
    """Return what the function gives for each of the arguments, as `map` does; the caller takes the first of them."""
    first, *others = zip(*arguments, strict=True)
    begun = [beside(partial(function, *each)) for each in others]
    return [function(*first), *(each() for each in begun)]


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="search")
