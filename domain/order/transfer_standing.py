"""Where the money of a transfer stands, to answer what the customer asks: whether it is back."""

from enum import StrEnum

from domain.order.parts import Refund, TransferState
from domain.order.providers import goes_by_email
from domain.order.stages import RefundStage
from domain.order.state import Order
from domain.order.values import TransferMethod


class TransferStanding(StrEnum):
    """What there is to say of the money, whatever the provider calls it."""

    RETURNED = "returned"
    IN_FLIGHT = "in_flight"
    """A provider has it or is about to be asked."""
    UNRESOLVED = "unresolved"
    """Nobody knows."""
    OWED = "owed"
    """A person must pay it back by hand."""
    WAITING = "waiting"
    """It becomes owed if the refund counts: the rest of it is still in flight."""
    RECORDED_ONLY = "recorded_only"
    """No money is meant to move."""
    VOID = "void"
    """Nobody waits for it any more: the refund failed or was restored."""


def standing_of(refund: Refund, transfer: TransferState) -> TransferStanding:
    """Say where the money of one of the refund's transfers stands."""
    if transfer.is_done:
        return TransferStanding.RETURNED
    if transfer.is_open:
        return TransferStanding.UNRESOLVED if transfer.is_unresolved else TransferStanding.IN_FLIGHT
    if transfer in refund.owed:
        return TransferStanding.OWED
    if refund.stage is RefundStage.REQUESTED:
        return TransferStanding.WAITING
    if refund.is_in_force:
        assert transfer.method in (TransferMethod.NONE, TransferMethod.ELSEWHERE), transfer
        return TransferStanding.RECORDED_ONLY
    return TransferStanding.VOID


def asks_customer(order: Order, transfer: TransferState) -> bool:
    """Say whether its provider took the money over and asks the customer by email where it goes.

    It counts as returned all the same: the provider tells of no later step.
    """
    payment = order.payments_by_id.get(transfer.payment_id)
    is_by_email = payment is not None and goes_by_email(payment)
    is_by_person = transfer.confirmed_by != "" or transfer.method is TransferMethod.ELSEWHERE
    return is_by_email and transfer.is_done and not is_by_person
