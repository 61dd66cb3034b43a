"""Folds a stream's events into its order, and shows what a read model makes of that.

An event that cannot be handled is set aside with its reason, and with it whatever follows in its
stream: no order stands in another's way, and none is shown with a hole in its history.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar, cast

from adapters.postgres.rows import Row
from adapters.running.positions import SetAside
from domain.message import Event
from domain.order.events import OrderFact
from domain.order.evolve import NEW_ORDER, evolve
from domain.order.state import Order
from projections.entry_model import Change, EntryModel
from projections.read_model import ReadModel, StoredRow
from projections.row_model import RowModel

RowT = TypeVar("RowT", bound=StoredRow)

EventOf: TypeAlias = Callable[[Row], Event]

REASON_LENGTH_MAX = 500


class Known(NamedTuple):
    """An order and the version of its stream that it was folded to."""

    version: int
    order: Order


NOTHING = Known(0, NEW_ORDER)


class History(NamedTuple):
    """What is to be folded of one stream."""

    known: Known
    missed: Sequence[Row]
    """Events before the batch that `known` has not seen."""
    rows: Sequence[Row]
    """The batch's own events, at least one."""


class Folded(NamedTuple, Generic[RowT]):
    """What became of one stream."""

    known: Known | None
    """None when not one of the batch's events could be handled: what is stored stays as it is."""
    rows: Sequence[RowT]
    """To be written: of a row model one at most, and none if the order has no row any more."""
    aside: Sequence[SetAside]


Fold: TypeAlias = Callable[[History, EventOf], Folded[RowT]]
"""Folds as many of the events as can be handled; sets the others aside."""


def fold_for(model: ReadModel[RowT]) -> Fold[RowT]:
    """Give the way in which a read model follows an order."""
    if isinstance(model, RowModel):
        return partial(_fold_to_row, model)
    assert isinstance(model, EntryModel), model
    return partial(_fold_to_entries, model)


def set_aside(rows: Sequence[Row], reason: str) -> Sequence[SetAside]:
    """Set events of one stream aside: the first for this reason, the others for the first."""
    if not rows:
        return ()
    first, *others = rows
    bad = SetAside(position=first.position, stream=first.stream, reason=reason[:REASON_LENGTH_MAX])
    return (bad, *set_aside_behind(first.position, others))


def set_aside_behind(position: int, rows: Sequence[Row]) -> Sequence[SetAside]:
    """Set events aside because an earlier one of their stream was."""
    reason = f"position {position} of its stream was set aside"
    return [SetAside(position=row.position, stream=row.stream, reason=reason) for row in rows]


def _fold_to_row(model: RowModel[Any], history: History, event_of: EventOf) -> Folded[Any]:
    """Show the order after the last event that changes its row and can be shown."""
    rows = history.rows
    changes, reason = _changes(history, event_of)
    for length in range(len(changes), 0, -1):
        last, order = rows[length - 1], changes[length - 1].after
        if not model.is_changed_by(last.name):
            continue
        try:
            row = model.row(order, last.version, last.position)
        except Exception as problem:  # noqa: BLE001 - whatever is wrong with one order must not stop the others
            reason = _reason(problem)
        else:
            shown = () if row is None else (row,)
            return Folded(Known(last.version, order), shown, set_aside(rows[length:], reason))
    return Folded(None, (), set_aside(rows, reason))


def _fold_to_entries(model: EntryModel[Any], history: History, event_of: EventOf) -> Folded[Any]:
    """Collect the entries of each event that adds any."""
    rows = history.rows
    changes, reason = _changes(history, event_of)
    known: Known | None = None
    entries: list[Any] = []
    for length, (row, change) in enumerate(zip(rows, changes, strict=False)):
        try:
            entries += model.entries(change) if model.is_changed_by(row.name) else ()
        except Exception as problem:  # noqa: BLE001 - as above
            return Folded(known, entries, set_aside(rows[length:], _reason(problem)))
        known = Known(row.version, change.after)
    return Folded(known, entries, set_aside(rows[len(changes) :], reason))


def _changes(history: History, event_of: EventOf) -> tuple[list[Change], str]:
    """Say what each event of the batch that can be folded changes, and what stopped that."""
    changes: list[Change] = []
    order = history.known.order
    try:
        for row in history.missed:
            order = evolve(order, cast(OrderFact, event_of(row)), row.recorded_at)
        for row in history.rows:
            fact = cast(OrderFact, event_of(row))
            after = evolve(order, fact, row.recorded_at)
            changes.append(Change(position=row.position, fact=fact, before=order, after=after))
            order = after
    except Exception as problem:  # noqa: BLE001 - as above
        return changes, _reason(problem)
    return changes, ""


def _reason(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"
