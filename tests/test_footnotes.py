"""Answers as plain text and Markdown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from assistant.footnotes import markdown, plain_text, source_names
from assistant.types import Answer, Figure, FigureCitation, Language
from tests.web.fake_assistant import ABSTAINED, FIGURE_ANSWER, HOSTILE_ANSWER, TABLE_ANSWER

LIVE = Figure(
    "IWM", "price", 250.1, "usd", date(2026, 11, 20), "live", "yahoo",
    fetched_at=datetime(2026, 11, 21, tzinfo=UTC), source_url="https://finance.yahoo.com/quote/IWM",
)  # fmt: skip


def test_plain_text_has_question_answer_notices_and_dated_sources() -> None:
    answer = replace(FIGURE_ANSWER, notices=("오래된 수치예요.",), asked_as="IWM의 보수는?")
    assert plain_text(answer) == (
        "IWM 보수는?\n이해한 질문: IWM의 보수는?\n\n"
        "IWM의 총보수는 연 0.19%예요 [1]. 3~5% 사이라는 **설명**도 있어요 [1][9].\n\n차이는 0.12%p예요 [1].\n\n"
        "※ 오래된 수치예요.\n\n"
        "출처\n[1] 펀드 메모 · 2026-02-13 · https://example.com/fund-note\n"
        "    “보수는 연 0.19%이고 범위는 3~5% 사이예요.”\n"
    )


def test_markdown_has_footnotes_and_shows_signs_as_they_are() -> None:
    assert markdown(FIGURE_ANSWER) == (
        "## IWM 보수는?\n\n"
        "IWM의 총보수는 연 0.19%예요[^1]. 3\\~5% 사이라는 \\*\\*설명\\*\\*도 있어요[^1][^9].\n\n"
        "차이는 0.12%p예요[^1].\n\n"
        "[^1]: 펀드 메모 · 2026-02-13 · <https://example.com/fund-note>"
        " — “보수는 연 0.19%이고 범위는 3\\~5% 사이예요.”\n"
    )


def test_table_stays_a_table() -> None:
    assert "| Fee | 0.19%[^1] | 0.07%[^1] |" in markdown(TABLE_ANSWER)


def test_nothing_of_an_article_means_anything_in_markdown() -> None:
    text = markdown(HOSTILE_ANSWER)
    assert "\\<img src=" in text and "\\!\\[x\\](http" in text and "javascript:" in text
    assert "<javascript" not in text and "\n![" not in text


@pytest.mark.parametrize(("language", "head"), [("ko", "출처"), ("en", "Sources")])
def test_live_source_has_its_date_and_address(language: Language, head: str) -> None:
    answer = Answer("IWM?", language, False, "fake", "$250.10 [1]", citations=(FigureCitation(1, LIVE),))
    assert f"{head}\n[1] yahoo · 2026-11-20 · https://finance.yahoo.com/quote/IWM\n" in plain_text(answer)


def test_abstaining_has_no_sources() -> None:
    assert plain_text(ABSTAINED) == "비트코인\n\n자료에서 찾지 못했어요.\n"


def test_each_source_is_named_once() -> None:
    answer = replace(FIGURE_ANSWER, citations=(*FIGURE_ANSWER.citations, FigureCitation(2, LIVE)) * 2)
    assert source_names(answer) == ["펀드 메모 (시험 출판사, 2026-02-13)", "yahoo (2026-11-20)"]
