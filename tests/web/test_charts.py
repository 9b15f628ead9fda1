"""What the charts draw, by hand; and that colour-blind readers can tell the funds apart on both grounds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import pytest

from assistant.figures.table import to_series
from assistant.types import Language
from assistant.web.charts import COLOURS, FUNDS, MOST, PERIODS, bars, lines
from assistant.web.charts_view import render_charts_head, render_lines_note, render_sectors_note, sector_names
from assistant.web.figures_texts import FIGURE_TEXTS
from assistant.web.shelf import Shelf
from tests.web.fake_figures import TODAY, live, stated
from tests.web.markup import Markup

# Linear RGB as people see it who lack one kind of cone: Machado, Oliveira and Fernandes 2009, severity 1.
SIGHT = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritanopia": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
GROUNDS = ("#ffffff", "#151d21")


def _days(*values: float, start: date = date(2026, 3, 2)) -> list[tuple[date, float]]:
    return [(start + timedelta(days=place), value) for place, value in enumerate(values)]


def _values(frame: object, fund: str) -> list[float]:
    return list(frame[frame["fund"] == fund]["value"])  # type: ignore[index]


def test_lines_begin_at_100_on_the_first_shared_day() -> None:
    prices = {"IWM": to_series(_days(40, 50, 60, 45), ""), "SPY": to_series(_days(0, 200, 220, 210)[1:], "")}
    drawn = lines(prices, "1y")
    assert drawn is not None
    assert _values(drawn.rebased, "IWM") == [100, 120, 90] and _values(drawn.rebased, "SPY") == [100, 110, 105]
    assert _values(drawn.drawdown, "IWM") == [0, 0, -25] and _values(drawn.drawdown, "SPY") == [
        0,
        0,
        pytest.approx(-4.55),
    ]
    assert drawn.start == date(2026, 3, 3) and set(drawn.ends.values()) == {date(2026, 3, 5)}


def test_a_missing_day_is_not_filled_in_and_each_fund_has_its_own_end() -> None:
    points = _days(100, 110, 120, 130)
    drawn = lines({"IWM": to_series(points, ""), "QQQ": to_series([points[0], points[2]], "")}, "1y")
    assert drawn is not None
    assert _values(drawn.rebased, "QQQ") == [100, 120]
    assert drawn.ends == {"IWM": date(2026, 3, 5), "QQQ": date(2026, 3, 4)}
    note = Markup(render_lines_note(drawn, "close", "en")[0]).text
    assert "IWM as of Mar 5, 2026, QQQ as of Mar 4, 2026" in note


def test_a_period_ends_with_the_last_day() -> None:
    prices = {"IWM": to_series([(date(2026, 11, 19) - timedelta(days=n), 100 + n) for n in range(4000, -1, -1)], "")}
    starts = {period: drawn.start for period in PERIODS if (drawn := lines(prices, period))}
    assert starts == {
        "1y": date(2025, 11, 19),
        "3y": date(2023, 11, 19),
        "5y": date(2021, 11, 19),
        "10y": date(2016, 11, 19),
    }


def test_thinning_keeps_first_last_and_deepest_day() -> None:
    values = [100.0] * 3000
    values[1234] = 60
    prices = {"IWM": to_series(_days(*values, start=date(2017, 1, 1)), "")}
    drawn = lines(prices, "10y")
    assert drawn is not None and len(drawn.rebased) <= MOST + 1 and len(drawn.drawdown) <= MOST + 1
    assert min(_values(drawn.drawdown, "IWM")) == -40
    assert drawn.rebased["date"].iloc[0].date() == date(2017, 1, 1)
    assert drawn.rebased["date"].iloc[-1].date() == drawn.drawdown["date"].iloc[-1].date() == drawn.ends["IWM"]


@pytest.mark.parametrize("points", [[], _days(100)])
def test_without_history_there_is_nothing_to_draw(points: list[tuple[date, float]]) -> None:
    assert lines({fund: to_series(points, "") for fund in FUNDS}, "1y") is None
    assert lines({}, "1y") is None


@pytest.mark.parametrize(("language", "name"), [("ko", "헬스케어"), ("en", "health care")])
def test_bars_have_the_sectors_names_and_weights(language: Language, name: str) -> None:
    weights = [live("IWM", "sector_weight.health_care", 17.4), live("IWM", "sector_weight.space_mining", 2)]
    frame = bars(weights, sector_names(weights, language))
    assert frame is not None and frame.values.tolist() == [[name, 17.4], ["space mining", 2]]
    assert bars([], {}) is None


@pytest.mark.parametrize("language", ["ko", "en"])
def test_sector_weights_say_as_of_when_by_whom_and_by_which_taxonomy(language: Language) -> None:
    weights = [live("IWM", "sector_weight.energy", 4.8, basis="GICS", source="BlackRock")]
    text = Markup(render_sectors_note("IWM", weights, language)).text
    assert "IWM" in text and "2026" in text and "BlackRock" in text and "GICS" in text
    assert Markup(render_sectors_note("IWM", [], language)).all("span") == [{"data-empty": None}]


def test_an_articles_sectors_stand_in_until_there_are_live_ones_and_say_so() -> None:
    said = stated("VTWO", "sector_weight.energy", 5, "percent", date(2025, 12, 31))
    one, other = (live("VTWO", f"sector_weight.{name}", 6 + n) for n, name in enumerate(("energy", "utilities")))
    assert Shelf([said], (), TODAY).parts("VTWO", "sector_weight", "ko") == [said]
    assert Shelf([said, one, other], (), TODAY).parts("VTWO", "sector_weight", "ko") == [other, one]
    text = Markup(render_sectors_note("VTWO", [said], "ko")).text
    assert "글 2025. 12. 31. 기준, 시험 출판사" in text and FIGURE_TEXTS["ko"].sectors_partial in text


@pytest.mark.parametrize("language", ["ko", "en"])
def test_without_charts_a_sentence_says_why(language: Language) -> None:
    none = FIGURE_TEXTS[language].charts_none
    assert none in render_charts_head(False, language) and none not in render_charts_head(True, language)


def _linear(colour: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    channels = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def _lab(colour: str, sight: Sequence[Sequence[float]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(np.array(sight) @ _linear(colour), 0, 1) / np.array([0.9505, 1, 1.0888])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", SIGHT)
def test_everybody_can_tell_the_funds_apart(sight: str) -> None:
    for one, other in combinations(COLOURS.values(), 2):
        assert np.linalg.norm(_lab(one, SIGHT[sight]) - _lab(other, SIGHT[sight])) > 25, (one, other)


@pytest.mark.parametrize("ground", GROUNDS)
def test_every_line_stands_out_from_its_ground(ground: str) -> None:
    weights = np.array([0.2126, 0.7152, 0.0722])
    for colour in COLOURS.values():
        light, dark = sorted((float(weights @ _linear(colour)), float(weights @ _linear(ground))), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, colour
