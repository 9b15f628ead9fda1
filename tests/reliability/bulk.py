"""Adds a folder of many files, in one go and with interruptions, and compares what comes of it.

`python -m tests.reliability.bulk SEED FILES` prints one line of figures, and one for each failure.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from assistant import Assistant
from tests.reliability.kills import Event, _load_modules, events, forked, say
from tests.reliability.small import PUBLISHED, found, open_small, random_text, texts

PATIENCE = 900
MEMORY = 60_000_000  # bytes that the last three quarters of the files may add to what the first has taken


def add_all(folder: Path, sources: Path, tell) -> None:
    """Add the folder; tell after each quarter how long it took and how much memory is used, and then what is there."""
    with open_small(folder) as assistant:
        files = len(list(sources.iterdir()))
        began, present, refused = time.process_time(), 0, 0
        for number, taken in enumerate(assistant.add_all(sources, published=PUBLISHED), start=1):
            present, refused = present + bool(taken.present), refused + bool(taken.error)
            if number % (files // 4) == 0:
                tell({"seconds": time.process_time() - began, "memory": _resident()})
        seconds = time.process_time() - began
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # adding is interrupted, not the look at what came of it
        tell({"present": present, "refused": refused, "took": seconds} | state(assistant))


def state(assistant: Assistant) -> Event:
    there = {"texts": texts(assistant), "found": found(assistant)}
    digests = {name: hashlib.sha256(json.dumps(what).encode()).hexdigest() for name, what in there.items()}
    return digests | {"articles": len(there["texts"]), "problems": assistant.check()}


def run(folder: Path, sources: Path, interrupt_after: float | None = None) -> tuple[list[Event], int]:
    """Add in a process of its own, interrupted as by Ctrl-C after so many seconds."""
    process, pipe = forked(lambda tell: add_all(folder, sources, tell))
    if interrupt_after is not None:
        time.sleep(interrupt_after)
        os.kill(process, signal.SIGINT)
    told = list(events(pipe, PATIENCE))
    _, status = os.waitpid(process, 0)
    os.close(pipe)
    return told, status


def main(seed: int, files: int) -> int:
    _load_modules()
    chance, failures = random.Random(seed), 0
    with tempfile.TemporaryDirectory() as place:
        sources = Path(place, "sources")
        sources.mkdir()
        for number in range(files):
            (sources / f"note {number}.txt").write_text(random_text(chance), encoding="utf-8")
        for name in ("whole", "broken"):
            Path(place, name).mkdir()

        began = time.monotonic()
        (*quarters, whole), _ = run(Path(place, "whole"), sources)
        lasted = time.monotonic() - began
        first, last = quarters[0], quarters[-1]
        growth = (last["seconds"] - quarters[-2]["seconds"]) / first["seconds"]
        memory = last["memory"] - first["memory"]
        (*_, again), _ = run(Path(place, "whole"), sources)

        interruptions, status, told = 0, 1, []
        while status:
            told, status = run(Path(place, "broken"), sources, chance.uniform(0.05, 0.3) * lasted)
            interruptions += bool(status)
            failures += not (status == 0 or "KeyboardInterrupt" in told[-1].get("error", ""))
        wrong = {
            "the end is another after interruptions": told[-1]["texts"] != whole["texts"],
            "search finds something else after interruptions": told[-1]["found"] != whole["found"],
            "the index is not in order": whole["problems"] + told[-1]["problems"] + again["problems"],
            "not all was added": whole["articles"] != files or whole["refused"],
            "not all was passed over": again["present"] != files,
            "it was never interrupted": not interruptions,
            f"{memory / 1e6:.0f} MB more at the end": memory > MEMORY,
        }
        for line in (line for line, is_so in wrong.items() if is_so):
            say(f"seed {seed}: {line}")
            failures += 1
        for problem in [*whole["problems"], *told[-1]["problems"], *again["problems"]][:10]:
            say(f"seed {seed}: {problem}")
        say(
            f"{failures} failures, {files} files, {interruptions} interruptions, seed {seed}; "
            f"{1000 * whole['took'] / files:.1f} ms a file, the last quarter {growth:.2f} times the first, "
            f"{memory / 1e6:.0f} MB more, {1000 * again['took'] / files:.2f} ms a file that is there already"
        )
    return failures


def _resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])) > 0)
