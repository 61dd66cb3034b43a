"""What news of a provider asks of the order that it is about.

The rule to know: a refund that is none of ours (`our_transfers.py`), or that came back although its
transfer had failed, is seen as one that the provider made by itself.
"""

from datetime import datetime
from typing import assert_never

from domain.identifiers import PaymentId
from domain.order.commands.payments import CloseDispute, OpenDispute
from domain.order.commands.refunds import FailExternalRefund, ObserveExternalRefund
from domain.order.commands.transfers import (
    ReportTransferDone,
    ReportTransferFailed,
    ReportTransferPending,
    TransferWish,
)
from domain.order.decide import OrderWish
from domain.order.our_transfers import Named, our_transfer
from domain.order.parts import Refund, TransferState
from domain.order.state import Order
from processors.provider_news import DisputeSeen, Fate, RefundSeen, Told

FAILED_WITHOUT_A_CODE = "failed"


def wishes_of(
    told: Told, order: Order, payment_id: PaymentId | None, now: datetime
) -> list[OrderWish]:
    """Say what is to be recorded, in this order; none where the order knows or need not know.

    `payment_id` is the payment that the news is about; None where only a transfer of ours says.
    """
    if isinstance(told, RefundSeen):
        return _of_refund(told, order, payment_id, now)
    return [] if payment_id is None else _of_dispute(told, payment_id, now)


def transfer_seen(seen: RefundSeen, order: Order) -> tuple[Refund, TransferState] | None:
    """Find the transfer of the order that this refund is, with its refund."""
    is_of_order = seen.order_id == order.order_id
    named = Named(seen.transfer_id, seen.amount, seen.transaction_ids) if is_of_order else None
    return our_transfer(seen.refund_id, named, order)


def _of_refund(
    seen: RefundSeen, order: Order, payment_id: PaymentId | None, now: datetime
) -> list[OrderWish]:
    if seen.refund_id in order.external_refunds_by_id:
        return [_failed_external(seen, now)] if seen.fate is Fate.FAILED else []
    ours = transfer_seen(seen, order)
    if ours and not (ours[1].is_failed and seen.fate is Fate.RETURNED):
        return [_of_transfer(seen, *ours, now)]
    paid_back = ours[1].payment_id if ours else payment_id
    if seen.fate is Fate.FAILED or not seen.refund_id or paid_back is None:
        return []
    return [_observed(seen, paid_back, now)]


def _of_transfer(
    seen: RefundSeen, refund: Refund, transfer: TransferState, now: datetime
) -> TransferWish:
    refund_id, transfer_id = refund.refund_id, transfer.transfer_id
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
