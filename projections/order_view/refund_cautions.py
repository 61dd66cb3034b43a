"""What a person should know before, or be told after, a wish about money that goes back."""

from collections.abc import Iterator, Sequence

from domain.money import Money
from domain.order.events import ExternalRefundAllocated, OrderFact, RefundFailed, RefundRequested
from domain.order.refunds import already_back
from domain.order.state import Order
from domain.order.values import TransferMethod
from projections.order_view.caution_words import Caution, CautionCode, on_order
from projections.order_view.transfer_preview import planned_says


def of_refunding(before: Order, facts: Sequence[OrderFact]) -> Iterator[Caution]:
    """Go through what is easily missed about the money, on the order as the wish found it."""
    for fact in facts:
        match fact:
            case RefundRequested():
                yield from _of_request(before, fact)
            case ExternalRefundAllocated(unallocated=rest) if rest:
                yield on_order(CautionCode.REST_UNALLOCATED, rest=Money(rest, before.currency))
            case RefundFailed():
                yield on_order(CautionCode.REFUND_FAILED, refund=fact.refund_id)


def _of_request(before: Order, fact: RefundRequested) -> Iterator[Caution]:
    back = {one.transfer_id: one.reference for one in already_back(fact, before)}
    recorded = [
        one
        for one in fact.transfers
        if one.method is TransferMethod.NONE and one.transfer_id not in back
    ]
    for transfer in fact.transfers:
        if transfer.method is TransferMethod.MANUAL:
            says = planned_says(before, fact, transfer)
            yield on_order(CautionCode.PAID_BACK_BY_HAND, amount=transfer.amount, says=says)
        if transfer.transfer_id in back:
            reference = back[transfer.transfer_id]
            yield on_order(CautionCode.WENT_BACK, amount=transfer.amount, reference=reference)
    if recorded:
        total = sum(one.amount.amount for one in recorded)
        yield on_order(CautionCode.RECORDED_ONLY, amount=Money(total, before.currency))
