"""Processes are killed while they change articles: what was acknowledged is there, whole and once, and is found.

The seed is printed with the counts; `python -m tests.reliability.kills SEED KILLS` plays the same kills again.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assistant import Assistant

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("kills", [30, pytest.param(300, marks=pytest.mark.slow)])
def test_nothing_acknowledged_is_lost_torn_doubled_or_back_from_the_dead(kills: int) -> None:
    command = [sys.executable, "-m", "tests.reliability.kills", str(random.randrange(10**6)), str(kills)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    sys.stdout.write(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"0 failures of {kills} kills" in done.stdout


REAL = """
import sys
from assistant import Assistant
with Assistant.open(sys.argv[1], sys.argv[2]) as assistant:
    for number in range(1000):
        text = f"Oil note {sys.argv[3]}-{number}.\\n\\nOil cost {number + 40} dollars on day {number}.\\n"
        print(assistant.add(text).id, flush=True)
"""


@pytest.mark.slow
def test_nothing_is_lost_with_the_bundled_embedder_either(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    paths = [str(tmp_path / "corpus"), str(tmp_path / "indexes")]
    added: list[str] = []
    for number in range(3):
        command = [sys.executable, "-c", REAL, *paths, str(number)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        added += [process.stdout.readline().strip() for _ in range(5 + number)]
        process.send_signal(signal.SIGKILL)
        added += process.stdout.read().split()
        process.wait()
        process.stdout.close()
        with Assistant.open(*paths) as assistant:
            ids = {article.id for article in assistant.articles()}
            assert set(added) <= ids and len(ids) <= len(added) + number + 1
            assert assistant.check() == []
            added = sorted(ids)
            hit = assistant.search("What did oil cost?", k=1)[0]
            assert hit.passage.article in ids
    sys.stdout.write(f"0 failures of 3 kills with the bundled embedder, {len(added)} articles\n")
