"""The assistant's own words on live figures, in both languages: each with its date, its source and when it was fetched.

Knows nothing of which figure answers what.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from assistant import phrases
from assistant.citations import Claim
from assistant.figures.captions import BASES, source_text
from assistant.figures.formats import value_text
from assistant.figures.gauge_texts import gauge_text, move_text, place_text
from assistant.figures.gauges import Gauge
from assistant.figures.won import in_won
from assistant.language import josa
from assistant.numbers import find_numbers
from assistant.types import CLOSE, Figure, Language
from assistant.vocabulary import Vocabulary

Cite = Callable[[Figure], str]

_DIFFERENCES: dict[str, dict[Language, str]] = {
    "more": {
        "ko": "글의 수치보다 {value} 높아요({formula}).",
        "en": "That is {value} more than the article's figure ({formula}).",
    },
    "more_counted": {
        "ko": "글의 수치보다 {value} 많아요({formula}).",
        "en": "That is {value} more than the article's figure ({formula}).",
    },
    "less_counted": {
        "ko": "글의 수치보다 {value} 적어요({formula}).",
        "en": "That is {value} fewer than the article's figure ({formula}).",
    },
    "less": {
        "ko": "글의 수치보다 {value} 낮아요({formula}).",
        "en": "That is {value} less than the article's figure ({formula}).",
    },
}
_SENTENCES: dict[str, dict[Language, str]] = {
    "live": {
        "ko": "최신 수치로 {subject}의 {metric}{eun} {value}{yeyo}({as_of}, {source}, {fetched} 조회{stale}).",
        "en": "The latest {metric} of {subject} is {value} ({as_of}; {source}, fetched {fetched}{stale}).",
    },
    "alone": {
        "ko": "최신 수치로 {name}{eun} {value}{yeyo}({as_of}, {source}, {fetched} 조회{stale}).",
        "en": "The latest {name} is {value} ({as_of}; {source}, fetched {fetched}{stale}).",
    },
    "past": {
        "ko": "{name}{eun} {value}{yeyo}({as_of}, {source}, {fetched} 조회).",
        "en": "The {name} was {value} ({as_of}; {source}, fetched {fetched}).",
    },
    "item": {
        "ko": "{subject}의 {metric}: {value} ({as_of}, {source}{stale})",
        "en": "{metric} of {subject}: {value} ({as_of}, {source}{stale})",
    },
    "beside": {
        "ko": " · 최신 {value} ({as_of}, {source}{stale})",
        "en": " · latest {value} ({as_of}, {source}{stale})",
    },
    "rival": {
        "ko": "같은 날짜에 {source}{eun} {value}{quote} 달리 전해요.",
        "en": "For the same date, {source} says otherwise: {value}.",
    },
    "dated": {"ko": "{date} 기준", "en": "as of {date}"},
    "based": {"ko": "{metric}({basis})", "en": "{metric} ({basis})"},
    "undated": {"ko": "출처에 기준일 없음", "en": "no date given by the source"},
    "fetched": {"ko": "{as_of}, {fetched} 조회", "en": "{as_of}, fetched {fetched}"},
    "stale": {"ko": ", 오래된 수치", "en": ", stale"},
    "cell": {"ko": "{date} 조회", "en": "fetched {date}"},
}  # fmt: skip


def live_claim(
    figure: Figure,
    subject: str,
    language: Language,
    rate: Figure | None,
    cite: Cite,
    vocabulary: Vocabulary,
    *,
    won_asked: bool = False,
) -> Claim:
    """Return the sentence on a live figure; with `rate`, the price of a dollar in won, sums come in won too."""
    metric = _metric(figure, language, vocabulary)
    value = value_text(figure, language)
    won = in_won(figure, rate, language, asked=won_asked)
    alone = {"US": metric, "USD/KRW": subject}.get(figure.subject)  # "the price of the price of a dollar" is too much
    kind = "past" if figure.basis == CLOSE else "alone" if alone else "live"
    text = _SENTENCES[kind][language].format(
        name=alone or phrases.text("named", language, subject=subject, metric=metric),
        subject=subject,
        metric=metric,
        eun=josa(alone or metric, "은/는"),
        value=value + (won.text if won else ""),
        yeyo=josa(value, "이에요/예요"),
        **_dates(figure, language),
    )
    marks = cite(figure) + (cite(rate) if won and rate else "")
    return Claim(text + marks, formulas={won.amount: won.formula} if won else {})


def rival_claim(figure: Figure, language: Language, cite: Cite) -> Claim:
    """Return the sentence that another source gives another value for the same date."""
    value, source = value_text(figure, language), source_text(figure, language)
    text = _SENTENCES["rival"][language]
    return Claim(
        text.format(source=source, eun=josa(source, "은/는"), value=value, quote=josa(value, "이라고/라고"))
        + cite(figure)
    )


def live_item(figure: Figure, subject: str, language: Language, cite: Cite, vocabulary: Vocabulary) -> str:
    """Return a live figure as one line of a list."""
    metric = _metric(figure, language, vocabulary)
    return _SENTENCES["item"][language].format(
        subject=subject, metric=metric[0].upper() + metric[1:], value=value_text(figure, language),
        **_short_dates(figure, language),
    ) + cite(figure)  # fmt: skip


def beside_text(figure: Figure, language: Language, cite: Cite) -> str:
    """Return what follows an article's figure in a list: the live one."""
    text = _SENTENCES["beside"][language]
    return text.format(value=value_text(figure, language), **_short_dates(figure, language)) + cite(figure)


