"""Which module may import which: data goes one way, and each heavy package has one home."""

from __future__ import annotations

import ast
import re
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
    "xml_tree": set(),
    # reading texts
    "vocabulary": set(),
    "numbers": set(),
    "english": set(),
    "morphemes": {"english", "vocabulary"},
    "markdown": set(),
    "passages": {"markdown", "morphemes"},
    # figures that articles state
    "figures.__init__": set(),
    "figures.formats": set(),
    "figures.catalogue": set(),
    "figures.table": {"numbers"},
    "periods": {"numbers"},
    "extraction.__init__": set(),
    "extraction.wording": {"numbers", "vocabulary"},
    "extraction.marked": {"extraction.wording", "numbers", "periods", "vocabulary"},
    "extraction.names": {"extraction.marked", "extraction.wording", "figures.catalogue", "numbers", "vocabulary"},
    "extraction.gaps": {"extraction.marked", "extraction.names", "extraction.wording", "numbers"},
    "extraction.clauses": {
        "extraction.gaps", "extraction.marked", "extraction.names", "extraction.wording", "numbers", "vocabulary",
    },
    "extraction.dating": {"numbers"},
    "extraction.extractor": {
        "extraction.clauses", "extraction.dating", "extraction.marked", "extraction.names", "extraction.wording",
        "figures.table", "numbers", "vocabulary",
    },
    "extraction.sheet": {
        "extraction.extractor", "extraction.marked", "extraction.wording", "figures.formats", "numbers", "passages",
        "vocabulary",
    },
    # reading articles
    "providers.__init__": set(),
    "providers.provider": set(),
    "providers.fields": {"providers.provider", "xml_tree"},
    "providers.spreadsheet": {"providers.fields", "providers.provider"},
    "certificates": set(),
    "fetching.__init__": set(),
    "fetching.addresses": set(),
    "fetching.refusals": set(),
    "fetching.urls": {"fetching.refusals"},
    "fetching.connection": {"fetching.addresses", "fetching.refusals", "fetching.urls"},
    "fetching.exchange": {"fetching.connection", "fetching.refusals", "fetching.urls"},
    "fetching.robots": {"fetching.urls"},
    "fetching.fetcher": {
        "certificates", "fetching.connection", "fetching.exchange", "fetching.refusals", "fetching.robots",
        "fetching.urls",
    },
    "fetching.page": {"fetching.refusals", "fetching.urls"},
    "formats.__init__": set(),
    "formats.limits": set(),
    "formats.messages": set(),
    "formats.document": {"formats.messages"},
    "formats.about": set(),
    "formats.body": {"formats.document", "formats.limits"},
    "formats.package": {"formats.document", "formats.limits", "xml_tree"},
    "formats.kinds": {"formats.document", "formats.package"},
    "formats.archive": {"formats.document", "formats.kinds", "formats.limits", "formats.package"},
    "formats.plain_text": {"formats.document"},
    "formats.lines": set(),
    "formats.pdf": {"formats.about", "formats.body", "formats.document", "formats.limits", "formats.lines"},
    "formats.office": {"formats.about", "formats.document", "formats.package"},
    "formats.docx": {"formats.body", "formats.document", "formats.office", "xml_tree"},
    "formats.pptx": {"formats.body", "formats.document", "formats.office", "formats.package", "xml_tree"},
    "formats.markup": {"formats.body", "formats.document"},
    "formats.html": {"fetching.page", "formats.document", "formats.limits", "formats.markup"},
    "formats.epub": {
        "formats.about", "formats.body", "formats.document", "formats.markup", "formats.package", "xml_tree",
    },
    "formats.hwpx": {"formats.about", "formats.body", "formats.document", "formats.package", "xml_tree"},
    "formats.hwp": {"formats.about", "formats.body", "formats.document", "formats.limits"},
    "formats.child": {"formats.document", "formats.limits"},
    "formats.sandbox": {"formats.document", "formats.limits"},
    "sources": {
        "extraction.sheet", "fetching.fetcher", "fetching.page", "fetching.refusals", "formats.archive",
        "formats.document", "formats.kinds", "formats.limits", "formats.lines", "formats.messages",
        "formats.plain_text", "formats.sandbox", "morphemes", "providers.provider", "providers.spreadsheet",
    },
    "front_matter": set(),
    "durable": set(),
    "file_lock": set(),
    "drafts": {"fetching.fetcher", "front_matter", "markdown", "sources"},
    "past": {"durable"},
    "stamps": set(),
    "journal": set(),
    "likeness": set(),
    "preview": {"drafts", "extraction.extractor", "likeness", "passages", "sources"},
    # searching them
    "weights": set(),
    "encoders": {"weights"},
    "embedder": {"encoders", "weights"},
    "store.__init__": set(),
    "store.connection": set(),
    "store.derived": {"morphemes", "passages", "vocabulary"},
    "ledger": {"front_matter", "journal", "sources", "stamps", "store.derived"},
    "intake": {"drafts", "journal", "ledger", "sources"},
    "articles": {"durable", "file_lock", "front_matter", "ledger", "past", "sources", "stamps"},
    "collection": set(),
    "store.records": {"store.connection"},
    "store.database": {"store.connection", "store.derived", "store.records"},
    "store.postings": set(),
    "store.sieve": set(),
    "store.threads": set(),
    "store.segment": {"store.connection", "store.postings", "store.sieve"},
    "store.snapshot": {"store.postings", "store.segment", "store.sieve", "store.threads"},
    "store.shelf": {"file_lock", "store.database", "store.segment", "store.snapshot"},
    "store.verification": {"store.connection", "store.database", "store.shelf"},
    "store.graph": {"store.snapshot"},
    "store.messages": {"store.connection"},
    "store.follower": {"store.snapshot"},
    "store.chroma": {"file_lock", "store.follower", "store.graph", "store.messages", "store.snapshot"},
    "store.server": {"certificates"},
    "store.shared": {"store.follower", "store.messages", "store.server", "store.snapshot"},
    "store.proof": {
        "store.chroma", "store.connection", "store.database", "store.derived", "store.shared", "store.snapshot",
    },
    "index": {
        "durable", "file_lock", "store.chroma", "store.connection", "store.database", "store.derived",
        "store.messages", "store.proof", "store.server", "store.shared", "store.shelf", "store.snapshot",
        "store.verification",
    },
    "retriever": {"index", "store.snapshot"},
    # live figures
    "providers.transport": {"certificates", "providers.provider"},
    "providers.yahoo_findings": {"providers.provider"},
    "providers.yahoo_chart": {"providers.provider", "providers.yahoo_findings"},
    "providers.yahoo_facts": {"providers.provider", "providers.yahoo_findings"},
    "providers.yahoo_transport": {"certificates", "providers.provider", "providers.transport"},
    "providers.yahoo": {
        "providers.provider", "providers.yahoo_chart", "providers.yahoo_facts", "providers.yahoo_findings",
        "providers.yahoo_transport",
    },
    "providers.stamp": {"providers.provider"},
    "providers.visit": {"providers.provider", "providers.transport"},
    "providers.holdings": {"providers.provider", "providers.stamp"},
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
    "figures.stated": {"stamps"},
    "extraction.notebook": {"extraction.extractor", "extraction.wording", "figures.table", "journal", "vocabulary"},
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
    "figures.won": {"figures.formats"},
    "figures.card_texts": {
        "figures.captions", "figures.cards", "figures.formats", "figures.preference", "figures.risks", "figures.table",
        "figures.won", "vocabulary",
    },
    "citations": {"figures.table", "numbers"},
    "cues": {"morphemes", "numbers"},
    "ordinals": set(),
    "mentions": {"vocabulary"},
    "question": {"cues", "mentions", "morphemes", "numbers", "ordinals", "periods", "vocabulary"},
    "frames": set(),
    "slots": {"frames", "periods", "vocabulary"},
    "replacing": {"frames", "slots", "vocabulary"},
    "conversation": {"frames", "ordinals", "replacing", "slots", "vocabulary"},
    "parts": {"conversation", "frames", "periods", "slots", "vocabulary"},
    "groups": set(),
    "evidence": {"cues", "groups", "likeness", "morphemes", "numbers", "question", "vocabulary"},
    "phrases": {"citations", "figures.formats", "figures.table", "numbers", "vocabulary"},
    "figure_lookup": {
        "cues", "figures.catalogue", "figures.preference", "figures.table", "morphemes", "numbers", "phrases",
        "question", "vocabulary",
    },
    "clocks": {
        "figures.captions", "figures.catalogue", "figures.preference", "figures.table", "figures.won", "periods",
        "phrases", "providers.provider", "vocabulary",
    },
    "live_phrases": {
        "citations", "figures.captions", "figures.formats", "figures.gauge_texts", "figures.gauges", "figures.won",
        "numbers", "phrases", "vocabulary",
    },
    "comparison": {
        "citations", "clocks", "figure_lookup", "figures.table", "live_phrases", "phrases", "question", "vocabulary",
    },
    "polarity": set(),
    "bindings": {"figures.table", "numbers", "vocabulary"},
    "ranking": {
        "citations", "clocks", "cues", "figures.formats", "figures.table", "numbers", "phrases", "question",
    },
    "extractive": {
        "bindings", "citations", "clocks", "comparison", "evidence", "figure_lookup", "figures.preference",
        "figures.risks", "figures.table", "live_phrases", "morphemes", "phrases", "question", "ranking", "vocabulary",
    },
    "llm": set(),
    "material": {
        "bindings", "citations", "evidence", "live_phrases", "numbers", "phrases", "question", "vocabulary",
    },
    "prompts": {"llm", "material"},
    "reply": {"citations", "morphemes"},
    "support": {
        "bindings", "citations", "cues", "english", "evidence", "material", "morphemes", "numbers", "polarity",
        "ranking", "reply", "vocabulary",
    },
    "translation": {"bindings", "llm", "numbers", "polarity", "support"},
    "model_writer": {
        "bindings", "citations", "evidence", "llm", "material", "numbers", "prompts", "question", "ranking", "reply",
        "support", "translation", "vocabulary",
    },
    "card_search": {"figures.card_texts", "figures.cards", "index", "store.snapshot"},
    "suggestions": {"citations", "clocks", "figures.table", "figures.won", "phrases", "question", "vocabulary"},
    "live": {
        "clocks", "figures.breaker", "figures.preference", "figures.refresh", "figures.risks", "figures.store",
        "providers.provider",
    },
    "records": {"figures.gauges", "figures.risks", "figures.turn"},
    "footnotes": set(),
    "receipt": set(),
    "feedback": {"numbers", "receipt"},
    "toolkit": set(),
    "watch": set(),
    "library": {
        "collection", "evidence", "extraction.notebook", "extractive", "figure_lookup", "figures.stated",
        "figures.table", "file_lock", "index", "journal", "ledger", "live", "llm", "model_writer", "receipt",
        "retriever", "stamps", "store.derived", "vocabulary", "watch",
    },
    "answering": {
        "citations", "conversation", "footnotes", "library", "live", "model_writer", "parts", "periods", "phrases",
        "question", "retriever", "suggestions", "vocabulary",
    },
    "service": {
        "answering", "articles", "card_search", "drafts", "embedder", "feedback", "fetching.connection",
        "fetching.fetcher", "figures.refresh", "figures.risks", "figures.table", "figures.turn", "index", "intake",
        "library", "live", "llm", "morphemes", "preview", "providers.provider", "providers.registry", "receipt",
        "records", "retriever", "settings", "sources", "toolkit",
    },
    "__init__": {"service"},
    "attribution": {
        "bindings", "cues", "figures.table", "markdown", "morphemes", "numbers", "phrases", "polarity", "vocabulary",
    },
    "golden": {"attribution", "suggestions"},
    "evaluation": {"embedder", "index", "retriever"},
    # the faces
    "web.__init__": set(),
    "web.texts": set(),
    "web.render": {"web.texts"},
    "web.sources": {"figures.formats", "footnotes", "web.texts"},
    "web.figures_texts": set(),
    "web.articles_texts": set(),
    "web.header": {"web.articles_texts", "web.figures_texts", "web.texts"},
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
    "web.answers": {"feedback", "footnotes", "receipt"},
    "web.articles_view": {"likeness", "preview", "web.articles_texts", "web.sources", "web.texts"},
    "web.articles_desk": {"drafts", "preview", "sources", "web.articles_texts", "web.articles_view"},
    "web.articles_page": {
        "sources", "web.articles_desk", "web.articles_texts", "web.articles_view", "web.figures_page",
    },
    "web.schemas": {"figures.catalogue", "figures.gauges", "figures.trends"},
    "web.problems": set(),
    "web.desk": {"drafts", "figures.risks", "preview", "records", "sources", "web.problems"},
    "web.uploads": {"drafts", "sources", "web.desk", "web.problems"},
    "web.routes": {"records", "retriever", "web.desk", "web.problems", "web.schemas", "web.uploads"},
    "web.api": {"web.desk", "web.problems", "web.routes"},
    "web.mcp": {"figures.cards", "records", "retriever", "web.desk", "web.problems", "web.schemas"},
    "web.conversation": {"web.answers", "web.render", "web.sources", "web.texts"},
    "web.page": {
        "feedback", "web.answers", "web.articles_desk", "web.articles_page", "web.articles_texts", "web.conversation",
        "web.desk", "web.figures_page", "web.figures_texts", "web.header", "web.sources", "web.texts",
    },
    "web.guard": {"web.problems"},
    "web.nested": set(),
    "web.server": {
        "web.answers", "web.api", "web.articles_texts", "web.desk", "web.figures_texts", "web.guard", "web.mcp",
        "web.nested", "web.page",
    },
    "terminal": {"figures.gauge_texts", "figures.risks", "figures.turn", "footnotes", "likeness"},
    "session": {"service", "terminal", "web.mcp", "web.server"},
    "changing": {"drafts", "records", "service", "session", "sources", "terminal"},
    "cli": {
        "changing", "drafts", "evaluation", "feedback", "golden", "receipt", "records", "session", "settings",
        "sources", "terminal",
    },
}  # fmt: skip

