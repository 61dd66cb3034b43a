"""News of payments."""

from datetime import datetime
from typing import TypeAlias

from domain.identifiers import DisputeId, PaymentId
from domain.money import Money
from domain.order.commands.base import OrderCommand
from domain.order.values import DisputeOutcome


class StartPayment(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The customer was sent to a provider."""

    at: datetime
    payment_id: PaymentId
    provider: str
    method: str
    amount: Money
    sub_method: str = ""


class ReceivePayment(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The provider confirmed the money."""

    at: datetime
    payment_id: PaymentId
    provider: str
    method: str
    amount: Money
    transaction_id: str
    sub_method: str = ""


class FailPayment(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The provider said no, or the customer turned back."""

    at: datetime
    payment_id: PaymentId
    provider: str
    method: str
    code: str
    message: str = ""
    sub_method: str = ""


class OpenDispute(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A chargeback was opened."""

    at: datetime
    dispute_id: DisputeId
    payment_id: PaymentId
    amount: Money


class CloseDispute(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A chargeback ended."""

    at: datetime
    dispute_id: DisputeId
    outcome: DisputeOutcome


PaymentWish: TypeAlias = StartPayment | ReceivePayment | FailPayment | OpenDispute | CloseDispute
