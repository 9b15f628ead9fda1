"""The check of a draft: what is not exact is not shown, and every number has a verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assistant.citations import Checked, Claim, Draft, Source, check_draft, mark
from assistant.types import Article, Citation, Figure, Language, NumberCheck

TEXTS: dict[Language, str] = {
    "ko": "VTWO의 보수는 0.07%입니다. 상위 10개 종목은 약 5%입니다. IWM의 보수는 0.19%입니다.",
    "en": "VTWO charges 0.07%. Its top ten make up about 5%. IWM charges 0.19%.",
}
SENTENCES: dict[Language, list[str]] = {
    "ko": ["VTWO의 보수는 0.07%입니다.", "상위 10개 종목은 약 5%입니다.", "IWM의 보수는 0.19%입니다."],
    "en": ["VTWO charges 0.07%.", "Its top ten make up about 5%.", "IWM charges 0.19%."],
}
ARTICLES: dict[str, Article] = {
    language: Article(language, language, language, "Publisher", date(2026, 2, 13), text)
    for language, text in TEXTS.items()
}
both = pytest.mark.parametrize("language", ["ko", "en"])


def _source(language: Language, place: int) -> Source:
    start = TEXTS[language].index(SENTENCES[language][place])
    return Source(language, start, start + len(SENTENCES[language][place]))


def _sources(language: Language) -> list[Source]:
    return [_source(language, place) for place in range(3)]


def _figure(source: Source, quote: str) -> Figure:
    return Figure(
        "VTWO", "expense_ratio", 0.07, "percent", date(2025, 12, 31), "article", "Publisher",
        source.article, source.start, source.end, quote,
    )  # fmt: skip


def _check(*claims: Claim | str, sources: list[Source]) -> Checked:
    return check_draft(Draft([Claim(c) if isinstance(c, str) else c for c in claims], sources), ARTICLES)


def _verdicts(text: str, source: Source, **formulas: str) -> list[str]:
    """The verdicts on the numbers of a claim with this one source; empty when it was dropped."""
    checked = _check(Claim(text + mark(1), formulas=formulas), sources=[source])
    return [check.verdict for sentence in checked.sentences for check in sentence.numbers]


# --- markers --------------------------------------------------------------------------------------------------------


@both
def test_quote_is_the_exact_span(language: Language) -> None:
    checked = _check(SENTENCES[language][0] + mark(1), sources=_sources(language))
    quote = SENTENCES[language][0]
    assert checked.citations == (Citation(1, ARTICLES[language], 0, len(quote), quote),)
    assert checked.text == f"{quote} [1]"
    assert checked.sentences[0].text == quote
    assert checked.sentences[0].citations == (1,)
    assert checked.dropped == 0


@both
def test_marker_without_source_is_dropped(language: Language) -> None:
    quote = SENTENCES[language][0]
    checked = _check(f"{quote} [7] [1] [0]", sources=_sources(language))
    assert checked.text == f"{quote} [1]"
    assert checked.sentences[0].citations == (1,)
    assert checked.sentences[0].text == quote


@both
def test_claim_without_any_citation_is_dropped(language: Language) -> None:
    checked = _check(SENTENCES[language][0], f"{SENTENCES[language][2]} [9]", sources=_sources(language))
    assert (checked.text, checked.sentences, checked.citations, checked.dropped) == ("", (), (), 2)


@pytest.mark.parametrize(("start", "end"), [(10_000, 10_010), (5, 5), (9, 3), (19, 20)])
def test_span_with_nothing_in_it_is_no_source(start: int, end: int) -> None:
    assert TEXTS["en"][19:20] == " "
    assert _check("Cheap. [1]", sources=[Source("en", start, end)]).dropped == 1


@pytest.mark.parametrize(("start", "end"), [(len(TEXTS["en"]) - 5, len(TEXTS["en"]) + 5), (-6, -1)])
def test_span_partly_outside_the_article_is_no_source(start: int, end: int) -> None:
    assert _check("Cheap. [1]", sources=[Source("en", start, end)]).dropped == 1


def test_unknown_article_is_no_source() -> None:
    assert _check("Cheap. [1]", sources=[Source("nowhere", 0, 5)]).dropped == 1


@both
def test_figure_with_another_quote_than_its_span_is_no_source(language: Language) -> None:
    source = _source(language, 0)
    quote = SENTENCES[language][0]
    right = replace(source, figure=_figure(source, quote))
    wrong = replace(source, figure=_figure(source, quote.replace("0.07", "0.08")))
    checked = _check(f"{quote} [1]", f"{quote} [2]", sources=[right, wrong])
    assert checked.dropped == 1
    assert checked.citations[0].figure == right.figure


@both
def test_citations_are_numbered_by_first_use(language: Language) -> None:
    first, second, third = SENTENCES[language]
    checked = _check(
        third + mark(3), first + mark(1) + mark(3), "A list:", second + mark(2), sources=_sources(language)
    )
    assert checked.text == f"{third} [1] {first} [2] [1] {second} [3]"
    assert [(c.number, c.quote) for c in checked.citations] == [(1, third), (2, first), (3, second)]
    assert [sentence.citations for sentence in checked.sentences] == [(1,), (2, 1), (3,)]
    assert checked.sentences[1].numbers == (NumberCheck("0.07%", "quoted", 2),)
    assert checked.dropped == 1


def test_dropped_claim_takes_no_number() -> None:
    first, _, third = SENTENCES["en"]
    checked = _check("VTWO charges 0.08%. [1]", third + mark(3), first + mark(1), sources=_sources("en"))
    assert [c.quote for c in checked.citations] == [third, first]
    assert checked.text == f"{third} [1] {first} [2]"


def test_same_marker_twice_is_one_citation() -> None:
    checked = _check(f"IWM [3] charges 0.19% [3]. {mark(3)}", sources=_sources("en"))
    assert checked.sentences[0].citations == (1,)
    assert len(checked.citations) == 1


def test_layout_before_a_claim_is_kept_and_stripped_at_the_edges() -> None:
    first, _, third = SENTENCES["en"]
    checked = _check(Claim(first + mark(1), "\n1. "), Claim(third + mark(3), "\n2. "), sources=_sources("en"))
    assert checked.text == f"1. {first} [1]\n2. {third} [2]"
    assert [sentence.text for sentence in checked.sentences] == [first, third]


def test_empty_draft_passes_nothing() -> None:
    assert check_draft(Draft((), ()), ARTICLES) == Checked("", (), (), 0)


# --- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ko", "VTWO는 0.07%예요."),
        ("ko", "VTWO는 0.07퍼센트예요."),
        ("ko", "VTWO는 7bp예요."),
        ("en", "VTWO costs 0.07 percent."),
        ("en", "VTWO costs 7 basis points."),
        ("en", "VTWO costs 0.1%."),
    ],
)
def test_number_of_the_span_is_quoted_in_other_words(language: Language, text: str) -> None:
    assert _verdicts(text, _source(language, 0)) == ["quoted"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ko", "VTWO는 0.08%예요."),
        ("ko", "VTWO는 0.07배예요."),
        ("ko", "VTWO는 0.07%이고 IWM은 0.19%예요."),
        ("ko", "VTWO는 -0.07%예요."),
        ("en", "VTWO costs 0.08%."),
        ("en", "VTWO costs $0.07."),
        ("en", "VTWO costs 0.07% and IWM 0.19%."),
        ("en", "VTWO lost -0.07%."),
    ],
)
def test_unsupported_number_drops_its_claim(language: Language, text: str) -> None:
    checked = _check(text + mark(1), sources=[_source(language, 0)])
    assert (checked.sentences, checked.citations, checked.dropped) == ((), (), 1)


@pytest.mark.parametrize(
    ("language", "finer", "as_stated"),
    [("ko", "상위 종목은 5.4%예요.", "상위 종목은 5%예요."), ("en", "The top makes up 5.4%.", "The top makes up 5%.")],
)
def test_number_finer_than_the_evidence_is_unsupported(language: Language, finer: str, as_stated: str) -> None:
    assert _verdicts(finer, _source(language, 1)) == []
    assert _verdicts(as_stated, _source(language, 1)) == ["quoted"]


@both
def test_number_is_looked_for_in_all_that_its_claim_cites(language: Language) -> None:
    text = {"ko": "0.19%와 0.07%예요.", "en": "They are 0.19% and 0.07%."}[language]
    checked = _check(text + mark(1) + mark(3), sources=_sources(language))
    assert checked.sentences[0].numbers == (NumberCheck("0.19%", "quoted", 2), NumberCheck("0.07%", "quoted", 1))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ko", "2026년 2월 13일 기사에서 0.07%예요."),
        ("ko", "2026년 기사에서 0.07%예요."),
        ("en", "In the article of February 13, 2026 it is 0.07%."),
        ("en", "In the article of 2026-02-13 it is 0.07%."),
    ],
)
def test_date_of_the_article_counts(language: Language, text: str) -> None:
    assert _verdicts(text, _source(language, 0)) == ["quoted", "quoted"]


@pytest.mark.parametrize(("language", "text"), [("ko", "2025년에 0.07%예요."), ("en", "In 2025 it was 0.07%.")])
def test_other_date_is_unsupported(language: Language, text: str) -> None:
    assert _verdicts(text, _source(language, 0)) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [("ko", "0.07%예요(2025년 12월 31일 기준)."), ("en", "It is 0.07% (as of December 31, 2025).")],
)
def test_as_of_date_of_the_figure_counts(language: Language, text: str) -> None:
    source = _source(language, 0)
    source = replace(source, figure=_figure(source, SENTENCES[language][0]))
    assert _verdicts(text, source) == ["quoted", "figure"]


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("ko", "차이는 0.12%p예요(|0.19% − 0.07%|).", "0.12%p"),
        ("en", "They are 0.12 percentage points apart (|0.19% − 0.07%|).", "0.12 percentage points"),
    ],
)
def test_computed_number_keeps_its_formula(language: Language, text: str, value: str) -> None:
    claim = Claim(text + mark(1) + mark(3), formulas={value: "|0.19% − 0.07%|"})
    checked = _check(claim, sources=_sources(language))
    computed, *quoted = checked.sentences[0].numbers
    assert computed == NumberCheck(value, "computed", 1, "|0.19% − 0.07%|")
    assert [check.verdict for check in quoted] == ["quoted", "quoted"]


@pytest.mark.parametrize(("language", "text"), [("ko", "차이는 0.12%p예요."), ("en", "They differ by 0.12%.")])
def test_computed_number_without_formula_is_unsupported(language: Language, text: str) -> None:
    assert _check(text + mark(1) + mark(3), sources=_sources(language)).dropped == 1


@pytest.mark.parametrize(
    ("language", "text"), [("ko", "세 번째로 싼 VTWO는 0.07%예요."), ("en", "The third cheapest, VTWO, costs 0.07%.")]
)
def test_place_in_an_order_is_no_number_to_check(language: Language, text: str) -> None:
    assert _verdicts(text, _source(language, 0)) == ["quoted"]


@both
def test_digits_of_a_name_are_no_number_to_check(language: Language) -> None:
    text = {"ko": "러셀 2000 ETF인 VTWO는 0.07%예요.", "en": "VTWO, a Russell 2000 ETF, costs 0.07%."}[language]
    assert _verdicts(text, _source(language, 0)) == ["quoted"]


def test_digits_of_markers_are_no_numbers() -> None:
    checked = _check("IWM is dearer [3].", sources=_sources("en"))
    assert checked.sentences[0].numbers == ()
    assert checked.text == "IWM is dearer [1]."
