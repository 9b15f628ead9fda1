"""The page as a reader uses it, in a real browser: asking, checking a quote, phone, dark, and text that attacks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, expect

from assistant.web.texts import TEXTS
from tests.e2e.conftest import PATIENCE, OpenPage
from tests.e2e.contrast import WEAK_CONTRAST
from tests.web.leftovers import IGNORED

pytestmark = [
    pytest.mark.browser,
    IGNORED,
    # gradio's queue uses options that pandas 3 has deprecated.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting'", "ignore:The copy keyword is deprecated"),
]

PHONE = {"width": 390, "height": 844}

WHOLE = "[...document.querySelectorAll('#chat .answer')].pop().matches(':not(.growing)')"


def _ask(page: Page, question: str) -> None:
    """Ask and wait until the answer is whole."""
    before, box = page.locator("#chat .answer").count(), page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")
    expect(page.locator("#chat .answer")).to_have_count(before + 1, timeout=PATIENCE)
    page.wait_for_function(WHOLE)


def _answer(page: Page) -> str:
    return page.locator("#chat .answer").last.inner_text()


def _foreign_requests(page: Page, address: str) -> list[str]:
    """Collects from now on what the page asks of anybody else."""
    foreign: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            foreign.append(request.url)

    page.context.on("request", note)
    return foreign


@pytest.mark.parametrize(
    ("path", "question", "expected"),
    [("", "VTWO의 헬스케어 비중은?", "18.8%"), ("/en", "What is VTWO's health care weight?", "18.8%")],
)
def test_a_question_is_answered_with_a_quote_that_a_click_opens(
    open_page: OpenPage, address: str, path: str, question: str, expected: str
) -> None:
    page = open_page(address + path)
    foreign = _foreign_requests(page, address)
    _ask(page, question)
    assert expected in _answer(page)
    page.locator("#chat .chip").first.click()
    card = page.locator("#sources .card.active")
    expect(card).to_be_visible()
    assert expected.removesuffix("%") in card.locator("mark").inner_text()
    assert card.evaluate("card => card === document.activeElement")
    assert card.locator("mark").evaluate("mark => getComputedStyle(mark).backgroundColor") != "rgba(0, 0, 0, 0)"
    assert foreign == []


def test_a_list_answer_is_a_list_with_a_card_for_each_item(open_page: OpenPage, address: str) -> None:
    page = open_page(address)
    _ask(page, TEXTS["ko"].examples[0])
    assert page.locator("#chat .answer li .chip").count() >= 9
    page.locator("#chat .answer li .chip").nth(4).click()
    expect(page.locator("#sources .card.active")).to_be_in_viewport()


@pytest.mark.parametrize("path", ["", "/en"])
def test_every_example_is_answered_with_sources(open_page: OpenPage, address: str, path: str) -> None:
    page = open_page(address + path)
    texts = TEXTS["en" if path else "ko"]
    page.locator("#chat .example", has_text=texts.examples[0]).click()
    expect(page.locator("#chat .answer")).to_have_count(1, timeout=PATIENCE)
    for example in texts.examples[1:]:
        _ask(page, example)
    assert page.locator("#chat .answer").count() == len(texts.examples)
    assert page.locator("#chat .abstained").count() == 0


def test_questions_sent_during_an_answer_are_answered_in_turn(open_page: OpenPage, hostile_address: str) -> None:
    page = open_page(hostile_address)
    box = page.locator("#question textarea")
    page.locator("#chat .example").first.click()
    for question in ("IWM 보수는?", "비트코인은?"):
        box.fill(question)
        box.press("Enter")
        expect(box).to_have_value("")
    asked = [TEXTS["ko"].examples[0], "IWM 보수는?", "비트코인은?"]
    expect(page.locator("#chat .question")).to_have_text(asked)
    expect(page.locator("#chat .answer:not(.growing)")).to_have_count(3)


def test_two_visitors_have_two_conversations(open_page: OpenPage, hostile_address: str) -> None:
    one, other = open_page(hostile_address), open_page(hostile_address)
    _ask(one, "IWM 보수는?")
    _ask(other, "위험요인은?")
    expect(other.locator("#chat .question")).to_have_text(["위험요인은?"])
    assert other.locator("#sources [data-card]").count() == 2


def test_a_follow_up_asks_the_next_question(open_page: OpenPage, address: str) -> None:
    page = open_page(address)
    _ask(page, "VTWO의 헬스케어 비중은?")
    follow_up = page.locator("#chat .option").first
    words = follow_up.inner_text()
    follow_up.click()
    expect(page.locator("#chat .answer")).to_have_count(2, timeout=PATIENCE)
    expect(page.locator("#chat .question").last).to_have_text(words)


def test_a_number_of_an_older_answer_opens_its_own_card(open_page: OpenPage, address: str) -> None:
    page = open_page(address)
    _ask(page, "VTWO의 헬스케어 비중은?")
    _ask(page, "러셀 2000의 PER은?")
    expect(page.locator("#sources [data-turn='1']")).to_be_hidden()
    page.locator("#chat .chip").first.click()
    expect(page.locator("#sources [data-card='1-1']")).to_be_visible()
    expect(page.locator("#sources [data-turn='2']")).to_be_hidden()


def test_the_keyboard_alone_opens_a_card_and_comes_back(open_page: OpenPage, address: str) -> None:
    page = open_page(address)
    _ask(page, "VTWO의 헬스케어 비중은?")
    page.locator("#chat .chip").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sources .card.active")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#chat .chip").first).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("#sources .card.active .card-back").press("Enter")
    expect(page.locator("#chat .chip").first).to_be_focused()


def test_the_language_switch_leads_to_the_other_page(open_page: OpenPage, address: str) -> None:
    page = open_page(address)
    assert page.evaluate("document.documentElement.lang") == "ko"
    page.get_by_role("link", name="English").click()
    page.wait_for_url(re.compile("/en$"))
    expect(page.locator("#top h1")).to_have_text(TEXTS["en"].title)
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.get_by_role("textbox", name=TEXTS["en"].question).count() == 1
    page.get_by_role("link", name="한국어").click()
    expect(page.locator("#top h1")).to_have_text(TEXTS["ko"].title)


@pytest.mark.parametrize(
    ("path", "question", "sentence"),
    [
        ("", "비트코인 가격은 언제 오르나요?", "자료에서 찾지 못했어요."),
        ("/en", "Who won the football world cup?", "The sources do not answer this."),
    ],
)
def test_what_the_sources_do_not_cover_is_declined_calmly(
    open_page: OpenPage, address: str, path: str, question: str, sentence: str
) -> None:
    page = open_page(address + path)
    _ask(page, question)
    assert sentence in _answer(page)
    assert page.locator("#chat .abstained").count() == 1
    assert page.locator("#chat .chip, #sources .card").count() == 0


def test_on_a_phone_the_sources_come_up_and_go_away_and_nothing_scrolls_sideways(
    open_page: OpenPage, address: str
) -> None:
    page = open_page(address, **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    _ask(page, TEXTS["ko"].examples[2])
    _ask(page, TEXTS["ko"].examples[0])
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(page.locator("#sources")).not_to_be_visible()
    page.locator("#chat .chip").last.click()
    expect(page.locator("#sources .card.active mark")).to_be_in_viewport()
    page.locator("#sources .sources-close").click()
    expect(page.locator("#sources")).not_to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_has_enough_contrast(open_page: OpenPage, address: str, dark: bool) -> None:
    page = open_page(address, dark=dark)
    assert page.evaluate(WEAK_CONTRAST) == []
    _ask(page, "비트코인 가격은 언제 오르나요?")
    _ask(page, TEXTS["ko"].examples[2])
    page.locator("#chat .chip").last.click()
    assert page.evaluate(WEAK_CONTRAST) == []
    ground = page.evaluate("getComputedStyle(document.querySelector('.gradio-container')).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") is not dark


def test_korean_text_uses_the_font_of_the_page(open_page: OpenPage, address: str) -> None:
    page = open_page(address)
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px Pretendard', '미국 소형주')")
    assert page.evaluate("getComputedStyle(document.querySelector('#top h1')).fontFamily").startswith("Pretendard")
    assert page.evaluate("getComputedStyle(document.querySelector('#chat')).wordBreak") == "keep-all"


def test_code_in_question_answer_title_and_quote_stays_text(open_page: OpenPage, hostile_address: str) -> None:
    page = open_page(hostile_address + "/en")
    foreign = _foreign_requests(page, hostile_address)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    question = (
        "hostile <img src=http://evil.example/a.png onerror=alert(3)> ![x](http://evil.example/b.png) **bold** 3~5~"
    )
    _ask(page, question)
    page.locator("#chat .chip").first.click()
    page.wait_for_timeout(500)
    expect(page.locator("#chat .question")).to_have_text(question)
    assert '<img src="http://evil.example/q.png" onerror="alert(2)"> ${7*7} {{7*7}}' in _answer(page)
    assert "Before <script>alert(1)</script>." in page.locator("#sources blockquote").inner_text()
    assert page.locator(":is(#chat, #sources) :is(img, script, form, iframe, .katex, del)").count() == 0
    assert page.locator("#sources a").count() == 0
    assert (dialogs, foreign) == ([], [])


def test_a_failure_is_said_in_plain_words(open_page: OpenPage, hostile_address: str) -> None:
    page = open_page(hostile_address)
    _ask(page, "crash")
    assert _answer(page) == TEXTS["ko"].failed
    _ask(page, "IWM 보수는?")
    assert "0.19%" in _answer(page)


def test_an_empty_question_asks_nothing(open_page: OpenPage, hostile_address: str) -> None:
    page = open_page(hostile_address)
    page.locator("#question textarea").fill("   ")
    page.keyboard.press("Enter")
    page.wait_for_timeout(800)
    assert page.locator("#chat .message-row").count() == 0
