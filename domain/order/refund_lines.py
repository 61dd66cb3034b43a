"""How much of which lines a refund takes back, and the VAT within it.

The maximum of a line is the smaller of what is left of its price, after refunds in force or
requested, and what money can still be returned over the order; recording only needs the first.
"""

from collections.abc import Sequence

from domain.money import Money
from domain.order.commands.refunds import LineAmount
from domain.order.money import NOTHING_RESERVED, Reserved, reserved_by_line
from domain.order.rejections import LineUnknown
from domain.order.state import Order
from domain.order.values import Line, RefundLine
from domain.phrase import say
from domain.rejection import Rejection
from domain.vat import vat_of_part


class LineRefundedTwice(Rejection):
    """One refund names a line once."""

    code = "line_refunded_twice"

    def __init__(self, line_id: str) -> None:
        super().__init__(say("The refund names line {line_id!r} twice.", line_id=line_id))


class AmountOutOfRange(Rejection):
    """From 1 to the line's maximum; by 0 where nothing is left of it, to remove its access."""

    code = "amount_out_of_range"

    def __init__(self, line_id: str, amount: Money, maximum: Money) -> None:
        if maximum.amount == 0:
            super().__init__(say("Nothing is left of line {line_id!r} to refund.", line_id=line_id))
        else:
            least = Money(1, maximum.currency)
            super().__init__(
                say(
                    "Line {line_id!r} can be refunded by {least} to {maximum}, not by {amount}.",
                    line_id=line_id,
                    least=least,
                    maximum=maximum,
                    amount=amount,
                )
            )


def refunded_lines(asked: Sequence[LineAmount], order: Order) -> tuple[RefundLine, ...]:
    """Work out the VAT of each amount; refuse what is more than is left of a line."""
    lines = {line.line_id: line for line in order.lines}
    reserved = reserved_by_line(order)
    refunded: dict[str, RefundLine] = {}
    for part in asked:
        if part.line_id not in lines:
            raise LineUnknown(part.line_id)
        if part.line_id in refunded:
            raise LineRefundedTwice(part.line_id)
        known = reserved.get(part.line_id, NOTHING_RESERVED)
        left = lines[part.line_id].gross - known.amount
        if not min(1, left) <= part.amount <= left:
            raise AmountOutOfRange(
                part.line_id, Money(part.amount, order.currency), Money(left, order.currency)
            )
        refunded[part.line_id] = _refunded_line(part, lines[part.line_id], known)
    return tuple(refunded.values())


def _refunded_line(part: LineAmount, line: Line, reserved: Reserved) -> RefundLine:
    vat = vat_of_part(
        part.amount,
        gross_left=line.gross - reserved.amount,
        vat_left=line.vat - reserved.vat,
        gross=line.gross,
        vat=line.vat,
    )
    return RefundLine(line_id=part.line_id, amount=part.amount, vat=vat)
