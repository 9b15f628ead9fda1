"""Measures 1, 2 and 4 app processes over one corpus folder and one Chroma server, and prints them against one process.

    python -m tests.benchmarks.nodes

Each process is the whole app with an indexes folder of its own; eight clients ask the golden questions over HTTP. All
processes run all the time, and one, two and four of them are asked by turns, so that what else the machine does slows
all alike. Where there are fewer cores than processes, the ratio says what more processes give there, not what more
machines would.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from assistant import Assistant
from assistant.golden import read_golden
from tests.benchmarks.__main__ import CORPUS, ROOT, resident
from tests.serving import served

PROCESSES = (1, 2, 4)
CLIENTS = 8
SECONDS = 10.0
ROUNDS = 3
GOLDEN = ROOT / "tests" / "golden" / "questions.yaml"


def serve() -> None:
    """Be one app process: print the address once the Chroma server is in step, and serve until stdin ends."""
    with Assistant.open() as assistant:
        assert assistant.check() == [] and assistant._index.graph == "ready"
        assistant.keep_in_step()
        with served(assistant) as address:
            sys.stdout.write(f"{json.dumps([address, resident()])}\n")
            sys.stdout.flush()
            sys.stdin.read()


@contextmanager
def chroma(folder: Path) -> Iterator[str]:
    """Run a Chroma server for a `with` block, and give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [Path(sys.executable).with_name("chroma"), "run", "--path", folder, "--host", "127.0.0.1", "--port", port]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        yield f"http://127.0.0.1:{port}"
        server.terminate()


@contextmanager
def nodes(count: int, folder: Path, server: str) -> Iterator[list[str]]:
    """Start so many app processes, each with a copy of the index, and give their addresses."""
    with ExitStack() as stack:
        started = []
        for number in range(count):
            own = folder / f"node-{number}"
            shutil.copytree(folder / "built", own, dirs_exist_ok=True)
            settings = {"CORPUS": CORPUS, "INDEXES": own, "CHROMA": server, "LIVE": "off"}
            environment = {**os.environ, **{f"ASSISTANT_{name}": str(value) for name, value in settings.items()}}
            command = [sys.executable, "-m", "tests.benchmarks.nodes", "serve"]
            node = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            stack.callback(node.communicate)
            started.append(node)
        told = [json.loads(node.stdout.readline()) for node in started if node.stdout]
        for _, memory in told:
            sys.stdout.write(f"  a process of {memory / 1e9:.2f} GB\n")
        yield [address for address, _ in told]


def load(addresses: Sequence[str], questions: Sequence[str]) -> list[float]:
    """Let the clients ask for SECONDS, and return how long each answer took; raises where one is refused."""
    times: list[float] = []
    failed: list[Exception] = []
    until = time.perf_counter() + SECONDS

    def ask(first: int) -> None:
        try:
            with httpx.Client(base_url=addresses[first % len(addresses)], timeout=60, trust_env=False) as client:
                turn = first
                while time.perf_counter() < until:
                    started = time.perf_counter()
                    asked = {"question": questions[turn % len(questions)]}
                    client.post("/api/v1/ask", json=asked).raise_for_status()
                    times.append(time.perf_counter() - started)
                    turn += CLIENTS
        except httpx.HTTPError as error:
            failed.append(error)

    clients = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if failed:
        raise failed[0]
    return times


def main() -> None:
    questions = [golden.question for golden in read_golden(GOLDEN)]
    with tempfile.TemporaryDirectory() as name, chroma(Path(name) / "server") as server:
        folder = Path(name)
        Assistant.open(CORPUS, folder / "built").close()
        times: dict[int, list[float]] = {count: [] for count in PROCESSES}
        with nodes(max(PROCESSES), folder, server) as addresses:
            load(addresses, questions)  # to warm up
            for _ in range(ROUNDS):
                for count in PROCESSES:
                    times[count] += load(addresses[:count], questions)
    first: tuple[float, float] | None = None
    for count, found in times.items():
        rate, p95 = len(found) / SECONDS / ROUNDS, sorted(found)[int(len(found) * 0.95)]
        first = first or (rate, p95)
        sys.stdout.write(
            f"{count} processes: {rate:.2f} questions/s ({rate / first[0]:.2f} x), "
            f"p95 {p95 * 1000:.0f} ms ({p95 / first[1]:.2f} x)\n"
        )


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        main()
