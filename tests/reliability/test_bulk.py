"""A folder of many files ends the same whether or not it was interrupted, in bounded memory, at the same pace.

`python -m tests.reliability.bulk SEED FILES` plays the same again.
"""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("files", [160, pytest.param(2_000, marks=pytest.mark.slow)])
def test_interrupted_adding_goes_on_where_it_was(files: int) -> None:
    command = [sys.executable, "-m", "tests.reliability.bulk", str(random.randrange(10**6)), str(files)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    sys.stdout.write(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"0 failures, {files} files" in done.stdout
