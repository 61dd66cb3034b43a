"""What waits for a worker: the next attempt of every action and transfer in hand, and from when.

The rule to know: an attempt under way is on the list too, to be taken over once its lease has
ended, but only where the receiver knows our key. An email that was begun waits for a person. A
transfer is always on the list until its end is known: where asking is not safe it is looked up.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from msgspec import Struct

from domain.order.destination import destination_in
from domain.order.parts import ActionState
from domain.order.retries import ATTEMPTS_MAX
from domain.order.running import ATTEMPT_LEASE
from domain.order.stages import ActionStage
from domain.order.state import Order
from domain.order.transfer_steps import due_at, refund_kind
from projections.row_model import ModelRow, RowModel

NO_RUN = 0
"""Of transfers: they have one identity for ever, so no runs."""


class WorkItem(Struct, frozen=True, kw_only=True):
    """One attempt that waits."""

    kind: str
    item_id: str
    """Of the action or the transfer."""
    destination: str
    """Who receives it: one that is in trouble holds up its own items alone."""
    run: int
    attempt: int
    """The one to take next."""
    due_at: datetime


class WorkRow(ModelRow, frozen=True, kw_only=True):
    """Whatever waits of one order, by kind and id."""

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
    """Give the next attempt of everything in hand that a worker may make, by kind and id."""
    items = chain(_of_actions(order), _of_transfers(order))
    return tuple(sorted(items, key=lambda item: (item.kind, item.item_id)))


def _of_actions(order: Order) -> Iterator[WorkItem]:
    for action in order.actions:
        due = _due_at(action)
        if due is not None:
            yield WorkItem(
                kind=action.kind,
                item_id=action.action_id,
                destination=destination_in(order, action),
                run=action.run,
                attempt=action.attempt + 1,
                due_at=due,
            )


def _due_at(action: ActionState) -> datetime | None:
    match action.stage:
        case ActionStage.REQUESTED:
            return action.requested_recorded_at
        case ActionStage.RETRYING:
            return action.retry_at
        case ActionStage.RUNNING if action.is_repeatable and action.attempt < ATTEMPTS_MAX:
            return action.started_recorded_at and action.started_recorded_at + ATTEMPT_LEASE
        case _:
            return None


def _of_transfers(order: Order) -> Iterator[WorkItem]:
    for _, transfer in order.transfers:
        due = due_at(transfer)
        if due is not None:
            provider = order.payments_by_id[transfer.payment_id].provider
            yield WorkItem(
                kind=refund_kind(provider),
                item_id=transfer.transfer_id,
                destination=provider,
                run=NO_RUN,
                attempt=transfer.attempt + 1,
                due_at=due,
            )


WORK_LIST = RowModel(
    name="work_list",
    table="read_models.work_list_v2",
    row_type=WorkRow,
    row=row,
    rows_from="read_models.work_by_order_v2",
)
