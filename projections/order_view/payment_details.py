"""The payments of an order and their disputes, as people look at them."""

from datetime import datetime

from msgspec import Struct

from domain.money import Money
from domain.order.parts import Dispute, Payment
from domain.order.stages import DisputeStage, PaymentStage


class PaymentDetails(Struct, frozen=True, kw_only=True):
    """One try to pay."""

    payment_id: str
    provider: str
    method: str
    sub_method: str
    status: PaymentStage
    amount: Money
    transaction_id: str
    code: str
    """Why it failed, if it did; a payment that was received later keeps it."""
    message: str
    at: datetime | None
    """When what `status` says happened, by the source."""


class DisputeDetails(Struct, frozen=True, kw_only=True):
    """A chargeback."""

    dispute_id: str
    payment_id: str
    status: DisputeStage
    amount: Money


def payment_details(payment: Payment) -> PaymentDetails:
    """Show a payment."""
    return PaymentDetails(
        payment_id=payment.payment_id,
        provider=payment.provider,
        method=payment.method,
        sub_method=payment.sub_method,
        status=payment.status,
        amount=payment.amount,
        transaction_id=payment.transaction_id,
        code=payment.code,
        message=payment.message,
        at=payment.at,
    )


def dispute_details(dispute: Dispute) -> DisputeDetails:
    """Show a chargeback."""
    return DisputeDetails(
        dispute_id=dispute.dispute_id,
        payment_id=dispute.payment_id,
        status=dispute.stage,
        amount=dispute.amount,
    )
