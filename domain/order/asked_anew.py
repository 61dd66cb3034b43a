"""What of a failed refund a later one took up: until all of it is, somebody must look.

The rule to know: a refund takes up what it is asked for after another failed, amount by amount,
the first failed one first. If it fails itself, it asks for what it had taken up.
"""

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from domain.identifiers import LineId, RefundId
from domain.order.parts import Refund
from domain.order.stages import RefundStage

if TYPE_CHECKING:
    from domain.order.state import Order

Amounts: TypeAlias = Counter[LineId | None]
"""By line; None for money above the order's total."""


def is_refunded_anew(order: "Order", refund: Refund) -> bool:
    """Say whether a refund failed and later ones took up all that it was about."""
    return refund.stage is RefundStage.FAILED and not _left_over(order)[refund.refund_id]


def _left_over(order: "Order") -> dict[RefundId, Amounts]:
    """Say what of each refund no later one took up."""
    left_by_id: dict[RefundId, Amounts] = {}
    for refund in order.refunds:
        amounts = _amounts(refund)
        free = amounts
        for earlier, left in left_by_id.items():
            if _had_failed(order.refunds_by_id[earlier], refund):
                left_by_id[earlier], free = left - free, free - left
        left_by_id[refund.refund_id] = amounts
    return left_by_id


def _amounts(refund: Refund) -> Amounts:
    amounts: Amounts = Counter({line.line_id: line.amount for line in refund.lines})
    return amounts + Counter({None: refund.excess})


def _had_failed(earlier: Refund, later: Refund) -> bool:
    failed_at, asked_at = earlier.failed_recorded_at, later.requested_recorded_at
    return failed_at is not None and asked_at is not None and failed_at <= asked_at
