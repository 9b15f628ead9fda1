"""What becomes of a file, an address or a text before it is kept."""

from __future__ import annotations

import logging
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.drafts import draft_article, slug
from assistant.errors import ArticleError
from assistant.types import Language

TEXTS: dict[Language, str] = {
    "ko": "소형주는 금리에 민감해요.\n\nIWM과 VTWO는 모두 Russell 2000을 따라가요.",
    "en": "Small caps follow rates.\n\nIWM and VTWO both track the Russell 2000.",
}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_text_becomes_an_article_of_its_language(language: Language) -> None:
    article = draft_article(TEXTS[language]).article
    assert (article.language, article.publisher, article.published) == (language, "user", date.today())
    assert article.title == TEXTS[language].split("\n")[0]
    assert article.text == TEXTS[language]


def test_what_is_given_wins(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text(
        "---\nid: note\ntitle: 제목\nlanguage: ko\npublisher: p\npublished: 2026-02-13\n---\n\n본문이에요.\n"
    )
    given = {"title": "T", "language": "en", "published": date(2025, 1, 2), "url": "https://example.com"}
    article = draft_article(path, **given).article  # type: ignore[arg-type]
    assert (article.id, article.publisher) == ("note", "p")
    assert (article.title, article.language, article.published) == ("T", "en", date(2025, 1, 2))
    assert article.source_url == "https://example.com"


def test_file_without_front_matter_is_called_by_its_name_and_heading(tmp_path: Path) -> None:
    path = tmp_path / "내 메모 (1).txt"
    path.write_text("# 소형주 메모\n\n본문이에요.", encoding="utf-8")
    article = draft_article(path, published=date(2026, 1, 1)).article
    assert (article.id, article.title) == ("내-메모-1", "소형주 메모")


def test_guessed_date_and_encoding_are_noted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(TEXTS["ko"].encode("cp949"))
    with caplog.at_level(logging.WARNING):
        notes = draft_article(path).notes
    assert "CP949" in notes[0]["ko"] and "오늘" in notes[1]["ko"]
    assert len(caplog.records) == 2
    assert draft_article(TEXTS["ko"], published=date(2026, 1, 1)).notes == ()


@pytest.mark.parametrize("text", ["", "  \n ", "---\nid: [\n---\nbody\n", "...\n"])
def test_text_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ArticleError):
        draft_article(text)


def test_control_characters_are_left_out() -> None:
    assert draft_article("One\x07 two\x1b[31m\nthree\ud800").article.text == "One two[31m\nthree"


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("펀드 안내\n\n보수는 0.19%예요.", "# 펀드 안내\n\n보수는 0.19%예요."),
        ("About the fund\n\nIt charges 0.19%.", "# About the fund\n\nIt charges 0.19%."),
        ("보수는 0.19%예요.\n\n둘째 문단이에요.", "보수는 0.19%예요.\n\n둘째 문단이에요."),
        ("- 항목\n\n글이에요.", "- 항목\n\n글이에요."),
        ("한 줄뿐인 글", "한 줄뿐인 글"),
    ],
)
def test_a_first_line_that_stands_alone_is_a_heading_and_never_quoted(text: str, body: str) -> None:
    assert draft_article(text).article.text == body


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("소형주 ETF: IWM은?", "소형주-etf-iwm은"),
        ("../../etc/passwd", "etc-passwd"),
        ("Crème brûlée", "crème-brûlée"),
        ("???", "article"),
        ("CON", "article-con"),
    ],
)
def test_slug_is_readable_and_safe(text: str, expected: str) -> None:
    assert slug(text) == expected


@given(text=st.text())
def test_slug_of_any_text_is_a_file_name(text: str) -> None:
    name = slug(text)
    assert 0 < len(name.encode()) <= 250
    assert not set(name) & set('/\\:*?"<>|. \0\n')
    assert slug(name) == name
    assert unicodedata.is_normalized("NFC", name)
