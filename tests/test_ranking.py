"""Figures by size: places asked for, the place of a weight, sums of weights. All values are synthetic."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.citations import Draft, Pages, check_draft
from assistant.clocks import Pair
from assistant.figures.table import FigureTable
from assistant.question import read_question
from assistant.ranking import at_places, place_claim, places_said, sum_claim
from assistant.types import Article, Figure
from assistant.vocabulary import load_vocabulary

DAY = date(2025, 12, 31)
WEIGHTS = {
    "holding_weight.IONQ": ("IonQ — 0.51%", 0.51),
    "holding_weight.CRDO": ("Credo — 0.74%", 0.74),
    "holding_weight.FN": ("Fabrinet — 0.55%", 0.55),
    "sector_weight.energy": ("Energy: 5.5%", 5.5),
}
TEXT = "\n".join(quote for quote, _ in WEIGHTS.values())
ARTICLES = {"a": Article("a", "Holdings", "en", "Publisher", date(2026, 2, 13), TEXT)}
FIGURES = {
    metric: Figure(
        "VTWO", metric, value, "percent", DAY, "article", "Publisher", "a",
        TEXT.index(quote), TEXT.index(quote) + len(quote), quote,
    )
    for metric, (quote, value) in WEIGHTS.items()
}  # fmt: skip
TABLE = FigureTable(FIGURES.values(), {"a": "en"})
HOLDINGS = [Pair("VTWO", FIGURES[metric], None) for metric in WEIGHTS if metric.startswith("holding")]


def _shown(text: str) -> list[str]:
    question = read_question(text, load_vocabulary(), this_year=2026)
    return [pair.shown.metric.removeprefix("holding_weight.") for pair in at_places(HOLDINGS, question)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("VTWO에서 두 번째로 큰 종목은?", ["FN"]),
        ("Which is VTWO's second largest holding?", ["FN"]),
        ("VTWO에서 비중이 가장 큰 종목은?", ["CRDO"]),
        ("VTWO의 상위 2개 종목은?", ["CRDO", "FN"]),
        ("VTWO 상위 3개 종목 중 가장 작은 종목은?", ["IONQ"]),
        ("VTWO에서 비중이 가장 작은 종목은?", []),
        ("What is the smallest holding of VTWO?", []),
        ("VTWO에서 네 번째로 큰 종목은?", []),
        ("VTWO의 보유 종목을 모두 알려줘", ["CRDO", "FN", "IONQ"]),
    ],
)
def test_figures_stand_at_the_places_of_their_size(text: str, shown: list[str]) -> None:
    assert _shown(text) == shown


@pytest.mark.parametrize(
    ("metric", "korean", "english"),
    [
        ("CRDO", "가장 커요", "the largest of"),
        ("FN", "2번째로", "the 2nd largest"),
        ("IONQ", "3번째로", "the 3rd largest"),
    ],
)
def test_a_weight_is_told_its_place_among_those_of_its_article(metric: str, korean: str, english: str) -> None:
    figure, pages = FIGURES[f"holding_weight.{metric}"], Pages()
    for language, words in (("ko", korean), ("en", english)):
        claim = place_claim(figure, TABLE, "ko" if language == "ko" else "en", pages.mark_figure)
        assert claim and words in claim.text
        assert check_draft(Draft([claim], pages.sources), ARTICLES).dropped == 0


def test_the_only_weight_of_its_kind_has_no_place() -> None:
    assert place_claim(FIGURES["sector_weight.energy"], TABLE, "en", Pages().mark_figure) is None


def test_several_weights_of_one_day_are_added_with_their_formula() -> None:
    pages = Pages()
    claim = sum_claim([pair.shown for pair in HOLDINGS], "en", pages.mark_figure)
    assert claim
    checked = check_draft(Draft([claim], pages.sources), ARTICLES)
    assert checked.text == "Together they come to 1.8% (0.51% + 0.74% + 0.55%). [1] [2] [3]"
    assert [check.verdict for check in checked.sentences[0].numbers] == ["computed", "quoted", "quoted", "quoted"]


def test_one_weight_or_weights_of_several_funds_or_days_have_no_sum() -> None:
    first, second = FIGURES["holding_weight.FN"], FIGURES["holding_weight.CRDO"]
    later = Figure("VTWO", second.metric, 0.7, "percent", date(2026, 1, 31), "article", "Publisher")
    other = Figure("IWM", second.metric, 0.7, "percent", DAY, "article", "Publisher")
    for figures in ([first], [first, later], [first, other]):
        assert sum_claim(figures, "ko", Pages().mark_figure) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("18.1%로, 두 번째로 큽니다.", {2}),
        ("the largest of all", {1}),
        ("the fourth largest", {4}),
        ("IonQ (IONQ) — 0.51%", set()),
        ("1.5번째로 큽니다.", set()),
    ],
)
def test_a_text_that_names_the_place_is_known(text: str, said: set[int]) -> None:
    assert places_said(text) == said
