"""Wishes about money that goes back, and news of it."""

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from domain.identifiers import ExternalRefundId, LineId, PaymentId, RefundId
from domain.money import Money
from domain.order.commands.base import OrderCommand
from domain.order.values import Seller


class LineAmount(Struct, frozen=True, kw_only=True):
    """How much of one line goes back, in minor units."""

    line_id: LineId
    amount: int


class LineRefund(LineAmount, frozen=True, kw_only=True):
    """A wish to give something of one line back."""

    maximum_seen: int | None = None
    """The maximum that the person saw; the wish is refused if it has changed."""
    remove_access: bool = False


class RequestRefund(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person wants amounts of lines, or money above the total, to go back."""

    refund_id: RefundId
    by: str
    lines: tuple[LineRefund, ...] = ()
    excess: int = 0
    """How much of the money above the order's total goes back besides."""
    refund_payments: bool = True
    """Off: recorded in the order's data only."""
    by_hand: bool = False
    """On: a person pays it back, also where a provider could."""
    remove_offer_access: bool = False
    reason: str = ""
    tell_customer: bool = True
    """Off: no confirmation is sent to the customer."""
    providers: frozenset[str] = frozenset()
    """The providers whose refund interface the shop has configured."""


class RecordRefund(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A refund was made elsewhere and is history: it counts as returned."""

    at: datetime
    refund_id: RefundId
    lines: tuple[LineAmount, ...]
    currency: str
    payment_id: PaymentId | None = None
    """The payment it went back to; None where the order has just one that was received."""
    reference: str = ""
    reason: str = ""


class ObserveExternalRefund(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A provider tells of a refund; ours is recognised by the provider's id."""

    at: datetime
    external_refund_id: ExternalRefundId
    """The provider's id of the refund."""
    payment_id: PaymentId
    amount: Money


class AllocateExternalRefund(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person says which lines an external refund was for, or which refund's money it is."""

    external_refund_id: ExternalRefundId
    refund_id: RefundId
    """Of the refund that it becomes."""
    by: str
    lines: tuple[LineRefund, ...] = ()
    settles: RefundId | None = None
    """The refund whose money it is; then no other is made of it."""
    remove_offer_access: bool = False
    tell_customer: bool = True
    """Off: no confirmation is sent to the customer."""


class FailExternalRefund(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The provider took its refund back."""

    at: datetime
    external_refund_id: ExternalRefundId
    code: str


class NumberCreditNote(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A refund is to have the next number of its shop's credit notes."""

    refund_id: RefundId
    number: int
    prefix: str
    seller: Seller


RefundWish: TypeAlias = (
    RequestRefund
    | RecordRefund
    | ObserveExternalRefund
    | AllocateExternalRefund
    | FailExternalRefund
    | NumberCreditNote
)
