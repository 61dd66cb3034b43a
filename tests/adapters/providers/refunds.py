"""Transfers to carry out: of a paid order whose refund was requested."""

from msgspec.structs import replace

from domain.identifiers import RefundId, TransferId
from domain.order.events import CustomerDataErased, OrderFact
from domain.order.values import RefundLine
from processors.refund_provider import TransferTask
from tests.examples import (
    COURSE,
    CUSTOMER_KEY,
    NOW,
    OPERATOR,
    PAYMENT,
    TOTAL,
    at,
    placed,
    received,
    refund_requested,
    started,
    transfer,
)
from tests.spec import order_after


def task_of(
    provider: str,
    transaction_id: str,
    *,
    amount: int = TOTAL,
    sub_method: str = "",
    refund: str = "refund-1",
    reference: str = "",
    is_erased: bool = False,
) -> TransferTask:
    """Take one transfer of an order that was paid with `TOTAL`."""
    refund_id = RefundId(refund)
    lines = (RefundLine(line_id=COURSE, amount=amount, vat=0),)
    paid = replace(
        received(provider=provider, sub_method=sub_method), transaction_id=transaction_id
    )
    history: list[OrderFact] = [
        started(),
        placed(),
        paid,
        refund_requested(transfer(amount, refund_id=refund_id), lines=lines, refund_id=refund_id),
    ]
    if is_erased:
        erased = CustomerDataErased(at=at(30), customer_key=CUSTOMER_KEY, by=OPERATOR)
        history.append(erased)
    order = order_after(*history)
    state = order.transfer(refund_id, TransferId(f"{refund_id}/1"))
    assert state is not None
    return TransferTask(
        order=order,
        refund=order.refunds_by_id[refund_id],
        transfer=replace(state, reference=reference),
        payment=order.payments_by_id[PAYMENT],
        now=NOW,
    )
