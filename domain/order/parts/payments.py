"""Payments and their disputes, as the order knows them."""

from datetime import datetime

from msgspec import Struct

from domain.identifiers import DisputeId, PaymentId
from domain.money import Money
from domain.order.stages import DisputeStage, PaymentStage


class Payment(Struct, frozen=True, kw_only=True):
    """One try to pay. News only ever adds to it, so the order of news does not matter."""

    payment_id: PaymentId
    provider: str
    method: str
    amount: Money
    sub_method: str = ""
    transaction_id: str = ""
    code: str = ""
    message: str = ""
    started_at: datetime | None = None
    failed_at: datetime | None = None
    received_at: datetime | None = None

    @property
    def status(self) -> PaymentStage:
        """Money outranks a failure, and a failure outranks a start."""
        if self.received_at is not None:
            return PaymentStage.RECEIVED
        return PaymentStage.PENDING if self.failed_at is None else PaymentStage.FAILED

    @property
    def is_received(self) -> bool:
        """The provider confirmed the money."""
        return self.received_at is not None

    @property
    def at(self) -> datetime | None:
        """When what `status` says happened, by the source."""
        return self.received_at or self.failed_at or self.started_at


class Dispute(Struct, frozen=True, kw_only=True):
    """A chargeback."""

    dispute_id: DisputeId
    payment_id: PaymentId
    amount: Money
    stage: DisputeStage = DisputeStage.OPEN
