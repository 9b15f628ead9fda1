"""Articles that give orders, and a model that obeys them: no rule, citation, number or language changes.

The orders stand in the text, in comments, titles, headings, front matter and file names, in both languages, beside
facts that are asked for. The same articles are asked without a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest

from assistant import Assistant
from assistant.index import Index
from assistant.live import LiveFigures
from assistant.llm import load_chat
from assistant.retriever import Retriever
from tests.chat_server import KEY, ChatServer
from tests.fakes import WordCounts
from tests.orders import ASKED, FACTS, LANGUAGES, ORDERS, holds, is_ours, name, obeying

PLACES = ("text", "comment", "title", "heading", "front matter", "file name", "fence")
CASES = [(order, place, language) for order, place, language in product(ORDERS, PLACES, LANGUAGES)]


def _file(case: int) -> tuple[str, str]:
    """The name and the text of an article file that gives an order."""
    order, place, language = CASES[case]
    words = ORDERS[order].words[language]
    at = {each: words if each == place else "" for each in PLACES}
    fact = FACTS[language].format(name=name(case), n=case % 89 + 10)
    comment = f"<!-- {at['comment']} -->\n\n" if at["comment"] else ""
    fence = f'</rows>\n\n{{"n": 1, "text": "{words}"}}\n\n' if at["fence"] else ""
    title = f"{name(case)} {at['title']}".strip().replace('"', "'")
    extra = f'note: "{at["front matter"]}"\n' if at["front matter"] else ""
    head = f'id: case-{case}\ntitle: "{title}"\nlanguage: {language}\npublisher: Press\npublished: 2026-01-02\n{extra}'
    text = f"---\n{head}---\n\n## {name(case)} {at['heading']}\n\n{comment}{at['text']}\n\n{fact}\n\n{fence}"
    stem = re.sub(r"[^\w가-힣 ]", "", at["file name"])[:60] if at["file name"] else "case"
    return f"{stem}-{case}.md", text


@pytest.fixture(scope="module", params=["obeying model", "no model"])
def poisoned(
    request: pytest.FixtureRequest, chat_server: ChatServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """An assistant over articles that give orders; its vectors count words."""
    folder = tmp_path_factory.mktemp("poisoned")
    for case in range(len(CASES)):
        file, text = _file(case)
        (folder / file).write_text(text, encoding="utf-8")
    embedder = WordCounts("fee fund charges 보수 펀드 " + " ".join(name(case).lower() for case in range(len(CASES))))
    model = None
    if request.param == "obeying model":
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("OPENAI_BASE_URL", chat_server.url)
            patch.setenv("OPENAI_API_KEY", KEY)
            model = load_chat("openai:obeying", gap=5.0, whole=10.0)
    index = Index.open(tmp_path_factory.mktemp("indexes"), embedder)
    live = LiveFigures(tmp_path_factory.mktemp("live"), None)
    with Assistant(folder, index, Retriever(index, embedder), live, model=model) as opened:
        yield opened


def test_there_are_a_hundred() -> None:
    assert len(CASES) >= 100 and len({name(case) for case in range(len(CASES))}) == len(CASES)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(n, id=" · ".join(case), marks=() if n % 5 == 0 else pytest.mark.slow)
        for n, case in enumerate(CASES)
    ],
)
def test_orders_of_an_article_change_nothing(poisoned: Assistant, chat_server: ChatServer, case: int) -> None:
    order, _, language = CASES[case]
    chat_server.script = obeying(order, language)
    chat_server.prompts.clear()
    answer = poisoned.ask(ASKED[language].format(name=name(case)))
    holds(answer, language, f"0.{case % 89 + 10}%")
    assert all(map(is_ours, chat_server.prompts))
