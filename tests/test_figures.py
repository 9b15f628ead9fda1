"""Figures of a CSV file: read with exact spans, found by subject and metric, the newest first to count."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.errors import ArticleError
from assistant.figures import COLUMNS, FigureTable, belongs, figure_number, read_figures, to_frame
from assistant.types import Article, Figure, Language
from tests.fakes import article

QUOTES: dict[Language, tuple[str, str]] = {
    "ko": ("IWM의 보수는 0.19%입니다.", "IWM은 2000년 5월 22일에 나왔습니다."),
    "en": ("IWM charges 0.19%.", "IWM began on May 22, 2000."),
}
ARTICLES: dict[str, Article] = {
    language: article(language, f"Intro. {' '.join(quotes)}", language) for language, quotes in QUOTES.items()
}
LANGUAGES: dict[str, Language] = {"ko": "ko", "en": "en"}
HEAD = ",".join(COLUMNS)


def _figure(
    subject: str = "IWM",
    metric: str = "expense_ratio",
    value: float | date = 0.19,
    unit: str = "percent",
    as_of: date = date(2025, 12, 31),
    article: str = "en",
) -> Figure:
    return Figure(subject, metric, value, unit, as_of, "article", "Publisher", article, 0, 1, "Q")


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


# --- finding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metric", "asked", "expected"),
    [
        ("sector_weight.energy", "sector_weight.energy", True),
        ("sector_weight.energy", "sector_weight", True),
        ("sector_weight.energy", "", True),
        ("sector_weight", "sector_weight.energy", False),
        ("sector_weights.energy", "sector_weight", False),
        ("return.10y", "return.1", False),
    ],
)
def test_metric_belongs_to_itself_and_its_family(metric: str, asked: str, expected: bool) -> None:
    assert belongs(metric, asked) is expected


def test_newest_figure_counts() -> None:
    old, new = _figure(as_of=date(2016, 8, 3), value=0.20), _figure()
    for order in ([old, new], [new, old]):
        assert FigureTable(order, LANGUAGES).find("IWM", "expense_ratio", "en") == [new]


def test_older_figure_is_found_by_its_date() -> None:
    old, new = _figure(as_of=date(2016, 8, 3), value=0.20), _figure()
    table = FigureTable([new, old], LANGUAGES)
    assert table.find("IWM", "expense_ratio", "en", lambda figure: figure.as_of.year == 2016) == [old]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_article_in_the_language_of_the_question_is_preferred(language: Language) -> None:
    table = FigureTable([_figure(article="ko"), _figure(article="en")], LANGUAGES)
    assert [figure.article for figure in table.find("IWM", "expense_ratio", language)] == [language]


def test_newer_figure_in_the_other_language_counts_more() -> None:
    newer = _figure(article="en", as_of=date(2026, 1, 1))
    assert FigureTable([_figure(article="ko"), newer], LANGUAGES).find("IWM", "expense_ratio", "ko") == [newer]


def test_family_is_found_in_the_order_of_the_file() -> None:
    figures = [_figure("VTWO", f"holding_weight.{ticker}") for ticker in ("CRDO", "BE", "FN")]
    table = FigureTable([*figures, _figure("VTWO", "top10_weight"), _figure("IWM", "holding_weight.X")], LANGUAGES)
    assert table.find("VTWO", "holding_weight", "en") == figures
    assert table.find("VTWO", "holding_weight.BE", "en") == [figures[1]]
    assert len(table.find("VTWO", "", "en")) == 4
    assert len(table.find(None, "holding_weight", "en")) == 4
    assert table.find("ZZTOP", "", "en") == []
    assert table.subjects() == {"VTWO", "IWM"}


# --- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.19, "percent", (Decimal("0.19"), "percent")),
        (-12.5, "percent", (Decimal("-12.5"), "percent")),
        (20.4, "multiple", (Decimal("20.4"), "multiple")),
        (72_000_000_000.0, "usd", (Decimal(72_000_000_000), "usd")),
        (1961.0, "count", (Decimal(1961), "count")),
        (25.0, "basis_point", (Decimal(25), "basis_point")),
        (1.5, "percentage_point", (Decimal("1.5"), "percentage_point")),
        (3.0, "krw", (Decimal(3), "krw")),
        (date(2000, 5, 22), "date", ((2000, 5, 22), "date")),
    ],
)
def test_value_is_a_number_with_its_unit(value: float | date, unit: str, expected: tuple[object, str]) -> None:
    number = figure_number(_figure(value=value, unit=unit))
    assert (number.value, number.unit) == expected


def test_table_has_a_row_for_each_figure() -> None:
    frame = to_frame([_figure(), _figure("VTWO", value=0.07)])
    assert list(frame["value"]) == [0.19, 0.07]
    assert list(frame.columns) == [
        "subject", "metric", "value", "unit", "as_of", "origin", "source", "article", "start", "end", "quote",
    ]  # fmt: skip
    assert list(to_frame([]).columns) == list(frame.columns)
