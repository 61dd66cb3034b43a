"""An order's history in a terminal: each day is named once, the zone in the heading."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from rich.table import Table
from rich.text import Text

from adapters.cli.output import table, text
from adapters.display.times import clock, date, zone_name
from adapters.display.words import words_of
from domain.money import Money
from projections.order_view.history import Change, HistoryEntry

NOTHING = "-"
TOLD_LATE = timedelta(minutes=1)
"""A fact recorded longer than this after it happened shows both times."""


def history_table(entries: Sequence[HistoryEntry]) -> Table:
    """Show each fact with its version, time and actor, and under it what it changed."""
    result = table("#", f"Recorded\n({zone_name()})", "By", "What happened", numbers=["#"])
    day = ""
    for entry in entries:
        if date(entry.recorded_at) != day:
            day = date(entry.recorded_at)
            result.add_row("", text(day, style="bold"), "", "")
        actor = f"{words_of(entry.actor.kind)} {entry.actor.id}"
        lines = [text(entry.says), *_told_late(entry), *map(_change, entry.changes)]
        result.add_row(
            str(entry.version), clock(entry.recorded_at), text(actor), Text("\n").join(lines)
        )
    return result


def _told_late(entry: HistoryEntry) -> Iterator[Text]:
    if abs(entry.recorded_at - entry.at) > TOLD_LATE:
        yield text(f"  happened {date(entry.at)}, {clock(entry.at)}", style="dim")


def _change(change: Change) -> Text:
    what, before, after = words_of(change.what), _value(change.before), _value(change.after)
    return text(f"  {what}: {before} → {after}", style="dim")


def _value(value: str | Money | None) -> str:
    if value is None:
        return NOTHING
    return str(value) if isinstance(value, Money) else words_of(value)
