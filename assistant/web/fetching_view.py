"""How fetching goes: the last refresh, the state of each source, progress, and when the real sites were last verified.

Plain HTML, everything in it escaped. Knows nothing of gradio, or of how anything is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from html import escape
from pathlib import Path

from assistant.figures.breaker import ProviderState
from assistant.figures.captions import REASONS
from assistant.figures.refresh import Report
from assistant.figures.turn import Outcome
from assistant.live import LiveState
from assistant.types import Language
from assistant.web.figures_texts import FIGURE_TEXTS, PROVIDERS, show_time
from assistant.web.texts import show_date

VERIFICATION = Path(__file__).resolve().parents[2] / "live_verification.json"


def render_head(state: LiveState, has_live: bool, language: Language, verification: Path = VERIFICATION) -> str:
    """When was fetched last, when the real sites were verified last, and what is to be known where nothing was."""
    texts = FIGURE_TEXTS[language]
    last, day = state.last_fetch, last_verified(verification)
    lines = [
        texts.last_fetch.format(time=show_time(last, language)) if last else texts.last_fetch_never,
        texts.verified.format(date=show_date(day, language)) if day else texts.never_verified,
    ]
    notes = [*([] if has_live else [texts.never]), *([] if state.enabled else [texts.off])]
    facts = "".join(f"<span>{escape(line)}</span>" for line in lines)
    marked = "".join(f'<p class="notice">{escape(note)}</p>' for note in notes)
    return f'<div lang="{language}"><p class="note">{escape(texts.intro)}</p><p class="facts">{facts}</p>{marked}</div>'


def render_message(text: str, language: Language) -> str:
    """A sentence in the place of what cannot be shown, or not yet."""
    return f'<p class="notice" lang="{language}" role="status">{escape(text)}</p>'


def render_control(language: Language, *, enabled: bool, status: str = "") -> str:
    """The button that refreshes, and beside it what became of the last press."""
    state = "" if enabled else " disabled"
    button = f'<button type="button" class="refresh"{state}>{escape(FIGURE_TEXTS[language].refresh)}</button>'
    return f'<div class="control" lang="{language}">{button}<p class="progress" role="status">{status}</p></div>'


def render_progress(outcome: Outcome | None, done: int, total: int, language: Language) -> str:
    """How far a refresh is, and what it had to do with last; the button waits for its end."""
    text = FIGURE_TEXTS[language].refreshing.format(done=done, total=total or "…")
    about = f" · {PROVIDERS.get(outcome.provider, outcome.provider)}, {outcome.subject}" if outcome else ""
    bar = f'<progress max="{total}" value="{done}" aria-hidden="true"></progress>' if total else ""
    return render_control(language, enabled=False, status=f"{bar}<span>{escape(text + about)}</span>")


def render_report(report: Report, language: Language) -> str:
    """What became of a refresh, in one sentence; the button can be pressed again."""
    kept, failed = report.count("not_due"), report.count("failed") + report.count("open")
    text = FIGURE_TEXTS[language].refreshed.format(ok=report.count("ok"), failed=failed, kept=kept)
    return render_control(language, enabled=True, status=f"<span>{escape(text)}</span>")


def render_refusal(text: str, language: Language) -> str:
    """Why a refresh could not be done."""
    return render_control(language, enabled=False, status=f"<span>{escape(text)}</span>")


def render_providers(states: Sequence[ProviderState], language: Language) -> str:
    """A row a source that was asked: whether it works, why not, when it did, and when it is asked again."""
    texts = FIGURE_TEXTS[language]
    title = f'<h2 id="providers-title">{escape(texts.sources)}</h2>'
    asked = [state for state in states if state.last_ok or state.reason]
    if not asked:
        return f'<section lang="{language}">{title}<p class="note">{escape(texts.sources_none)}</p></section>'
    heads = (texts.provider, texts.state, texts.last_ok, texts.next_try)
    columns = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    rows = "".join(_provider(state, language) for state in asked)
    return (
        f'<section lang="{language}" aria-labelledby="providers-title">{title}'
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="providers-title"><table class="providers">'
        f"<thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


def last_verified(path: Path) -> date | None:
    """Return the day in `{"last_success": "2026-11-22T09:30:00+00:00"}`; None without the file, or with another."""
    try:
        return datetime.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["last_success"]).date()
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _provider(state: ProviderState, language: Language) -> str:
    texts = FIGURE_TEXTS[language]
    failing = _is_failing(state)
    reason = REASONS[state.reason][language] if state.reason else ""
    text = texts.failing.format(reason=reason) if failing else texts.working
    kind, detail = ("failing", state.detail) if failing else ("working", "")
    last_ok = show_time(state.last_ok, language) if state.last_ok else texts.not_yet
    next_try = show_time(state.next_try, language) if state.next_try else texts.any_time
    cells = f'<td class="{kind}" title="{escape(detail)}">{escape(text)}</td><td>{escape(last_ok)}</td>'
    name = escape(PROVIDERS.get(state.provider, state.provider))
    return f'<tr><th scope="row">{name}</th>{cells}<td>{escape(next_try)}</td></tr>'


def _is_failing(state: ProviderState) -> bool:
    """Whether its last answer was a failure; a failure that concerns one subject only is not counted in a row."""
    if state.failures or state.last_ok is None:
        return True
    return state.failed_at is not None and state.failed_at > state.last_ok
