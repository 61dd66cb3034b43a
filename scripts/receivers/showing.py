"""What `scripts/sandbox` shows to people: lines, so that whatever is long can be read and copied."""

from collections.abc import Iterable, Sequence

from scripts.receivers.book import Received
from scripts.receivers.control import Standing
from scripts.receivers.trouble import Trouble


def show_standing(standing: Standing, *, with_sources: bool = False) -> None:
    """Show the receivers and what is wrong with them."""
    heading = ("Receiver", "Address", "Calls", "Effects", "Doubled", "Trouble")
    rows = [
        (
            one.receiver,
            one.url,
            *(str(figure) for figure in (one.calls, one.effects, one.doubled)),
            "; ".join(_wrong(t) for t in standing.troubles if _whole(t) == one.receiver),
        )
        for one in standing.receivers
    ]
    _show(heading, rows)
    if with_sources:
        print()
        sources = [(b.receiver, f"{b.what} ({b.source})") for b in standing.behaviours]
        _show(("Receiver", "What it does, and where that is said"), sources)


def show_received(received: Sequence[Received]) -> None:
    """Show calls, one a line."""
    heading = ("At", "Receiver", "Part", "Effect", "What", "Key")
    rows = [
        (f"{one.at:%H:%M:%S}", one.receiver, one.part, one.effect.value, one.words, one.key)
        for one in received
    ]
    _show(heading, rows)


def _wrong(trouble: Trouble) -> str:
    limits = (
        trouble.target.partition("/")[2],
        f"next {trouble.next}" if trouble.next is not None else "",
        f"{trouble.share:.0%} of calls" if trouble.share < 1 else "",
    )
    said = ", ".join(filter(None, limits))
    return f"{trouble.kind} ({said})" if said else trouble.kind.value


def _whole(trouble: Trouble) -> str:
    return trouble.target.partition("/")[0]


def _show(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print columns as wide as they must be; the last is free."""
    lines = [heading, *([_printable(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
