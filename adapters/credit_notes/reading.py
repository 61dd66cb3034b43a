"""Credit notes for people of the shop: the very document that the customer was sent.

The rule to know: reading takes no number. A refund without one has no credit note, and the refusal
says how it gets one.
"""

from datetime import datetime

from adapters.credit_notes.letters import CreditNoteDocument, credit_note_document
from adapters.reading.order_reader import OrderReader
from domain.identifiers import OrderId, RefundId, ShopId
from domain.order.confirming import confirmation_id
from domain.order.rejections import RefundUnknown
from domain.phrase import say
from domain.rejection import Rejection
from projections.order_view.view import fold


class CreditNoteNotIssued(Rejection):
    """The refund has no number yet."""

    code = "credit_note_not_issued"

    def __init__(self, refund_id: RefundId, *, is_to_be_told: bool) -> None:
        how = (
            say(
                "it gets one when its confirmation {confirmation!r} is sent: re-run that if it "
                "failed.",
                confirmation=confirmation_id(refund_id),
            )
            if is_to_be_told
            else say("the ledger does not tell its customer of it.")
        )
        super().__init__(
            say("Refund {refund_id!r} has no credit note: {how}", refund_id=refund_id, how=how)
        )


async def read_credit_note(
    order_reader: OrderReader, shop: ShopId, order_id: OrderId, refund_id: RefundId, now: datetime
) -> CreditNoteDocument:
    """Write out the credit note of a refund; raises OrderUnknown, RefundUnknown, CreditNoteNotIssued."""
    order = fold(await order_reader.facts(shop, order_id))
    refund = order.refunds_by_id.get(refund_id)
    if refund is None:
        raise RefundUnknown(refund_id)
    if refund.credit_note is None:
        is_to_be_told = confirmation_id(refund_id) in order.actions_by_id
        raise CreditNoteNotIssued(refund_id, is_to_be_told=is_to_be_told)
    return credit_note_document(order, refund, now)
