"""Figures found by subject and metric, the newest first to count, and as a table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from assistant.figures.table import FigureTable, Name, belongs, figure_number, is_named, to_frame
from assistant.types import Figure, Language

LANGUAGES: dict[str, Language] = {"ko": "ko", "en": "en"}


def _figure(
    subject: str = "IWM",
    metric: str = "expense_ratio",
    value: float | date = 0.19,
    unit: str = "percent",
    as_of: date = date(2025, 12, 31),
    article: str = "en",
) -> Figure:
    return Figure(subject, metric, value, unit, as_of, "article", "Publisher", article, 0, 1, "Q")


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


class _Elsewhere(list[Figure]):
    """Figures that are kept elsewhere."""

    def named(self, name: Name) -> list[Figure]:
        return [figure for figure in self if is_named(figure.subject, figure.metric, name)]

    def of_article(self, id: str) -> list[Figure]:
        return [figure for figure in self if figure.article == id]


def test_figures_kept_elsewhere_count_behind_the_others() -> None:
    own, newer = _figure(), _figure(as_of=date(2026, 1, 1), article="ko")
    twin, fund = _figure(value=0.2), _figure("VTWO", "sector_weight.energy")
    table = FigureTable([own], LANGUAGES, _Elsewhere([twin, fund]))
    assert table.figures == (own, twin, fund)
    assert table.find("IWM", "expense_ratio", "en") == [own] and table.rivals(own) == []
    assert table.find(None, "", "en") == [own, fund]
    assert table.of_article("en") == [own, twin, fund]
    assert table.metrics_of(["VTWO", "IWM"]) == ["expense_ratio", "sector_weight.energy"]
    assert FigureTable([own], LANGUAGES, _Elsewhere([newer])).find("IWM", "expense_ratio", "en") == [newer]
    rival = _figure(value=0.3, article="other")
    assert FigureTable([own], LANGUAGES | {"other": "en"}, _Elsewhere([rival])).rivals(own) == [rival]


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


@pytest.mark.parametrize("value", [-0.003054347785417515, 0.00001, 123456789012345.0, 1e-7])
def test_any_value_is_a_number_to_its_last_digit(value: float) -> None:
    number = figure_number(_figure("IWM", "m", value))
    assert float(str(number.value)) == pytest.approx(value, rel=1e-14) and "e" not in number.text.lower()


def test_table_has_a_row_for_each_figure() -> None:
    frame = to_frame([_figure(), _figure("VTWO", value=0.07)])
    assert list(frame["value"]) == [0.19, 0.07]
    assert list(frame.columns) == [
        "subject", "metric", "value", "unit", "as_of", "origin", "source", "article", "start", "end", "quote",
        "as_of_kind", "basis", "currency", "fetched_at", "source_url", "raw_path", "method", "formula", "inputs",
        "quality", "stale",
    ]  # fmt: skip
    assert list(to_frame([]).columns) == list(frame.columns)
