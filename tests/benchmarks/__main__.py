"""Measures the goals of speed and memory, each as a ratio of two things done in this run, and prints one line a goal.

    python -m tests.benchmarks              all of them, a few minutes
    python -m tests.benchmarks search ask   those named

Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import gc
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

from assistant.articles import read_corpus
from assistant.embedder import Embedder, load_embedder
from assistant.figures.refresh import Refresher
from assistant.figures.store import FigureStore
from assistant.index import Index
from assistant.providers.blackrock import BlackRock
from assistant.providers.fred import Fred
from assistant.providers.provider import Provider
from assistant.providers.registry import all_providers
from assistant.providers.yahoo import Yahoo
from assistant.retriever import Retriever
from assistant.service import Assistant
from assistant.store.derived import derive
from tests.benchmarks.stock import save_model, stock_ingest
from tests.providers import samples, samples_issuers
from tests.providers.player import Player, Reply, json_reply
from tests.providers.world import World, providers, this_day

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpus"
STOCK = ("langchain_chroma", "langchain_huggingface", "langchain_text_splitters")


@dataclass(frozen=True)
class Result:
    """`ratio` against its goal; a goal is a least value, or a most value where `most` is set."""

    name: str
    ratio: float
    goal: float
    most: bool = True

    @property
    def reached(self) -> bool:
        return self.ratio <= self.goal if self.most else self.ratio >= self.goal

    def __str__(self) -> str:
        sign, verdict = "≤" if self.most else "≥", "ok" if self.reached else "MISSED"
        return f"{self.ratio:8.2f}  {sign} {self.goal:<6g} {verdict:7} {self.name}"


def seconds(action: Callable[[], Any]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def ingest() -> Iterator[Result]:
    """Indexing the corpus against encoding the same texts, and against the stock LangChain path."""
    embedder = warm(load_embedder())
    articles = read_corpus(CORPUS).articles
    texts = [text for article in articles for item in derive(article).passages for text in item.texts]
    alone = seconds(lambda: embedder.encode_passages(texts))
    with tempfile.TemporaryDirectory() as folder, Index.open(Path(folder), embedder, graph_after=None) as index:
        ours = seconds(lambda: index.sync(articles))
    yield Result("ingest: throughput against the encoder alone on the same texts", alone / ours, 0.8, most=False)
    if all(find_spec(package) for package in STOCK):
        with tempfile.TemporaryDirectory() as folder:
            save_model(Path(folder))
            stock = stock_ingest(Path(folder) / "model")
            theirs = seconds(lambda: stock([article.text for article in articles]))
        yield Result("ingest: throughput against the stock LangChain path", theirs / ours, 2, most=False)
    else:
        packages = " ".join(STOCK).replace("_", "-")
        sys.stderr.write(f"not measured: the stock LangChain path (pip install --no-deps {packages})\n")


def reopen() -> Iterator[Result]:
    """Texts that are embedded again when nothing, and when one passage, has changed."""
    embedder = warm(load_embedder())
    articles = list(read_corpus(CORPUS).articles)
    with tempfile.TemporaryDirectory() as folder:
        with Index.open(Path(folder), embedder, graph_after=None) as index:
            index.sync(articles)
        with Index.open(Path(folder), embedder, graph_after=None) as index:
            yield Result("reopen: texts embedded when nothing has changed", index.sync(articles).embedded, 0)
            own = sum(len(item.texts) for item in derive(articles[0]).passages)
            articles[0] = replace(articles[0], title=articles[0].title + ".")
            share = index.sync(articles).embedded / own
            yield Result("reopen: texts embedded when one article has changed, against its own", share, 1)


def search() -> Iterator[Result]:
    """A warm search, each query asked once, against encoding the query."""
    embedder = warm(load_embedder())
    with tempfile.TemporaryDirectory() as folder, Index.open(Path(folder), embedder, graph_after=0) as index:
        index.sync(read_corpus(CORPUS).articles)
        retriever = Retriever(index, embedder)
        retriever.search("warm 데우기")
        wait_for_graph(index)
        ratio = against_encoding(embedder, retriever.search)
    yield Result("search: warm median against encoding the query", ratio, 1.5)


def ask() -> Iterator[Result]:
    """A warm answer against encoding the question, and the memory that a thousand questions leave behind."""
    embedder = warm(load_embedder())
    with tempfile.TemporaryDirectory() as folder, Assistant.open(corpus=CORPUS, indexes=folder) as assistant:
        for question in queries()[:20]:
            assistant.ask(question)
        yield Result("ask: warm median against encoding the question", against_encoding(embedder, assistant.ask), 3)
        before = resident()
        asked = queries()
        for number in range(1000):
            assistant.ask(f"{asked[number % len(asked)]} {number}")
        yield Result("ask: memory after 1,000 questions, of 1.8 GB", resident() / 1.8e9, 1)
        yield Result("ask: memory after 1,000 questions, against before", resident() / before, 1.05)


def cold() -> Iterator[Result]:
    """Fresh processes: importing, asking for help, and one question over an index that exists."""
    run = [sys.executable, "-c"]
    yield Result("cold: `import assistant`, of 0.3 s", median_of(lambda: call([*run, "import assistant"])) / 0.3, 1)
    program = "from assistant.cli import main; main()"
    yield Result("cold: `assistant --help`, of 0.5 s", median_of(lambda: call([*run, program, "--help"])) / 0.5, 1)
    with tempfile.TemporaryDirectory() as folder:
        Assistant.open(corpus=CORPUS, indexes=folder).close()
        settings = {"ASSISTANT_CORPUS": str(CORPUS), "ASSISTANT_INDEXES": folder}
        question = [*run, program, "ask", queries()[0]]
        yield Result("cold: `assistant ask`, of 10 s", median_of(lambda: call(question, settings)) / 10, 1)


def written() -> Iterator[Result]:
    """The first sentence of a language model on the real page, against the same model asked without all that."""
    from tests.benchmarks.first_sentence import first_sentence

    if (times := first_sentence()) is None:
        sys.stderr.write("not measured: the first sentence of a model (no Chromium)\n")
        return
    shown, alone = times
    sys.stderr.write(f"written: {shown:.2f} s on the page, {alone:.2f} s of the model alone\n")
    yield Result("written: first sentence on the page against the model's own time to it", shown / alone, 1.2)


def refresh() -> Iterator[Result]:
    """All subjects of all sources, played with 20 ms a reply; and what a thousand refreshes leave behind."""
    with played() as player, tempfile.TemporaryDirectory() as name:
        folder, world = Path(name), World(this_day())
        world.play(player, delay=0.02)
        for distance, make in {
            "no": providers,
            "the real": partial(all_providers, sec_contact="test@example.com"),
        }.items():
            taken = median(seconds(partial(fetch_all, make, folder / f"{distance} {turn}")) for turn in range(3))
            yield Result(f"refresh: all subjects, {distance} distance between requests, of 5 s", taken / 5, 1)
        yield from leaks(player, folder)


def leaks(player: Player, folder: Path) -> Iterator[Result]:
    """Memory, file handles and threads after 1,000 small refreshes against those after the first 100."""
    samples.open_doors(player)
    samples.play_chart(player, json_reply(samples.chart()))
    samples.play_facts(player, json_reply(samples.summary()))
    player.play("fred.stlouisfed.org", "/graph/", Reply(200, b"observation_date,DGS10\n2001-01-02,5.01\n", "text/csv"))
    holdings, page = Reply(200, samples_issuers.blackrock(), "text/csv"), samples.PAGE
    turns = cycle([holdings, page])  # every other one fails
    player.play("www.blackrock.com", "/varnish-api/", lambda request: next(turns))
    logging.getLogger("assistant.figures.turn").setLevel(logging.ERROR)
    every = (BlackRock(), Yahoo(folder / "c", spacing=0.0), Fred(ids=("DGS10",)))
    with closing(FigureStore(folder / "leaks.sqlite3")) as store:
        refresher = Refresher(every, store, pause=lambda seconds: None)
        before = {}
        for number in range(1000):
            report = refresher.refresh(("IWM", "US"), force=True)
            assert report.count("ok") >= 2, report
            player.requests.clear()
            player.connects.clear()
            if number == 100:
                before = held()
        after = held()
    for name, goal in {"memory": 1.05, "file handles": 1, "threads": 1}.items():
        ratio = after[name] / before[name]
        yield Result(f"refresh: {name} after 1,000 refreshes, against after 100", ratio, goal)


def fetch_all(make: Callable[[Path], Sequence[Provider]], folder: Path) -> None:
    """Fill a store that was empty."""
    with closing(FigureStore(folder / "figures.sqlite3")) as store:
        report = Refresher(make(folder / "yahoo"), store).refresh()
    assert report.count("ok") == len(report.outcomes), report


def held() -> dict[str, float]:
    """What this process holds now."""
    gc.collect()
    return {
        "memory": resident(), "file handles": len(os.listdir("/proc/self/fd")), "threads": threading.active_count(),
    }  # fmt: skip


@contextmanager
def played() -> Iterator[Player]:
    """A player to which every client of this process is led."""
    others = ("HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "CURL_CA_BUNDLE", "SSL_CERT_DIR", "http_proxy", "https_proxy")
    with Player() as player:
        kept = dict(os.environ)
        for name in (*others, "all_proxy", "no_proxy"):
            os.environ.pop(name, None)
        os.environ.update(player.environment())
        try:
            yield player
        finally:
            os.environ.clear()
            os.environ.update(kept)


def against_encoding(embedder: Embedder, action: Callable[[str], Any]) -> float:
    """Return the median of the action's time against the encoding's over the queries, each being first in turn."""
    times: dict[Callable[[str], Any], list[float]] = {action: [], lambda query: embedder.encode_queries([query]): []}
    for number, query in enumerate(queries()):
        for each in list(times)[:: 1 if number % 2 else -1]:
            times[each].append(seconds(partial(each, query)))
    acting, encoding = (median(found) for found in times.values())
    return acting / encoding


def queries() -> list[str]:
    """The headings of the corpus, about as long as questions are."""
    found = {
        " ".join(item.passage.section) for article in read_corpus(CORPUS).articles for item in derive(article).passages
    }
    return sorted(filter(None, found))[:60]


def warm(embedder: Embedder) -> Embedder:
    embedder.encode_passages(["Warm.", "데우기."])
    embedder.encode_queries(["warm"])
    return embedder


def wait_for_graph(index: Index) -> None:
    deadline = time.monotonic() + 60
    while index.graph != "ready" and time.monotonic() < deadline:
        time.sleep(0.1)


def resident() -> float:
    """Return the memory of this process in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return float(line.split()[1]) * 1024
    raise RuntimeError("no VmRSS in /proc/self/status")


def call(command: Sequence[str], settings: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env={**os.environ, **(settings or {})})


def median_of(action: Callable[[], None], times: int = 5) -> float:
    action()
    return median(seconds(action) for _ in range(times))


def main(names: Sequence[str]) -> int:
    known = {bench.__name__: bench for bench in (ingest, reopen, search, ask, cold, written, refresh)}
    results = []
    for name in names or known:
        for result in known[name]():
            results.append(result)
            sys.stdout.write(f"{result}\n")
            sys.stdout.flush()
    return 0 if all(result.reached for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
