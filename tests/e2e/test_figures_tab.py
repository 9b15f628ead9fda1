"""The Figures view as a reader uses it, in a real browser: both languages, a refresh, charts, phone, dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request, expect

from assistant.types import Language
from assistant.web.figures_texts import FIGURE_TEXTS, FIGURES_PATHS
from assistant.web.texts import TEXTS
from tests.e2e.conftest import OpenPage, served
from tests.e2e.contrast import WEAK_CONTRAST
from tests.web.fake_assistant import FakeAssistant
from tests.web.leftovers import IGNORED

pytestmark = [
    pytest.mark.browser,
    IGNORED,
    # gradio's queue and plots use what pandas has deprecated.
    pytest.mark.filterwarnings(
        "ignore:'future.no_silent_downcasting'",
        "ignore:The copy keyword is deprecated",
        "ignore::pandas.errors.Pandas4Warning",
    ),
]

PHONE = {"width": 390, "height": 844}
LANGUAGES: tuple[Language, ...] = ("ko", "en")
LINES = "#charts .chart svg .mark-line path"


@pytest.fixture(scope="module")
def off_address() -> Iterator[str]:
    """A page without any network, before anything was fetched."""
    with served(FakeAssistant("off")) as address:
        yield address


@pytest.fixture
def new() -> FakeAssistant:
    """One that has fetched nothing yet; its refresh waits for `go` before the last step."""
    fake = FakeAssistant("never")
    fake.go.clear()
    return fake


@pytest.fixture
def new_address(new: FakeAssistant) -> Iterator[str]:
    with served(new) as address:
        yield address


def _sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_view_is_reached_from_the_chat_and_leads_back(
    open_page: OpenPage, hostile_address: str, language: Language
) -> None:
    path = {"ko": "/", "en": "/en"}[language]
    page = open_page(hostile_address + path)
    broken: list[str] = []
    page.on("response", lambda reply: broken.append(reply.url) if reply.status >= 400 else None)
    page.get_by_role("link", name=TEXTS[language].figures, exact=True).click()
    expect(page).to_have_url(hostile_address + FIGURES_PATHS[language])
    expect(page.locator("#figures table.figures").first).to_be_visible()
    expect(page.locator(".views [aria-current]")).to_have_text(TEXTS[language].figures)
    assert page.evaluate("document.documentElement.lang") == language
    expect(page.locator("#figures h2").first).to_have_text(FIGURE_TEXTS[language].funds)
    page.get_by_role("link", name=TEXTS[language].chat, exact=True).click()
    expect(page).to_have_url(hostile_address + path)
    expect(page.locator("#question textarea")).to_be_visible()
    assert broken == []


def test_the_language_switch_keeps_the_view(open_page: OpenPage, hostile_address: str) -> None:
    page = open_page(f"{hostile_address}/figures")
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(f"{hostile_address}/en/figures")
    expect(page.locator("#figures h2").first).to_have_text(FIGURE_TEXTS["en"].funds)
    page.get_by_role("link", name="한국어").click()
    expect(page).to_have_url(f"{hostile_address}/figures")
    expect(page.locator("#figures h2").first).to_have_text(FIGURE_TEXTS["ko"].funds)


@pytest.mark.parametrize(("path", "up", "down"), [("/figures", "red", "blue"), ("/en/figures", "green", "red")])
def test_up_and_down_have_the_colours_of_the_languages_readers(
    open_page: OpenPage, hostile_address: str, path: str, up: str, down: str
) -> None:
    page = open_page(hostile_address + path)
    strongest = """element => {
      const [red, green, blue] = getComputedStyle(element).color.match(/\\d+/g).map(Number);
      return red > green && red > blue ? "red" : green > blue ? "green" : "blue";
    }"""
    for place, colour in (("#figures td .up", up), ("#figures td .down", down), ("#figures .gauge-facts .up", up)):
        assert page.locator(place).first.evaluate(strongest) == colour


def test_charts_are_drawn_and_follow_the_period(open_page: OpenPage, hostile_address: str) -> None:
    page = open_page(f"{hostile_address}/figures")
    expect(page.locator(LINES)).to_have_count(8)
    expect(page.locator("#sectors .chart svg .mark-rect path")).to_have_count(4 * 11)
    note = page.locator("#charts .note").first
    before = note.inner_text()
    page.locator("#chart-choices").get_by_text(FIGURE_TEXTS["ko"].periods["3y"], exact=True).click()
    expect(note).not_to_have_text(before)
    assert "2023" in note.inner_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refresh_shows_its_progress_and_then_the_new_figures(
    open_page: OpenPage, new: FakeAssistant, new_address: str, language: Language
) -> None:
    page = open_page(new_address + FIGURES_PATHS[language])
    texts = FIGURE_TEXTS[language]
    expect(page.locator("#figures-head")).to_contain_text(texts.never)
    expect(page.locator("#charts-head")).to_contain_text(texts.charts_none)
    expect(page.locator("#charts, #sectors .chart").locator("visible=true")).to_have_count(0)
    expect(page.locator("#figures td.live")).to_have_count(0)
    button = page.get_by_role("button", name=texts.refresh)
    button.click()
    expect(page.locator("#figures .progress")).to_contain_text(texts.refreshing.format(done=2, total=3))
    expect(button).to_be_disabled()
    new.go.set()
    expect(page.locator("#figures .progress")).to_contain_text(texts.refreshed.format(ok=1, failed=1, kept=1))
    expect(page.locator("#figures td.live").first).to_be_visible()
    expect(page.locator("#figures-head")).not_to_contain_text(texts.never)
    expect(page.locator(LINES)).to_have_count(8)
    expect(page.locator("#figures table.providers tbody tr")).to_have_count(3)
    expect(button).to_be_enabled()


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_network_the_button_is_off_and_the_page_says_so(
    open_page: OpenPage, off_address: str, language: Language
) -> None:
    page = open_page(off_address + FIGURES_PATHS[language])
    texts = FIGURE_TEXTS[language]
    expect(page.get_by_role("button", name=texts.refresh)).to_be_disabled()
    expect(page.locator("#figures-head")).to_contain_text(texts.off)
    expect(page.locator("#figures-head")).to_contain_text(texts.never_verified)
    expect(page.locator("#figures td.article").first).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone_tables_scroll_in_their_own_box_and_the_page_does_not(
    open_page: OpenPage, hostile_address: str, language: Language
) -> None:
    page = open_page(hostile_address + FIGURES_PATHS[language], **PHONE)
    expect(page.locator(LINES)).to_have_count(8)
    assert _sideways(page) == 0
    box = page.locator("#figures .scroll").first
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    box.evaluate("box => box.scrollLeft = box.scrollWidth")
    expect(page.locator("#figures thead th", has_text="QQQ").first).to_be_in_viewport()
    name = page.locator("#figures tbody th").first.bounding_box()
    assert name is not None and 0 <= name["x"] < 30  # a row's name stays in sight
    page.get_by_role("link", name=TEXTS[language].chat, exact=True).click()
    expect(page.locator("#question textarea")).to_be_visible()
    assert _sideways(page) == 0
    head = page.locator(".brand h1").bounding_box()
    assert head is not None and head["height"] < 50


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_of_the_view_has_enough_contrast(open_page: OpenPage, hostile_address: str, dark: bool) -> None:
    page = open_page(f"{hostile_address}/figures", dark=dark)
    expect(page.locator(LINES)).to_have_count(8)
    html_only = WEAK_CONTRAST.replace('closest("script, style")', 'closest("script, style, svg")')
    assert page.evaluate(html_only) == []


def test_text_from_outside_stays_text_and_nothing_leaves_the_page(open_page: OpenPage, hostile_address: str) -> None:
    page = open_page(f"{hostile_address}/figures")
    foreign: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((hostile_address, "data:", "blob:")):
            foreign.append(request.url)

    page.context.on("request", note)
    page.reload()
    expect(page.locator(LINES)).to_have_count(8)
    assert page.locator("#figures :is(r, treasury, img, script, iframe)").count() == 0
    assert 'Sou<r>ce "x"' in page.locator("#figures-risks").inner_text()
    links = page.locator("#figures a").evaluate_all("links => links.map(link => link.href)")
    assert links and all(link.startswith("http") for link in links)
    assert foreign == []


def test_the_real_assistant_shows_nine_risk_factors_with_their_words(open_page: OpenPage, address: str) -> None:
    page = open_page(f"{address}/figures")
    expect(page.locator("#figures .risk")).to_have_count(9)
    expect(page.locator("#figures .risk blockquote")).to_have_count(9)
    expect(page.locator("#figures td.article").first).to_be_visible()
