"""Answers and source cards as markup: what is ours becomes tags, everything else stays text."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from assistant.types import Answer
from assistant.web.render import render_answer, render_growing, render_message, render_question, render_status
from assistant.web.sources import CONTEXT, context_of, render_sources, section_at, web_address
from tests.web.fake_assistant import (
    ABSTAINED,
    ENGLISH,
    FIGURE_ANSWER,
    HOSTILE_ANSWER,
    HOSTILE_QUOTE,
    KOREAN,
    LIST_ANSWER,
    TABLE_ANSWER,
    cite,
)

OUR_TAGS = set("div p br a ol ul li table caption thead tbody tr th td b span".split())
PANEL_TAGS = set("header h2 h3 button p ol li span blockquote mark a".split())
TRAPS = (
    "**0.19%**이고",
    "3~5% 와 7~9%",
    "![x](http://evil.example/p.png)",
    "![x][ref]\n\n[ref]: http://evil.example/p.png",
    '<img src=x onerror="alert(1)">',
    "<script>alert(1)</script>",
    "$5 and $10, $$x^2$$ and \\(y\\)",
    "[link](javascript:alert(1))",
    "<http://evil.example> http://evil.example",
    "`code` __bold__ # heading > quote",
    "&lt;b&gt; &amp;amp; &#60;",
    "a\n\n```\n<b>x</b>\n```",
)


class _Page(HTMLParser):
    """Tags with their attributes, and the text that a reader sees."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def _answer(text: str) -> Answer:
    return replace(FIGURE_ANSWER, text=text, sentences=(), figures=())


@pytest.mark.parametrize("text", TRAPS)
def test_text_from_outside_stays_text(text: str) -> None:
    words = " ".join(text.split())
    for markup in (render_answer(_answer(text), 1), render_question(text), render_message(text), render_status(text)):
        page = _Page(markup)
        assert words.replace(" ", "") in page.text.replace(" ", "")
        assert {tag for tag, _ in page.tags} <= OUR_TAGS
        assert {name for _, attributes in page.tags for name in attributes} <= {"class", "href", "lang"}


@pytest.mark.parametrize("text", TRAPS)
def test_nothing_is_left_for_a_markdown_parser(text: str) -> None:
    markup = render_answer(_answer(text), 1)
    assert "\n" not in markup
    assert not set("*_~`[]!$\\|{}") & set(markup)


def test_a_marker_with_a_citation_is_a_link_and_any_other_is_left_out() -> None:
    page = _Page(render_answer(FIGURE_ANSWER, 7))
    chips = [link for link in page.all("a") if link["class"] == "chip"]
    assert [chip["href"] for chip in chips] == ["#cite-7-1"] * 3
    assert "[" not in page.text and "9" not in page.text.replace("0.19%", "")


def test_a_chip_stands_right_after_its_claim() -> None:
    assert '연 0.19%예요<a class="chip"' in render_answer(FIGURE_ANSWER, 1)


def test_paragraphs_and_lists_become_paragraphs_and_lists() -> None:
    page = _Page(render_answer(LIST_ANSWER, 1))
    assert [tag for tag, _ in page.tags if tag in {"p", "ol", "ul", "li"}] == ["p", "ol", "li", "li", "ul", "li", "p"]


def test_a_list_that_starts_later_keeps_its_number() -> None:
    assert _Page(render_answer(_answer("3. 셋\n4. 넷"), 1)).all("ol") == [{"start": "3"}]


def test_a_table_has_scopes_a_dated_caption_and_numbers_at_the_right() -> None:
    page = _Page(render_answer(TABLE_ANSWER, 1))
    assert [cell["scope"] for cell in page.all("th")] == ["col", "col", "col", "row"]
    assert [cell.get("class") for cell in page.all("td")] == ["number", "number"]
    assert "as of Dec 31, 2025" in page.text


def test_a_table_without_a_rule_has_no_head() -> None:
    page = _Page(render_answer(_answer("| a | 1 |\n| b | 2 |"), 1))
    assert not page.all("thead") and len(page.all("tr")) == 2


def test_only_numbers_that_no_source_states_get_a_note() -> None:
    page = _Page(render_answer(FIGURE_ANSWER, 1))
    assert "0.12%p = 0.19% − 0.07% 계산한 값" in page.text
    assert page.text.count("0.19%") == 2 and page.text.count("3~5%") == 1  # no notes of their own


def test_the_foot_counts_sources_and_dates_figures() -> None:
    assert "출처 1개 · 2025. 12. 31. 기준" in _Page(render_answer(FIGURE_ANSWER, 1)).text


