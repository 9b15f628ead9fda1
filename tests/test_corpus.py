"""The corpus itself: its articles, its figures, and the list of facts that they have to state."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.articles import read_corpus
from assistant.figures.stated import read_figures
from assistant.figures.table import figure_number
from assistant.language import is_hangul
from assistant.markdown import blocks
from assistant.numbers import equal, find_numbers
from assistant.passages import passages_of, sentences_of
from assistant.types import Article, Passage, Sentence

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"
SEEDS = ROOT.parent / "shared" / "seeds"

READ = read_corpus(CORPUS / "articles")
ARTICLES = {article.id: article for article in READ.articles}
ORIGINALS = [article for article in READ.articles if article.translation_of is None]
FIGURES = read_figures(CORPUS / "figures.csv", ARTICLES)
FACTS: list[dict[str, Any]] = yaml.load(
    (ROOT / "tests/golden/facts.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader
)


@pytest.fixture(scope="module")
def sentences() -> dict[str, list[Sentence]]:
    return {id: sentences_of(article) for id, article in ARTICLES.items()}


@pytest.fixture(scope="module")
def stated(sentences: dict[str, list[Sentence]]) -> dict[str, set[str]]:
    """The texts of each article's sentences and list items."""
    return {id: {sentence.text for sentence in found} for id, found in sentences.items()}


def _headings(article: Article) -> list[str]:
    return re.findall(r"^(#+) ", article.text, re.MULTILINE)


def _vocabulary() -> dict[str, set[str]]:
    """The metrics that corpus/README.md documents, each with its units; placeholders stand for what may follow."""
    documented: dict[str, set[str]] = {}
    for line in (CORPUS / "README.md").read_text(encoding="utf-8").splitlines():
        names, *_, units = ([*map(str.strip, line.strip("|").split("|"))] + [""])[:3]
        if line.startswith("| `") and units not in {"yes", "no"} and "`" not in units:
            for name in re.findall(r"`([a-z0-9_.<>A-Z]+)`", names):
                documented[name] = set(units.split(", "))
    return documented


# --- articles -------------------------------------------------------------------------------------------------------


def test_every_file_is_read() -> None:
    assert not READ.problems
    assert {path.stem for path in READ.files.values()} == set(ARTICLES)
    assert len(ORIGINALS) >= 3


@pytest.mark.parametrize("article", ORIGINALS, ids=lambda article: article.id)
def test_each_korean_article_has_an_english_counterpart_of_the_same_shape(article: Article) -> None:
    counterpart = ARTICLES[f"{article.id}.en"]
    assert (article.language, counterpart.language) == ("ko", "en")
    assert counterpart.translation_of == article.id
    assert _headings(counterpart) == _headings(article)
    assert counterpart.published == article.published
    assert counterpart.publisher == article.publisher or any(map(is_hangul, article.publisher))
    assert not any(map(is_hangul, counterpart.publisher))
    assert (counterpart.tickers, counterpart.source_url) == (article.tickers, article.source_url)


def test_there_is_no_counterpart_without_its_original() -> None:
    assert {article.translation_of for article in ARTICLES.values()} - {None} == {article.id for article in ORIGINALS}


@pytest.mark.parametrize("article", ARTICLES.values(), ids=lambda article: article.id)
def test_sentences_and_passages_are_exact_slices(article: Article, sentences: dict[str, list[Sentence]]) -> None:
    found = sentences[article.id]
    passages = passages_of(article, found)
    assert found and passages
    parts: list[Sentence | Passage] = [*found, *passages]
    for part in parts:
        assert article.text[part.start : part.end] == part.text == part.text.strip()


@pytest.mark.parametrize("article", ARTICLES.values(), ids=lambda article: article.id)
def test_every_word_of_the_body_is_in_a_sentence(article: Article, sentences: dict[str, list[Sentence]]) -> None:
    said = "".join("".join(sentence.text.split()) for sentence in sentences[article.id])
    written = "".join("".join(article.text[block.start : block.end].split()) for block in blocks(article.text))
    assert said == written


# --- facts ----------------------------------------------------------------------------------------------------------


def test_facts_are_many_and_named_once() -> None:
    names = [fact["id"] for fact in FACTS]
    assert len(names) == len(set(names)) > 120


def test_facts_cover_every_article() -> None:
    for language in ("ko", "en"):
        quoted = {fact[language]["article"] for fact in FACTS}
        assert quoted == {article.id for article in ARTICLES.values() if article.language == language}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_fact_is_a_sentence_of_its_article(language: str, stated: dict[str, set[str]]) -> None:
    missing = [fact["id"] for fact in FACTS if fact[language]["quote"] not in stated[fact[language]["article"]]]
    assert not missing


def test_both_languages_state_a_fact_in_the_same_article() -> None:
    assert not [fact["id"] for fact in FACTS if fact["en"]["article"] != f"{fact['ko']['article']}.en"]


# --- figures --------------------------------------------------------------------------------------------------------


def test_every_row_of_the_file_is_a_figure() -> None:
    with (CORPUS / "figures.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(FIGURES) > 0


def test_every_figure_is_quoted_from_a_whole_sentence(stated: dict[str, set[str]]) -> None:
    assert not [(figure.article, figure.quote) for figure in FIGURES if figure.quote not in stated[figure.article]]


def test_every_figure_stands_in_its_quote_with_its_unit() -> None:
    for figure in FIGURES:
        number = figure_number(figure)
        assert any(equal(number, read) for read in find_numbers(figure.quote)), figure


def test_every_metric_and_unit_is_documented() -> None:
    documented = _vocabulary()
    sectors = set(re.findall(r"`([a-z_]+)`", (CORPUS / "README.md").read_text(encoding="utf-8")))
    for figure in FIGURES:
        family, _, member = figure.metric.partition(".")
        name = {"sector_weight": "sector_weight.<sector>", "holding_weight": "holding_weight.<TICKER>"}.get(
            family, figure.metric
        )
        assert figure.unit in documented[name], figure
        assert family != "sector_weight" or member in sectors, figure


def test_both_languages_state_the_same_figures() -> None:
    rows = {
        article.id: sorted(
            (figure.subject, figure.metric, str(figure.value), figure.unit, str(figure.as_of))
            for figure in FIGURES
            if figure.article == article.id
        )
        for article in ARTICLES.values()
    }
    for article in ORIGINALS:
        assert rows[article.id] == rows[f"{article.id}.en"]


# --- the sources' own words -----------------------------------------------------------------------------------------


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the source articles are not beside this repository")
def test_no_sentence_of_the_sources_is_copied() -> None:
    sources = " \n".join(path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt")))
    parts = (" ".join(part.split()) for part in re.split(r"(?<=[.!?])\s+|\n", sources))
    copied = {part for part in parts if len(part) >= 20}
    assert len(copied) > 100
    for path in (*CORPUS.rglob("*"), *(ROOT / "tests").rglob("*")):
        if path.suffix in {".md", ".csv", ".yaml", ".py", ".txt"}:
            text = " ".join(path.read_text(encoding="utf-8").split())
            assert not [part for part in copied if part in text], path
