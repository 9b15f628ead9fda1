"""Kills processes while they add, replace and remove articles, and looks at what each leaves behind.

`python -m tests.reliability.kills SEED KILLS` prints a line for each failure and one of counts. It forks the processes
from itself, which has all modules loaded and nothing open: a kill takes part of a second.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from assistant import Assistant
from assistant.store.graph import errors
from tests.reliability.small import PUBLISHED, add, found, open_small, random_text, texts

KILLS_A_STORE = 3
OPERATIONS = 30
SECONDS_TO_OPEN = 5
PATIENCE = 60
Event = dict[str, Any]

# Where a process kills itself: after the return of a function of ours, or of one of the system.
POINTS: dict[str, str | Callable[..., Any]] = {
    "temporary file written": os.fsync,
    "file renamed": os.replace,
    "former version kept": os.link,
    "folder made": os.mkdir,
    "folder synced": "_sync_folder",
    "corpus glanced at": "Ledger.glance",
    "ledger kept": "Journal.add",
    "file noted": "Ledger.take",
    "passages derived": "derive",
    "texts embedded": "WordCounts.encode_passages",
    "vectors kept": "Database.keep_vectors",
    "article without its passages": "_passage_row",
    "article with its passages": "Database._insert",
    "transaction committed": "Database.apply",
    "library replaced": "Librarian._of_index",
}
GRAPH_POINTS: dict[str, str | Callable[..., Any]] = {
    "seal broken": "Graph.unseal",
    "vectors in Chroma": "Graph.add",
    "vectors out of Chroma": "Graph.remove",
    "graph tried": "Graph.holds",
    "files hashed": "_sizes",
    "graph sealed": "Graph.seal",
}


# --- the process that is killed -------------------------------------------------------------------------------------


def work(folder: Path, seed: int, graph: bool, tell: Callable[[Event], None]) -> None:
    """Add, replace and remove by chance, telling before and after each; at the end wait for the graph."""
    chance = random.Random(seed)
    assistant = open_small(folder, 0 if graph else None)
    tell({"opened": True})
    for number in range(OPERATIONS):
        here = sorted(texts(assistant))
        kind = chance.choice(["add", "add", "replace", "remove"]) if here else "add"
        id = chance.choice(here) if kind != "add" else f"note-{seed}-{number}"
        text = random_text(chance) if kind != "remove" else None
        tell({"begun": id, "text": text})
        operate(assistant, kind, id, text)
        tell({"done": id})
    deadline = time.monotonic() + PATIENCE
    while graph and assistant._index.graph != "ready" and time.monotonic() < deadline:
        time.sleep(0.01)


def operate(assistant: Assistant, kind: str, id: str, text: str | None) -> None:
    if kind == "add":
        add(assistant, id, text or "")
    elif kind == "replace":
        assistant.replace(id, text or "", title=id, published=PUBLISHED, language="en")
    else:
        assistant.remove(id)


def die_at(point: str | Callable[..., Any], times: int) -> None:
    """Let this process kill itself when the function has returned for the so-manieth time."""
    left = [times]

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        ours = event == "return" and frame.f_code.co_qualname == point
        if ours or (event == "c_return" and argument is point):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(profile)
    sys.setprofile(profile)


# --- the process that opens what is left ----------------------------------------------------------------------------


def recover(folder: Path, graph: bool, tell: Callable[[Event], None]) -> None:
    """Open, and tell what is there, how long it took, and how it differs from a fresh build of the same files."""
    started = time.monotonic()
    with open_small(folder, 0 if graph else None) as assistant:
        first = found(assistant)
        seconds = time.monotonic() - started
        problems = assistant.check()
        again = found(assistant)
        with tempfile.TemporaryDirectory(dir=folder) as aside:
            Path(aside, "corpus").symlink_to(folder / "corpus")
            with open_small(Path(aside)) as fresh:
                expected = found(fresh)
        problems += ["search differs from a fresh build"] * (first != expected)
        problems += ["search differs from a fresh build once the graph is there"] * (again != expected)
        tell({"texts": texts(assistant), "seconds": seconds, "problems": problems})


# --- the one that sets them going -----------------------------------------------------------------------------------


def forked(work: Callable[[Callable[[Event], None]], None]) -> tuple[int, int]:
    """Run the work in a process of its own; return its id and the end of a pipe on which it tells its events."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    try:
        os.close(reading)
        work(lambda event: _write(writing, event))
        status = 0
    except BaseException:
        _write(writing, {"error": traceback.format_exc()})
        status = 1
    os._exit(status)


