"""The orders table as a person sees it: the words of each cell, the chips, where links lead."""

from html.parser import HTMLParser

from tests.adapters.web.seen import VOID


class Seen(HTMLParser):
    """Reads a page or a part of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[dict[str, str]] = []
        """By the column's class, each with the order's id as `id`."""
        self.links: dict[str, str] = {}
        """Where a link leads, by its words or its label."""
        self.chips: list[str] = []
        self.hidden: list[tuple[str, str, str]] = []
        """Fields that a form elsewhere sends along: its id, the name, the value."""
        self._open: list[dict[str, str]] = []
        self._words: list[list[str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "input" and attributes.get("type") == "hidden":
            names = (attributes.get(name, "") for name in ("form", "name", "value"))
            form, name, value = names
            self.hidden.append((form, name, value))
        if tag == "tr" and "data-order" in attributes:
            self.rows.append({"id": attributes["data-order"]})
        if tag not in VOID:
            self._open.append(attributes | {"tag": tag})
            self._words.append([])
        for words in self._words:
            words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or not self._open:
            return
        attributes, text = self._open.pop(), " ".join("".join(self._words.pop()).split())
        classes = attributes.get("class", "").split()
        if tag == "td" and self.rows and classes:
            self.rows[-1][classes[0]] = text
        if tag == "a":
            self.links[attributes.get("aria-label", text)] = attributes.get("href", "")
        if tag == "span" and "chip" in classes:
            self.chips.append(text)

    def handle_data(self, data: str) -> None:
        for words in self._words:
            words.append(data)

    @property
    def numbers(self) -> list[str]:
        """Name the orders as they are listed."""
        return [row["c-cr"].split("Order #")[-1] for row in self.rows]
