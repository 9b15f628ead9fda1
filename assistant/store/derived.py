"""What the index derives from an article: its sentences and passages, the words and the texts that find each of them.

Knows nothing of vectors, files or searching, except that a query's words are taken in the same way as a passage's.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass

from assistant.morphemes import index_terms
from assistant.passages import passages_of, sentences_of
from assistant.types import Article, Language, Passage, Sentence
from assistant.vocabulary import vocabulary_fingerprint

# Raised when an article would be cut, or its passages be described, in another way: every index is then derived again.
DERIVATION = 1
_HANGUL = re.compile(r"[가-힣]+")


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A passage with what finds it: its terms, and the texts that are embedded: of the whole, then of each sentence."""

    passage: Passage
    terms: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndexedArticle:
    """An article with everything derived from it; `hash` tells whether it has changed since."""

    article: Article
    hash: str
    sentences: tuple[Sentence, ...]
    passages: tuple[IndexedPassage, ...]


def derive(article: Article) -> IndexedArticle:
    """Cut an article; each passage is found by its title and headings too: they name what sentences leave out."""
    sentences = tuple(sentences_of(article))
    passages = []
    for passage in passages_of(article, sentences):
        described = "\n".join(filter(None, [article.title, *passage.section, passage.text]))
        within = [sentence.text for sentence in sentences if passage.start <= sentence.start < passage.end]
        passages.append(IndexedPassage(passage, words(described, article.language), (described, *within)))
    return IndexedArticle(article, content_hash(article), sentences, tuple(passages))


def words(text: str, language: Language) -> tuple[str, ...]:
    """Return the terms of a text, and its pairs of Hangul syllables, which find compounds however they are cut."""
    pairs = [f"@{run[i : i + 2]}" for run in _HANGUL.findall(text) for i in range(max(len(run) - 1, 1))]
    return (*index_terms(text, language), *pairs)


def content_hash(article: Article) -> str:
    """Return a hash that changes when the article or the way of deriving changes."""
    return hashlib.sha256(f"{DERIVATION}\n{vocabulary_fingerprint()}\n{article_record(article)}".encode()).hexdigest()


def article_record(article: Article) -> str:
    """Return the article as one JSON line, the same for the same article."""
    fields = {**asdict(article), "published": article.published.isoformat()}
    return json.dumps(fields, ensure_ascii=False, sort_keys=True)


def text_name(text: str) -> str:
    """Return the name under which the vector of a text is known: a hash of the text."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
