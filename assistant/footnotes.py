"""An answer to take along: as plain text with numbered footnotes, or as Markdown; each source with its date and quote.

Knows nothing of pages or terminals. What stands in Markdown is escaped: only the answer's own lists, tables and
footnotes mean anything in it, and only http and https addresses become links.
"""

from __future__ import annotations

import re

from assistant.types import Answer, Citation, FigureCitation, Language

Cited = Citation | FigureCitation

HEADS: dict[str, dict[Language, str]] = {
    "sources": {"ko": "출처", "en": "Sources"},
    "translated": {"ko": "모델이 옮긴 글: {text}", "en": "Translated by the model: {text}"},
    "asked_as": {"ko": "이해한 질문: {question}", "en": "Understood as: {question}"},
}
_MARKER = re.compile(r"\s*\[(\d{1,3})\]")
_ADDRESS = re.compile(r"https?://[^\s<>\\]+")
_SIGNS = re.compile(r"([\\`*_~<>#$!\[\]^])")


def source_line(citation: Cited) -> str:
    """Return where a citation comes from: title, date and address; of a live figure its source, date and formula."""
    return " · ".join(_facts(citation))


def translation_line(citation: Cited, language: Language) -> str:
    """Return the translation of the quote, marked as a model's; empty where there is none."""
    text = citation.translation if isinstance(citation, Citation) else ""
    return HEADS["translated"][language].format(text=text) if text else ""


def source_names(answer: Answer) -> list[str]:
    """Return the answer's sources, each once: articles with publisher and date, live sources with theirs."""
    names = (
        f"{citation.figure.source} ({citation.figure.as_of})"
        if isinstance(citation, FigureCitation)
        else f"{citation.article.title} ({citation.article.publisher}, {citation.article.published})"
        for citation in answer.citations
    )
    return list(dict.fromkeys(names))


def plain_text(answer: Answer) -> str:
    """Return the answer with its markers, what is to be known of it, and a numbered list of sources."""
    notes = [f"※ {notice}" for notice in answer.notices]
    sources = [
        f"[{cited.number}] {source_line(cited)}"
        + _quote(cited, "\n    “{}”")
        + _translated(cited, answer.language, "\n    {}")
        for cited in answer.citations
    ]
    head = [HEADS["sources"][answer.language]] if sources else []
    return _together(["\n".join(_asked(answer)), answer.text, "\n".join(notes), "\n".join([*head, *sources])])


def markdown(answer: Answer) -> str:
    """Return the answer as Markdown, its sources as footnotes."""
    question, *understood = map(_escaped, _asked(answer))
    notes = [f"- {_escaped(notice)}" for notice in answer.notices]
    body = "\n".join(map(_with_footnotes, answer.text.splitlines()))
    sources = "\n".join(_footnote(cited, answer.language) for cited in answer.citations)
    return _together([f"## {question}", *understood, body, "\n".join(notes), sources])


def _asked(answer: Answer) -> list[str]:
    """The question on one line, and what it was taken for."""
    understood = [HEADS["asked_as"][answer.language].format(question=answer.asked_as)] if answer.asked_as else []
    return [" ".join(answer.question.split()), *understood]


def _facts(citation: Cited) -> list[str]:
    if isinstance(citation, FigureCitation):
        figure = citation.figure
        return list(filter(None, (figure.source, str(figure.as_of), figure.source_url, figure.formula)))
    article = citation.article
    return list(filter(None, (article.title, str(article.published), article.source_url)))


def _footnote(citation: Cited, language: Language) -> str:
    facts = (f"<{fact}>" if _ADDRESS.fullmatch(fact) else _escaped(fact) for fact in _facts(citation))
    said = _quote(citation, " — “{}”") + _translated(citation, language, " — {}")
    return f"[^{citation.number}]: {' · '.join(facts)}" + _escaped(said)


def _quote(citation: Cited, form: str) -> str:
    return form.format(" ".join(citation.quote.split())) if isinstance(citation, Citation) else ""


def _translated(citation: Cited, language: Language, form: str) -> str:
    """The model's translation of the quote, marked as such; nothing where there is none."""
    text = translation_line(citation, language)
    return form.format(text) if text else ""


def _with_footnotes(line: str) -> str:
    """A line of the answer, its markers as footnotes; list numbers and the cells of a table stay what they are."""
    pieces = _MARKER.split(line)
    marks = [f"[^{number}]" for number in pieces[1::2]] + [""]
    return "".join(_escaped(piece) + mark for piece, mark in zip(pieces[::2], marks, strict=True))


def _escaped(text: str) -> str:
    return _SIGNS.sub(r"\\\1", text)


def _together(blocks: list[str]) -> str:
    return "\n\n".join(filter(None, blocks)) + "\n"
