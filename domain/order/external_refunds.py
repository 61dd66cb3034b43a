"""Decide on refunds that a provider made by itself: facts, never refused for their amount.

One that can only be the money of one refund is matched (`matching.py`); else a person says what it
was for. Our own refund coming back is recognised by the provider's id, unless its transfer failed:
then the money is back in spite of that, and must be seen.
"""

from domain.money import Money
from domain.order.access_removal import removed_access
from domain.order.commands.refunds import (
    AllocateExternalRefund,
    FailExternalRefund,
    ObserveExternalRefund,
)
from domain.order.commands.transfers import ReportTransferDone
from domain.order.completing import completed_when_done, fold
from domain.order.events import (
    ExternalRefundAllocated,
    ExternalRefundFailed,
    ExternalRefundObserved,
    OrderFact,
)
from domain.order.issuing import settled
from domain.order.matching import transfer_settled_by
from domain.order.our_transfers import our_transfer
from domain.order.parts import ExternalRefund, Refund, TransferState
from domain.order.refund_lines import refunded_lines
from domain.order.rejections import PaymentUnknown, RefundDiffers, RefundUnknown, require_fit
from domain.order.removal_wishes import lines_losing_access, require_offer_access
from domain.order.settling import settle_refund
from domain.order.state import Order
from domain.order.transfers import report_done
from domain.phrase import say
from domain.rejection import Rejection


class AlreadyAllocated(Rejection):
    """An external refund is allocated once."""

    code = "already_allocated"

    def __init__(self, external_refund_id: str) -> None:
        super().__init__(
            say(
                "External refund {external_refund_id!r} is already accounted for.",
                external_refund_id=external_refund_id,
            )
        )


class OverExternalRefund(Rejection):
    """Lines cannot be given more than was returned."""

    code = "over_external_refund"

    def __init__(self, amount: Money, returned: Money) -> None:
        super().__init__(
            say(
                "The provider returned {returned}; the lines are {amount} together.",
                returned=returned,
                amount=amount,
            )
        )


def observe_external_refund(command: ObserveExternalRefund, order: Order) -> list[OrderFact]:
    """Take in what a provider returned, once."""
    payment = order.payments_by_id.get(command.payment_id)
    if payment is None or not payment.is_received:
        raise PaymentUnknown(command.payment_id)
    require_fit(order, command.amount)
    is_known = command.external_refund_id in order.external_refunds_by_id
    if is_known or command.amount.amount == 0:
        return []
    ours = our_transfer(command.external_refund_id, None, order)
    if ours is not None and not ours[1].is_failed:
        return report_done(_as_done(command, *ours), order)
    match = transfer_settled_by(command.payment_id, command.amount, order)
    return [
        ExternalRefundObserved(
            at=command.at,
            external_refund_id=command.external_refund_id,
            payment_id=command.payment_id,
            amount=command.amount,
            matched_refund=match[0].refund_id if match else None,
            matched_transfer=match[1].transfer_id if match else None,
        )
    ]


def _as_done(
    command: ObserveExternalRefund, refund: Refund, transfer: TransferState
) -> ReportTransferDone:
    return ReportTransferDone(
        now=command.now,
        at=command.at,
        refund_id=refund.refund_id,
        transfer_id=transfer.transfer_id,
        reference=command.external_refund_id,
    )


def allocate_external_refund(command: AllocateExternalRefund, order: Order) -> list[OrderFact]:
    """Count it in the order's data as a person says, which issues it, or settle a refund by it."""
    external = _known(command.external_refund_id, order)
    if external.refund_id == (command.settles or command.refund_id):
        return []
    if not external.is_unallocated:
        raise AlreadyAllocated(command.external_refund_id)
    if command.settles is not None:
        return settle_refund(command, command.settles, external, order)
    if command.refund_id in order.refunds_by_id:
        raise RefundDiffers(command.refund_id)
    if command.remove_offer_access:
        require_offer_access(order)
    allocated = _allocated(command, external, order)
    refund = fold(order, [allocated], command.now).refunds_by_id[command.refund_id]
    facts = [allocated, *removed_access(order, refund, command.now)]
    return completed_when_done(order, facts, command.now)


def _allocated(
    command: AllocateExternalRefund, external: ExternalRefund, order: Order
) -> ExternalRefundAllocated:
    amount = sum(line.amount for line in command.lines)
    if amount > external.amount.amount:
        raise OverExternalRefund(Money(amount, order.currency), external.amount)
    return ExternalRefundAllocated(
        at=command.now,
        external_refund_id=command.external_refund_id,
        refund_id=command.refund_id,
        lines=refunded_lines(command.lines, order),
        by=command.by,
        unallocated=external.amount.amount - amount,
        remove_access=lines_losing_access(command.lines, order),
        remove_offer_access=command.remove_offer_access,
        tell_customer=command.tell_customer,
    )


def fail_external_refund(command: FailExternalRefund, order: Order) -> list[OrderFact]:
    """Note that the provider took its refund back; a refund made of it leaves force."""
    external = _known(command.external_refund_id, order)
    if external.is_failed:
        return []
    failed = ExternalRefundFailed(
        at=command.at, external_refund_id=command.external_refund_id, code=command.code
    )
    if external.refund_id is None:
        return [failed]
    return settled(order, external.refund_id, [failed], command.now)


def _known(external_refund_id: str, order: Order) -> ExternalRefund:
    for external in order.external_refunds:
        if external.external_refund_id == external_refund_id:
            return external
    raise RefundUnknown(external_refund_id)
