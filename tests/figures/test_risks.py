"""The nine risk factors over a real store with synthetic figures: readings, places, moves, reasons and citations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from assistant.articles import read_corpus
from assistant.figures.captions import AGES, BASES
from assistant.figures.gauge_texts import ABSENCES, gauge_text
from assistant.figures.gauges import Gauge
from assistant.figures.risks import Risk, factors, risks
from assistant.figures.store import FigureStore
from assistant.figures.trends import averages, change, direction, months_before, percentile, steps_down, thinned
from assistant.language import LANGUAGES, detect_language
from assistant.numbers import find_numbers
from assistant.providers.provider import Fetched, FetchError, Reason, Refused, Series
from assistant.types import Article, Figure, Language
from tests.fakes import article

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)
FRED = "FRED, Federal Reserve Bank of St. Louis"  # the values below are synthetic
DAY = timedelta(days=1)
Value = Callable[[int], float]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FigureStore]:
    opened = FigureStore(tmp_path / "figures.sqlite")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def articles() -> Mapping[str, Article]:
    return {each.id: each for each in read_corpus(ROOT / "corpus").articles}


def _points(value: Value, days: int, step: int = 1, end: date = TODAY) -> tuple[tuple[date, float], ...]:
    """Values of `value(n)`, n steps before the end, oldest first."""
    return tuple((end - n * step * DAY, value(n)) for n in range(days // step, -1, -1))


def _macro(store: FigureStore, id: str, points: tuple[tuple[date, float], ...], unit: str = "percent") -> None:
    metric = f"macro.{id}"
    as_of, value = points[-1]
    figure = Figure("US", metric, value, unit, as_of, "live", FRED, as_of_kind="trade_date")
    store.save("fred", "US", Fetched((figure,), (Series("US", metric, unit, points, FRED, "https://x.org"),)), NOW)


def _save(store: FigureStore, subject: str, metric: str, value: float, unit: str, **more: object) -> Figure:
    figure = Figure(subject, metric, value, unit, TODAY, "live", "Yahoo Finance", as_of_kind="trade_date")
    figure = replace(figure, **more)  # type: ignore[arg-type]
    store.save("yahoo", subject, Fetched((figure,)), NOW)
    return figure


def _risk(store: FigureStore, id: str, articles: Mapping[str, Article] | None = None) -> Risk:
    return next(risk for risk in risks(store, articles or {}, TODAY) if risk.id == id)


def _gauge(store: FigureStore, id: str, metric: str) -> Gauge:
    return next(each for each in _risk(store, id).gauges if each.metric.startswith(metric))


# --- the table --------------------------------------------------------------------------------------------------------


def test_nine_factors_with_one_to_four_gauges_in_both_languages() -> None:
    assert [factor.number for factor in factors()] == list(range(1, 10))
    assert len({factor.id for factor in factors()}) == 9
    for factor in factors():
        assert 1 <= len(factor.dials) <= 4
        for texts in (factor.title, factor.section, factor.quotes, *(dial.title for dial in factor.dials)):
            assert {language: detect_language(text) for language, text in texts.items()} == {"ko": "ko", "en": "en"}


def test_ids_stay_what_they_are() -> None:
    expected = "rates liquidity slowdown fragility sectors policy sentiment structure system"
    assert [factor.id for factor in factors()] == expected.split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_meaning_stands_in_its_section_exactly(articles: Mapping[str, Article], language: Language) -> None:
    for factor in factors():
        text = articles[factor.articles[language]].text
        heading, quote = f"\n### {factor.section[language]}\n", factor.quotes[language]
        assert text.count(heading) == 1 and text.count(quote) == 1, factor.id
        section = text.partition(heading)[2].partition("\n#")[0]
        assert quote in section, factor.id


def test_words_stand_in_both_languages() -> None:
    for texts in (*ABSENCES.values(), *AGES.values(), *BASES.values()):
        assert texts.keys() == set(LANGUAGES)
    assert set(get_args(Reason)) < set(ABSENCES)


# --- what the article says --------------------------------------------------------------------------------------------


def test_meaning_is_an_exact_span(store: FigureStore, articles: Mapping[str, Article]) -> None:
    found = risks(store, articles, TODAY)
    assert len(found) == 9
    for risk in found:
        assert set(risk.meaning) == set(LANGUAGES)
        for language, said in risk.meaning.items():
            assert said.article.language == language
            assert said.article.text[said.start : said.end] == said.quote


def test_article_that_is_gone_or_changed_gives_no_meaning(store: FigureStore, articles: Mapping[str, Article]) -> None:
    gone = {id: each for id, each in articles.items() if id != "iwm-us-small-caps"}
    assert {tuple(risk.meaning) for risk in risks(store, gone, TODAY)} == {("en",)}
    changed = gone | {"iwm-us-small-caps.en": article("iwm-us-small-caps.en", "All of it is new.")}
    assert {tuple(risk.meaning) for risk in risks(store, changed, TODAY)} == {()}


# --- readings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_fetched_is_a_reason_and_no_number(store: FigureStore, language: Language) -> None:
    for risk in risks(store, {}, TODAY):
        assert risk.gauges
        for each in risk.gauges:
            assert (each.figure, each.reason, each.points, each.percentile) == (None, "never_fetched", (), None)
            assert "{" not in each.title[language]
            said = gauge_text(each, language)
            assert ABSENCES["never_fetched"][language] in said
            assert not find_numbers(said.removeprefix(each.title[language]))


def test_reading_with_place_move_and_sparkline(store: FigureStore) -> None:
    points = _points(lambda n: 5.0 if 1000 <= n < 1366 else 4.12 if n == 0 else 3.91, 3660)
    _macro(store, "DGS10", points)
    read = _gauge(store, "rates", "macro.DGS10")
    assert read.figure is not None and (read.figure.value, read.figure.as_of) == (4.12, TODAY)
    assert read.percentile == pytest.approx(100 * (3661 - 366) / 3661)
    assert read.since == points[0][0]
    assert read.change == pytest.approx(0.21) and read.direction == "up"
    assert len(read.points) == 120 and (read.points[0], read.points[-1]) == (points[0], points[-1])
    assert (read.freshness, read.reason, read.concerns) == ("fresh", "", "rise")
    assert gauge_text(read, "ko") == (
        "미국 10년물 국채금리: 4.12% (2026-11-20 기준, FRED; 최근 10년 중 상위 10%, 3개월 전보다 0.21%p 상승)"
    )
    assert gauge_text(read, "en") == (
        "10-year US Treasury yield: 4.12% (as of 2026-11-20, FRED; "
        "in the top 10% of the last 10 years, up 0.21 percentage points over three months)"
    )


def test_lowest_falling_and_old_reading_says_so(store: FigureStore) -> None:
    _macro(store, "INDPRO", _points(lambda n: 100.0 + n, 900, 30, date(2026, 5, 1)), "index")
    read = _gauge(store, "slowdown", "macro.INDPRO")
    assert (read.freshness, read.direction, read.concerns) == ("old", "down", "fall")
    assert gauge_text(read, "ko") == (
        "미국 산업생산지수: 100 (2026-05-01 기준, FRED; 최근 2년 중 하위 3%, 3개월 전보다 3 하락; 오래된 값)"
    )
    assert gauge_text(read, "en").endswith(
        "in the bottom 3% of the last 2 years, down 3 over three months; out of date)"
    )


def test_highest_reading_and_amounts_that_grow(store: FigureStore) -> None:
    _macro(store, "WALCL", _points(lambda n: 6.6e12 - 1e9 * n, 3660, 7), "usd")
    read = _gauge(store, "liquidity", "macro.WALCL")
    assert read.percentile == 100
    assert "최근 10년 중 가장 높음, 3개월 전보다 140억 달러 증가" in gauge_text(read, "ko")
    assert "the highest of the last 10 years, up $14 billion" in gauge_text(read, "en")


def test_short_history_has_no_place_and_no_move(store: FigureStore) -> None:
    _macro(store, "DFF", _points(lambda n: 4.0, 60))
    read = _gauge(store, "rates", "macro.DFF")
    assert (read.percentile, read.since, read.change, read.direction) == (None, None, None, None)
    assert gauge_text(read, "en") == "Effective federal funds rate: 4% (as of 2026-11-20, FRED)"


def test_place_is_among_what_that_source_ever_said_where_there_is_no_series(store: FigureStore) -> None:
    for months in (4, 3, 0):
        day = months_before(TODAY, months)
        _save(store, "IWM", "premium_discount", 0.01 * (months + 1), "percent", as_of=day)
    read = _gauge(store, "structure", "premium_discount")
    assert read.change == pytest.approx(-0.03) and read.percentile is None and len(read.points) == 3


def test_history_is_without_doubted_values_and_other_sources(store: FigureStore) -> None:
    for months, count, quality in ((3, 1950.0, "ok"), (1, 99.0, "suspect: synthetic"), (0, 1961.0, "ok")):
        day = months_before(TODAY, months)
        _save(store, "IWM", "holdings_count", count, "count", source="BlackRock", as_of=day, quality=quality)
        _save(store, "IWM", "holdings_count", 1900.0, "count", source="SEC N-PORT", as_of=day - DAY)
    read = _gauge(store, "structure", "holdings_count")
    assert [value for _, value in read.points] == [1950, 1961] and read.change == 11
    assert "3개월 전보다 11개 증가" in gauge_text(read, "ko") and "up 11 over three months" in gauge_text(read, "en")


# --- readings that are computed ---------------------------------------------------------------------------------------


def _target(n: int) -> float:
    """The upper limit: raised once, then cut three times, first on 2024-09-17."""
    return 5.25 if n > 900 else 5.5 - 0.25 * sum(n <= cut for cut in (794, 700, 40))


def test_rate_cuts_are_counted_since_september_2024(store: FigureStore) -> None:
    _macro(store, "DFEDTARU", _points(_target, 1500))
    read = _gauge(store, "rates", "rate_cuts")
    figure = read.figure
    assert figure is not None
    assert (figure.subject, figure.value, figure.unit, figure.as_of) == ("Federal Reserve", 3, "count", TODAY)
    assert (figure.method, figure.source) == ("computed", "computed")
    assert "macro.DFEDTARU fell" in figure.formula and "2024-09-01" in figure.formula
    assert figure.inputs[0].startswith(f"US|macro.DFEDTARU|{FRED}|")
    assert (read.percentile, read.change, read.direction) == (None, 1, "up")
    assert gauge_text(read, "ko") == (
        "2024년 9월 이후 연준의 금리 인하 횟수: 3회 (2026-11-20 기준, FRED 자료로 계산; 3개월 전보다 1회 증가)"
    )
    assert "computed from FRED" in gauge_text(read, "en")
    assert (figure.basis, figure.fetched_at) == ("since 2024-09", store.fetched_at("fred", "US"))


def test_every_derived_reading_has_words_for_its_basis() -> None:
    since = [dial.derivation.since for factor in factors() for dial in factor.dials if dial.derivation]
    assert any(since) and all(f"since {day:%Y-%m}" in BASES for day in since if day)


def test_cuts_of_a_series_that_begins_later_are_not_counted(store: FigureStore) -> None:
    _macro(store, "DFEDTARU", _points(_target, 600))
    assert _gauge(store, "rates", "rate_cuts").reason == "too_short"


def test_policy_uncertainty_is_averaged_and_says_so(store: FigureStore) -> None:
    _macro(store, "USEPUINDXD", _points(lambda n: 300.0 if n % 2 else 100.0, 1000), "index")
    read = _gauge(store, "policy", "macro_average.USEPUINDXD")
    assert read.figure is not None and read.figure.value == 200 and read.figure.method == "computed"
    assert "mean of macro.USEPUINDXD over the 30 days" in read.figure.formula
    assert read.percentile == 100 and read.direction == "flat"
    assert "30일 평균" in gauge_text(read, "ko") and "거의 같음" in gauge_text(read, "ko")
    assert "30-day average" in gauge_text(read, "en") and "little changed" in gauge_text(read, "en")


def test_computed_reading_ages_as_its_series_does(store: FigureStore) -> None:
    _macro(store, "USEPUINDXD", _points(lambda n: 100.0, 1000, end=TODAY - 8 * DAY), "index")
    assert _gauge(store, "policy", "macro_average").freshness == "stale"


def test_volume_is_averaged_from_its_days_else_taken_as_stated(store: FigureStore) -> None:
    stated = _save(store, "IWM", "volume_average.3m", 3e7, "count")
    read = _gauge(store, "liquidity", "volume_average")
    assert read.figure is not None and (read.figure.value, read.figure.source) == (stated.value, "Yahoo Finance")
    days = Series("IWM", "volume", "count", _points(lambda n: 2e7, 1000), "Yahoo Finance", "https://x.org")
    store.save("yahoo", "IWM", Fetched(series=(days,)), NOW)
    read = _gauge(store, "liquidity", "volume_average")
    assert read.figure is not None and (read.figure.value, read.figure.source) == (2e7, "computed")
    assert "2,000만" in gauge_text(read, "ko") and "computed from Yahoo Finance" in gauge_text(read, "en")


def test_largest_sector_is_named_and_of_the_preferred_source(store: FigureStore) -> None:
    _save(store, "IWM", "sector_weight.industrials", 30.0, "percent", basis="Morningstar")
    for metric, value, day in (
        ("financials", 17.2, TODAY),
        ("energy", 5.0, TODAY),
        ("utilities", 40.0, TODAY - 90 * DAY),
    ):
        _save(store, "IWM", f"sector_weight.{metric}", value, "percent", source="BlackRock", basis="GICS", as_of=day)
    read = _gauge(store, "sectors", "sector_weight")
    assert read.metric == "sector_weight.financials" and read.figure is not None and read.figure.value == 17.2
    assert gauge_text(read, "ko").startswith(
        "IWM에서 가장 큰 업종(금융)의 비중: 17.2% (2026-11-20 기준, BlackRock, GICS"
    )
    assert gauge_text(read, "en").startswith("Weight of IWM's largest sector (financials): 17.2%")


def test_spread_stands_only_where_some_source_gives_it(store: FigureStore) -> None:
    assert [each.metric for each in _risk(store, "liquidity").gauges] == ["volume_average.3m", "macro.WALCL"]
    _save(store, "IWM", "bid_ask_spread", 0.01, "percent")
    assert len(_risk(store, "liquidity").gauges) == 3


# --- why there is no reading ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", get_args(Reason))
def test_a_failed_fetch_is_the_reason(store: FigureStore, reason: Reason) -> None:
    store.fail("fred", "US", FetchError(reason, "synthetic"), NOW)
    read = _gauge(store, "system", "macro.NFCI")
    assert read.reason == reason
    for language in LANGUAGES:
        assert gauge_text(read, language) == f"{read.title[language]}: " + {
            "ko": f"값 없음 ({ABSENCES[reason]['ko']})", "en": f"no value ({ABSENCES[reason]['en']})"
        }[language]  # fmt: skip


def test_what_the_sources_do_not_give_is_told_from_what_they_refused(store: FigureStore) -> None:
    _macro(store, "NFCI", _points(lambda n: 0.1, 700, 7), "index")
    assert _gauge(store, "system", "macro.STLFSI4").reason == "not_given"
    store.save("fred", "US", Fetched(refused=(Refused("US", "macro.STLFSI4", "changed", "synthetic"),)), NOW)
    assert _gauge(store, "system", "macro.STLFSI4").reason == "changed"
    assert _gauge(store, "system", "macro.NFCI").reason == ""


def test_a_good_row_outlives_a_failed_fetch(store: FigureStore) -> None:
    _macro(store, "NFCI", _points(lambda n: 0.1, 700, 7), "index")
    store.fail("fred", "US", FetchError("timeout", "synthetic"), NOW)
    assert _gauge(store, "system", "macro.NFCI").figure is not None


# --- what a series tells ----------------------------------------------------------------------------------------------


def test_place_needs_two_years_and_24_values() -> None:
    assert percentile(_points(lambda n: -n, 729)) is None
    assert percentile(_points(lambda n: -n, 730)) == 100
    assert percentile(_points(lambda n: n, 22 * 40, 40)) is None
    assert percentile(_points(lambda n: n, 23 * 40, 40)) == pytest.approx(100 / 24)
    assert percentile(()) is None


def test_move_is_over_three_months_or_not_told() -> None:
    assert change(((date(2026, 8, 19), 1.0), (date(2026, 8, 20), 2.0), (date(2026, 8, 21), 9.0), (TODAY, 5.0))) == 3
    assert change(((date(2026, 8, 21), 1.0), (TODAY, 5.0))) is None
    assert change(((date(2026, 1, 1), 1.0), (TODAY, 5.0))) is None
    assert change(()) is None
    assert months_before(date(2026, 5, 31), 3) == date(2026, 2, 28)
    assert months_before(date(2026, 3, 1), 3) == date(2025, 12, 1)


def test_direction_ignores_what_no_reader_sees() -> None:
    assert [direction(moved, 4.0) for moved in (0.1, -0.1, 0.004, None)] == ["up", "down", "flat", None]
    assert direction(1e9, 6.6e12) == "flat" and direction(1e10, 6.6e12) == "up"


def test_thinning_keeps_order_ends_and_short_series() -> None:
    points = _points(lambda n: n, 1000)
    kept = thinned(points)
    assert len(set(kept)) == 120 and list(kept) == sorted(kept) and kept[0] == points[0] and kept[-1] == points[-1]
    assert thinned(points[:120]) == points[:120]


def test_averages_and_steps_by_hand() -> None:
    points = tuple((date(2026, 1, day), value) for day, value in ((1, 4.0), (2, 2.0), (3, 3.0), (5, 1.0)))
    assert averages(points, 2) == ((date(2026, 1, 2), 3.0), (date(2026, 1, 3), 2.5), (date(2026, 1, 5), 1.0))
    assert steps_down(points, date(2026, 1, 3)) == ((date(2026, 1, 3), 0.0), (date(2026, 1, 5), 1.0))
    assert steps_down(points, date(2025, 12, 31)) == () == steps_down((), TODAY) == averages((), 2)
