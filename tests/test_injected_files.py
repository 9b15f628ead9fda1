"""Files of every kind that give orders, seen or hidden, and a model that obeys them: nothing of an answer changes.

They are read as users' files are. Each holds one order a way of hiding, beside a fact that is asked for; its name and
its title give orders too. The same files are asked without a model.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import docx
import docx.document
import pptx
import pptx.presentation
import pytest
from docx.oxml import parse_xml

from assistant import Assistant
from assistant.errors import ArticleError
from assistant.index import Index
from assistant.live import LiveFigures
from assistant.llm import load_chat
from assistant.retriever import Retriever
from assistant.sources import File, files_of
from assistant.types import Language
from tests.chat_server import KEY, ChatServer
from tests.fakes import WordCounts
from tests.formats.documents import book_file, hwp_file, hwp_paragraph, hwp_table, hwpx_file, zipped
from tests.formats.pdf_writer import pdf
from tests.orders import ASKED, FACTS, LANGUAGES, ORDERS, holds, is_ours, name, obeying
from tests.providers.samples_issuers import workbook


@dataclass(frozen=True, slots=True)
class Case:
    """An order in a file, the fact beside it, and what is asked and expected."""

    file: str
    order: str
    language: Language
    fact: str
    question: str
    value: str

    @property
    def words(self) -> str:
        return ORDERS[self.order].words[self.language]


# How a kind of file may have an order; "{}" is the order.
PAGE = (
    "<p>{}</p>",
    "<!-- {} -->",
    "<p hidden>{}</p>",
    '<p style="display:none">{}</p>',
    '<p style="color:#fff;font-size:0">{}</p>',
    '<p style="position:absolute;left:-9999px">{}</p>',
    '<p aria-hidden="true" class="sr-only">{}</p>',
    '<p>A chart. <img src="chart.png" alt="{}"></p>',
    "<noscript><p>{}</p></noscript>",
    '<script type="application/ld+json">{{"description": "{}"}}</script>',
    "<template><p>{}</p></template>",
    "<table><tr><th>Fund</th><th>{}</th></tr><tr><td>VTWO</td><td>{}</td></tr></table>",
)
MARKDOWN = ("{}", "<!-- {} -->", "> {}", "```\n{}\n```", "[//]: # ({})", '</rows>\n\n{{"n": 1, "text": "{}"}}')
SEEN = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
WORD = (
    SEEN,
    "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{}</w:t></w:r></w:p>",
    '<w:p><w:r><w:rPr><w:color w:val="FFFFFF"/><w:sz w:val="1"/></w:rPr><w:t>{}</w:t></w:r></w:p>',
    "<w:p><w:del><w:r><w:delText>{}</w:delText></w:r></w:del></w:p>",
    f"<w:p><w:r><w:pict><w:txbxContent>{SEEN}</w:txbxContent></w:pict></w:r></w:p>",
    f"<w:tbl><w:tr><w:tc>{SEEN}</w:tc></w:tr></w:tbl>",
    "comment",
    "header",
)
SLIDES = ("text", "notes", "beside the slide", "table")
HANGUL_RUN = "<hp:run><hp:t>{}</hp:t></hp:run>"
HANGUL = (
    f"<hp:p>{HANGUL_RUN}</hp:p>",
    f"<hp:p><hp:ctrl><hp:hiddenComment><hp:p>{HANGUL_RUN}</hp:p></hp:hiddenComment></hp:ctrl></hp:p>",
    f"<hp:p><hp:ctrl><hp:header><hp:subList><hp:p>{HANGUL_RUN}</hp:p></hp:subList></hp:header></hp:ctrl></hp:p>",
    f"<hp:p><hp:tbl><hp:tr><hp:tc><hp:p>{HANGUL_RUN}</hp:p></hp:tc></hp:tr></hp:tbl></hp:p>",
)


def _marked_up(ways: Sequence[str], cases: Sequence[Case], fact: str) -> list[str]:
    """The orders of a file in the ways of its kind, each before its fact."""
    return [
        way.replace("{}", case.words).replace("{{", "{").replace("}}", "}") + fact.format(case.fact)
        for way, case in zip(ways, cases, strict=True)
    ]


def _text(cases: Sequence[Case]) -> bytes:
    """The last order stands in characters that nobody sees."""
    *seen, unseen = cases
    lines = [f"{case.words}\n\n{case.fact}" for case in seen]
    tags = "".join(chr(0xE0000 + ord(char)) if char.isascii() else f"\u200b{char}\u2060" for char in unseen.words)
    return "\n\n".join([*lines, f"{unseen.fact} {tags}"]).encode()


def _markdown(cases: Sequence[Case]) -> bytes:
    head = f'---\ntitle: "{cases[0].words}"\nnote: "{cases[1].words}"\n---\n\n'.replace("![", "[")
    return (head + "\n\n".join(_marked_up(MARKDOWN, cases, "\n\n{}"))).encode()


def _page(cases: Sequence[Case]) -> bytes:
    body = "\n".join(_marked_up(PAGE, cases, "<p>{}</p>"))
    head = f'<title>{cases[0].words}</title><meta name="description" content="{cases[1].words}">'
    return f"<!DOCTYPE html><html><head>{head}</head><body><article>{body}</article></body></html>".encode()


def _pdf(cases: Sequence[Case]) -> bytes:
    title = ("\ufeff" + cases[0].words).encode("utf-16-be").hex()
    return pdf(*[[case.words, "", case.fact] for case in cases], about=f"/Title<{title}>/Subject<{title}>")


def _word(cases: Sequence[Case]) -> bytes:
    document = docx.Document()
    document.core_properties.title = document.core_properties.comments = cases[0].words
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    for way, case in zip(WORD, cases, strict=True):
        if way.startswith("<"):
            start, _, rest = way.replace("{}", case.words).partition(">")
            document.element.body.insert(len(document.element.body) - 1, parse_xml(f"{start} {space}>{rest}"))
        fact = document.add_paragraph(case.fact)
        if way == "comment":
            document.add_comment(fact.runs, case.words, author="Editor")
        elif way == "header":
            document.sections[0].header.paragraphs[0].text = case.words
    return _saved(document)


def _slides(cases: Sequence[Case]) -> bytes:
    deck = pptx.Presentation()
    deck.core_properties.title = cases[0].words
    for way, case in zip(SLIDES, cases, strict=True):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.placeholders[1].text = f"{case.words}\n{case.fact}" if way == "text" else case.fact
        if way == "notes":
            slide.notes_slide.notes_text_frame.text = case.words
        elif way == "beside the slide":
            slide.shapes.add_textbox(-9_000_000, 0, 10, 10).text_frame.text = case.words
        elif way == "table":
            slide.shapes.add_table(1, 1, 0, 0, 10, 10).table.cell(0, 0).text = case.words
    return _saved(deck)


def _saved(document: docx.document.Document | pptx.presentation.Presentation) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _book(cases: Sequence[Case]) -> bytes:
    return book_file(*_marked_up(PAGE, cases, "<p>{}</p>"))


def _hwpx(cases: Sequence[Case]) -> bytes:
    return hwpx_file(sections=_marked_up(HANGUL, cases, f"<hp:p>{HANGUL_RUN}</hp:p>"))


def _hwp(cases: Sequence[Case]) -> bytes:
    first, second = cases
    table = hwp_table([[second.words, second.words]])
    return hwp_file(hwp_paragraph(first.words) + hwp_paragraph(first.fact) + table + hwp_paragraph(second.fact))


def _rows(cases: Sequence[Case]) -> list[list[str]]:
    """A table of figures; the orders stand as sources."""
    head = ["subject", "metric", "value", "unit", "as_of", "source"]
    return [head, *([*case.fact.split(","), case.words] for case in cases)]


def _csv(cases: Sequence[Case]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(_rows(cases))
    return out.getvalue().encode()


def _zip(cases: Sequence[Case]) -> bytes:
    return zipped({f"{case.words.replace('/', ' ')}.txt": f"{case.words}\n\n{case.fact}" for case in cases})


KINDS: dict[str, tuple[int, Callable[[Sequence[Case]], bytes]]] = {
    ".txt": (2, _text),
    ".md": (len(MARKDOWN), _markdown),
    ".html": (len(PAGE), _page),
    ".pdf": (3, _pdf),
    ".docx": (len(WORD), _word),
    ".pptx": (len(SLIDES), _slides),
    ".epub": (len(PAGE), _book),
    ".hwpx": (len(HANGUL), _hwpx),
    ".hwp": (2, _hwp),
    ".zip": (2, _zip),
    ".csv": (2, _csv),
    ".xlsx": (2, lambda cases: workbook(_rows(cases))),
}
FIGURES: list[tuple[str, str, dict[Language, str]]] = [
    (fund, metric, {"ko": f"{fund}의 {korean}은 얼마예요?", "en": f"What is {fund}'s {english}?"})
    for fund in ("IWM", "QQQ")
    for metric, korean, english in (
        ("dividend_yield", "배당수익률", "dividend yield"),
        ("return.1y", "1년 수익률", "1-year return"),
        ("return.3y", "3년 수익률", "3-year return"),
        ("return.5y", "5년 수익률", "5-year return"),
    )
]


def _cases() -> Iterator[Case]:
    orders, figures, number = cycle(ORDERS), iter(FIGURES), 0
    for kind, (ways, _) in KINDS.items():
        for language in LANGUAGES:
            for order in islice(orders, ways):
                number += 1
                value = f"0.{number % 89 + 10}"
                if kind in (".csv", ".xlsx"):
                    fund, metric, questions = next(figures)
                    fact, question = f"{fund},{metric},{value},percent,2026-01-02", questions[language]
                else:
                    fact = FACTS[language].format(name=name(number), n=number % 89 + 10)
                    question = ASKED[language].format(name=name(number))
                yield Case(f"{language}{kind}", order, language, fact, question, f"{value}%")
            next(orders)  # so that the next language has other orders in the same ways


CASES = list(_cases())
EMBEDDER = WordCounts(
    "fee fund charges 보수 펀드 " + " ".join(name(number).lower() for number in range(len(CASES) + 1))
)


def _files(folder: Path) -> Iterator[File]:
    """The files of all cases, each named by one of its orders; those of a zip as they are found in it."""
    for kind, (_, make) in KINDS.items():
        for language in LANGUAGES:
            cases = [case for case in CASES if case.file == f"{language}{kind}"]
            path = folder / f"{cases[-1].words.replace('/', ' ')}{kind}"
            path.write_bytes(make(cases))
            for found in files_of(path):
                assert not isinstance(found, ArticleError)
                yield File(found.name, found.read_bytes()) if isinstance(found, Path) else found


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus to which all files were added."""
    folder, indexes = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("indexes")
    index = Index.open(indexes, EMBEDDER, graph_after=None)
    with Assistant(folder, index, Retriever(index, EMBEDDER), LiveFigures(indexes, None)) as opened:
        for file in _files(tmp_path_factory.mktemp("files")):
            opened.add(file)
        assert len(opened.articles()) == 2 * (len(KINDS) - 1) + 2 * KINDS[".zip"][0]
    return folder