def events(pipe: int, seconds: float) -> Iterator[Event]:
    """Yield what comes through the pipe, until it ends or the time is over."""
    deadline, rest = time.monotonic() + seconds, b""
    while select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
        part = os.read(pipe, 65536)
        if not part:
            return
        *lines, rest = (rest + part).split(b"\n")
        yield from map(json.loads, lines)
    yield {"error": f"nothing came for {seconds} s"}


def kill_once(folder: Path, seed: int, point: str | None, graph: bool, before: dict[str, str]) -> Iterator[str | dict]:
    """Kill one process and look at what it leaves; yield what is wrong, at last the texts that are there now."""
    chance = random.Random(seed)

    def child(tell: Callable[[Event], None]) -> None:
        if point is not None:
            die_at((POINTS | GRAPH_POINTS)[point], chance.randint(1, 3))
        work(folder, seed, graph, tell)

    process, pipe = forked(child)
    if point is None:
        time.sleep(chance.uniform(0, 0.6 if graph else 0.25))
        os.kill(process, signal.SIGKILL)
    told = list(events(pipe, PATIENCE))
    os.kill(process, signal.SIGKILL)  # where it hangs
    _, status = os.waitpid(process, 0)
    os.close(pipe)
    yield from (event["error"] for event in told if "error" in event)
    if point is not None and os.WTERMSIG(status) != signal.SIGKILL:
        yield f"{point} was never reached"
    earlier, later = _either(before, told)

    process, pipe = forked(lambda tell: recover(folder, graph, tell))
    (left,) = list(events(pipe, PATIENCE)) or [{"error": "the next opening ended its process"}]
    os.waitpid(process, 0)
    os.close(pipe)
    if "error" in left:
        yield left["error"]
        return
    yield from left["problems"]
    if left["texts"] not in (earlier, later):
        yield f"articles are {sorted(left['texts'])}, not {sorted(earlier)} or {sorted(later)}, or their texts differ"
    if left["seconds"] > SECONDS_TO_OPEN:
        yield f"opening took {left['seconds']:.1f} s"
    yield left


def _either(before: dict[str, str], told: list[Event]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what must be there if the last operation begun did not happen, and if it did."""
    earlier = later = before
    for event in told:
        if "begun" in event:
            rest = {id: text for id, text in earlier.items() if id != event["begun"]}
            later = rest | ({event["begun"]: event["text"]} if event["text"] is not None else {})
        elif "done" in event:
            earlier = later
    return earlier, later


def main(seed: int, kills: int) -> int:
    """Kill so often, half of the times at a named point; return how often something was wrong."""
    _load_modules()
    named = [*POINTS, *GRAPH_POINTS]
    failures, stores, slowest, texts_now = 0, 0, 0.0, {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(kills):
            if number % KILLS_A_STORE == 0:
                stores, texts_now = stores + 1, {}
                Path(folder, str(stores)).mkdir()
            point = named[number // 2 % len(named)] if number % 2 else None
            graph = point in GRAPH_POINTS or (point is None and number % 4 == 0)
            wrong = list(kill_once(Path(folder, str(stores)), seed + number, point, graph, texts_now))
            if wrong and isinstance(wrong[-1], dict):
                left = wrong.pop()
                texts_now, slowest = left["texts"], max(slowest, left["seconds"])
            for line in wrong:
                say(f"seed {seed}, kill {number} ({point or 'any time'}), store {stores}: {line}")
            failures += bool(wrong)
    say(f"{failures} failures of {kills} kills in {stores} stores, seed {seed}, opened within {slowest:.2f} s")
    return failures


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _load_modules() -> None:
    """Do once what each process would have to: import, and read the vocabulary."""
    errors()
    with tempfile.TemporaryDirectory() as folder, open_small(Path(folder)) as assistant:
        add(assistant, "first", "Health care grew.\n")
        found(assistant)


def _write(pipe: int, event: Event) -> None:
    os.write(pipe, json.dumps(event).encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])) > 0)
