"""An answer as markup that is safe inside a chat message: one line of HTML, built only here.

Everything that comes from outside, question, answer and quotes alike, passes through `escape` before any tag of our own
is added. The result has no line break and no Markdown character, so the chat's Markdown parser has nothing left to
interpret: `3~5%`, `**`, `$$` and `![](…)` are shown as they are. Knows nothing of gradio or of retrieval.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from assistant.language import detect_language
from assistant.types import Answer, Citation, FigureCitation, Language, NumberCheck
from assistant.web.texts import TEXTS, Texts, show_dates

TITLE_LENGTH = 200

Kind = Literal["text", "ordered", "bullets", "table", "blank"]

_ORDERED = re.compile(r"\s*(\d{1,3})\.\s+(?=\S)")
_BULLET = re.compile(r"\s*[-•]\s+(?=\S)")
_RULE = re.compile(r":?-{3,}:?")
_NUMERIC = re.compile(r"[-+−▲▼$₩€]?\s?\d")
_MARKER = re.compile(r"\s*\[(\d{1,3})\]")
_SENTENCE_END = re.compile(r"(?<=[.!?。])[\"'”’)\]]*(?:\s*\[\d{1,3}\])*(?=\s)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ENTITIES = {ord(sign): f"&#{ord(sign)};" for sign in "<>&\"'\\`*_{}[]()#!|~$^:"}


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring lines of an answer that belong together: a paragraph, a list or a table."""

    kind: Kind
    lines: tuple[str, ...]


def escape(text: str) -> str:
    """Text as HTML on one line in which no character means anything to HTML, Markdown or a formula renderer."""
    return " ".join(text.encode("utf-8", "replace").decode().translate(_ENTITIES).split())


def render_question(question: str, answer: Answer | None = None, language: Language = "ko") -> str:
    """The user's own words, as text; under them what a follow-up was taken for, with a link to put it right."""
    asked = f'<div class="question">{"<br>".join(escape(line) for line in question.strip().splitlines())}</div>'
    if answer is None or answer.asked_as is None:
        return asked
    texts = TEXTS[language]
    whole = f'{escape(texts.asked_as)} <span class="whole">{escape(answer.asked_as)}</span>'
    if detect_language(answer.asked_as) != answer.language:
        whole += f" · {escape(texts.answered_in[answer.language])}"
    return f'{asked}<div class="asked-as">{whole} <a href="#edit" role="button">{escape(texts.edit)}</a></div>'


def render_status(text: str) -> str:
    """A line that says what is going on while there is no answer yet."""
    return f'<div class="status">{escape(text)}</div>'


def render_message(text: str) -> str:
    """A message instead of an answer: what could not be done, and why."""
    return f'<div class="answer message"><p>{escape(text)}</p></div>'


def render_answer(answer: Answer, turn: int, token: str = "", language: Language = "ko") -> str:
    """The whole answer. A marker with a citation becomes a link `#cite-<turn>-<number>`; any other is left out.

    With the token by which the answer can be fetched, links to take it along and to say what it was worth.
    """
    tools = render_tools(token, language) if token else ""
    return _wrap(answer, _body(answer, turn, blocks_of(answer.text)) + _foot(answer, turn) + tools)


def render_tools(token: str, language: Language) -> str:
    """Links that copy an answer, save it, and note an opinion on it; what they have done stands in them, hidden."""
    texts = TEXTS[language]
    files = {"Markdown": "md", "JSON": "json", texts.receipt: "receipt.json"}
    saved = "".join(f'<a href="/answers/{token}.{end}">{escape(name)}</a>' for name, end in files.items())
    copied = _button(f"#copy-{token}", texts.copy, texts.copied, texts)
    opinions = {"up": texts.helpful, "down": texts.unhelpful}
    rated = "".join(_button(f"#{name}-{token}", text, texts.noted, texts) for name, text in opinions.items())
    return f'<p class="tools" lang="{language}">{copied}{saved}<span class="opinion">{rated}</span></p>'


def _button(href: str, text: str, done: str, texts: Texts) -> str:
    states = f'<span class="done">{escape(done)}</span><span class="failed">{escape(texts.not_done)}</span>'
    return f'<a href="{href}" role="button"><span class="todo">{escape(text)}</span>{states}</a>'


def render_growing(answer: Answer, turn: int) -> Iterator[str]:
    """The answer as it grows, a sentence or a list item at a time and tables at once; the foot is never in it."""
    shown: list[Block] = []
    for block in blocks_of(answer.text):
        for part in _parts(block):
            yield _wrap(answer, _body(answer, turn, [*shown, part]), growing=True)
        shown.append(block)


def blocks_of(text: str) -> list[Block]:
    """The paragraphs, lists and tables of an answer's text, in order."""
    groups = groupby(text.strip().splitlines(), key=_kind)
    return [Block(kind, tuple(lines)) for kind, lines in groups if kind != "blank"]


def _kind(line: str) -> Kind:
    if not line.strip():
        return "blank"
    if line.strip().startswith("|") and line.strip().endswith("|"):
        return "table"
    if _ORDERED.match(line):
        return "ordered"
    return "bullets" if _BULLET.match(line) else "text"


def _parts(block: Block) -> Iterator[Block]:
    """The block's beginnings, each a step longer; the last one is the block itself."""
    if block.kind == "table":
        yield block
        return
    for index, line in enumerate(block.lines):
        ends = [match.end() for match in _SENTENCE_END.finditer(line)] if block.kind == "text" else []
        for end in [*ends, len(line)]:
            yield Block(block.kind, (*block.lines[:index], line[:end]))


def _wrap(answer: Answer, content: str, *, growing: bool = False) -> str:
    state = (" abstained" if answer.abstained else "") + (" growing" if growing else "")
    return f'<div class="answer{state}" lang="{answer.language}">{content}</div>'