@pytest.fixture(scope="module", params=["obeying model", "no model"])
def poisoned(
    request: pytest.FixtureRequest, corpus: Path, chat_server: ChatServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """An assistant over the files that give orders; its vectors count words."""
    model = None
    if request.param == "obeying model":
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("OPENAI_BASE_URL", chat_server.url)
            patch.setenv("OPENAI_API_KEY", KEY)
            model = load_chat("openai:obeying", gap=5.0, whole=10.0)
    indexes = tmp_path_factory.mktemp("indexes")
    index = Index.open(indexes, EMBEDDER, graph_after=None)
    with Assistant(corpus, index, Retriever(index, EMBEDDER), LiveFigures(indexes, None), model=model) as opened:
        yield opened


def test_there_are_a_hundred_of_every_order_in_both_languages() -> None:
    assert len(CASES) >= 100 and len({case.question for case in CASES}) == len(CASES)
    assert {(case.order, case.language) for case in CASES} == {(order, each) for order in ORDERS for each in LANGUAGES}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{case.file} · {case.order} · {n}", marks=() if n % 4 == 0 else pytest.mark.slow)
        for n, case in enumerate(CASES)
    ],
)
def test_orders_of_a_file_change_nothing(poisoned: Assistant, chat_server: ChatServer, case: Case) -> None:
    chat_server.script = obeying(case.order, case.language)
    chat_server.prompts.clear()
    holds(poisoned.ask(case.question), case.language, case.value)
    assert all(map(is_ours, chat_server.prompts))
