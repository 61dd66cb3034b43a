"""Decide on what a person says of money that no provider can settle.

The rule to know: a person is believed on what is owed, and on what nobody knows; never while a
provider is being asked, whose answer would contradict that word.
"""

from domain.identifiers import ExternalRefundId
from domain.order.commands.transfers import ConfirmManualRefund
from domain.order.events import OrderFact, RefundTransferFailed, RefundTransferred
from domain.order.issuing import settled
from domain.order.matching import in_doubt, unallocated_equal_to
from domain.order.parts import Refund, TransferState
from domain.order.rejections import RefundAccountedFor
from domain.order.state import Order
from domain.order.transfers import known_transfer
from domain.phrase import say
from domain.rejection import Rejection

NOT_PAID = "not_paid"
"""The code of a transfer that a person looked up, and that no money had left by."""


class NothingOwed(Rejection):
    """A person confirms only what a person had to pay back."""

    code = "nothing_owed"

    def __init__(self, transfer_id: str) -> None:
        super().__init__(
            say("Nothing is owed on transfer {transfer_id!r}.", transfer_id=transfer_id)
        )


class TransferBeingAsked(Rejection):
    """Its provider is about to answer what a person would say."""

    code = "transfer_being_asked"

    def __init__(self, transfer_id: str) -> None:
        super().__init__(
            say(
                "Transfer {transfer_id!r} is being asked again; confirm once that "
                "attempt has ended.",
                transfer_id=transfer_id,
            )
        )


class ReferenceDiffers(Rejection):
    """The provider's refund of that name is not the money of this transfer."""

    code = "reference_differs"

    def __init__(self, reference: str) -> None:
        super().__init__(
            say(
                "The provider's refund {reference!r} is of another payment or "
                "amount; name the one that paid this back, or none.",
                reference=reference,
            )
        )


class TransferNotUnresolved(Rejection):
    """A person can say that nothing was paid only where nobody knows."""

    code = "transfer_not_unresolved"

    def __init__(self, transfer_id: str) -> None:
        super().__init__(
            say(
                "What became of transfer {transfer_id!r} is known; only where nobody "
                "knows can a person say that no money went back by it.",
                transfer_id=transfer_id,
            )
        )


class NothingToDeny(Rejection):
    """Nobody has said of this money that it went back."""

    code = "nothing_to_deny"

    def __init__(self, transfer_id: str, *, is_owed: bool) -> None:
        super().__init__(
            say(
                "The money of transfer {transfer_id!r} is owed: there is nothing to deny.",
                transfer_id=transfer_id,
            )
            if is_owed
            else say(
                "The money of transfer {transfer_id!r} is still at its provider; wait for its end.",
                transfer_id=transfer_id,
            )
        )


def awaits_a_person(refund: Refund, transfer: TransferState) -> bool:
    """Say whether a person may say now what became of the money."""
    is_lost = transfer.is_unresolved and not transfer.is_tried_again
    return is_lost or transfer in refund.owed


def confirm_manual_refund(command: ConfirmManualRefund, order: Order) -> list[OrderFact]:
    """Take a person's word on what is owed or unresolved: that the money is back, or is not."""
    transfer = known_transfer(command.refund_id, command.transfer_id, order)
    if not command.was_paid:
        return _seen_unpaid(command, transfer, order)
    if transfer.is_done and transfer.confirmed_by == command.by:
        return []
    if transfer.is_tried_again:
        raise TransferBeingAsked(command.transfer_id)
    if not awaits_a_person(order.refunds_by_id[command.refund_id], transfer):
        raise NothingOwed(command.transfer_id)
    reference = command.reference or _reference_found(transfer, order)
    _require_own_money(reference, transfer, order)
    transferred = RefundTransferred(
        at=command.now,
        refund_id=command.refund_id,
        transfer_id=command.transfer_id,
        reference=reference,
        confirmed_by=command.by,
    )
    return settled(order, command.refund_id, [transferred], command.now)


def _reference_found(transfer: TransferState, order: Order) -> str:
    """Find the name that a person left out of money that the provider told of first."""
    external = unallocated_equal_to(transfer.payment_id, transfer.amount, order)
    return external.external_refund_id if external and not transfer.reference else ""


def _require_own_money(reference: str, transfer: TransferState, order: Order) -> None:
    """Refuse the name of money that another transfer has, or that is of another payment or amount."""
    for refund, other in order.transfers:
        is_taken = reference != "" and other.reference == reference and not other.is_failed
        if is_taken and other.transfer_id != transfer.transfer_id:
            raise RefundAccountedFor(reference, refund.refund_id)
    external = order.external_refunds_by_id.get(ExternalRefundId(reference))
    if external is None:
        return
    if external.refund_id is not None:
        raise RefundAccountedFor(reference, external.refund_id)
    if (external.payment_id, external.amount) != (transfer.payment_id, transfer.amount):
        raise ReferenceDiffers(reference)


def _seen_unpaid(
    command: ConfirmManualRefund, transfer: TransferState, order: Order
) -> list[OrderFact]:
    _require_doubt(command, transfer, order)
    if transfer.is_failed:
        return []
    if transfer.is_tried_again:
        raise TransferBeingAsked(command.transfer_id)
    is_in_doubt = any(transfer == other for _, other in in_doubt(order))
    if not (transfer.is_unresolved or is_in_doubt):
        raise TransferNotUnresolved(command.transfer_id)
    failed = RefundTransferFailed(
        at=command.now,
        refund_id=command.refund_id,
        transfer_id=command.transfer_id,
        code=NOT_PAID,
        confirmed_by=command.by,
    )
    return settled(order, command.refund_id, [failed], command.now)


def _require_doubt(command: ConfirmManualRefund, transfer: TransferState, order: Order) -> None:
    """Refuse to deny what nobody has claimed: what a person owes, or a provider still has."""
    is_owed = transfer in order.refunds_by_id[command.refund_id].owed and transfer.code != NOT_PAID
    if is_owed or (transfer.is_open and not transfer.is_unresolved):
        raise NothingToDeny(command.transfer_id, is_owed=is_owed)
