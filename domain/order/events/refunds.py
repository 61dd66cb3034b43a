"""Facts of refunds and of the transfers that carry the money back."""

from domain.identifiers import ExternalRefundId, LineId, PaymentId, RefundId, TransferId
from domain.money import Money
from domain.order.events.base import OrderEvent
from domain.order.values import FreeText, RefundLine, Seller, Transfer


class RefundRequested(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Amounts of lines, and of money above the total, are to go back."""

    refund_id: RefundId
    lines: tuple[RefundLine, ...]
    transfers: tuple[Transfer, ...]
    by: str
    excess: int = 0
    """The part of the transfers that is money above the order's total."""
    by_hand: bool = False
    """A person wished to pay it back without asking providers."""
    remove_access: tuple[LineId, ...] = ()
    remove_offer_access: bool = False
    tell_customer: bool = True
    """Off: a person, or the system that made the refund, tells the customer."""
    personal: FreeText | None = None
    """The reason given."""


class RefundTransferStarted(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A worker took the transfer to its provider."""

    refund_id: RefundId
    transfer_id: TransferId
    attempt: int
    worker: str


class RefundTransferPending(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The provider took it and has not finished."""

    refund_id: RefundId
    transfer_id: TransferId
    reference: str
    """The provider's id of the refund."""


class RefundTransferred(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The money is back, by the provider or by a person who confirmed it."""

    refund_id: RefundId
    transfer_id: TransferId
    reference: str = ""
    confirmed_by: str = ""


class RefundTransferFailed(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The money is not back, even if it was said to be."""

    refund_id: RefundId
    transfer_id: TransferId
    code: str
    confirmed_by: str = ""
    """The person who saw so, where no provider said it."""
    personal: FreeText | None = None


class RefundTransferUnresolved(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Nobody knows whether the money is back; never tried again under a new key."""

    refund_id: RefundId
    transfer_id: TransferId
    code: str
    was_asked: bool = True
    """Off: it is certain that the provider has heard of it in no attempt so far."""


class RefundIssued(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The refund counts in the order's data: it is in force."""

    refund_id: RefundId


class RefundFailed(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Nothing was returned; a refund in force leaves force."""

    refund_id: RefundId


class CreditNoteNumbered(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The refund took a number of the shop's credit notes: the document that tells of it."""

    refund_id: RefundId
    number: int
    seller: Seller
    """The shop as it called itself then; an issued document is never edited."""
    prefix: str = ""
    """What the shop wrote before its numbers then."""


class ExternalRefundObserved(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The provider returned money that we did not ask for."""

    external_refund_id: ExternalRefundId
    payment_id: PaymentId
    amount: Money
    matched_refund: RefundId | None = None
    """The one recorded-only or owed refund that it settles, if there is exactly one."""
    matched_transfer: TransferId | None = None
    """The transfer of that refund which is now done."""


class ExternalRefundAllocated(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A person said which lines an external refund was for; it counts as issued."""

    external_refund_id: ExternalRefundId
    refund_id: RefundId
    lines: tuple[RefundLine, ...]
    by: str
    unallocated: int = 0
    remove_access: tuple[LineId, ...] = ()
    remove_offer_access: bool = False
    tell_customer: bool = True
    """As in `RefundRequested`."""


class ExternalRefundFailed(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The provider took its refund back."""

    external_refund_id: ExternalRefundId
    code: str


class RefundedDataRestored(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """These refunds no longer count in the order's data; returned money stays returned."""

    refund_ids: tuple[RefundId, ...]
    by: str
