"""HTML as blocks; what the parser would drop in silence is refused."""

from __future__ import annotations

import pytest

from assistant.formats.body import Body
from assistant.formats.document import Refusal
from assistant.formats.markup import add_blocks, parse_html


def blocks(html: str) -> str:
    body = Body()
    add_blocks(parse_html(html.encode()), body)
    return body.text


def test_blocks_become_markdown() -> None:
    assert blocks("<h2>A <b>title</b></h2><p>One<br>two</p>three<div>four <i>five</i></div>six") == (
        "## A title\n\nOne\n\ntwo\n\nthree\n\nfour five\n\nsix"
    )


def test_lists_and_tables_keep_their_shape() -> None:
    assert blocks("<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>") == "- a\n- b\n  - c"
    assert blocks("<table><tr><th>F</th><th>G</th></tr><tr><td><p>1</p><p>2</p></td><td>3</td></tr></table>") == (
        "| F | G |\n| 1 2 | 3 |"
    )


def test_what_is_not_shown_is_left_out() -> None:
    assert blocks("<script>a</script><style>b</style><p>seen<ruby>漢<rt>한</rt></ruby></p><nav>menu</nav>") == "seen漢"
    assert (
        blocks("<p hidden>a</p><div style='Display: none'>b<p>c</p></div>seen<b style=visibility:hidden>d</b>")
        == "seen"
    )


def test_marks_of_markdown_in_words_are_words() -> None:
    assert blocks("<p># not a heading</p><p>```</p><p>```code</p>") == "#\u00a0not a heading\n\ncode"


@pytest.mark.parametrize("depth", [300, 2_000])
def test_deep_nesting_loses_nothing(depth: int) -> None:
    assert blocks("<div>" * depth + "<p>deep</p>" + "</div>" * depth + "<p>after</p>") == "deep\n\nafter"


def test_nesting_beyond_the_parser_is_refused() -> None:
    with pytest.raises(Refusal, match="too_deep"):
        parse_html(b"<div>" * 10_000 + b"<p>lost</p>")


def test_nul_cuts_nothing_off() -> None:
    assert blocks("<p>be\0fore</p><p>after</p>") == "before\n\nafter"


def test_long_text_is_whole() -> None:
    assert len(blocks("<p>" + "word " * 600_000)) == 5 * 600_000 - 1
