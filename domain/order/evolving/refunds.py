"""What refunds do to the order. In force is one thing, returned another."""

from datetime import datetime
from typing import TypeAlias, assert_never

from msgspec.structs import replace

from domain.order.events import (
    CreditNoteNumbered,
    ExternalRefundAllocated,
    ExternalRefundFailed,
    ExternalRefundObserved,
    RefundedDataRestored,
    RefundFailed,
    RefundIssued,
    RefundRequested,
)
from domain.order.evolving import external_refunds
from domain.order.evolving.transfers import with_refund, with_standing_changed
from domain.order.parts import CreditNote, Refund, TransferState
from domain.order.stages import RefundStage
from domain.order.state import Order
from domain.order.values import Transfer

RefundFact: TypeAlias = (
    RefundRequested
    | RefundIssued
    | RefundFailed
    | RefundedDataRestored
    | CreditNoteNumbered
    | ExternalRefundObserved
    | ExternalRefundAllocated
    | ExternalRefundFailed
)


def evolve_refund(  # noqa: C901, PLR0911 - one case per fact
    order: Order, event: RefundFact, recorded_at: datetime
) -> Order:
    """Fold a fact of a refund."""
    match event:
        case RefundRequested():
            return requested(order, event, recorded_at)
        case RefundIssued():
            return issued(order, event)
        case RefundFailed():
            return failed(order, event, recorded_at)
        case RefundedDataRestored():
            return restored(order, event)
        case CreditNoteNumbered():
            return credit_note_numbered(order, event)
        case ExternalRefundObserved():
            return external_refunds.observed(order, event, recorded_at)
        case ExternalRefundAllocated():
            return external_refunds.allocated(order, event, recorded_at)
        case ExternalRefundFailed():
            return external_refunds.failed(order, event, recorded_at)
        case _:
            assert_never(event)


def requested(order: Order, event: RefundRequested, recorded_at: datetime) -> Order:
    """Reserve the amounts."""
    refund = Refund(
        refund_id=event.refund_id,
        lines=event.lines,
        amount=sum(line.amount for line in event.lines),
        excess=event.excess,
        is_by_hand=event.by_hand,
        transfers=tuple(_as_requested(transfer, recorded_at) for transfer in event.transfers),
        by=event.by,
        at=event.at,
        reason=event.personal.text if event.personal else "",
        remove_access=event.remove_access,
        remove_offer_access=event.remove_offer_access,
        tells_customer=event.tell_customer,
        requested_recorded_at=recorded_at,
    )
    return with_refund(order, refund)


def _as_requested(transfer: Transfer, recorded_at: datetime) -> TransferState:
    return TransferState(
        transfer_id=transfer.transfer_id,
        payment_id=transfer.payment_id,
        method=transfer.method,
        amount=transfer.amount,
        key=transfer.key,
        requested_recorded_at=recorded_at,
        stage_recorded_at=recorded_at,
    )


def issued(order: Order, event: RefundIssued) -> Order:
    """Count the refund in the order's data."""
    known = order.refunds_by_id.get(event.refund_id)
    if known is None:
        return order
    after = with_refund(order, replace(known, stage=RefundStage.ISSUED))
    return with_standing_changed(after, known)


def failed(order: Order, event: RefundFailed, recorded_at: datetime) -> Order:
    """Stop counting the refund."""
    known = order.refunds_by_id.get(event.refund_id)
    if known is None:
        return order
    refund = replace(
        known, stage=RefundStage.FAILED, failed_recorded_at=recorded_at, is_acknowledged=False
    )
    after = with_refund(order, refund)
    return with_standing_changed(after, known) if known.is_in_force else after


def restored(order: Order, event: RefundedDataRestored) -> Order:
    """Take refunds out of the order's data; what was returned stays returned."""
    refunds = {
        refund_id: replace(refund, is_restored=True) if refund_id in event.refund_ids else refund
        for refund_id, refund in order.refunds_by_id.items()
    }
    return replace(order, refunds_by_id=refunds)


def credit_note_numbered(order: Order, event: CreditNoteNumbered) -> Order:
    """Keep the number of the document."""
    known = order.refunds_by_id.get(event.refund_id)
    if known is None:
        return order
    note = CreditNote(
        number=event.number, prefix=event.prefix, seller=event.seller, issued_at=event.at
    )
    return with_refund(order, replace(known, credit_note=note))
