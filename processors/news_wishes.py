"""What news of a provider asks of the order that it is about.

The rule to know: a refund is ours if it names a transfer of ours, or is the one that a transfer
has as its reference. A second refund that names the same transfer is money that left twice, so
it is seen as one that the provider made by itself.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, assert_never

from domain.identifiers import PaymentId, RefundId
from domain.order.commands.payments import CloseDispute, OpenDispute
from domain.order.commands.refunds import FailExternalRefund, ObserveExternalRefund
from domain.order.commands.transfers import (
    ReportTransferDone,
    ReportTransferFailed,
    ReportTransferPending,
    TransferWish,
)
from domain.order.decide import OrderWish
from domain.order.parts import TransferState
from domain.order.state import Order
from processors.provider_news import DisputeSeen, Fate, RefundSeen, Told

FAILED_WITHOUT_A_CODE = "failed"


class Ours(NamedTuple):
    """A transfer of the order, and the refund that it belongs to."""

    refund_id: RefundId
    transfer: TransferState


def wishes_of(
    told: Told, order: Order, payment_id: PaymentId | None, now: datetime
) -> list[OrderWish]:
    """Say what is to be recorded, in this order; none where the order knows or need not know.

    `payment_id` is the payment that the news is about; None where only a transfer of ours says.
    """
    if isinstance(told, RefundSeen):
        return _of_refund(told, order, payment_id, now)
    return [] if payment_id is None else _of_dispute(told, payment_id, now)


def our_transfer(seen: RefundSeen, order: Order) -> Ours | None:
    """Find the transfer of ours that this refund is."""
    ours = list(_transfers(order))
    by_reference = (one for one in ours if seen.refund_id == one.transfer.reference != "")
    by_name = (one for one in ours if _is_named(seen, one.transfer, order))
    return next(by_reference, None) or next(by_name, None)


def _is_named(seen: RefundSeen, transfer: TransferState, order: Order) -> bool:
    return (
        (seen.order_id, seen.transfer_id) == (order.order_id, transfer.transfer_id)
        and seen.amount == transfer.amount
        and (not seen.refund_id or not transfer.reference)
    )


def _transfers(order: Order) -> Iterator[Ours]:
    for refund, transfer in order.transfers:
        yield Ours(refund.refund_id, transfer)


def _of_refund(
    seen: RefundSeen, order: Order, payment_id: PaymentId | None, now: datetime
) -> list[OrderWish]:
    if seen.refund_id in order.external_refunds_by_id:
        return [_failed_external(seen, now)] if seen.fate is Fate.FAILED else []
    ours = our_transfer(seen, order)
    if ours and not (ours.transfer.is_failed and seen.fate is Fate.RETURNED):
        return [_of_transfer(seen, ours, now)]
    paid_back = ours.transfer.payment_id if ours else payment_id
    if seen.fate is Fate.FAILED or not seen.refund_id or paid_back is None:
        return []
    return [_observed(seen, paid_back, now)]


def _of_transfer(seen: RefundSeen, ours: Ours, now: datetime) -> TransferWish:
    refund_id, transfer_id = ours.refund_id, ours.transfer.transfer_id
    match seen.fate:
        case Fate.IN_PROGRESS:
            return ReportTransferPending(
                now=now,
                at=seen.at,
                refund_id=refund_id,
                transfer_id=transfer_id,
                reference=seen.refund_id,
            )
        case Fate.RETURNED:
            return ReportTransferDone(
                now=now,
                at=seen.at,
                refund_id=refund_id,
                transfer_id=transfer_id,
                reference=seen.refund_id,
            )
        case Fate.FAILED:
            return ReportTransferFailed(
                now=now,
                at=seen.at,
                refund_id=refund_id,
                transfer_id=transfer_id,
                code=seen.code or FAILED_WITHOUT_A_CODE,
            )
        case _:
            assert_never(seen.fate)


def _observed(seen: RefundSeen, payment_id: PaymentId, now: datetime) -> ObserveExternalRefund:
    return ObserveExternalRefund(
        now=now,
        at=seen.at,
        external_refund_id=seen.refund_id,
        payment_id=payment_id,
        amount=seen.amount,
    )


def _failed_external(seen: RefundSeen, now: datetime) -> FailExternalRefund:
    return FailExternalRefund(
        now=now,
        at=seen.at,
        external_refund_id=seen.refund_id,
        code=seen.code or FAILED_WITHOUT_A_CODE,
    )


def _of_dispute(seen: DisputeSeen, payment_id: PaymentId, now: datetime) -> list[OrderWish]:
    """Open it in any case: its end may come before its beginning, and says all."""
    opened = OpenDispute(
        now=now,
        at=seen.at,
        dispute_id=seen.dispute_id,
        payment_id=payment_id,
        amount=seen.amount,
    )
    if seen.outcome is None:
        return [opened]
    closed = CloseDispute(now=now, at=seen.at, dispute_id=seen.dispute_id, outcome=seen.outcome)
    return [opened, closed]
