"""News of the money of a refund, on its way back to one payment."""

from datetime import datetime
from typing import TypeAlias

from domain.identifiers import RefundId, TransferId
from domain.order.commands.base import OrderCommand


class StartTransfer(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A worker takes the transfer to its provider."""

    refund_id: RefundId
    transfer_id: TransferId
    attempt: int
    worker: str


class ReportTransferPending(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The provider took it and has not finished."""

    at: datetime
    refund_id: RefundId
    transfer_id: TransferId
    reference: str


class ReportTransferDone(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The provider gave the money back."""

    at: datetime
    refund_id: RefundId
    transfer_id: TransferId
    reference: str = ""


class ReportTransferFailed(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The provider did not give the money back, or took it back again."""

    at: datetime
    refund_id: RefundId
    transfer_id: TransferId
    code: str
    message: str = ""
    attempt: int | None = None
    """Of the worker that was refused; None for a provider's word on the refund itself."""


class ReportTransferUnresolved(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nobody can say whether the money is back."""

    at: datetime
    refund_id: RefundId
    transfer_id: TransferId
    code: str
    attempt: int | None = None
    """The one that ended so; None when a look found nothing out."""
    was_asked: bool = True
    """Off: the provider never heard of this attempt; of a look, of no attempt at all."""
    news_seen_at: datetime | None = None
    """Of a look: when the latest news had come that it knew of; newer news outdates it."""


class ConfirmManualRefund(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person paid the money back in the provider's own dashboard, or saw that nobody did."""

    refund_id: RefundId
    transfer_id: TransferId
    by: str
    reference: str = ""
    was_paid: bool = True
    """Off: an unresolved transfer was looked up there, and no money went back."""


TransferWish: TypeAlias = (
    StartTransfer
    | ReportTransferPending
    | ReportTransferDone
    | ReportTransferFailed
    | ReportTransferUnresolved
    | ConfirmManualRefund
)
