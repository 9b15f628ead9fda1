"""A table of figures as the body of an article: one sentence a row, which reads back as that row's figure.

Columns: subject, metric, value, unit and as_of as in corpus/figures.csv, maybe source. Knows nothing of files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import groupby

from assistant.errors import ArticleError
from assistant.extraction.extractor import extract_figures
from assistant.extraction.marked import SUBJECTS
from assistant.extraction.wording import WEIGHT, load_wording
from assistant.figures.formats import amount_text, value_text
from assistant.language import detect_language, josa
from assistant.numbers import find_numbers
from assistant.passages import sentences_of
from assistant.types import Article, Figure, Language
from assistant.vocabulary import Concept

COLUMNS = ("subject", "metric", "value", "unit", "as_of")
SOURCE = "source"
MOST_ROWS = 2_000
_SENTENCES: dict[Language, str] = {
    "ko": "{subject}의 {metric}{eun} {as_of} 기준 {value}입니다.",
    "en": "{subject}'s {metric} was {value} as of {as_of}.",
}
_LABELS: dict[str, dict[Language, str]] = {
    "weight": {"ko": "{} 비중", "en": "{} weight"},
    "ytd": {"ko": "연초 이후 {}", "en": "year-to-date {}"},
    "years": {"ko": "{years}년 {}", "en": "{years}-year {}"},
}
_DECIMAL = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_EXCEL_EPOCH = date(1899, 12, 30)  # spreadsheets count days from here


@dataclass(frozen=True, slots=True)
class Sheet:
    """The Markdown body of an article, and the newest day of its figures."""

    text: str
    newest: date


@dataclass(frozen=True, slots=True)
class _Row:
    number: int  # as a spreadsheet counts, the head being row 1
    subject: Concept
    figure: Figure
    source: str


def read_sheet(rows: Sequence[Sequence[str]], name: str) -> Sheet:
    """Return the article body that states the rows, the head first; raises ArticleError with the row that is wrong."""
    read = list(_rows(rows, name))
    language = detect_language(" ".join(cell for row in rows[1:] for cell in row))
    parts = []
    for source, group in groupby(sorted(read, key=lambda row: row.source), key=lambda row: row.source):
        items = "\n".join(f"- {_sentence(row, language)}" for row in group)
        parts.append(f"## {source}\n\n{items}" if source else items)
    sheet = Sheet("\n\n".join(parts), max(row.figure.as_of for row in read))
    _require_readable(read, sheet, language, name)
    return sheet


def _rows(rows: Sequence[Sequence[str]], name: str) -> Iterator[_Row]:
    head = [cell.strip().casefold() for cell in rows[0]] if rows else []
    if missing := [column for column in COLUMNS if column not in head]:
        names, known = ", ".join(f"`{column}`" for column in missing), ", ".join(COLUMNS)
        raise ArticleError(
            f"{name}: the columns {names} are missing. A table of figures has {known}, and maybe {SOURCE}.",
            f"{name}: {names} 열이 없어요. 수치 표에는 {known} 열이 있어야 하고, {SOURCE} 열은 없어도 돼요.",
        )
    filled = [(number, row) for number, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)]
    if not 0 < len(filled) <= MOST_ROWS:
        raise ArticleError(
            f"{name} has {len(filled):,} rows of figures: 1 to {MOST_ROWS:,} can be added at once.",
            f"{name}: 수치가 {len(filled):,}행이에요. 한 번에 1행부터 {MOST_ROWS:,}행까지 추가할 수 있어요.",
        )
    for number, row in filled:
        cells = dict(zip(head, (" ".join(cell.split()) for cell in row), strict=False))
        yield _row(number, {column: cells.get(column, "") for column in (*COLUMNS, SOURCE)}, name)


def _row(number: int, cells: dict[str, str], name: str) -> _Row:
    subject = _subjects().get(cells["subject"].casefold())
    if subject is None:
        raise _refused(name, number, "subject", cells, ", ".join(dict.fromkeys(c.id for c in _subjects().values())))
    if _label(cells["metric"], "en") is None:
        raise _refused(name, number, "metric", cells, ", ".join(_metrics()))
    unit = _unit(cells["metric"])
    if cells["unit"] != unit and (unit, cells["unit"]) != ("usd", "krw"):
        raise _refused(name, number, "unit", cells, "usd, krw" if unit == "usd" else unit)
    as_of = _day(cells["as_of"])
    value = _day(cells["value"]) if unit == "date" else _number(cells["value"])
    if as_of is None or as_of > date.today():
        raise _refused(name, number, "as_of", cells, f"YYYY-MM-DD ≤ {date.today()}")
    if value is None:
        raise _refused(name, number, "value", cells, "YYYY-MM-DD" if unit == "date" else "1234.5")
    figure = Figure(subject.id, cells["metric"], value, cells["unit"], as_of, "article", cells[SOURCE])
    return _Row(number, subject, figure, cells[SOURCE].lstrip("#-*+ "))


def _sentence(row: _Row, language: Language) -> str:
    metric = _label(row.figure.metric, language) or row.figure.metric
    as_of = value_text(Figure("", "", row.figure.as_of, "date", row.figure.as_of, "article", ""), language)
    return _SENTENCES[language].format(
        subject=row.subject.label(language),
        metric=metric,
        eun=josa(metric, "은/는"),
        as_of=as_of,
        value=_written(row.figure, language),
    )


def _written(figure: Figure, language: Language) -> str:
    """The value as people write it, with all its digits where rounding would change it."""
    if isinstance(figure.value, date):
        return value_text(figure, language)
    rounded = amount_text(figure.value, figure.unit, language)
    if find_numbers(rounded)[0].value == Decimal(str(figure.value)):
        return rounded
    return amount_text(1, figure.unit, language).replace("1", f"{figure.value:,.15g}")


def _require_readable(rows: Sequence[_Row], sheet: Sheet, language: Language, name: str) -> None:
    """Raise ArticleError for a row whose sentence does not read back as its figure."""
    article = Article("sheet", "", language, "", sheet.newest, sheet.text)
    found = {_key(figure) for figure in extract_figures(article, sentences_of(article))}
    for row in rows:
        if _key(row.figure) not in found:
            shown = f"{row.figure.subject} {row.figure.metric} {row.figure.value} {row.figure.unit}"
            raise ArticleError(
                f"{name}, row {row.number}: {shown} cannot be used: the subject has no such figure, the value is "
                "out of range, or another row gives another value for that day.",
                f"{name} {row.number}행: {shown} 수치를 쓸 수 없어요. 그 대상에 없는 지표이거나, 값이 범위를 "
                "벗어났거나, 다른 행이 같은 날에 다른 값을 적었어요.",
            )


def _key(figure: Figure) -> tuple[object, ...]:
    return figure.subject, figure.metric, figure.value, figure.unit, figure.as_of


def _label(metric: str, language: Language) -> str | None:
    """Return how a sentence names a metric, or None where there is none of that name."""
    family, _, part = metric.partition(".")
    wording = load_wording()
    families = {family: kind for kind, family in wording.members.items()}
    if family in families:
        member = wording.names.concepts.get(part)
        known = member is not None and member.kind == families[family]
        return _LABELS["weight"][language].format(member.label(language)) if member and known else None
    if family not in wording.metrics or metric not in _metrics() or family == WEIGHT:
        return None
    name = wording.names.concepts[family].names[language][0]
    if not part:
        return name
    return _LABELS["ytd" if part == "ytd" else "years"][language].format(name, years=part.removesuffix("y"))


@cache
def _subjects() -> dict[str, Concept]:
    """The subjects that a row may have, by id and by name."""
    return {
        name.casefold(): concept
        for concept in load_wording().names.concepts.values()
        if concept.kind in SUBJECTS
        for name in (concept.id, *concept.names["ko"], *concept.names["en"])
    }


@cache
def _metrics() -> list[str]:
    """The names of metrics that a row may have, as messages list them."""
    spans = [f"{family}.{span}" for family in ("return", "return_annualised") for span in ("1y", "3y", "5y", "10y")]
    plain = [id for id in load_wording().metrics if id not in ("return", "return_annualised", "weight", "counted")]
    members = [f"{family}.<{kind}>" for kind, family in load_wording().members.items()]
    return [*plain, "return.ytd", *spans, *members]


def _unit(metric: str) -> str:
    family = metric.partition(".")[0]
    return load_wording().metrics[WEIGHT if family in load_wording().members.values() else family].unit


def _number(text: str) -> float | None:
    plain = text.replace(",", "")
    return float(plain) if _DECIMAL.fullmatch(plain) else None


def _day(text: str) -> date | None:
    """Read an ISO date, or a day as spreadsheets count them."""
    try:
        return _EXCEL_EPOCH + timedelta(days=int(text)) if text.isdecimal() else date.fromisoformat(text[:10])
    except (ValueError, OverflowError):
        return None


def _refused(name: str, number: int, column: str, cells: dict[str, str], allowed: str) -> ArticleError:
    seen = cells[column][:60]
    return ArticleError(
        f"{name}, row {number}: `{column}` is {seen!r}; allowed: {allowed}.",
        f"{name} {number}행: `{column}` 값이 {seen!r}인데, 쓸 수 있는 값은 {allowed}예요.",
    )
