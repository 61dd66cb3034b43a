"""Decide that a provider's own refund is the money of a refund that the order knows.

The rule to know: it settles that refund and makes no new one, so the order's data and the
customer's credit note stay as they are.
"""

from domain.identifiers import RefundId
from domain.order.commands.refunds import AllocateExternalRefund
from domain.order.events import OrderFact, RefundTransferred
from domain.order.issuing import settled
from domain.order.manual_refunds import awaits_a_person
from domain.order.matching import can_be_settled
from domain.order.parts import ExternalRefund, TransferState
from domain.order.rejections import RefundUnknown
from domain.order.state import Order
from domain.phrase import say
from domain.rejection import Rejection


class NothingToSettle(Rejection):
    """The money of that refund is another, or known to be elsewhere."""

    code = "nothing_to_settle"

    def __init__(self, refund_id: str, external: ExternalRefund) -> None:
        super().__init__(
            say(
                "Refund {refund_id!r} waits for no {amount} to payment "
                "{payment_id!r}; say which lines the money was for instead.",
                refund_id=refund_id,
                amount=external.amount,
                payment_id=external.payment_id,
            )
        )


class SettlesOrRefunds(Rejection):
    """Money settles a refund that is known, or it makes a new one."""

    code = "settles_or_refunds"

    def __init__(self) -> None:
        super().__init__(
            say("What settles a refund is for no lines; name the refund or the lines.")
        )


def settle_refund(
    command: AllocateExternalRefund, refund_id: RefundId, external: ExternalRefund, order: Order
) -> list[OrderFact]:
    """Take a person's word on which refund the money is of."""
    if command.lines or command.remove_offer_access:
        raise SettlesOrRefunds
    transferred = RefundTransferred(
        at=command.now,
        refund_id=refund_id,
        transfer_id=_settled_transfer(refund_id, external, order).transfer_id,
        reference=external.external_refund_id,
        confirmed_by=command.by,
    )
    return settled(order, refund_id, [transferred], command.now)


def _settled_transfer(refund_id: RefundId, external: ExternalRefund, order: Order) -> TransferState:
    refund = order.refunds_by_id.get(refund_id)
    if refund is None:
        raise RefundUnknown(refund_id)
    for transfer in refund.transfers:
        is_equal = (transfer.payment_id, transfer.amount) == (external.payment_id, external.amount)
        if is_equal and (can_be_settled(refund, transfer) or awaits_a_person(refund, transfer)):
            return transfer
    raise NothingToSettle(refund_id, external)
