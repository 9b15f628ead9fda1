"""Another process at the same folder: does what it is told on stdin, a JSON line at a time, and answers in one each."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from assistant import AssistantError
from assistant.file_lock import Lock
from tests.reliability.small import PUBLISHED, add, open_small, texts


def do(folder: Path, what: str, *arguments: Any) -> Any:
    if what == "hold":
        with Lock(folder / "indexes" / "index.lock").held():
            say("held")
            return json.loads(sys.stdin.readline())[0]
    with open_small(folder) as assistant:
        if what == "add":
            return [add(assistant, *article).id for article in arguments]
        if what == "replace":
            id, text = arguments
            return assistant.replace(id, text, title=id, published=PUBLISHED).id
        if what == "remove":
            return assistant.remove(*arguments).id
        embedder: Any = assistant._index._embedder
        return {"articles": len(texts(assistant)), "embedded": len(embedder.embedded)}


def say(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    for line in sys.stdin:
        folder, *rest = json.loads(line)
        try:
            say(do(Path(folder), *rest))
        except AssistantError as error:
            say({"refused": str(error)})
