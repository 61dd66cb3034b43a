"""What a command prints: tables and sentences for people, one JSON document for programs.

Answers go to stdout; progress and errors go to stderr.
"""

import os
import sys
from collections.abc import Iterable
from typing import Literal

import msgspec
from rich import box
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import Progress
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from domain.phrase import Phrase

WIDE_COLUMNS = 130
"""From this terminal width on, a table may put each thing in its own column."""


PIPED_COLUMNS = 200
"""Where the answer is no terminal: nothing that a program or a person copies is cut or folded."""
COLUMNS_VARIABLE = "COLUMNS"
LINE_FEED = 10
VISIBLE_BY_CONTROL = (
    {code: 0x2400 + code for code in range(0x20) if code != LINE_FEED}
    | {0x7F: 0x2421}
    | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
)
"""Pictures of control characters: what a customer typed must not steer an operator's terminal."""


def print_json(document: object) -> None:
    """Print one JSON document: money as amount and currency, times as RFC 3339 in UTC."""
    text = msgspec.json.format(msgspec.json.encode(document, enc_hook=_plain), indent=2)
    sys.stdout.write(text.decode() + "\n")


def _plain(value: object) -> str:
    """Write a phrase as its English text; anything else that JSON has no form for is a mistake."""
    assert isinstance(value, Phrase), type(value)
    return str(value)


def say(sentence: str) -> None:
    """Print a sentence as it is, however long, at once: whoever reads it may be a program."""
    sys.stdout.write(sentence.translate(VISIBLE_BY_CONTROL) + "\n")
    sys.stdout.flush()


def tell(sentence: str) -> None:
    """Print to stderr how far something is."""
    sys.stderr.write(sentence.translate(VISIBLE_BY_CONTROL) + "\n")


def show(*renderables: RenderableType) -> None:
    """Print tables and the like."""
    screen = console()
    for renderable in renderables:
        screen.print(renderable)


def console() -> Console:
    """Begin to print to stdout, for what does not only print."""
    return _Console()


def is_wide() -> bool:
    """Say whether the terminal has room for one column per thing."""
    return console().width >= WIDE_COLUMNS


def table(*headings: str, numbers: Iterable[str] = (), whole: Iterable[str] = ()) -> Table:
    """Begin a plain table; `numbers` are aligned to the right, `whole` columns never folded."""
    result = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in headings:
        justify: Literal["left", "right"] = "right" if heading in numbers else "left"
        result.add_column(heading, justify=justify, overflow="fold", no_wrap=heading in whole)
    return result


def fields(*pairs: tuple[str, str]) -> Table:
    """List names with their values; empty values are left out."""
    result = Table.grid(padding=(0, 2))
    result.add_column(style="dim", no_wrap=True)
    result.add_column()
    for name, value in pairs:
        if value:
            result.add_row(text(name), text(value))
    return result


def text(words: str, style: str = "") -> Text:
    """Lay out words that others wrote; their control characters are shown."""
    return Text(words.translate(VISIBLE_BY_CONTROL), style=style)


def progress() -> Progress:
    """Begin a progress bar on stderr; it shows only where that is a terminal."""
    screen = Console(stderr=True)
    return Progress(console=screen, transient=True, disable=not screen.is_terminal)


class _Console(Console):
    """A console on which customers' words are only words: no markup, no control characters."""

    def __init__(self) -> None:
        super().__init__(highlight=False, markup=False, emoji=False)
        if not self.is_terminal and COLUMNS_VARIABLE not in os.environ:
            self.width = PIPED_COLUMNS

    def on_broken_pipe(self) -> None:
        """Leave it to `exits`: Rich would end the process with 1."""
        raise  # noqa: PLE0704 - Rich calls this while it handles the BrokenPipeError

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Make control characters of the content visible instead of effective."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield segment._replace(text=segment.text.translate(VISIBLE_BY_CONTROL))
