"""Hard lines become paragraphs whose sentences are whole."""

from __future__ import annotations

import pytest

from assistant.formats.lines import BREAK, paragraphs_of

LINES = """Small caps tend to become more volatile with interest rates, liquidity conditions,
economic slowdowns and weakening investor sentiment because many of the companies
are small."""


def paragraphs(*lines: str) -> list[str]:
    return paragraphs_of(["\n".join(lines)])[0]


def test_lines_that_ran_to_the_margin_are_one_paragraph() -> None:
    assert paragraphs(*LINES.split("\n")) == [LINES.replace("\n", " ")]


def test_headings_and_items_stand_alone() -> None:
    first, second, last = LINES.split("\n")
    found = paragraphs("Risk", first, second, last, "Rates", "• " + first, second, "2. " + second, "Debt grows.")
    assert found == ["Risk", LINES.replace("\n", " "), "Rates", f"• {first} {second}", f"2. {second} Debt grows."]


def test_heading_below_a_full_line_stands_alone() -> None:
    full = "It is made up of small and mid-sized stocks rather than the largest companies."
    assert paragraphs(full, "Diversification", full) == [full, "Diversification", full]


def test_rows_of_figures_stand_alone() -> None:
    rows = ["Year 2023 2024 2025", "Fee 0.19% 0.19% 0.19%", "Return 16.9% 11.5% 12.8%"]
    assert paragraphs(*rows) == rows


@pytest.mark.parametrize("mark", ["-\n", "\x02", "\ufffe\n"])
def test_divided_word_is_joined_and_a_compound_keeps_its_hyphen(mark: str) -> None:
    text = f"The index is widely diver{mark}sified. A long-term view helps, and so does a long{mark}term plan."
    assert paragraphs_of([text]) == [[text.replace(f"r{mark}s", "rs").replace(mark, "-")]]


def test_korean_lines_leave_open_whether_a_word_was_divided() -> None:
    first, second = "소형주는 변동금리 부채가 많아서 금리에 민", "감해요. 그래서 금리 인하는 소형주에 큰"
    assert paragraphs(first, second, "힘이 돼요.") == [f"{first}{BREAK}{second}{BREAK}힘이 돼요."]


def test_last_syllable_of_a_sentence_is_no_list_item() -> None:
    first = "소형주는 변동금리로 빌린 돈이 많아서 금리에 민감합니"
    assert paragraphs(first, "다. 금리가 내리면 부담이 줄어듭니다.") == [
        f"{first}{BREAK}다. 금리가 내리면 부담이 줄어듭니다."
    ]


def test_sentence_over_the_end_of_a_page_stands_where_it_begins() -> None:
    pages = paragraphs_of([LINES.rpartition("\n")[0], "are small and often\nyoung. The next sentence.", "Third page."])
    assert pages == [
        [LINES.rpartition("\n")[0].replace("\n", " ") + " are small and often young."],
        ["The next sentence."],
        ["Third page."],
    ]


def test_head_and_foot_of_all_pages_are_left_out() -> None:
    words = ["Rates matter to small caps.", "So does debt.", "And growth.", "Fees are low."]
    texts = [f"Fund report\n{text}\n- {page} -" for page, text in enumerate(words, start=1)]
    assert paragraphs_of(texts) == [[text] for text in words]


def test_pages_that_all_say_the_same_are_kept() -> None:
    assert paragraphs_of(["Rates matter."] * 4) == [["Rates matter."]] * 4


def test_ligatures_and_invisible_letters_are_gone() -> None:
    assert paragraphs("The \ufb01nal e\ufb00ect\u200b.") == ["The final effect."]


def test_nothing_stays_nothing() -> None:
    assert paragraphs_of([]) == [] and paragraphs_of(["", " \n--\n"]) == [[], []]
