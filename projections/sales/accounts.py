"""What an order adds up to in the sales report, as its facts leave it: amounts by account.

The rule to know: an order counts from the fact on with which it is paid. Before, nothing was sold,
so nothing can be refunded or lost either; what a person closed without money is no sale.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from msgspec import Struct

from domain.identifiers import LineId
from domain.order.parts import Refund, TransferState
from domain.order.stages import DisputeStage, RefundStage
from domain.order.state import Order
from projections.sales.cover import cover


class SalesKind(StrEnum):
    """What an amount is. The kind carries the sign: each is counted upwards."""

    SALE = "sale"
    """What the lines of a paid order cost."""
    RETURNED = "returned"
    """Refunded, and the money is back."""
    OWED = "owed"
    """Refunded, and a person must still pay it back."""
    RECORDED_ONLY = "recorded_only"
    """Refunded in the order's data alone; no money moves for it, or none any more."""
    RESTORED = "restored"
    """Refunds that no longer count, whatever became of their money: added to the net again."""
    LOSS = "loss"
    """Lost chargebacks: money, of no line and without VAT."""
    EXCESS_RETURNED = "excess_returned"
    """Money above the order's total that went back: it was no sale, so it is no refund of one."""
    UNALLOCATED = "unallocated"
    """Returned by the provider itself; a person has still to say what for."""


class Account(NamedTuple):
    """What amounts are added up under."""

    kind: SalesKind
    line_id: LineId | None = None


class Amount(Struct, frozen=True, kw_only=True):
    """Minor units of the order's currency, and pieces sold."""

    gross: int = 0
    vat: int = 0
    units: int = 0

    def plus(self, other: "Amount", sign: int = 1) -> "Amount":
        """Add another amount, or take it away."""
        return Amount(
            gross=self.gross + sign * other.gross,
            vat=self.vat + sign * other.vat,
            units=self.units + sign * other.units,
        )


NOTHING = Amount()

Counted: TypeAlias = Iterator[tuple[Account, Amount]]


def accounts(order: Order) -> dict[Account, Amount]:
    """Add up what the order comes to."""
    found: dict[Account, Amount] = {}
    if order.is_paid:
        for account, amount in _counted(order):
            found[account] = found.get(account, NOTHING).plus(amount)
    return found


def _counted(order: Order) -> Counted:
    for line in order.lines:
        amount = Amount(gross=line.gross, vat=line.vat, units=line.quantity)
        yield Account(SalesKind.SALE, line.line_id), amount
    for refund in order.refunds:
        if refund.stage is RefundStage.ISSUED:
            yield from _refunded(refund)
    for external in order.external_refunds:
        if external.is_returned:
            yield Account(SalesKind.UNALLOCATED), Amount(gross=external.amount.amount)
    for dispute in order.disputes:
        if dispute.stage is DisputeStage.LOST:
            yield Account(SalesKind.LOSS), Amount(gross=dispute.amount.amount)


def _refunded(refund: Refund) -> Counted:
    for part in cover(refund):
        if part.line is not None:
            kind = _kind_of(refund, part.transfer)
            yield Account(kind, part.line.line_id), Amount(gross=part.amount, vat=part.vat)
        elif part.transfer is not None and part.transfer.is_done:
            yield Account(SalesKind.EXCESS_RETURNED), Amount(gross=part.amount)
    if refund.is_restored:
        for line in refund.lines:
            amount = Amount(gross=line.amount, vat=line.vat)
            yield Account(SalesKind.RESTORED, line.line_id), amount


def _kind_of(refund: Refund, transfer: TransferState | None) -> SalesKind:
    """Say what became of the money; a restored refund owes none."""
    if transfer is not None and transfer.is_done:
        return SalesKind.RETURNED
    return SalesKind.OWED if transfer in refund.owed else SalesKind.RECORDED_ONLY
