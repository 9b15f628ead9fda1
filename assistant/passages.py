"""Article body → sentences → passages, each an exact slice of `article.text`.

Knows nothing of embedding, the index or questions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.markdown import Block, Span, blocks, has_heading
from assistant.morphemes import split_sentences
from assistant.types import Article, Language, Passage, Sentence

PASSAGE_CHARACTERS: dict[Language, int] = {"ko": 350, "en": 700}
LONGEST_SENTENCE: dict[Language, int] = {"ko": 700, "en": 1400}  # without a stop for so long, it is cut at a space
LONGEST_LIST: dict[Language, int] = {"ko": 700, "en": 1400}  # a list up to this length stays in one passage


def sentences_of(article: Article) -> list[Sentence]:
    """Return the sentences and list items in reading order; `article.text[s.start:s.end] == s.text` for each.

    Headings are no sentences but the `section` of those below; of a list item the mark is left out.
    """
    return [
        Sentence(article.id, block.section, start, end, article.text[start:end], block.list_number)
        for block in blocks(article.text, article.title)
        for sentence in _sentences(article, block)
        for start, end in _cut(article.text, sentence, LONGEST_SENTENCE[article.language])
    ]


def passages_of(article: Article, sentences: Sequence[Sentence]) -> list[Passage]:
    """Return the article's sentences packed into passages of about equal length, none across a heading."""
    passages = []
    for part in _parts(article.text, sentences):
        for start, end in _packed(part, article.language):
            text, id = article.text[start:end], f"{article.id}:{start}"
            passages.append(Passage(id, article.id, part[0].section, start, end, text, article.language))
    return passages


def _sentences(article: Article, block: Block) -> Iterator[Span]:
    if block.list_number is not None:
        yield block.start, block.end
        return
    for start, end in split_sentences(article.text[block.start : block.end], article.language):
        yield block.start + start, block.start + end


def _cut(text: str, span: Span, longest: int) -> Iterator[Span]:
    """Yield the span in pieces no longer than `longest`, cut at the last space before it if there is one."""
    start, end = span
    while end - start > longest:
        words = text[start : start + longest + 1].rsplit(maxsplit=1)
        cut = start + longest
        if len(words) == 2:
            cut = start + len(words[0])
        yield start, cut
        start = cut + len(text[cut:end]) - len(text[cut:end].lstrip())
    yield start, end


def _parts(text: str, sentences: Sequence[Sentence]) -> Iterator[Sequence[Sentence]]:
    """Yield the runs of sentences that have no heading between them."""
    first = 0
    for place, (sentence, following) in enumerate(pairwise(sentences), start=1):
        if has_heading(text[sentence.end : following.start]):
            yield sentences[first:place]
            first = place
    if sentences:
        yield sentences[first:]


def _packed(part: Sequence[Sentence], language: Language) -> Iterator[Span]:
    """Yield the spans of as many passages as the length asks for, cut where equal parts would be cut most nearly."""
    units = _units(part, LONGEST_LIST[language])
    ends = [end for _, end in units]
    begin, length = units[0][0], ends[-1] - units[0][0]
    count = max(1, round(length / PASSAGE_CHARACTERS[language]))
    cuts = {_nearest(ends, begin + length * number / count) for number in range(1, count)} - {len(units) - 1}
    first = 0
    for last in [*sorted(cuts), len(units) - 1]:
        yield units[first][0], units[last][1]
        first = last + 1


def _nearest(ends: list[int], goal: float) -> int:
    place = bisect_left(ends, goal)
    return place - 1 if place and goal - ends[place - 1] < ends[place] - goal else place


def _units(part: Sequence[Sentence], longest_list: int) -> list[Span]:
    """Return the spans that may not be cut: sentences, and whole lists that are not too long."""
    units: list[Span] = []
    in_list = False
    for sentence in part:
        is_item = sentence.list_number is not None
        if is_item and in_list and sentence.end - units[-1][0] <= longest_list:
            units[-1] = (units[-1][0], sentence.end)
        else:
            units.append((sentence.start, sentence.end))
        in_list = is_item
    return units
