"""How answers, hits, articles and messages look in a terminal, in the user's language, or as JSON in a pipe.

Results go to stdout, everything else to stderr; colours only where a terminal is. Knows nothing of commands.
"""

from __future__ import annotations

import io
import json
import logging
import os
import sys
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import typer

from assistant.footnotes import HEADS, source_line, translation_line
from assistant.types import Answer, Article, FigureCitation, Hit, Language

if TYPE_CHECKING:
    from assistant.figures.risks import Risk
    from assistant.figures.turn import Outcome
    from assistant.likeness import Likeness

TEXTS: dict[str, dict[Language, str]] = {
    "sources": HEADS["sources"],
    "replay_same": {"en": "The answer of {created} is still the same.", "ko": "{created}의 답이 지금도 같아요."},
    "replay_changed": {"en": "The answer of {created} has changed.", "ko": "{created}의 답이 달라졌어요."},
    "replay_corpus": {"en": "The corpus has changed since.", "ko": "그 뒤로 자료가 바뀌었어요."},
    "replay_version": {"en": "The assistant has another version now.", "ko": "도우미의 버전이 달라졌어요."},
    "replay_article": {
        "en": "Cited article changed, gone or new: {id}",
        "ko": "인용한 글이 바뀌거나 없어지거나 새로 들어왔어요: {id}",
    },
    "nothing_found": {"en": "Nothing was found.", "ko": "찾은 것이 없어요."},
    "added": {"en": "Added: {id} ({title})", "ko": "추가했어요: {id} ({title})"},
    "replaced": {"en": "Replaced: {id} ({title})", "ko": "바꿨어요: {id} ({title})"},
    "near": {
        "en": "{share}% of it is in {id} already; sentences only in the new one: {added}, only in the other: {gone}. "
        "To put it in its place: --replace {id}",
        "ko": "{share}%가 {id}에 이미 있어요. 새 글에만 있는 문장 {added}개, 있던 글에만 있는 문장 {gone}개예요. "
        "있던 글을 바꾸려면 --replace {id}",
    },
    "removed": {
        "en": "Removed: {id} ({title}); `assistant restore {id}` brings it back.",
        "ko": "지웠어요: {id} ({title}). `assistant restore {id}`로 되돌릴 수 있어요.",
    },
    "restored": {"en": "Restored: {id} ({title})", "ko": "되돌렸어요: {id} ({title})"},
    "all_well": {"en": "Corpus, figures and index are in order.", "ko": "글, 수치, 색인에 문제가 없어요."},
    "rebuilt": {
        "en": "The index was built afresh from {count} articles.",
        "ko": "글 {count}편으로 색인을 새로 만들었어요.",
    },
    "adding": {
        "en": "Adding {done}/{total}, {left} left  ",
        "ko": "추가하는 중 {done}/{total}, 남은 시간 {left}  ",
    },
    "added_all": {
        "en": "Added: {added}. There already: {present}. Refused: {refused}.",
        "ko": "추가 {added}편, 이미 있음 {present}편, 거절 {refused}편.",
    },
    "indexing": {"en": "Indexing {done}/{total}", "ko": "색인하는 중 {done}/{total}"},
}


def say(text: str, language: Language, **values: object) -> str:
    """Return one of the texts of the command line with its values filled in."""
    return TEXTS[text][language].format(**values)


def terminal_language() -> Language:
    """Return "ko" where the environment asks for Korean (LANG=ko_KR.UTF-8), else "en"."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "ko" if locale.lower().startswith("ko") else "en"


def set_up_terminal() -> None:
    """Make stdout and stderr UTF-8 whatever the locale says, and show warnings of the log on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter(terminal_language()))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


class _Formatter(logging.Formatter):
    """Shows a record that carries `messages` by language in the user's."""

    def __init__(self, language: Language) -> None:
        super().__init__("%(message)s")
        self._language = language

    def formatMessage(self, record: logging.LogRecord) -> str:
        messages: dict[Language, str] | None = getattr(record, "messages", None)
        return messages[self._language] if messages else super().formatMessage(record)


def complain(message: str) -> None:
    typer.echo(typer.style(message, fg="red"), err=True)


