"""Which module may import which: data goes one way, and each heavy package has one home."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = {
    path.relative_to(ROOT / "assistant").with_suffix("").as_posix().replace("/", "."): path
    for path in sorted((ROOT / "assistant").rglob("*.py"))
}

LEAVES = {"types", "errors", "language"}  # any module below them may import these

# What each module imports of ours beside LEAVES. A module stands below all that it imports: nothing reaches back.
ALLOWED: dict[str, set[str]] = {
    "types": set(),
    "errors": set(),
    "language": set(),
    "settings": set(),
    # reading articles
    "vocabulary": set(),
    "numbers": set(),
    "english": set(),
    "morphemes": {"english", "vocabulary"},
    "sources": set(),
    "front_matter": set(),
    "articles": {"front_matter", "sources"},
    "markdown": set(),
    "passages": {"markdown", "morphemes"},
    # searching them
    "weights": set(),
    "encoders": {"weights"},
    "embedder": {"encoders", "weights"},
    "store.__init__": set(),
    "store.connection": set(),
    "store.derived": {"morphemes", "passages", "vocabulary"},
    "store.database": {"store.connection", "store.derived"},
    "store.postings": set(),
    "store.snapshot": {"store.postings"},
    "store.chroma": {"store.snapshot"},
    "index": {"store.chroma", "store.connection", "store.database", "store.derived", "store.snapshot"},
    "retriever": {"index", "store.snapshot"},
    # live figures
    "providers.__init__": set(),
    "providers.provider": set(),
    "providers.transport": {"providers.provider"},
    "providers.yahoo_findings": {"providers.provider"},
    "providers.yahoo_chart": {"providers.provider", "providers.yahoo_findings"},
    "providers.yahoo_facts": {"providers.provider", "providers.yahoo_findings"},
    "providers.yahoo_transport": {"providers.provider", "providers.transport"},
    "providers.yahoo": {
        "providers.provider", "providers.yahoo_chart", "providers.yahoo_facts", "providers.yahoo_findings",
        "providers.yahoo_transport",
    },
    "providers.fields": {"providers.provider"},
    "providers.stamp": {"providers.provider"},
    "providers.visit": {"providers.provider", "providers.transport"},
    "providers.holdings": {"providers.provider", "providers.stamp"},
    "providers.spreadsheet": {"providers.fields", "providers.provider"},
    "providers.blackrock": {
        "providers.fields", "providers.holdings", "providers.provider", "providers.stamp", "providers.visit",
    },
    "providers.vanguard": {
        "providers.fields", "providers.holdings", "providers.provider", "providers.stamp", "providers.visit",
    },
    "providers.ssga": {
        "providers.fields", "providers.holdings", "providers.provider", "providers.spreadsheet", "providers.stamp",
        "providers.visit",
    },
    "providers.invesco": {
        "providers.fields", "providers.holdings", "providers.provider", "providers.stamp", "providers.visit",
    },
    "providers.sec": {
        "providers.fields", "providers.holdings", "providers.provider", "providers.stamp", "providers.transport",
        "providers.visit",
    },
    "providers.fred": {
        "providers.fields", "providers.provider", "providers.stamp", "providers.transport", "providers.visit",
    },
    "providers.registry": {
        "providers.blackrock", "providers.fred", "providers.invesco", "providers.provider", "providers.sec",
        "providers.ssga", "providers.vanguard", "providers.yahoo",
    },
    "providers.verification": {"providers.provider", "providers.registry", "settings"},
    "figures.catalogue": set(),
    "figures.admission": {"figures.catalogue"},
    "figures.breaker": {"providers.provider"},
    "figures.merging": {"figures.admission", "figures.catalogue", "providers.provider"},
    "figures.computed": {"providers.provider"},
    "figures.database": {"store.connection"},
    "figures.saving": {"figures.admission", "figures.merging", "providers.provider"},
    "figures.store": {"figures.breaker", "figures.database", "figures.saving", "providers.provider"},
    "figures.turn": {
        "figures.breaker", "figures.catalogue", "figures.computed", "figures.merging", "figures.saving",
        "figures.store", "providers.provider",
    },
    "figures.refresh": {"figures.store", "figures.turn", "providers.provider"},
    # answering
    "figures.__init__": set(),
    "figures.formats": set(),
    "figures.stated": set(),
    "figures.table": {"numbers"},
    "figures.captions": {"figures.catalogue"},
    "figures.preference": {"figures.catalogue", "figures.table"},
    "figures.trends": set(),
    "figures.gauges": {
        "figures.catalogue", "figures.preference", "figures.store", "figures.table", "figures.trends",
        "providers.provider", "vocabulary",
    },
    "figures.gauge_texts": {"figures.captions", "figures.formats", "figures.gauges", "figures.trends"},
    "figures.risks": {"figures.gauges"},
    "figures.cards": {"figures.risks"},
    "figures.card_texts": {
        "figures.captions", "figures.cards", "figures.formats", "figures.preference", "figures.risks", "figures.table",
        "vocabulary",
    },
    "citations": {"figures.table", "numbers"},
    "cues": {"morphemes", "numbers"},
    "ordinals": set(),
    "periods": set(),
    "question": {"cues", "morphemes", "numbers", "ordinals", "periods", "vocabulary"},
    "conversation": {"morphemes", "vocabulary"},
    "groups": set(),
    "evidence": {"cues", "groups", "morphemes", "numbers", "question", "vocabulary"},
    "phrases": {"citations", "figures.formats", "figures.table", "numbers", "vocabulary"},
    "figure_lookup": {
        "figures.preference", "figures.table", "morphemes", "numbers", "phrases", "question", "vocabulary",
    },
    "clocks": {
        "figures.captions", "figures.catalogue", "figures.preference", "phrases", "providers.provider", "vocabulary",
    },
    "live_phrases": {
        "citations", "figures.captions", "figures.formats", "figures.gauge_texts", "figures.gauges", "numbers",
        "phrases", "vocabulary",
    },
    "extractive": {
        "citations", "clocks", "evidence", "figure_lookup", "figures.risks", "figures.table", "live_phrases",
        "numbers", "phrases", "question", "vocabulary",
    },
    "llm": set(),
    "material": {"citations", "evidence", "live_phrases", "phrases", "question", "vocabulary"},
    "prompts": {"llm", "material"},
    "reply": {"citations", "morphemes"},
    "polarity": set(),
    "bindings": {"numbers", "vocabulary"},
    "support": {
        "bindings", "citations", "cues", "english", "evidence", "material", "morphemes", "numbers", "polarity", "reply",
        "vocabulary",
    },
    "model_writer": {
        "citations", "evidence", "llm", "material", "numbers", "prompts", "question", "reply", "support", "vocabulary",
    },
    "card_search": {"figures.card_texts", "figures.cards", "index", "store.snapshot"},
    "suggestions": {"citations", "clocks", "figures.table", "phrases", "question", "vocabulary"},
    "live": {
        "clocks", "figures.breaker", "figures.preference", "figures.refresh", "figures.risks", "figures.store",
        "providers.provider",
    },
    "toolkit": set(),
    "service": {
        "articles", "card_search", "citations", "conversation", "embedder", "evidence", "extractive", "figure_lookup",
        "figures.refresh", "figures.risks", "figures.stated", "figures.table", "figures.turn", "index", "live",
        "llm", "model_writer", "morphemes", "phrases",
        "providers.provider", "providers.registry", "question", "retriever", "settings", "suggestions", "toolkit",
        "vocabulary",
    },
    "__init__": {"service"},
    "golden": set(),
    "evaluation": {"embedder", "index", "retriever"},
    # the faces
    "web.__init__": set(),
    "web.texts": set(),
    "web.render": {"web.texts"},
    "web.sources": {"figures.formats", "web.texts"},
    "web.figures_texts": set(),
    "web.header": {"web.figures_texts", "web.texts"},
    "web.shelf": {"figures.catalogue", "figures.preference", "figures.store", "figures.table"},
    "web.figures_view": {
        "figures.captions", "figures.formats", "web.figures_texts", "web.shelf", "web.texts",
    },
    "web.risks_view": {
        "figures.captions", "figures.formats", "figures.gauge_texts", "figures.gauges", "figures.risks",
        "figures.trends", "web.figures_texts", "web.sources", "web.texts",
    },
    "web.fetching_view": {
        "figures.breaker", "figures.captions", "figures.refresh", "figures.turn", "live", "web.figures_texts",
        "web.texts",
    },
    "web.charts": set(),
    "web.charts_view": {"figures.captions", "vocabulary", "web.charts", "web.figures_texts", "web.texts"},
    "web.figures_page": {
        "figures.refresh", "figures.risks", "figures.turn", "live", "web.charts", "web.charts_view",
        "web.fetching_view", "web.figures_texts", "web.figures_view", "web.risks_view", "web.shelf",
    },
    "web.page": {
        "web.figures_page", "web.figures_texts", "web.header", "web.render", "web.sources", "web.texts",
    },
    "web.guard": set(),
    "web.nested": set(),
    "web.server": {"web.figures_texts", "web.guard", "web.nested", "web.page"},
    "terminal": {"figures.gauge_texts", "figures.risks", "figures.turn"},
    "cli": {"evaluation", "golden", "service", "settings", "sources", "terminal", "web.server"},
}  # fmt: skip

# Where each package outside the standard library lives; a prefix ending in a dot is a folder.
HOMES: dict[str, set[str]] = {
    "babel": {"figures.formats"},
    "chromadb": {"store.chroma"},
    "fastapi": {"web."},
    "filelock": {"store.chroma"},
    "frontmatter": {"front_matter"},
    "gradio": {"web."},
    "certifi": {"providers.transport"},
    "curl_cffi": {"providers.yahoo_transport"},
    "httpx": {"sources", "providers.transport"},
    "kiwipiepy": {"morphemes"},
    "langchain": {"llm"},
    "langchain_core": {"llm", "toolkit"},
    "numpy": {"weights", "encoders", "embedder", "store.", "index", "retriever", "figures.computed"},
    "pandas": {"figures.table", "web."},
    "pydantic": {"settings"},
    "pydantic_settings": {"settings"},
    "rapidfuzz": {"vocabulary"},
    "sentence_transformers": {"embedder"},
    "sqlite3": {"store.", "index", "figures.database", "figures.saving"},
    "starlette": {"web."},
    "torch": {"encoders", "embedder"},
    "trafilatura": {"sources"},
    "typer": {"cli", "terminal"},
    "uvicorn": {"web."},
    "yaml": {"front_matter", "golden"},
    "yfinance": {"providers.yahoo_transport"},
}
# The façade names the types that it hands out; it never imports these packages itself.
NAMED_ONLY = {("service", "langchain_core"), ("service", "pandas")}


def _imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield each imported module's full name, and whether it is imported for type checkers only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in for_types) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports name the module in full"
            names = [alias.name for alias in node.names] if node.module == "assistant" else [""]
            yield from ((f"{node.module}.{name}".rstrip("."), id(node) in for_types) for name in names)


def _ours(module: str) -> set[str]:
    names = {name.removeprefix("assistant.") for name, _ in _imports(FILES[module]) if name.startswith("assistant")}
    return {f"{name}.__init__" if f"{name}.__init__" in FILES else name for name in names}


def _others(module: str) -> set[tuple[str, bool]]:
    return {
        (name.split(".")[0], for_types)
        for name, for_types in _imports(FILES[module])
        if not name.startswith("assistant")
        and (name.split(".")[0] not in sys.stdlib_module_names or name.split(".")[0] in HOMES)
    }


def test_the_table_has_every_module_and_no_other() -> None:
    assert set(ALLOWED) == set(FILES)


def test_the_table_goes_one_way() -> None:
    order = list(ALLOWED)
    for module, allowed in ALLOWED.items():
        assert allowed <= set(order[: order.index(module)]), module


@pytest.mark.parametrize("module", FILES)
def test_module_imports_what_the_table_says(module: str) -> None:
    order = list(ALLOWED)
    leaves = {leaf for leaf in LEAVES if order.index(leaf) < order.index(module)}
    assert _ours(module) - leaves == ALLOWED[module]


@pytest.mark.parametrize("module", FILES)
def test_package_is_imported_at_its_home_only(module: str) -> None:
    for package, for_types in _others(module):
        if for_types and (module, package) in NAMED_ONLY:
            continue
        assert any(
            module.startswith(home) if home.endswith(".") else module == home for home in HOMES.get(package, ())
        ), f"{module} imports {package}"


def test_every_package_is_a_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {line.partition(";")[0].rstrip("0123456789.,<>=! ").lower() for line in project["dependencies"]}
    distributions = packages_distributions()
    for package in HOMES.keys() - sys.stdlib_module_names:
        assert {name.lower().replace("_", "-") for name in distributions[package]} & declared, package


def test_importing_the_package_loads_nothing_heavy(tmp_path: Path) -> None:
    program = "import sys, assistant; print(sorted(set(sys.argv[1:]) & set(sys.modules)), list(assistant.__path__))"
    heavy = HOMES.keys() - {"sqlite3"} | {"transformers", "langchain", "huggingface_hub", "asyncio"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *sorted(heavy)],
        capture_output=True, cwd=tmp_path, text=True, env={"PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == (f"[] [{str(ROOT / 'assistant')!r}]\n", "")
    assert not list(tmp_path.iterdir())
