"""Why an order gives back less than a person expects: what is asked for, or gone, already.

The rule to know: money counts over the whole order, so it limits lines that nobody has refunded.
"""

from collections.abc import Iterator

from domain.money import Money
from domain.order.money import by_payment
from domain.order.parts import Refund
from domain.order.refundable import refundable
from domain.order.stages import RefundStage
from domain.order.state import Order
from domain.phrase import joined, say


def refund_limits(order: Order) -> Iterator[str]:
    """Explain the figures of the refund form that a line's own price does not explain."""
    requested = sum(_amount(one) for one in order.refunds if one.stage is RefundStage.REQUESTED)
    if requested:
        asked = Money(requested, order.currency)
        yield say(
            "{asked} of what stands as refunded is requested: it does not count yet.", asked=asked
        )
    if any(line.maximum < line.left for line in refundable(order).lines):
        money = joined(", ", _of_money(order))
        yield say("{money}: that limits what can be returned.", money=money)


def _amount(refund: Refund) -> int:
    return refund.amount + refund.excess


def _of_money(order: Order) -> Iterator[str]:
    """Account for the money that came in, figure by figure."""
    parts = tuple(by_payment(order).values())
    yield say("{money} came in", money=Money(order.received_total, order.currency))
    if returned := sum(one.returned for one in parts):
        yield say("{money} went back already", money=Money(returned, order.currency))
    if promised := sum(one.promised for one in parts):
        yield say("{money} is on its way back or owed", money=Money(promised, order.currency))
    if disputed := sum(one.disputed for one in parts):
        yield say("{money} is disputed", money=Money(disputed, order.currency))