def show_progress(done: int, total: int, language: Language) -> None:
    """Write the progress over the line before; the last one ends the line."""
    typer.echo("\r" + say("indexing", language, done=done, total=total), err=True, nl=done >= total)


def show_adding(counts: Counter[str], total: int, seconds: float, language: Language) -> None:
    """Write how many of the sources are done over the line before, and how long the others may take."""
    done, slow = counts.total(), counts.total() - counts["present"]  # what is there already takes no time
    left = f"{timedelta(seconds=round(seconds / slow * max(total - done, 0)))}" if slow else "…"
    typer.echo("\r" + say("adding", language, done=done, total=max(total, done), left=left), err=True, nl=done >= total)


def print_json(value: object) -> None:
    """Print one line of JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def print_answer(answer: Answer, language: Language) -> None:
    """Print the answer, then each numbered source with its title, date and exact quote."""
    typer.echo(answer.text)
    for notice in answer.notices:
        typer.echo(typer.style(f"※ {notice}", dim=True))
    if answer.citations:
        typer.echo("\n" + typer.style(say("sources", language), bold=True))
    for citation in answer.citations:
        quote = "" if isinstance(citation, FigureCitation) else f"\n    {typer.style(citation.quote, dim=True)}"
        typer.echo(f"[{citation.number}] {source_line(citation)}{quote}")
        if translated := translation_line(citation, answer.language):
            typer.echo(f"    {translated}")


def print_replay(changes: dict[str, Any], language: Language) -> None:
    """Print what has changed since a receipt was written: articles, figures, and the lines of the text."""
    typer.echo(say("replay_same" if changes["same"] else "replay_changed", language, created=changes["created"]))
    for name in ("corpus", "version"):
        if changes[f"{name}_changed"]:
            typer.echo(say(f"replay_{name}", language))
    for change in changes["articles"]:
        typer.echo(say("replay_article", language, id=(change["then"] or change["now"])["id"]))
    for change in changes["figures"]:
        row = change["then"] or change["now"]
        then, now = (f"{side['value']} ({side['as_of']})" if side else "—" for side in (change["then"], change["now"]))
        typer.echo(f"{row['subject']} {row['metric']}: {then} → {now}")
    for line in changes["text"]:
        typer.echo(line)


def print_hit(hit: Hit, title: str | None) -> None:
    """Print a passage under its place and score; `title` is its article's, a figure card has none."""
    place = " › ".join(filter(None, (title, *hit.passage.section)))
    head = typer.style(f"{hit.rank}. {place}", bold=True)
    typer.echo(f"{head}  ({hit.passage.article}, {hit.score:.3f})\n{hit.passage.text}\n")


def print_article(article: Article) -> None:
    about = filter(None, (article.publisher, str(article.published), article.source_url))
    typer.echo(typer.style(article.title, bold=True))
    typer.echo(" · ".join(about) + "\n\n" + article.text)


def print_likeness(likeness: Likeness, language: Language) -> None:
    """Tell on stderr of an article that is nearly the same as the one just added."""
    added, gone = len(likeness.added), len(likeness.gone)
    share = int(100 * likeness.share)
    typer.echo(say("near", language, share=share, id=likeness.article.id, added=added, gone=gone), err=True)


def print_outcome(outcome: Outcome, done: int, total: int) -> None:
    """Print what became of one subject at one live source."""
    why = f": {outcome.reason} {outcome.detail}" if outcome.reason else ""
    again = f" ({outcome.next_try:%Y-%m-%d %H:%M} UTC)" if outcome.next_try else ""
    typer.echo(f"[{done}/{total}] {outcome.provider} {outcome.subject}: {outcome.status}{why}{again}")


def print_risk(risk: Risk, language: Language) -> None:
    """Print a risk factor: its gauges, a line each, and the article's sentence with its source."""
    from assistant.figures.gauge_texts import gauge_text

    typer.echo(typer.style(f"{risk.number}. {risk.title[language]}", bold=True))
    for gauge in risk.gauges:
        typer.echo(f"   {gauge_text(gauge, language)}")
    if meaning := risk.meaning.get(language):
        typer.echo(typer.style(f"   “{meaning.quote}” ({meaning.article.id}, {meaning.article.published})\n", dim=True))
