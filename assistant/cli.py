"""The command line: `assistant ask "…"` and its sisters.

Reads settings, opens one assistant and prints what it returns. Exit code 0 is done, 1 not done, 2 wrong usage.
Heavy modules are imported inside the commands, so that `--help` is quick.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.changing import add_sources, change_each
from assistant.records import figure_records, head_record, outcome_record, risk_record, whole_record
from assistant.session import Commands, Session
from assistant.terminal import (
    complain,
    print_answer,
    print_article,
    print_hit,
    print_json,
    print_outcome,
    print_replay,
    print_risk,
    say,
    set_up_terminal,
    terminal_language,
)
from assistant.types import Language

if TYPE_CHECKING:
    from assistant.drafts import Given

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,  # they would print local variables, the password among them
)

# What a terminal has room for; JSON has all.
SHOWN = ("subject", "metric", "value", "unit", "as_of", "origin", "source")

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
LanguageOption = Annotated[Language | None, typer.Option(help="ko or en.")]


@app.callback()
def _session(ctx: typer.Context) -> None:
    """Ask about the US small-cap ETFs IWM and VTWO in Korean or English; every answer cites its sources exactly."""
    ctx.obj = ctx.obj or Session(language=terminal_language())


@app.command()
def serve(
    ctx: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to serve on [ASSISTANT_HOST].")] = None,
    port: Annotated[int | None, typer.Option(help="Port to serve on [ASSISTANT_PORT].", min=1, max=65535)] = None,
) -> None:
    """Serve the page, REST and MCP until interrupted."""
    from assistant.settings import Settings

    settings = Settings.load()
    logging.getLogger("assistant").setLevel(logging.INFO)
    password = settings.password.get_secret_value() if settings.password else None
    ctx.obj.serve(ctx.obj.open, host or settings.host, port or settings.port, password, settings.read_only == "on")


@app.command()
def mcp(ctx: typer.Context) -> None:
    """Serve one MCP client over stdin and stdout, as desktop programs want it."""
    ctx.obj.talk(ctx.obj.open)


@app.command()
def ask(
    ctx: typer.Context,
    question: Annotated[str, typer.Argument(help="The question; - reads it from stdin.")],
    receipt: Annotated[Path | None, typer.Option(help="File to write the answer's receipt to, for replay.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Answer a question, each sentence with its exact source. Saying that the sources do not answer it is a result."""
    asked = _text_of(question)
    ctx.obj.hear(asked)
    with ctx.obj.opened() as assistant:
        answer = assistant.ask(asked)
        if receipt:
            record = json.dumps(assistant.receipt(answer), ensure_ascii=False, indent=1)
            receipt.write_text(record + "\n", encoding="utf-8")
    if as_json:
        print_json(answer.to_dict())
    else:
        print_answer(answer, ctx.obj.language)


@app.command()
def replay(
    ctx: typer.Context,
    receipt: Annotated[Path, typer.Argument(help="What `assistant ask --receipt` or the page has written.")],
    as_json: JsonFlag = False,
) -> None:
    """Ask a receipt's question again and show which articles, figures and words have changed; exit code 1 if any."""
    from assistant.receipt import read_receipt
    from assistant.receipt import replay as replayed

    written = read_receipt(receipt)
    ctx.obj.language = written["language"]
    with ctx.obj.opened() as assistant:
        changes = replayed(written, assistant, datetime.now(UTC))
    if as_json:
        print_json(changes)
    else:
        print_replay(changes, ctx.obj.language)
    raise typer.Exit(int(not changes["same"]))


