"""The current text of a figure card: its figures in words and numbers, each with its date and its source.

Of several sources the preferred one is shown, and another beside it where the two disagree on one date. Knows nothing
of storage or of how a card is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from assistant.figures.captions import age_text, caption
from assistant.figures.cards import RISK, Card, Family, tables
from assistant.figures.formats import value_text
from assistant.figures.preference import disagree, preferred, whole
from assistant.figures.risks import factors
from assistant.figures.table import belongs
from assistant.figures.won import RATE, in_won
from assistant.types import Figure, Language
from assistant.vocabulary import load_vocabulary

# Families whose figures make a whole: they are of one source and date, or they would not add up.
_WHOLES = {"sector_weight", "holding_weight"}


def render(card: Card, figures: Sequence[Figure], today: date) -> str | None:
    """Return the card's text with the numbers of `figures`, or None where they have none for it.

    For won beside dollars the figures must have the exchange rate.
    """
    rate = next(iter(preferred(_of(figures, RATE), today)), None)
    lines = [line for family in card.metrics for line in _lines(card, family, figures, rate, today)]
    return "\n".join([card.title, *lines]) if lines else None


def _of(figures: Iterable[Figure], family: Family) -> list[Figure]:
    subject, metric = family
    return [figure for figure in figures if figure.subject == subject and belongs(figure.metric, metric)]


def _lines(card: Card, family: Family, figures: Sequence[Figure], rate: Figure | None, today: date) -> Iterator[str]:
    """Yield a line for all figures of one date, source and basis."""
    lines: dict[str, list[str]] = {}
    for figure in _shown(_of(figures, family), family[1], today):
        parts = (caption(figure, card.language), age_text(figure, card.language, today))
        item = f"{_label(card, family, figure)} {_value(figure, card.language, rate)}"
        lines.setdefault("; ".join(part for part in parts if part), []).append(item)
    for said, items in lines.items():
        yield tables()["line"][card.language].format(items=", ".join(items), caption=said)


def _shown(rows: list[Figure], family: str, today: date) -> list[Figure]:
    """Return the preferred figure of each metric, of a return each basis, and whoever disagrees with it."""
    if family in _WHOLES:
        leading = whole(rows, family, today)
    else:
        metrics = sorted({row.metric for row in rows}, key=lambda metric: _place(metric, family))
        leading = [figure for metric in metrics for figure in _leading(rows, metric, today)]
    others = [
        row for row in preferred(rows, today) if row not in leading and any(disagree(row, first) for first in leading)
    ]
    return leading + others


def _leading(rows: list[Figure], metric: str, today: date) -> list[Figure]:
    """Return the preferred figure and those of the same source and date on another basis."""
    first, *rest = preferred((row for row in rows if row.metric == metric), today)
    return [first, *(row for row in rest if (row.source, row.as_of) == (first.source, first.as_of))]


def _place(metric: str, family: str) -> tuple[int, str]:
    parts = list(tables()["part"])
    part = _part(metric, family)
    return (parts.index(part) if part in parts else len(parts)), metric


def _part(metric: str, family: str) -> str:
    return metric.removeprefix(family).removeprefix(".")


def _label(card: Card, family: Family, figure: Figure) -> str:
    """Return the name of a figure: its gauge's on a card about a risk, else that of its family and part."""
    titles = _gauge_titles(card.topic.removeprefix(RISK), card.language) if card.topic.startswith(RISK) else {}
    if titled := titles.get((figure.subject, figure.metric)):
        return titled
    part = _part(figure.metric, family[1])
    known = tables()["part"].get(part)
    label: str = tables()["metric"][family[1]][card.language]
    label = label.format(part=known[card.language] if known else _name(part, card.language))
    return label if figure.subject == card.subject else f"{figure.subject} {label}"


def _gauge_titles(factor_id: str, language: Language) -> dict[Family, str]:
    dials = next(factor.dials for factor in factors() if factor.id == factor_id)
    return {(dial.subject, dial.metric): dial.title[language] for dial in dials}


def _name(part: str, language: Language) -> str:
    """A sector by its name; a company by its ticker, with its name where that is known."""
    concept = load_vocabulary().concepts.get(part)
    if concept is None:
        return part
    return f"{concept.label(language)}({part})" if concept.kind == "company" else concept.label(language)


def _value(figure: Figure, language: Language, rate: Figure | None) -> str:
    won = in_won(figure, rate, language)
    return value_text(figure, language) + (won.text if won else "")
