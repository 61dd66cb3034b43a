"""Two ledgers of an order: refunds in force per line, and returned money per payment.

A refund in force can be restored; returned money never comes back into the second ledger.
"""

from typing import TYPE_CHECKING

from msgspec import Struct

from domain.identifiers import LineId, PaymentId
from domain.order.parts import TransferState
from domain.order.stages import DisputeStage

if TYPE_CHECKING:
    from domain.order.state import Order


class PaymentMoney(Struct, kw_only=True):
    """What became of the money of one payment, in minor units."""

    received: int = 0
    returned: int = 0
    promised: int = 0
    """In flight, unresolved or owed: as good as returned until known better."""
    disputed: int = 0

    @property
    def left(self) -> int:
        """What is left of it; below 0 when a provider returned more than came in."""
        return self.received - self.returned - self.promised - self.disputed

    @property
    def returnable(self) -> int:
        """What can still be paid back to it."""
        return max(0, self.left)


class Reserved(Struct, frozen=True, kw_only=True):
    """What refunds in force or requested take back of one line, in minor units."""

    amount: int = 0
    vat: int = 0


NOTHING_RESERVED = Reserved()


def by_payment(order: "Order") -> dict[PaymentId, PaymentMoney]:
    """Sum up the money of each payment that was received."""
    money = {
        p.payment_id: PaymentMoney(received=p.amount.amount)
        for p in order.payments_by_id.values()
        if p.is_received
    }
    for refund in order.refunds_by_id.values():
        for transfer in refund.claims:
            _claim(money.setdefault(transfer.payment_id, PaymentMoney()), transfer)
    for external in order.external_refunds_by_id.values():
        if external.is_returned:
            known = money.setdefault(external.payment_id, PaymentMoney())
            known.returned += external.amount.amount
    for dispute in order.disputes_by_id.values():
        if dispute.stage is not DisputeStage.WON:
            known = money.setdefault(dispute.payment_id, PaymentMoney())
            known.disputed += dispute.amount.amount
    return money


def _claim(money: PaymentMoney, transfer: TransferState) -> None:
    if transfer.is_done:
        money.returned += transfer.amount.amount
    else:
        money.promised += transfer.amount.amount


def returnable_total(order: "Order") -> int:
    """Say what can still be paid back over the whole order."""
    return max(0, sum(money.left for money in by_payment(order).values()))


def reserved_by_line(order: "Order") -> dict[LineId, Reserved]:
    """Sum up what is refunded of each line, requested refunds included."""
    reserved: dict[LineId, Reserved] = {}
    for refund in order.refunds_by_id.values():
        if refund.is_reserving:
            for line in refund.lines:
                before = reserved.get(line.line_id, NOTHING_RESERVED)
                reserved[line.line_id] = Reserved(
                    amount=before.amount + line.amount, vat=before.vat + line.vat
                )
    return reserved


def excess_open(order: "Order") -> int:
    """Say how much came in above the order's total and is not given back or about to be."""
    given_back = sum(r.excess for r in order.refunds_by_id.values() if r.is_reserving)
    return max(0, order.received_total - order.original_total - given_back)