@app.command()
def search(
    ctx: typer.Context,
    query: Annotated[str, typer.Argument(help="What to look for; - reads it from stdin.")],
    k: Annotated[int, typer.Option("-k", help="How many passages.", min=1, max=1000)] = 8,
    language: LanguageOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Print the passages that fit best, best first."""
    wanted = _text_of(query)
    ctx.obj.hear(wanted)
    with ctx.obj.opened() as assistant:
        hits = assistant.search(wanted, k, language=language)
    for hit, record in zip(hits, hits.records(), strict=True):
        if as_json:
            print_json(record)
        else:
            print_hit(hit, record["title"])
    _fail_unless(bool(hits), ctx.obj)


@app.command()
def add(
    ctx: typer.Context,
    sources: Annotated[
        list[str],
        typer.Argument(
            help="Files (.md, .txt, .html, .pdf, .docx, .pptx, .epub, .hwpx, .hwp; .csv, .xlsx of figures), "
            "folders and zips of them, "
            "http(s) addresses, - (stdin)."
        ),
    ],
    title: Annotated[str | None, typer.Option(help="Title, for a single source.")] = None,
    language: LanguageOption = None,
    published: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Publication date.")] = None,
    url: Annotated[str | None, typer.Option(help="Where it was published, for a single source.")] = None,
    replace: Annotated[str | None, typer.Option(metavar="ID", help="The article whose new version it is.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Add articles; what cannot be added is reported and the others go on.

    What was added stays when it is interrupted, and is passed over when the same is added again.
    """
    if len(sources) > 1 and (title or url or replace):
        raise typer.BadParameter("--title, --url and --replace are for a single source")
    given: Given = {"title": title, "language": language, "url": url}
    given["published"] = published.date() if published else None
    raise typer.Exit(int(add_sources(sources, given, replace, ctx.obj, as_json)))


@app.command()
def remove(
    ctx: typer.Context, ids: Annotated[list[str], typer.Argument(help="Ids as `assistant list` shows them.")]
) -> None:
    """Remove articles from the corpus; `assistant restore` brings them back."""
    change_each(ctx.obj, ids, "removed", lambda assistant, id: assistant.remove(id))


@app.command()
def restore(
    ctx: typer.Context, ids: Annotated[list[str], typer.Argument(help="Ids of removed or replaced articles.")]
) -> None:
    """Bring back the version of an article that was removed or replaced last."""
    change_each(ctx.obj, ids, "restored", lambda assistant, id: assistant.restore(id))


@app.command("list")
def list_articles(ctx: typer.Context, language: LanguageOption = None, as_json: JsonFlag = False) -> None:
    """List the articles."""
    with ctx.obj.opened() as assistant:
        heads = [head for head in assistant.heads() if language in (None, head.language)]
    width = max((len(head.id) for head in heads), default=0)
    for head in heads:
        if as_json:
            print_json(head_record(head))
        else:
            typer.echo(f"{head.id:{width}}  {head.language}  {head.published}  {head.title}")


@app.command()
def show(ctx: typer.Context, id: str, as_json: JsonFlag = False) -> None:
    """Show one article whole."""
    with ctx.obj.opened() as assistant:
        article = assistant.article(id)
    if as_json:
        print_json(whole_record(article))
    else:
        print_article(article)


@app.command()
def figures(
    ctx: typer.Context,
    subject: Annotated[str | None, typer.Argument(help="Fund, benchmark or company, such as IWM.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Print the dated figures that the articles state, and the live ones fetched so far."""
    with ctx.obj.opened() as assistant:
        frame = assistant.figures(subject)
    if as_json:
        for record in figure_records(frame):
            print_json(record)
    elif len(frame):
        typer.echo(frame[list(SHOWN)].to_string(index=False))
    _fail_unless(len(frame) > 0, ctx.obj)


@app.command()
def risks(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Print the nine risk factors of US small caps with their dated gauges and what the article says of them."""
    with ctx.obj.opened() as assistant:
        found = assistant.risks()
    for risk in found:
        if as_json:
            print_json(risk_record(risk))
        else:
            print_risk(risk, ctx.obj.language)


@app.command()
def refresh(
    ctx: typer.Context,
    subjects: Annotated[list[str] | None, typer.Argument(help="IWM, VTWO, SPY, QQQ, US …; all when left out.")] = None,
    force: Annotated[bool, typer.Option(help="Fetch what is not due yet as well.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Fetch live figures from their sources; what fails leaves the stored figures as they are."""
    with ctx.obj.opened() as assistant:
        report = assistant.refresh(*subjects or (), force=force, progress=None if as_json else print_outcome)
    if as_json:
        for outcome in report.outcomes:
            print_json(outcome_record(outcome))
    _fail_unless(report.count("ok") + report.count("not_due") > 0, ctx.obj)


@app.command()
def check(ctx: typer.Context) -> None:
    """Check that the index is in step with the corpus and that every figure stands in its article."""
    with ctx.obj.opened() as assistant:
        problems = assistant.check()
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(1)
    typer.echo(say("all_well", ctx.obj.language))


@app.command()
def rebuild(ctx: typer.Context) -> None:
    """Build the index afresh from the corpus."""
    with ctx.obj.opened(fresh=True) as assistant:
        typer.echo(say("rebuilt", ctx.obj.language, count=len(assistant.heads())))


@app.command()
def evaluate(
    ctx: typer.Context,
    retrieval: Annotated[
        Path | None, typer.Option(help="Folder of public retrieval data to measure search with.")
    ] = None,
    questions: Annotated[Path, typer.Option(help="Questions to measure answers with.")] = Path(
        "tests/golden/questions.yaml"
    ),
    feedback: Annotated[
        Path | None, typer.Option(help="File of readers' feedback to make draft golden questions of, as YAML.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Measure answers on golden questions, or search on public data; or draft golden questions from feedback."""
    if feedback:
        from assistant.feedback import draft_questions

        typer.echo(draft_questions(feedback), nl=False)
        return
    from assistant.evaluation import retrieval_scores
    from assistant.golden import answer_scores

    scores: Iterable[dict[str, Any]]
    if retrieval:
        scores = retrieval_scores(retrieval)
    else:
        with ctx.obj.opened() as assistant:
            scores = list(answer_scores(assistant, questions))
    for row in scores:
        if as_json:
            print_json(row)
        else:
            typer.echo("  ".join(f"{name} {value}" for name, value in row.items()))


def main() -> None:
    """Run the command line of this process."""
    set_up_terminal()
    app()


def _text_of(argument: str) -> str:
    """Return the argument, or what stdin holds for `-`, with bytes that are no text replaced."""
    if argument != "-":
        return argument.encode("utf-8", "replace").decode("utf-8")
    from assistant.sources import decode

    text, _ = decode(typer.get_binary_stream("stdin").read(), "stdin")
    return text


def _fail_unless(found: bool, session: Session) -> None:
    if not found:
        complain(say("nothing_found", session.language))
        raise typer.Exit(1)
