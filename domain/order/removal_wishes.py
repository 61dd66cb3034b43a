"""Which access a refund may take away: a product's when the whole price is then refunded."""

from collections.abc import Sequence

from domain.identifiers import LineId
from domain.order.access import has_offer_access
from domain.order.commands.refunds import LineRefund
from domain.order.money import NOTHING_RESERVED, reserved_by_line
from domain.order.state import Order
from domain.phrase import say
from domain.rejection import Rejection


class LineNotRefundedInFull(Rejection):
    """What is partly paid for stays accessible."""

    code = "line_not_refunded_in_full"

    def __init__(self, line_id: str) -> None:
        super().__init__(
            say(
                "Access of line {line_id!r} can be removed when it is refunded in full.",
                line_id=line_id,
            )
        )


class NoOfferAccess(Rejection):
    """There is no such access to remove."""

    code = "no_offer_access"

    def __init__(self) -> None:
        super().__init__(say("The order has no course access of its offer or checkout."))


def lines_losing_access(asked: Sequence[LineRefund], order: Order) -> tuple[LineId, ...]:
    """List the lines whose access goes; refuse one that would not be refunded in full."""
    losing = [part for part in asked if part.remove_access]
    full = lines_refunded_in_full(asked, order)
    for part in losing:
        if part.line_id not in full:
            raise LineNotRefundedInFull(part.line_id)
    return tuple(part.line_id for part in losing)


def lines_refunded_in_full(asked: Sequence[LineRefund], order: Order) -> frozenset[LineId]:
    """Name the lines of which nothing is left once the request counts."""
    reserved = reserved_by_line(order)
    amounts = {part.line_id: part.amount for part in asked}
    return frozenset(
        line.line_id
        for line in order.lines
        if reserved.get(line.line_id, NOTHING_RESERVED).amount + amounts.get(line.line_id, 0)
        >= line.gross
    )


def require_offer_access(order: Order) -> None:
    """Refuse to remove access that the order does not have."""
    if not has_offer_access(order):
        raise NoOfferAccess
