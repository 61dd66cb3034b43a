"""Refunds that providers made by themselves, as the order knows them."""

from datetime import datetime

from msgspec import Struct

from domain.identifiers import ExternalRefundId, PaymentId, RefundId, TransferId
from domain.money import Money


class ExternalRefund(Struct, frozen=True, kw_only=True):
    """Money that a provider returned by itself."""

    external_refund_id: ExternalRefundId
    payment_id: PaymentId
    amount: Money
    observed_recorded_at: datetime
    refund_id: RefundId | None = None
    """The refund that it settles or that a person made of it."""
    matched_transfer: TransferId | None = None
    """The transfer of ours whose money this is."""
    is_failed: bool = False

    @property
    def is_unallocated(self) -> bool:
        """A person has still to say what it was for."""
        return self.refund_id is None and not self.is_failed

    @property
    def is_returned(self) -> bool:
        """It is returned money of its own, not that of a refund of ours."""
        return not self.is_failed and self.matched_transfer is None
