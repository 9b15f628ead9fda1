"""Texts that attack the page, from articles, files, tables and questions: all are shown as text, and none does a thing.

In a real browser, without the content security policy, which would hide what escaping has let through. The articles
are read by the real assistant; its vectors count words.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from assistant import Assistant
from assistant.figures.risks import factors
from assistant.index import Index
from assistant.live import LiveFigures
from assistant.retriever import Retriever
from assistant.web.articles_texts import ARTICLE_TEXTS, ARTICLES_PATHS
from assistant.web.figures_texts import FIGURES_PATHS
from assistant.web.texts import PATHS
from tests.e2e.conftest import PATIENCE
from tests.e2e.payloads import PAYLOADS
from tests.fakes import WordCounts
from tests.serving import served
from tests.web.leftovers import IGNORED

pytestmark = [
    pytest.mark.browser,
    IGNORED,
    # gradio's queue uses options that pandas 3 has deprecated.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting'", "ignore:The copy keyword is deprecated"),
]

TOPICS = ("Amber", "Birch", "Cedar")
FUNDS = ("IWM", "VTWO", "SPY", "QQQ")
STATED = ("expense ratio was 0.19%", "dividend yield was 1.2%")
QUOTED = PAYLOADS[95:119]
"""Those that break out of an attribute, since the Figures view has quotes in one."""
NAMES = [payload for payload in PAYLOADS if "/" not in payload][:5]
TEXTS = ARTICLE_TEXTS["en"]
ADDRESS = "https://press.example/'onclick='ran(1)'style='inset:0'"
"""The only address elsewhere that may become a link."""

SHOWN = """selector => [...document.querySelectorAll(selector)].flatMap(part =>
  [part.textContent, ...[...part.querySelectorAll("[title], input, textarea")].map(each => each.title || each.value)]
).join(" ")"""
"""What the parts of a page say, in texts, hints and fields."""
TAGS = """a article b blockquote br button circle code defs div em fieldset figcaption figure h1 h2 h3 h4 header input
label li line mark nav ol option p path polyline progress rect section small span strong sup svg table tbody td textarea
th thead tr ul"""
ATTRIBUTES = """class cx cy d dir disabled fill height hidden href id lang max maxlength multiple name placeholder
points preserveAspectRatio r rel role rows rx ry scope stroke style tabindex target title transform type value
vector-effect viewBox width x x1 x2 xmlns xmlns:xlink y y1 y2"""
STRANGE = """([selector, tags, attributes, address]) => {
  const found = [];
  const places = ["#", "/", location.origin + "/"];
  for (const part of document.querySelectorAll(selector)) for (const each of part.querySelectorAll("*")) {
    if (!tags.includes(each.localName) && !each.matches("defs > style")) found.push(each.outerHTML);
    for (const {name, value} of each.attributes) {
      const known = attributes.includes(name) || /^(aria|data|stroke)-/.test(name);
      const leads = name === "href" && value !== address && !places.some(place => value.startsWith(place));
      if (!known || leads || (name === "style" && /url|@/.test(value))) found.push(`${name} of ${each.outerHTML}`);
    }
  }
  return found;
}"""
"""Elements, attributes and addresses that neither we nor gradio make."""


@dataclass
class Watched:
    """A page with what its attacks have achieved."""

    page: Page
    address: str
    ran: list[object] = field(default_factory=list)
    away: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def strange(self, selector: str) -> list[str]:
        return list(self.page.evaluate(STRANGE, [selector, TAGS.split(), ATTRIBUTES.split(), ADDRESS]))

    def shown(self, selector: str) -> str:
        """What the parts say, once it is certain that nothing in them does anything."""
        assert self.strange(selector) == []
        assert (self.ran, self.away) == ([], [])
        return " ".join(self.page.evaluate(SHOWN, selector).split())


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where an assistant is served whose articles all attack."""
    corpus, indexes = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("indexes")
    for name, text in [*((topic, _topic(topic)) for topic in TOPICS), ("figures", _figures()), ("risks", _risks())]:
        (corpus / f"{name}.md").write_text(text, encoding="utf-8")
    embedder = WordCounts("risk factors fees " + " ".join(TOPICS).lower())
    index = Index.open(indexes, embedder, graph_after=None)
    live = LiveFigures(indexes, None)
    with Assistant(corpus, index, Retriever(index, embedder), live) as opened, served(opened) as address:
        opened.ask("IWM")  # what is slow the first time is over
        yield address


