"""The status shown is one total function of two axes: the lifecycle and the refund standing."""

from typing import TYPE_CHECKING

from domain.order import money
from domain.order.stages import (
    Closing,
    DisputeStage,
    OrderStatus,
    PaymentStage,
    PaymentStatus,
    RefundStanding,
)

if TYPE_CHECKING:
    from domain.order.state import Order


def shown_status(
    lifecycle: OrderStatus, standing: RefundStanding, *, is_closed: bool
) -> OrderStatus:
    """Show the refund standing, unless there is none or a person completed the order since."""
    if standing is RefundStanding.NONE or is_closed:
        return lifecycle
    if standing is RefundStanding.FULL:
        return OrderStatus.REFUNDED
    return OrderStatus.PARTIALLY_REFUNDED


def lifecycle(order: "Order") -> OrderStatus:
    """Say how far the order came, refunds aside."""
    if order.closing is Closing.MARKED:
        return OrderStatus.MARKED_AS_COMPLETED
    if order.closing is Closing.COMPLETED:
        return OrderStatus.COMPLETED
    if order.is_paid:
        return OrderStatus.PAID
    if not order.is_placed:
        return OrderStatus.STARTED
    if any(p.status is PaymentStage.PENDING for p in order.payments_by_id.values()):
        return OrderStatus.PROCESSING
    return OrderStatus.IN_PROGRESS


def refund_standing(order: "Order") -> RefundStanding:
    """Say how much the refunds in force take back; no line can be taken back more than once.

    An order without a price is taken back once all of its lines are.
    """
    in_force = [r for r in order.refunds_by_id.values() if r.is_in_force and r.lines]
    if not in_force:
        return RefundStanding.NONE
    if order.original_total > 0:
        is_full = sum(r.amount for r in in_force) == order.original_total
    else:
        is_full = len({line.line_id for r in in_force for line in r.lines}) == len(order.lines)
    return RefundStanding.FULL if is_full else RefundStanding.PARTIAL


def payment_status(order: "Order") -> PaymentStatus:
    """Say where the money stands: disputes first, then refunds in force, then what came in."""
    if any(d.stage is not DisputeStage.WON for d in order.disputes_by_id.values()):
        return PaymentStatus.DISPUTED
    standing = refund_standing(order)
    if standing is RefundStanding.FULL:
        return PaymentStatus.REFUNDED
    if standing is RefundStanding.PARTIAL:
        return PaymentStatus.PARTIALLY_REFUNDED
    if any(p.is_received for p in order.payments_by_id.values()):
        return _received_status(order)
    return _unreceived_status(order)


def _received_status(order: "Order") -> PaymentStatus:
    if not order.is_paid:
        return PaymentStatus.PARTIALLY_PAID
    if money.excess_open(order) > 0:
        return PaymentStatus.OVERPAID
    return PaymentStatus.PAID


def _unreceived_status(order: "Order") -> PaymentStatus:
    stages = {p.status for p in order.payments_by_id.values()}
    if PaymentStage.PENDING in stages:
        return PaymentStatus.PENDING
    return PaymentStatus.FAILED if stages else PaymentStatus.UNPAID
