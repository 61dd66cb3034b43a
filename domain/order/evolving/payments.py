"""What news of payments does to the order: it only ever adds, whatever its order."""

from datetime import datetime
from typing import TypeAlias, assert_never

from msgspec.structs import replace

from domain.identifiers import PaymentId
from domain.money import Money
from domain.order.events import (
    DisputeClosed,
    PaymentDisputed,
    PaymentFailed,
    PaymentReceived,
    PaymentStarted,
)
from domain.order.evolving import disputes
from domain.order.parts import Payment
from domain.order.state import Order

PaymentFact: TypeAlias = (
    PaymentStarted | PaymentReceived | PaymentFailed | PaymentDisputed | DisputeClosed
)


def evolve_payment(order: Order, event: PaymentFact, recorded_at: datetime) -> Order:
    """Fold a fact of a payment or its dispute."""
    match event:
        case PaymentStarted():
            return started(order, event)
        case PaymentReceived():
            return received(order, event, recorded_at)
        case PaymentFailed():
            return failed(order, event)
        case PaymentDisputed():
            return disputes.opened(order, event)
        case DisputeClosed():
            return disputes.closed(order, event)
        case _:
            assert_never(event)


def started(order: Order, event: PaymentStarted) -> Order:
    """Note that a provider has the customer."""
    known = order.payments_by_id.get(event.payment_id)
    if known is None:
        payment = Payment(
            payment_id=event.payment_id,
            provider=event.provider,
            method=event.method,
            sub_method=event.sub_method,
            amount=event.amount,
            started_at=event.at,
        )
    else:
        amount = known.amount if known.is_received else event.amount
        payment = replace(known, started_at=event.at, amount=amount)
    return _with(order, payment)


def failed(order: Order, event: PaymentFailed) -> Order:
    """Note that the try came to nothing, as far as the provider knew."""
    known = order.payments_by_id.get(event.payment_id) or Payment(
        payment_id=event.payment_id,
        provider=event.provider,
        method=event.method,
        sub_method=event.sub_method,
        amount=Money(0, order.currency),
    )
    message = event.personal.text if event.personal else ""
    return _with(order, replace(known, failed_at=event.at, code=event.code, message=message))


def received(order: Order, event: PaymentReceived, recorded_at: datetime) -> Order:
    """Take in the money."""
    known = order.payments_by_id.get(event.payment_id)
    payment = Payment(
        payment_id=event.payment_id,
        provider=event.provider,
        method=event.method,
        sub_method=event.sub_method,
        amount=event.amount,
        transaction_id=event.transaction_id,
        received_at=event.at,
        started_at=known.started_at if known else None,
        failed_at=known.failed_at if known else None,
        code=known.code if known else "",
        message=known.message if known else "",
    )
    after = replace(
        order,
        payments_by_id={**order.payments_by_id, event.payment_id: payment},
        received_recorded_at=recorded_at,
        is_excess_acknowledged=False,
    )
    if order.is_paid or after.received_total < after.original_total:
        return after
    return _became_paid(after, event.payment_id, recorded_at)


def _became_paid(order: Order, paid_by: PaymentId, recorded_at: datetime) -> Order:
    """Want, from now on, also those actions of a closed order that were never asked for."""
    if not order.is_closed_by_hand:
        return replace(order, paid_recorded_at=recorded_at, paid_by=paid_by)
    wanted = {
        action_id: action if action.run else replace(action, is_acknowledged=False)
        for action_id, action in order.actions_by_id.items()
    }
    return replace(order, paid_recorded_at=recorded_at, paid_by=paid_by, actions_by_id=wanted)


def _with(order: Order, payment: Payment) -> Order:
    key: PaymentId = payment.payment_id
    return replace(order, payments_by_id={**order.payments_by_id, key: payment})