def row_date(figure: Figure, language: Language) -> str:
    """Return the date of a table's cell, which says where it is that of the fetch alone."""
    day = figure.as_of.isoformat()
    return _SENTENCES["cell"][language].format(date=day) if figure.as_of_kind == "fetch" else day


def difference(stated: Figure, live: Figure, language: Language, cite: Cite) -> Claim | None:
    """Return how far the live value lies from the article's, with its formula; None where both are the same."""
    if live.unit == "date" or stated.unit != live.unit:
        return None
    apart = phrases.shown(live, language) - phrases.shown(stated, language)
    if not apart:
        return None
    value = phrases.apart_text(live, stated, language)
    first, second = sorted([live, stated], key=_number, reverse=True)
    formula = f"{phrases.said(first, language)} − {phrases.said(second, language)}"
    name = ("more" if apart > 0 else "less") + ("_counted" if live.unit == "count" else "")
    text = _DIFFERENCES[name][language].format(value=value, formula=formula)
    return Claim(text + cite(live) + cite(stated), formulas={value: formula})


def gauge_claim(gauge: Gauge, language: Language, cite: Cite) -> Claim:
    """Return a gauge as one line of a list; how its place and its move were computed is kept as formulas."""
    remarks = {
        place_text(gauge, language): f"share of its stored values since {gauge.since} at or below the reading",
        move_text(gauge, language): "last value − the last value three months before",
    }
    formulas = {number.text: formula for remark, formula in remarks.items() for number in find_numbers(remark)}
    mark = cite(gauge.figure) if gauge.figure else ""
    return Claim(gauge_text(gauge, language) + mark, "\n- ", formulas)


def _metric(figure: Figure, language: Language, vocabulary: Vocabulary) -> str:
    """The metric's name, with what the value is based on."""
    metric = phrases.metric_text(figure.metric, language, vocabulary)
    basis = BASES.get(figure.basis, {}).get(language)
    told = not basis or basis.lower() in metric.lower()
    return metric if told else _SENTENCES["based"][language].format(metric=metric, basis=basis)


def _dates(figure: Figure, language: Language) -> dict[str, str]:
    day = phrases.date_text(figure.as_of, language)
    dated = _SENTENCES["undated" if figure.as_of_kind == "fetch" else "dated"][language].format(date=day)
    fetched = phrases.date_text(figure.fetched_at.date(), language) if figure.fetched_at else ""
    stale = _SENTENCES["stale"][language] if figure.stale else ""
    return {"as_of": dated, "fetched": fetched, "source": source_text(figure, language), "stale": stale}


def _short_dates(figure: Figure, language: Language) -> dict[str, str]:
    """The dates for a line that says when a figure was fetched only where its source gives no date."""
    dates = _dates(figure, language)
    if figure.as_of_kind == "fetch":
        dates["as_of"] = _SENTENCES["fetched"][language].format(**dates)
    return dates


def _number(figure: Figure) -> float:
    return 0.0 if isinstance(figure.value, date) else figure.value
