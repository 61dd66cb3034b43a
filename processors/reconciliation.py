"""Whether a payment's provider says that it returned what the order says it returned.

The rule to know: a difference is stated, never mended. What nobody can know yet (a refund that was
asked for and not answered, a payback that a person vouched for) is given room, so that only what
is certain on both sides is compared.
"""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from domain.identifiers import OrderId, PaymentId
from domain.money import Money
from domain.order.parts import ExternalRefund, TransferState
from domain.order.stages import TransferStage
from domain.order.state import Order
from processors.provider_news import Fate, RefundSeen

TAKEN = (TransferStage.PENDING, TransferStage.DONE)


class Why(StrEnum):
    """How two sums differ."""

    NOT_RECORDED = "not_recorded"
    """The provider has returned more than the order knows of."""
    NOT_AT_PROVIDER = "not_at_provider"
    """The order counts money as returned that the provider has not returned."""


class Difference(Struct, frozen=True, kw_only=True):
    """A payment of which the provider has returned other money than is recorded."""

    transaction_id: str
    order_id: OrderId
    payment_id: PaymentId
    ours: Money
    """Returned for certain, by the order."""
    theirs: Money
    """Returned or about to be, by the provider."""
    why: Why


def difference_of(
    order: Order, payment_id: PaymentId, theirs: Iterable[RefundSeen]
) -> Difference | None:
    """Compare one payment with all refunds that its provider has of it."""
    assert order.order_id is not None
    certain, possible = _returned(order, payment_id)
    stated = sum(seen.amount.amount for seen in theirs if seen.fate is not Fate.FAILED)
    if certain <= stated <= certain + possible:
        return None
    return Difference(
        transaction_id=order.payments_by_id[payment_id].transaction_id,
        order_id=order.order_id,
        payment_id=payment_id,
        ours=Money(certain, order.currency),
        theirs=Money(stated, order.currency),
        why=Why.NOT_RECORDED if stated > certain else Why.NOT_AT_PROVIDER,
    )


def _returned(order: Order, payment_id: PaymentId) -> tuple[int, int]:
    """Sum up what the provider must have returned, and what it may have returned besides."""
    transfers = [one for _, one in order.transfers if one.payment_id == payment_id]
    externals = [one for one in order.external_refunds if one.payment_id == payment_id]
    certain = _sum(t for t in transfers if _is_certain(t)) + _sum(
        one for one in externals if one.is_returned
    )
    return certain, _sum(t for t in transfers if _is_possible(t))


def _is_certain(transfer: TransferState) -> bool:
    return transfer.stage in TAKEN and not transfer.confirmed_by


def _is_possible(transfer: TransferState) -> bool:
    is_vouched_for = transfer.is_done and transfer.confirmed_by != ""
    is_unanswered = transfer.is_open and transfer.may_have_been_asked
    return is_vouched_for or (is_unanswered and transfer.stage not in TAKEN)


def _sum(parts: Iterable[TransferState | ExternalRefund]) -> int:
    return sum(part.amount.amount for part in parts)
