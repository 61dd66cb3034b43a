"""Which payments the money of a refund goes back to, and how."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from domain.identifiers import OrderId, PaymentId, RefundId, TransferId
from domain.money import Money
from domain.order.money import by_payment
from domain.order.providers import Obstacle, obstacle_to
from domain.order.state import Order
from domain.order.values import Transfer, TransferMethod

MethodOf: TypeAlias = Callable[[PaymentId, Money], TransferMethod]


def planned_transfers(
    order: Order,
    refund_id: RefundId,
    amount: int,
    *,
    providers: frozenset[str],
    by_hand: bool,
    now: datetime,
) -> tuple[Transfer, ...]:
    """Return an amount to the payments that still hold it, through those providers that can.

    With `by_hand` through none.
    """

    def method(payment_id: PaymentId, part: Money) -> TransferMethod:
        obstacle = payback_obstacle(order, payment_id, part, providers=providers, now=now)
        is_by_itself = obstacle is None and not by_hand
        return TransferMethod.PROVIDER if is_by_itself else TransferMethod.MANUAL

    return _transfers(order, refund_id, _shared_out(amount, order), method)


def payback_obstacle(
    order: Order,
    payment_id: PaymentId,
    amount: Money,
    *,
    providers: frozenset[str],
    now: datetime,
) -> Obstacle | None:
    """Say why a part of a payment does not go back by itself; None if it does."""
    money = by_payment(order)[payment_id]
    return obstacle_to(
        order.payments_by_id[payment_id],
        amount,
        was_touched=money.left < money.received,
        is_customer_known=order.customer_key not in order.erased_keys,
        providers=providers,
        now=now,
    )


def recorded_transfers(order: Order, refund_id: RefundId, amount: int) -> tuple[Transfer, ...]:
    """Say which payments a recorded-only refund is about, so that a payback is recognised.

    It is about the one that a provider returned just as much of by itself, if there is one.
    """
    equal = [e for e in order.external_refunds if e.is_unallocated and e.amount.amount == amount]
    shares = [(equal[0].payment_id, amount)] if len(equal) == 1 else _shared_out(amount, order)
    return _transfers(order, refund_id, shares, lambda _payment, _part: TransferMethod.NONE)


def transfer_key(order: Order, refund_id: RefundId, number: int) -> str:
    """Derive the idempotency key from what the transfer is; it never changes."""
    return f"{order.order_id}/{refund_id}/{number}"


def transfer_named(key: str) -> tuple[OrderId, TransferId]:
    """Read the order and the transfer out of an idempotency key; ValueError for any other text."""
    order_id, _, transfer_id = key.partition("/")
    return OrderId(UUID(order_id)), TransferId(transfer_id)


def refund_of(transfer_id: TransferId) -> RefundId:
    """Say which refund a transfer is a part of; its id tells."""
    return RefundId(transfer_id.rpartition("/")[0])


def _transfers(
    order: Order, refund_id: RefundId, shares: list[tuple[PaymentId, int]], method: MethodOf
) -> tuple[Transfer, ...]:
    return tuple(
        Transfer(
            transfer_id=TransferId(f"{refund_id}/{number}"),
            payment_id=payment_id,
            method=method(payment_id, Money(part, order.currency)),
            amount=Money(part, order.currency),
            key=transfer_key(order, refund_id, number),
        )
        for number, (payment_id, part) in enumerate(shares, start=1)
    )


def _shared_out(amount: int, order: Order) -> list[tuple[PaymentId, int]]:
    """Take from one payment if one has just this or enough, else from the first ones first."""
    returnable = {payment_id: money.returnable for payment_id, money in by_payment(order).items()}
    fitting = sorted(
        (left, i, p) for i, (p, left) in enumerate(returnable.items()) if left >= amount
    )
    if amount and fitting:
        return [(fitting[0][2], amount)]
    shares: list[tuple[PaymentId, int]] = []
    for payment_id, left in returnable.items():
        part = min(left, amount)
        if part:
            shares.append((payment_id, part))
            amount -= part
    return shares
