"""What readers thought of answers: a local JSON Lines file, and draft golden questions made of it.

A line holds the question, the answer's text, the verdict, the time and the answer's receipt, and nothing else: no name,
no address. Knows nothing of pages. Whoever reads the file skips a line that a crash has torn.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from assistant.errors import AssistantError
from assistant.numbers import find_numbers
from assistant.receipt import receipt_of
from assistant.types import Answer

Opinion = Literal["up", "down"]
OPINIONS: tuple[Opinion, ...] = get_args(Opinion)
FIELDS = {"question", "answer", "verdict", "time", "receipt"}
MOST_NUMBERS = 5
_STATED = frozenset({"percent", "multiple", "usd", "krw", "count"})

_appending = threading.Lock()


def append_opinion(path: Path, answer: Answer, verdict: Opinion, time: datetime) -> None:
    """Add one line to the file, whole or not at all; safe from several threads and processes.

    Only the owner may read a new file. Raises AssistantError where it cannot be written.
    """
    entry = {
        "question": answer.question,
        "answer": answer.text,
        "verdict": verdict,
        "time": time.isoformat(timespec="seconds"),
        "receipt": receipt_of(answer, time),
    }
    line = (json.dumps(entry, ensure_ascii=False) + "\n").encode()
    try:
        with _appending:
            _append(path, line)
    except OSError as error:
        raise AssistantError(
            f"The feedback could not be written to {path}: {error.strerror}.",
            f"의견을 {path} 파일에 적지 못했어요: {error.strerror}.",
        ) from error


def _append(path: Path, line: bytes) -> None:
    """One write to a file opened for appending is one piece, also beside other processes; after half of one, take it
    back."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        written = os.write(file, line)
        if written < len(line):
            os.ftruncate(file, os.fstat(file).st_size - written)
            raise OSError(0, "the disk is full")
    finally:
        os.close(file)


def read_opinions(path: Path) -> list[dict[str, Any]]:
    """Return the entries of a file, the last verdict on each answer; raises AssistantError where it cannot be read."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError as error:
        raise AssistantError(
            f"{path} cannot be read as feedback: {error.strerror}.",
            f"{path} 파일을 의견으로 읽을 수 없어요: {error.strerror}.",
        ) from error
    return list({(entry["question"], entry["answer"]): entry for entry in _entries(lines)}.values())


def draft_questions(path: Path) -> str:
    """Return draft golden questions as YAML: those found helpful with the numbers that were right, the others with
    what was answered, for somebody to say what it should have been."""
    entries = read_opinions(path)
    drafts = [_draft(number, entry) for number, entry in enumerate(entries, start=1)]
    return "\n".join(drafts) or "[]\n"


def _entries(lines: list[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and entry.keys() >= FIELDS:
            yield entry


def _draft(number: int, entry: dict[str, Any]) -> str:
    receipt, helpful = entry["receipt"], entry["verdict"] == "up"
    question = {
        "id": f"{receipt['language']}-feedback-{number:03}",
        "question": receipt["asked_as"] or entry["question"],
        "language": receipt["language"],
        "kind": _kind(entry),
        "tags": ["draft", "helpful" if helpful else "unhelpful"],
        "contains": _numbers(entry["answer"]) if helpful else [],
    }
    comment = "" if helpful else "".join(f"# answered: {line}\n" for line in entry["answer"].splitlines() if line)
    return comment + yaml.safe_dump([question], allow_unicode=True, sort_keys=False, width=1_000)


def _kind(entry: dict[str, Any]) -> str:
    """The kind of golden question that the answer looks like."""
    if entry["receipt"]["abstained"]:
        return "abstain"
    marks = {"compare": "\n|", "list": "\n2. "}
    found = (kind for kind, mark in marks.items() if mark in f"\n{entry['answer']}")
    return next(found, "figure" if entry["receipt"]["figures"] else "explain")


def _numbers(text: str) -> list[str]:
    stated = (number.text for number in find_numbers(text) if number.unit in _STATED)
    return list(dict.fromkeys(stated))[:MOST_NUMBERS]
