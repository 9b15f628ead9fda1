"""HTML as a tree and as blocks (lxml lives here): whole pages and the chapters of books.

Knows nothing of which part of a page is its article.
"""

from __future__ import annotations

import re

from lxml import etree, html

from assistant.formats.body import Body
from assistant.formats.document import Refusal

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LEFT_OUT = frozenset({"script", "style", "head", "template", "noscript", "svg", "math", "rt", "rp", "nav"})
_NOT_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BLOCKS = frozenset(
    """address article aside blockquote body br caption center dd div dl dt fieldset figcaption figure footer form h1 h2
    h3 h4 h5 h6 header hr li main ol p pre section table tbody tfoot thead tr ul""".split()
)


def parse_html(data: bytes) -> html.HtmlElement:
    """Return the tree of a page in UTF-8; raises Refusal where the parser would silently drop the rest of it."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        tree = html.document_fromstring(data.replace(b"\0", b""), parser=parser)
    except etree.ParserError as error:  # nothing in it but space or comments
        raise Refusal("no_text") from error
    if parser.error_log.filter_from_fatals():  # ordinary bad HTML logs errors only
        raise Refusal("too_deep")
    return tree


def add_blocks(tree: html.HtmlElement, body: Body) -> None:
    """Add the headings, paragraphs, list items and rows of the tree to the body."""
    writer = _Writer(body)
    skipped = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        left_out = tag in _LEFT_OUT or _is_hidden(element)
        if left_out:
            skipped += 1 if event == "start" else -1
        if not skipped and not left_out:
            writer.enter(tag, element.text) if event == "start" else writer.leave(tag)
        if event == "end" and not skipped:
            writer.words(element.tail)
    writer.flush()


def _is_hidden(element: html.HtmlElement) -> bool:
    """Whether the element says itself that it is not shown; style sheets are not read."""
    return element.get("hidden") is not None or _NOT_SHOWN.search(element.get("style", "")) is not None


class _Writer:
    """Gathers the words between two borders of blocks and adds them as what they stand in."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._words: list[str] = []
        self._cells: list[str] = []
        self._lists = 0
        self._rows = 0
        self._heading = 0
        self._in_item = False

    def enter(self, tag: str, text: str | None) -> None:
        if tag in _BLOCKS:
            self.flush()
        if tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        self._lists += tag in ("ul", "ol")
        self._rows += tag == "tr"
        self._in_item = self._in_item or tag == "li"
        self.words(text)

    def leave(self, tag: str) -> None:
        if tag in ("td", "th") and self._rows:
            self._cells.append(self._taken())
        elif tag in _BLOCKS:
            self.flush()
        if tag == "tr" and self._rows:
            self._rows -= 1
            if not self._rows:
                self._body.row(self._cells)
                self._cells = []
        if tag in _HEADINGS:
            self._heading = 0
        self._lists -= tag in ("ul", "ol")

    def words(self, text: str | None) -> None:
        if text:
            self._words.append(text)

    def flush(self) -> None:
        """Add what has been gathered; inside a table it stays for its cell."""
        if self._rows:
            self._words.append(" ")
            return
        text = self._taken()
        if self._heading:
            self._body.heading(self._heading, text)
        elif self._in_item:
            self._body.item(text, max(self._lists - 1, 0))
        else:
            self._body.paragraph(text)
        self._in_item = False

    def _taken(self) -> str:
        text = " ".join("".join(self._words).split())
        self._words = []
        return text
