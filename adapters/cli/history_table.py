"""An order's history in a terminal."""

from collections.abc import Sequence
from datetime import timedelta

from rich.table import Table
from rich.text import Text

from adapters.cli.output import table, text
from adapters.display.times import exact
from adapters.display.words import words_of
from domain.money import Money
from projections.order_view.history import Change, HistoryEntry

NOTHING = "-"
TOLD_LATE = timedelta(minutes=1)
"""A fact recorded longer than this after it happened shows both times."""


def history_table(entries: Sequence[HistoryEntry]) -> Table:
    """Show each fact with its version, time and actor, and under it what it changed."""
    result = table("#", "Recorded", "By", "What happened", numbers=["#"])
    for entry in entries:
        actor = f"{words_of(entry.actor.kind)} {entry.actor.id}"
        happened = Text("\n").join([text(entry.says), *map(_change, entry.changes)])
        result.add_row(str(entry.version), _times(entry), text(actor), happened)
    return result


def _times(entry: HistoryEntry) -> Text:
    recorded = text(exact(entry.recorded_at))
    if abs(entry.recorded_at - entry.at) <= TOLD_LATE:
        return recorded
    return recorded.append(f"\nhappened {exact(entry.at)}", style="dim")


def _change(change: Change) -> Text:
    what, before, after = words_of(change.what), _value(change.before), _value(change.after)
    return text(f"  {what}: {before} → {after}", style="dim")


def _value(value: str | Money | None) -> str:
    if value is None:
        return NOTHING
    return str(value) if isinstance(value, Money) else words_of(value)
