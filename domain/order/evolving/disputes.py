"""What chargebacks do to the order: they bind money, and change no line."""

from msgspec.structs import replace

from domain.order.events import DisputeClosed, PaymentDisputed
from domain.order.parts import Dispute
from domain.order.stages import DisputeStage
from domain.order.state import Order
from domain.order.values import DisputeOutcome

STAGE_BY_OUTCOME = {
    DisputeOutcome.WON: DisputeStage.WON,
    DisputeOutcome.LOST: DisputeStage.LOST,
}


def opened(order: Order, event: PaymentDisputed) -> Order:
    """Bind the disputed money."""
    dispute = Dispute(dispute_id=event.dispute_id, payment_id=event.payment_id, amount=event.amount)
    return replace(order, disputes_by_id={**order.disputes_by_id, event.dispute_id: dispute})


def closed(order: Order, event: DisputeClosed) -> Order:
    """Free the money, or see it gone."""
    known = order.disputes_by_id.get(event.dispute_id)
    if known is None:
        return order
    dispute = replace(known, stage=STAGE_BY_OUTCOME[event.outcome])
    return replace(order, disputes_by_id={**order.disputes_by_id, event.dispute_id: dispute})
