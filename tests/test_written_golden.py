"""Golden questions with a scripted good model, which says all that it is given: no worse than without a model."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.embedder import Embedder
from assistant.golden import Golden, Result, is_exact, judged, measures, read_golden
from assistant.index import Index
from assistant.live import LiveFigures
from assistant.retriever import Retriever
from tests.chat_server import ChatServer, Prompt, Reply

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = read_golden(ROOT / "tests/golden/questions.yaml")
MOST = 10  # rows that it writes from
OPENED = {"ko": "{} 자료에 따르면 ", "en": "According to the source of {}, "}
LESS_IS_BETTER = {"false_abstain", "unwanted"}
LEAST_CITED = 0.98
pytestmark = pytest.mark.slow


def _quoting(prompt: Prompt) -> Reply:
    return Reply("\n".join(f"{row.text} [{row.n}]" for row in prompt.rows[:MOST]))


def _telling(prompt: Prompt) -> Reply:
    """Each row in a sentence of its own, with its date, in words around the row's."""
    opened = OPENED["ko" if any("가" <= char <= "힣" for char in prompt.question) else "en"]
    return Reply("\n".join(f"{opened.format(row.dated)}{row.text} [{row.n}]" for row in prompt.rows[:MOST]))


SCRIPTS: dict[str, Callable[[Prompt], Reply]] = {"quoting": _quoting, "telling": _telling}
Answered = dict[str, dict[str, Result]]
"""By who writes ("extractive", or a script's name) and the question's id."""


@pytest.fixture(scope="module")
def patient(
    indexes: Path, embedder: Embedder, chat_server: ChatServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """The assistant with the scripted model, which has all the time that a real one has: the machine may be busy."""
    model = chat_server.model()
    index, live = Index.open(indexes, embedder), LiveFigures(tmp_path_factory.mktemp("patient"), None)
    with Assistant(ROOT / "corpus", index, Retriever(index, embedder), live, model=model) as opened:
        yield opened


@pytest.fixture(scope="module")
def answered(assistant: Assistant, patient: Assistant, chat_server: ChatServer) -> Answered:
    """All golden questions, answered without a model and by each script."""
    found = {"extractive": {golden.id: judged(golden, assistant.ask(golden.question)) for golden in QUESTIONS}}
    for name, script in SCRIPTS.items():
        chat_server.script = script
        found[name] = {golden.id: judged(golden, patient.ask(golden.question)) for golden in QUESTIONS}
    return found


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("golden", QUESTIONS, ids=lambda golden: golden.id)
def test_answer_with_a_good_model_is_no_worse(answered: Answered, golden: Golden, script: str) -> None:
    result, without = answered[script][golden.id], answered["extractive"][golden.id]
    answer = result.answer
    assert set(result.faults) <= set(without.faults), answer.text
    assert answer.abstained == without.answer.abstained
    assert answer.abstained or answer.writer == "openai:scripted"
    assert is_exact(answer)
    assert all(check.verdict != "unsupported" for sentence in answer.sentences for check in sentence.numbers)


def test_no_measure_is_worse_with_a_good_model(answered: Answered, capsys: pytest.CaptureFixture[str]) -> None:
    """Prints the measures side by side: `pytest -m slow tests/test_written_golden.py -k measure`."""
    counts = {name: measures(list(results.values())) for name, results in answered.items()}
    without = counts.pop("extractive")
    with capsys.disabled():
        sys.stdout.write(f"\n{'':20}{'extractive':>14}{''.join(f'{name:>14}' for name in counts)}\n")
        for measure, (part, whole) in without.items():
            others = "".join(f"{f'{had}/{of}':>14}" for had, of in (each[measure] for each in counts.values()))
            sys.stdout.write(f"{measure:20}{f'{part}/{whole}':>14}{others}\n")
    for name, scripted in counts.items():
        for measure, (part, whole) in without.items():
            had, of = scripted[measure]
            worse = had * whole > part * of if measure in LESS_IS_BETTER else had * whole < part * of
            assert not worse, (name, measure)
        for measure in ("citation_precision", "citation_recall"):
            assert scripted[measure][0] >= LEAST_CITED * scripted[measure][1]
        supported, numbers = scripted["numbers_supported"]
        assert supported == numbers > 0
