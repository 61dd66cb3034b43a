"""Refunding: whenever a refund counts in the order's data, its customer is told.

The rule to know: a refund that fails later calls off what was not yet said; what was said stays
said, and its re-run tells how it stands then.
"""

from collections.abc import Sequence
from datetime import datetime

from domain.catalogue import NAMES_BY_TYPE
from domain.configuration.settings import ActionLevel, RefundConfirmation
from domain.order.commands.actions import AddAction, CancelAction
from domain.order.confirming import confirmation_id, tells_of
from domain.order.decide import OrderWish
from domain.order.events import ExternalRefundAllocated, OrderFact, RefundFailed, RefundIssued
from domain.order.parts import Refund
from domain.order.stages import CancelReason
from domain.order.state import Order
from domain.order.values import PlannedAction
from processors.process_manager import ProcessManager

NAME = "Refund confirmation"


def react(fact: OrderFact, order: Order, now: datetime) -> Sequence[OrderWish]:
    """Tell of a refund in force, and do not tell of one that came to nothing."""
    assert isinstance(fact, RefundIssued | ExternalRefundAllocated | RefundFailed)
    refund = order.refunds_by_id[fact.refund_id]
    if isinstance(fact, RefundFailed):
        return _called_off(refund, order, now)
    is_told = refund.is_in_force and tells_of(order, refund)
    return [_confirmation(refund, now)] if is_told else []


def _confirmation(refund: Refund, now: datetime) -> AddAction:
    planned = PlannedAction(
        action_id=confirmation_id(refund.refund_id),
        name=NAME,
        level=ActionLevel.ORDER,
        settings=RefundConfirmation(refund_id=refund.refund_id),
    )
    return AddAction(now=now, action=planned)


def _called_off(refund: Refund, order: Order, now: datetime) -> Sequence[OrderWish]:
    action = order.actions_by_id.get(confirmation_id(refund.refund_id))
    if action is None or action.is_finished:
        return []
    return [
        CancelAction(
            now=now,
            action_id=action.action_id,
            run=action.run,
            reason=CancelReason.REFUND_FAILED,
        )
    ]


REFUNDING = ProcessManager(
    name="refunding",
    triggers=frozenset(
        NAMES_BY_TYPE[fact] for fact in (RefundIssued, ExternalRefundAllocated, RefundFailed)
    ),
    react=react,
)
