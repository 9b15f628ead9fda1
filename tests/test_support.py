"""Which sentences of a model may be shown, by the rows that they cite; vectors count words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import pytest

from assistant.bindings import misstates, names_of, swapped
from assistant.citations import Claim, Source
from assistant.material import Row
from assistant.polarity import denies, directions
from assistant.reply import Said
from assistant.support import Fault, Support, is_in
from assistant.types import Article, Figure, Language, Sentence

TEXT = (
    "IWM charges 0.19% and VTWO charges 0.07% a year. Rising interest rates raise the interest cost of small caps. "
    "Credo Technology Group (CRDO) has a weight of 0.74%. Small caps do not depend on exports."
)
ARTICLE = Article("basics", "Basics of both funds", "en", "Publisher", date(2026, 2, 13), TEXT)
STARTS = [0, *(TEXT.index(word) for word in ("Rising", "Credo", "Small caps do"))]
ENDS = [*(start - 1 for start in STARTS[1:]), len(TEXT)]
LIVE = Figure(
    "IWM", "price", 251.5, "usd", date(2026, 6, 30), "live", "Yahoo Finance",
    fetched_at=datetime(2026, 6, 30, 21, 0),
)  # fmt: skip


class Sentences:
    """Likeness is 1 for everything, or for the n-th sentence alone."""

    def __init__(self, like: int | None = None) -> None:
        self.like = like

    def sentences(self, article: str) -> Sequence[Sentence]:
        return [Sentence(article, (), start, end, TEXT[start:end]) for start, end in zip(STARTS, ENDS, strict=True)]

    def similarities(self, text: str, article: str) -> Sequence[float]:
        return [1.0 if self.like in (None, place) else 0.0 for place in range(len(STARTS))]

    def frequency(self, term: str) -> int:
        return 1


ROWS = [
    Row(Source("basics", start, end), TEXT[start:end], "en", "Basics of both funds", "Publisher", "2026-02-13")
    for start, end in zip(STARTS, ENDS, strict=True)
] + [Row(Source("", 0, 0, LIVE), "Price of IWM: $251.50 (as of June 30, 2026)", "en", "IWM: price", "Yahoo", "")]


PE = Figure("IWM", "pe_ratio", 20.4, "multiple", date(2026, 2, 13), "article", "Publisher")


@pytest.mark.parametrize(
    ("text", "otherwise"),
    [
        ("The P/E of IWM is 19%.", True),
        ("IWM의 PER은 19%예요.", True),
        ("The P/E of IWM is 20.4.", False),
        ("IWM의 PER은 20.4배예요.", False),
        ("The P/E of VTWO is 19.", False),
        ("The P/E of IWM is known.", False),
    ],
)
def test_number_told_as_a_metric_is_the_figures(text: str, otherwise: bool) -> None:
    assert misstates(text, [PE]) == otherwise


def _judged(text: str, like: int | None = None, language: Language = "en") -> Claim | Fault:
    return Support({"basics": ARTICLE}, Sentences(like)).judged(Said(text), ROWS, language)


@pytest.mark.parametrize(
    "text",
    [
        "IWM charges 0.19% a year and VTWO 0.07%. [1]",
        "VTWO charges 0.07% a year. [1]",
        "VTWO charges 0.07% a year while IWM charges 0.19%. [1]",
        "The interest cost of small caps rises with rising interest rates. [2]",
        "Credo Technology Group has a weight of 0.74%. [3]",
        "Small caps don't depend on exports. [4]",
        "Small caps do not depend on exports. [4]",
        "The price of IWM is $251.50 as of June 30, 2026. [5]",
        "IWM charges 0.19% and VTWO 0.07% a year, 0.12 percentage points apart. [1]",
    ],
)
def test_sentence_that_says_what_its_rows_say_passes(text: str) -> None:
    assert isinstance(_judged(text), Claim)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("VTWO charges 0.07% a year.", Fault("uncited")),
        ("VTWO charges 0.07% a year. [6]", Fault("marker", "[6]")),
        ("VTWO charges 0.07% a year. [0]", Fault("marker", "[0]")),
        ("VTWO charges 0.08% a year. [1]", Fault("number", "0.08%")),
        ("VTWO charges 0.07 percentage points a year. [1]", Fault("number", "0.07 percentage points")),
        ("VTWO charges 0.07% since 1999. [1]", Fault("number", "1999")),
        ("SPY charges 0.07% a year. [1]", Fault("name", "SPY")),
        ("VTWO charges 0.07% a year, says Zephyrbank. [1]", Fault("name", "Zephyrbank")),
        ("VTWO charges 0.07% a year in the Russell 2500. [1]", Fault("name", "Russell 2000")),
        ("IWM charges 0.07% and VTWO charges 0.19% a year. [1]", Fault("swapped")),
        ("IWM charges 0.07% a year. [1]", Fault("swapped")),
        ("Falling interest rates raise the interest cost of small caps. [2]", Fault("direction")),
        ("Rising interest rates do not raise the interest cost of small caps. [2]", Fault("denial")),
        ("Small caps depend on exports. [4]", Fault("denial")),
        ("Rising rates make bakers sing in the morning rain of a quiet northern town. [2]", Fault("unlike")),
        ("The price of IWM is $252.50. [5]", Fault("number", "$252.50")),
        ("The weight of health care is $251.50. [5]", Fault("unlike")),
        ("VTWO의 보수는 연 0.07%예요. [1]", Fault("language")),
        ("VTWO charges <b>0.07%</b> a year. [1]", Fault("markup")),
        ("VTWO charges [0.07%](http://x.example) a year. [1]", Fault("markup")),
    ],
)
def test_sentence_that_says_something_else_is_refused(text: str, fault: Fault) -> None:
    assert _judged(text) == fault


def test_row_that_is_not_about_it_loses_its_marker() -> None:
    claim = _judged("VTWO charges 0.07% a year. [1][2]", like=0)
    assert isinstance(claim, Claim) and "[1]" in claim.text and "[2]" not in claim.text
    assert _judged("VTWO charges 0.07% a year. [1]", like=3) == Fault("unlike")


def test_quote_is_shown_as_it_is_whatever_its_words() -> None:
    assert isinstance(_judged(f"{ROWS[2].text} [3]", like=1), Claim)


PLACED = Row(
    Source("basics", STARTS[2], ENDS[2], replace(PE, subject="VTWO", metric="holding_weight.CRDO", value=0.74)),
    TEXT[STARTS[2] : ENDS[2]], "en", "VTWO: Credo Technology weight · That is the 2nd largest.", "Publisher", "",
)  # fmt: skip


@pytest.mark.parametrize(
    ("place", "right"), [("the second largest", True), ("the largest", False), ("the third largest", False)]
)
def test_place_by_size_is_the_one_that_is_known(place: str, right: bool) -> None:
    said = f"Credo Technology Group (CRDO) has {place} weight of 0.74%. [1]"
    judged = Support({"basics": ARTICLE}, Sentences()).judged(Said(said), [PLACED], "en")
    assert isinstance(judged, Claim) == right
    assert right or (isinstance(judged, Fault) and judged.kind == "number")


def test_ratio_is_computed_again_and_no_other_number() -> None:
    claim = _judged("IWM charges 0.19% and VTWO 0.07% a year, 2.7x as much. [1]")
    assert isinstance(claim, Claim) and claim.formulas == {"2.7x": "0.19% ÷ 0.07%"}
    assert _judged("IWM charges 0.19% and VTWO 0.07% a year, 3.1x as much. [1]") == Fault("number", "3.1x")


@pytest.mark.parametrize(
    ("text", "language", "is_so"),
    [
        ("VTWO의 보수는 0.07%예요.", "ko", True),
        ("Credo Technology Group(CRDO, 나스닥) 0.74%", "ko", True),
        ("VTWO charges 0.07%.", "ko", False),
        ("VTWO, IWM", "ko", False),
        ("Credo Technology Group (CRDO) — 0.74%", "en", True),
        ("The fund charges 0.07% a year.", "en", True),
        ("Le fonds prélève des frais annuels très modestes", "en", False),
        ("基金每年收取0.07%", "en", False),
        ("기금은 0.07%를 받아요", "en", False),
    ],
)
def test_language_is_told_by_letters_and_small_words(text: str, language: Language, is_so: bool) -> None:
    assert is_in(text, language) is is_so


@pytest.mark.parametrize(
    ("sentence", "stated", "is_swapped"),
    [
        ("VTWO 0.19%, IWM 0.07%.", ["IWM 0.19%, VTWO 0.07%."], True),
        ("VTWO의 0.07%, IWM의 0.19%.", ["IWM 0.19%, VTWO 0.07%."], False),
        ("IWM 0.07%.", ["IWM 0.19%.", "VTWO 0.07%."], True),
        ("IWM 0.07%.", ["VTWO 0.07%."], False),
        ("IWM 0.19% or 0.07%.", ["IWM 0.19%, VTWO 0.07%."], False),
        ("헬스케어 17.2%, 금융 18.8%.", ["health care at 18.8%, financials at 17.2%"], True),
    ],
)
def test_numbers_stay_with_their_names(sentence: str, stated: list[str], is_swapped: bool) -> None:
    assert swapped(sentence, stated) is is_swapped


def test_names_come_once_in_reading_order() -> None:
    assert names_of("VTWO와 IWM, 그리고 VTWO", "fund") == ["VTWO", "IWM"]


@pytest.mark.parametrize(
    ("text", "said", "denied"),
    [
        ("Rates rose.", {"up"}, False),
        ("금리가 내려도 이익은 늘지 않아요.", {"down"}, True),
        ("The weight is 5%.", set(), False),
        ("It can't fall.", {"down"}, True),
        ("안정적인 자산이에요.", set(), False),
    ],
)
def test_words_for_up_down_and_not(text: str, said: set[str], denied: bool) -> None:
    assert directions(text) == said and denies(text) is denied
