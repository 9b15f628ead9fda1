"""The assistant's own words in answers, in both languages: fixed sentences, figure sentences, labels, dates.

Knows nothing of where figures come from; quotes never pass through here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from assistant.citations import Claim
from assistant.figures.formats import amount_text
from assistant.figures.formats import value_text as shown_text
from assistant.figures.table import figure_number
from assistant.language import be, josa
from assistant.numbers import equal, find_numbers
from assistant.types import Figure, Language
from assistant.vocabulary import Concept, Vocabulary

ABSTAIN: dict[Language, str] = {
    "ko": "자료에서 찾지 못했어요.",
    "en": "The sources do not answer this.",
}

_TEXTS: dict[str, dict[Language, str]] = {
    "nearest": {
        "ko": "자료가 다루는 가까운 내용: {topics}",
        "en": "Nearest topics that the sources do cover: {topics}",
    },
    "figure": {
        "ko": "{subject}의 {metric}{eun} {value}{yeyo}({as_of} 기준, {source} {published}).",
        "en": "The {metric} of {subject} {be} {value} (as of {as_of}; {source}, {published}).",
    },
    "named": {"ko": "{subject}의 {metric}", "en": "{metric} of {subject}"},
    "over_y": {"ko": "{count}년 {metric}", "en": "{count}-year {metric}"},
    "over_ytd": {"ko": "연초 이후 {metric}", "en": "year-to-date {metric}"},
    "over_w": {"ko": "{count}주 {metric}", "en": "{count}-week {metric}"},
    "over_m": {"ko": "{count}개월 {metric}", "en": "{count}-month {metric}"},
    "other": {
        "ko": "다른 글({source} {published})은 같은 날짜의 값을 {value}{quote} 달리 전해요.",
        "en": "Another article ({source}, {published}) gives a different value for that date: {value}.",
    },
    "figure_item": {"ko": "{subject}의 {metric}: {value} ({as_of})", "en": "{metric} of {subject}: {value} ({as_of})"},
    "tracked_by": {"ko": "{fund}{ga} 따르는 {benchmark}", "en": "the {benchmark}, the index that {fund} tracks,"},
    "tracks": {"ko": "{benchmark}{reul} 따르는 {fund}", "en": "{fund}, which tracks the {benchmark},"},
    "missing": {
        "ko": "자료에서 찾지 못한 것: {names}",
        "en": "Not found in the sources: {names}",
    },
    "difference": {
        "ko": "두 값의 차이는 {value}{yeyo}({formula}).",
        "en": "The difference is {value} ({formula}).",
    },
    "latest": {"ko": "{metric} (최신)", "en": "{metric} (latest)"},
    "no_value": {"ko": "자료에 없음", "en": "not in the sources"},
    "head_metric": {"ko": "항목", "en": "Measure"},
    "head_date": {"ko": "기준일", "en": "As of"},
    "also_ask": {"ko": "{subject}의 {metric}{eun}?", "en": "What {be} the {metric} of {subject}?"},
    "tell_more": {"ko": "{topic}에 대해 알려 주세요", "en": "Tell me about: {topic}"},
    "foreign": {
        "ko": "한국어 자료가 없어 영어 원문을 그대로 인용했어요.",
        "en": "No English source says this: quoted from the Korean original.",
    },
    "sources": {"ko": "이 답의 출처: {sources}", "en": "Sources of this answer: {sources}"},
    "only_foreign": {
        "ko": "이 질문은 한국어 자료로 답하지 못했어요. 영어로는 답할 수 있어요.",
        "en": "This could not be answered from the English articles; it can be answered in Korean.",
    },
}

_METRICS: dict[str, dict[Language, str]] = {
    "sector_weight": {"ko": "{} 비중", "en": "{} weight"},
    "holding_weight": {"ko": "{} 비중", "en": "{} weight"},
    "top10_weight": {"ko": "상위 10개 종목 합계 비중", "en": "combined weight of the top 10 holdings"},
    "holdings_count": {"ko": "종목 수", "en": "number of holdings"},
    "return.ytd": {"ko": "연초 이후 수익률", "en": "year-to-date return"},
    "return.10y": {"ko": "10년 수익률", "en": "10-year return"},
    "return.day": {"ko": "하루 수익률", "en": "one-day return"},
    "return.1y": {"ko": "1년 수익률", "en": "1-year return"},
    "return.3y": {"ko": "3년 누적 수익률", "en": "3-year cumulative return"},
    "return.5y": {"ko": "5년 누적 수익률", "en": "5-year cumulative return"},
    "return_annualised.3y": {"ko": "3년 연환산 수익률", "en": "3-year annualised return"},
    "return_annualised.5y": {"ko": "5년 연환산 수익률", "en": "5-year annualised return"},
    "return_annualised.10y": {"ko": "10년 연환산 수익률", "en": "10-year annualised return"},
    "relative_return.ytd": {"ko": "연초 이후 SPY 대비 상대수익률", "en": "year-to-date return relative to SPY"},
    "relative_return.1y": {"ko": "1년 SPY 대비 상대수익률", "en": "1-year return relative to SPY"},
    "change.day": {"ko": "전일 대비 등락률", "en": "change on the day"},
    "volatility": {"ko": "변동성", "en": "volatility"},
    "volatility.1y": {"ko": "1년 변동성(연환산)", "en": "1-year volatility (annualised)"},
    "volatility.3y": {"ko": "3년 변동성(연환산)", "en": "3-year volatility (annualised)"},
    "volatility.5y": {"ko": "5년 변동성(연환산)", "en": "5-year volatility (annualised)"},
    "volatility.10y": {"ko": "10년 변동성(연환산)", "en": "10-year volatility (annualised)"},
    "max_drawdown.1y": {"ko": "1년 최대 낙폭", "en": "1-year maximum drawdown"},
    "max_drawdown.10y": {"ko": "10년 최대 낙폭", "en": "10-year maximum drawdown"},
    "beta.3y": {"ko": "SPY 대비 3년 베타", "en": "3-year beta against SPY"},
    "high.52w": {"ko": "52주 최고가", "en": "52-week high"},
    "low.52w": {"ko": "52주 최저가", "en": "52-week low"},
    "volume_average.3m": {"ko": "3개월 평균 거래량", "en": "3-month average volume"},
    "sec_yield": {"ko": "30일 SEC 수익률", "en": "30-day SEC yield"},
    "bid_ask_spread": {"ko": "호가 스프레드", "en": "bid-ask spread"},
    "price": {"ko": "가격", "en": "price"},
    "return.since_2023": {"ko": "2023년 초 이후 수익률", "en": "return since the start of 2023"},
    "return.cumulative_average": {"ko": "누적 평균 수익률", "en": "cumulative average return"},
    "pe_ratio": {"ko": "주가수익비율(P/E)", "en": "P/E ratio"},
    "pe_discount": {"ko": "S&P 500 대비 P/E 할인율", "en": "P/E discount to the S&P 500"},
    "floating_rate_debt_share": {"ko": "변동금리 부채 비중", "en": "floating-rate debt share"},
    "rate_cuts": {"ko": "금리 인하 횟수", "en": "number of rate cuts"},
    "rate_cuts_expected": {"ko": "추가 금리 인하 예상 횟수", "en": "number of further rate cuts expected"},
}
_LENGTH = re.compile(r"(?P<count>\d*)(?P<unit>ytd|[wmy])")
_SUBJECTS: dict[str, dict[Language, str]] = {
    "USD/KRW": {"ko": "원/달러 환율", "en": "USD/KRW"},
    "Federal Reserve": {"ko": "연준", "en": "the Federal Reserve"},
    "Russell 2000": {"ko": "러셀 2000", "en": "the Russell 2000"},
    "S&P 500": {"ko": "S&P 500", "en": "the S&P 500"},
    "Nasdaq-100": {"ko": "나스닥-100", "en": "the Nasdaq-100"},
}
_POINTS = {"percent": "percentage_point"}  # what a difference of two such values is in
# Headings that say nothing of what stands under them.
_PLAIN_HEADINGS = frozenset(
    {
        "출처",
        "결론",
        "개요",
        "요약",
        "한눈에 보기",
        "source",
        "sources",
        "conclusion",
        "overview",
        "summary",
        "at a glance",
    }
)
_MONTHS = (
    "January February March April May June July August September October November December".split()
)  # dates are ours to print: the wording of both languages is fixed, whatever locale the machine has


def text(name: str, language: Language, **values: str) -> str:
    """Return a fixed text with its values filled in; Korean particles are chosen to fit."""
    return _TEXTS[name][language].format(**values)


def date_text(day: date, language: Language) -> str:
    table: dict[Language, str] = {
        "ko": f"{day.year}년 {day.month}월 {day.day}일",
        "en": f"{_MONTHS[day.month - 1]} {day.day}, {day.year}",
    }
    return table[language]


def subject_text(subject: str, language: Language, vocabulary: Vocabulary) -> str:
    if subject in _SUBJECTS:
        return _SUBJECTS[subject][language]
    concept = vocabulary.concepts.get(subject)
    return concept.label(language) if concept else subject


def name_text(subject: str, metric: str, language: Language, vocabulary: Vocabulary) -> str:
    """Return the name of a subject's metric; of the economy and of an exchange rate one of both tells the other."""
    whose, what = subject_text(subject, language, vocabulary), metric_text(metric, language, vocabulary)
    alone = {"US": what, "USD/KRW": whose}.get(subject)
    return alone or text("named", language, subject=whose, metric=what)


