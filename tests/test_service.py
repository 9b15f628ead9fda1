"""The assistant as a whole: what every answer promises, and how its corpus changes.

The promises are checked over the real corpus; adding and removing over a small one of our own, with counted words for
vectors, so that nothing has to be learned from a model.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant import Answer, ArticleError, Assistant, QuestionError
from assistant.index import Index
from assistant.live import LiveFigures
from assistant.numbers import find_numbers
from assistant.retriever import Retriever
from assistant.types import Language
from tests.fakes import WordCounts
from tests.fetching.web import Web, reply, to

# A question and a word that its answer has to hold; None where the sources do not answer.
ASKED: dict[Language, dict[str, str | None]] = {
    "ko": {
        "VTWO의 헬스케어 비중은?": "18.8%",
        "VTWO에서 금융 비중은 몇 %야?": "17.2%",
        "S&P 500의 IT 비중은 얼마예요?": "32.9%",
        "IWM의 총보수는 얼마인가요?": "0.19%",
        "VTWO 수수료 알려줘": "0.07%",
        "IWM은 언제 상장됐어요?": "2000년 5월 22일",
        "VTWO 상위 10개 종목을 알려줘": "0.74%",
        "VTWO에서 비중이 가장 큰 종목은?": "크레도",
        "VTWO에서 아이온큐 비중은?": "0.51%",
        "러셀 2000의 PER은?": "20.4배",
        "러셀 2000과 S&P 500의 변동금리 부채 비중을 비교해줘": "26%p",
        "IWM과 VTWO의 총보수 차이는?": "0.12%p",
        "연준은 금리를 몇 번 내렸나요?": "6회",
        "VTWO의 10년 수익률은?": "220%",
        "미국 소형주의 위험요인 아홉 가지를 나열해줘": "금리",
        "소형주의 세 번째 위험은 뭐야?": "경기",
        "금리가 오르면 소형주에 왜 나쁜가요?": "이자",
        "VTWO 기사의 부정 시나리오는?": "둔화",
        "러셀 2000 지수는 누가 만드나요?": "FTSE",
        "IWM의 거래소는 어디예요?": "NYSE",
        "VTWO의 에너지 비중은?": None,
        "IWM의 베타는 얼마야?": None,
        "테슬라 주가는 얼마예요?": None,
        "오늘 서울 날씨 어때?": None,
        "VTWG의 총보수는?": None,
    },
    "en": {
        "What is VTWO's health care weight?": "18.8%",
        "How much of VTWO is in financials?": "17.2%",
        "What is the information technology weight of the S&P 500?": "32.9%",
        "What is the expense ratio of IWM?": "0.19%",
        "What fee does VTWO charge?": "0.07%",
        "When was IWM launched?": "May 22, 2000",
        "List the top ten holdings of VTWO": "0.74%",
        "What is VTWO's largest holding?": "Credo",
        "What is the weight of IonQ in VTWO?": "0.51%",
        "What is the P/E ratio of the Russell 2000?": "20.4",
        "Compare the floating-rate debt share of the Russell 2000 and the S&P 500": "26 percentage points",
        "What is the difference between the expense ratios of IWM and VTWO?": "0.12 percentage points",
        "How many times did the Fed cut rates?": "6",
        "What was VTWO's 10-year return?": "220%",
        "List the nine risk factors of US small caps": "interest rate",
        "What is the third risk of small caps?": "slowdown",
        "Why do rising interest rates hurt small caps?": "interest",
        "What is the negative scenario of the VTWO article?": "slowdown",
        "Who provides the Russell 2000 index?": "FTSE",
        "On which exchange is IWM listed?": "NYSE",
        "What is the energy weight of VTWO?": None,
        "What is IWM's beta?": None,
        "What is Tesla's share price?": None,
        "How is the weather in Seoul today?": None,
        "What is the expense ratio of VTWG?": None,
    },
}
NOTHING: dict[Language, str] = {"ko": "자료에서 찾지 못했어요.", "en": "The sources do not answer this."}
LANGUAGES: tuple[Language, ...] = ("ko", "en")
EXPECTED = {question: holds for asked in ASKED.values() for question, holds in asked.items()}


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> dict[str, Answer]:
    return {question: assistant.ask(question) for question in EXPECTED}


# --- what an answer promises ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", [question for question, holds in EXPECTED.items() if holds])
def test_answerable_question_gets_its_fact(answers: dict[str, Answer], question: str) -> None:
    answer = answers[question]
    assert not answer.abstained
    assert str(EXPECTED[question]).lower() in answer.text.lower()


@pytest.mark.parametrize(
    ("question", "fact", "besides"),
    [
        ("Which exchange lists VTWO?", "Nasdaq", "issuer"),
        ("IWM은 어느 거래소에 상장돼 있어?", "NYSE 아카", "운용사"),
        ("Who is the issuer of IWM?", "BlackRock", "exchange"),
        ("VTWO 운용사는 어디야?", "뱅가드", "거래소"),
        ("Who provides the index?", "FTSE Russell", "launched"),
        ("러셀 2000 지수는 누가 만들어?", "FTSE 러셀", "운용사"),
        ("Who wrote the VTWO article?", "Anthony Di Pizio", "diversify"),
        ("VTWO 기사는 누가 썼어?", "Anthony Di Pizio", "분할매수"),
    ],
)
def test_fact_without_a_number_is_told_by_the_sentence_that_names_it(
    assistant: Assistant, question: str, fact: str, besides: str
) -> None:
    text = assistant.ask(question).text
    assert fact in text and besides not in text


@pytest.mark.parametrize("question", [question for question, holds in EXPECTED.items() if holds is None])
def test_question_beyond_the_sources_gets_the_fixed_sentence(answers: dict[str, Answer], question: str) -> None:
    answer = answers[question]
    assert answer.abstained
    assert answer.text.split("\n")[0] == NOTHING[answer.language]
    assert [sentence.text for sentence in answer.sentences] == [NOTHING[answer.language]]
    assert (answer.citations, answer.figures, answer.sentences[0].citations) == ((), (), ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_of_the_answer_is_that_of_the_question(answers: dict[str, Answer], language: Language) -> None:
    for question in ASKED[language]:
        assert answers[question].language == language
        assert {citation.article.language for citation in answers[question].citations} <= {language}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_quote_is_exactly_the_span_of_its_article(
    assistant: Assistant, answers: dict[str, Answer], language: Language
) -> None:
    for question in ASKED[language]:
        for citation in answers[question].citations:
            text = assistant.article(citation.article.id).text
            assert citation.quote.strip()
            assert text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_cited_and_every_citation_used_in_order(
    answers: dict[str, Answer], language: Language
) -> None:
    for question in ASKED[language]:
        answer = answers[question]
        if not answer.abstained:
            used = [number for sentence in answer.sentences for number in sentence.citations]
            assert all(sentence.citations for sentence in answer.sentences), question
            assert list(dict.fromkeys(used)) == [citation.number for citation in answer.citations]
            assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_has_a_check_and_none_is_unsupported(answers: dict[str, Answer], language: Language) -> None:
    for question in ASKED[language]:
        for sentence in answers[question].sentences:
            stated = [number.text for number in find_numbers(sentence.text) if number.unit != "ordinal"]
            assert Counter(check.text for check in sentence.numbers) == Counter(stated), question
            assert {check.verdict for check in sentence.numbers} <= {"quoted", "figure", "computed"}
            assert all(check.citation in sentence.citations for check in sentence.numbers)
            assert all(check.formula for check in sentence.numbers if check.verdict == "computed")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_an_answer_is_one_that_it_cites(answers: dict[str, Answer], language: Language) -> None:
    for question in ASKED[language]:
        cited = [citation.figure for citation in answers[question].citations if citation.figure]
        assert [replace(figure, stale=False) for figure in answers[question].figures] == cited


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_is_json_of_the_documented_keys(answers: dict[str, Answer], language: Language) -> None:
    for question in ASKED[language]:
        made = answers[question].to_dict()
        assert json.loads(json.dumps(made, ensure_ascii=False)) == made
        assert list(made) == [
            "question", "asked_as", "language", "abstained", "writer", "text", "sentences", "citations", "figures",
            "follow_ups", "notices", "timings_ms",
        ]  # fmt: skip
        assert set(made["timings_ms"]) == {"retrieve", "write", "check"}
        for sentence in made["sentences"]:
            assert set(sentence) == {"text", "citations", "numbers"}
            assert all({"text", "verdict", "citation"} <= set(number) for number in sentence["numbers"])
        for citation in made["citations"]:
            assert {
                "number",
                "kind",
                "article",
                "title",
                "url",
                "published",
                "language",
                "start",
                "end",
                "quote",
            } <= set(citation)
            assert date.fromisoformat(citation["published"])
        for figure in made["figures"]:
            assert {"subject", "metric", "value", "unit", "as_of", "origin", "source", "citation", "stale"} <= set(
                figure
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_follow_ups_are_few_new_and_answerable(
    assistant: Assistant, answers: dict[str, Answer], language: Language
) -> None:
    suggested = [answers[question].follow_ups for question in ASKED[language] if not answers[question].abstained]
    assert all(len(set(follow_ups)) == len(follow_ups) <= 3 for follow_ups in suggested)
    for follow_up in list(dict.fromkeys(question for follow_ups in suggested for question in follow_ups))[:4]:
        assert not assistant.ask(follow_up).abstained, follow_up


def test_two_threads_get_the_answers_that_one_gets(assistant: Assistant, answers: dict[str, Answer]) -> None:
    questions = list(EXPECTED)[:3] + list(EXPECTED)[-3:]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(assistant.ask, questions * 2))
    assert [answer.text for answer in together] == [answers[question].text for question in questions * 2]


@pytest.mark.parametrize("question", ["", "  \n\t", "\u200b"])
def test_empty_question_is_refused_in_both_languages(assistant: Assistant, question: str) -> None:
    with pytest.raises(QuestionError) as refused:
        assistant.ask(question)
    assert "empty" in refused.value.message("en")
    assert "비어" in refused.value.message("ko")


def test_question_of_ten_thousand_characters_is_refused_in_both_languages(assistant: Assistant) -> None:
    with pytest.raises(QuestionError) as refused:
        assistant.ask("가" * 10_000)
    assert "10,000" in refused.value.message("en") and "4,000" in refused.value.message("en")
    assert "10,000" in refused.value.message("ko") and "4,000" in refused.value.message("ko")


def test_unknown_article_is_refused_by_its_name(assistant: Assistant) -> None:
    with pytest.raises(ArticleError, match="zztop-note") as refused:
        assistant.article("zztop-note")
    assert "zztop-note" in refused.value.message("ko")


@pytest.mark.parametrize("language", LANGUAGES)
def test_search_keeps_to_the_language_and_articles_asked_for(assistant: Assistant, language: Language) -> None:
    other = "fund-basics.en" if language == "en" else "fund-basics"
    hits = assistant.search("IWM", k=50, language=language, exclude=[other])
    assert hits and {hit.passage.language for hit in hits} == {language}
    assert other not in {hit.passage.article for hit in hits}
    included = assistant.search("IWM", k=3, include=[other])
    assert [hit.rank for hit in included] == [1, 2, 3]
    assert {hit.passage.article for hit in included} == {other}


def test_figures_are_a_table_of_one_subject_or_all(assistant: Assistant) -> None:
    fees = assistant.figures("IWM").query("metric == 'expense_ratio' and article == 'fund-basics'")
    assert sorted(fees["value"]) == [0.19, 0.19, 0.20]
    assert {"IWM", "VTWO", "S&P 500"} <= set(assistant.figures()["subject"])
    assert assistant.figures("ZZTOP").empty


# --- the corpus changes ---------------------------------------------------------------------------------------------

ZZTOP: dict[Language, tuple[str, str, str]] = {
    "ko": (
        "ZZTOP 펀드 안내\n\nZZTOP 펀드의 총보수는 연 0.42%입니다. ZZTOP 펀드는 소형주에 투자합니다.\n",
        "ZZTOP 펀드의 총보수는 얼마예요?",
        "ZZTOP 펀드의 총보수는 연 0.42%입니다.",
    ),
    "en": (
        "About the ZZTOP fund\n\nThe ZZTOP fund charges an expense ratio of 0.42% a year. ZZTOP buys small caps.\n",
        "What is the expense ratio of the ZZTOP fund?",
        "The ZZTOP fund charges an expense ratio of 0.42% a year.",
    ),
}
BASICS = """---
id: basics
title: IWM in short
language: en
publisher: Publisher
published: 2026-05-03
tickers: [IWM]
---

