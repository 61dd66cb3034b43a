"""What is to be done next with a transfer that a provider shall pay back, and from when on.

The rule to know: a transfer is asked for only where asking cannot pay twice, that is when the
provider never heard of it or is sure to know its key still. Else it is looked up, which moves
no money; what stays unknown asks for a person's attention.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from domain.order.parts import TransferState
from domain.order.providers import knows_key
from domain.order.running import ATTEMPT_LEASE
from domain.order.stages import TransferStage

FIRST_LOOK = timedelta(minutes=2)
"""After a provider took it; most tell the end by themselves before."""
LOOK_INTERVAL_MAX = timedelta(hours=6)
RETRY_MIN = timedelta(seconds=30)
RETRY_MAX = timedelta(hours=1)
RETRY_MAX_LATER_SHARE = 48
"""After two days the longest pause grows too: what nobody repairs fills no journal."""
GROWTH = 4
"""Each pause is this part of how long the trouble has lasted so far."""
NOT_AT_PROVIDER = "not_at_provider"
"""The code of a look that found that the provider has no such refund."""


class TransferStep(StrEnum):
    """What a worker can do with a transfer."""

    ASK = "ask"
    """Ask for it under its key; an attempt, which is begun by a fact."""
    LOOK = "look"
    """Ask where it stands; this moves no money and needs no start."""


def refund_kind(provider: str) -> str:
    """Name the kind of work that a provider's transfers are."""
    return f"refund_{provider}"


def may_ask(transfer: TransferState, provider: str, now: datetime) -> bool:
    """Say whether asking for it, now and under its key, cannot pay it twice."""
    if not transfer.may_have_been_asked:
        return True
    asked_at = transfer.first_asked_recorded_at
    return asked_at is not None and knows_key(provider, asked_at, now)


def next_step(transfer: TransferState, provider: str, now: datetime) -> TransferStep | None:
    """Say what is next, whenever it is due; None when no provider has anything to do with it."""
    if not transfer.is_open:
        return None
    if transfer.stage is TransferStage.PENDING:
        return TransferStep.LOOK
    return TransferStep.ASK if may_ask(transfer, provider, now) else TransferStep.LOOK


def due_at(transfer: TransferState) -> datetime | None:
    """Say from when on the next step is to be taken; None when there is none."""
    since = transfer.stage_recorded_at
    if not transfer.is_open or since is None:
        return None
    match transfer.stage:
        case TransferStage.STARTED:
            return since + ATTEMPT_LEASE
        case TransferStage.PENDING:
            return since + FIRST_LOOK
        case TransferStage.UNRESOLVED if not _is_free_to_ask(transfer):
            return since + retry_delay(since - (transfer.changed_recorded_at or since))
        case _:
            return since


def _is_free_to_ask(transfer: TransferState) -> bool:
    """Say whether a look just found that the provider has none: then nothing is to be waited for."""
    return transfer.code == NOT_AT_PROVIDER and not transfer.was_asked


def look_delay(transfer: TransferState, now: datetime) -> timedelta:
    """Say how long to wait after a look that found nothing new: ever longer."""
    if transfer.stage is TransferStage.PENDING:
        age = now - (transfer.stage_recorded_at or now)
        return min(max(age / GROWTH, FIRST_LOOK), LOOK_INTERVAL_MAX)
    return retry_delay(now - (transfer.changed_recorded_at or now))


def retry_delay(trouble_lasted: timedelta) -> timedelta:
    """Say how long to wait before the next try or look at one that is unresolved."""
    longest = max(RETRY_MAX, trouble_lasted / RETRY_MAX_LATER_SHARE)
    return min(max(trouble_lasted / GROWTH, RETRY_MIN), longest)