# Where each package outside the standard library lives; a prefix ending in a dot is a folder.
HOMES: dict[str, set[str]] = {
    "babel": {"figures.formats"},
    "chromadb": {"store.graph"},
    "fastapi": {"web."},
    "filelock": {"file_lock"},
    "frontmatter": {"front_matter"},
    "gradio": {"web."},
    "certifi": {"certificates"},
    "curl_cffi": {"providers.yahoo_transport"},
    "h11": {"fetching.exchange"},
    "httpx": {"providers.transport", "store.server"},
    "idna": {"fetching.urls"},
    "kiwipiepy": {"morphemes"},
    "langchain": {"llm"},
    "langchain_core": {"llm", "toolkit"},
    "lxml": {"formats.markup"},
    "mcp": {"web.mcp"},
    "numpy": {"weights", "encoders", "embedder", "store.", "index", "retriever", "figures.computed"},
    "olefile": {"formats.hwp"},
    "pandas": {"figures.table", "records", "web."},
    "pydantic": {"settings", "web."},
    "pydantic_settings": {"settings"},
    "pypdfium2": {"formats.pdf"},
    "rapidfuzz": {"vocabulary"},
    "sentence_transformers": {"embedder"},
    "sqlite3": {"store.", "figures.database", "figures.saving"},
    "starlette": {"web."},
    "torch": {"encoders", "embedder"},
    "trafilatura": {"formats.html"},
    "typer": {"changing", "cli", "session", "terminal"},
    "uvicorn": {"web."},
    "yaml": {"feedback", "front_matter", "golden"},
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
    declared = {re.split(r"[<>=!;\[ ]", line)[0].lower() for line in project["dependencies"]}
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
