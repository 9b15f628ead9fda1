"""The receipt of an answer: what it was made of, to be kept, and to be compared with what is answered later.

A receipt is JSON: the question as asked and as understood, the answer's language and text, a fingerprint of the corpus,
a hash of each cited article, the cited spans with their quotes, and the figures with their dates. Knows nothing of how
questions are answered.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from assistant.errors import AssistantError
from assistant.types import Answer, Article, Language

FORMAT = "assistant-receipt-1"
Receipt = dict[str, Any]


class Asked(Protocol):
    def ask(self, question: str, *, language: Language | None = None) -> Answer: ...


def receipt_of(answer: Answer, created: datetime) -> Receipt:
    """Return the receipt of an answer as JSON values."""
    record = answer.to_dict()
    articles = {citation.article.id: citation.article for citation in answer.quotes}
    return {
        "format": FORMAT,
        "version": version("small-cap-etf-assistant"),
        "created": created.isoformat(timespec="seconds"),
        **{name: record[name] for name in ("question", "asked_as", "language", "abstained", "writer", "text")},
        "corpus": answer.corpus,
        "articles": [
            {"id": article.id, "title": article.title, "published": article.published.isoformat()}
            | {"sha256": _sha256(article)}
            for article in articles.values()
        ],
        "spans": [
            {"citation": quote.number, "article": quote.article.id}
            | {"start": quote.start, "end": quote.end, "quote": quote.quote}
            for quote in answer.quotes
        ],
        "figures": record["figures"],
    }


def fingerprint(hashes: Iterable[str]) -> str:
    """Return a SHA-256 that changes when any of the articles with these content hashes does, whatever their order."""
    return hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()


def read_receipt(path: Path) -> Receipt:
    """Return the receipt of a file; raises AssistantError where it holds none."""
    try:
        receipt = json.loads(path.read_text(encoding="utf-8"))
        if receipt["format"] == FORMAT and {"question", "language", "text", "articles", "figures"} <= receipt.keys():
            return dict(receipt)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _no_receipt(path, error) from error
    raise _no_receipt(path, f"its format is not {FORMAT}")


def replay(receipt: Receipt, assistant: Asked, now: datetime) -> dict[str, Any]:
    """Ask the receipt's question again, and return what is different now as JSON values.

    `same` says whether the answer is the same, word for word, from the same articles and figures. A corpus that has
    changed elsewhere changes nothing in that.
    """
    answer = assistant.ask(receipt["asked_as"] or receipt["question"], language=receipt["language"])
    again = receipt_of(answer, now)
    articles = _changes(receipt["articles"], again["articles"], ("id",))
    figures = _changes(receipt["figures"], again["figures"], ("subject", "metric", "origin", "source"))
    text = list(
        difflib.unified_diff(receipt["text"].splitlines(), again["text"].splitlines(), "then", "now", "", "", 0, "")
    )
    return {
        "same": not (articles or figures or text),
        "question": receipt["question"],
        "created": receipt["created"],
        "corpus_changed": receipt["corpus"] != again["corpus"],
        "version_changed": receipt["version"] != again["version"],
        "articles": articles,
        "figures": figures,
        "text": text,
    }


def _sha256(article: Article) -> str:
    record = json.dumps(asdict(article), default=str, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(record.encode()).hexdigest()


def _changes(
    before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]], names: tuple[str, ...]
) -> list[Any]:
    """The rows that are gone, new or different, by what names them; the place of a citation is no difference."""
    then, now = (_named(rows, names) for rows in (before, after))
    return [
        {"then": then.get(name), "now": now.get(name)}
        for name in dict.fromkeys([*then, *now])
        if _bare(then.get(name)) != _bare(now.get(name))
    ]


def _named(rows: Iterable[Mapping[str, Any]], names: tuple[str, ...]) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """The rows by name; where two have one name, as an older figure and a newer, by their place among them."""
    named: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for row in rows:
        name = tuple(row.get(part) for part in names)
        named[(*name, sum(key[:-1] == name for key in named))] = row
    return named


def _bare(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    passing = {"citation", "stale", "fetched_at"}
    return {key: value for key, value in row.items() if key not in passing} if row is not None else None


def _no_receipt(path: Path, why: object) -> AssistantError:
    return AssistantError(
        f"{path} cannot be read as a receipt: {why}. `assistant ask --receipt FILE` writes one.",
        f"{path} 파일을 영수증으로 읽을 수 없어요: {why}. `assistant ask --receipt 파일`로 만들 수 있어요.",
    )
