"""What `scripts/sandbox` shows to people."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scripts.receivers.book import Received
from scripts.receivers.control import Standing
from scripts.receivers.trouble import Trouble


def show_standing(standing: Standing, *, with_sources: bool = False) -> None:
    """Show the receivers and what is wrong with them."""
    table = _table("Receiver", "Address", "Calls", "Effects", "Doubled", "Trouble")
    for one in standing.receivers:
        wrong = [_wrong(t) for t in standing.troubles if t.target.split("/")[0] == one.receiver]
        figures = (str(figure) for figure in (one.calls, one.effects, one.doubled))
        table.add_row(one.receiver, one.url, *figures, Text("; ".join(wrong)))
    Console().print(table)
    if with_sources:
        _show_sources(standing)


def show_received(received: Sequence[Received]) -> None:
    """Show calls, one a line."""
    table = _table("At", "Receiver", "Part", "Effect", "Key", "What")
    for one in received:
        words = (one.receiver, one.part, one.effect.value, one.key, one.words)
        table.add_row(f"{one.at:%H:%M:%S}", *map(Text, words))
    Console().print(table)


def _wrong(trouble: Trouble) -> str:
    part = trouble.target.partition("/")[2]
    limits = (
        part,
        f"next {trouble.next}" if trouble.next is not None else "",
        f"{trouble.share:.0%} of calls" if trouble.share < 1 else "",
    )
    said = ", ".join(filter(None, limits))
    return f"{trouble.kind} ({said})" if said else trouble.kind.value


def _show_sources(standing: Standing) -> None:
    table = _table("Receiver", "What it does", "Said by")
    for behaviour in standing.behaviours:
        table.add_row(behaviour.receiver, Text(behaviour.what), Text(behaviour.source))
    Console().print(table)


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
