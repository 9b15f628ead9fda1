"""Several processes at one corpus and one index: one writes at a time, all of them answer, and nobody is told a lie."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, BusyError
from tests.reliability.small import add, found, open_over, open_small, random_text, texts

ROOT = Path(__file__).resolve().parents[2]
OIL = "Oil fell again.\n\nOil is at 61 dollars.\n"
HEALTH = "Health care grew.\n\nHealth care is 18 percent.\n"
EVERY = 0.05


class Other:
    """Another process at the same folder."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.reliability.other"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(self, *what: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(what, default=str) + "\n")
        self.process.stdin.flush()

    def answer(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def ask(self, *what: object) -> Any:
        self.tell(*what)
        return self.answer()


@pytest.fixture(scope="module")
def others() -> Iterator[tuple[Other, Other]]:
    both = Other(), Other()
    yield both
    for other in both:
        other.process.communicate(timeout=20)


def wait_for(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        time.sleep(EVERY)
    assert condition()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Assistant]:
    """An assistant that goes on answering, as a server's does."""
    with open_small(tmp_path) as assistant:
        assistant.keep_in_step(EVERY)
        yield assistant


def first_hit(assistant: Assistant, query: str) -> str:
    return assistant.search(query, 1)[0].passage.article


def test_a_command_beside_a_server_works_and_the_server_answers_from_it(
    server: Assistant, others: tuple[Other, Other], tmp_path: Path
) -> None:
    add(server, "health", HEALTH)
    assert others[0].ask(tmp_path, "add", ["oil", OIL]) == ["oil"]
    assert first_hit(server, "oil") == "oil"
    assert server.article("oil").text == OIL.strip()
    assert others[1].ask(tmp_path, "replace", "oil", "Oil rose.\n\nOil is dear.\n") == "oil"
    assert server.search("oil", 1)[0].passage.text.startswith("Oil rose.")
    assert server.article("oil").text == "Oil rose.\n\nOil is dear."
    assert others[0].ask(tmp_path, "remove", "oil") == "oil"
    assert first_hit(server, "oil") == "health"
    wait_for(lambda: texts(server) == {"health": HEALTH.strip()})
    assert server.check() == []


def test_two_processes_that_add_at_once_lose_nothing(others: tuple[Other, Other], tmp_path: Path) -> None:
    for name, other in zip(("left", "right"), others, strict=True):
        other.tell(tmp_path, "add", *(["note", f"Oil {number} of {name}.\n\nIt fell.\n"] for number in range(8)))
    told = [id for other in others for id in other.answer()]
    with open_small(tmp_path) as assistant:
        assert sorted(texts(assistant)) == sorted(told) and len(set(told)) == 16
        assert len(set(texts(assistant).values())) == 16
        assert assistant.check() == []


def test_the_same_text_from_two_processes_is_added_once(others: tuple[Other, Other], tmp_path: Path) -> None:
    for other in others:
        other.tell(tmp_path, "add", ["note", OIL])
    answers = sorted(map(str, (other.answer() for other in others)))
    assert answers[0] == "['note']" and "already there" in answers[1]


def test_processes_that_start_together_embed_once(others: tuple[Other, Other], tmp_path: Path) -> None:
    with open_small(tmp_path) as assistant:
        chance = random.Random(2)
        for number in range(5):
            add(assistant, f"note-{number}", random_text(chance, 20))
    shutil.rmtree(tmp_path / "indexes")
    for other in others:
        other.tell(tmp_path, "open")
    counts = [other.answer() for other in others]
    assert [count.get("articles") for count in counts] == [5, 5], counts
    assert sorted(bool(count["embedded"]) for count in counts) == [False, True]


@pytest.mark.slow
def test_who_waits_in_vain_is_told_who_is_at_work_and_nothing_has_changed(
    others: tuple[Other, Other], tmp_path: Path
) -> None:
    with open_small(tmp_path) as assistant:
        add(assistant, "health", HEALTH)
        assert others[0].ask(tmp_path, "hold") == "held"
        started = time.monotonic()
        with pytest.raises(BusyError) as refused:
            add(assistant, "oil", OIL)
        assert time.monotonic() - started < 15
        assert refused.value.process == others[0].process.pid
        assert first_hit(assistant, "oil") == "health"
        assert os.listdir(tmp_path / "corpus" / "added") == ["health.md"]
        with open_small(tmp_path) as reader:  # nothing has to be written to answer
            assert first_hit(reader, "health") == "health"
        assert others[0].ask("let go") == "let go"
        add(assistant, "oil", OIL)


def test_two_indexes_of_one_corpus_do_not_share_an_id(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    with (
        open_over(tmp_path / "corpus", tmp_path / "one") as one,
        open_over(tmp_path / "corpus", tmp_path / "two") as two,
    ):
        assert add(one, "note", OIL).id == "note"
        assert add(two, "note", HEALTH).id == "note-2"
        assert one.check() and not two.check()
        one.keep_in_step(EVERY)
        wait_for(lambda: texts(one) == texts(two))
        assert one.check() == []


def test_second_server_says_so_and_takes_over_the_graph_when_the_first_ends(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with open_small(tmp_path, graph_after=0) as first:
        add(first, "oil", OIL)
        wait_for(lambda: first._index.graph == "ready")
        second = open_small(tmp_path, graph_after=0)
        wait_for(lambda: second._index.graph == "owned")
        assert str(os.getpid()) in (second._index.notice or {})["ko"]
        wait_for(lambda: any(str(os.getpid()) in record.getMessage() for record in caplog.records))
        assert found(second) == found(first)
    with second:
        wait_for(lambda: second._index.graph == "ready")
        assert second._index.notice is None
        assert second.check() == []


# --- by hand --------------------------------------------------------------------------------------------------------

FILE = "---\nid: {id}\ntitle: {id}\nlanguage: en\npublisher: me\npublished: 2026-05-03\n---\n\n{text}"


def test_files_put_changed_and_removed_by_hand_are_noticed(
    server: Assistant, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    added = tmp_path / "corpus" / "added"
    added.mkdir()
    (added / "oil.md").write_text(FILE.format(id="oil", text=OIL))
    wait_for(lambda: texts(server) == {"oil": OIL.strip()})
    (added / "oil.md").write_text(FILE.format(id="oil", text=HEALTH))
    wait_for(lambda: texts(server) == {"oil": HEALTH.strip()})

    (added / "broken.md").write_text("---\nid: broken\n---\n\nNothing else.\n")
    (added / "good.md").write_text(FILE.format(id="good", text=OIL))
    wait_for(lambda: "good" in texts(server))
    assert texts(server) == {"good": OIL.strip(), "oil": HEALTH.strip()}
    assert [problem for problem in server.check() if "broken.md" in problem]
    wait_for(lambda: [record for record in caplog.records if "broken.md" in record.getMessage()])
    time.sleep(5 * EVERY)
    assert len([record for record in caplog.records if "broken.md" in record.getMessage()]) == 1

    for path in added.iterdir():
        path.unlink()
    wait_for(lambda: texts(server) == {})
    assert server.check() == []


def test_file_is_taken_in_once_it_is_whole(server: Assistant, tmp_path: Path) -> None:
    seen: set[tuple[str, ...]] = set()
    whole = FILE.format(id="oil", text=OIL * 20)
    with (tmp_path / "corpus" / "oil.md").open("w") as file:
        for start in range(0, len(whole), 20):
            file.write(whole[start : start + 20])
            file.flush()
            time.sleep(EVERY / 4)
            seen.add(tuple(texts(server).values()))
    assert seen == {()}
    wait_for(lambda: texts(server) == {"oil": (OIL * 20).strip()})


def test_corpus_folder_that_goes_away_takes_no_answer_along(
    server: Assistant, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add(server, "oil", OIL)
    (tmp_path / "corpus").rename(tmp_path / "elsewhere")
    wait_for(lambda: [record for record in caplog.records if "no corpus folder" in record.getMessage()])
    assert first_hit(server, "oil") == "oil"
    (tmp_path / "elsewhere").rename(tmp_path / "corpus")
    add(server, "health", HEALTH)
    assert sorted(texts(server)) == ["health", "oil"]
    assert server.check() == []
