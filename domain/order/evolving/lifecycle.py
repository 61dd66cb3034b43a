"""What the facts of the order as a whole do to it."""

from typing import TypeAlias, assert_never

from msgspec.structs import replace

from domain.order.events import (
    CustomerDataErased,
    NoteAdded,
    OrderCompleted,
    OrderMarkedCompleted,
    OrderPlaced,
    OrderRevised,
    OrderStarted,
    Placed,
)
from domain.order.parts import ActionState, Note
from domain.order.stages import ActionStage, Closing
from domain.order.state import Order
from domain.order.values import PlannedAction

LifecycleFact: TypeAlias = (
    OrderStarted
    | OrderPlaced
    | OrderCompleted
    | OrderRevised
    | OrderMarkedCompleted
    | NoteAdded
    | CustomerDataErased
)


def evolve_lifecycle(  # noqa: PLR0911 - one case per fact
    order: Order, event: LifecycleFact
) -> Order:
    """Fold a fact of the order as a whole."""
    match event:
        case OrderStarted():
            return started(order, event)
        case OrderPlaced():
            return placed(order, event)
        case OrderCompleted():
            return completed(order, event)
        case OrderRevised():
            return revised(order, event)
        case OrderMarkedCompleted():
            return marked_completed(order, event)
        case NoteAdded():
            return note_added(order, event)
        case CustomerDataErased():
            return customer_erased(order, event)
        case _:
            assert_never(event)


def started(order: Order, event: OrderStarted) -> Order:
    """Open the order."""
    return replace(
        order,
        shop=event.shop,
        order_id=event.order_id,
        created_at=event.at,
        offer=event.offer,
        link=event.link,
        currency=event.currency,
    )


def placed(order: Order, event: OrderPlaced) -> Order:
    """Take in the billing form."""
    return replace(_filled_in(order, event), is_imported=event.imported)


def revised(order: Order, event: OrderRevised) -> Order:
    """Take in the billing form anew; what was asked for or called off already stays so."""
    after = _filled_in(order, event)
    kept = {
        action.action_id: action
        for action in order.actions
        if action.stage is not ActionStage.PLANNED
    }
    return replace(after, actions_by_id=after.actions_by_id | kept)


def _filled_in(order: Order, event: Placed) -> Order:
    return replace(
        order,
        number=event.number,
        customer=event.personal,
        customer_key=event.customer_key,
        customer_keys=order.customer_keys | {event.customer_key},
        country=event.country,
        analytics_consent=event.analytics_consent,
        lines=event.lines,
        discounts=event.discounts,
        planned_actions=event.actions,
        original_total=event.total,
        actions_by_id={planned.action_id: as_planned(planned) for planned in event.actions},
    )


def as_planned(planned: PlannedAction) -> ActionState:
    """Begin the state of an action that was never asked for."""
    return ActionState(
        action_id=planned.action_id,
        name=planned.name,
        level=planned.level,
        settings=planned.settings,
        line_id=planned.line_id,
        setting_id=planned.setting_id,
        revision=planned.revision,
    )


def marked_completed(order: Order, event: OrderMarkedCompleted) -> Order:
    """Close the order by hand: the person knows what is unfinished and what went wrong."""
    actions = {
        action_id: replace(action, is_acknowledged=True)
        for action_id, action in order.actions_by_id.items()
    }
    refunds = {
        refund_id: replace(refund, is_acknowledged=True)
        for refund_id, refund in order.refunds_by_id.items()
    }
    return replace(
        order,
        closing=Closing.MARKED,
        is_closed_since_refund=True,
        is_excess_acknowledged=True,
        is_return_acknowledged=True,
        actions_by_id=actions,
        refunds_by_id=refunds,
        command_ids=order.command_ids | {event.command_id},
    )


def completed(order: Order, _: OrderCompleted) -> Order:
    """Close the order by itself."""
    return replace(order, closing=Closing.COMPLETED)


def note_added(order: Order, event: NoteAdded) -> Order:
    """Keep a person's words."""
    note = Note(at=event.at, by=event.by, text=event.personal.text if event.personal else "")
    return replace(
        order,
        notes=(*order.notes, note),
        command_ids=order.command_ids | {event.command_id},
    )


def customer_erased(order: Order, event: CustomerDataErased) -> Order:
    """Forget the person, and whatever was said by or about them so far."""
    is_current = event.customer_key == order.customer_key
    return replace(
        order,
        customer=None if is_current else order.customer,
        erased_keys=order.erased_keys | {event.customer_key},
        payments_by_id={
            payment_id: replace(payment, message="")
            for payment_id, payment in order.payments_by_id.items()
        },
        actions_by_id={
            action_id: replace(action, message="", answer=None, late_answer=None)
            for action_id, action in order.actions_by_id.items()
        },
        refunds_by_id={
            refund_id: replace(
                refund,
                reason="",
                transfers=tuple(replace(t, message="") for t in refund.transfers),
            )
            for refund_id, refund in order.refunds_by_id.items()
        },
        notes=tuple(replace(note, text="") for note in order.notes),
    )
