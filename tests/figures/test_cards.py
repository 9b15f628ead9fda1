"""Figure cards: texts that are found and hold no value, and the current text with the numbers of a real store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.figures.captions import BASES
from assistant.figures.card_texts import render
from assistant.figures.cards import Card, cards, tables
from assistant.figures.formats import amount_text, value_text
from assistant.figures.preference import SOURCES, disagree, preferred, whole
from assistant.figures.risks import factors
from assistant.figures.store import FigureStore
from assistant.figures.table import belongs
from assistant.language import LANGUAGES
from assistant.numbers import find_numbers
from assistant.providers.provider import Fetched
from assistant.types import AsOfKind, Figure, Language

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)
FUNDS = ("IWM", "VTWO", "SPY", "QQQ")
TOPICS = ("valuation", "fees", "performance", "risk_measures", "sectors", "holdings", "price")
NAMES = re.compile(r"(?:Russell|러셀) 2000|S&P 500|(?:Nasdaq|나스닥)-100")
DIGITS = re.compile(r"\d[\d,.]*\d|\d")
FRED = "FRED, Federal Reserve Bank of St. Louis"


def _row(
    subject: str, metric: str, value: float, unit: str, source: str = "Yahoo Finance", basis: str = "",
    as_of: date = TODAY, kind: AsOfKind = "trade_date",
) -> Figure:  # fmt: skip
    return Figure(subject, metric, value, unit, as_of, "live", source, basis=basis, as_of_kind=kind)


def _fund_rows(subject: str) -> list[Figure]:
    """Synthetic figures of every family that a card of a fund shows."""
    computed = [
        _row(subject, f"{family}.{part}", value, "percent", "computed", basis)
        for basis, plus in (("total return", 0.0), ("price return", -1.5))
        for family, part, value in (
            ("return", "ytd", 12.34 + plus),
            ("return", "1y", 14.56 + plus),
            ("return", "10y", 133.25 + plus),
            ("return_annualised", "10y", 8.87 + plus),
        )
    ]
    return [
        *computed,
        _row(subject, "relative_return.1y", -2.75, "percentage_point", "computed", "total return"),
        _row(subject, "volatility.1y", 21.43, "percent", "computed", "total return"),
        _row(subject, "max_drawdown.10y", -41.13, "percent", "computed", "total return"),
        _row(subject, "beta.3y", 1.17, "ratio", "computed", "total return"),
        _row(subject, "pe_ratio", 18.35, "multiple", kind="fetch"),
        _row(subject, "dividend_yield", 1.29, "percent", kind="fetch"),
        _row(subject, "expense_ratio", 0.19, "percent", kind="fetch"),
        _row(subject, "price", 231.57, "usd"),
        _row(subject, "change.day", -0.83, "percent"),
        _row(subject, "high.52w", 251.09, "usd"),
        _row(subject, "volume_average.3m", 31_260_000, "count", kind="fetch"),
        _row(subject, "net_assets", 71.8e9, "usd", kind="fetch"),
        _row(subject, "sector_weight.financials", 17.26, "percent", "BlackRock", "GICS"),
        _row(subject, "sector_weight.health_care", 18.81, "percent", "BlackRock", "GICS"),
        _row(subject, "holding_weight.CRDO", 0.74, "percent", "BlackRock"),
        _row(subject, "holding_weight.ZZZ", 0.53, "percent", "BlackRock"),
        _row(subject, "holdings_count", 1961, "count", "BlackRock"),
        _row(subject, "top10_weight", 5.13, "percent", "BlackRock"),
        _row(subject, "premium_discount", 0.02, "percent", "computed"),
    ]


def _macro_rows() -> list[Figure]:
    """A synthetic figure of every series that a card on a risk shows, and of the sector ETFs."""
    ids = [metric for card in cards() for subject, metric in card.metrics if metric.startswith("macro.")]
    units = {"macro.WALCL": "usd", "macro.ICSA": "count"}
    rows = [
        _row("US", metric, 7.13e12 if metric == "macro.WALCL" else 40.25 + n, units.get(metric, "index"), FRED)
        for n, metric in enumerate(dict.fromkeys(ids))
    ]
    return [*rows, *(_row(fund, "return.ytd", 6.28, "percent", "computed", "total return") for fund in ("KRE", "XLF"))]


RATE = _row("USD/KRW", "price", 1390, "krw")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FigureStore]:
    opened = FigureStore(tmp_path / "figures.sqlite")
    yield opened
    opened.close()


def _stored(store: FigureStore, *rows: Figure) -> list[Figure]:
    """Save the rows as their sources would, and return what is current then."""
    for source in dict.fromkeys(row.source for row in rows):
        mine = tuple(row for row in rows if row.source == source)
        saved = store.save(source, mine[0].subject, Fetched(mine), NOW)
        assert not saved.turned_away
    return store.figures()


def _card(id: str) -> Card:
    return next(card for card in cards() if card.id == id)


def _text(id: str, rows: list[Figure]) -> str:
    text = render(_card(id), rows, TODAY)
    assert text is not None
    return text


# --- what is found ----------------------------------------------------------------------------------------------------


def test_a_card_for_each_subject_topic_and_language_with_stable_ids() -> None:
    topics = [f"live:{fund}:{topic}" for fund in FUNDS for topic in TOPICS]
    topics += [f"live:US:risk.{factor.id}" for factor in factors()]
    assert [card.id for card in cards()] == [f"{topic}:{language}" for topic in topics for language in LANGUAGES]
    assert len({card.text for card in cards()}) == len(cards())
    for card in cards():
        assert card.id == f"live:{card.subject}:{card.topic}:{card.language}"


def test_no_text_holds_a_number_that_is_not_a_name() -> None:
    for card in cards():
        for text in (card.text, card.title):
            assert not DIGITS.findall(NAMES.sub("", text)), card.id
            assert not find_numbers(text), card.id
            assert "{" not in text


def test_texts_name_things_in_both_languages_and_ask_in_their_own() -> None:
    for card in cards():
        assert re.search("[가-힣]{2}", card.text) and re.search("[A-Za-z]{4}", card.text)
        assert card.subject in card.text or card.subject == "US"
        questions = re.findall(r"[^.?,]+\?", card.text)
        assert len(questions) >= 2
        assert {bool(re.search("[가-힣]", asked)) for asked in questions} == {card.language == "ko"}, card.id
        assert card.title in card.text


def test_particles_fit_the_subject() -> None:
    assert "IWM은 현재" in _card("live:IWM:valuation:ko").text
    assert "VTWO는 현재" in _card("live:VTWO:valuation:ko").text


def test_both_languages_have_the_same_keys() -> None:
    for entries in (tables()["topic"], tables()["risk"]):
        for entry in entries.values():
            assert len(entry["ko"]) == len(entry["en"])
    for name in ("metric", "part"):
        for entry in tables()[name].values():
            assert set(entry) == set(LANGUAGES)
    assert all(set(topic["title"]) == set(LANGUAGES) for topic in tables()["topic"].values())
    assert set(tables()["risk"]) == {factor.id for factor in factors()}
    pairs = zip(cards()[::2], cards()[1::2], strict=True)
    assert all(korean.metrics == english.metrics for korean, english in pairs)


def test_every_family_has_a_name_in_both_languages() -> None:
    titled = {(dial.subject, dial.metric) for factor in factors() for dial in factor.dials}
    for card in cards():
        for family in card.metrics:
            assert family in titled or family[1] in tables()["metric"], family


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_without_a_row_there_is_no_text(store: FigureStore) -> None:
    assert {render(card, store.figures(), TODAY) for card in cards()} == {None}
    rows = _stored(store, _row("IWM", "pe_ratio", 18.35, "multiple"))
    assert {card.id for card in cards() if render(card, rows, TODAY)} == {
        "live:IWM:valuation:ko",
        "live:IWM:valuation:en",
    }


def test_every_number_is_dated_and_sourced(store: FigureStore) -> None:
    rows = _stored(store, _row("IWM", "pe_ratio", 18.35, "multiple", kind="fetch"),
                   _row("IWM", "sec_yield", 1.1, "percent", as_of=date(2026, 11, 18)))  # fmt: skip
    assert _text("live:IWM:valuation:ko", rows) == (
        "IWM: 밸류에이션과 배당\n"
        "- 주가수익비율(P/E) 18.35배 (2026-11-20 조회, 기준일 미표기, Yahoo Finance)\n"
        "- SEC 수익률 1.1% (2026-11-18 기준, Yahoo Finance)"
    )
    assert _text("live:IWM:valuation:en", rows) == (
        "IWM: Valuation and dividends\n"
        "- P/E ratio 18.35x (fetched 2026-11-20, no date stated, Yahoo Finance)\n"
        "- SEC yield 1.1% (as of 2026-11-18, Yahoo Finance)"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_hold_only_numbers_of_the_rows_or_their_dates(store: FigureStore, language: Language) -> None:
    rows = _stored(store, *(row for fund in FUNDS for row in _fund_rows(fund)), *_macro_rows(), RATE)
    words = [entry[language] for name in ("metric", "part") for entry in tables()[name].values()]
    words += [dial.title[language] for factor in factors() for dial in factor.dials]
    words += [basis[language] for basis in BASES.values()]
    words = sorted((word for word in words if DIGITS.search(word)), key=len, reverse=True)
    for card in cards():
        if card.language != language:
            continue
        text = NAMES.sub("", _text(card.id, rows))
        for word in words:
            text = text.replace(word, "")
        mine = [row for row in rows if any(row.subject == s and belongs(row.metric, m) for s, m in card.metrics)]
        allowed = {token for row in [*mine, RATE] for token in DIGITS.findall(value_text(row, language))} | {"1"}
        allowed |= {token for row in mine for token in DIGITS.findall(row.as_of.isoformat())}
        won = [row.value * 1390 for row in mine if row.unit == "usd" and isinstance(row.value, float)]
        allowed |= {token for value in won for token in DIGITS.findall(amount_text(value, "krw", language))}
        assert set(DIGITS.findall(text)) <= allowed, card.id
        for row in mine:
            assert value_text(row, language) in text, (card.id, row.metric)


def test_returns_say_whether_total_or_price_in_order_of_their_periods(store: FigureStore) -> None:
    rows = _stored(store, *_fund_rows("IWM"))
    korean, english = (_text(f"live:IWM:performance:{language}", rows).splitlines() for language in LANGUAGES)
    assert korean[1].startswith("- 연초 이후 수익률 12.34%, 1년 수익률 14.56%, 10년 수익률 133.25% (2026-11-20 기준")
    assert "총수익률" in korean[1] and "가격 수익률" in korean[2] and "10.84%" in korean[2]
    assert english[1].startswith("- year-to-date return 12.34%, 1-year return 14.56%, 10-year return 133.25% (as of")
    assert "total return" in english[1] and "price return" in english[2]


def test_sectors_and_holdings_are_named_largest_first_with_their_taxonomy(store: FigureStore) -> None:
    rows = _stored(store, *_fund_rows("IWM"))
    assert _text("live:IWM:sectors:ko", rows).splitlines()[1:] == [
        "- 헬스케어 18.81%, 금융 17.26% (2026-11-20 기준, BlackRock, GICS 업종 분류)"
    ]
    assert _text("live:IWM:sectors:en", rows).splitlines()[1:] == [
        "- health care 18.81%, financials 17.26% (as of 2026-11-20, BlackRock, GICS sectors)"
    ]
    assert "크레도(CRDO) 0.74%, ZZZ 0.53%" in _text("live:IWM:holdings:ko", rows)


def test_holding_that_left_the_ten_largest_is_not_shown(store: FigureStore) -> None:
    gone = _row("IWM", "holding_weight.OLD", 0.97, "percent", "BlackRock", as_of=TODAY - timedelta(days=30))
    text = _text("live:IWM:holdings:en", _stored(store, gone, *_fund_rows("IWM")))
    assert "OLD" not in text and "ZZZ" in text


def test_old_values_say_so(store: FigureStore) -> None:
    rows = _stored(store, _row("IWM", "price", 231.57, "usd", as_of=date(2026, 11, 2)))
    assert _text("live:IWM:price:ko", rows).endswith("Yahoo Finance; 오래된 값)")
    assert _text("live:IWM:price:en", rows).endswith("Yahoo Finance; out of date)")


def test_won_stands_beside_large_amounts_in_korean_with_rate_and_date(store: FigureStore) -> None:
    rows = _stored(store, _row("IWM", "net_assets", 71.8e9, "usd"), _row("IWM", "price", 231.57, "usd"))
    assert "원" not in _text("live:IWM:price:ko", rows)
    rows = _stored(store, RATE)
    korean = _text("live:IWM:price:ko", rows)
    assert "순자산 718억 달러(약 99조 8,020억 원, 2026-11-20 환율 1,390원) (2026-11-20 기준" in korean
    assert "가격 231.57달러 (" in korean
    assert "won" not in _text("live:IWM:price:en", rows) and "$71.8 billion (as of" in _text("live:IWM:price:en", rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_risk_card_names_each_reading_and_whose_it_is(store: FigureStore, language: Language) -> None:
    rows = _stored(store, *_fund_rows("IWM"), *_macro_rows())
    text = _text(f"live:US:risk.sectors:{language}", rows)
    assert {"ko": "IWM 헬스케어 18.81%", "en": "IWM health care 18.81%"}[language] in text
    assert {"ko": "지역은행 ETF(KRE) 연초 이후 수익률 6.28%", "en": "regional banks (KRE) 6.28%"}[language] in text
    assert "XBI" not in text
    counted = replace(_row("Federal Reserve", "rate_cuts", 6, "count", "computed"), inputs=(f"US|x|{FRED}|y",))
    text = _text(f"live:US:risk.rates:{language}", [*rows, counted])
    assert {"ko": "금리 인하 횟수 6회 (2026-11-20 기준, FRED 자료로 계산)", "en": "2024 6 (as of"}[language] in text


# --- several sources --------------------------------------------------------------------------------------------------


def test_sources_come_in_order_and_only_the_first_is_shown(store: FigureStore) -> None:
    spelled = {"FRED": FRED, "SEC": "SEC N-PORT"}
    rows = [_row("IWM", "expense_ratio", 0.19, "percent", spelled.get(name, name)) for name in SOURCES]
    assert preferred(reversed(rows), TODAY) == rows
    text = _text("live:IWM:fees:en", _stored(store, *rows[2:]))
    assert text.count("0.19%") == 1 and "BlackRock" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_sources_that_disagree_on_a_date_are_both_shown(store: FigureStore, language: Language) -> None:
    rows = _stored(
        store, _row("IWM", "pe_ratio", 18.3, "multiple", "BlackRock"), _row("IWM", "pe_ratio", 25.4, "multiple")
    )
    lines = _text(f"live:IWM:valuation:{language}", rows).splitlines()[1:]
    assert ["18.3" in lines[0] and "BlackRock" in lines[0], "25.4" in lines[1] and "Yahoo" in lines[1]] == [True, True]


def test_rounding_and_other_dates_are_no_disagreement(store: FigureStore) -> None:
    one = _row("IWM", "pe_ratio", 18.3, "multiple", "BlackRock")
    assert not disagree(one, replace(one, source="Yahoo Finance", value=18.3321))
    assert not disagree(one, replace(one, source="Yahoo Finance", value=25.4, as_of=date(2026, 11, 19)))
    assert not disagree(one, replace(one, value=25.4))
    assert disagree(one, replace(one, source="Yahoo Finance", value=18.36))
    assert disagree(one, replace(one, source="Yahoo Finance", unit="ratio"))
    assert disagree(replace(one, value=20.0), replace(one, source="Yahoo Finance", value=23.4))


@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12))
def test_disagreeing_goes_both_ways_and_never_with_itself(a: float, b: float) -> None:
    one = _row("IWM", "net_assets", a, "usd", "BlackRock")
    other = replace(one, source="Yahoo Finance", value=b)
    assert disagree(one, other) == disagree(other, one)
    assert not disagree(one, replace(other, value=a))


def test_fresh_source_leads_a_stale_one(store: FigureStore) -> None:
    stale = _row("VTWO", "price", 90.1, "usd", "Vanguard", as_of=date(2026, 11, 10))
    rows = _stored(store, stale, _row("VTWO", "price", 93.4, "usd"))
    text = _text("live:VTWO:price:en", rows)
    assert "$93.4" in text and "90.1" not in text


def test_a_whole_is_of_one_source_and_taxonomy() -> None:
    rows = [_row("IWM", f"sector_weight.{part}", 9.5, "percent", source, basis)
            for source, basis in (("Yahoo Finance", "Morningstar"), ("BlackRock", "GICS"))
            for part in ("energy", "materials")]  # fmt: skip
    assert {(row.source, row.basis) for row in whole(rows, "sector_weight", TODAY)} == {("BlackRock", "GICS")}
    assert whole([], "sector_weight", TODAY) == []
