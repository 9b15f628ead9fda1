"""Two clocks: which live figure stands beside which article's, what is stale, and what is missing and why.

Knows nothing of how questions are read beyond the time that they name, of how passages are found, or of how a figure
is put into words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from assistant import phrases
from assistant.figures.captions import REASONS
from assistant.figures.catalogue import freshness, is_counted, is_known, trading_days
from assistant.figures.preference import LiveTable
from assistant.figures.table import belongs
from assistant.figures.won import RATE
from assistant.periods import Period
from assistant.providers.provider import Reason, Series
from assistant.types import CLOSE, Figure, Language
from assistant.vocabulary import Vocabulary

# What live sources are asked for.
COVERED = ("IWM", "VTWO", "SPY", "QQQ", "Russell 2000", "S&P 500", "Nasdaq-100", "USD/KRW", "US")
LONGEST_BREAK = timedelta(days=5)  # without trading, over a holiday beside a weekend
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
        "ko": "{name}의 최신 값이 없어요: {reason}.",
        "en": "There is no live {name}: {reason}.",
    },
    "reconstituted": {
        "ko": "{as_of} 기준 구성은 마지막 정기 재구성({day}) 전의 것이에요.",
        "en": "The composition as of {as_of} is older than the last index reconstitution ({day}).",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Now:
    """The live figures in store, why others are missing, and the day on which an answer is given.

    `closes` are the stored daily closes of a subject.
    """

    table: LiveTable
    missing: dict[tuple[str, str], Reason]
    today: date
    closes: Callable[[str], Series | None] = lambda subject: None

    @property
    def is_empty(self) -> bool:
        return not self.table.figures

    def at(self, period: Period) -> Now:
        """Return what is known of the time that a period names; where it is one past day, with its closes."""
        if not period.is_dated:
            return self
        figures = [figure for figure in self.table.figures if self._is_of(figure, period)]
        day, known = period.named_day(self.today), {figure.subject for figure in figures if figure.metric == "price"}
        prices = [each for each in self.table.figures if each.metric == "price" and each.subject not in known]
        closes = [close for price in prices if day and (close := self._close(price, day))]
        return replace(self, table=LiveTable([*figures, *closes], self.today))

    def of(self, subject: str, metric: str) -> Figure | None:
        """Return the live figure of a subject and metric; it is marked where it is stale."""
        found = self.table.find(subject, metric, "en")
        return next((self.marked(figure) for figure in found if figure.metric == metric), None)

    def beside(self, figure: Figure) -> Figure | None:
        """Return the live figure of an article figure's subject and metric."""
        return self.of(figure.subject, figure.metric)

    def marked(self, figure: Figure) -> Figure:
        return figure if figure.basis == CLOSE else replace(figure, stale=freshness(figure, self.today) != "fresh")

    def rate(self) -> Figure | None:
        """The price of a dollar in won."""
        return self.of(*RATE)

    def notices(
        self,
        figures: Sequence[Figure],
        asked: Sequence[tuple[str, str]],
        language: Language,
        vocabulary: Vocabulary,
    ) -> list[str]:
        """Say why a live figure is missing, beside those shown or where it is asked for, and which of those shown are
        older than the last reconstitution."""
        stated = [(figure.subject, figure.metric) for figure in figures if figure.origin == "article"]
        overtaken = self._overtaken(figures, language)
        if self.is_empty:
            never = [_NOTICES["never"][language]] if any(_is_covered(*pair) for pair in stated) else []
            return never + overtaken
        wanted = dict.fromkeys([*stated, *asked])
        return [text for pair in wanted if (text := self._absence(*pair, language, vocabulary))] + overtaken

    def without(self, asked: Sequence[tuple[str, str]], language: Language, vocabulary: Vocabulary) -> list[str]:
        """Say, where nothing answers, why there is no live figure either: for those that sources are asked for."""
        if self.is_empty:
            return [_NOTICES["absent"][language]] if any(_is_covered(*pair) for pair in asked) else []
        return self.notices((), asked, language, vocabulary)

    def _is_of(self, figure: Figure, period: Period) -> bool:
        """Whether a figure is of the time named; one that is counted over time has to be counted since then."""
        if period.since and period.year and is_counted(figure.metric):
            return figure.basis.startswith(f"since {period.year}" + (f"-{period.month:02d}" if period.month else ""))
        return period.covers(figure.as_of, self.today)

    def _close(self, price: Figure, day: date) -> Figure | None:
        """The close of a past day, or of the last trading day before it; it was fetched with the latest price."""
        series = self.closes(price.subject)
        points = series.points if series and series.source == price.source else ()
        last, value = next((point for point in reversed(points) if point[0] <= day), (date.min, 0.0))
        went_on = bool(points) and points[-1][0] > day
        if day - last > LONGEST_BREAK or not (went_on or trading_days(last, day) == 0):
            return None
        return replace(price, as_of=last, value=value, basis=CLOSE, as_of_kind="trade_date", raw_path="")

    def _absence(self, subject: str, metric: str, language: Language, vocabulary: Vocabulary) -> str | None:
        """Why there is no live figure, if there is none and sources are asked for it."""
        if not _is_covered(subject, metric) or self.table.find(subject, metric, language):
            return None
        named = (
            why for (about, name), why in self.missing.items() if about == subject and name and _akin(name, metric)
        )
        reason = next(named, None) or self.missing.get((subject, "")) or "not_given"
        name = phrases.name_text(subject, metric, language, vocabulary)
        return _NOTICES["missing"][language].format(name=name, reason=REASONS[reason][language])

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

    @property
    def shown(self) -> Figure:
        """What the article says, or what is true now where it says nothing."""
        return next(figure for figure in (self.stated, self.live) if figure)

    @property
    def about(self) -> str:
        """Whose figures they are."""
        return self.shown.subject


def paired(stated: Sequence[tuple[Figure, str]], live: Sequence[tuple[Figure, str]], now: Now) -> list[Pair]:
    """Each article's figure with the live one of its subject and metric, then the live ones that no article has."""
    pairs = [Pair(subject, figure, now.beside(figure)) for figure, subject in stated]
    shown = {(pair.live.subject, pair.live.metric) for pair in pairs if pair.live}
    rest = [(figure, subject) for figure, subject in live if (figure.subject, figure.metric) not in shown]
    return pairs + [Pair(subject, None, now.marked(figure)) for figure, subject in rest]


def _is_covered(subject: str, metric: str) -> bool:
    """Whether live sources are asked for such a figure."""
    return subject in COVERED and is_known(metric)


def _akin(one: str, other: str) -> bool:
    return belongs(one, other) or belongs(other, one)
