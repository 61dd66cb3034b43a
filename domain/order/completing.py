"""The end of an order by itself: OrderCompleted, in the decision that finishes the last action."""

from datetime import datetime

from domain.order.events import OrderCompleted, OrderFact
from domain.order.evolve import evolve
from domain.order.state import Order


def completed_when_done(order: Order, events: list[OrderFact], now: datetime) -> list[OrderFact]:
    """Add the completion to a decision's facts if nothing is left to do after them."""
    if fold(order, events, now).is_ready_to_complete:
        return [*events, OrderCompleted(at=now)]
    return events


def fold(order: Order, events: list[OrderFact], now: datetime) -> Order:
    """Say what the order will be once a decision's facts are recorded."""
    for event in events:
        order = evolve(order, event, now)
    return order
