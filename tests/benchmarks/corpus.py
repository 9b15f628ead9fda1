"""What the corpus folder costs at several sizes: opening it unchanged, adding one article, noticing one change by hand.

    python -m tests.benchmarks.corpus            100, 1,000 and 10,000 article files
    python -m tests.benchmarks.corpus 100 2000   those numbers of files

Seconds of the processor with counted words for vectors, so that no model's time is among them; behind each its ratio to
the smallest size. Opening the index itself is not counted.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

from assistant import Assistant
from assistant.index import Index
from assistant.live import LiveFigures
from assistant.retriever import Retriever
from tests.fakes import WordCounts
from tests.reliability.small import PUBLISHED, WORDS, random_text

SIZES = (100, 1_000, 10_000)
SETTLED = 0.3  # seconds after which the stamps of files can be trusted
HEAD = "---\nid: {id}\ntitle: {id}\nlanguage: en\npublisher: Publisher\npublished: 2026-05-03\n---\n\n"


def measured(files: int) -> Iterator[tuple[str, float]]:
    """Yield what was done and the seconds that it took."""
    chance = random.Random(files)
    with tempfile.TemporaryDirectory() as folder:
        corpus, embedder = Path(folder, "corpus"), WordCounts(WORDS)
        corpus.mkdir()
        for number in range(files):
            text = HEAD.format(id=f"note-{number}") + random_text(chance)
            (corpus / f"note-{number}.md").write_text(text, encoding="utf-8")

        def opened() -> Callable[[], Assistant]:
            index = Index.open(Path(folder, "indexes"), embedder, graph_after=None)
            return lambda: Assistant(corpus, index, Retriever(index, embedder), LiveFigures(Path(folder), None))

        opened()().close()
        for _ in range(2):
            time.sleep(SETTLED)
            with opened()():
                pass
        openings = []
        for _ in range(3):
            begin = opened()
            openings.append(timed(begin))
        yield "open unchanged", median(openings)
        with opened()() as assistant:

            def add(number: int) -> None:
                assistant.add(random_text(chance), title=f"new {number}", published=PUBLISHED, language="en")

            def change(number: int) -> None:
                with (corpus / f"note-{number}.md").open("a", encoding="utf-8") as file:
                    file.write("\nOil rose.\n")
                assistant._librarian._catch_up()
                assert assistant.article(f"note-{number}").text.endswith("Oil rose.")

            add(-1)  # makes the folder of what is added
            time.sleep(SETTLED)
            yield "add one", median(timed(lambda number=number: add(number)) for number in range(5))
            yield "notice one", median(timed(lambda number=number: change(number)) for number in range(5))
            yield (
                "article",
                median(timed(lambda number=number: assistant.article(f"note-{number}")) for number in range(50)),
            )


def timed(action: Callable[[], object]) -> float:
    began = time.process_time()
    made = action()
    took = time.process_time() - began
    if isinstance(made, Assistant):
        made.close()
    return took


def main(sizes: Sequence[int]) -> None:
    first: dict[str, float] = {}
    for files in sizes:
        for name, seconds in measured(files):
            ratio = seconds / first.setdefault(name, seconds)
            sys.stdout.write(f"{files:7,} files  {name:15} {1000 * seconds:9.2f} ms  {ratio:7.2f}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
