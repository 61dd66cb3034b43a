"""What waits for a worker: the next attempt of every action in hand, and from when on.

The rule to know: an attempt under way is on the list too, to be taken over once its lease has
ended, but only where the receiver knows our key. An email that was begun waits for a person.
"""

from datetime import datetime, timedelta
from operator import attrgetter

from msgspec import Struct

from domain.identifiers import ActionId
from domain.order.destination import destination_in
from domain.order.parts import ActionState
from domain.order.retries import ATTEMPTS_MAX
from domain.order.stages import ActionStage
from domain.order.state import Order
from projections.row_model import ModelRow, RowModel

LEASE = timedelta(seconds=90)
"""How long an attempt is its worker's alone; longer than any call may take."""


class WorkItem(Struct, frozen=True, kw_only=True):
    """One attempt that waits."""

    action_id: ActionId
    kind: str
    destination: str
    """Who receives it: one that is in trouble holds up its own items alone."""
    run: int
    attempt: int
    """The one to take next."""
    due_at: datetime


class WorkRow(ModelRow, frozen=True, kw_only=True):
    """Whatever waits of one order, by action id."""

    items: tuple[WorkItem, ...]


def row(order: Order, version: int, position: int) -> WorkRow | None:
    """List what waits of the order; None if nothing does."""
    items = work_items(order)
    if not items:
        return None
    assert order.order_id, "an order's first fact is that it was started"
    return WorkRow(
        shop=order.shop, order_id=order.order_id, version=version, position=position, items=items
    )


def work_items(order: Order) -> tuple[WorkItem, ...]:
    """Give the next attempt of every action in hand that a worker may make, by action id."""
    return tuple(
        WorkItem(
            action_id=action.action_id,
            kind=action.kind,
            destination=destination_in(order, action),
            run=action.run,
            attempt=action.attempt + 1,
            due_at=due_at,
        )
        for action in sorted(order.actions, key=attrgetter("action_id"))
        if (due_at := _due_at(action)) is not None
    )


def _due_at(action: ActionState) -> datetime | None:
    match action.stage:
        case ActionStage.REQUESTED:
            return action.requested_recorded_at
        case ActionStage.RETRYING:
            return action.retry_at
        case ActionStage.RUNNING if action.is_repeatable and action.attempt < ATTEMPTS_MAX:
            return action.started_recorded_at and action.started_recorded_at + LEASE
        case _:
            return None


WORK_LIST = RowModel(
    name="work_list",
    table="read_models.work_list_v1",
    row_type=WorkRow,
    row=row,
    rows_from="read_models.work_by_order_v1",
)
