"""What a payment provider tells by itself, as far as the ledger needs it; nothing personal.

The rule to know: news is named by what it says, not by the message that brought it. So a fact that
comes by several events, callbacks or look-ups is taken in once, for ever.
"""

from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from domain.identifiers import DisputeId, ExternalRefundId, OrderId, TransferId
from domain.money import Money
from domain.order.values import DisputeOutcome


class Fate(StrEnum):
    """What became of a refund at its provider."""

    IN_PROGRESS = "in_progress"
    RETURNED = "returned"
    FAILED = "failed"
    """Also of one that was returned before: the last word about it."""


class RefundSeen(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="refund"):
    """A refund, ours or not, stands so."""

    fate: Fate
    amount: Money
    at: datetime
    refund_id: ExternalRefundId = ExternalRefundId("")
    """The provider's own id; empty where it gave none, which only a transfer of ours may be."""
    transaction_ids: tuple[str, ...] = ()
    """Under which the checkout may know the payment, the likeliest first."""
    order_id: OrderId | None = None
    """With `transfer_id` what our own request named; the order confirms that it is so."""
    transfer_id: TransferId = TransferId("")
    code: str = ""
    """Why it failed. Stable and never personal."""

    @property
    def news_id(self) -> str:
        """Name the fact."""
        return f"refund/{self.subject}/{self.fate}"

    @property
    def subject(self) -> str:
        """Name the refund that it is about."""
        return self.refund_id or f"{self.order_id}/{self.transfer_id}"


class DisputeSeen(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="dispute"):
    """Money of a payment is contested, or was."""

    dispute_id: DisputeId
    amount: Money
    at: datetime
    transaction_ids: tuple[str, ...]
    outcome: DisputeOutcome | None = None
    """None while it is open."""

    @property
    def news_id(self) -> str:
        """Name the fact."""
        return f"dispute/{self.dispute_id}/{self.outcome or 'open'}"

    @property
    def subject(self) -> str:
        """Name the dispute that it is about."""
        return self.dispute_id


class RefundsChanged(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="refunds_changed"):
    """Something is new about the refunds of a payment: the provider must be asked what."""

    transaction_id: str
    cause: str
    """The provider's own id of the message that said so."""

    @property
    def news_id(self) -> str:
        """Name the message: each asks for a look of its own."""
        return f"refunds_changed/{self.cause}"

    @property
    def subject(self) -> str:
        """Name the payment that it is about."""
        return self.transaction_id


Told: TypeAlias = RefundSeen | DisputeSeen
"""News that says all."""
News: TypeAlias = Told | RefundsChanged
