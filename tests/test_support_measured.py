"""How often the checks let true sentences through and stop false ones, measured on the real corpus.

True: each sentence beside its own citation, and each translation beside the original. False: the same sentences beside
another citation, or changed by rule. The rates are logged (`--log-cli-level=INFO`).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.articles import read_corpus
from assistant.attribution import bears_out
from assistant.citations import Claim, Source
from assistant.embedder import Embedder
from assistant.index import Index
from assistant.material import Row
from assistant.numbers import find_numbers
from assistant.reply import Said
from assistant.retriever import Retriever
from assistant.support import Support
from assistant.types import AnswerSentence, Article, Citation, Language, Sentence

ROOT = Path(__file__).resolve().parents[1]
_log = logging.getLogger(__name__)
STEP = 4  # every fourth sentence
pytestmark = pytest.mark.slow

DIRECTIONS = {
    "오르": "내리", "상승": "하락", "증가": "감소", "늘어": "줄어", "하락": "상승", "감소": "증가", "둔화": "성장",
    "rise": "fall", "rising": "falling", "higher": "lower", "increase": "decrease", "lower": "higher", "fall": "rise",
}  # fmt: skip
DENIALS = {
    "합니다.": "하지 않습니다.", "입니다.": "이 아닙니다.", "있습니다.": "없습니다.", " is ": " is not ",
    " are ": " are not ", " can ": " cannot ", " has ": " has no ",
}  # fmt: skip
Judge = Callable[[str, Sentence, Language], bool]
FUNDS = {"VTWO": "IWM", "IWM": "VTWO"}


@dataclass(frozen=True, slots=True)
class Texts:
    index: Index
    retriever: Retriever

    def sentences(self, article: str) -> Sequence[Sentence]:
        return self.index.sentences(article)

    def similarities(self, text: str, article: str) -> Sequence[float]:
        return self.retriever.similarities(text, article)

    def frequency(self, term: str) -> int:
        return self.index.frequency(term)


class Measure:
    """Judges sentences beside citations of our choice."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self.articles = {article.id: article for article in read_corpus(ROOT / "corpus").articles}
        index.sync(list(self.articles.values()))
        self.texts = Texts(index, Retriever(index, embedder))
        self.support = Support(self.articles, self.texts)

    def passes(self, text: str, cited: Sentence, language: Language) -> bool:
        article = self.articles[cited.article]
        above = " · ".join([article.title, *cited.section])
        source = Source(cited.article, cited.start, cited.end)
        row = Row(source, cited.text, article.language, above, article.publisher, article.published.isoformat())
        return isinstance(self.support.judged(Said(f"{text} [1]"), [row], language), Claim)

    def bears_out(self, text: str, cited: Sentence, language: Language) -> bool:
        """What `assistant evaluate` says of the sentence; it does not know what the checks say."""
        citation = Citation(1, self.articles[cited.article], cited.start, cited.end, cited.text)
        return bears_out([citation], AnswerSentence(text, (1,)), language)

    def sentences(self) -> Iterator[tuple[Article, int, Sentence]]:
        for article in self.articles.values():
            for place, sentence in list(enumerate(self.texts.sentences(article.id)))[::STEP]:
                if sentence.list_number is None and sentence.text.endswith("."):
                    yield article, place, sentence

    def share(self, name: str, judged: Sequence[bool]) -> float:
        share = sum(judged) / len(judged)
        _log.info("%s: %.3f of %d pass", name, share, len(judged))
        return share

    def changed(self, name: str, change: Callable[[str], str], judge: Judge | None = None) -> float:
        """The share that passes of the sentences that the change changes."""
        passes = judge or self.passes
        pairs = [(change(sentence.text), sentence, article) for article, _, sentence in self.sentences()]
        return self.share(
            name, [passes(text, each, found.language) for text, each, found in pairs if text != each.text]
        )


@pytest.fixture(scope="module")
def measure(indexes: Path, embedder: Embedder) -> Measure:
    return Measure(Index.open(indexes, embedder), embedder)


def _replaced(words: dict[str, str]) -> Callable[[str], str]:
    pattern = re.compile("|".join(map(re.escape, words)))
    return lambda text: pattern.sub(lambda match: words[match[0]], text)


def _other_number(text: str) -> str:
    for number in find_numbers(text):
        if number.unit in {"percent", "multiple", "usd", "count"} and (digits := re.search(r"\d", number.text)):
            place = number.start + digits.start()
            return text[:place] + str((int(text[place]) + 3) % 9 + 1) + text[place + 1 :]
    return text


def test_true_sentences_pass(measure: Measure) -> None:
    opened = {"ko": "자료에 따르면 ", "en": "According to the article, "}
    told = [
        measure.passes(opened[article.language] + sentence.text, sentence, article.language)
        for article, _, sentence in measure.sentences()
    ]
    translated = [
        measure.passes(sentence.text, measure.texts.sentences(article.translation_of)[place], article.language)
        for article, place, sentence in measure.sentences()
        if article.translation_of
    ]
    assert measure.share("own words around a quote", told) >= 0.95
    assert measure.share("a translation of the quote", translated) >= 0.85


def test_false_sentences_do_not(measure: Measure) -> None:
    nearest, other = [], []
    for article, place, sentence in measure.sentences():
        near = measure.texts.similarities(sentence.text, article.id)
        sentences = measure.texts.sentences(article.id)
        closest = max((n for n in range(len(sentences)) if n != place), key=lambda n: near[n])
        nearest.append(measure.passes(sentence.text, sentences[closest], article.language))
        far = sentences[(place + len(sentences) // 2) % len(sentences)]
        other.append(measure.passes(sentence.text, far, article.language))
    assert measure.share("beside the most similar other sentence", nearest) <= 0.25
    assert measure.share("beside another sentence", other) <= 0.02
    assert measure.changed("another number", _other_number) == 0
    assert measure.changed("the other fund", _replaced(FUNDS)) <= 0.1  # what is true of both stays true
    assert measure.changed("the other direction", _replaced(DIRECTIONS)) <= 0.4
    assert measure.changed("denied", _replaced(DENIALS)) <= 0.1


def test_the_measure_of_citations_tells_true_sentences_from_false(measure: Measure) -> None:
    told, other = [], []
    for article, place, sentence in measure.sentences():
        opened = {"ko": "자료에 따르면 ", "en": "According to the sources, "}[article.language]
        told.append(measure.bears_out(opened + sentence.text, sentence, article.language))
        sentences = measure.texts.sentences(article.id)
        far = sentences[(place + len(sentences) // 2) % len(sentences)]
        other.append(measure.bears_out(sentence.text, far, article.language))
    assert measure.share("measured: own words around a quote", told) >= 0.98
    assert measure.share("measured: beside another sentence", other) <= 0.02
    judge = measure.bears_out
    assert measure.changed("measured: another number", _other_number, judge) == 0
    assert measure.changed("measured: the other fund", _replaced(FUNDS), judge) <= 0.1
    assert measure.changed("measured: the other direction", _replaced(DIRECTIONS), judge) <= 0.4
    assert measure.changed("measured: denied", _replaced(DENIALS), judge) <= 0.1