## Costs

IWM's expense ratio is 0.19% a year. Oil shares fell in May.
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "articles").mkdir(parents=True)
    (folder / "articles" / "basics.md").write_text(BASICS, encoding="utf-8")
    (folder / "figures.csv").write_text(
        "subject,metric,value,unit,as_of,article,quote\n"
        "IWM,expense_ratio,0.19,percent,2026-05-03,basics,IWM's expense ratio is 0.19% a year.\n",
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def own(corpus: Path, tmp_path: Path, web: Web) -> Iterator[Assistant]:
    """An assistant over a corpus of one article, to add to and remove from; pages come from the small web."""
    embedder = WordCounts("zztop expense ratio oil 총보수 펀드")
    index = Index.open(tmp_path / "indexes", embedder, graph_after=None)
    live = LiveFigures(tmp_path / "indexes", None)
    with Assistant(corpus, index, Retriever(index, embedder), live, fetcher=web.fetcher()) as opened:
        yield opened


def _ids(assistant: Assistant) -> list[str]:
    return [article.id for article in assistant.articles()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_added_file_is_answered_from_until_it_is_removed(own: Assistant, tmp_path: Path, language: Language) -> None:
    text, question, fact = ZZTOP[language]
    file = tmp_path / "ZZTOP note.txt"
    file.write_text(text, encoding="utf-8")
    assert own.ask(question).abstained

    added = own.add(file, published=date(2026, 6, 1))
    assert (added.id, added.language, added.published) == ("zztop-note", language, date(2026, 6, 1))
    assert _ids(own) == ["zztop-note", "basics"]
    answer = own.ask(question)
    assert fact in answer.text and answer.language == language
    assert {citation.article.id for citation in answer.citations} == {"zztop-note"}

    assert own.remove("zztop-note").text == added.text
    assert _ids(own) == ["basics"]
    assert own.ask(question).abstained
    assert not own.search("ZZTOP", include=["zztop-note"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_added_page_is_answered_from_with_its_own_address(own: Assistant, web: Web, language: Language) -> None:
    text, question, fact = ZZTOP[language]
    title, _, body = text.partition("\n\n")
    own_address = "https://news.example.test/funds/zztop"
    web.play("example.test/zztop?utm_source=mail", to(f"{own_address}?utm_source=mail"))
    web.play(
        "news.example.test/funds/zztop?utm_source=mail",
        reply(
            f'<html><head><title>{title}</title><link rel="canonical" href="{own_address}">'
            '<meta property="og:site_name" content="Fund News">'
            '<meta property="article:published_time" content="2026-06-01T09:00:00+09:00"></head>'
            f"<body><article><h1>{title}</h1><p>{body}</p></article></body></html>"
        ),
    )
    added = own.add("https://example.test/zztop?utm_source=mail")
    assert (added.title, added.language, added.publisher) == (title, language, "Fund News")
    assert (added.published, added.source_url) == (date(2026, 6, 1), own_address)
    answer = own.ask(question)
    assert fact in answer.text
    assert {citation.article.source_url for citation in answer.citations} == {own_address}


@pytest.mark.parametrize("address", ["http://127.0.0.1/", "http://[::1]/", "file:///etc/passwd", "http://inside.test/"])
def test_address_that_is_not_public_changes_nothing(own: Assistant, web: Web, corpus: Path, address: str) -> None:
    web.names["inside.test"] = ["10.0.0.1"]
    files = sorted(corpus.rglob("*"))
    with pytest.raises(ArticleError):
        own.add(address)
    assert (_ids(own), sorted(corpus.rglob("*")), web.dialled, web.trapped) == (["basics"], files, [], 0)


@pytest.mark.slow
def test_no_page_is_fetched_while_live_is_off(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_LIVE", "off")
    with Assistant.open(corpus=corpus, indexes=tmp_path / "indexes") as opened:
        with pytest.raises(ArticleError, match="ASSISTANT_LIVE is off"):
            opened.add("http://10.0.0.1/")  # where the network is on, this is refused for another reason
        assert _ids(opened) == ["basics"]


def test_nobody_waits_for_a_slow_site(own: Assistant, web: Web) -> None:
    asked, over = threading.Event(), threading.Event()

    def late() -> list[bytes]:
        asked.set()
        over.wait(10)
        return list(reply(f"<html><body><article><p>{ZZTOP['en'][0]}</p></article></body></html>")())

    web.play("example.test/late", late)
    with ThreadPoolExecutor(1) as pool:
        adding = pool.submit(own.add, "http://example.test/late")
        assert asked.wait(10)
        quick = own.add("A note of ours.\n\nOil shares rose in June.\n").id
        assert not adding.done()
        over.set()
        late_id = adding.result().id
    assert set(_ids(own)) == {"basics", quick, late_id}


def test_second_file_of_a_name_gets_a_number(own: Assistant, tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    for place, id in enumerate(["note", "note-2"]):
        file.write_text(f"ZZTOP lost {place + 3} clients in May.\n", encoding="utf-8")
        assert own.add(file).id == id
    own.remove("note")
    assert _ids(own) == ["note-2", "basics"]


@pytest.mark.parametrize(
    ("name", "data", "en", "ko"),
    [
        ("empty.txt", b"  \n", "", ""),
        ("binary.txt", b"\x00\x01\x02", "binary", "이진"),
        ("photo.png", b"\x89PNG", "photo.png", "photo.png"),
        ("same.txt", b"## Costs\n\nIWM's expense ratio is 0.19% a year. Oil shares fell in May.\n", "basics", "basics"),
        ("missing.txt", None, "no file", "없어요"),
    ],
)
def test_refused_source_changes_nothing(
    own: Assistant, corpus: Path, tmp_path: Path, name: str, data: bytes | None, en: str, ko: str
) -> None:
    question = "What is the expense ratio of IWM?"
    before, files = own.ask(question).text, sorted(corpus.rglob("*.md"))
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(ArticleError) as refused:
        own.add(tmp_path / name)
    assert en in refused.value.message("en") and ko in refused.value.message("ko")
    assert refused.value.message("en") != refused.value.message("ko")
    assert (_ids(own), sorted(corpus.rglob("*.md"))) == (["basics"], files)
    assert own.ask(question).text == before
    assert own.check() == []


def test_unknown_article_cannot_be_removed(own: Assistant) -> None:
    with pytest.raises(ArticleError, match="nothing-here"):
        own.remove("nothing-here")
    assert _ids(own) == ["basics"]


def test_removed_article_takes_its_figures_along(own: Assistant) -> None:
    assert list(own.figures("IWM")["value"]) == [0.19]
    own.remove("basics")
    assert own.figures().empty
    assert own.ask("What is the expense ratio of IWM?").abstained


def test_asking_goes_on_while_articles_come_and_go(own: Assistant) -> None:
    question = "What is the expense ratio of IWM?"
    before = own.ask(question).text
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(own.ask, question) for _ in range(12)]
        for place in range(3):
            own.remove(own.add(f"Note {place} on ZZTOP.\n\nIt lost {place + 3} clients.\n").id)
        assert {answer.result().text for answer in asked} == {before}
    assert _ids(own) == ["basics"]


# --- before it is kept, and after -----------------------------------------------------------------------------------

NOTE = """Small caps in spring

Small caps lag when rates rise. IWM follows the Russell 2000 with its many names.
Investors should expect wide swings in downturns. The spread between bid and ask is wider than for large caps.
"""


def test_a_preview_tells_what_would_be_kept_and_changes_nothing(own: Assistant) -> None:
    preview = own.preview(NOTE, published=date(2026, 4, 1))
    assert (preview.article.title, preview.article.published) == ("Small caps in spring", date(2026, 4, 1))
    assert preview.passages == 1 and preview.likeness is None
    assert _ids(own) == ["basics"]


def test_a_near_copy_is_reported_and_its_sentences_are_quoted_once(own: Assistant) -> None:
    own.add(NOTE, published=date(2026, 4, 1))
    copy = own.preview(NOTE.replace("wide swings", "wild swings"), title="Spring again", published=date(2026, 4, 2))
    assert copy.likeness is not None and copy.likeness.article.id == "small-caps-in-spring"
    [added], [gone] = copy.likeness.added, copy.likeness.gone
    assert "wild swings" in added and "wide swings" in gone
    own.add(copy)
    answer = own.ask("Why do small caps lag when rates rise?")
    assert answer.text.count("Small caps lag when rates rise.") == 1


def test_a_new_version_takes_the_place_of_the_old_which_can_be_brought_back(own: Assistant) -> None:
    first = own.add(NOTE, published=date(2026, 4, 1))
    second = own.replace(first.id, NOTE.replace("spring", "summer"), published=date(2026, 7, 1))
    assert (second.id, second.title) == (first.id, "Small caps in summer")
    assert own.search("summer", 1)[0].passage.article == first.id
    assert own.restore(first.id) == first == own.article(first.id)
    own.remove(first.id)
    assert own.restore(first.id) == first and first.id in _ids(own)
