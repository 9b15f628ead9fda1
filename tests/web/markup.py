"""Reads our own markup back: tags with their attributes, and the text that a reader sees."""

from __future__ import annotations

from html.parser import HTMLParser


class Markup(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.cells: list[tuple[dict[str, str | None], str]] = []
        self._in_cell = False
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"td", "th"}:
            self.cells.append((dict(attrs), ""))
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_cell:
            attributes, text = self.cells[-1]
            self.cells[-1] = attributes, text + data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def cell(self, part: str) -> tuple[dict[str, str | None], str]:
        """The one cell whose text has the part."""
        [found] = [(attributes, text) for attributes, text in self.cells if part in text]
        return found
