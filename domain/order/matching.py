"""Which money that a provider returned by itself is the money of a refund that the order knows.

The rule to know: payment and amount must be equal, and there must be exactly one candidate; a
person decides between several. A payback that somebody vouched for without the provider's id of it
is a candidate too: it would else be counted once by that word and once by the provider's.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.identifiers import PaymentId
from domain.money import Money
from domain.order.parts import ExternalRefund, Refund, TransferState
from domain.order.values import TransferMethod

if TYPE_CHECKING:
    from domain.order.state import Order


def transfer_settled_by(
    payment_id: PaymentId, amount: Money, order: "Order"
) -> tuple[Refund, TransferState] | None:
    """Find the one transfer that money of a provider can only be."""
    matching = [
        (refund, transfer)
        for refund, transfer in order.transfers
        if (transfer.payment_id, transfer.amount) == (payment_id, amount)
        and can_be_settled(refund, transfer)
    ]
    return matching[0] if len(matching) == 1 else None


def can_be_settled(refund: Refund, transfer: TransferState) -> bool:
    """Say whether a transfer waits for money, or has money that nobody named."""
    is_waiting = transfer.is_recorded_only or transfer in refund.owed
    return (refund.is_in_force and is_waiting) or transfer.is_vouched_for


def unallocated_equal_to(
    payment_id: PaymentId, amount: Money, order: "Order"
) -> ExternalRefund | None:
    """Find the one unallocated refund of a provider that a payback can only be."""
    equal = [
        external
        for external in order.external_refunds
        if external.is_unallocated
        and (external.payment_id, external.amount) == (payment_id, amount)
    ]
    return equal[0] if len(equal) == 1 else None


def in_doubt(order: "Order") -> Iterator[tuple[Refund, TransferState]]:
    """Go through the paybacks recorded from elsewhere that may be money that is counted already.

    Nobody named them, and the order had returned as much of the same payment before.
    """
    known: set[tuple[PaymentId, Money]] = set()
    for refund, transfer in order.transfers:
        money = (transfer.payment_id, transfer.amount)
        is_unnamed_record = transfer.method is TransferMethod.ELSEWHERE and transfer.is_vouched_for
        if is_unnamed_record and money in known:
            yield refund, transfer
        elif transfer.is_done and not is_unnamed_record:
            known.add(money)
