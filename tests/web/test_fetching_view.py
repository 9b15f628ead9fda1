"""The last refresh, the sources' state and progress as markup, in both languages."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from assistant.figures.breaker import ProviderState
from assistant.figures.refresh import Report
from assistant.figures.turn import Outcome
from assistant.live import LiveState
from assistant.types import Language
from assistant.web.fetching_view import (
    last_verified,
    render_control,
    render_head,
    render_progress,
    render_providers,
    render_report,
)
from assistant.web.figures_texts import FIGURE_TEXTS
from tests.web.fake_figures import FETCHED, PROVIDERS
from tests.web.markup import Markup

NOWHERE = Path("/nowhere/live_verification.json")
LANGUAGES: tuple[Language, ...] = ("ko", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("enabled", [True, False])
def test_before_any_fetch_the_head_says_so_in_one_line(language: Language, enabled: bool) -> None:
    texts = FIGURE_TEXTS[language]
    text = Markup(render_head(LiveState(enabled, (), (), None), False, language, NOWHERE)).text
    assert texts.never in text and texts.last_fetch_never in text and texts.never_verified in text
    assert (texts.off in text) is not enabled


@pytest.mark.parametrize(
    ("language", "verified"), [("ko", "확인: 2026. 11. 22."), ("en", "verified live: Nov 22, 2026")]
)
def test_the_head_has_the_last_fetch_and_the_last_verification(
    language: Language, verified: str, tmp_path: Path
) -> None:
    file = tmp_path / "live_verification.json"
    file.write_text('{"last_success": "2026-11-22T09:30:00+00:00"}', encoding="utf-8")
    text = Markup(render_head(LiveState(True, PROVIDERS, (), FETCHED), True, language, file)).text
    assert verified in text and FIGURE_TEXTS[language].never not in text
    assert "2026" in text.partition(verified)[0]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"last_success": null}', '{"last_success": "soon"}', "\0"])
def test_a_file_that_says_nothing_counts_as_never_verified(content: str, tmp_path: Path) -> None:
    file = tmp_path / "live_verification.json"
    file.write_text(content, encoding="utf-8")
    assert last_verified(file) is None
    file.write_text('{"last_success": "2026-11-22"}', encoding="utf-8")
    assert last_verified(file) == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("language", "works", "fails"),
    [("ko", "정상", "실패: 제공처가 요청을 제한하고 있어요"), ("en", "working", "failed: the source limits requests")],
)
def test_each_source_says_whether_it_works_and_why_not(language: Language, works: str, fails: str) -> None:
    page = Markup(render_providers(PROVIDERS, language))
    assert page.cell(works)[0]["class"] == "working"
    attributes, _ = page.cell(fails)
    assert attributes["class"] == "failing" and attributes["title"] == "429 <slow>"
    assert FIGURE_TEXTS[language].not_yet in page.text  # one never worked
    assert {tag for tag, _ in page.tags} <= set("section h2 div table thead tbody tr th td".split())


def test_a_failure_before_the_last_success_is_no_failure() -> None:
    past = ProviderState("yahoo", 0, None, FETCHED, "timeout", "late", FETCHED - timedelta(hours=1))
    assert "working" in render_providers([past], "en")
    only_a_subject = ProviderState("yahoo", 0, None, FETCHED, "not_found", "", FETCHED + timedelta(hours=1))
    assert "the source does not have it" in render_providers([only_a_subject], "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_any_source_asked_a_sentence_stands_there(language: Language) -> None:
    for states in ((), (ProviderState("computed"),)):
        page = Markup(render_providers(states, language))
        assert FIGURE_TEXTS[language].sources_none in page.text and page.all("table") == []


@pytest.mark.parametrize(("language", "words"), [("ko", "가져오는 중 3/12"), ("en", "Fetching 3/12")])
def test_progress_is_counted_announced_and_blocks_the_button(language: Language, words: str) -> None:
    page = Markup(render_progress(Outcome("yahoo", "<SPY>", "ok"), 3, 12, language))
    assert page.all("progress") == [{"max": "12", "value": "3", "aria-hidden": "true"}]
    assert f"{words} · Yahoo Finance, <SPY>" in page.text
    assert page.all("p")[0]["role"] == "status"
    assert "disabled" in page.all("button")[0]
    assert Markup(render_progress(None, 0, 0, language)).all("progress") == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ko", "새로 가져온 항목 1개, 실패 2개, 아직 새 값이 필요 없는 항목 1개예요."),
        ("en", "Fetched anew: 1, failed: 2, not due yet: 1."),
    ],
)
def test_a_report_counts_what_became_of_all(language: Language, words: str) -> None:
    outcomes = (
        Outcome("a", "IWM", "ok"), Outcome("b", "IWM", "failed", "timeout"), Outcome("b", "SPY", "open", "timeout"),
        Outcome("c", "SPY", "not_due"),
    )  # fmt: skip
    page = Markup(render_report(Report(FETCHED, FETCHED, outcomes), language))
    assert words in page.text and "disabled" not in page.all("button")[0]


def test_the_button_is_off_where_nothing_may_be_fetched() -> None:
    assert "disabled" in Markup(render_control("ko", enabled=False)).all("button")[0]