def metric_text(metric: str, language: Language, vocabulary: Vocabulary) -> str:
    """Return the name of a metric: `sector_weight.health_care` is "헬스케어 비중"."""
    if metric in _METRICS:
        return _METRICS[metric][language]
    family, _, part = metric.partition(".")
    named = vocabulary.concepts.get(metric) or vocabulary.concepts.get(part or family)
    label = _label(named, language) if named else (part or family).replace("_", " ")
    if (length := _LENGTH.fullmatch(part)) and family in vocabulary.concepts:
        spans, measured = _TEXTS[f"over_{length['unit']}"][language], metric_text(family, language, vocabulary)
        return spans.format(count=length["count"], metric=measured)
    return _METRICS[family][language].format(label) if part and family in _METRICS else label


def weight_text(part: str, language: Language) -> str:
    """Return the name of the weight of a part of a fund."""
    return _METRICS["holding_weight"][language].format(part)


def value_text(figure: Figure, language: Language) -> str:
    """Return the value as the article writes it, with its "about"; as a plain number where it writes it otherwise."""
    for number in find_numbers(figure.quote):
        if equal(number, figure_number(figure)):
            return _hedge(figure.quote, number.start) + number.text
    return figure_number(figure).text


def figure_sentence(figure: Figure, subject: str, published: date, language: Language, vocabulary: Vocabulary) -> str:
    metric, value = metric_text(figure.metric, language, vocabulary), value_text(figure, language)
    return text(
        "figure",
        language,
        subject=subject,
        metric=metric,
        eun=josa(metric, "은/는"),
        be=be(metric),
        value=value,
        yeyo=josa(value, "이에요/예요"),
        as_of=date_text(figure.as_of, language),
        source=figure.source,
        published=date_text(published, language),
    )


