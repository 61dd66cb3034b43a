"""What a person reads in the tables of a page, row by row."""

from collections.abc import Sequence
from html.parser import HTMLParser

CELLS = frozenset({"td", "th"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._is_in_cell = False

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "tr":
            self.rows.append([])
        elif tag in CELLS:
            self.rows[-1].append("")
            self._is_in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in CELLS:
            self._is_in_cell = False

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and self._is_in_cell:
            self.rows[-1][-1] = f"{self.rows[-1][-1]} {text}".strip()


def rows_of(html: str) -> list[list[str]]:
    """Give the rows of all tables, heads among them, each as the texts of its cells."""
    reader = _Reader()
    reader.feed(html)
    return reader.rows
