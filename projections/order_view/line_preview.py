"""The lines of the refund form: the most of each, what is asked for, and the VAT within it."""

from collections.abc import Iterator

from msgspec import Struct

from domain.money import Money
from domain.order.commands.refunds import RequestRefund
from domain.order.events import RefundRequested
from domain.order.refundable import refundable
from domain.order.removal_wishes import lines_refunded_in_full
from domain.order.state import Order
from domain.order.values import LineKind


class LinePreview(Struct, frozen=True, kw_only=True):
    """A line of the refund form."""

    line_id: str
    product: str
    kind: LineKind
    paid: Money
    refunded: Money
    """By refunds in force and requested ones."""
    maximum: Money
    """The most that can be returned: `maximum_seen` repeats it when money is to go back."""
    maximum_recorded: Money
    """The most that can be recorded only: `maximum_seen` repeats it when no money is to."""
    amount: Money
    """What is asked for."""
    vat_rate: int
    vat: Money
    """The VAT within what is asked for, at the line's original rate."""
    has_access: bool
    can_remove_access: bool
    """It has access, and what is asked for refunds it in full."""
    remove_access: bool


def line_previews(
    order: Order, wish: RequestRefund, requested: RefundRequested | None
) -> Iterator[LinePreview]:
    """Show every line of the order, with its part of what the wish came to."""
    asked = {part.line_id: part for part in requested.lines} if requested else {}
    removing = requested.remove_access if requested else ()
    full = lines_refunded_in_full(wish.lines, order)
    for line, now in zip(order.lines, refundable(order).lines, strict=True):
        part = asked.get(line.line_id)
        yield LinePreview(
            line_id=line.line_id,
            product=line.name,
            kind=line.kind,
            paid=Money(line.gross, order.currency),
            refunded=Money(line.gross - now.left, order.currency),
            maximum=Money(now.maximum, order.currency),
            maximum_recorded=Money(now.left, order.currency),
            amount=Money(part.amount if part else 0, order.currency),
            vat_rate=line.vat_rate,
            vat=Money(part.vat if part else 0, order.currency),
            has_access=now.has_access,
            can_remove_access=now.has_access and line.line_id in full,
            remove_access=line.line_id in removing,
        )
