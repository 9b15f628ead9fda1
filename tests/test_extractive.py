"""The writer that needs no model: drafts in each shape, over two small articles and their figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest

from assistant.citations import Checked, check_draft
from assistant.clocks import Now
from assistant.evidence import Evidence
from assistant.extractive import ExtractiveWriter
from assistant.figure_lookup import FigureLookup
from assistant.figures.preference import LiveTable
from assistant.figures.table import FigureTable
from assistant.groups import Group
from assistant.passages import sentences_of
from assistant.question import Question, read_question
from assistant.types import Article, Figure, Hit, Language, Sentence
from assistant.vocabulary import load_vocabulary

FACTS: dict[Language, dict[tuple[str, str], str]] = {
    "ko": {
        ("IWM", "expense_ratio"): "IWM의 총보수는 연 0.19%입니다.",
        ("VTWO", "expense_ratio"): "VTWO의 총보수는 연 0.07%입니다.",
        ("VTWO", "sector_weight.health_care"): "VTWO의 헬스케어 비중은 18.8%입니다.",
        ("VTWO", "sector_weight.financials"): "VTWO의 금융 비중은 17.2%입니다.",
        ("Russell 2000", "pe_ratio"): "러셀 2000의 주가수익비율은 20.4배입니다.",
    },
    "en": {
        ("IWM", "expense_ratio"): "The expense ratio of IWM is 0.19% a year.",
        ("VTWO", "expense_ratio"): "The expense ratio of VTWO is 0.07% a year.",
        ("VTWO", "sector_weight.health_care"): "The health care weight of VTWO is 18.8%.",
        ("VTWO", "sector_weight.financials"): "The financials weight of VTWO is 17.2%.",
        ("Russell 2000", "pe_ratio"): "The P/E ratio of the Russell 2000 is 20.4 times.",
    },
}
VALUES = [(0.19, "percent"), (0.07, "percent"), (18.8, "percent"), (17.2, "percent"), (20.4, "multiple")]
ARTICLES: dict[str, Article] = {
    language: Article(
        language, "Basics", language, "Publisher", date(2026, 2, 13), " ".join(facts.values()), tickers=("IWM", "VTWO")
    )
    for language, facts in FACTS.items()
}
NOW = Now(LiveTable((), date(2026, 11, 22)), {}, date(2026, 11, 22))
LANGUAGES: dict[str, Language] = {"ko": "ko", "en": "en"}
both = pytest.mark.parametrize("language", ["ko", "en"])


def _figures() -> list[Figure]:
    return [
        Figure(
            subject, metric, value, unit, date(2025, 12, 31), "article", "Publisher", language,
            start := ARTICLES[language].text.index(quote), start + len(quote), quote,
        )
        for language, facts in FACTS.items()
        for ((subject, metric), quote), (value, unit) in zip(facts.items(), VALUES, strict=True)
    ]  # fmt: skip


@dataclass
class Found:
    """Finds what it is given, whatever the question."""

    sentences: Sequence[Sentence] = ()
    items: Sequence[Sentence] = ()
    asked: list[str] = field(default_factory=list)
    said: Sequence[Sentence] = ()

    def quoted(self, question: Question, most: int) -> list[list[Sentence]]:
        return [list(self.said)] if self.said else []

    def explanation(self, question: Question, hits: Sequence[Hit], most: int) -> list[Evidence]:
        self.asked.append(question.text)
        return [Evidence(sentence, 1.0, 1.0, frozenset()) for sentence in self.sentences[:most]]

    def together(self, question: Question, hits: Sequence[Hit], names: Sequence[str], most: int) -> list[Evidence]:
        return []

    def group(self, question: Question) -> Group | None:
        return Group("", "", "", tuple((item,) for item in self.items)) if self.items else None


def _checked(text: str, found: Found | None = None) -> Checked | None:
    """The checked draft for a question; None where the writer abstains."""
    vocabulary = load_vocabulary()
    lookup = FigureLookup(ARTICLES, FigureTable(_figures(), LANGUAGES), vocabulary)
    writer = ExtractiveWriter(ARTICLES, lookup, found or Found(), vocabulary, lambda: NOW)  # type: ignore[arg-type]
    draft = writer.write(read_question(text, vocabulary, this_year=2026), [])
    return check_draft(draft, ARTICLES) if draft and draft.claims else None


def _written(text: str, found: Found | None = None) -> Checked | None:
    """The same, where every claim has to pass the check."""
    checked = _checked(text, found)
    assert checked is None or checked.dropped == 0
    return checked


OTHERS: dict[Language, Article] = {
    "ko": Article("other-ko", "2026년 글", "ko", "Other", date(2026, 3, 1), "IWM의 총보수는 연 0.25%입니다."),
    "en": Article("other-en", "A note of 2026", "en", "Other", date(2026, 3, 1), "IWM charges 0.25% a year."),
}


@both
def test_articles_that_disagree_on_one_date_are_both_quoted(language: Language) -> None:
    other, vocabulary = OTHERS[language], load_vocabulary()
    articles = ARTICLES | {other.id: other}
    rival = Figure(
        "IWM", "expense_ratio", 0.25, "percent", date(2025, 12, 31), "article", "Other", other.id, 0, len(other.text),
        other.text,
    )  # fmt: skip
    lookup = FigureLookup(articles, FigureTable([*_figures(), rival], LANGUAGES | {other.id: language}), vocabulary)
    writer = ExtractiveWriter(articles, lookup, Found(), vocabulary, lambda: NOW)  # type: ignore[arg-type]
    asked: dict[Language, str] = {"ko": "IWM의 총보수는?", "en": "What is the expense ratio of IWM?"}
    draft = writer.write(read_question(asked[language], vocabulary, this_year=2026), [])
    assert draft is not None
    checked = check_draft(draft, articles)
    assert checked.dropped == 0 and "0.19%" in checked.text and "0.25%" in checked.text


# --- figures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("IWM의 총보수는 얼마예요?", "IWM의 총보수는 0.19%예요(2025년 12월 31일 기준, Publisher 2026년 2월 13일)."),
        (
            "What is the expense ratio of IWM?",
            "The expense ratio of IWM is 0.19% (as of December 31, 2025; Publisher, February 13, 2026).",
        ),
        (
            "VTWO의 헬스케어 비중은?",
            "VTWO의 헬스케어 비중은 18.8%예요(2025년 12월 31일 기준, Publisher 2026년 2월 13일).",
        ),
    ],
)
def test_figure_is_a_sentence_with_its_dates_and_quote(text: str, sentence: str) -> None:
    checked = _written(text)
    assert checked is not None
    assert checked.sentences[0].text == sentence
    assert checked.citations[0].figure is not None
    assert checked.citations[0].quote == checked.citations[0].figure.quote


@pytest.mark.parametrize("text", ["VTWO의 에너지 비중은?", "What is the energy weight of VTWO?"])
def test_weight_without_a_figure_is_not_answered_by_another(text: str) -> None:
    near = Found(sentences_of(ARTICLES["en"]))
    assert _written(text, near) is None
    assert near.asked == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("IWM의 PER은?", "IWM이 따르는 러셀 2000의 주가수익비율(P/E)"),
        ("What is the P/E ratio of VTWO?", "The P/E ratio of the Russell 2000, the index that VTWO tracks, is 20.4"),
    ],
)
def test_benchmark_stands_in_for_its_fund_by_name(text: str, named: str) -> None:
    checked = _written(text)
    assert checked is not None and checked.sentences[0].text.startswith(named)


@pytest.mark.parametrize("text", ["ZZTOP의 총보수는?", "What is the expense ratio of ZZTOP?"])
def test_figure_of_another_fund_is_no_answer(text: str) -> None:
    assert _written(text) is None


@pytest.mark.parametrize("text", ["2019년 IWM의 총보수는?", "What was the expense ratio of IWM in 2019?"])
def test_figure_of_another_year_is_no_answer(text: str) -> None:
    assert _written(text) is None


# --- comparisons ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "head", "row"),
    [
        (
            "IWM과 VTWO의 총보수를 비교해줘",
            "| 항목 | IWM | VTWO | 기준일 |\n|---|---|---|---|\n",
            "| 총보수 | 0.19% [1] | 0.07% [2] | 2025-12-31 |",
        ),
        (
            "Compare the expense ratio of IWM and VTWO",
            "| Measure | IWM | VTWO | As of |\n|---|---|---|---|\n",
            "| expense ratio | 0.19% [1] | 0.07% [2] | 2025-12-31 |",
        ),
    ],
)
def test_comparison_is_a_table_with_a_citation_for_each_value(text: str, head: str, row: str) -> None:
    checked = _checked(text)
    assert checked is not None
    assert checked.text.startswith(head + row)
    assert checked.sentences[0].citations == (1, 2)


@pytest.mark.parametrize(
    ("text", "difference"),
    [
        ("IWM과 VTWO의 총보수를 비교해줘", "0.12%p"),
        pytest.param(
            "Compare the expense ratio of IWM and VTWO",
            "0.12 percentage points",
        ),
    ],
)
def test_difference_of_two_values_is_computed(text: str, difference: str) -> None:
    checked = _checked(text)
    assert checked is not None
    computed = [check for check in checked.sentences[-1].numbers if check.verdict == "computed"]
    assert [(check.text, check.formula) for check in computed] == [(difference, "|0.19% − 0.07%|")]
    assert checked.dropped == 0


@pytest.mark.parametrize("text", ["IWM과 VTWO의 헬스케어 비중 비교", "Compare the health care weight of IWM and VTWO"])
def test_value_that_is_missing_is_said_to_be(text: str) -> None:
    missing = {"ko": "자료에 없음", "en": "not in the sources"}
    checked = _checked(text)
    assert checked is not None
    row = checked.sentences[0].text.split("|")
    assert row[2].strip() in missing.values()
    assert "18.8%" in row[3]


# --- lists and explanations -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text"),
    [("ko", "소형주의 위험요인을 모두 나열해줘"), ("en", "List all the risk factors of small caps")],
)
def test_list_is_the_items_in_order(language: Language, text: str) -> None:
    items = sentences_of(ARTICLES[language])
    checked = _written(text, Found(items=items))
    assert checked is not None
    assert checked.text == "\n".join(f"{n}. {item.text} [{n}]" for n, item in enumerate(items, start=1))


@pytest.mark.parametrize(
    ("language", "text"), [("ko", "소형주의 세 번째 위험은 뭐야?"), ("en", "What is the third risk of small caps?")]
)
def test_place_in_a_list_is_that_item_alone(language: Language, text: str) -> None:
    items = sentences_of(ARTICLES[language])
    checked = _written(text, Found(items=items))
    assert checked is not None
    assert [sentence.text for sentence in checked.sentences] == [items[2].text]


@pytest.mark.parametrize("text", ["소형주의 열한 번째 위험은 뭐야?", "What is the eleventh risk of small caps?"])
def test_place_beyond_the_list_is_no_answer(text: str) -> None:
    assert _written(text, Found(items=sentences_of(ARTICLES["en"]))) is None


@pytest.mark.parametrize("text", ["소형주의 0번째 위험은 뭐야?", "What is the 0th risk of small caps?"])
def test_place_before_the_list_is_no_answer(text: str) -> None:
    assert _written(text, Found(items=sentences_of(ARTICLES["en"]))) is None


@pytest.mark.parametrize(
    ("language", "text"), [("ko", "소형주는 왜 금리에 약해요?"), ("en", "Why are small caps sensitive to rates?")]
)
def test_explanation_is_exact_sentences_each_cited(language: Language, text: str) -> None:
    found = sentences_of(ARTICLES[language])[:3]
    checked = _written(text, Found(found))
    assert checked is not None
    assert [sentence.text for sentence in checked.sentences] == [sentence.text for sentence in found]
    assert [citation.quote for citation in checked.citations] == [sentence.text for sentence in found]


@both
def test_nothing_found_is_no_answer(language: Language) -> None:
    text = {"ko": "소형주는 왜 금리에 약해요?", "en": "Why are small caps sensitive to rates?"}[language]
    assert _written(text) is None


@both
def test_sentence_that_the_question_quotes_is_explained_by_its_section(language: Language) -> None:
    said = sentences_of(ARTICLES[language])[:2]
    checked = _written(f"“{said[0].text}” ?", Found(said=said))
    assert checked is not None and [sentence.text for sentence in checked.sentences] == [each.text for each in said]
