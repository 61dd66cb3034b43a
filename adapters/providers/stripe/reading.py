"""What Stripe's refunds and disputes say, read once for answers and webhooks alike.

The rule to know: of a refund `succeeded` may still turn into `failed`, never the other way round.
Statuses: https://docs.stripe.com/api/refunds/object and https://docs.stripe.com/api/disputes/object
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import Meta, Struct

from adapters.providers.stripe.amounts import money_of
from domain.identifiers import DisputeId, ExternalRefundId, OrderId, TransferId
from domain.order.values import DisputeOutcome
from processors.provider_news import DisputeSeen, Fate, RefundSeen
from processors.refund_provider import InProgress, NotKnown, Refused, Returned, Standing

NOTHING: Mapping[str, str] = MappingProxyType({})
SHOP_NAME = "ledger_shop"
ORDER_NAME = "ledger_order"
REFUND_NAME = "ledger_refund"
TRANSFER_NAME = "ledger_transfer"
KEY_NAME = "ledger_key"
"""Names in a refund's metadata: what of the ledger it belongs to."""
FATE_BY_STATUS = {
    "pending": Fate.IN_PROGRESS,
    "requires_action": Fate.IN_PROGRESS,
    "succeeded": Fate.RETURNED,
    "failed": Fate.FAILED,
    "canceled": Fate.FAILED,
}
OUTCOME_BY_STATUS = {
    "needs_response": None,
    "under_review": None,
    "won": DisputeOutcome.WON,
    "lost": DisputeOutcome.LOST,
}
"""The others are inquiries, `warning_…` and `prevented`: no money is taken, and refunds may go on."""
CODE = re.compile("[a-z0-9_]{1,100}")
OWN_NAME_LENGTH_MAX = 500
"""Of what stands in metadata, which anybody with the account can write."""

Id: TypeAlias = Annotated[str, Meta(pattern=r"^[!-~]{1,255}\Z")]
Amount: TypeAlias = Annotated[int, Meta(ge=0, le=999_999_999_999)]
"""In Stripe's smallest unit; no order of the ledger's can cost more."""
Currency: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z]{3}\Z")]
Seconds: TypeAlias = Annotated[int, Meta(ge=0, le=253_402_300_799)]
"""Since 1970; the last is at the end of the year 9999."""


class RefundObject(Struct, frozen=True, kw_only=True):
    """A refund as Stripe writes it, as far as it matters here."""

    id: Id
    amount: Amount
    currency: Currency
    created: Seconds
    status: str | None = None
    failure_reason: str | None = None
    charge: Id | None = None
    payment_intent: Id | None = None
    metadata: dict[str, str] | None = None

    @property
    def named(self) -> Mapping[str, str]:
        """Its metadata."""
        return self.metadata or NOTHING


class DisputeObject(Struct, frozen=True, kw_only=True):
    """A dispute as Stripe writes it, as far as it matters here."""

    id: Id
    amount: Amount
    currency: Currency
    status: str
    charge: Id | None = None
    payment_intent: Id | None = None


def refund_seen(refund: RefundObject, at: datetime | None = None) -> RefundSeen | None:
    """Say what a refund tells, None for a status that Stripe has added since.

    Raises NotPayable for an amount that cannot be read.
    """
    fate = FATE_BY_STATUS.get(refund.status or "")
    if fate is None:
        return None
    return RefundSeen(
        fate=fate,
        amount=money_of(refund.amount, refund.currency),
        at=at or moment(refund.created),
        refund_id=ExternalRefundId(refund.id),
        transaction_ids=_transaction_ids(refund.payment_intent, refund.charge),
        order_id=_order_id(refund.named.get(ORDER_NAME, "")),
        transfer_id=_transfer_id(refund.named.get(TRANSFER_NAME, "")),
        code=_failure_code(refund) if fate is Fate.FAILED else "",
    )


def standing_of(refund: RefundObject) -> Standing:
    """Say where the money of a refund of ours stands."""
    match FATE_BY_STATUS.get(refund.status or ""):
        case Fate.IN_PROGRESS:
            return InProgress(reference=refund.id)
        case Fate.RETURNED:
            return Returned(reference=refund.id)
        case Fate.FAILED:
            return Refused(code=_failure_code(refund))
        case None:
            return NotKnown(code="status_unknown")


def has_failed(refund: RefundObject) -> bool:
    """Say whether its money is not back, or not any more."""
    return FATE_BY_STATUS.get(refund.status or "") is Fate.FAILED


def dispute_seen(dispute: DisputeObject, at: datetime) -> DisputeSeen | None:
    """Say what a dispute tells; None where no money is contested. Raises NotPayable."""
    if dispute.status not in OUTCOME_BY_STATUS:
        return None
    return DisputeSeen(
        dispute_id=DisputeId(dispute.id),
        amount=money_of(dispute.amount, dispute.currency),
        at=at,
        transaction_ids=_transaction_ids(dispute.payment_intent, dispute.charge),
        outcome=OUTCOME_BY_STATUS[dispute.status],
    )


def moment(seconds: int) -> datetime:
    """Read a time that Stripe wrote."""
    return datetime.fromtimestamp(seconds, UTC)


def code_of(text: str | None, otherwise: str) -> str:
    """Take a code of Stripe's as ours, if it is one."""
    return text if text and CODE.fullmatch(text) else otherwise


def _failure_code(refund: RefundObject) -> str:
    return code_of(refund.failure_reason, refund.status or "failed")


def _transaction_ids(*ids: str | None) -> tuple[str, ...]:
    return tuple(one for one in ids if one)


def _transfer_id(text: str) -> TransferId:
    is_name = text.isprintable() and len(text) <= OWN_NAME_LENGTH_MAX
    return TransferId(text if is_name else "")


def _order_id(text: str) -> OrderId | None:
    """Read our own id; whoever else uses the name means something else by it."""
    try:
        return OrderId(UUID(text))
    except ValueError:
        return None
