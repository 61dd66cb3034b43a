"""What people do with the made-up order's money: a refund, its preview, what is open of it."""

from collections.abc import Mapping

from msgspec.structs import asdict, replace

from adapters.http_api.command_examples import BY, ORDER, answer_to
from adapters.http_api.examples import FACTS, NOW
from adapters.reading.open_refunds import OpenRefundPage, open_order
from domain.identifiers import ExternalRefundId, LineId, PaymentId, RefundId, TransferId
from domain.money import Money
from domain.order.commands.refunds import (
    AllocateExternalRefund,
    LineRefund,
    ObserveExternalRefund,
    RequestRefund,
)
from domain.order.commands.transfers import ConfirmManualRefund
from domain.order.completing import fold
from domain.order.decide import OrderWish, decide
from domain.order.state import Order
from projections.open_refunds.projection import row
from projections.open_refunds.queries import OpenListed
from projections.order_view.refund_preview import refund_preview

EXTERNAL = ExternalRefundId("re_3Q1")


def _after(wish: OrderWish) -> Order:
    return fold(ORDER, decide(wish, ORDER), NOW)


REFUND = RequestRefund(
    now=NOW,
    refund_id=RefundId("r-5d41402abc"),
    by=BY,
    lines=(LineRefund(line_id=LineId("1"), amount=10_000),),
    providers=frozenset({"stripe"}),
)
CONFIRMATION = ConfirmManualRefund(
    now=NOW, refund_id=REFUND.refund_id, transfer_id=TransferId("r-5d41402abc/1"), by=BY
)
ALLOCATION = AllocateExternalRefund(
    now=NOW,
    external_refund_id=EXTERNAL,
    refund_id=RefundId("r-7d793037a0"),
    by=BY,
    lines=(LineRefund(line_id=LineId("1"), amount=10_000),),
)
OWED = _after(replace(REFUND, providers=frozenset()))
RETURNED_THERE = _after(
    ObserveExternalRefund(
        now=NOW,
        at=NOW,
        external_refund_id=EXTERNAL,
        payment_id=PaymentId("pay-1"),
        amount=Money(10_000, "EUR"),
    )
)
OPEN = [
    OpenListed(**asdict(found), email="maija@example.com", listed_since=NOW)
    for found in filter(None, [row(OWED, len(FACTS) + 2, len(FACTS) + 2)])
]

REFUND_EXAMPLES: Mapping[str, object] = {
    "previewRefund": refund_preview(ORDER, REFUND),
    "requestRefund": answer_to(REFUND),
    "confirmRefund": answer_to(CONFIRMATION, OWED),
    "allocateExternalRefund": answer_to(ALLOCATION, RETURNED_THERE),
    "listOpenRefunds": OpenRefundPage(orders=tuple(map(open_order, OPEN)), next_cursor=None),
}
"""By operation id."""
