"""The READMEs: their commands and snippets run, and they name every setting, command and file."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from assistant import Assistant
from assistant.articles import parse_article
from assistant.cli import Session, app
from assistant.embedder import Embedder
from assistant.index import FILE, Index
from assistant.live import LiveFigures
from assistant.retriever import Retriever
from assistant.settings import PREFIX, Settings
from assistant.web.api import create_api
from assistant.web.desk import Desk
from tests.serving import served
from tests.web.leftovers import IGNORED, drop_leftovers

Run = Callable[[str], str]

pytestmark = IGNORED  # gradio leaves sockets and loops behind where a server was started

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.ko.md")
PROGRAM = ".venv/bin/assistant"
SERVER = "http://127.0.0.1:7860"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _text(readme: str) -> str:
    return (ROOT / readme).read_text(encoding="utf-8")


def _blocks(*kinds: str, readme: str = "README.md") -> list[str]:
    return [body for kind, body in BLOCK.findall(_text(readme)) if kind in kinds]


def _parts(shown: str) -> tuple[str, str]:
    """Return the command of a console block and the output below it."""
    command, _, output = shown.removeprefix("$ ").partition("\n")
    return command, output


def _spans(readme: str) -> list[str]:
    """Return what stands between single backticks in the text."""
    return re.findall(r"`([^`\n]+)`", BLOCK.sub("", _text(readme)))


def _tree(readme: str) -> Iterator[str]:
    """Yield the paths of the file tree; a folder that lists nothing below it ends in a slash."""
    folders: list[str] = []
    path = ""
    for line in next(body for body in _blocks("text", readme=readme) if body.startswith("app.py")).splitlines():
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 2
        if path.endswith("/") and depth <= path.count("/") - 1:
            yield path
        del folders[depth:]
        path = "".join(folders) + name
        if name.endswith("/"):
            folders.append(name)
        else:
            yield path


# --- a place to run things in ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filled(assistant: Assistant, indexes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the corpus and of its index."""
    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "corpus", folder / "corpus", ignore=shutil.ignore_patterns("added"))
    (folder / "indexes").mkdir()
    with (
        closing(sqlite3.connect(indexes / FILE)) as source,
        closing(sqlite3.connect(folder / "indexes" / FILE)) as copy,
    ):
        source.backup(copy)
    return folder


