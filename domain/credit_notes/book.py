"""Decide on the next number of a shop's credit notes.

The rule to know: every fact of the stream is one number, so a number is the version of its fact.
The journal has no gaps in versions and takes nothing back: neither does the book. That a refund
takes one number only, its order decides, in the same append.
"""

from datetime import datetime

from msgspec import Struct

from domain.credit_notes.events import CreditNoteIssued
from domain.identifiers import OrderId, RefundId
from domain.message import Command


class CreditNoteBook(Struct, frozen=True):
    """How far a shop has counted."""

    last_number: int = 0


class IssueCreditNote(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A refund is to have a number."""

    order_id: OrderId
    refund_id: RefundId
    prefix: str = ""


NEW_BOOK = CreditNoteBook()


def decide(command: IssueCreditNote, book: CreditNoteBook) -> list[CreditNoteIssued]:
    """Give the next number."""
    return [
        CreditNoteIssued(
            at=command.now,
            number=book.last_number + 1,
            order_id=command.order_id,
            refund_id=command.refund_id,
            prefix=command.prefix,
        )
    ]


def evolve(_: CreditNoteBook, event: CreditNoteIssued, __: datetime) -> CreditNoteBook:
    """Count on."""
    return CreditNoteBook(last_number=event.number)
