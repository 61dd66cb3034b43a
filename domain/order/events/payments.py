"""Facts of payments and of their disputes."""

from domain.identifiers import DisputeId, PaymentId
from domain.money import Money
from domain.order.events.base import OrderEvent
from domain.order.values import DisputeOutcome, FreeText


class PaymentStarted(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The customer was sent to a provider."""

    payment_id: PaymentId
    provider: str
    method: str
    amount: Money
    sub_method: str = ""


class PaymentReceived(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The provider confirmed the money."""

    payment_id: PaymentId
    provider: str
    method: str
    amount: Money
    transaction_id: str
    """The provider's own id of the payment, which refunds name."""
    sub_method: str = ""


class PaymentFailed(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The provider said no, or the customer turned back."""

    payment_id: PaymentId
    provider: str
    method: str
    code: str
    sub_method: str = ""
    personal: FreeText | None = None


class PaymentDisputed(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A chargeback was opened."""

    dispute_id: DisputeId
    payment_id: PaymentId
    amount: Money


class DisputeClosed(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A chargeback ended."""

    dispute_id: DisputeId
    outcome: DisputeOutcome
