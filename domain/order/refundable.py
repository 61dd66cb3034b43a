"""What can still be refunded: what the refund form offers and each request is held against."""

from msgspec import Struct

from domain.identifiers import LineId
from domain.order.access import lines_with_access
from domain.order.money import NOTHING_RESERVED, excess_open, reserved_by_line, returnable_total
from domain.order.state import Order


class RefundableLine(Struct, frozen=True, kw_only=True):
    """What can be refunded of one line, in minor units."""

    line_id: LineId
    left: int
    """Paid for the line less what is refunded: the most when no money is returned."""
    maximum: int
    """The most when money is returned: no more than the order still has to return."""
    has_access: bool
    """Its product gave course access, which can be removed with a full refund."""

    def most(self, *, refund_payments: bool) -> int:
        """Give the maximum of a request that returns money, or of one that does not."""
        return self.maximum if refund_payments else self.left


class Refundable(Struct, frozen=True, kw_only=True):
    """What can be refunded of an order, in minor units."""

    lines: tuple[RefundableLine, ...]
    returnable: int
    """The most money over all lines and the excess together."""
    excess: int
    """Money above the order's total that can be returned."""


def refundable(order: Order) -> Refundable:
    """Work out what can be refunded now."""
    returnable = returnable_total(order)
    reserved = reserved_by_line(order)
    granting = lines_with_access(order)
    lines = []
    for line in order.lines:
        left = line.gross - reserved.get(line.line_id, NOTHING_RESERVED).amount
        lines.append(
            RefundableLine(
                line_id=line.line_id,
                left=left,
                maximum=min(left, returnable),
                has_access=line.line_id in granting,
            )
        )
    return Refundable(
        lines=tuple(lines),
        returnable=returnable,
        excess=min(excess_open(order), returnable),
    )