def _body(answer: Answer, turn: int, blocks: list[Block]) -> str:
    citations = {citation.number: citation for citation in answer.citations}
    return "".join(_block(block, answer, turn, citations) for block in blocks)


def _block(block: Block, answer: Answer, turn: int, citations: Mapping[int, Citation | FigureCitation]) -> str:
    if block.kind == "table":
        return _table(block, answer, turn, citations)
    if block.kind == "text":
        return f"<p>{'<br>'.join(_inline(line, turn, citations) for line in block.lines)}</p>"
    mark = _ORDERED if block.kind == "ordered" else _BULLET
    items = "".join(f"<li>{_inline(mark.sub('', line, count=1), turn, citations)}</li>" for line in block.lines)
    return f"<ol{_start(block.lines[0])}>{items}</ol>" if block.kind == "ordered" else f"<ul>{items}</ul>"


def _start(line: str) -> str:
    match = _ORDERED.match(line)
    return f' start="{match[1]}"' if match and int(match[1]) != 1 else ""


def _inline(text: str, turn: int, citations: Mapping[int, Citation | FigureCitation]) -> str:
    pieces = _MARKER.split(text)
    chips = [_chip(citations.get(int(number)), turn) for number in pieces[1::2]] + [""]
    return "".join(_keep_spaces(piece) + chip for piece, chip in zip(pieces[::2], chips, strict=True)).strip()


def _keep_spaces(text: str) -> str:
    lead = " " if text[:1].isspace() else ""
    whole_dates = _DATE.sub(r"<span class=date>\g<0></span>", escape(text))
    return f"{lead}{whole_dates}{' ' if text.strip() and text[-1:].isspace() else ''}"


def _chip(citation: Citation | FigureCitation | None, turn: int) -> str:
    if citation is None:
        return ""
    said = citation.quote if isinstance(citation, Citation) else f"{citation.figure.source} · {citation.figure.as_of}"
    quote = said if len(said) <= TITLE_LENGTH else f"{said[:TITLE_LENGTH]}…"
    return f'<a class="chip" href="#cite-{turn}-{citation.number}" title="{escape(quote)}">{citation.number}</a>'


def _table(block: Block, answer: Answer, turn: int, citations: Mapping[int, Citation | FigureCitation]) -> str:
    rows = [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in block.lines]
    ruled = len(rows) > 1 and all(_RULE.fullmatch(cell) for cell in rows[1])
    head, body = (rows[:1], rows[2:]) if ruled else ([], rows)
    columns = "".join(_head(cells, turn, citations) for cells in _columns(head, body))
    lines = "".join(f"<tr>{_row(row, turn, citations)}</tr>" for row in body)
    cited = {int(number) for line in block.lines for number in _MARKER.findall(line)}
    caption = show_dates({_as_of(citations[number]) for number in cited if number in citations}, answer.language)
    return (
        f"<div class=wide><table>{f'<caption>{escape(caption)}</caption>' if caption else ''}"
        f"{f'<thead><tr>{columns}</tr></thead>' if columns else ''}<tbody>{lines}</tbody></table></div>"
    )


def _columns(head: list[list[str]], body: list[list[str]]) -> Iterator[tuple[str, ...]]:
    """Each column from its head down; none without a head."""
    return zip(*head, *body, strict=False) if head else iter(())


def _head(column: Sequence[str], turn: int, citations: Mapping[int, Citation | FigureCitation]) -> str:
    return f"<th scope=col{_align(column)}>{_inline(column[0], turn, citations)}</th>"


def _row(cells: list[str], turn: int, citations: Mapping[int, Citation | FigureCitation]) -> str:
    first, *rest = cells
    values = "".join(f"<td{_align((cell,))}>{_inline(cell, turn, citations)}</td>" for cell in rest)
    return f"<th scope=row>{_inline(first, turn, citations)}</th>{values}"


def _align(cells: Sequence[str]) -> str:
    """Numbers stand at the right, and so does the head of a column that ends in one."""
    return " class=number" if _NUMERIC.match(cells[-1]) else ""


def _as_of(citation: Citation | FigureCitation) -> date:
    if isinstance(citation, FigureCitation):
        return citation.figure.as_of
    return citation.figure.as_of if citation.figure else citation.article.published


def _foot(answer: Answer, turn: int) -> str:
    """What stands small under the answer: numbers without a source, notices, how many sources, the figures' date."""
    texts = TEXTS[answer.language]
    notes = [_verdict(number, answer) for sentence in answer.sentences for number in sentence.numbers]
    facts = []
    if answer.citations:
        count = escape(texts.sources_count.format(count=len(answer.citations)))
        facts.append(f'<a class="count" href="#cite-{turn}-0">{count}</a>')
    if answer.figures:
        facts.append(escape(show_dates({figure.as_of for figure in answer.figures}, answer.language)))
    small = "".join(f"<li>{note}</li>" for note in dict.fromkeys(notes) if note)
    small += "".join(f"<li>{escape(notice)}</li>" for notice in answer.notices)
    notes_list = f"<ul class=notes>{small}</ul>" if small else ""
    return notes_list + (f"<p class=foot>{' · '.join(facts)}</p>" if facts else "")


def _verdict(number: NumberCheck, answer: Answer) -> str:
    """A note on a number that no source states as it is; nothing for one that stands in a quote or a dated figure."""
    if number.verdict in {"quoted", "figure"}:
        return ""
    formula = f" = {escape(number.formula)}" if number.formula else ""
    verdict = escape(TEXTS[answer.language].verdict[number.verdict])
    return f"<b>{escape(number.text)}</b>{formula} <span>{verdict}</span>"
