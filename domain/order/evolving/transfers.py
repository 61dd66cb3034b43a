"""What news of transfers does to the order: the money of one refund, on its way."""

from datetime import datetime
from typing import TypeAlias, assert_never

from msgspec.structs import replace

from domain.identifiers import ExternalRefundId, RefundId, TransferId
from domain.order.events import (
    RefundTransferFailed,
    RefundTransferPending,
    RefundTransferred,
    RefundTransferStarted,
    RefundTransferUnresolved,
)
from domain.order.parts import ExternalRefund, Refund
from domain.order.stages import TransferStage
from domain.order.state import Order

TransferFact: TypeAlias = (
    RefundTransferStarted
    | RefundTransferPending
    | RefundTransferred
    | RefundTransferFailed
    | RefundTransferUnresolved
)


def evolve_transfer(order: Order, event: TransferFact, recorded_at: datetime) -> Order:
    """Fold a fact of a transfer."""
    match event:
        case RefundTransferStarted():
            return transfer_started(order, event, recorded_at)
        case RefundTransferPending():
            return transfer_pending(order, event, recorded_at)
        case RefundTransferred():
            return transferred(order, event, recorded_at)
        case RefundTransferFailed():
            return transfer_failed(order, event, recorded_at)
        case RefundTransferUnresolved():
            return transfer_unresolved(order, event, recorded_at)
        case _:
            assert_never(event)


def transfer_started(order: Order, event: RefundTransferStarted, recorded_at: datetime) -> Order:
    """See a worker take it to the provider."""
    known = order.transfer(event.refund_id, event.transfer_id)
    was_asked = known is not None and known.may_have_been_asked
    return change_transfer(
        order,
        event.refund_id,
        event.transfer_id,
        stage=TransferStage.STARTED,
        attempt=event.attempt,
        worker=event.worker,
        was_asked=was_asked,
        first_asked_recorded_at=known.first_asked_recorded_at
        if known and was_asked
        else recorded_at,
        stage_recorded_at=recorded_at,
    )


def transfer_pending(order: Order, event: RefundTransferPending, recorded_at: datetime) -> Order:
    """See the provider take it."""
    return change_transfer(
        order,
        event.refund_id,
        event.transfer_id,
        stage=TransferStage.PENDING,
        reference=event.reference,
        was_asked=True,
        code="",
        stage_recorded_at=recorded_at,
        changed_recorded_at=None,
    )


def transferred(order: Order, event: RefundTransferred, recorded_at: datetime) -> Order:
    """See the money back."""
    known = order.transfer(event.refund_id, event.transfer_id)
    is_other_money = known is not None and known.is_failed
    changes = {"reference": event.reference} if event.reference or is_other_money else {}
    counted_at = known.returned_recorded_at if known else None
    observed = _unallocated(order, ExternalRefundId(event.reference))
    after = change_transfer(
        order,
        event.refund_id,
        event.transfer_id,
        stage=TransferStage.DONE,
        code="",
        message="",
        confirmed_by=event.confirmed_by,
        stage_recorded_at=recorded_at,
        changed_recorded_at=None,
        returned_recorded_at=counted_at
        or (observed.observed_recorded_at if observed else recorded_at),
        **changes,
    )
    if observed:
        after = with_external(after, _settled_by(observed, event))
    return with_returned(after, recorded_at)


def _unallocated(order: Order, reference: ExternalRefundId) -> ExternalRefund | None:
    """Find the money of that name that was seen to be back before it was known to be ours."""
    external = order.external_refunds_by_id.get(reference)
    return external if external and external.is_unallocated else None


def _settled_by(external: ExternalRefund, event: RefundTransferred) -> ExternalRefund:
    """See that the provider's refund was this transfer: it is counted once."""
    return replace(external, refund_id=event.refund_id, matched_transfer=event.transfer_id)


def transfer_failed(order: Order, event: RefundTransferFailed, recorded_at: datetime) -> Order:
    """See the money not back after all."""
    after = change_transfer(
        order,
        event.refund_id,
        event.transfer_id,
        stage=TransferStage.FAILED,
        code=event.code,
        message=event.personal.text if event.personal else "",
        stage_recorded_at=recorded_at,
        changed_recorded_at=recorded_at,
        returned_recorded_at=None,
    )
    return unacknowledged(after, event.refund_id)


def transfer_unresolved(
    order: Order, event: RefundTransferUnresolved, recorded_at: datetime
) -> Order:
    """Lose sight of the money, or see again that nobody knows."""
    known = order.transfer(event.refund_id, event.transfer_id)
    since = known.changed_recorded_at if known and known.is_unresolved else recorded_at
    after = change_transfer(
        order,
        event.refund_id,
        event.transfer_id,
        stage=TransferStage.UNRESOLVED,
        was_asked=event.was_asked,
        code=event.code,
        stage_recorded_at=recorded_at,
        changed_recorded_at=since,
    )
    return unacknowledged(after, event.refund_id)


def with_refund(order: Order, refund: Refund) -> Order:
    """Put a refund into the order, in place of what was known of it."""
    return replace(order, refunds_by_id={**order.refunds_by_id, refund.refund_id: refund})


def with_external(order: Order, external: ExternalRefund) -> Order:
    """Put a provider's refund into the order, in place of what was known of it."""
    known = {**order.external_refunds_by_id, external.external_refund_id: external}
    return replace(order, external_refunds_by_id=known)


def with_standing_changed(order: Order, refund: Refund) -> Order:
    """Show the refund's standing again, if it takes anything off the order's lines.

    What was asked for before is wanted as far as the new standing leaves anything to give.
    """
    if not refund.lines:
        return order
    actions = {
        action_id: replace(action, is_wanted_although_refunded=False)
        for action_id, action in order.actions_by_id.items()
    }
    return replace(order, is_closed_since_refund=False, actions_by_id=actions)


def with_returned(order: Order, recorded_at: datetime) -> Order:
    """Note that money was returned, which a person has not seen yet."""
    return replace(order, returned_recorded_at=recorded_at, is_return_acknowledged=False)


def change_transfer(
    order: Order, refund_id: RefundId, transfer_id: TransferId, **changes: object
) -> Order:
    """Change one transfer of a refund."""
    known = order.refunds_by_id.get(refund_id)
    if known is None:
        return order
    transfers = tuple(
        replace(transfer, **changes) if transfer.transfer_id == transfer_id else transfer
        for transfer in known.transfers
    )
    return with_refund(order, replace(known, transfers=transfers))


def unacknowledged(order: Order, refund_id: RefundId) -> Order:
    """Ask for a look at a refund that went wrong, also where a person closed the order before."""
    known = order.refunds_by_id.get(refund_id)
    return order if known is None else with_refund(order, replace(known, is_acknowledged=False))
