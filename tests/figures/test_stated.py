"""Figures of a CSV file: read with exact spans, or refused with the row that is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.errors import ArticleError
from assistant.figures.stated import COLUMNS, read_figures, uncovered
from assistant.types import Article, Language
from tests.fakes import article

QUOTES: dict[Language, tuple[str, str]] = {
    "ko": ("IWM의 보수는 0.19%입니다.", "IWM은 2000년 5월 22일에 나왔습니다."),
    "en": ("IWM charges 0.19%.", "IWM began on May 22, 2000."),
}
ARTICLES: dict[str, Article] = {
    language: article(language, f"Intro. {' '.join(quotes)}", language) for language, quotes in QUOTES.items()
}
HEAD = ",".join(COLUMNS)


def _file(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "figures.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("language", ["ko", "en"])
def test_rows_become_figures_with_exact_spans(tmp_path: Path, language: Language) -> None:
    fee, began = QUOTES[language]
    path = _file(
        tmp_path,
        f'IWM,expense_ratio,0.19,percent,2025-12-31,{language},"{fee}"',
        f'IWM,inception_date,2000-05-22,date,2023-12-27,{language},"{began}"',
    )
    figures = read_figures(path, ARTICLES)
    assert [(figure.value, figure.unit, figure.as_of) for figure in figures] == [
        (0.19, "percent", date(2025, 12, 31)),
        (date(2000, 5, 22), "date", date(2023, 12, 27)),
    ]
    for figure, quote in zip(figures, QUOTES[language], strict=True):
        assert ARTICLES[language].text[figure.start : figure.end] == figure.quote == quote
        assert (figure.origin, figure.source) == ("article", "Publisher")


def test_no_file_is_no_figures(tmp_path: Path) -> None:
    assert read_figures(tmp_path / "figures.csv", ARTICLES) == []


def test_row_of_an_article_that_is_gone_is_left_out(tmp_path: Path) -> None:
    assert read_figures(_file(tmp_path, "IWM,expense_ratio,0.19,percent,2025-12-31,gone,Q"), ARTICLES) == []


@pytest.mark.parametrize(
    "row",
    [
        "IWM,expense_ratio,0.19,percent,2025-12-31,en,IWM charges 0.20%.",
        "IWM,expense_ratio,0.19,percent,2025-12-31,en,",
        "IWM,expense_ratio,cheap,percent,2025-12-31,en,IWM charges 0.19%.",
        "IWM,expense_ratio,0.19,percent,yesterday,en,IWM charges 0.19%.",
        "IWM,inception_date,22 May,date,2025-12-31,en,IWM charges 0.19%.",
    ],
)
def test_row_that_cannot_be_used_is_named_in_both_languages(tmp_path: Path, row: str) -> None:
    with pytest.raises(ArticleError) as refused:
        read_figures(_file(tmp_path, row), ARTICLES)
    for message in refused.value.messages.values():
        assert "figures.csv" in message and row.split(",")[1] in message and "(en)" in message
    assert "고쳐" in refused.value.message("ko")


def test_other_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="must be subject, metric"):
        read_figures(_file(tmp_path, head="subject,value"), ARTICLES)


def test_article_is_covered_by_a_row_of_its_own_or_of_its_translation(tmp_path: Path) -> None:
    original, translated, other = (
        article("note", "Fees.", "ko"),
        article("note.en", "Fees.", "en"),
        article("new", "Fees."),
    )
    articles = {each.id: each for each in (original, replace(translated, translation_of="note"), other)}
    for covered in ("note", "note.en"):
        path = _file(tmp_path, f"IWM,expense_ratio,0.19,percent,2025-12-31,{covered},Fees.")
        assert uncovered(articles, read_figures(path, articles)) == ["new"]
    assert uncovered(articles, []) == ["note", "note.en", "new"]
