"""The rules of paying back: what the standing of a transfer's money means to its order.

The rule to know: the end of an attempt is told with its number, so that the order can tell an old
one; what a look finds is the provider's word on the refund itself. When to ask and when to look
is the order's own rule, in `domain/order/transfer_steps.py`.
"""

from datetime import datetime

from domain.order.commands.transfers import (
    ReportTransferDone,
    ReportTransferFailed,
    ReportTransferPending,
    ReportTransferUnresolved,
    TransferWish,
)
from domain.order.providers import knows_keys
from domain.order.stages import TransferStage
from domain.order.transfer_steps import NOT_AT_PROVIDER
from processors.refund_provider import (
    InProgress,
    NotKnown,
    Refused,
    Returned,
    Standing,
    TransferTask,
)

CUT_OFF = NotKnown(code="timeout")
INTERNAL_ERROR = NotKnown(code="internal_error")
LEDGER_UNAVAILABLE = NotKnown(code="ledger_unavailable", was_asked=False)
TOO_LATE = NotKnown(code="begun_too_late", was_asked=False)


def told_of_attempt(task: TransferTask, standing: Standing, now: datetime) -> TransferWish:
    """Tell the order how the attempt under way ended."""
    if isinstance(standing, NotKnown):
        return _unresolved(
            task, standing.code, now, was_asked=standing.was_asked, attempt=task.transfer.attempt
        )
    return _known(task, standing, now, attempt=task.transfer.attempt)


def told_of_look(task: TransferTask, found: Standing | None, now: datetime) -> TransferWish | None:
    """Tell the order what a look found; None when that is nothing to tell.

    None found: there is no such refund. That is believed of a provider that knows our keys and
    never named the refund to us: asking anew is safe then, in spite of a call still on its way.
    """
    if found is None:
        is_believed = knows_keys(task.payment.provider) and not task.transfer.reference
        return _unresolved(task, NOT_AT_PROVIDER, now, was_asked=not is_believed)
    if not isinstance(found, NotKnown):
        return _known(task, found, now)
    if task.transfer.stage is TransferStage.PENDING:
        return None
    return _unresolved(task, found.code, now)


def _known(
    task: TransferTask,
    standing: Returned | InProgress | Refused,
    now: datetime,
    attempt: int | None = None,
) -> TransferWish:
    refund_id, transfer_id = task.refund.refund_id, task.transfer.transfer_id
    if isinstance(standing, Refused):
        return ReportTransferFailed(
            now=now,
            at=now,
            refund_id=refund_id,
            transfer_id=transfer_id,
            code=standing.code,
            message=standing.message,
            attempt=attempt,
        )
    report = ReportTransferDone if isinstance(standing, Returned) else ReportTransferPending
    return report(
        now=now,
        at=now,
        refund_id=refund_id,
        transfer_id=transfer_id,
        reference=standing.reference,
    )


def _unresolved(
    task: TransferTask,
    code: str,
    now: datetime,
    *,
    was_asked: bool = True,
    attempt: int | None = None,
) -> ReportTransferUnresolved:
    return ReportTransferUnresolved(
        now=now,
        at=now,
        refund_id=task.refund.refund_id,
        transfer_id=task.transfer.transfer_id,
        code=code,
        attempt=attempt,
        was_asked=was_asked,
        news_seen_at=task.transfer.stage_recorded_at if attempt is None else None,
    )
