"""A dialog as a person meets it: its words, its boxes, its button, and what its form would send."""

from html.parser import HTMLParser

from httpx2 import Response

DOING = "data-doing"


class Asked(HTMLParser):
    """The form of a dialog, read of an answer."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer
        self.action = ""
        self.back = ""
        self.boxes: dict[str, bool] = {}
        self.fields: dict[str, str] = {}
        self._value_by_box: dict[str, str] = {}
        self.required: set[str] = set()
        self._words: list[str] = []
        self._button: list[str] | None = None
        self._doing: list[str] = []
        self.feed(answer.text)

    @property
    def text(self) -> str:
        """The words of the whole answer."""
        return " ".join("".join(self._words).split())

    @property
    def button(self) -> str:
        """The words of the button that does it."""
        return " ".join("".join(self._doing).split())

    def filled_in(self, **boxes: bool) -> dict[str, str]:
        """Give what the form sends once these boxes are ticked or not."""
        ticked = self.boxes | boxes
        values = {name: self._value_by_box.get(name, "on") for name in ticked if ticked[name]}
        return self.fields | values

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read one element."""
        of = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = of.get("action", "")
        elif tag == "a" and "data-close-dialog" in of:
            self.back = of["href"]
        elif tag == "button":
            self._button = self._doing if DOING in of else []
        elif tag == "input" and "name" in of:  # Others are for scripts alone.
            self._read_input(of["name"], of)

    def _read_input(self, name: str, of: dict[str, str]) -> None:
        is_on = "checked" in of
        match of.get("type"):
            case "checkbox":
                if is_on or name not in self.boxes:
                    self.boxes[name], self._value_by_box[name] = is_on, of.get("value", "on")
                self.required |= {name} if "required" in of else set()
            case "radio" if not is_on:
                pass
            case _:
                self.fields[name] = of.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Leave one element."""
        if tag == "button":
            self._button = None

    def handle_data(self, data: str) -> None:
        """Read words."""
        self._words.append(data)
        if self._button is not None:
            self._button.append(data)
