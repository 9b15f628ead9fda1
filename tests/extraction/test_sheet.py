"""Tables of figures become articles whose sentences read back as their rows, or the row that is wrong is named."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from assistant.drafts import draft_article
from assistant.errors import ArticleError
from assistant.extraction.extractor import extract_figures
from assistant.extraction.sheet import COLUMNS, MOST_ROWS, read_sheet
from assistant.passages import sentences_of
from assistant.types import Article, Language
from tests.providers.samples_issuers import workbook

ROOT = Path(__file__).resolve().parents[2]
HEAD = [*COLUMNS, "source"]
ROWS = [
    ["VTWO", "expense_ratio", "0.07", "percent", "2026-01-05", "Vanguard"],
    ["러셀 2000", "pe_ratio", "18.3", "multiple", "2026-03-31", ""],
    ["IWM", "net_assets", "71,843,210,987", "usd", "2026-03-31", "BlackRock"],
    ["IWM", "inception_date", "2000-05-22", "date", "2026-03-31", "BlackRock"],
    ["VTWO", "sector_weight.health_care", "18.125", "percent", "2026-03-31", "Vanguard"],
    ["VTWO", "holding_weight.CRDO", "0.74", "percent", "2025-12-31", "Vanguard"],
    ["IWM", "return.10y", "120.5", "percent", "2026-03-31", ""],
    ["IWM", "return.ytd", "-3.25", "percent", "2026-03-31", ""],
    ["IWM", "holdings_count", "1945", "count", "2026-03-31", ""],
    ["VTWO", "net_assets", "18200000000000", "krw", "2026-03-31", ""],
]


def _key(row: Sequence[str]) -> tuple[str, str, float | date, str, date]:
    subject = {"러셀 2000": "Russell 2000"}.get(row[0], row[0])
    value = date.fromisoformat(row[2]) if row[3] == "date" else float(row[2].replace(",", ""))
    return subject, row[1], value, row[3], date.fromisoformat(row[4])


def _stated(article: Article) -> set[tuple[str, str, float | date, str, date]]:
    figures = extract_figures(article, sentences_of(article))
    assert all(article.text[figure.start : figure.end] == figure.quote for figure in figures)
    return {(figure.subject, figure.metric, figure.value, figure.unit, figure.as_of) for figure in figures}


def _csv(folder: Path, rows: Sequence[Sequence[str]], delimiter: str = ",", encoding: str = "utf-8-sig") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path = folder / "my figures.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8-sig"), (";", "utf-8"), ("\t", "utf-16")])
def test_csv_becomes_an_article_that_states_each_row(tmp_path: Path, delimiter: str, encoding: str) -> None:
    article = draft_article(_csv(tmp_path, [HEAD, *ROWS], delimiter, encoding)).article
    assert _stated(article) == {_key(row) for row in ROWS}
    assert (article.id, article.title, article.published) == ("my-figures", "my figures", date(2026, 3, 31))
    assert article.language == "ko" and "## Vanguard" in article.text


def test_xlsx_becomes_an_article_with_days_as_spreadsheets_count_them(tmp_path: Path) -> None:
    rows = [[*row[:4], "46112", row[5]] for row in ROWS if row[0] != "러셀 2000"]  # 2026-03-31
    path = tmp_path / "figures.xlsx"
    path.write_bytes(workbook([HEAD, *rows]))
    article = draft_article(path).article
    assert _stated(article) == {_key([*row[:4], "2026-03-31", ""]) for row in rows}
    assert article.language == "en"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_figures_of_the_corpus_read_back_from_a_sheet_of_them(language: Language) -> None:
    """All whose metric and subject a sheet may have: no sentence says another figure than its row."""
    with (ROOT / "corpus" / "figures.csv").open(encoding="utf-8", newline="") as file:
        listed = [row[:5] for row in csv.reader(file)][1:]
    tried = 0
    for row in {tuple(row) for row in listed}:
        try:
            sheet = read_sheet([HEAD, [*row, "뱅가드" if language == "ko" else "Vanguard"]], "sheet")
        except ArticleError as refused:
            assert "allowed" in str(refused), row
            continue
        article = Article("sheet", "", language, "", sheet.newest, sheet.text)
        assert _stated(article) == {_key(row)}
        tried += 1
    assert tried > 40


WRONG: dict[str, tuple[list[str], str]] = {
    "subject": (["ARKK", "expense_ratio", "0.75", "percent", "2026-01-05"], "VTWO"),
    "metric": (["VTWO", "expence_ratio", "0.07", "percent", "2026-01-05"], "expense_ratio"),
    "sector": (["VTWO", "sector_weight.crypto", "0.07", "percent", "2026-01-05"], "sector_weight"),
    "weight": (["VTWO", "weight", "0.07", "percent", "2026-01-05"], "sector_weight"),
    "unit": (["VTWO", "expense_ratio", "0.07", "usd", "2026-01-05"], "percent"),
    "value": (["VTWO", "expense_ratio", "low", "percent", "2026-01-05"], "1234.5"),
    "nan": (["VTWO", "expense_ratio", "nan", "percent", "2026-01-05"], "1234.5"),
    "day": (["VTWO", "expense_ratio", "0.07", "percent", "yesterday"], "YYYY-MM-DD"),
    "future": (["VTWO", "expense_ratio", "0.07", "percent", "2999-01-05"], "YYYY-MM-DD"),
    "range": (["VTWO", "expense_ratio", "7", "percent", "2026-01-05"], "range"),
    "kind": (["S&P 500", "expense_ratio", "0.07", "percent", "2026-01-05"], "no such figure"),
    "two values": (["VTWO", "expense_ratio", "0.08", "percent", "2025-01-05"], "another value"),
    "short": (["VTWO", "expense_ratio"], "percent"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_row_is_refused_by_its_number_with_what_is_allowed(case: str) -> None:
    row, allowed = WRONG[case]
    good = ["VTWO", "expense_ratio", "0.07", "percent", "2025-01-05"]
    with pytest.raises(ArticleError) as refused:
        read_sheet([list(COLUMNS), good, [""] * 5, row], "figures.csv")
    number = "2" if case == "two values" else "4"
    assert f"figures.csv, row {number}: " in refused.value.message("en") and allowed in refused.value.message("en")
    assert f"figures.csv {number}행: " in refused.value.message("ko")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "subject"),
        ([["name", "amount"], ["VTWO", "1"]], "`metric`"),
        ([HEAD], "1 to 2,000"),
        ([HEAD, *([ROWS[0]] * (MOST_ROWS + 1))], "2,001"),
    ],
)
def test_table_that_holds_no_figures_is_refused(rows: list[list[str]], said: str) -> None:
    with pytest.raises(ArticleError, match=said) as refused:
        read_sheet(rows, "figures.csv")
    assert "figures.csv" in refused.value.message("ko")


@pytest.mark.parametrize("data", [b"PK\x03\x04 broken", b'subject,"metric\n', b"\x00\x01"])
def test_damaged_table_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "figures.csv"
    path.write_bytes(data)
    with pytest.raises(ArticleError, match="figures.csv"):
        draft_article(path)
