"""Facts of a shop's book of credit notes. Class names and fields are the storage format."""

from domain.identifiers import OrderId, RefundId
from domain.message import Event


class CreditNoteIssued(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A refund took the shop's next number; its order knows it from the same moment on."""

    number: int
    """1, 2, 3 … within the shop: the version that this fact has in the shop's stream."""
    order_id: OrderId
    refund_id: RefundId
    prefix: str = ""
    """What the shop writes before its numbers."""


CreditNoteEvent = CreditNoteIssued
"""Everything that can stand in a shop's book of credit notes."""
