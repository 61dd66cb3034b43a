"""Folds a stream's events into its order, and shows the order once.

An event that cannot be handled is set aside with its reason, and with it whatever follows in its
stream: no order stands in another's way, and none is shown with a hole in its history.
"""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeAlias, TypeVar, cast

from adapters.postgres.rows import Row
from adapters.running.positions import SetAside
from domain.message import Event
from domain.order.events import OrderFact
from domain.order.evolve import NEW_ORDER, evolve
from domain.order.state import Order
from projections.row_model import ModelRow, RowOf

RowT = TypeVar("RowT", bound=ModelRow)

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
    """None when not one of the batch's events could be handled: the row stays as it is."""
    row: RowT | None
    aside: Sequence[SetAside]


def fold(history: History, event_of: EventOf, row_of: RowOf[RowT]) -> Folded[RowT]:
    """Fold as many of the events as can be handled; set the others aside."""
    rows = history.rows
    orders, reason = _orders(history, event_of)
    for length, order in reversed(list(enumerate(orders, 1))):
        last = rows[length - 1]
        try:
            row = row_of(order, last.version, last.position)
        except Exception as problem:  # noqa: BLE001 - whatever is wrong with one order must not stop the others
            reason = _reason(problem)
        else:
            return Folded(Known(last.version, order), row, set_aside(rows[length:], reason))
    return Folded(None, None, set_aside(rows, reason))


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


def _orders(history: History, event_of: EventOf) -> tuple[list[Order], str]:
    """Give the order after each event of the batch that can be folded, and what stopped that."""
    orders: list[Order] = []
    order = history.known.order
    try:
        for row in history.missed:
            order = evolve(order, cast(OrderFact, event_of(row)), row.recorded_at)
        for row in history.rows:
            order = evolve(order, cast(OrderFact, event_of(row)), row.recorded_at)
            orders.append(order)
    except Exception as problem:  # noqa: BLE001 - as above
        return orders, _reason(problem)
    return orders, ""


def _reason(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"
