"""One holder at a time, named to those who wait."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from assistant.errors import BusyError
from assistant.file_lock import Lock

HOLDER = """
import sys
from pathlib import Path
from assistant.file_lock import Lock
with Lock(Path(sys.argv[1])).held():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_another_process_is_named_and_its_end_frees_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        started = time.monotonic()
        with pytest.raises(BusyError) as busy, Lock(path).held(wait=0.2):
            pass
        assert 0.2 <= time.monotonic() - started < 5
        assert busy.value.process == holder.pid
        assert all(str(holder.pid) in busy.value.message(language) for language in ("ko", "en"))
        assert busy.value.message("ko") != busy.value.message("en")
        holder.kill()
        holder.wait()
        with Lock(path).held(wait=5):
            assert path.read_text() == str(os.getpid())


def test_holder_may_take_it_again_and_another_thread_may_not(tmp_path: Path) -> None:
    lock, refused = Lock(tmp_path / "lock"), []

    def take() -> None:
        try:
            with lock.held(wait=0):
                pass
        except BusyError as busy:
            refused.append(busy.process)

    with lock.held(), lock.held(wait=0):
        other = threading.Thread(target=take)
        other.start()
        other.join()
    assert refused == [os.getpid()]
    take()
    assert refused == [os.getpid()]


def test_folder_of_the_lock_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(OSError), Lock(tmp_path / "nowhere" / "lock").held():
        pass
    assert not (tmp_path / "nowhere").exists()
