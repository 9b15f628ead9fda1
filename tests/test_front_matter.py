"""Article files: fields, errors that name them, and writing that reads back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ArticleError
from assistant.front_matter import REQUIRED, split_front_matter, to_article, to_markdown
from assistant.types import Article

HEAD = {"id": "iwm", "title": "소형주", "language": "ko", "publisher": "운용사", "published": "2026-02-13"}
LINES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=200)
TITLES = LINES.map(lambda line: " ".join(line.split())).filter(bool)


def file(body: str = "본문이에요.", **fields: object) -> str:
    lines = [f"{field}: {value}" for field, value in (HEAD | fields).items() if value is not None]
    return "\n".join(["---", *lines, "---", "", body, ""])


def read(text: str) -> Article:
    return to_article(*split_front_matter(text, "a.md"), "a.md")


def test_article_has_the_fields_of_its_file() -> None:
    text = file(
        "\n\n첫 줄\r\n둘째 줄\n\n", tickers="[IWM, VTWO]", source_url="https://example.com/a", translation_of="x"
    )
    assert read("\ufeff" + text) == Article(
        id="iwm",
        title="소형주",
        language="ko",
        publisher="운용사",
        published=date(2026, 2, 13),
        text="첫 줄\n둘째 줄",
        source_url="https://example.com/a",
        tickers=("IWM", "VTWO"),
        translation_of="x",
    )


def test_decomposed_hangul_is_composed() -> None:
    assert read(file("\u1100\u1161")).text == "가"


def test_rule_in_the_body_is_no_front_matter() -> None:
    assert split_front_matter("one\n\n---\n\ntwo\n\n---\nthree", "a")[0] == {}
    assert read(file("one\n\n---\n\ntwo")).text == "one\n\n---\n\ntwo"


@pytest.mark.parametrize("field", REQUIRED)
def test_missing_field_is_named_in_both_languages(field: str) -> None:
    with pytest.raises(ArticleError) as raised:
        read(file(**{field: None}))
    assert all("a.md" in message and f"`{field}`" in message for message in raised.value.messages.values())


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"language": "jp"}, "ko / en"),
        ({"published": "13.02.2026"}, "YYYY-MM-DD"),
        ({"published": "2026-02-30"}, "front matter"),
        ({"id": "../evil"}, "`id`"),
        ({"id": "a/b"}, "`id`"),
        ({"id": ".hidden"}, "`id`"),
        ({"source_url": "javascript:alert(1)"}, "`source_url`"),
        ({"tickers": "IWM"}, "`tickers`"),
        ({"title": "[1, 2]"}, "`title`"),
        ({"title": '"open'}, "front matter"),
        ({"title": "a: b: c"}, "front matter"),
        ({"title": "[" * 3000}, "front matter"),
    ],
)
def test_wrong_field_is_named(fields: dict[str, str], expected: str) -> None:
    with pytest.raises(ArticleError, match=expected):
        read(file(**fields))


@pytest.mark.parametrize("text", ["---\nid: a\n", "---\n- a\n- b\n---\nbody", "---\njust words\n---\nbody"])
def test_broken_front_matter_is_refused(text: str) -> None:
    with pytest.raises(ArticleError, match="front matter"):
        read(text)


def test_empty_body_is_refused() -> None:
    with pytest.raises(ArticleError, match="no text"):
        read(file("\n\n---\n"))


def test_aliases_in_yaml_do_not_explode() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24)
    )
    with pytest.raises(ArticleError, match="`title`"):
        read(file().replace("title: 소형주\n", bomb + "title: *y\n"))


@given(title=TITLES, publisher=TITLES, body=LINES, tickers=st.lists(TITLES, max_size=3))
def test_written_article_reads_back(title: str, publisher: str, body: str, tickers: list[str]) -> None:
    text = split_front_matter(f"가 {body}", "a")[1]
    article = Article("a-1", title, "ko", publisher, date(2026, 2, 13), text, None, tuple(tickers))
    again = read(to_markdown(article))
    assert again.text == article.text
    assert [again.published, again.language, again.id] == [article.published, "ko", "a-1"]
    assert len(again.tickers) == len(tickers)
