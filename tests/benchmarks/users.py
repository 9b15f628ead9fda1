"""Measures the chat page under load: thirty users who ask without a pause, against one, over the page's own protocol.

    python -m tests.benchmarks.users          30 users for 300 seconds
    python -m tests.benchmarks.users 4 20     so many users, so many seconds

The server is `app.py` in a process of its own. Exit code 1 when a question fails or a user is left behind.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from statistics import mean, median
from uuid import uuid4

import httpx
import yaml

from tests.benchmarks.__main__ import ROOT, Result

ALONE = 30.0  # seconds that one user asks alone
LANGUAGE = "ko"


@dataclass
class User:
    """One session of the page; `times` are the seconds from a question to the end of its answer."""

    address: str
    event: int
    times: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def ask_until(self, end: float, questions: Sequence[str]) -> None:
        with httpx.Client(base_url=self.address, timeout=120) as client:
            for question in cycle(questions):
                if time.monotonic() > end:
                    return
                started = time.perf_counter()
                try:
                    self._ask(client, question)
                except (httpx.HTTPError, RuntimeError) as error:
                    self.failures.append(f"{question}: {error!r}")
                self.times.append(time.perf_counter() - started)

    def _ask(self, client: httpx.Client, question: str) -> None:
        session = uuid4().hex[:12]
        asked = {
            "data": [None],
            "fn_index": self.event,
            "session_hash": session,
            "event_data": {"index": 0, "value": {"text": question}},
        }
        client.post("/gradio_api/queue/join", json=asked).raise_for_status()
        with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as events:
            for line in events.iter_lines():
                if not line.startswith("data:"):
                    continue
                message = json.loads(line[5:])
                if message["msg"] == "process_completed":
                    if not message["success"]:
                        raise RuntimeError(str(message))
                    return
        raise RuntimeError("the stream ended without an answer")


@contextmanager
def served() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        settings = {"ASSISTANT_PORT": str(port), "ASSISTANT_INDEXES": folder, "ASSISTANT_LIVE": "off"}
        process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env={**os.environ, **settings})
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_open(address)
            yield address
        finally:
            process.terminate()
            process.wait(30)


def wait_until_open(address: str) -> None:
    """Wait until a question can be answered: the index is built at the first start."""
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{address}/api/v1/search", params={"q": "warm"}, timeout=30).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(1)
    raise RuntimeError("the server did not open")


def event_of(address: str) -> int:
    """Return the number of the event that answers an example of the page: it takes any question."""
    config = httpx.get(f"{address}/config").raise_for_status().json()
    return int(
        next(each["id"] for each in config["dependencies"] if ["example_select"] == [t[1] for t in each["targets"]])
    )


def questions() -> list[str]:
    golden = yaml.safe_load((ROOT / "tests" / "golden" / "questions.yaml").read_text(encoding="utf-8"))
    return [question["question"] for question in golden]


def asking(address: str, event: int, users: int, seconds: float) -> list[User]:
    asked, end = questions(), time.monotonic() + seconds
    them = [User(address, event) for _ in range(users)]
    threads = [
        threading.Thread(
            target=user.ask_until, args=[end, list(islice(cycle(asked), number * 7, number * 7 + len(asked)))]
        )
        for number, user in enumerate(them)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return them


def described(users: Sequence[User], seconds: float) -> str:
    times = sorted(time for user in users for time in user.times)
    failures = sum(len(user.failures) for user in users)
    rate = len(times) / seconds
    return (
        f"{len(users)} users, {seconds:.0f} s: {len(times)} answers, {failures} failures, {rate:.2f} a second, "
        f"p50 {median(times):.2f} s, p95 {times[int(len(times) * 0.95)]:.2f} s, "
        f"{min(len(user.times) for user in users)} to {max(len(user.times) for user in users)} answers a user"
    )


def main(arguments: Sequence[str]) -> int:
    count, seconds = int(arguments[0]) if arguments else 30, float(arguments[1]) if len(arguments) > 1 else 300.0
    with served() as address:
        event = event_of(address)
        alone, together = (
            asking(address, event, users, time) for users, time in ((1, min(ALONE, seconds)), (count, seconds))
        )
    sys.stdout.write(f"{described(alone, min(ALONE, seconds))}\n{described(together, seconds)}\n")
    failures = [failure for user in (*alone, *together) for failure in user.failures]
    sys.stdout.write("".join(f"failed: {failure}\n" for failure in failures[:10]))
    answers = [len(user.times) for user in together]
    results = [
        Result(f"{count} users: questions that failed", len(failures), 0),
        Result(
            f"{count} users: the one with the fewest answers, against the mean",
            min(answers) / mean(answers),
            0.5,
            most=False,
        ),
    ]
    sys.stdout.write("".join(f"{result}\n" for result in results))
    return 0 if all(result.reached for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
