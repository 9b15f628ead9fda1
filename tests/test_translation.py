"""Translations of quotes by a scripted model: shown beside the quote where they are faithful, else left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Answer, Assistant
from assistant.footnotes import markdown, plain_text
from assistant.index import Index
from assistant.live import LiveFigures
from assistant.retriever import Retriever
from assistant.translation import is_faithful
from assistant.types import Language
from assistant.web.schemas import Answer as Shape
from assistant.web.sources import render_sources
from tests.chat_server import ChatServer, Prompt, Reply, error
from tests.fakes import WordCounts

# The one article is in the language that is not the reader's.
FACTS: dict[Language, str] = {
    "ko": "The expense ratio of VTWO is 0.07% a year.",
    "en": "VTWO의 총보수는 연 0.07%입니다.",
}
ASKED: dict[Language, str] = {"ko": "VTWO의 총보수는?", "en": "What is the expense ratio of VTWO?"}
TOLD: dict[Language, str] = {"ko": "VTWO의 총보수는 0.07%예요.", "en": "The expense ratio of VTWO is 0.07%."}
GOOD: dict[Language, str] = {"ko": "VTWO의 총보수는 연 0.07%입니다.", "en": "VTWO's expense ratio is 0.07% a year."}
MARKED: dict[Language, str] = {"ko": "모델이 옮긴 글: ", "en": "Translated by the model: "}


@pytest.fixture(scope="module", params=["ko", "en"])
def language(request: pytest.FixtureRequest) -> Language:
    language: Language = request.param
    return language


@pytest.fixture(scope="module")
def abroad(
    language: Language, chat_server: ChatServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """An assistant whose only article is in the other language."""
    folder: Path = tmp_path_factory.mktemp("abroad")
    head = f"id: fees\ntitle: VTWO\nlanguage: {'en' if language == 'ko' else 'ko'}\npublisher: Press\n"
    text = f"---\n{head}published: 2026-01-02\n---\n\n{FACTS[language]}\n"
    (folder / "fees.md").write_text(text, encoding="utf-8")
    model = chat_server.model(gap=1.0, whole=3.0)
    embedder = WordCounts("vtwo expense 총보수")
    index, live = (
        Index.open(tmp_path_factory.mktemp("index"), embedder),
        LiveFigures(tmp_path_factory.mktemp("l"), None),
    )
    with Assistant(folder, index, Retriever(index, embedder), live, model=model) as opened:
        yield opened


def _asked(assistant: Assistant, server: ChatServer, language: Language, translated: Reply) -> Answer:
    """Ask where the model writes a good answer; what it makes of the quote is the case."""

    def script(prompt: Prompt) -> Reply:
        return Reply(f"{TOLD[language]} [1]") if prompt.question else translated

    server.script = script
    server.prompts.clear()
    answer = assistant.ask(ASKED[language])
    assert answer.writer == "openai:scripted" and [cited.quote for cited in answer.quotes] == [FACTS[language]]
    assert [row.text for row in server.prompts[-1].rows] == [FACTS[language]] and not server.prompts[-1].question
    Shape.model_validate(answer.to_dict())
    return answer


def test_translation_stands_marked_beside_the_quote(
    abroad: Assistant, chat_server: ChatServer, language: Language
) -> None:
    answer = _asked(abroad, chat_server, language, Reply(f"[1] {GOOD[language]}\n[7] {GOOD[language]}"))
    line = MARKED[language] + GOOD[language]
    in_html = line.replace("'", "&#x27;")
    [citation] = answer.to_dict()["citations"]
    assert (citation["quote"], citation["translation"]) == (FACTS[language], GOOD[language])
    assert f'</mark></blockquote><p class="card-translation" lang="{language}">{in_html}</p>' in render_sources(
        [(1, answer)], language
    )
    for shown in (plain_text(answer), markdown(answer)):
        assert shown.index(FACTS[language]) < shown.index(line)


UNFAITHFUL: dict[str, dict[Language, str]] = {
    "another number": {"ko": "VTWO의 총보수는 연 0.70%입니다.", "en": "VTWO's expense ratio is 0.70% a year."},
    "a number more": {
        "ko": "VTWO의 총보수는 3년간 연 0.07%입니다.",
        "en": "VTWO's expense ratio is 0.07%, once 0.10%.",
    },
    "no number": {"ko": "VTWO의 총보수는 낮습니다.", "en": "VTWO's expense ratio is low."},
    "another fund": {"ko": "IWM의 총보수는 연 0.07%입니다.", "en": "The expense ratio of IWM is 0.07% a year."},
    "denied": {"ko": "VTWO의 총보수는 연 0.07%가 아닙니다.", "en": "VTWO's expense ratio is not 0.07% a year."},
    "not translated": {"ko": "VTWO's expense ratio is 0.07% a year.", "en": "VTWO의 총보수는 연 0.07%입니다."},
    "a link": {
        "ko": "VTWO의 총보수는 연 0.07%입니다 www.evil.example",
        "en": "The [fee](http://evil.example) of VTWO is 0.07%.",
    },
    "endless words": {
        "ko": "VTWO의 총보수는 연 0.07%입니다. " + "그래요. " * 60,
        "en": "The fee of VTWO is 0.07%." + " Yes." * 99,
    },
}
FAILED = {
    "empty": Reply(),
    "endless": Reply("word " * 200, endless=True),
    "broken": error(500),
    "silent": Reply("late", wait=1.5),
    "no number before it": Reply("VTWO 0.07%"),
}


def test_unfaithful_translation_is_left_out(abroad: Assistant, chat_server: ChatServer, language: Language) -> None:
    answer = _asked(abroad, chat_server, language, Reply(f"[1] {UNFAITHFUL['another number'][language]}"))
    assert "translation" not in answer.to_dict()["citations"][0]
    assert MARKED[language] not in plain_text(answer) and "0.70" not in render_sources([(1, answer)], language)


@pytest.mark.parametrize("case", UNFAITHFUL)
def test_translation_that_says_something_else_is_unfaithful(language: Language, case: str) -> None:
    assert is_faithful(GOOD[language], FACTS[language], language)
    assert not is_faithful(UNFAITHFUL[case][language], FACTS[language], language)


@pytest.mark.parametrize("case", FAILED)
def test_answer_stays_whole_where_no_translation_comes(
    abroad: Assistant, chat_server: ChatServer, language: Language, case: str
) -> None:
    answer = _asked(abroad, chat_server, language, FAILED[case])
    assert answer.sentences[0].text == TOLD[language] and not any(quote.translation for quote in answer.quotes)
