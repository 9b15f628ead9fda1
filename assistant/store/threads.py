"""Two parts of one search at once, where the processor has cores for them: numpy lets go of the interpreter.

Knows nothing of what is searched.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

Result = TypeVar("Result")


def beside(task: Callable[[], Result]) -> Callable[[], Result]:
    """Begin a task in another thread and return how to get its result; what no thread has begun, the caller does."""
    future = _pool().submit(task)
    return lambda: task() if future.cancel() else future.result()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="search")
