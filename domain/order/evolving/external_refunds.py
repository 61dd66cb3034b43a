"""What refunds made by providers themselves do to the order."""

from datetime import datetime

from msgspec.structs import replace

from domain.identifiers import TransferId
from domain.order.events import (
    ExternalRefundAllocated,
    ExternalRefundFailed,
    ExternalRefundObserved,
)
from domain.order.evolving.transfers import (
    change_transfer,
    unacknowledged,
    with_external,
    with_refund,
    with_returned,
    with_standing_changed,
)
from domain.order.parts import ExternalRefund, Refund, TransferState
from domain.order.stages import RefundStage, TransferStage
from domain.order.state import Order
from domain.order.values import TransferMethod


def observed(order: Order, event: ExternalRefundObserved, recorded_at: datetime) -> Order:
    """See money returned; a matched refund's transfer is thereby done, if it was not before."""
    external = ExternalRefund(
        external_refund_id=event.external_refund_id,
        payment_id=event.payment_id,
        amount=event.amount,
        observed_recorded_at=recorded_at,
        refund_id=event.matched_refund,
        matched_transfer=event.matched_transfer,
    )
    seen = with_external(order, external)
    if event.matched_refund is None or event.matched_transfer is None:
        return with_returned(seen, recorded_at)
    known = order.transfer(event.matched_refund, event.matched_transfer)
    counted_at = known.returned_recorded_at if known else None
    return change_transfer(
        seen if counted_at else with_returned(seen, recorded_at),
        event.matched_refund,
        event.matched_transfer,
        stage=TransferStage.DONE,
        reference=event.external_refund_id,
        stage_recorded_at=recorded_at,
        changed_recorded_at=None,
        returned_recorded_at=counted_at or recorded_at,
    )


def allocated(order: Order, event: ExternalRefundAllocated, recorded_at: datetime) -> Order:
    """Count it in the order's data, as an issued refund with its one transfer done."""
    external = order.external_refunds_by_id.get(event.external_refund_id)
    if external is None:
        return order
    transfer = TransferState(
        transfer_id=TransferId(event.external_refund_id),
        payment_id=external.payment_id,
        method=TransferMethod.ELSEWHERE,
        amount=external.amount,
        key="",
        stage=TransferStage.DONE,
        reference=event.external_refund_id,
        stage_recorded_at=external.observed_recorded_at,
        returned_recorded_at=external.observed_recorded_at,
    )
    refund = Refund(
        refund_id=event.refund_id,
        lines=event.lines,
        amount=sum(line.amount for line in event.lines),
        excess=event.unallocated,
        transfers=(transfer,),
        by=event.by,
        at=event.at,
        remove_access=event.remove_access,
        remove_offer_access=event.remove_offer_access,
        tells_customer=event.tell_customer,
        stage=RefundStage.ISSUED,
        requested_recorded_at=recorded_at,
    )
    after = with_standing_changed(with_refund(order, refund), refund)
    settled = replace(external, refund_id=event.refund_id, matched_transfer=transfer.transfer_id)
    return with_external(after, settled)


def failed(order: Order, event: ExternalRefundFailed, recorded_at: datetime) -> Order:
    """See the money not returned after all; a matched transfer stands as before the match."""
    known = order.external_refunds_by_id.get(event.external_refund_id)
    if known is None:
        return order
    after = with_external(order, replace(known, is_failed=True))
    if known.refund_id is None or known.matched_transfer is None:
        return after
    transfer = order.transfer(known.refund_id, known.matched_transfer)
    if transfer is None:
        return after
    was_tried = transfer.method in (TransferMethod.PROVIDER, TransferMethod.ELSEWHERE)
    taken_back = change_transfer(
        after,
        known.refund_id,
        known.matched_transfer,
        stage=TransferStage.FAILED if was_tried else TransferStage.REQUESTED,
        reference="",
        code=event.code,
        confirmed_by="",
        stage_recorded_at=recorded_at,
        changed_recorded_at=recorded_at,
        returned_recorded_at=None,
    )
    return unacknowledged(taken_back, known.refund_id)
