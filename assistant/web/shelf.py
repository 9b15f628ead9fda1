"""Which figure the Figures view shows of a subject and metric: the live one, else an article's, else why there is none.

Knows nothing of how a figure is shown, of gradio, or of where figures are stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from assistant.figures.catalogue import freshness
from assistant.figures.preference import preferred, whole
from assistant.figures.store import Missing
from assistant.figures.table import belongs
from assistant.language import detect_language
from assistant.types import Figure, Language

if TYPE_CHECKING:
    import pandas


class Shelf:
    """The figures of articles and of live sources on one day, and what the last fetches did not bring."""

    def __init__(self, figures: Iterable[Figure], missing: Iterable[Missing], today: date) -> None:
        self._live: dict[tuple[str, str], list[Figure]] = {}
        self._stated: dict[tuple[str, str], list[Figure]] = {}
        for figure in figures:
            rows = self._live if figure.origin == "live" else self._stated
            rows.setdefault((figure.subject, figure.metric), []).append(figure)
        self._missing = sorted(missing, key=lambda gap: gap.at)
        self._today = today

    @property
    def has_live(self) -> bool:
        return bool(self._live)

    def find(self, subject: str, metrics: Sequence[str], language: Language) -> Figure | None:
        """Return the first metric's live figure that there is, else the newest that an article states."""
        for metric in metrics:
            if live := self._live.get((subject, metric)):
                return preferred(live, self._today)[0]
        for metric in metrics:
            if stated := self._stated.get((subject, metric)):
                return max(stated, key=lambda figure: (figure.as_of, detect_language(figure.quote) == language))
        return None

    def knows(self, subject: str, metrics: Sequence[str]) -> bool:
        """Whether there is a figure of one of the metrics, or a reason why there is none."""
        return bool(self.find(subject, metrics, "en") or self.reason(subject, metrics))

    def beside(self, figure: Figure, metric: str) -> Figure | None:
        """Return what the same source says of another metric on the same basis and date."""
        same = figure.source, figure.basis, figure.as_of
        others = self._live.get((figure.subject, metric), ())
        return next((other for other in others if (other.source, other.basis, other.as_of) == same), None)

    def parts(self, subject: str, family: str, language: Language) -> list[Figure]:
        """Return a family's figures that belong together, largest first: live ones, else those of an article."""
        live = [figure for key in self._live if key[0] == subject for figure in self._live[key]]
        if found := whole(live, family, self._today):
            return found
        metrics = [metric for about, metric in self._stated if about == subject and belongs(metric, family)]
        stated = (self.find(subject, [metric], language) for metric in metrics)
        return whole((figure for figure in stated if figure), family, self._today)

    def reason(self, subject: str, metrics: Sequence[str]) -> Missing | None:
        """Return why the last fetches brought none of the metrics: what is said of them, else of the whole subject."""
        about = [gap for gap in self._missing if gap.subject == subject]
        named = [gap for gap in about if gap.metric in metrics] or [gap for gap in about if not gap.metric]
        return named[-1] if named else None

    def days_old(self, figure: Figure) -> int:
        """Return how many days old a figure is that is older than its kind may be; else 0."""
        return 0 if freshness(figure, self._today) == "fresh" else (self._today - figure.as_of).days


def figures_of(frame: pandas.DataFrame) -> list[Figure]:
    """Return the figures of a table that has one in each row."""
    whole = frame.astype(object).where(frame.notna(), None)
    return [_figure(dict(zip(whole.columns, row, strict=True))) for row in whole.itertuples(index=False)]


def _figure(row: dict[str, Any]) -> Figure:
    """A table keeps times as pandas does, a figure as the standard library."""
    at = row["fetched_at"]
    return Figure(**row | {"fetched_at": at and at.to_pydatetime()})
