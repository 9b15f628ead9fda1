"""Figures of articles are read once and kept by content; added articles bring theirs and take them along."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant import Answer, Assistant, journal
from assistant.extraction import notebook
from assistant.extraction.notebook import FILE, Notebook, Stated
from assistant.index import Index
from assistant.live import LiveFigures
from assistant.passages import sentences_of
from assistant.retriever import Retriever
from assistant.store.derived import content_hash
from assistant.types import Article, Figure, Language, Sentence
from tests.fakes import WordCounts, article

ROOT = Path(__file__).resolve().parents[2]
TEXTS = {
    "fees": "IWM's expense ratio is 0.19%. VTWO's expense ratio is 0.07% as of March 31, 2026.",
    "age": "IWM's inception date is May 22, 2000.",
    "none": "Small caps move 3 times as much.",
}
ARTICLES = [article(id, text) for id, text in TEXTS.items()]


class _Reader:
    """Gives the sentences of articles and notes which were asked for."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self.articles = {article.id: article for article in articles}
        self.asked: list[str] = []

    def __call__(self, id: str) -> list[Sentence]:
        self.asked.append(id)
        return sentences_of(self.articles[id])


def _figures(folder: Path, articles: Sequence[Article]) -> tuple[list[Figure], list[str]]:
    reader = _Reader(articles)
    hashes = {article.id: content_hash(article) for article in articles}
    return list(Notebook(folder).figures(hashes, reader.articles.__getitem__, reader)), reader.asked


# --- the file -------------------------------------------------------------------------------------------------------


def test_each_article_is_read_once_and_gives_the_same_figures_again(tmp_path: Path) -> None:
    first, asked = _figures(tmp_path, ARTICLES)
    assert asked == list(TEXTS) and [figure.metric for figure in first] == ["expense_ratio"] * 2 + ["inception_date"]
    assert _figures(tmp_path, ARTICLES) == (first, [])
    assert {type(figure.value) for figure in first} == {float, date}


def test_changed_article_is_read_again_and_a_removed_one_has_no_figures(tmp_path: Path) -> None:
    _figures(tmp_path, ARTICLES)
    changed = replace(ARTICLES[0], published=date(2026, 5, 4))
    found, asked = _figures(tmp_path, [changed, ARTICLES[2]])
    assert asked == ["fees"]
    assert [figure.as_of for figure in found] == [date(2026, 5, 4), date(2026, 3, 31)]


@pytest.mark.parametrize("damage", [b"", b"\x00" * 40, b"torn", b"1 2 [[", b"\xff\xfe"])
def test_damaged_lines_are_read_again(tmp_path: Path, damage: bytes) -> None:
    figures, _ = _figures(tmp_path, ARTICLES)
    path = tmp_path / FILE
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([*lines[:-2], damage, lines[-1][:-9] + damage]))
    again, asked = _figures(tmp_path, ARTICLES)
    assert again == figures and asked == ["age", "none"]
    assert _figures(tmp_path, ARTICLES) == (figures, [])


def test_one_changed_character_of_a_line_is_damage(tmp_path: Path) -> None:
    figures, _ = _figures(tmp_path, ARTICLES)
    path = tmp_path / FILE
    path.write_text(path.read_text(encoding="utf-8").replace("0.07", "0.01"), encoding="utf-8")
    assert _figures(tmp_path, ARTICLES) == (figures, ["fees"])


def test_file_forgets_articles_that_are_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "SPARE", 3)
    for number in range(20):
        _figures(tmp_path, [article("note", f"IWM's expense ratio is 0.{number + 10}%.")])
    assert len((tmp_path / FILE).read_text(encoding="utf-8").split()) < 100
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    assert [len(_figures(tmp_path, ARTICLES)[0]) for _ in range(2)] == [3, 3]


def test_what_articles_state_is_found_by_name_in_their_order_and_stays_what_it_was(tmp_path: Path) -> None:
    reader, kept = _Reader(ARTICLES), Notebook(tmp_path)
    hashes = {article.id: content_hash(article) for article in ARTICLES}
    later = article("later", "IWM's expense ratio is 0.25%.")

    def stated(ids: Sequence[str]) -> Stated:
        return kept.figures({id: hashes[id] for id in ids}, reader.articles.__getitem__, reader)

    def values(found: Iterable[Figure]) -> list[object]:
        return [figure.value for figure in found]

    before = stated(["fees", "age"])
    reader.articles[later.id], hashes[later.id] = later, content_hash(later)
    after = stated(["later", "none", "fees"])
    assert values(before.named(("IWM", "expense_ratio"))) == [0.19]
    assert values(after.named(("IWM", "expense_ratio"))) == [0.25, 0.19]
    assert values(after.named((None, "expense_ratio"))) == [0.25, 0.19, 0.07]
    assert values(after.named(("IWM", ""))) == [0.25, 0.19] != values(before.named(("IWM", "")))
    assert values(before) == [0.19, 0.07, date(2000, 5, 22)] and values(after) == [0.25, 0.19, 0.07]
    assert list(after.named(("VTWG", "expense_ratio"))) == []
    assert values(before.of_article("age")) == [date(2000, 5, 22)] and not [*after.of_article("age")]


