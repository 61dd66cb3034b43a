"""Fulfilment: whenever money arrives, what the customer bought is asked for.

The rule to know: what may still be asked for is the order's own decision. What people ask for
(completing, re-running) is in the facts of their own wishes, so nothing reacts to those.
"""

from collections.abc import Sequence
from datetime import datetime

from domain.catalogue import NAMES_BY_TYPE
from domain.order.commands.actions import RequestActions
from domain.order.decide import OrderWish
from domain.order.events import OrderFact, PaymentReceived
from domain.order.state import Order
from processors.process_manager import ProcessManager


def react(_: OrderFact, order: Order, now: datetime) -> Sequence[OrderWish]:
    """Ask for the actions of an order that is paid."""
    return [RequestActions(now=now)] if order.is_paid else []


FULFILMENT = ProcessManager(
    name="fulfilment", triggers=frozenset({NAMES_BY_TYPE[PaymentReceived]}), react=react
)
