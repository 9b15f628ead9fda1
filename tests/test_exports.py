"""The public names: `assistant.__all__` names them all, and the README speaks of each."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

import assistant

ROOT = Path(__file__).resolve().parents[1]


def test_all_names_exactly_what_is_public() -> None:
    public = {
        name
        for name, value in vars(assistant).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert public == set(assistant.__all__)
    assert assistant.__all__ == sorted(assistant.__all__)


@pytest.mark.parametrize("readme", ["README.md", "README.ko.md"])
def test_the_readme_mentions_each_public_name(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert not [name for name in assistant.__all__ if not re.search(rf"\b{name}\b", text, re.ASCII)]
