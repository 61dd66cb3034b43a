"""Decide on the credit note of a refund: one number, for ever.

The rule to know: only a refund in force gets a number; one that has its number keeps it, whatever
becomes of the refund later, for a document that was issued is never edited or taken back.
"""

from domain.order.commands.refunds import NumberCreditNote
from domain.order.events import CreditNoteNumbered, OrderFact
from domain.order.rejections import RefundUnknown
from domain.order.state import Order
from domain.phrase import say
from domain.rejection import Rejection


class RefundNotInForce(Rejection):
    """What does not count in the order's data corrects nothing."""

    code = "refund_not_in_force"

    def __init__(self, refund_id: str) -> None:
        super().__init__(
            say(
                "Refund {refund_id!r} is not in force, so no credit note is made of it.",
                refund_id=refund_id,
            )
        )


def number_credit_note(command: NumberCreditNote, order: Order) -> list[OrderFact]:
    """Take the shop's number for a refund, once."""
    refund = order.refunds_by_id.get(command.refund_id)
    if refund is None:
        raise RefundUnknown(command.refund_id)
    if refund.credit_note is not None:
        return []
    if not refund.is_in_force:
        raise RefundNotInForce(command.refund_id)
    return [
        CreditNoteNumbered(
            at=command.now,
            refund_id=command.refund_id,
            number=command.number,
            prefix=command.prefix,
            seller=command.seller,
        )
    ]
