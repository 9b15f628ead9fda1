"""Any order of adding, replacing, removing, opening again and searching, against a plain dictionary."""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from assistant import ArticleError
from tests.reliability.small import PUBLISHED, add, found, open_small, random_text, texts

seeds = st.integers(0, 2**32)


class Corpus(RuleBasedStateMachine):
    """The assistant on one side, `expected` on the other."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.assistant = open_small(self.folder)
        self.expected: dict[str, str] = {}

    @rule(target=ids, seed=seeds, name=st.sampled_from(["note", "oil", "뉴스"]))
    def add(self, seed: int, name: str) -> str:
        text = random_text(random.Random(seed))
        if text in self.expected.values():
            with pytest.raises(ArticleError):
                add(self.assistant, name, text)
            return multiple()  # type: ignore[return-value]
        article = add(self.assistant, name, text)
        assert article.id not in self.expected and article.id.startswith(name)
        self.expected[article.id] = text
        return article.id

    @rule(id=ids, seed=seeds)
    def replace(self, id: str, seed: int) -> None:
        text = random_text(random.Random(seed), sections=2)
        if id in self.expected:
            self.assistant.replace(id, text, title=id, published=PUBLISHED, language="en")
            self.expected[id] = text

    @rule(id=consumes(ids))
    def remove(self, id: str) -> None:
        if id in self.expected:
            assert self.assistant.remove(id).text == self.expected.pop(id)

    @rule(id=ids)
    def remove_by_hand(self, id: str) -> None:
        if id in self.expected:
            (self.folder / "corpus" / "added" / f"{id}.md").unlink()
            del self.expected[id]
            self.reopen()

    @rule()
    def reopen(self) -> None:
        self.assistant.close()
        self.assistant = open_small(self.folder)

    @rule()
    def lose_the_index(self) -> None:
        self.assistant.close()
        shutil.rmtree(self.folder / "indexes")
        self.assistant = open_small(self.folder)

    @rule()
    def compare_with_a_fresh_build(self) -> None:
        with tempfile.TemporaryDirectory() as aside:
            shutil.copytree(self.folder / "corpus", Path(aside, "corpus"))
            with open_small(Path(aside)) as fresh:
                assert found(fresh) == found(self.assistant)

    @rule()
    def check(self) -> None:
        assert self.assistant.check() == []

    @invariant()
    def holds_what_is_expected(self) -> None:
        assert texts(self.assistant) == self.expected
        hits = self.assistant.search("Number is on", 200)
        assert {hit.passage.article for hit in hits} == set(self.expected)
        assert len({hit.passage.id for hit in hits}) == len(hits)
        for hit in hits:
            assert hit.passage.text == self.expected[hit.passage.article][hit.passage.start : hit.passage.end]

    def teardown(self) -> None:
        self.assistant.close()
        shutil.rmtree(self.folder)


@pytest.mark.parametrize(("runs", "steps"), [(8, 12), pytest.param(200, 50, marks=pytest.mark.slow)])
def test_assistant_does_what_a_dictionary_does(runs: int, steps: int) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Corpus,
        settings=settings(max_examples=runs, stateful_step_count=steps, deadline=None, suppress_health_check=checks),
    )
