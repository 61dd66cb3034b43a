"""Which money of a refund is for which of its lines: the first transfer for the first lines.

The rule to know: it depends on the amounts alone, never on how far the money is. So when a transfer
is done or fails, the same parts of the same lines change from one account to another.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from domain.order.parts import Refund, TransferState
from domain.order.values import RefundLine
from domain.vat import vat_of_part


class Part(NamedTuple):
    """An amount of one line that one transfer gives back."""

    line: RefundLine | None
    """None: money above the order's total."""
    transfer: TransferState | None
    """None: no money was there to be returned."""
    amount: int
    vat: int


def cover(refund: Refund) -> Iterator[Part]:
    """Lay the lines and the transfers side by side, and give each stretch that two share."""
    lines = [line.amount for line in refund.lines]
    money = [transfer.amount.amount for transfer in refund.transfers]
    whole = max(sum(lines), sum(money))
    for line, (begin, end) in zip((*refund.lines, None), _stretches(lines, whole), strict=True):
        for transfer, (first, last) in zip(
            (*refund.transfers, None), _stretches(money, whole), strict=True
        ):
            left, right = max(begin, first), min(end, last)
            if left < right:
                vat = _vat_between(line, left - begin, right - begin)
                yield Part(line, transfer, right - left, vat)


def _stretches(amounts: Sequence[int], whole: int) -> Iterator[tuple[int, int]]:
    """Say where each amount begins and ends, and at last what they leave of the whole."""
    yield from pairwise((*accumulate(amounts, initial=0), whole))


def _vat_between(line: RefundLine | None, begin: int, end: int) -> int:
    """Work out the VAT of a stretch of a line; all stretches of a line sum to its VAT."""
    return _vat_up_to(line, end) - _vat_up_to(line, begin) if line else 0


def _vat_up_to(line: RefundLine, amount: int) -> int:
    return vat_of_part(
        amount, gross_left=line.amount, vat_left=line.vat, gross=line.amount, vat=line.vat
    )
