"""Why an order gives back less than a person expects: what is asked for, or gone, already.

The rule to know: money counts over the whole order, so it limits lines that nobody has refunded.
"""

from collections.abc import Iterator

from domain.money import Money
from domain.order.money import PaymentMoney, by_payment
from domain.order.parts import Refund
from domain.order.refundable import refundable
from domain.order.stages import RefundStage
from domain.order.state import Order


def refund_limits(order: Order) -> Iterator[str]:
    """Explain the figures of the refund form that a line's own price does not explain."""
    requested = sum(_amount(one) for one in order.refunds if one.stage is RefundStage.REQUESTED)
    if requested:
        asked = Money(requested, order.currency)
        yield f"{asked} of what stands as refunded is requested: it does not count yet."
    if any(line.maximum < line.left for line in refundable(order).lines):
        yield f"{', '.join(_of_money(order))}: that limits what can be returned."


def _amount(refund: Refund) -> int:
    return refund.amount + refund.excess


def _of_money(order: Order) -> Iterator[str]:
    """Account for the money that came in, figure by figure."""
    parts = tuple(by_payment(order).values())
    yield f"{Money(order.received_total, order.currency)} came in"
    for amount, became in _figures(parts):
        if amount:
            yield f"{Money(amount, order.currency)} {became}"


def _figures(parts: tuple[PaymentMoney, ...]) -> tuple[tuple[int, str], ...]:
    return (
        (sum(one.returned for one in parts), "went back already"),
        (sum(one.promised for one in parts), "is on its way back or owed"),
        (sum(one.disputed for one in parts), "is disputed"),
    )
