"""Risk factors as markup: readings, reasons, sparklines, the article's words, and addresses that may be opened."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.figures.gauge_texts import REASONS
from assistant.types import Language
from assistant.web.risks_view import HEIGHT, WIDTH, render_risks, sparkline
from tests.web.fake_assistant import ENGLISH, KOREAN
from tests.web.fake_figures import risks
from tests.web.markup import Markup

TAGS = set("section h2 h3 p ol ul li span div svg polyline a figure figcaption blockquote".split())


def _shown(language: Language, *, fetched: bool = True) -> Markup:
    return Markup(render_risks(risks(KOREAN, ENGLISH, fetched=fetched), language))


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("ko", ("금리 민감도", "4.12%", "2026-11-19 기준", "상위 12%", "▲ 3개월 전보다 0.31%p 상승",
                "새 값이 나왔을 수 있음", "▼ 3개월 전보다 0.4%p 하락", "글이 말하는 움직임: 상승",
                "금리가 오르면 **이자 비용**이 늘어요.", "펀드 메모")),
        ("en", ("Sensitivity to interest rates", "4.12%", "as of 2026-11-19", "in the top 12%", "▲ up 0.31 percentage",
                "may be out of date", "▼ down 0.4 percentage points over three months", "The article speaks of a rise",
                "The fee is $5", "A <b>hostile</b> note")),
    ],
)  # fmt: skip
def test_a_gauge_has_reading_date_place_move_and_what_the_article_says(
    language: Language, parts: tuple[str, ...]
) -> None:
    text = _shown(language).text
    assert [part for part in parts if part not in text] == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_gauge_without_a_reading_says_why(language: Language) -> None:
    page = _shown(language, fetched=False)
    assert page.text.count(REASONS["unreachable"][language]) == 2
    assert page.all("svg") == []


def test_the_article_is_quoted_in_the_other_language_where_it_has_only_that() -> None:
    page = _shown("en")
    assert [quote["lang"] for quote in page.all("blockquote")] == ["en", "ko"]
    assert "Original in Korean" in page.text


def test_only_web_addresses_become_links_and_everything_else_stays_text() -> None:
    page = _shown("en")
    assert {link["href"] for link in page.all("a")} == {"https://quotes.example/fund", "https://example.com/fund-note"}
    assert {tag for tag, _ in page.tags} <= TAGS
    assert 'Sou<r>ce "x"' in page.text and "10-year <Treasury> yield" in page.text


def test_a_sparkline_goes_from_corner_to_corner_and_is_hidden_from_readers() -> None:
    line = Markup(sparkline([(date(2026, 1, 1), 1.0), (date(2026, 1, 2), 3.0), (date(2026, 1, 5), 2.0)]))
    assert line.all("svg")[0]["aria-hidden"] == "true"
    assert line.all("polyline")[0]["points"] == f"0.0,{HEIGHT - 2}.0 {WIDTH / 4},2.0 {WIDTH}.0,{HEIGHT / 2}"
    assert line.text == ""


def test_a_sparkline_needs_two_points_and_may_be_flat() -> None:
    assert sparkline([]) == sparkline([(date(2026, 1, 1), 1.0)]) == ""
    flat = Markup(sparkline([(date(2026, 1, 1), 5.0), (date(2026, 1, 2), 5.0)]))
    assert flat.all("polyline")[0]["points"] == f"0.0,{HEIGHT - 2}.0 {WIDTH}.0,{HEIGHT - 2}.0"
