"""The command line over a small assistant that is known by heart."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas
import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from assistant.cli import Session, app
from assistant.errors import ArticleError, AssistantError, IndexingError, QuestionError
from assistant.feedback import append_opinion
from assistant.figures.gauges import Gauge
from assistant.figures.refresh import Report
from assistant.figures.risks import Meaning, Risk
from assistant.figures.table import to_frame
from assistant.figures.turn import Outcome
from assistant.intake import Taken
from assistant.language import LANGUAGES, detect_language
from assistant.likeness import Likeness
from assistant.preview import Preview
from assistant.receipt import receipt_of
from assistant.records import Hits
from assistant.sources import File
from assistant.terminal import TEXTS, terminal_language
from assistant.types import Answer, Article, Citation, Figure, Head, Hit, Language, Passage

QUOTE = "연 보수는 0.19%입니다."
NOW = datetime(2026, 7, 1, tzinfo=UTC)
ARTICLES = {
    "basics": Article(
        "basics", "펀드 기초", "ko", "운용사", date(2026, 2, 13), f"앞 문장. {QUOTE}", "https://example.com/a"
    ),
    "basics.en": Article("basics.en", "Fund basics", "en", "Issuer", date(2026, 2, 13), "The fee is 0.19%."),
}


class FakeAssistant:
    """Answers from two articles; keeps what was added and removed, and whether it was closed."""

    def __init__(self) -> None:
        self.kept = dict(ARTICLES)
        self.previewed: list[tuple[str | Path, dict[str, object]]] = []
        self.added: list[tuple[str | Path, dict[str, object]]] = []
        self.replaced: list[str] = []
        self.opened_fresh: list[bool] = []
        self.closed = 0

    def open(self, *, fresh: bool = False, progress: Callable[[int, int], None] | None = None) -> FakeAssistant:
        self.opened_fresh.append(fresh)
        if progress:
            progress(2, 2)
        return self

    def close(self) -> None:
        self.closed += 1

    def receipt(self, answer: Answer) -> dict[str, Any]:
        return receipt_of(answer, NOW)

    def ask(self, question: str, *, language: Language | None = None) -> Answer:
        if not question.strip():
            raise QuestionError("The question is empty.", "질문이 비어 있어요.")
        language: Language = detect_language(question)
        if "energy" in question:
            return Answer(question, language, True, "extractive", "The sources do not say.")
        article = ARTICLES["basics"]
        citation = Citation(1, article, 6, 6 + len(QUOTE), QUOTE)
        return Answer(question, language, False, "extractive", f"{QUOTE} [1]", citations=(citation,))

    def search(self, query: str, k: int = 8, *, language: Language | None = None) -> Hits:
        if query == "nothing":
            return Hits()
        passage = Passage("basics:6", "basics", ("비용",), 6, 6 + len(QUOTE), QUOTE, "ko")
        return Hits([Hit(passage, 0.9, 1), Hit(passage, 0.5, 2)][:k], ARTICLES)

    def preview(self, source: str | Path, **given: object) -> Preview:
        if "bad" in str(source):
            raise ArticleError(f"{source} is bad.", f"{source} 파일이 이상해요.")
        self.previewed.append((source, given))
        like = Likeness(ARTICLES["basics"], 0.8, ("new",), ("old", "older")) if "near" in str(source) else None
        return Preview(ARTICLES["basics"], likeness=like)

    def add(self, source: Preview) -> Article:
        self.added.append(self.previewed[-1])
        return source.article

    def add_all(self, sources: Iterable[Path | ArticleError], **given: object) -> Iterator[Taken]:
        for number, source in enumerate(sources):
            self.added.append((source, given))
            if number == 3:
                yield Taken("", error=ArticleError("It is bad.", "이상해요."))
            else:
                yield Taken(str(source), ARTICLES["basics"]) if number % 2 else Taken(str(source), present="basics")

    def replace(self, id: str, source: Preview) -> Article:
        self.replaced.append(id)
        return source.article

    def restore(self, id: str) -> Article:
        raise ArticleError(f"No former version of {id!r} is kept.", f"{id!r} 글의 이전 판이 남아 있지 않아요.")

    def remove(self, id: str) -> Article:
        if id not in self.kept:
            raise ArticleError(f"There is no article {id}.", f"{id} 글이 없어요.")
        return self.kept.pop(id)

    def heads(self) -> list[Head]:
        return [article.head for article in self.kept.values()]

    def article(self, id: str) -> Article:
        if id not in self.kept:
            raise ArticleError(f"There is no article {id}.", f"{id} 글이 없어요.")
        return self.kept[id]

    def figures(self, subject: str | None = None) -> pandas.DataFrame:
        fee = Figure("IWM", "expense_ratio", 0.19, "percent", date(2026, 6, 30), "article", "Publisher", quote=QUOTE)
        return to_frame([fee] if subject in (None, "IWM") else [])

    def risks(self) -> tuple[Risk, ...]:
        article = self.kept["basics"]
        price = Figure("US", "macro.DGS10", 4.12, "percent", date(2026, 6, 30), "live", "FRED")
        gauges = (
            Gauge("US", "macro.DGS10", {"ko": "국채금리", "en": "Treasury yield"}, "rise", price),
            Gauge("US", "macro.DFF", {"ko": "기준금리", "en": "Policy rate"}, "rise", reason="timeout"),
        )
        meaning = Meaning(article, 6, 6 + len(QUOTE), QUOTE)
        return (Risk(1, "rates", {"ko": "금리", "en": "Rates"}, {}, gauges, {"ko": meaning, "en": meaning}),)

    def refresh(self, *subjects: str, force: bool = False, progress: Any = None) -> Report:
        outcomes = [
            Outcome("yahoo", subject, "ok" if force else "failed", "timeout") for subject in subjects or ("IWM",)
        ]
        for number, outcome in enumerate(outcomes, start=1):
            if progress:
                progress(outcome, number, len(outcomes))
        return Report(NOW, NOW, tuple(outcomes))

    def check(self) -> list[str]:
        return [] if "basics" in self.kept else ["basics is missing"]


@pytest.fixture
def fake() -> FakeAssistant:
    return FakeAssistant()


def run(fake: FakeAssistant, *arguments: str, language: Language = "en", **kept: Any) -> Result:
    session = Session(open=fake.open, language=language)  # type: ignore[arg-type]
    result = CliRunner().invoke(app, list(arguments), obj=session, **kept)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_answer_is_followed_by_its_sources(fake: FakeAssistant) -> None:
    result = run(fake, "ask", "보수가 얼마야?")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"{QUOTE} [1]",
        "",
        "출처",
        "[1] 펀드 기초 · 2026-02-13 · https://example.com/a",
        f"    {QUOTE}",
    ]
    assert fake.closed == 1


def test_abstaining_is_done_and_not_an_error(fake: FakeAssistant) -> None:
    result = run(fake, "ask", "What is its energy weight?")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "The sources do not say.\n", "")


def test_json_answer_is_one_line_of_plain_utf8(fake: FakeAssistant) -> None:
    result = run(fake, "ask", "--json", "보수가 얼마야?")
    assert result.exit_code == 0
    assert result.stdout.count("\n") == 1 and QUOTE in result.stdout
    assert json.loads(result.stdout)["question"] == "보수가 얼마야?"


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_question_is_read_from_stdin(fake: FakeAssistant, encoding: str) -> None:
    result = run(fake, "ask", "-", input="보수가 얼마야?".encode(encoding))
    assert result.stdout.startswith(QUOTE)


@pytest.mark.parametrize(
    ("language", "expected"), [("ko", "질문이 비어 있어요.\n"), ("en", "The question is empty.\n")]
)
def test_refused_question_is_one_line_on_stderr(fake: FakeAssistant, language: Language, expected: str) -> None:
    result = run(fake, "ask", "  ", language=language)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", expected)


def test_error_is_in_the_language_of_the_terminal(fake: FakeAssistant) -> None:
    for language, expected in (("ko", "글이 없어요"), ("en", "There is no article")):
        result = run(fake, "show", "none", language=language)  # type: ignore[arg-type]
        assert result.exit_code == 1 and result.stdout == ""
        assert expected in result.stderr and "Traceback" not in result.output


def test_index_that_cannot_be_opened_is_reported(fake: FakeAssistant) -> None:
    def refuse(**_: object) -> FakeAssistant:
        raise IndexingError("The index is locked.", "색인이 잠겨 있어요.")

    fake.open = refuse  # type: ignore[method-assign]
    result = run(fake, "ask", "보수가 얼마야?")
    assert (result.exit_code, result.stderr) == (1, "색인이 잠겨 있어요.\n")


def test_search_prints_a_line_of_json_for_each_hit(fake: FakeAssistant) -> None:
    hits = [json.loads(line) for line in run(fake, "search", "보수", "--json").stdout.splitlines()]
    assert [hit["rank"] for hit in hits] == [1, 2]
    assert hits[0]["text"] == QUOTE and hits[0]["section"] == ["비용"]
    assert "펀드 기초 › 비용" in run(fake, "search", "보수", "-k", "1").stdout


def test_finding_nothing_is_not_done(fake: FakeAssistant) -> None:
    for arguments in (["search", "nothing"], ["figures", "XYZ"]):
        result = run(fake, *arguments)
        assert (result.exit_code, result.stdout, result.stderr) == (1, "", "Nothing was found.\n")


def test_list_and_show(fake: FakeAssistant) -> None:
    assert [line.split()[0] for line in run(fake, "list").stdout.splitlines()] == ["basics", "basics.en"]
    assert [json.loads(line)["id"] for line in run(fake, "list", "--json", "--language", "ko").stdout.splitlines()] == [
        "basics"
    ]
    assert ARTICLES["basics"].text in run(fake, "show", "basics").stdout
    assert json.loads(run(fake, "show", "basics", "--json").stdout)["published"] == "2026-02-13"


@pytest.mark.parametrize(("language", "title"), [("en", "Treasury yield: 4.12%"), ("ko", "국채금리: 4.12%")])
def test_risks_are_shown_with_gauges_and_the_article(fake: FakeAssistant, language: Language, title: str) -> None:
    shown = run(fake, "risks", language=language).stdout
    assert title in shown and QUOTE in shown
    record = json.loads(run(fake, "risks", "--json").stdout)
    assert [gauge["reason"] for gauge in record["gauges"]] == ["", "timeout"]
    assert record["meaning"]["ko"]["quote"] == QUOTE


def test_refresh_tells_what_became_of_each_subject(fake: FakeAssistant) -> None:
    failed = run(fake, "refresh", "IWM", "VTWO")
    assert failed.exit_code == 1 and "[2/2] yahoo VTWO: failed: timeout" in failed.stdout
    done = run(fake, "refresh", "IWM", "--force", "--json")
    assert done.exit_code == 0 and json.loads(done.stdout)["status"] == "ok"


def test_figures_are_one_a_line(fake: FakeAssistant) -> None:
    row = json.loads(run(fake, "figures", "IWM", "--json").stdout)
    assert (row["value"], row["as_of"], row["quote"]) == (0.19, "2026-06-30", QUOTE)
    assert row["fetched_at"] is row["source_url"] is None
    assert "expense_ratio" in run(fake, "figures").stdout


def test_failed_sources_are_reported_and_the_others_added(fake: FakeAssistant, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("a.md", "sub/bad.txt", "z.html", "picture.png"):
        (tmp_path / name).write_text("x")
    result = run(fake, "add", str(tmp_path), "https://example.com/b", "-", input="From stdin")
    assert result.exit_code == 1
    assert [source for source, _ in fake.added] == [
        tmp_path / "a.md",
        tmp_path / "z.html",
        "https://example.com/b",
        File("text", b"From stdin", "text"),
    ]
    assert result.stdout.count("Added: basics") == 4 and "bad.txt is bad" in result.stderr


@pytest.mark.parametrize("as_json", [False, True])
def test_many_sources_are_counted_and_not_previewed(fake: FakeAssistant, tmp_path: Path, as_json: bool) -> None:
    for number in range(25):
        (tmp_path / f"{number:02}.txt").write_text("x")
    result = run(fake, "add", str(tmp_path), "--language", "en", *(["--json"] if as_json else []))
    assert result.exit_code == 1 and "It is bad." in result.stderr and not fake.previewed
    assert [source for source, _ in fake.added] == sorted(tmp_path.iterdir()) and fake.added[0][1]["language"] == "en"
    counted = "Added: 11. There already: 13. Refused: 1."
    assert counted in (result.stderr if as_json else result.stdout)
    assert len(result.stdout.splitlines()) == (11 if as_json else 1)


def test_options_of_add_are_passed_on(fake: FakeAssistant) -> None:
    options = ["--title", "T", "--language", "en", "--published", "2026-02-13", "--url", "https://example.com"]
    assert run(fake, "add", "note.md", *options).exit_code == 0
    given = {"title": "T", "language": "en", "published": date(2026, 2, 13), "url": "https://example.com"}
    assert fake.added == [(Path("note.md"), given)]


def test_a_near_copy_is_told_with_its_difference_and_can_replace_the_other(fake: FakeAssistant) -> None:
    result = run(fake, "add", "near.md")
    assert result.exit_code == 0 and "80% of it is in" in result.stderr and "other: 2" in result.stderr
    result = run(fake, "add", "near.md", "--replace", "basics")
    assert (result.exit_code, fake.replaced, result.stdout) == (0, ["basics"], "Replaced: basics (펀드 기초)\n")
    assert run(fake, "add", "a.md", "b.md", "--replace", "basics").exit_code == 2


def test_what_was_never_there_is_not_restored(fake: FakeAssistant) -> None:
    result = run(fake, "restore", "none")
    assert result.exit_code == 1 and "No former version of 'none' is kept." in result.stderr


def test_folder_without_articles_is_reported(fake: FakeAssistant, tmp_path: Path) -> None:
    result = run(fake, "add", str(tmp_path))
    assert result.exit_code == 1 and "no files" in result.stderr


def test_remove_goes_on_after_an_unknown_id(fake: FakeAssistant) -> None:
    result = run(fake, "remove", "none", "basics")
    assert (result.exit_code, result.stdout) == (
        1,
        "Removed: basics (펀드 기초); `assistant restore basics` brings it back.\n",
    )
    assert list(fake.kept) == ["basics.en"]


def test_check_fails_when_there_is_a_problem(fake: FakeAssistant) -> None:
    assert run(fake, "check").exit_code == 0
    fake.kept.clear()
    result = run(fake, "check")
    assert (result.exit_code, result.stdout) == (1, "basics is missing\n")


def test_rebuild_opens_a_fresh_index(fake: FakeAssistant) -> None:
    assert "2" in run(fake, "rebuild").stdout
    assert fake.opened_fresh == [True]


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask"],
        ["nothing-like-it"],
        ["search", "x", "-k", "0"],
        ["search", "x", "--language", "fr"],
        ["add", "a.md", "b.md", "--title", "T"],
        ["add", "a.md", "--published", "yesterday"],
        ["serve", "--port", "0"],
    ],
)
def test_wrong_usage_is_two(fake: FakeAssistant, arguments: list[str]) -> None:
    result = run(fake, *arguments)
    assert result.exit_code == 2 and "Usage" in result.stderr
    assert fake.opened_fresh == []


def test_serve_passes_what_is_set(fake: FakeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[object, ...]] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSISTANT_PASSWORD", "word")
    monkeypatch.setenv("ASSISTANT_PORT", "8000")
    monkeypatch.setenv("ASSISTANT_READ_ONLY", "on")
    session = Session(open=fake.open, serve=lambda *call: calls.append(call))  # type: ignore[arg-type]
    result = CliRunner().invoke(app, ["serve", "--host", "localhost"], obj=session)
    assert (result.exit_code, calls) == (0, [(fake.open, "localhost", 8000, "word", True)])


def test_mcp_talks_over_an_assistant_that_it_opens_itself(fake: FakeAssistant) -> None:
    opened: list[object] = []
    session = Session(open=fake.open, talk=lambda open: opened.append(open()))  # type: ignore[arg-type]
    assert CliRunner().invoke(app, ["mcp"], obj=session).exit_code == 0
    assert opened == [fake]


def test_port_in_use_is_one_message(fake: FakeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssistantError("Port 7860 is in use.", "7860번 포트를 쓰고 있어요.")

    monkeypatch.chdir(tmp_path)
    session = Session(open=fake.open, serve=refuse, language="ko")  # type: ignore[arg-type]
    result = CliRunner().invoke(app, ["serve"], obj=session)
    assert (result.exit_code, result.stderr) == (1, "7860번 포트를 쓰고 있어요.\n")


def test_texts_are_in_both_languages() -> None:
    assert all(set(texts) == set(LANGUAGES) for texts in TEXTS.values())


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US"}, "en"),
        ({}, "en"),
    ],
)
def test_language_of_the_terminal(variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert terminal_language() == language


def test_process_speaks_utf8_logs_to_stderr_and_loads_nothing_heavy(tmp_path: Path) -> None:
    program = """
