"""Names in texts: every one is found where Korean particles follow, and nothing else is taken for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest

from assistant.language import is_hangul
from assistant.types import Language
from assistant.vocabulary import Concept, Kind, Vocabulary, load_vocabulary

VOCABULARY = load_vocabulary()
CONCEPTS = [concept for concept in VOCABULARY.concepts.values() if concept.kind != "decoy"]
NAMES: dict[Language, list[tuple[Concept, str]]] = {
    language: [(concept, name) for concept in CONCEPTS for name in concept.names[language]] for language in ("ko", "en")
}
EVERY_NAME = NAMES["ko"] + NAMES["en"]


def _found(text: str) -> set[str]:
    return {mention.concept.id for mention in VOCABULARY.find(text)}


def _spans(text: str) -> set[tuple[str, str]]:
    return {(mention.concept.id, text[mention.start : mention.end]) for mention in VOCABULARY.find(text)}


# --- every name -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("carrier", ["{}의 값", "왜 {}은"])
def test_every_name_is_found_whole_in_a_korean_sentence(carrier: str) -> None:
    missed = [(c.id, name) for c, name in EVERY_NAME if (c.id, name) not in _spans(carrier.format(name))]
    assert not missed


@pytest.mark.parametrize("written", [str, str.lower, str.upper])
def test_every_english_name_is_found_whole_in_any_case(written: Callable[[str], str]) -> None:
    names = [(concept.id, written(name)) for concept, name in NAMES["en"]]
    missed = [(id, name) for id, name in names if (id, name) not in _spans(f"of {name}.")]
    assert not missed


def test_inner_spaces_and_hyphens_do_not_matter() -> None:
    spaced = [(concept, name) for concept, name in EVERY_NAME if " " in name]
    missed = [
        (concept.id, name)
        for concept, name in spaced
        if concept.id not in _found(name.replace(" ", "-") + "의") & _found(name.replace(" ", "  ") + "의")
    ]
    assert len(spaced) > 100 and not missed


# --- by hand --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IWM은 어때요?", {("IWM", "IWM")}),
        ("VTWO의 종목", {("VTWO", "VTWO")}),
        ("vtwo랑 iwm", {("VTWO", "vtwo"), ("IWM", "iwm")}),
        ("러셀2000이 올랐나", {("Russell 2000", "러셀2000"), ("return", "올랐")}),
        ("S&P500보다", {("S&P 500", "S&P500")}),
        ("나스닥100은", {("Nasdaq-100", "나스닥100")}),
        ("뱅가드 러셀 2000의", {("VTWO", "뱅가드 러셀 2000")}),
        ("아이온큐는", {("IONQ", "아이온큐")}),
        ("블룸에너지가", {("BE", "블룸에너지")}),
        ("배당수익율과 할인률", {("dividend_yield", "배당수익율"), ("pe_discount", "할인률")}),
        ("변동금리 부채가", {("floating_rate_debt_share", "변동금리 부채")}),
        ("헬스케어 섹터 비중", {("health_care", "헬스케어"), ("sector_weight", "섹터 비중")}),
        ("the iShares Russell 2000 ETF", {("IWM", "iShares Russell 2000 ETF")}),
        ("Bloom Energy rose", {("BE", "Bloom Energy")}),
        ("floating-rate debt", {("floating_rate_debt_share", "floating-rate debt")}),
        ("Price-to-Earnings", {("pe_ratio", "Price-to-Earnings")}),
        ("Russell 3000 members", {("Russell 3000", "Russell 3000")}),
    ],
)
def test_longest_name_is_found_with_its_span(text: str, expected: set[tuple[str, str]]) -> None:
    assert _spans(text) == expected


def test_mentions_come_in_reading_order() -> None:
    found = VOCABULARY.find("VTWO와 IWM의 총보수, 그리고 VTWO의 헬스케어")
    assert [mention.concept.id for mention in found] == ["VTWO", "IWM", "expense_ratio", "VTWO", "health_care"]


def test_alias_of_two_concepts_names_both() -> None:
    assert {"pe_discount", "valuation"} <= _found("러셀 2000의 저평가")


@pytest.mark.parametrize(
    ("text", "not_meant"),
    [
        ("보수적인 투자자", "expense_ratio"),
        ("몇 퍼센트예요?", "pe_ratio"),
        ("퍼포먼스가 좋다", "pe_ratio"),
        ("의료보험 제도", "health_care"),
        ("슈퍼마켓", "pe_ratio"),
        ("three per year", "pe_ratio"),
        ("5 per cent", "pe_ratio"),
        ("fees per annum", "pe_ratio"),
        ("How will it be?", "BE"),
        ("How will it be?", "information_technology"),
        ("To be or not, be it so", "BE"),
        ("XIWM and IWMX", "IWM"),
        ("VTWO2", "VTWO"),
        ("biotechnology", "information_technology"),
        ("the fund 5HL", "HL"),
    ],
)
def test_decoys_and_parts_of_words_name_nothing(text: str, not_meant: str) -> None:
    assert not_meant not in _found(text)


def test_korean_names_of_the_decoys_are_no_concepts() -> None:
    assert "decoys" not in {mention.concept.id for mention in VOCABULARY.find("보수적 퍼센트 percent")}


# --- typing errors --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "concept"),
    [
        ("vtow", "VTWO"),
        ("VWTO", "VTWO"),
        ("TVWO", "VTWO"),
        ("helthcare", "health_care"),
        ("industrails", "industrials"),
        ("russel", "Russell 2000"),
        ("Goldmann", "goldman_sachs"),
        ("골드만삭쓰", "goldman_sachs"),
        ("헬스캐어", "health_care"),
        ("아이온규", "IONQ"),
        ("총보슈율", "expense_ratio"),
    ],
)
def test_one_slip_in_a_long_name_is_mended(word: str, concept: str) -> None:
    mended = VOCABULARY.mend(word)
    assert mended is not None and mended.id == concept


@pytest.mark.parametrize(
    "word", ["VTWG", "VTWV", "IWN", "IJR", "IWO", "IWB", "VTO", "SPX", "SCHA", "날씨", "bitcoin", "엔비디아", "VOO"]
)
def test_other_tickers_and_words_are_never_mended(word: str) -> None:
    assert VOCABULARY.mend(word) is None


@pytest.mark.parametrize("text", ["What is ıwm?", "İWM 수수료"])
def test_letters_that_only_resemble_a_name_do_no_harm(text: str) -> None:
    VOCABULARY.find(text)


@pytest.mark.parametrize("word", ["", "-"])
def test_nothing_is_mended_into_nothing(word: str) -> None:
    assert VOCABULARY.mend(word) is None


# --- the file -------------------------------------------------------------------------------------------------------


def test_every_concept_has_names_in_both_languages() -> None:
    for concept in VOCABULARY.concepts.values():
        assert concept.names["ko"] and concept.names["en"], concept.id
        assert all(name == name.strip() != "" for names in concept.names.values() for name in names), concept.id
        assert concept.kind in get_args(Kind)


def test_labels_are_the_first_names() -> None:
    assert VOCABULARY.concepts["health_care"].label("ko") == "헬스케어"
    assert VOCABULARY.concepts["health_care"].label("en") == "health care"


def test_tracked_benchmarks_and_run_funds_are_concepts() -> None:
    for concept in CONCEPTS:
        assert concept.tracks is None or VOCABULARY.concepts[concept.tracks].kind == "benchmark"
        assert concept.runs is None or VOCABULARY.concepts[concept.runs].kind == "fund"
    assert VOCABULARY.concepts["IWM"].tracks == VOCABULARY.concepts["VTWO"].tracks == "Russell 2000"


def test_new_words_are_names_that_the_analyser_takes_apart() -> None:
    from kiwipiepy import Kiwi

    kiwi = Kiwi(num_workers=1, load_multi_dict=False)
    known = {"NNG", "NNP", "NNB", "NR", "XR", "XSN", "XPN", "MM"}
    verbal = ("V", "E", "XSV", "XSA")  # 올랐 and 고려해야 are no names

    def is_new(word: str) -> bool:
        tokens = kiwi.tokenize(word)
        broken = any(token.oov or token.tag not in known for token in tokens)
        return broken and not any(token.tag.startswith(verbal) for token in tokens)

    names = {name for _, name in NAMES["ko"] if len(name) > 1 and all(map(is_hangul, name))}
    assert sorted(filter(is_new, names)) == sorted(VOCABULARY.new_words)


def test_own_vocabulary_prefers_the_longer_name() -> None:
    cat = Concept("cat", "topic", {"ko": ("고양이",), "en": ("cat",)})
    catfish = Concept("catfish", "topic", {"ko": ("메기",), "en": ("cat fish",)})
    found = Vocabulary([cat, catfish]).find("a cat and a cat fish")
    assert [mention.concept.id for mention in found] == ["cat", "catfish"]


def test_longer_name_wins_over_a_shorter_one_written_with_spaces() -> None:
    shorter = Concept("shorter", "topic", {"ko": ("이 자 율",), "en": ("x",)})
    longer = Concept("longer", "topic", {"ko": ("이자율표",), "en": ("y",)})
    found = Vocabulary([shorter, longer]).find("이자율표의 값")
    assert [mention.concept.id for mention in found] == ["longer"]
