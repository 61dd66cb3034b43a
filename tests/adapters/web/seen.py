"""What a person sees on a page: its words and its links, without the markup."""

import re
from html import unescape
from html.parser import HTMLParser

APART = frozenset({"caption", "dd", "div", "dt", "h2", "h3", "h4", "li", "p", "td", "th"})
"""What stands apart from the words before it."""
TAG = re.compile(r"<[^>]*>")
VOID = frozenset({"br", "input", "link", "meta", "use", "path", "circle", "rect"})


class _Reader(HTMLParser):
    def __init__(self, within: str) -> None:
        super().__init__()
        self.within = within
        self.depth = 0 if within else 1
        self.words: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if (self.depth or attributes.get("id") == self.within) and tag not in VOID:
            self.depth += 1
        if tag in APART:
            self.handle_data(" ")
        if self.depth and tag == "a" and attributes.get("href"):
            self.links.append(str(attributes["href"]))

    def handle_endtag(self, tag: str) -> None:
        if self.depth and tag not in VOID:
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.words.append(data)


def _read(html: str, within: str) -> _Reader:
    reader = _Reader(within)
    reader.feed(html)
    return reader


def text_of(html: str, within: str = "") -> str:
    """Read the words of a page, or of the element of this id, in a line."""
    return " ".join("".join(_read(html, within).words).split())


def words_of(html: str) -> str:
    """Read the words in a line, each element's apart from its neighbours'."""
    return " ".join(unescape(TAG.sub(" ", html)).split())


def links_of(html: str, within: str = "") -> list[str]:
    """List where the links of a page lead, or of the element of this id."""
    return _read(html, within).links
