"""Decide on news of payments: each is recorded once, and late news never takes paid back."""

from domain.order.commands.payments import FailPayment, ReceivePayment, StartPayment
from domain.order.completing import completed_when_done
from domain.order.events import OrderFact, PaymentFailed, PaymentReceived, PaymentStarted
from domain.order.rejections import require_fit, require_placed
from domain.order.state import Order
from domain.order.values import FreeText
from domain.phrase import say
from domain.rejection import Rejection


class PaymentDiffers(Rejection):
    """One payment was received with two different amounts."""

    code = "payment_differs"

    def __init__(self, payment_id: str) -> None:
        super().__init__(
            say(
                "Payment {payment_id!r} was already received with another amount.",
                payment_id=payment_id,
            )
        )


def start_payment(command: StartPayment, order: Order) -> list[OrderFact]:
    """Note that a provider has the customer, also when it comes late."""
    require_placed(order)
    require_fit(order, command.amount)
    known = order.payments_by_id.get(command.payment_id)
    if known is not None and known.started_at is not None:
        return []
    return [
        PaymentStarted(
            at=command.at,
            payment_id=command.payment_id,
            provider=command.provider,
            method=command.method,
            sub_method=command.sub_method,
            amount=command.amount,
        )
    ]


def receive_payment(command: ReceivePayment, order: Order) -> list[OrderFact]:
    """Take in the money once; an order without actions is complete by it."""
    require_placed(order)
    require_fit(order, command.amount)
    known = order.payments_by_id.get(command.payment_id)
    if known is not None and known.is_received:
        if known.amount != command.amount:
            raise PaymentDiffers(command.payment_id)
        return []
    received = PaymentReceived(
        at=command.at,
        payment_id=command.payment_id,
        provider=command.provider,
        method=command.method,
        sub_method=command.sub_method,
        amount=command.amount,
        transaction_id=command.transaction_id,
    )
    return completed_when_done(order, [received], command.now)


def fail_payment(command: FailPayment, order: Order) -> list[OrderFact]:
    """Note that a try came to nothing, also when it comes late."""
    require_placed(order)
    known = order.payments_by_id.get(command.payment_id)
    if known is not None and known.failed_at is not None:
        return []
    return [
        PaymentFailed(
            at=command.at,
            payment_id=command.payment_id,
            provider=command.provider,
            method=command.method,
            sub_method=command.sub_method,
            code=command.code,
            personal=FreeText(text=command.message) if command.message else None,
        )
    ]