import logging, sys
from assistant.cli import Session, app
from assistant.terminal import set_up_terminal
set_up_terminal()
logging.getLogger("assistant").warning("note", extra={"messages": {"ko": "알림", "en": "note"}})
print("한글")
heavy = {"torch", "gradio", "chromadb", "kiwipiepy", "pandas", "langchain", "trafilatura", "httpx", "pydantic"}
print(sorted(heavy & set(sys.modules)))
"""
    variables = {"LANG": "ko_KR.UTF-8", "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=tmp_path, env=variables)
    assert done.stdout.decode() == "한글\n[]\n"
    assert done.stderr.decode() == "알림\n"


def test_receipt_replays_with_exit_code_0_until_something_changes(fake: FakeAssistant, tmp_path: Path) -> None:
    file = tmp_path / "receipt.json"
    assert run(fake, "ask", "보수가 얼마야?", "--receipt", str(file)).exit_code == 0
    same = run(fake, "replay", str(file))
    assert (same.exit_code, same.stdout) == (0, "2026-07-01T00:00:00+00:00의 답이 지금도 같아요.\n")
    written = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(written | {"text": "연 보수는 0.20%입니다. [1]"}), encoding="utf-8")
    changed = run(fake, "replay", str(file))
    assert changed.exit_code == 1
    assert "-연 보수는 0.20%입니다. [1]" in changed.stdout and f"+{QUOTE} [1]" in changed.stdout
    as_json = json.loads(run(fake, "replay", str(file), "--json").stdout)
    assert as_json["same"] is False and as_json["articles"] == as_json["figures"] == []


def test_replay_of_what_is_no_receipt_is_not_done(fake: FakeAssistant, tmp_path: Path) -> None:
    result = run(fake, "replay", str(tmp_path / "none.json"))
    assert result.exit_code == 1 and "cannot be read as a receipt" in result.stderr


def test_feedback_becomes_draft_questions_on_stdout(fake: FakeAssistant, tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    append_opinion(file, fake.ask("보수가 얼마야?"), "up", NOW)
    result = run(fake, "evaluate", "--feedback", str(file))
    (draft,) = yaml.safe_load(result.stdout)
    assert (result.exit_code, draft["question"], draft["contains"]) == (0, "보수가 얼마야?", ["0.19%"])
    assert fake.opened_fresh == []