@pytest.fixture
def clone(filled: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That folder as the working directory, with no setting but the defaults."""
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "C.UTF-8")
    monkeypatch.chdir(filled)
    return filled


@pytest.fixture
def run(clone: Path, embedder: Embedder) -> Run:
    """Runs a command and returns its stdout: ours in this process, on an embedder that is loaded, others in a shell."""

    def open_clone(**_: object) -> Assistant:
        index = Index.open(clone / "indexes", embedder)
        return Assistant(clone / "corpus", index, Retriever(index, embedder), LiveFigures(clone / "indexes", None))

    return partial(_run, lambda: Session(open=open_clone))


def _run(session: Callable[[], Session], command: str) -> str:
    ours, _, rest = command.partition(" | ") if command.startswith(PROGRAM) else ("", "", command)
    output = ""
    if ours:
        result = CliRunner().invoke(app, shlex.split(ours)[1:], obj=session())
        assert result.exit_code == 0, (command, result.output, result.exception)
        output = result.stdout
    if rest:
        output = subprocess.run(["bash", "-c", rest], input=output, capture_output=True, text=True, check=True).stdout
    return output


def _targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


# --- what is shown works --------------------------------------------------------------------------------------------


def test_shown_answers_are_the_real_ones(run: Run) -> None:
    shown = [_parts(body) for body in _blocks("console")]
    assert len(shown) >= 3
    for command, output in shown:
        assert run(command) == output


def test_commands_run_in_their_order(clone: Path, run: Run) -> None:
    commands = [line for body in _blocks("bash") for line in body.splitlines()]
    shown = [command for command in commands if not re.match(r"(?:[A-Z_]+=\S+ )*make ", command)]
    assert len(shown) >= 8
    for command in shown:
        assert run(command) or ">" in command, command
    assert not list((clone / "corpus").glob("added/*"))


def test_make_targets_exist() -> None:
    for readme in READMES:
        named = re.findall(r"\bmake ([a-z-]+)", " ".join([*_blocks("bash", readme=readme), *_spans(readme)]))
        assert {"run", "test", "lint", "bench", "clean"} <= set(named) <= _targets()


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    """Where a server of the real assistant is."""
    with served(assistant) as address:
        yield address
    drop_leftovers()


@pytest.mark.parametrize("snippet", _blocks("python"), ids=range(len(_blocks("python"))))
def test_snippet_runs(
    snippet: str, clone: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    if SERVER in snippet:
        snippet = snippet.replace(SERVER, request.getfixturevalue("address"))
    exec(compile(snippet, "README.md", "exec"), {"__name__": "__main__"})
    assert capsys.readouterr().out


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_requests_to_a_running_server_are_answered(address: str) -> None:
    (block,) = _blocks("sh")
    commands = block.replace(SERVER, address).splitlines()
    assert len(commands) >= 5
    for command in commands:
        done = subprocess.run(["bash", "-c", f"{command} -sSf"], capture_output=True, text=True, check=True)
        data = done.stdout.rpartition("\ndata: ")[2]
        assert json.loads(data), command


def test_what_desktop_programs_start_is_a_command_with_settings_of_ours() -> None:
    (block,) = _blocks("json")
    (server,) = json.loads(block)["mcpServers"].values()
    assert server["command"].endswith(PROGRAM) and server["args"] == ["mcp"]
    assert {name.removeprefix(PREFIX).lower() for name in server["env"]} <= set(Settings.model_fields)


@pytest.mark.parametrize("readme", READMES)
def test_every_request_of_rest_stands_in_the_table(readme: str) -> None:
    rows = re.findall(r"^\| `([A-Z]+) /api(/\S+)` \|", _text(readme), re.MULTILINE)
    paths = create_api(Desk(Future())).openapi()["paths"]
    assert set(rows) == {(method.upper(), path) for path, methods in paths.items() for method in methods}


def test_article_written_by_hand_is_found(clone: Path, run: Run) -> None:
    (text,) = _blocks("markdown")
    article = parse_article(text, "README.md")
    path = clone / "corpus" / "added" / f"{article.id}.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    assert article.id in run(f"{PROGRAM} list")
    path.unlink()
    assert article.id not in run(f"{PROGRAM} list")


def test_program_is_the_one_that_the_package_installs() -> None:
    (script,) = entry_points(group="console_scripts", name=Path(PROGRAM).name)
    assert script.value == "assistant.cli:main"


# --- nothing is left out --------------------------------------------------------------------------------------------


def test_both_languages_show_the_same_code_in_the_same_order() -> None:
    kinds = ("console", "bash", "python", "markdown", "sh", "json")
    assert _blocks(*kinds, readme="README.ko.md") == _blocks(*kinds)


def test_both_languages_have_the_same_sections() -> None:
    levels = [re.findall(r"^(#+) ", BLOCK.sub("", _text(readme)), re.MULTILINE) for readme in READMES]
    assert levels[0] == levels[1]


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_stands_with_its_default(readme: str) -> None:
    rows = dict(re.findall(r"^\| `(ASSISTANT_\w+)` \| (.+?) \|", _text(readme), re.MULTILINE))
    none = {"README.md": "none", "README.ko.md": "없음"}[readme]
    assert rows == {
        PREFIX + name.upper(): none if field.default is None else f"`{field.default}`"
        for name, field in Settings.model_fields.items()
    }


@pytest.mark.parametrize("readme", READMES)
def test_every_command_stands_in_the_table(readme: str) -> None:
    rows = re.findall(r"^\| `assistant ([a-z]+)` \|", _text(readme), re.MULTILINE)
    assert sorted(rows) == sorted(get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("readme", READMES)
def test_file_tree_has_every_file_and_no_other(readme: str) -> None:
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    named = list(_tree(readme))
    folders = tuple(path for path in named if path.endswith("/"))
    files = {path for path in done.stdout.split("\0") if path and (ROOT / path).exists()}
    files -= {path for path in files if path.startswith("corpus/added/")}
    assert {path for path in files if not path.startswith(folders)} == set(named) - set(folders)
    assert all(any(path.startswith(folder) for path in files) for folder in folders)


@pytest.mark.parametrize("readme", READMES)
def test_links_and_pictures_lead_somewhere(readme: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", _text(readme)):
        assert (ROOT / target).is_file(), target