def test_abstaining_is_marked_and_has_no_link() -> None:
    page = _Page(render_answer(ABSTAINED, 1))
    assert page.tags[0] == ("div", {"class": "answer abstained", "lang": "ko"})
    assert page.text == "자료에서 찾지 못했어요." and not page.all("a")


def test_an_answer_grows_by_sentences_items_and_whole_tables() -> None:
    grown = [_Page(markup).text for markup in render_growing(FIGURE_ANSWER, 1)]
    assert grown[0] == "IWM의 총보수는 연 0.19%예요1."
    assert all(later.startswith(earlier) for earlier, later in zip(grown, grown[1:], strict=False))
    assert len(list(render_growing(LIST_ANSWER, 1))) == 4
    assert len(list(render_growing(TABLE_ANSWER, 1))) == 2


def test_the_last_growth_is_the_answer_without_its_foot() -> None:
    *_, last = render_growing(LIST_ANSWER, 1)
    assert render_answer(LIST_ANSWER, 1).startswith(last.replace(" growing", "").removesuffix("</div>"))


# Source cards


def test_a_card_shows_the_paragraph_with_the_quote_marked() -> None:
    panel = render_sources([(1, FIGURE_ANSWER)], "ko")
    assert "앞 문장이에요. <mark>보수는 연 0.19%이고 범위는 3~5% 사이예요.</mark> 뒤 문장이에요." in panel


def test_a_card_names_article_publisher_dates_and_section() -> None:
    text = _Page(render_sources([(1, LIST_ANSWER), (2, FIGURE_ANSWER)], "ko")).text
    assert "펀드 메모" in text and "시험 출판사 · 2026. 2. 13." in text and "비용 · 2025. 12. 31. 기준" in text
    assert "위험요인 › 시장" in text


def test_no_tag_of_an_article_reaches_the_panel() -> None:
    panel = render_sources([(1, HOSTILE_ANSWER)], "en")
    page = _Page(panel)
    assert {tag for tag, _ in page.tags} <= PANEL_TAGS
    assert HOSTILE_QUOTE in page.text and "Before <script>alert(1)</script>." in page.text
    assert "A <b>hostile</b> note" in page.text and 'Press "R" & Co.' in page.text


def test_only_web_addresses_become_links() -> None:
    assert not _Page(render_sources([(1, HOSTILE_ANSWER)], "en")).all("a")
    (link,) = _Page(render_sources([(1, FIGURE_ANSWER)], "ko")).all("a")
    assert link["href"] == "https://example.com/fund-note" and link["rel"] == "noopener noreferrer"


@pytest.mark.parametrize(
    "url", [None, "", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//host", "file:///x", "http:", "http://[x"]
)  # fmt: skip
def test_an_address_that_is_not_of_the_web_is_none(url: str | None) -> None:
    assert web_address(url) is None


def test_a_quote_in_another_language_than_the_answer_is_marked() -> None:
    assert "Original in Korean" in render_sources([(1, TABLE_ANSWER)], "en")
    assert "한국어 원문" not in render_sources([(1, FIGURE_ANSWER)], "ko")
    assert '<blockquote lang="ko">' in render_sources([(1, TABLE_ANSWER)], "en")


def test_only_the_newest_turn_shows_its_cards() -> None:
    page = _Page(render_sources([(1, LIST_ANSWER), (2, FIGURE_ANSWER)], "ko"))
    first, second = page.all("ol")
    assert "hidden" in first and "hidden" not in second
    assert [card["data-card"] for card in page.all("li")] == ["1-1", "1-2", "2-1"]


def test_the_empty_panel_says_what_it_is_for() -> None:
    assert "근거 문장이 여기에 보여요" in render_sources([], "ko")
    assert "인용한 자료가 없어요" in render_sources([(1, ABSTAINED)], "ko")


def test_a_section_is_the_headings_above() -> None:
    assert section_at(KOREAN, KOREAN.text.index("앞 문장")) == ("비용",)
    assert section_at(KOREAN, KOREAN.text.index("금리가")) == ("위험요인", "시장")
    assert section_at(ENGLISH, 0) == ()


def test_a_long_paragraph_is_shortened_at_words_on_both_sides() -> None:
    filler = "단어 " * CONTEXT
    article = replace(KOREAN, text=f"{filler}여기가 인용이에요. {filler.strip()}")
    before, quote, after = context_of(cite(1, article, "여기가 인용이에요."))
    assert quote == "여기가 인용이에요."
    assert before.startswith("… 단어") and after.endswith("단어 …")
    assert len(before) <= CONTEXT + 2 and len(after) <= CONTEXT + 2