def other_sentence(figure: Figure, published: date, language: Language) -> str:
    """Return the sentence on an article that disagrees with another on one figure."""
    value, day = value_text(figure, language), date_text(published, language)
    quote = josa(value, "이라고/라고")
    return text("other", language, source=figure.source, published=day, value=value, quote=quote)


def figure_item(figure: Figure, subject: str, language: Language, vocabulary: Vocabulary) -> str:
    """Return the figure as one line of a list, with its as-of date."""
    metric = metric_text(figure.metric, language, vocabulary)
    return text(
        "figure_item",
        language,
        subject=subject,
        metric=metric[0].upper() + metric[1:],
        value=value_text(figure, language),
        as_of=figure.as_of.isoformat(),
    )


def is_plain_heading(heading: str) -> bool:
    return heading.strip().lower() in _PLAIN_HEADINGS


def figure_question(figure: Figure, language: Language, vocabulary: Vocabulary) -> str:
    """Return a question that this figure answers."""
    metric = metric_text(figure.metric, language, vocabulary)
    subject = subject_text(figure.subject, language, vocabulary)
    return text("also_ask", language, subject=subject, metric=metric, eun=josa(metric, "은/는"), be=be(metric))


def stand_in_text(asked: Concept, found: Concept, language: Language) -> str:
    """Return how a fund's benchmark (or a benchmark's fund) is named where it stands in for what was asked."""
    name = "tracked_by" if asked.tracks == found.id else "tracks"
    fund, benchmark = (asked, found) if asked.tracks == found.id else (found, asked)
    fund_label, benchmark_label = fund.label(language), benchmark.label(language)
    return text(
        name,
        language,
        fund=fund_label,
        benchmark=benchmark_label,
        ga=josa(fund_label, "이/가"),
        reul=josa(benchmark_label, "을/를"),
    )


def difference_claim(first: Figure, second: Figure, language: Language, cite: Callable[[Figure], str]) -> Claim | None:
    """Return the sentence on how far two values lie apart, with its formula; none for what cannot be subtracted."""
    if isinstance(first.value, date) or isinstance(second.value, date) or first.unit != second.unit:
        return None
    value = apart_text(first, second, language)
    formula = f"|{said(first, language)} − {said(second, language)}|"
    sentence = text("difference", language, value=value, yeyo=josa(value, "이에요/예요"), formula=formula)
    return Claim(sentence + cite(first) + cite(second), "\n\n", {value: formula})


def apart_text(first: Figure, second: Figure, language: Language) -> str:
    """Return how far two values of one unit lie apart, as shown, with the unit of the difference."""
    apart = abs(shown(first, language) - shown(second, language))
    return amount_text(float(apart), _POINTS.get(first.unit, first.unit), language, first.metric)


def said(figure: Figure, language: Language) -> str:
    """Return a value as its article writes it, or as we write a live one."""
    return shown_text(figure, language) if figure.origin == "live" else value_text(figure, language)


def shown(figure: Figure, language: Language) -> Decimal:
    """Return a value as rounded for the reader, so that what is shown adds up."""
    value = find_numbers(said(figure, language))[0].value
    return value if isinstance(value, Decimal) else Decimal(0)


def abstain_text(topics: Sequence[str], language: Language) -> str:
    sentence = ABSTAIN[language]
    return f"{sentence}\n\n{text('nearest', language, topics=' · '.join(topics))}" if topics else sentence


def _label(concept: Concept, language: Language) -> str:
    """A company's Korean name stands with the one that its share certificate bears."""
    if concept.kind == "company" and language == "ko":
        return f"{concept.label('ko')}({concept.label('en')})"
    return concept.label(language)


def _hedge(quote: str, start: int) -> str:
    """Return the "약" or "about" right before a number, which is part of what the article says."""
    return next((word for word in ("약 ", "about ", "roughly ") if quote[:start].lower().endswith(word)), "")
