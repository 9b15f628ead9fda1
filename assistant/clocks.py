"""Two clocks: which live figure stands beside which article's, what is stale, and what is missing and why.

Knows nothing of how questions are read, how passages are found, or how a figure is put into words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from assistant import phrases
from assistant.figures.captions import REASONS
from assistant.figures.catalogue import freshness, is_known
from assistant.figures.preference import LiveTable
from assistant.language import josa
from assistant.providers.provider import Reason
from assistant.types import Figure, Language
from assistant.vocabulary import Vocabulary

# What live sources are asked for.
COVERED = ("IWM", "VTWO", "SPY", "QQQ", "Russell 2000", "S&P 500", "Nasdaq-100")
HELD = ("sector_weight", "holding_weight", "top10_weight", "holdings_count")
RECONSTITUTED = ("IWM", "VTWO", "Russell 2000")
_NOTICES: dict[str, dict[Language, str]] = {
    "never": {
        "ko": "실시간 수치를 가져온 적이 없어서 글의 수치만 보여 드려요. `assistant refresh`로 가져올 수 있어요.",
        "en": "No live figures have been fetched yet, so these are the articles' figures; "
        "`assistant refresh` fetches them.",
    },
    "absent": {
        "ko": "실시간 수치를 가져온 적이 없어요. `assistant refresh`로 가져올 수 있어요.",
        "en": "No live figures have been fetched yet; `assistant refresh` fetches them.",
    },
    "missing": {
        "ko": "{subject}의 최신 {metric}{eun} 없어요: {reason}.",
        "en": "There is no live {metric} of {subject}: {reason}.",
    },
    "reconstituted": {
        "ko": "{as_of} 기준 구성은 마지막 정기 재구성({day}) 전의 것이에요.",
        "en": "The composition as of {as_of} is older than the last index reconstitution ({day}).",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Now:
    """The live figures in store, why others are missing, and the day on which an answer is given."""

    table: LiveTable
    missing: dict[tuple[str, str], Reason]
    today: date

    @property
    def is_empty(self) -> bool:
        return not self.table.figures

    def of(self, subject: str, metric: str, year: int | None = None) -> Figure | None:
        """Return the live figure of a subject and metric, of this year if given; it is marked where it is stale."""
        found = self.table.find(subject, metric, "en", lambda figure: year in (None, figure.as_of.year))
        return next((self.marked(figure) for figure in found if figure.metric == metric), None)

    def beside(self, figure: Figure, year: int | None = None) -> Figure | None:
        """Return the live figure of an article figure's subject and metric."""
        return self.of(figure.subject, figure.metric, year)

    def marked(self, figure: Figure) -> Figure:
        return replace(figure, stale=freshness(figure, self.today) != "fresh")

    def rate(self) -> Figure | None:
        """The price of a dollar in won."""
        found = self.table.find("USD/KRW", "price", "en")
        return found[0] if found else None

    def notices(self, figures: Sequence[Figure], language: Language, vocabulary: Vocabulary) -> list[str]:
        """Say which figures have no live one beside them, and why, and which are older than the last reconstitution."""
        stated = [figure for figure in figures if figure.origin == "article" and _is_covered(figure)]
        said = []
        if stated and self.is_empty:
            said.append(_NOTICES["never"][language])
        for figure in stated:
            reason = self.missing.get((figure.subject, figure.metric)) or self.missing.get((figure.subject, ""))
            if reason and not self.is_empty and self.beside(figure) is None:
                metric = phrases.metric_text(figure.metric, language, vocabulary)
                subject = phrases.subject_text(figure.subject, language, vocabulary)
                said.append(
                    _NOTICES["missing"][language].format(
                        subject=subject, metric=metric, eun=josa(metric, "은/는"), reason=REASONS[reason][language]
                    )
                )
        return list(dict.fromkeys([*said, *self._overtaken(figures, language)]))

    def without(self, subjects: Sequence[str], metrics: Sequence[str], language: Language) -> list[str]:
        """Say, where nothing answers, that live figures might have: they are fetched for such subjects and metrics."""
        asked_for = any(subject in COVERED for subject in subjects) and any(map(is_known, metrics))
        return [_NOTICES["absent"][language]] if self.is_empty and asked_for else []

    def _overtaken(self, figures: Sequence[Figure], language: Language) -> list[str]:
        day = last_reconstitution(self.today)
        older = {
            figure.as_of
            for figure in figures
            if figure.subject in RECONSTITUTED and figure.metric.split(".")[0] in HELD and figure.as_of < day
        }
        text = _NOTICES["reconstituted"][language]
        return [
            text.format(as_of=phrases.date_text(as_of, language), day=phrases.date_text(day, language))
            for as_of in sorted(older)
        ]


def last_reconstitution(today: date) -> date:
    """Return the last June reconstitution of the Russell indexes, on the month's fourth Friday.

    Source: FTSE Russell's announcement of January 2025. The second one of the year, new in 2026, is left out: sources
    differ on its first date.
    """
    for year in (today.year, today.year - 1):
        first = date(year, 6, 1)
        day = first + timedelta(days=(4 - first.weekday()) % 7 + 21)
        if day <= today:
            return day
    raise AssertionError("one of two Junes lies in the past")


@dataclass(frozen=True, slots=True)
class Pair:
    """What an article says of a subject's metric, and what is true now; one of both at least."""

    subject: str
    stated: Figure | None
    live: Figure | None


def paired(
    stated: Sequence[tuple[Figure, str]], live: Sequence[tuple[Figure, str]], now: Now, year: int | None
) -> list[Pair]:
    """Each article's figure with the live one of its subject and metric, then the live ones that no article has.

    With `year`, only live figures of that year.
    """
    pairs = [Pair(subject, figure, now.beside(figure, year)) for figure, subject in stated]
    shown = {(pair.live.subject, pair.live.metric) for pair in pairs if pair.live}
    rest = [(figure, subject) for figure, subject in live if (figure.subject, figure.metric) not in shown]
    return pairs + [Pair(subject, None, now.marked(figure)) for figure, subject in rest]


def _is_covered(figure: Figure) -> bool:
    """Whether live sources are asked for such a figure."""
    return figure.subject in COVERED and is_known(figure.metric)
