"""Orders with a refund that has its number, for tests of its document."""

from msgspec.structs import replace

from adapters.credit_notes.letters import CreditNoteDocument, credit_note_document
from domain.identifiers import RefundId
from domain.order.events import CreditNoteNumbered, OrderFact
from domain.order.evolve import evolve
from domain.order.state import Order
from tests.examples import NOW, REFUND, SELLER, paid
from tests.spec import order_after
from tests.stories import COURSE


def numbered(
    refund_id: RefundId = REFUND, number: int = 17, prefix: str = "KL-"
) -> CreditNoteNumbered:
    return CreditNoteNumbered(
        at=NOW, refund_id=refund_id, number=number, prefix=prefix, seller=SELLER
    )


STORY = evolve(order_after(*COURSE.facts), numbered(), NOW)
"""A Finnish order of three lines at two rates, of which a half of one was refunded in part."""


def order_with(*facts: OrderFact, country: str = "SE") -> Order:
    """A paid order with these facts of its refund; written to in English unless told otherwise."""
    return replace(order_after(*paid(), *facts), country=country)


def document(order: Order) -> CreditNoteDocument:
    return credit_note_document(order, order.refunds_by_id[REFUND], NOW)
