"""Fold one fact into the order: total, without rules, exceptions or time.

The subjects that replay meets most often come first.
"""

from datetime import datetime

from domain.order.events import OrderFact
from domain.order.evolving.actions import ActionFact, evolve_action
from domain.order.evolving.lifecycle import LifecycleFact, evolve_lifecycle
from domain.order.evolving.payments import PaymentFact, evolve_payment
from domain.order.evolving.refunds import evolve_refund
from domain.order.evolving.transfers import TransferFact, evolve_transfer
from domain.order.state import NEW_ORDER, Order

__all__ = ["NEW_ORDER", "evolve"]


def evolve(order: Order, event: OrderFact, recorded_at: datetime) -> Order:
    """Say what the order is after one more fact, which the ledger recorded at a given time."""
    if isinstance(event, ActionFact):
        return evolve_action(order, event, recorded_at)
    if isinstance(event, PaymentFact):
        return evolve_payment(order, event, recorded_at)
    if isinstance(event, LifecycleFact):
        return evolve_lifecycle(order, event)
    if isinstance(event, TransferFact):
        return evolve_transfer(order, event, recorded_at)
    return evolve_refund(order, event, recorded_at)