@pytest.fixture
def watched(browser: Browser, attacked: str) -> Iterator[Watched]:
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    watched = Watched(page, attacked)

    def note(route: Route) -> None:
        watched.away.append(route.request.url)
        route.abort()

    context.expose_binding("ran", lambda _, number: watched.ran.append(number))
    context.route(lambda url: not url.startswith((attacked, "data:", "blob:")), note)
    page.on("dialog", lambda dialog: (watched.ran.append(dialog.message), dialog.dismiss()))
    yield watched
    context.close()


def _head(title: str, attack: int, id: str = "") -> str:
    """The front matter of an article whose title and publisher attack."""
    named = f"id: {id}\n" if id else ""
    return (
        f"---\n{named}title: >-\n  {title} {PAYLOADS[attack]}\nlanguage: en\n"
        f"publisher: >-\n  Press {PAYLOADS[attack + 1]}\npublished: 2026-01-02\nsource_url: {ADDRESS}\n---\n\n"
    )


def _topic(topic: str) -> str:
    """An article that attacks in its front matter, headings, list and table."""
    attacks = PAYLOADS[TOPICS.index(topic) :: len(TOPICS)]
    items = [f"- {topic} may fall {' '.join(attacks[start : start + 3])}" for start in range(0, len(attacks), 3)]
    table = f"| Fund {attacks[3]} | Fee |\n|---|---|\n| {attacks[4]} | 0.1% {attacks[5]} |"
    head = _head(topic, 10 * TOPICS.index(topic), topic.lower())
    return f"{head}## {topic} risk factors {attacks[2]}\n\n" + "\n".join(items) + f"\n\n## Fees\n\n{table}\n"


def _figures() -> str:
    """An article of which each sentence states a figure, and attacks."""
    stated = [f"{fund}'s {stated} as of January 2, 2026" for fund in FUNDS for stated in STATED]
    attacks = [" ".join(QUOTED[place :: len(stated)]) for place in range(len(stated))]
    return _head("Figures", 60, "figures") + "\n\n".join(
        f"{said} ({attack})." for said, attack in zip(stated, attacks, strict=True)
    )


def _risks() -> str:
    """An article that the risk factors of the Figures view take their words from."""
    parts = (f"### {factor.section['en']}\n\n{factor.quotes['en']}" for factor in factors())
    return _head("Risks", 70, factors()[0].articles["en"]) + "\n\n".join(parts)


def _missing(attacks: Sequence[str], shown: str) -> list[str]:
    return [attack for attack in attacks if attack not in shown]


def _ask(page: Page, question: str) -> None:
    before, box = page.locator("#chat .answer").count(), page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")
    expect(page.locator("#chat .answer")).to_have_count(before + 1, timeout=PATIENCE)
    page.wait_for_function("[...document.querySelectorAll('#chat .answer')].pop().matches(':not(.growing)')")


def test_attacks_are_many_and_work_where_nothing_is_escaped(watched: Watched) -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 150
    watched.go(PATHS["en"])
    expect(watched.page.locator("#fine-print")).to_be_visible()
    works = [attack for attack in PAYLOADS if attack.startswith(("<img", "<svg", "<video", "<b ", "<a "))]
    put = "document.querySelector('#fine-print').append(Object.assign(document.createElement('p'), { innerHTML }))"
    watched.page.evaluate(f"attacks => {{ for (const innerHTML of attacks) {put} }}", works)
    watched.page.wait_for_timeout(500)
    assert len(watched.ran) >= 10 and any("evil.example" in url for url in watched.away)
    assert len(watched.strange("#fine-print")) >= len(works)


