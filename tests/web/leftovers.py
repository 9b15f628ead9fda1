"""What gradio leaves behind when a page is built: event loops and sockets that nobody closes.

Tests that build a page drop them in their own time and ignore the warnings, so that no other test is blamed.
"""

import asyncio
import gc

import pytest

IGNORED = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


def drop_leftovers() -> None:
    """Let go of this thread's event loop, the last one that gradio has made, and collect the others."""
    asyncio.set_event_loop(None)
    gc.collect()
