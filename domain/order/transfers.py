"""Decide on news of transfers. A transfer has one identity for ever, and no is the last word.

Done can still turn into failed; failed never turns into done, unless a person pays by hand: what
people say of money is decided in `manual_refunds.py`.
"""

from domain.identifiers import RefundId, TransferId
from domain.order.commands.transfers import (
    ReportTransferDone,
    ReportTransferFailed,
    ReportTransferPending,
    ReportTransferUnresolved,
    StartTransfer,
)
from domain.order.events import (
    OrderFact,
    RefundTransferFailed,
    RefundTransferPending,
    RefundTransferred,
    RefundTransferStarted,
    RefundTransferUnresolved,
)
from domain.order.issuing import settled
from domain.order.parts import TransferState
from domain.order.rejections import RefundUnknown
from domain.order.stages import TransferStage
from domain.order.state import Order
from domain.order.transfer_steps import may_ask
from domain.order.values import FreeText
from domain.phrase import say
from domain.rejection import Rejection


class TransferNotOpen(Rejection):
    """No provider is to be asked for this transfer, or not any more."""

    code = "transfer_not_open"

    def __init__(self, transfer_id: str) -> None:
        super().__init__(
            say("Transfer {transfer_id!r} is not open at a provider.", transfer_id=transfer_id)
        )


class TransferTaken(Rejection):
    """Another attempt was made since."""

    code = "transfer_taken"

    def __init__(self, transfer_id: str) -> None:
        super().__init__(
            say("Transfer {transfer_id!r} was taken up by another worker.", transfer_id=transfer_id)
        )


class AskingUnsafe(Rejection):
    """The provider may have heard of it, and is not sure to know a repeat."""

    code = "asking_unsafe"

    def __init__(self, transfer_id: str) -> None:
        super().__init__(
            say(
                "Transfer {transfer_id!r} may be paid back already, and asking again "
                "could pay it twice: look it up at the provider first.",
                transfer_id=transfer_id,
            )
        )


def start_transfer(command: StartTransfer, order: Order) -> list[OrderFact]:
    """Let one worker at a time ask the provider, under the same key, where that is safe."""
    transfer = known_transfer(command.refund_id, command.transfer_id, order)
    if not transfer.is_open or transfer.stage is TransferStage.PENDING:
        raise TransferNotOpen(command.transfer_id)
    if (transfer.attempt, transfer.worker) == (command.attempt, command.worker):
        return []
    if command.attempt != transfer.attempt + 1:
        raise TransferTaken(command.transfer_id)
    if not may_ask(transfer, order.payments_by_id[transfer.payment_id].provider, command.now):
        raise AskingUnsafe(command.transfer_id)
    return [
        RefundTransferStarted(
            at=command.now,
            refund_id=command.refund_id,
            transfer_id=command.transfer_id,
            attempt=command.attempt,
            worker=command.worker,
        )
    ]


def report_pending(command: ReportTransferPending, order: Order) -> list[OrderFact]:
    """Note that the provider took it."""
    transfer = known_transfer(command.refund_id, command.transfer_id, order)
    if not transfer.is_open or transfer.stage is TransferStage.PENDING:
        return []
    return [
        RefundTransferPending(
            at=command.at,
            refund_id=command.refund_id,
            transfer_id=command.transfer_id,
            reference=command.reference,
        )
    ]


def report_done(command: ReportTransferDone, order: Order) -> list[OrderFact]:
    """Note that the money is back."""
    if not known_transfer(command.refund_id, command.transfer_id, order).is_open:
        return []
    transferred = RefundTransferred(
        at=command.at,
        refund_id=command.refund_id,
        transfer_id=command.transfer_id,
        reference=command.reference,
    )
    return settled(order, command.refund_id, [transferred], command.now)


def report_failed(command: ReportTransferFailed, order: Order) -> list[OrderFact]:
    """Note that the money is not back, also when it was said to be."""
    transfer = known_transfer(command.refund_id, command.transfer_id, order)
    if transfer.is_failed or _is_overtaken(command, transfer):
        return []
    if not transfer.is_at_provider:
        raise TransferNotOpen(command.transfer_id)
    failed = RefundTransferFailed(
        at=command.at,
        refund_id=command.refund_id,
        transfer_id=command.transfer_id,
        code=command.code,
        personal=FreeText(text=command.message) if command.message else None,
    )
    return settled(order, command.refund_id, [failed], command.now)


def _is_overtaken(command: ReportTransferFailed, transfer: TransferState) -> bool:
    """Say whether a worker was refused in an attempt of which there is newer news."""
    if command.attempt is None:
        return False
    is_waiting = transfer.stage in (TransferStage.STARTED, TransferStage.UNRESOLVED)
    return not is_waiting or command.attempt != transfer.attempt


def report_unresolved(command: ReportTransferUnresolved, order: Order) -> list[OrderFact]:
    """Note that nobody knows, and whether the provider may have been asked at all."""
    transfer = known_transfer(command.refund_id, command.transfer_id, order)
    if not transfer.is_open or _is_no_news(command, transfer):
        return []
    is_of_attempt = command.attempt is not None
    return [
        RefundTransferUnresolved(
            at=command.at,
            refund_id=command.refund_id,
            transfer_id=command.transfer_id,
            code=command.code,
            was_asked=command.was_asked or (is_of_attempt and transfer.was_asked),
        )
    ]


def _is_no_news(command: ReportTransferUnresolved, transfer: TransferState) -> bool:
    """Say whether an attempt is not the one under way, or a look found nothing new."""
    if command.attempt is not None:
        here = (TransferStage.STARTED, command.attempt)
        return (transfer.stage, transfer.attempt) != here
    if command.news_seen_at not in (None, transfer.stage_recorded_at):
        return True
    known = (TransferStage.UNRESOLVED, transfer.code, transfer.was_asked)
    return known == (transfer.stage, command.code, command.was_asked)


def known_transfer(refund_id: RefundId, transfer_id: TransferId, order: Order) -> TransferState:
    """Find a transfer; raise RefundUnknown."""
    transfer = order.transfer(refund_id, transfer_id)
    if transfer is None:
        raise RefundUnknown(transfer_id)
    return transfer
