"""Decide on a refund that was made elsewhere: one append says it all, and it counts as returned.

The system that made it tells the customer: the ledger sends no confirmation.
A reference that the provider gave names money; what another refund counts is not counted again.
Without one, equal money that nobody has allocated is taken for it; equal money that is counted
already makes the order ask for a look (`matching.py`).
"""

from domain.identifiers import ExternalRefundId, PaymentId, TransferId
from domain.money import Money
from domain.order.commands.refunds import AllocateExternalRefund, LineRefund, RecordRefund
from domain.order.events import OrderFact, RefundIssued, RefundRequested, RefundTransferred
from domain.order.external_refunds import allocate_external_refund
from domain.order.matching import unallocated_equal_to
from domain.order.parts import ExternalRefund, Refund
from domain.order.refund_lines import refunded_lines
from domain.order.rejections import (
    PaymentUnknown,
    RefundAccountedFor,
    RefundDiffers,
    WrongCurrency,
    require_placed,
)
from domain.order.state import Order
from domain.order.transfer_plan import transfer_key
from domain.order.values import FreeText, Transfer, TransferMethod
from domain.phrase import say
from domain.rejection import Rejection

CHECKOUT = "checkout"


class PaymentNotNamed(Rejection):
    """An order that was paid in parts must be told which payment the money went back to."""

    code = "payment_not_named"

    def __init__(self) -> None:
        super().__init__(say("The order received several payments; the refund must name one."))


class RefundMayBeOurs(Rejection):
    """A transfer of ours is under way and may be this very money; its end decides."""

    code = "refund_may_be_ours"
    is_early = True

    def __init__(self, reference: str, refund_id: str) -> None:
        super().__init__(
            say(
                "{reference!r} may be the money of refund {refund_id!r}, which its "
                "provider was asked for and has not answered.",
                reference=reference,
                refund_id=refund_id,
            )
        )


def record_refund(command: RecordRefund, order: Order) -> list[OrderFact]:
    """Take in a refund from elsewhere, once."""
    require_placed(order)
    if command.currency != order.currency:
        raise WrongCurrency(command.currency, order.currency)
    known = order.refunds_by_id.get(command.refund_id)
    if known is not None:
        if not _is_same(command, known):
            raise RefundDiffers(command.refund_id)
        return []
    _require_uncounted(command.reference, order)
    observed = _observed(command, order)
    if observed is not None:
        return allocate_external_refund(_as_allocation(command, observed), order)
    return _recorded(command, _payment_refunded(command, order), order)


def _observed(command: RecordRefund, order: Order) -> ExternalRefund | None:
    """Find the same money where the provider told of it first."""
    if not command.reference:
        amount = Money(sum(line.amount for line in command.lines), order.currency)
        return unallocated_equal_to(_payment_refunded(command, order), amount, order)
    named = order.external_refunds_by_id.get(ExternalRefundId(command.reference))
    return named if named is not None and named.is_unallocated else None


def _require_uncounted(reference: str, order: Order) -> None:
    """Refuse money that is returned already, or on its way as a refund of ours."""
    if not reference:
        return
    for refund, transfer in order.transfers:
        if transfer.reference == reference and not transfer.is_failed:
            raise RefundAccountedFor(reference, refund.refund_id)
        if transfer.may_be_returned:
            raise RefundMayBeOurs(reference, refund.refund_id)


def _as_allocation(command: RecordRefund, observed: ExternalRefund) -> AllocateExternalRefund:
    """Say only what it was for: the provider told of the money first."""
    return AllocateExternalRefund(
        now=command.now,
        external_refund_id=observed.external_refund_id,
        refund_id=command.refund_id,
        by=CHECKOUT,
        lines=tuple(LineRefund(line_id=p.line_id, amount=p.amount) for p in command.lines),
        tell_customer=False,
    )


def _recorded(command: RecordRefund, payment_id: PaymentId, order: Order) -> list[OrderFact]:
    lines = refunded_lines(command.lines, order)
    transfer = Transfer(
        transfer_id=TransferId(f"{command.refund_id}/1"),
        payment_id=payment_id,
        method=TransferMethod.ELSEWHERE,
        amount=Money(sum(line.amount for line in lines), order.currency),
        key=transfer_key(order, command.refund_id, 1),
    )
    return [
        RefundRequested(
            at=command.at,
            refund_id=command.refund_id,
            lines=lines,
            transfers=(transfer,),
            by=CHECKOUT,
            tell_customer=False,
            personal=FreeText(text=command.reason) if command.reason else None,
        ),
        RefundTransferred(
            at=command.at,
            refund_id=command.refund_id,
            transfer_id=transfer.transfer_id,
            reference=command.reference,
        ),
        RefundIssued(at=command.at, refund_id=command.refund_id),
    ]


def _payment_refunded(command: RecordRefund, order: Order) -> PaymentId:
    received = [p.payment_id for p in order.payments if p.is_received]
    if command.payment_id is not None:
        if command.payment_id not in received:
            raise PaymentUnknown(command.payment_id)
        return command.payment_id
    if not received:
        raise PaymentUnknown("")
    if len(received) > 1:
        raise PaymentNotNamed
    return received[0]


def _is_same(command: RecordRefund, known: Refund) -> bool:
    asked = {line.line_id: line.amount for line in command.lines}
    return asked == {line.line_id: line.amount for line in known.lines}
