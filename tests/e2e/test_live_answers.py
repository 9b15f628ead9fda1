"""Live figures from end to end, without a browser: real clients over real TLS, the store, and answers to golden
questions over the real corpus.

The sources are played (tests/providers/world.py); what their figures come to is worked out apart (truth.py).
"""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import yaml

from assistant import Assistant
from assistant.embedder import Embedder
from assistant.figures.refresh import Refresher, Report
from assistant.golden import Golden, judged
from assistant.index import Index
from assistant.live import FILE, LiveFigures
from assistant.providers.fred import Fred
from assistant.retriever import Retriever
from assistant.types import Answer, Figure
from tests.e2e.truth import Key, texts, truth
from tests.providers.player import Player, Reply, Request
from tests.providers.world import World, providers, this_day

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS: list[dict[str, Any]] = yaml.safe_load((ROOT / "tests/golden/live.yaml").read_text(encoding="utf-8"))
OTHERS = ("HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "CURL_CA_BUNDLE", "SSL_CERT_DIR")
PLACEHOLDER = re.compile(r"\{([^}]+)\}")
MONTHS = "January February March April May June July August September October November December".split()
FAILURES = {
    "500": Reply(500, b"<html>Internal error</html>", "text/html"),
    "a page": Reply(200, b"<!DOCTYPE html><html><body>Please wait</body></html>", "text/html"),
    "429": Reply(429, b"Too Many Requests\r\n", "text/plain", {"Retry-After": "3600"}),
}
SAMPLE = ("IWM 지금 얼마야?", "What is VTWO's health care weight today?", "IWM과 VTWO 총보수 비교", "IWM YTD return")


@dataclass(frozen=True)
class Scene:
    """An assistant whose live figures come from played sources, and all that was fetched."""

    player: Player
    world: World
    assistant: Assistant
    live: LiveFigures
    report: Report
    folder: Path
    known: Mapping[Key, set[tuple[float, date]]]
    texts: Mapping[str, tuple[str, ...]]


@pytest.fixture(scope="module")
def scene(indexes: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("live")
    with pytest.MonkeyPatch.context() as patch, Player() as player:
        for name in (*OTHERS, *map(str.lower, OTHERS), "https_proxy"):
            patch.delenv(name, raising=False)
        for name, value in player.environment().items():
            patch.setenv(name, value)
        world = World(this_day())
        world.play(player)
        live = LiveFigures(folder, lambda: providers(folder / "yahoo"))
        with _opened(indexes, embedder, live) as assistant:
            report = assistant.refresh()
            _copy(folder / FILE, folder / "before.sqlite3")  # what is stored before anything fails
            yield Scene(player, world, assistant, live, report, folder, truth(world), texts(world))


def _opened(indexes: Path, embedder: Embedder, live: LiveFigures) -> Assistant:
    index = Index.open(indexes, embedder)
    return Assistant(ROOT / "corpus", index, Retriever(index, embedder), live)


# -- golden questions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry["id"]) for entry in QUESTIONS])
def test_golden_question(scene: Scene, entry: dict[str, Any]) -> None:
    answer = scene.assistant.ask(entry["question"])
    golden = {name: entry[name] for name in entry.keys() - {"origins", "without", "dated"}}
    result = judged(Golden(**_filled(golden, scene.texts)), answer)
    faults = [*result.faults, *_misplaced(entry, answer, scene.world), *_wrong(answer, scene.known)]
    assert not faults, f"{entry['question']}: {'; '.join(faults)}\n{answer.text}\n{answer.notices}"


def test_golden_questions_are_as_many_as_wanted() -> None:
    assert len(QUESTIONS) >= 60 and len({entry["id"] for entry in QUESTIONS}) == len(QUESTIONS)
    for language, least in {"ko": 35, "en": 25}.items():
        assert sum(entry["language"] == language for entry in QUESTIONS) >= least
    shows = [entry for entry in QUESTIONS if entry["kind"] != "abstain"]
    assert all(entry.get("origins") and entry.get("contains") for entry in shows)


def _filled(value: Any, names: Mapping[str, tuple[str, ...]]) -> Any:
    """Put computed values in the place of their names; one with two roundings becomes alternatives."""
    if isinstance(value, dict):
        return {name: _filled(part, names) for name, part in value.items()}
    if isinstance(value, list):
        return tuple(_filled(part, names) for part in value)
    found = PLACEHOLDER.search(value) if isinstance(value, str) else None
    if not found:
        return value
    every = [value.replace(found.group(), text) for text in names[found[1]]]
    return every[0] if len(every) == 1 else every


def _misplaced(entry: Mapping[str, Any], answer: Answer, world: World) -> Iterator[str]:
    """Origins that are missing or must not be there, and days that are not named."""
    origins = {figure.origin for figure in answer.figures}
    yield from (f"no {origin} figure" for origin in entry.get("origins", ()) if origin not in origins)
    yield from (f"a {origin} figure" for origin in entry.get("without", ()) if origin in origins)
    named = {"traded": world.traded, "fetched": world.today, "month_end": world.month_end}
    for name in entry.get("dated", ()):
        day = named[name] if isinstance(name, str) else name
        if not _names(answer.text, day):
            yield f"does not name {name} ({day})"


def _wrong(answer: Answer, known: Mapping[Key, set[tuple[float, date]]]) -> Iterator[str]:
    """Live values that are not what the sources said, figures without their day, numbers without support."""
    for figure in answer.figures:
        if figure.origin == "live" and not _is_true(figure, known):
            yield f"wrong: {figure.subject} {figure.metric} {figure.value} {figure.as_of}"
        cited = {each.number for each in answer.citations if each.figure and _same(each.figure, figure)}
        beside = [sentence.text for sentence in answer.sentences if cited & set(sentence.citations)]
        if not any(_names(text, figure.as_of) for text in beside):
            yield f"undated: {figure.subject} {figure.metric} of {figure.as_of}"
    for sentence in answer.sentences:
        odd = [check for check in sentence.numbers if check.verdict not in ("quoted", "figure", "computed")]
        yield from (f"{check.text} is {check.verdict}" for check in odd)
        yield from (f"{check.text} has no formula" for check in sentence.numbers
                    if check.verdict == "computed" and not check.formula)  # fmt: skip


def _is_true(figure: Figure, known: Mapping[Key, set[tuple[float, date]]]) -> bool:
    if figure.metric in ("volume_average.3m", "macro_average.USEPUINDXD") and figure.source == "computed":
        return True  # the gauges' own averages, which tests/figures/test_risks.py works out
    dated = known.get((figure.subject, figure.metric), set())
    return any(figure.as_of == day and figure.value == pytest.approx(value, rel=1e-6, abs=6e-5) for value, day in dated)


def _same(one: Figure, other: Figure) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in ("subject", "metric", "value", "as_of", "source"))


def _names(text: str, day: date) -> bool:
    """Whether the text names the day, in any of the ways in which answers do."""
    written = (
        f"{day.year}년 {day.month}월 {day.day}일", f"{MONTHS[day.month - 1]} {day.day}, {day.year}", day.isoformat(),
    )  # fmt: skip
    return any(re.search(rf"(?<!\d){each}(?!\d)", text) for each in written)


@pytest.mark.parametrize("back", [1, 10, 250])
def test_a_past_day_has_its_close(scene: Scene, back: int) -> None:
    day, close = scene.world.closes("VTWO")[-1 - back]
    for question in (
        f"{day.year}년 {day.month}월 {day.day}일 VTWO 종가는?",
        f"What did VTWO close at on {day:%B} {day.day}, {day.year}?",
    ):
        answer = scene.assistant.ask(question)
        (figure,) = answer.figures
        assert (figure.metric, figure.basis, figure.as_of) == ("price", "close", day), answer.text
        assert figure.value == pytest.approx(close) and _names(answer.text, day)


# -- refreshes -------------------------------------------------------------------------------------------------------


def test_everything_was_fetched_from_the_hosts_that_are_known(scene: Scene) -> None:
    failed = [outcome for outcome in scene.report.outcomes if outcome.status != "ok"]
    assert not failed and len(scene.report.outcomes) == 20
    assert all(outcome.saved.turned_away == () for outcome in scene.report.outcomes)
    missing = {(gap.subject, gap.metric, gap.source) for gap in scene.live.store.missing()}
    assert missing == {("SPY", "sector_weight", "ssga")}  # whose file leaves its sectors empty


def test_second_refresh_within_the_time_to_live_asks_nothing(scene: Scene) -> None:
    before = len(scene.player.connects)
    report = scene.assistant.refresh()
    assert {outcome.status for outcome in report.outcomes} == {"not_due"}
    assert len(scene.player.connects) == before


@pytest.mark.parametrize("failure", FAILURES)
def test_no_failure_changes_a_good_row(scene: Scene, failure: str) -> None:
    rows, answers = scene.live.store.figures(), [scene.assistant.ask(question).text for question in SAMPLE]
    asked = len(scene.player.requests)
    scene.world.play(scene.player, FAILURES[failure])
    try:
        report = scene.assistant.refresh(force=True)
    finally:
        scene.world.play(scene.player)
    assert {outcome.status for outcome in report.outcomes} <= {"failed", "open"}
    assert len(scene.player.requests) > asked
    assert scene.live.store.figures() == rows
    assert [scene.assistant.ask(question).text for question in SAMPLE] == answers
    assert any(_names(answer, scene.world.traded) for answer in answers)


Remake = Callable[[LiveFigures, Path], None]


def _impatient(live: LiveFigures, folder: Path) -> None:
    """Give the refresher a fifth of its patience."""
    every = providers(folder / "yahoo")
    for provider in every:
        if isinstance(provider, Fred):
            provider.patience = 3.0
    live._refresher = Refresher(every, live.store, patience=3.0)


@pytest.mark.parametrize(
    ("remake", "within"),
    [
        (_impatient, 5.0),
        pytest.param(lambda live, folder: None, 15, marks=pytest.mark.slow),
    ],
    ids=["with a fifth of the patience", "with the real patience"],
)
def test_dead_network_is_given_up_while_questions_are_answered(
    scene: Scene, indexes: Path, embedder: Embedder, tmp_path: Path, remake: Remake, within: float
) -> None:
    _copy(scene.folder / "before.sqlite3", tmp_path / FILE)
    live = LiveFigures(tmp_path, lambda: providers(tmp_path / "yahoo"))
    remake(live, tmp_path)
    released = threading.Event()
    reports: list[Report] = []
    with _opened(indexes, embedder, live) as assistant, _silent(scene, released):
        before = [_seconds(assistant, question) for question in SAMPLE * 3]
        refresh = threading.Thread(target=lambda: reports.append(assistant.refresh(force=True)))
        started = time.monotonic()
        refresh.start()
        during = [_seconds(assistant, question) for question in _while_alive(refresh)]
        assert time.monotonic() - started < within
    assert {outcome.status for outcome in reports[0].outcomes} <= {"failed", "open"}
    assert {outcome.reason for outcome in reports[0].outcomes} == {"timeout"}
    assert len(during) > len(SAMPLE) and median(during) < 2 * median(before) + 0.02


@contextmanager
def _silent(scene: Scene, released: threading.Event) -> Iterator[None]:
    """Let the sources take requests and say nothing; afterwards end what still waits for them."""

    def say_nothing(request: Request) -> Reply:
        released.wait(60)
        return FAILURES["500"]

    scene.world.play(scene.player, say_nothing)
    yield
    released.set()
    for thread in threading.enumerate():
        if thread.name.startswith("refresh "):
            thread.join(30)
    scene.world.play(scene.player)


def _while_alive(thread: threading.Thread) -> Iterator[str]:
    for question in cycle(SAMPLE):
        if not thread.is_alive():
            return
        yield question


def _seconds(assistant: Assistant, question: str) -> float:
    started = time.perf_counter()
    assert not assistant.ask(question).abstained
    return time.perf_counter() - started


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)
