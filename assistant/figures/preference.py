"""Which of several sources of one metric comes first, and whether two of them disagree.

Knows the sources by name; knows nothing of storage or of wording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

from assistant.figures.catalogue import freshness
from assistant.figures.table import FigureTable, belongs
from assistant.types import COMPUTED, Figure, Language

# What is computed from prices here says how; an issuer knows its own fund; the SEC's reports are months old.
SOURCES = (COMPUTED, "Vanguard", "BlackRock", "Invesco", "State Street", "Yahoo Finance", "FRED", "SEC")
WEIGHTS = ("sector_weight", "holding_weight")
_BASES = ("total return", "NAV total return", "price return")
_AGES = ("fresh", "stale", "old")
_CLOSE = Decimal("0.01")  # two values further apart than this share do not differ by rounding alone


def preferred(figures: Iterable[Figure], today: date) -> list[Figure]:
    """Return the figures, the one to show first: a fresh one before a stale one, then by source, basis and date."""
    return sorted(figures, key=lambda figure: _rank(figure, today))


def whole(figures: Iterable[Figure], family: str, today: date) -> list[Figure]:
    """Return the figures of a family that belong together, largest first: of one source, basis and date.

    What a source said earlier stays stored, as of a holding that is no longer among the ten largest.
    """
    sets: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        if belongs(figure.metric, family):
            sets.setdefault((figure.source, figure.basis), []).append(figure)
    newest = [[each for each in group if each.as_of == _newest(group)] for group in sets.values()]
    first = min(newest, key=lambda group: _rank(group[0], today), default=[])
    return sorted((figure for figure in first), key=_size, reverse=True)


def disagree(one: Figure, other: Figure) -> bool:
    """Whether two sources say different things of one metric and date, beyond rounding."""
    same = (one.subject, one.metric, one.as_of) == (other.subject, other.metric, other.as_of)
    if not same or one.source == other.source:
        return False
    if isinstance(one.value, date) or isinstance(other.value, date) or one.unit != other.unit:
        return (one.value, one.unit) != (other.value, other.unit)
    first, second = Decimal(repr(one.value)), Decimal(repr(other.value))
    rounding = max(_step(first), _step(second)) / 2
    return abs(first - second) > min(rounding, _CLOSE * max(abs(first), abs(second)))


class LiveTable(FigureTable):
    """Live figures by subject and metric; of several sources the preferred one counts."""

    def __init__(self, figures: Iterable[Figure], today: date) -> None:
        super().__init__(preferred(figures, today), {})
        self._today = today

    def find(
        self,
        subject: str | None,
        metric: str,
        language: Language,
        when: Callable[[Figure], bool] = lambda figure: True,
    ) -> list[Figure]:
        """Return the preferred figure of each subject and metric; of weights, those of one source and date."""
        found = super().find(subject, metric, language, when)
        return whole(found, metric, self._today) if metric in WEIGHTS else found

    def rivals(self, figure: Figure) -> list[Figure]:
        """Return what other sources say otherwise of the same subject, metric, basis and date."""
        return [other for other in self.figures if other.basis == figure.basis and disagree(figure, other)]

    def _rank(self, figure: Figure, language: Language) -> tuple[date, bool]:
        return date.min, False  # the first one stays: they are in the order of preference


def _rank(figure: Figure, today: date) -> tuple[int, int, int, int]:
    source = next((place for place, name in enumerate(SOURCES) if _named(figure, name)), len(SOURCES))
    basis = _BASES.index(figure.basis) if figure.basis in _BASES else len(_BASES)
    return _AGES.index(freshness(figure, today)), source, basis, -figure.as_of.toordinal()


def _named(figure: Figure, name: str) -> bool:
    """Sources add to their name: "FRED, Federal Reserve Bank of St. Louis", "SEC N-PORT"."""
    return figure.source == name or figure.source.startswith((f"{name},", f"{name} "))


def _newest(figures: Sequence[Figure]) -> date:
    return max(figure.as_of for figure in figures)


def _size(figure: Figure) -> float:
    return 0.0 if isinstance(figure.value, date) else figure.value


def _step(value: Decimal) -> Decimal:
    """The worth of the last digit that is not a closing zero."""
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent) if isinstance(exponent, int) else Decimal(0)
