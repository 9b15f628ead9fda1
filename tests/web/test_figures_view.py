"""The tables of figures as markup: live, an article's, stale, computed, missing; both languages, all of it escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from assistant.figures.store import Missing
from assistant.figures.table import to_frame
from assistant.types import Figure, Language
from assistant.web.figures_texts import FIGURE_TEXTS, show_time
from assistant.web.figures_view import render_tables
from assistant.web.shelf import Shelf, figures_of
from tests.web.fake_figures import DAY, FETCHED, FETCHED_FIGURES, MISSING, STATED, TODAY, live, stated
from tests.web.markup import Markup

TAGS = set("div section h2 h3 table thead tbody tr th td small span sup p ol li".split())


def _shown(figures: Sequence[Figure], language: Language = "ko", missing: Sequence[Missing] = ()) -> Markup:
    return Markup(render_tables(Shelf(figures, missing, TODAY), language))


@pytest.mark.parametrize(
    ("language", "value", "when"), [("ko", "218.4달러", "2026. 11. 19."), ("en", "$218.4", "Nov 19, 2026")]
)
def test_a_live_cell_has_its_value_its_date_and_its_origin(language: Language, value: str, when: str) -> None:
    attributes, text = _shown([live("IWM", "price", 218.4, "usd")], language).cell(value)
    assert when in text
    assert attributes["class"] == "live"
    assert attributes["title"] and attributes["title"].startswith("Yahoo Finance · ")
    assert show_time(FETCHED, language) in attributes["title"]


@pytest.mark.parametrize(("language", "tag"), [("ko", "글"), ("en", "article")])
def test_an_articles_cell_looks_different_and_keeps_its_own_date(language: Language, tag: str) -> None:
    attributes, text = _shown([stated("IWM", "expense_ratio", 0.19, "percent", date(2025, 12, 31))], language).cell(
        "0.19%"
    )
    assert attributes["class"] == "article"
    assert text.startswith(f"0.19%{tag} ") and "2025" in text
    assert attributes["title"] and "보수는 연 0.19%" in attributes["title"] and "시험 출판사" in attributes["title"]


def test_a_live_figure_takes_the_place_of_an_articles() -> None:
    old = stated("IWM", "expense_ratio", 0.20, "percent", date(2025, 12, 31))
    page = _shown([old, live("IWM", "expense_ratio", 0.19)])
    assert page.cell("0.19%")[0]["class"] == "live"
    assert "0.2%" not in page.text


def test_the_newest_of_several_articles_is_shown_in_the_language_of_the_page() -> None:
    day = date(2026, 1, 5)
    figures = [
        stated("VTWO", "expense_ratio", 0.1, "percent", date(2020, 6, 30)),
        stated("VTWO", "expense_ratio", 0.07, "percent", day, "VTWO costs 0.07%."),
        stated("VTWO", "expense_ratio", 0.07, "percent", day, "VTWO 보수는 0.07%예요."),
    ]
    assert "VTWO 보수는" in (_shown(figures, "ko").cell("0.07%")[0]["title"] or "")
    assert "VTWO costs" in (_shown(figures, "en").cell("0.07%")[0]["title"] or "")


@pytest.mark.parametrize(("language", "tag"), [("ko", "51일 지남"), ("en", "51 days old")])
def test_an_old_figure_is_marked_and_a_fresh_one_is_not(language: Language, tag: str) -> None:
    month_end = live("IWM", "net_assets", 7e10, "usd", as_of=TODAY - 51 * DAY, as_of_kind="month_end")
    fresh = live("VTWO", "net_assets", 8e9, "usd")
    page = _shown([month_end, fresh], language)
    assert [text for _, text in page.cells if tag in text] == [page.cell(tag)[1]]


@pytest.mark.parametrize(
    ("language", "total", "price"), [("ko", "총수익률", "가격 수익률"), ("en", "total return", "price return")]
)
def test_returns_name_their_basis_and_say_where_none_is_stated(language: Language, total: str, price: str) -> None:
    page = _shown(
        [
            live("IWM", "return.1y", 11.5, basis="total return"),
            live("Russell 2000", "return.1y", 9.5, basis="price return"),
            stated("VTWO", "return.10y", 220, "percent", date(2026, 2, 13)),
        ],
        language,
    )
    assert total in page.cell("+11.5%")[1] and price in page.cell("+9.5%")[1]
    assert FIGURE_TEXTS[language].no_basis in page.cell("+220%")[1]


def test_total_returns_stand_before_price_returns() -> None:
    page = _shown(
        [live("IWM", "return.1y", 9.5, basis="price return"), live("IWM", "return.1y", 11.5, basis="total return")]
    )
    assert "+11.5%" in page.text and "+9.5%" not in page.text


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_change_of_the_same_day_stands_beside_the_price_with_its_arrow(language: Language) -> None:
    up, down = live("IWM", "change.day", 0.52), live("VTWO", "change.day", -0.4)
    late = live("SPY", "change.day", 0.99, as_of=TODAY - 9 * DAY)
    prices = [live(fund, "price", 100, "usd") for fund in ("IWM", "VTWO", "SPY")]
    markup = render_tables(Shelf([*prices, up, down, late], (), TODAY), language)
    assert '<span class="up">▲ +0.52%</span>' in markup and '<span class="down">▼ -0.4%</span>' in markup
    assert "0.99" not in markup  # of another day than the price


def test_a_rate_a_year_stands_beside_the_return_over_years() -> None:
    computed = {"source": "computed", "basis": "total return"}
    figures = [live("IWM", "return.3y", 31.2, **computed), live("IWM", "return_annualised.3y", 9.47, **computed)]
    assert "연 +9.47%" in _shown(figures).cell("+31.2%")[1]
    alone = _shown([live("VTWO", "return_annualised.5y", 7.5, basis="NAV total return")], "en").cell("+7.5%")[1]
    assert "annualised" in alone and "NAV total return" in alone


def test_a_date_that_is_only_that_of_the_fetch_says_so() -> None:
    figure = live("IWM", "dividend_yield", 1.1, as_of_kind="fetch", as_of=TODAY)
    assert "2026. 11. 20. 조회" in _shown([figure]).cell("1.1%")[1]
    assert "fetched Nov 20, 2026" in _shown([figure], "en").cell("1.1%")[1]


def test_a_computed_figure_shows_its_formula() -> None:
    figure = live("IWM", "beta.3y", 1.12, "ratio", source="computed", formula="cov / var (v1)",
                  inputs=("IWM|adjusted_close|Yahoo Finance|2023-11-20",))  # fmt: skip
    title = _shown([figure]).cell("1.12")[0]["title"] or ""
    assert title.startswith("Yahoo Finance 자료로 계산") and title.endswith("cov / var (v1)")


@pytest.mark.parametrize(
    ("language", "limited", "late"),
    [
        ("ko", "Yahoo Finance: 제공처가 요청을 제한하고 있어요", "Vanguard: 제공처가 제때 답하지 않았어요"),
        ("en", "Yahoo Finance: the source limits requests", "Vanguard: the source did not answer in time"),
    ],
)
def test_an_empty_cell_has_the_number_of_its_reason(language: Language, limited: str, late: str) -> None:
    page = _shown([live("SPY", "pe_ratio", 24, "multiple"), live("SPY", "price", 4, "usd")], language, MISSING)
    empty = [(attributes.get("title"), text) for attributes, text in page.cells if attributes.get("class") == "none"]
    reasons = {title: text for title, text in empty}
    assert reasons[limited].removeprefix("—") != reasons[late].removeprefix("—")
    assert reasons[None] == "—"
    assert limited in page.text and late in page.text


def test_the_latest_reason_counts_and_one_on_the_metric_before_one_on_the_subject() -> None:
    gaps = [
        Missing("IWM", "pe_ratio", "yahoo", "changed", "", FETCHED - timedelta(days=2)),
        Missing("IWM", "pe_ratio", "blackrock", "not_data", "", FETCHED - timedelta(days=1)),
        Missing("IWM", "", "yahoo", "timeout", "", FETCHED),
    ]
    shelf = Shelf([], gaps, TODAY)
    assert (found := shelf.reason("IWM", ("pe_ratio",))) and found.reason == "not_data"
    assert (found := shelf.reason("IWM", ("nav",))) and found.reason == "timeout"
    assert shelf.reason("VTWO", ("nav",)) is None


def test_no_value_is_made_up_before_anything_was_fetched() -> None:
    page = _shown(STATED)
    values = [text for attributes, text in page.cells if attributes.get("class") in {"article", "live"}]
    assert len(values) == len(STATED)
    assert {attributes.get("class") for attributes, _ in page.cells} == {None, "article", "none"}
    assert FIGURE_TEXTS["ko"].rows["nav"] not in page.text  # a row of which nothing is known


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_row_has_its_name_and_every_column_its_fund(language: Language) -> None:
    page = _shown(FETCHED_FIGURES, language)
    scopes = [attributes["scope"] for attributes in page.all("th")]
    assert scopes.count("col") == 5 + 4 and scopes.count("row") == len(page.all("tr")) - 2
    assert {tag for tag, _ in page.tags} <= TAGS


def test_what_comes_from_outside_stays_text() -> None:
    attack = '"><img src=x onerror=alert(1)><script>'
    figure = live("IWM", "price", 5, "usd", source=attack, basis=attack, formula=attack)
    gap = Missing("VTWO", "price", attack, "changed", attack, FETCHED)
    page = _shown([figure, stated("SPY", "price", 4, "usd", TODAY, attack)], "en", [gap])
    assert {tag for tag, _ in page.tags} <= TAGS
    assert page.text.count(attack) == 2  # the basis, and the reason's source


def test_figures_survive_the_table_that_they_come_in() -> None:
    figures = [*STATED, *FETCHED_FIGURES, replace(live("IWM", "inception_date", 1, "date"), value=date(2000, 5, 22))]
    assert figures_of(to_frame(figures)) == figures
    assert figures_of(to_frame(STATED)) == list(STATED)
    assert figures_of(to_frame([])) == []
    [back] = figures_of(to_frame([replace(figures[-1], fetched_at=FETCHED)]))
    assert type(back.fetched_at) is datetime and back.fetched_at.astimezone(UTC) == FETCHED
