"""The process that reads: it may die, hang, swell or lie, and no more."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from assistant.formats import sandbox
from assistant.formats.document import Refusal
from assistant.formats.sandbox import read_apart
from tests.formats.documents import ENGLISH, word_file

# Runs the real process with a reader of the test's own.
PROGRAM = """import sys, types
reader = types.ModuleType("assistant.formats.bad")
exec({code!r}, reader.__dict__)
sys.modules["assistant.formats.bad"] = reader
from assistant.formats.child import main
main("bad")
"""


def refusal_of(body: str, monkeypatch: pytest.MonkeyPatch, data: bytes = b"x") -> str:
    """Return why a file is refused whose reader has this body."""
    code = f"from assistant.formats.document import Document\ndef read(data):\n    {body}\n    return Document('read')"
    monkeypatch.setattr(sandbox, "_PROGRAM", ("-c", PROGRAM.format(code=code)))
    with pytest.raises(Refusal) as raised:
        read_apart("bad", data)
    return raised.value.reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("import os; os.kill(os.getpid(), 11)", "died"),
        ("import os; os._exit(3)", "died"),
        ("import os; os.write(1, b'no json'); os._exit(0)", "died"),
        ("import os; os.write(1, b'[]'); os._exit(0)", "died"),
        ('import os; os.write(1, b\'{"reason": "made up", "values": {}}\'); os._exit(0)', "died"),
        ("import os\n    while True: os.write(1, bytes(1000000))", "died"),
        ("bytearray(2_000_000_000)", "too_much_memory"),
        ("kept = [bytearray(10_000_000) for _ in range(200)]", "too_much_memory"),
        ("read(data)", "too_deep"),
        ("1 / 0", "damaged"),
        ("import socket; socket.create_connection(('127.0.0.1', 9))", "damaged"),
        ("import subprocess; subprocess.run(['true'])", "damaged"),
    ],
)
def test_reader_that_misbehaves_is_refused(body: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal_of(body, monkeypatch) == reason


def test_reader_writes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal_of(f"open({str(tmp_path / 'left')!r}, 'w').write('x' * 99_999)", monkeypatch) == "damaged"
    assert (tmp_path / "left").read_text() == ""


@pytest.mark.parametrize("body", ["import time; time.sleep(60)", "while True: pass"])
def test_reader_that_hangs_is_ended(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "SECONDS", 2)
    start = time.monotonic()
    assert refusal_of(body, monkeypatch) == "too_slow"
    assert time.monotonic() - start < 10


def test_process_that_never_takes_the_file_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "SECONDS", 1)
    monkeypatch.setattr(sandbox, "_PROGRAM", ("-c", "import time; time.sleep(60)"))
    with pytest.raises(Refusal, match="too_slow"):
        read_apart("docx", bytes(1_000_000))


def test_process_knows_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_PASSWORD", "secret")
    body = "import os; assert 'secret' not in os.environ.values(); raise MemoryError"
    assert refusal_of(body, monkeypatch) == "too_much_memory"


def test_module_in_the_working_directory_is_not_taken_for_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "zipfile.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    assert ENGLISH in read_apart("docx", word_file()).text
