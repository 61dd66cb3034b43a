"""Amounts that a person leaves open: whatever can still be refunded of a line, or above the total.

The rule to know: what is stated comes first; the rest of the money goes to the open lines in their
order and then to the excess, so that nothing open makes a possible request impossible.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from domain.identifiers import LineId
from domain.order.commands.refunds import LineRefund
from domain.order.refundable import Refundable, RefundableLine, refundable
from domain.order.state import Order


class LineWanted(Struct, frozen=True, kw_only=True):
    """What a person wants of one line."""

    line_id: LineId
    amount: int | None = None
    """None: all that can be refunded."""
    maximum_seen: int | None = None
    remove_access: bool = False


class Filled(Struct, frozen=True, kw_only=True):
    """A request with every amount stated."""

    lines: tuple[LineRefund, ...]
    excess: int


def filled(
    wanted: Sequence[LineWanted], excess: int | None, order: Order, *, refund_payments: bool
) -> Filled:
    """State the amounts that were left open; an open line of which nothing is left drops out."""
    now = refundable(order)
    stated = sum(line.amount or 0 for line in wanted) + (excess or 0)
    budget = now.returnable - stated if refund_payments else sum(line.left for line in now.lines)
    lines = tuple(_lines(wanted, now, max(0, budget), refund_payments=refund_payments))
    if excess is not None:
        return Filled(lines=lines, excess=excess)
    asked = sum(line.amount for line in lines)
    room = max(0, min(now.excess, now.returnable - asked))
    return Filled(lines=lines, excess=room if refund_payments else 0)


def _lines(
    wanted: Sequence[LineWanted], now: Refundable, budget: int, *, refund_payments: bool
) -> Iterator[LineRefund]:
    known = {line.line_id: line for line in now.lines}
    for line in wanted:
        amount = line.amount
        if amount is None:
            amount = min(budget, _most(known.get(line.line_id), refund_payments=refund_payments))
            budget -= amount
            if amount == 0 and line.line_id in known and not _asks_for_more(line):
                continue
        yield LineRefund(
            line_id=line.line_id,
            amount=amount,
            maximum_seen=line.maximum_seen,
            remove_access=line.remove_access,
        )


def _asks_for_more(line: LineWanted) -> bool:
    """Say whether it is to be decided on although nothing is left of it."""
    return line.remove_access or bool(line.maximum_seen)


def _most(line: RefundableLine | None, *, refund_payments: bool) -> int:
    return line.most(refund_payments=refund_payments) if line else 0