# --- from an added article to the answer ----------------------------------------------------------------------------

NOTES: dict[Language, str] = {
    "ko": """내 VTWO 메모

VTWO의 총보수는 2026년 3월 31일 기준 0.06%입니다. VTWO의 순자산은 2026년 3월 31일 기준 129억 달러입니다.
IWM의 총보수는 2025년 12월 31일 기준 0.25%입니다. VTWO의 배당수익률은 내년에 2%가 될 전망입니다.
""",
    "en": """My VTWO note

VTWO's expense ratio was 0.06% as of March 31, 2026. VTWO had net assets of $12.9 billion as of March 31, 2026.
IWM's expense ratio was 0.25% as of December 31, 2025. VTWO's dividend yield could reach 2% next year.
""",
}
QUESTIONS: dict[Language, dict[str, str]] = {
    "ko": {"size": "내 메모에서 VTWO 순자산은 얼마야?", "fee": "VTWO의 총보수는?", "rival": "IWM의 총보수는?"},
    "en": {
        "size": "What does my note say the net assets of VTWO are?",
        "fee": "What is the expense ratio of VTWO?",
        "rival": "What is the expense ratio of IWM?",
    },
}
SAID: dict[Language, dict[str, str]] = {
    "ko": {"size": "129억 달러", "fee": "0.06%", "rival": "0.25%"},
    "en": {"size": "$12.9 billion", "fee": "0.06%", "rival": "0.25%"},
}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Assistant]:
    """An assistant over a copy of two articles of the corpus, to add to and remove from."""
    (tmp_path / "corpus").mkdir()
    for name in ("figures.csv", "articles/fund-basics.md", "articles/fund-basics.en.md"):
        shutil.copy(ROOT / "corpus" / name, tmp_path / "corpus")
    with _opened(tmp_path) as opened:
        yield opened


def _opened(folder: Path) -> Assistant:
    embedder = WordCounts("expense ratio net assets note 총보수 순자산 메모 VTWO IWM")
    index = Index.open(folder / "indexes", embedder, graph_after=None)
    return Assistant(folder / "corpus", index, Retriever(index, embedder), LiveFigures(folder / "indexes", None))


def _quotes(answer: Answer) -> dict[str, str]:
    return {citation.article.id: citation.quote for citation in answer.quotes}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_added_note_brings_dated_figures_and_takes_them_along(own: Assistant, language: Language) -> None:
    before = {name: own.ask(question).text for name, question in QUESTIONS[language].items()}
    count = len(own.figures())
    note = own.add(NOTES[language], published=date(2026, 4, 2))
    stated = own.figures().query(f"article == '{note.id}'")
    assert set(zip(stated.subject, stated.metric, stated.value, stated.as_of.map(str), strict=True)) == {
        ("VTWO", "expense_ratio", 0.06, "2026-03-31"),
        ("VTWO", "net_assets", 12.9e9, "2026-03-31"),
        ("IWM", "expense_ratio", 0.25, "2025-12-31"),
    }
    for name, question in QUESTIONS[language].items():
        answer = own.ask(question)
        assert SAID[language][name] in answer.text and note.id in _quotes(answer), name
        assert _quotes(answer)[note.id] in note.text
        assert {number.verdict for sentence in answer.sentences for number in sentence.numbers} <= {"quoted", "figure"}
    rival = own.ask(QUESTIONS[language]["rival"])
    assert "0.19%" in rival.text and len(_quotes(rival)) == 2
    assert {citation.figure.as_of for citation in rival.quotes if citation.figure} == {date(2025, 12, 31)}

    own.remove(note.id)
    assert len(own.figures()) == count
    assert {name: own.ask(question).text for name, question in QUESTIONS[language].items()} == before


def test_figures_of_an_added_note_are_there_after_opening_again(
    own: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.add(NOTES["en"], published=date(2026, 4, 2))
    expected = own.figures()
    own.close()
    monkeypatch.setattr(notebook, "extract_figures", lambda *_: pytest.fail("an article was read again"))
    with _opened(tmp_path) as again:
        assert again.figures().equals(expected)


def test_article_whose_translation_the_file_covers_brings_no_figures_of_its_own(own: Assistant, tmp_path: Path) -> None:
    before = len(own.figures())
    text = "IWM's expense ratio is 0.19%."
    path = tmp_path / "corpus" / "added" / "basics-again.en.md"
    path.parent.mkdir(exist_ok=True)
    head = "id: basics-again.en\ntitle: Basics\nlanguage: en\npublisher: P\npublished: 2026-04-02\n"
    path.write_text(f"---\n{head}translation_of: fund-basics\n---\n\n{text}\n", encoding="utf-8")
    own.close()
    with _opened(tmp_path) as again:
        assert len(again.articles()) == 3 and len(again.figures()) == before
