"""What a reader does with an answer: follow on, put right what was understood, copy it, save it, judge it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.types import Language
from assistant.web.texts import TEXTS
from tests.e2e.conftest import PATIENCE, OpenPage, served
from tests.e2e.contrast import WEAK_CONTRAST
from tests.web.fake_assistant import FIGURE_ANSWER, FakeAssistant
from tests.web.leftovers import IGNORED

pytestmark = [
    pytest.mark.browser,
    IGNORED,
    # gradio's queue uses options that pandas 3 has deprecated.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting'", "ignore:The copy keyword is deprecated"),
]

PATHS: dict[Language, str] = {"ko": "", "en": "/en"}
TURNS: dict[Language, tuple[str, str, str]] = {
    "ko": ("IWM 총보수는?", "그럼 VTWO는?", "VTWO 총보수는?"),
    "en": ("What is IWM's expense ratio?", "and VTWO?", "What is VTWO's expense ratio?"),
}
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])
SAVED = [("Markdown", ".md"), ("JSON", ".json")]


@pytest.fixture(scope="module")
def fake() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture(scope="module")
def fake_address(fake: FakeAssistant) -> Iterator[str]:
    with served(fake) as address:
        yield address


def _ask(page: Page, question: str) -> None:
    """Ask and wait until the answer has its tools, which come with the whole of it."""
    count, box = page.locator("#chat .tools").count(), page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")
    expect(page.locator("#chat .tools")).to_have_count(count + 1, timeout=PATIENCE)


@LANGUAGES
def test_what_was_understood_is_shown_and_can_be_put_right_by_keyboard(
    open_page: OpenPage, address: str, language: Language
) -> None:
    first, follow_up, whole = TURNS[language]
    page = open_page(address + PATHS[language])
    _ask(page, first)
    assert page.locator("#chat .asked-as").count() == 0
    _ask(page, follow_up)
    expect(page.locator("#chat .question").last).to_have_text(follow_up)
    expect(page.locator("#chat .asked-as .whole")).to_have_text(whole)
    assert "0.07%" in page.locator("#chat .answer").last.inner_text()
    page.get_by_role("button", name=TEXTS[language].edit).focus()
    page.keyboard.press("Space")
    box = page.locator("#question textarea")
    expect(box).to_be_focused()
    expect(box).to_have_value(whole)
    _ask(page, whole.replace("VTWO", "IWM"))
    assert "0.19%" in page.locator("#chat .answer").last.inner_text()


@LANGUAGES
def test_answer_is_copied_with_its_footnotes(open_page: OpenPage, fake_address: str, language: Language) -> None:
    page = open_page(fake_address + PATHS[language])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=fake_address)
    _ask(page, "IWM 보수는?")
    page.get_by_role("button", name=TEXTS[language].copy, exact=True).click()
    expect(page.get_by_role("button", name=TEXTS[language].copied, exact=True)).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert "IWM의 총보수는 연 0.19%예요 [1]" in text
    assert "[1] 펀드 메모 · 2026-02-13 · https://example.com/fund-note" in text
    expect(page.get_by_role("button", name=TEXTS[language].copy, exact=True)).to_be_visible(timeout=6_000)


@LANGUAGES
def test_answer_is_saved_in_the_same_tab(
    open_page: OpenPage, fake_address: str, language: Language, tmp_path: Path
) -> None:
    page = open_page(fake_address + PATHS[language])
    _ask(page, "IWM 보수는?")
    for name, end in [*SAVED, (TEXTS[language].receipt, ".receipt.json")]:
        with page.expect_download() as saving:
            page.locator("#chat .tools").get_by_role("link", name=name, exact=True).press("Enter")
        assert saving.value.suggested_filename.endswith(end)
        saving.value.save_as(tmp_path / f"answer{end}")
    assert "[^1]: 펀드 메모" in (tmp_path / "answer.md").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "answer.json").read_text(encoding="utf-8")) == FIGURE_ANSWER.to_dict()
    receipt = json.loads((tmp_path / "answer.receipt.json").read_text(encoding="utf-8"))
    assert (receipt["question"], receipt["text"]) == (FIGURE_ANSWER.question, FIGURE_ANSWER.text)
    assert len(page.context.pages) == 1


@LANGUAGES
def test_opinion_is_noted_shown_and_can_be_changed(
    open_page: OpenPage, fake: FakeAssistant, fake_address: str, language: Language
) -> None:
    texts = TEXTS[language]
    page = open_page(fake_address + PATHS[language])
    fake.rated.clear()
    _ask(page, "IWM 보수는?")
    page.get_by_role("button", name=texts.helpful, exact=True).click()
    expect(page.get_by_role("button", name=texts.noted, exact=True)).to_be_visible()
    _ask(page, "위험요인은?")
    expect(page.locator("#chat .tools").first.locator(".is-done")).to_be_visible()
    page.locator("#chat .tools").first.get_by_role("button", name=texts.unhelpful, exact=True).click()
    expect(page.locator("#chat .tools").first.get_by_role("button", name=texts.helpful, exact=True)).to_be_visible()
    assert [(answer.question, opinion) for answer, opinion in fake.rated] == [
        ("IWM 보수는?", "up"),
        ("IWM 보수는?", "down"),
    ]


def test_opinion_that_cannot_be_noted_is_said(open_page: OpenPage, fake: FakeAssistant, fake_address: str) -> None:
    page = open_page(fake_address)
    _ask(page, "IWM 보수는?")
    fake.rating_fails = True
    page.get_by_role("button", name=TEXTS["ko"].helpful, exact=True).click()
    expect(page.locator("#chat .tools .is-failed")).to_contain_text(TEXTS["ko"].not_done)
    fake.rating_fails = False


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1400])
def test_tools_can_be_read_and_fit(open_page: OpenPage, address: str, dark: bool, width: int) -> None:
    page = open_page(address, width=width, dark=dark)
    for question in TURNS["ko"][:2]:
        _ask(page, question)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(WEAK_CONTRAST) == []
