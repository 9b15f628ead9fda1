"""What several test files share, and the watch over all tests: neither they nor what they start reach elsewhere."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.embedder import Embedder, load_embedder
from assistant.index import Index
from assistant.live import LiveFigures
from assistant.retriever import Retriever
from tests.chat_server import ChatServer
from tests.fetching.web import Web
from tests.outgoing.sitecustomize import NOTES, taken_notes, watch

ROOT = Path(__file__).resolve().parents[1]


def pytest_configure() -> None:
    paths = [str(ROOT / "tests" / "outgoing"), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ |= {NOTES: f"{tempfile.mkdtemp()}/notes.txt", "PYTHONPATH": os.pathsep.join(paths)}
    watch()


@pytest.fixture(autouse=True)
def nothing_leaves() -> Iterator[None]:
    """Fail the test in which something tried to reach another machine, in this process or in one that it started."""
    yield
    if attempts := taken_notes():
        pytest.fail(attempts, pytrace=False)


@pytest.fixture(scope="session")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the shared index, outside the tree; ASSISTANT_INDEXES names one that may be built already."""
    return Path(os.environ.get("ASSISTANT_INDEXES") or tmp_path_factory.mktemp("indexes"))


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The bundled embedder, loaded once."""
    return load_embedder()


@pytest.fixture(scope="session")
def assistant(indexes: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The real assistant over the real corpus without live figures, to read only: nothing is to be added or removed."""
    index = Index.open(indexes, embedder)
    live = LiveFigures(tmp_path_factory.mktemp("live"), None)
    with Assistant(ROOT / "corpus", index, Retriever(index, embedder), live) as opened:
        yield opened


@pytest.fixture
def web() -> Iterator[Web]:
    """A small web on the loopback, for pages to be added from."""
    with Web() as running:
        yield running


@pytest.fixture(scope="session")
def chat_server() -> Iterator[ChatServer]:
    """A scripted language model on the loopback: set its `script` before asking."""
    with ChatServer() as server:
        yield server


@pytest.fixture(scope="session")
def modelled(
    indexes: Path, embedder: Embedder, chat_server: ChatServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """The real assistant with the scripted model as its writer; the model has little time."""
    model = chat_server.model(gap=2.0, whole=4.0)
    index = Index.open(indexes, embedder)
    live = LiveFigures(tmp_path_factory.mktemp("modelled"), None)
    with Assistant(ROOT / "corpus", index, Retriever(index, embedder), live, model=model) as opened:
        yield opened
