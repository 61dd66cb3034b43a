"""When a refund counts in the order's data, when it fails, and what follows from either.

Issued once no provider has a transfer of it open, unless nothing at all is done, owed or
recorded-only: then it failed, also after it was issued.
"""

from datetime import datetime

from domain.identifiers import RefundId
from domain.order.access_removal import kept_access, removed_access
from domain.order.completing import completed_when_done, fold
from domain.order.events import OrderFact, RefundFailed, RefundIssued
from domain.order.parts import Refund
from domain.order.stages import RefundStage
from domain.order.state import Order


def settled(
    order: Order, refund_id: RefundId, facts: list[OrderFact], now: datetime
) -> list[OrderFact]:
    """Add to a decision's facts what they mean for the refund that they are about."""
    after = fold(order, facts, now)
    refund = after.refunds_by_id[refund_id]
    return completed_when_done(order, [*facts, *_consequences(after, refund, now)], now)


def _consequences(order: Order, refund: Refund, now: datetime) -> list[OrderFact]:
    if refund.stage is RefundStage.FAILED or any(t.is_open for t in refund.transfers):
        return []
    if not refund.has_effect:
        failed = RefundFailed(at=now, refund_id=refund.refund_id)
        return [failed, *kept_access(order, refund, now)]
    if refund.stage is RefundStage.REQUESTED:
        issued = RefundIssued(at=now, refund_id=refund.refund_id)
        return [issued, *removed_access(order, refund, now)]
    return []
