"""The Articles view as a reader uses it, in a real browser: give, check, keep, read, correct, remove, take back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.types import Language
from assistant.web.articles_texts import ARTICLE_TEXTS, ARTICLES_PATHS
from tests.e2e.conftest import OpenPage, served
from tests.e2e.contrast import WEAK_CONTRAST
from tests.web.fake_assistant import ENGLISH, KOREAN, FakeAssistant
from tests.web.leftovers import IGNORED

pytestmark = [pytest.mark.browser, IGNORED]

LANGUAGES: tuple[Language, ...] = ("ko", "en")


@pytest.fixture
def fake() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def address(fake: FakeAssistant) -> Iterator[str]:
    with served(fake) as address:
        yield address


def _paste(page: Page, text: str) -> None:
    page.locator("#pasted textarea").fill(text)
    page.locator("#pasted .submit-button").click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pasted_text_is_checked_corrected_kept_and_found_in_the_list(
    open_page: OpenPage, address: str, fake: FakeAssistant, language: Language
) -> None:
    texts, page = ARTICLE_TEXTS[language], open_page(address + ARTICLES_PATHS[language])
    assert page.evaluate("document.documentElement.lang") == language
    expect(page.locator("#candidate-form")).to_be_hidden()
    _paste(page, "# 새 메모\n\n금리 이야기예요.")
    expect(page.locator("#candidate-details h3")).to_have_text(texts.check)
    expect(page.locator("#instead")).to_be_hidden()
    page.locator("#candidate-form").get_by_label(texts.title, exact=True).fill("고친 제목")
    page.get_by_role("button", name=texts.keep, exact=True).click()
    expect(page.locator("#adding-status")).to_contain_text(texts.added)
    expect(page.locator("#items .shelf")).to_contain_text("고친 제목")
    assert fake.articles()[-1].title == "고친 제목"
    page.locator("#find textarea, #find input").fill("금리 이야기")
    expect(page.locator("#items .shelf button")).to_have_count(1)


def test_dropped_files_are_looked_at_one_by_one_and_a_bad_one_says_why(
    open_page: OpenPage, address: str, fake: FakeAssistant, tmp_path: Path
) -> None:
    for name, text in (("one.md", "# One\n\nText."), ("bad.md", "broken"), ("two.md", "# Two near\n\nText.")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    page = open_page(address + ARTICLES_PATHS["en"])
    page.locator("#drop input[type=file]").set_input_files(sorted(tmp_path.iterdir()))
    rows = page.locator("table.candidates tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("It is damaged.")
    page.get_by_role("button", name=ARTICLE_TEXTS["en"].keep_all).click()
    expect(rows.nth(2)).to_contain_text(ARTICLE_TEXTS["en"].added)
    assert [article.title for article in fake.articles()][2:] == ["One", "Two near"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_article_is_read_removed_and_brought_back(
    open_page: OpenPage, address: str, fake: FakeAssistant, language: Language
) -> None:
    texts, page = ARTICLE_TEXTS[language], open_page(address + ARTICLES_PATHS[language])
    page.locator(f'#items button[data-id="{KOREAN.id}"]').click()
    expect(page.locator("#whole article h3")).to_have_text(KOREAN.title)
    expect(page.locator("#whole .passage").first).to_contain_text("앞 문장이에요.")
    page.get_by_role("button", name=texts.remove, exact=True).click()
    expect(page.locator("#items .shelf button")).to_have_count(1)
    page.get_by_role("button", name=texts.undo, exact=True).click()
    expect(page.locator("#items .shelf button")).to_have_count(2)
    expect(page.locator("#whole article h3")).to_have_text(KOREAN.title)


def test_markup_in_an_article_stays_text_and_nothing_is_fetched_from_elsewhere(
    open_page: OpenPage, address: str
) -> None:
    page = open_page(address + ARTICLES_PATHS["en"])
    foreign: list[str] = []
    page.on("request", lambda request: foreign.append(request.url) if not request.url.startswith(address) else None)
    page.on("dialog", lambda dialog: pytest.fail("a script of an article ran"))
    page.locator(f'#items button[data-id="{ENGLISH.id}"]').click()
    expect(page.locator("#whole .passage")).to_contain_text("<script>alert(1)</script>")
    assert page.locator("#whole :is(script, img, iframe, form)").count() == 0
    assert [url for url in foreign if not url.startswith(("data:", "blob:"))] == []


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_view_fits_its_width_and_can_be_read(open_page: OpenPage, address: str, width: int, dark: bool) -> None:
    page = open_page(address + ARTICLES_PATHS["ko"], width=width, dark=dark)
    page.locator(f'#items button[data-id="{KOREAN.id}"]').click()
    _paste(page, "# near\n\n새 문장이에요.")
    expect(page.locator("#instead")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert page.evaluate(WEAK_CONTRAST, "#articles") == []


def test_where_articles_are_only_read_nothing_can_be_added_or_removed(open_page: OpenPage, fake: FakeAssistant) -> None:
    with served(fake, read_only=True) as address:
        page = open_page(address + ARTICLES_PATHS["en"])
        expect(page.locator("#articles-off")).to_contain_text(ARTICLE_TEXTS["en"].read_only)
        page.locator(f'#items button[data-id="{KOREAN.id}"]').click()
        expect(page.locator("#whole article h3")).to_have_text(KOREAN.title)
        assert page.locator("#adding, #open-form").count() == 0
