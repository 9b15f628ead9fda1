"""Twenty ask while thousands of passages are added: no errors, and an article is there whole or not at all."""

from __future__ import annotations

import random
import sys
import threading
import time
from pathlib import Path

import pytest

from assistant import Assistant
from tests.reliability.small import QUERIES, add, open_small, random_text, texts

ASKERS = 20
SECTIONS = 25  # passages of an article


def asked(assistant: Assistant, articles: int) -> tuple[list[BaseException], int]:
    """Let askers search while articles are added; return their errors, and how often they searched."""
    errors: list[BaseException] = []
    count, done = [0] * ASKERS, threading.Event()

    def ask(number: int) -> None:
        chance = random.Random(number)
        try:
            while not done.is_set():
                hits = assistant.search(chance.choice(QUERIES), 200)
                for hit in hits:
                    text = assistant.article(hit.passage.article).text
                    assert text[hit.passage.start : hit.passage.end] == hit.passage.text
                whole = assistant.search("first", include=["first"])
                assert len(whole) == 3
                ready = added[0]
                latest = assistant.search("oil", 200, include=[f"note-{max(0, ready - 1)}"])
                assert len(latest) in ({SECTIONS} if ready else {0, SECTIONS})
                count[number] += 1
        except BaseException as error:
            errors.append(error)

    added = [0]
    threads = [threading.Thread(target=ask, args=[number]) for number in range(ASKERS)]
    for thread in threads:
        thread.start()
    chance = random.Random(1)
    for number in range(articles):
        add(assistant, f"note-{number}", random_text(chance, SECTIONS))
        added[0] = number + 1
    done.set()
    for thread in threads:
        thread.join()
    return errors, sum(count)


@pytest.mark.parametrize("passages", [250, pytest.param(5000, marks=pytest.mark.slow)])
def test_nobody_notices_that_articles_are_added(passages: int, tmp_path: Path) -> None:
    with open_small(tmp_path, graph_after=0) as assistant:
        add(assistant, "first", random_text(random.Random(0)))
        started = time.monotonic()
        errors, searches = asked(assistant, passages // SECTIONS)
        seconds = time.monotonic() - started
        assert errors == []
        assert searches >= ASKERS
        assert len(texts(assistant)) == 1 + passages // SECTIONS
        assert assistant.check() == []
    sys.stdout.write(f"0 errors of {searches} searches of {ASKERS} askers, {passages} passages in {seconds:.0f} s\n")