def test_answers_sources_and_questions_show_attacks_as_text(watched: Watched) -> None:
    watched.go(PATHS["en"])
    for topic in TOPICS:
        _ask(watched.page, f"What are the {topic} risk factors?")
    assert _missing(PAYLOADS, watched.shown("#chat .answer")) == []
    assert _missing(PAYLOADS, watched.shown("#sources")) == []
    _ask(watched.page, "Who founded Amber?")
    assert "risk factors <" in watched.shown("#chat .options")
    for start in range(0, len(PAYLOADS), 60):
        _ask(watched.page, " ".join(PAYLOADS[start : start + 60]))
    assert _missing(PAYLOADS, watched.shown("#chat .question")) == []
    watched.shown("#chat, #sources")


def test_articles_show_attacks_as_text(watched: Watched) -> None:
    watched.go(ARTICLES_PATHS["en"])
    whole = ""
    for topic in TOPICS:
        watched.page.locator(f'#items button[data-id="{topic.lower()}"]').click()
        expect(watched.page.locator("#whole article h3")).to_contain_text(topic)
        whole += watched.shown("#articles")
    assert _missing(PAYLOADS, whole) == []


def test_what_is_given_and_refused_is_shown_as_text(watched: Watched, tmp_path: Path) -> None:
    page, attack = watched.page, PAYLOADS[20]
    watched.go(ARTICLES_PATHS["en"])
    columns = "subject,metric,value,unit,as_of,source\n"
    with zipfile.ZipFile(tmp_path / "files.zip", "w") as archive:
        for name in NAMES:
            archive.writestr(f"{name}.md", _head("Given", 80) + f"Oil rose. {name}")
        archive.writestr(f"broken {attack}.md", f"---\npublished: '{attack}'\ntitle: x\n---\n\nOil.")
        archive.writestr(f"wrong {attack}.csv", f"{columns}{attack},net_assets,1000000,usd,2026-01-02,Press\n")
        archive.writestr("sheet.csv", f"{columns}IWM,net_assets,1000000000,usd,2026-01-02,Sheet {attack}\n")
    page.locator("#drop input[type=file]").set_input_files(tmp_path / "files.zip")
    expect(page.locator("table.candidates tbody tr")).to_have_count(len(NAMES) + 3, timeout=PATIENCE)
    expect(page.locator("#candidates .progress span")).to_have_text("")
    candidates = watched.shown("#articles")
    assert _missing([*NAMES, f"broken {attack}", f"wrong {attack}", "is '<img"], candidates) == []
    page.get_by_role("button", name=TEXTS.keep_all).click()
    expect(page.locator("table.candidates tr.added")).to_have_count(len(NAMES) + 1, timeout=PATIENCE)
    page.locator("#items button[data-id=sheet]").click()
    expect(page.locator("#whole article")).to_contain_text(f"Sheet {attack}")
    watched.shown("#articles")


def test_a_pasted_text_is_shown_as_text_until_it_is_removed(watched: Watched) -> None:
    page, others = watched.page, " ".join(PAYLOADS[90:120])
    watched.go(ARTICLES_PATHS["en"])
    page.locator("#pasted textarea").fill(_topic("Amber").replace("id: amber\n", "") + f"\nOther words {others}.\n")
    page.locator("#pasted .submit-button").click()
    expect(page.locator("#instead")).to_be_visible(timeout=PATIENCE)
    assert _missing([f"Other words {others}", PAYLOADS[0], PAYLOADS[1]], watched.shown("#adding")) == []
    page.get_by_role("button", name=TEXTS.keep, exact=True).click()
    expect(page.locator("#adding-status")).to_contain_text(PAYLOADS[0])
    page.locator("#items button[data-id^=amber-]").click()
    expect(page.locator("#whole article")).to_contain_text(f"Other words {others}")
    page.get_by_role("button", name=TEXTS.remove, exact=True).click()
    expect(page.locator("#done")).to_contain_text(PAYLOADS[0])
    watched.shown("#articles")


def test_figures_show_attacks_as_text(watched: Watched) -> None:
    watched.go(FIGURES_PATHS["en"])
    expect(watched.page.locator("#figures .risk blockquote")).to_have_count(9, timeout=PATIENCE)
    attacks = [*QUOTED, PAYLOADS[61], PAYLOADS[70], PAYLOADS[71]]  # in quotes, publishers and the title of an article
    assert _missing(attacks, watched.shown("#figures")) == []
