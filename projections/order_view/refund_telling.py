"""Whether the customer hears of a refund, said before and after a person asks for one."""

from collections.abc import Sequence

from domain.order.completing import fold
from domain.order.confirming import tells_of
from domain.order.events import ExternalRefundAllocated, OrderFact, RefundRequested
from domain.order.state import Order
from domain.phrase import say

TOLD = say("The customer is sent a credit note by email once the refund counts.")
NOT_TOLD = say("The customer is not told.")


def telling_of(before: Order, facts: Sequence[OrderFact]) -> str:
    """Say whether the customer of a refund that begins is told; "" where none does."""
    for fact in facts:
        if not isinstance(fact, RefundRequested | ExternalRefundAllocated):
            continue
        if fact.refund_id not in before.refunds_by_id:
            after = fold(before, [fact], fact.at)
            return TOLD if tells_of(after, after.refunds_by_id[fact.refund_id]) else NOT_TOLD
    return ""
