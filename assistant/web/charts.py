"""What the charts draw: rebased lines, falls from the peak, sector weights, as tables of one point a row.

Colours tell funds apart, for colour-blind readers too, and are never the red, blue or green of up and down. Knows
nothing of gradio, of wording, or of where a series is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas

from assistant.types import Figure

FUNDS = ("IWM", "VTWO", "SPY", "QQQ")
# Told apart by lightness as well as by hue; each has a contrast of three at least on the light and the dark ground.
COLOURS = {"IWM": "#047e70", "VTWO": "#ba8709", "SPY": "#8f3fe3", "QQQ": "#e655c8"}
PERIODS = {"1y": 1, "3y": 3, "5y": 5, "10y": 10}
MOST = 260
"""Points of a line at most."""

Prices = Mapping[str, "pandas.Series[float]"]


@dataclass(frozen=True, slots=True)
class Lines:
    """Two tables with the columns `date`, `fund`, `value`, the day they begin on, and each fund's last day."""

    rebased: pandas.DataFrame
    drawdown: pandas.DataFrame
    start: date
    ends: dict[str, date]


def lines(prices: Prices, period: str) -> Lines | None:
    """Return the funds' lines over the period; None where there are no two prices in it.

    All begin on the first day on which each fund has a price, where they are 100; no missing day is filled in.
    """
    frame = pandas.DataFrame({fund: series for fund, series in prices.items() if len(series)}).sort_index()
    if frame.empty:
        return None
    frame = frame[frame.index >= frame.index[-1] - pandas.DateOffset(years=PERIODS[period])]
    frame = frame.dropna(axis="columns", how="all")
    complete = frame.dropna()
    if len(complete) < 2:
        return None
    frame = frame[frame.index >= complete.index[0]]
    return Lines(
        rebased=_long(_every(100 * frame / frame.iloc[0])),
        drawdown=_deepest(100 * (frame / frame.cummax() - 1)),
        start=frame.index[0].date(),
        ends={fund: frame[fund].last_valid_index().date() for fund in frame},
    )


def bars(figures: Sequence[Figure], names: Mapping[str, str]) -> pandas.DataFrame | None:
    """Return sector weights with the columns `sector` and `weight`; None for none."""
    rows = [
        (names[figure.metric.partition(".")[2]], figure.value)
        for figure in figures
        if not isinstance(figure.value, date)
    ]
    return pandas.DataFrame(rows, columns=["sector", "weight"]) if rows else None


def _step(frame: pandas.DataFrame) -> int:
    return -(-len(frame) // MOST)


def _every(frame: pandas.DataFrame) -> pandas.DataFrame:
    """The first row, and so many others up to the last, evenly chosen: each point is a day's own value."""
    rest = frame.iloc[:0:-1].iloc[:: _step(frame)].iloc[::-1]
    return pandas.concat([frame.iloc[:1], rest])


def _deepest(frame: pandas.DataFrame) -> pandas.DataFrame:
    """The deepest day of each stretch, and the last day: no fall is lost by thinning."""
    points = _long(frame).sort_values(["fund", "date"])
    stretch = points.groupby("fund", sort=False).cumcount() // _step(frame)
    deepest = points.groupby([points["fund"], stretch], sort=False)["value"].idxmin()
    last = points.groupby("fund", sort=False).tail(1).index
    kept = points.loc[sorted({*deepest, *last})]
    return kept.sort_values(["fund", "date"], key=_in_order).reset_index(drop=True)


def _long(frame: pandas.DataFrame) -> pandas.DataFrame:
    """One point a row, rounded to what can be seen."""
    points = frame.rename_axis("date").reset_index().melt("date", var_name="fund", value_name="value").dropna()
    return points.assign(value=points["value"].round(2)).reset_index(drop=True)


def _in_order(column: pandas.Series[Any]) -> pandas.Series[Any]:
    return column.map(FUNDS.index) if column.name == "fund" else column
