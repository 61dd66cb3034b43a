"""Why an order needs a look: a pure function of the order; when, of the shop's grace as well.

Nothing is written when a deadline passes; whoever counts brings a *now* and the grace of the day.
Deadlines count from the ledger's clock, never from a sender's.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct

from domain.identifiers import ActionId, ExternalRefundId, RefundId
from domain.money import Money
from domain.order.access import lost_access
from domain.order.asked_anew import is_refunded_anew
from domain.order.matching import in_doubt
from domain.order.money import by_payment, excess_open, returnable_total
from domain.order.parts import ActionState, Refund, TransferState
from domain.order.stages import ActionStage, RefundStanding, TransferStage

if TYPE_CHECKING:
    from domain.order.state import Order

NO_GRACE = timedelta(0)
TRANSFER_PATIENCE = timedelta(days=7)
"""How long a provider may have a transfer before somebody should ask it why: some wait for the
customer, or for money on the merchant's account."""


class AttentionKind(StrEnum):
    """What is wrong."""

    ACTION_UNFINISHED = "action_unfinished"
    """A wanted action has not succeeded within the grace period."""
    TRANSFER_FAILED = "transfer_failed"
    """A provider did not return it, or took back what it had returned."""
    TRANSFER_UNRESOLVED = "transfer_unresolved"
    TRANSFER_UNFINISHED = "transfer_unfinished"
    """A provider has not taken it within the grace period, or does not come to an end."""
    EXTERNAL_REFUND_UNALLOCATED = "external_refund_unallocated"
    MONEY_ABOVE_TOTAL = "money_above_total"
    RETURNED_ABOVE_RECEIVED = "returned_above_received"
    RETURNED_TWICE = "returned_twice"
    """A payback from elsewhere that nobody named may be money that is counted already."""
    ACCESS_LOST = "access_lost"
    """Access was removed, or a grant called off, for a refund that failed later."""

    @property
    def has_grace(self) -> bool:
        """It asks a grace period after it began; all others ask at once."""
        return self in (AttentionKind.ACTION_UNFINISHED, AttentionKind.TRANSFER_UNFINISHED)


class Trouble(Struct, frozen=True, kw_only=True):
    """Something wrong, and since when."""

    kind: AttentionKind
    since: datetime
    """When it began."""

    def asks_at(self, grace: timedelta) -> datetime:
        """Say from when on it asks for a look."""
        return self.since + grace if self.kind.has_grace else self.since


class AttentionReason(Trouble, frozen=True, kw_only=True):
    """One thing that a person should look at."""

    action_id: ActionId | None = None
    action: str = ""
    """The action's name."""
    refund_id: RefundId | None = None
    external_refund_id: ExternalRefundId | None = None
    code: str = ""
    """The error, for programs."""
    message: str = ""
    """The error in the other side's words, where they were kept; of money, the figures."""


def reasons(order: "Order") -> Iterator[AttentionReason]:
    """Go through everything that asks for a look, now or once its time comes."""
    return chain(
        _unfinished_actions(order),
        _troubled_transfers(order),
        _unallocated_refunds(order),
        _money_above_total(order),
        _returned_above_received(order),
        _returned_twice(order),
        _lost_access(order),
    )


def _unfinished_actions(order: "Order") -> Iterator[AttentionReason]:
    for action in order.actions_by_id.values():
        since = _wanted_since(order, action)
        if since is not None:
            yield AttentionReason(
                kind=AttentionKind.ACTION_UNFINISHED,
                since=since,
                action_id=action.action_id,
                action=action.name,
                code=action.code,
                message=action.message,
            )


def _wanted_since(order: "Order", action: ActionState) -> datetime | None:
    """Say since when an unfinished action is wanted; None when it is not.

    An imported or unpaid order wants only what was asked for.
    """
    if action.is_finished or _is_let_be(order, action):
        return None
    if action.requested_recorded_at is None:
        return None if order.is_imported else order.paid_recorded_at
    if order.paid_recorded_at is None:
        return action.requested_recorded_at
    return max(order.paid_recorded_at, action.requested_recorded_at)


def _is_let_be(order: "Order", action: ActionState) -> bool:
    """Say whether nobody waits for it: the order was closed or all refunded since its request.

    A failed access removal is never let be.
    """
    if action.is_removal and action.stage is ActionStage.FAILED:
        return False
    if action.is_acknowledged:
        return True
    is_refunded = action.gives and order.refund_standing is RefundStanding.FULL
    return is_refunded and not action.is_wanted_although_refunded


def _troubled_transfers(order: "Order") -> Iterator[AttentionReason]:
    for refund, transfer in order.transfers:
        kind, since = _trouble_of(order, refund, transfer), _since(transfer)
        if kind is not None and since is not None:
            yield AttentionReason(
                kind=kind,
                since=since,
                refund_id=refund.refund_id,
                code=transfer.code,
                message=transfer.message,
            )


def _trouble_of(order: "Order", refund: Refund, transfer: TransferState) -> AttentionKind | None:
    if transfer.is_open:
        is_lost = transfer.is_unresolved
        return AttentionKind.TRANSFER_UNRESOLVED if is_lost else AttentionKind.TRANSFER_UNFINISHED
    is_settled = refund.is_acknowledged or is_refunded_anew(order, refund)
    if (transfer.is_failed or transfer.is_taken_back) and not is_settled:
        return AttentionKind.TRANSFER_FAILED
    return None


def _since(transfer: TransferState) -> datetime | None:
    """Say when a transfer's trouble began; a provider that took it has a while to finish."""
    if not transfer.is_open or transfer.is_unresolved:
        return transfer.changed_recorded_at
    if transfer.stage is TransferStage.PENDING and transfer.stage_recorded_at is not None:
        return transfer.stage_recorded_at + TRANSFER_PATIENCE
    return transfer.requested_recorded_at


def _unallocated_refunds(order: "Order") -> Iterator[AttentionReason]:
    for external in order.external_refunds_by_id.values():
        if external.is_unallocated:
            yield AttentionReason(
                kind=AttentionKind.EXTERNAL_REFUND_UNALLOCATED,
                since=external.observed_recorded_at,
                external_refund_id=external.external_refund_id,
            )


def _money_above_total(order: "Order") -> Iterator[AttentionReason]:
    since = order.received_recorded_at
    if since is None or order.is_excess_acknowledged or order.is_imported:
        return
    excess = min(excess_open(order), returnable_total(order))
    if excess > 0:
        yield AttentionReason(
            kind=AttentionKind.MONEY_ABOVE_TOTAL,
            since=since,
            message=_figures(order, excess),
        )


def _figures(order: "Order", excess: int) -> str:
    received, due, above = (
        Money(amount, order.currency)
        for amount in (order.received_total, order.original_total, excess)
    )
    return f"{received} received, {due} due, {above} to give back"


def _returned_above_received(order: "Order") -> Iterator[AttentionReason]:
    since = order.returned_recorded_at
    if since is None or order.is_return_acknowledged:
        return
    if any(money.returned > money.received for money in by_payment(order).values()):
        yield AttentionReason(kind=AttentionKind.RETURNED_ABOVE_RECEIVED, since=since)


def _returned_twice(order: "Order") -> Iterator[AttentionReason]:
    for refund, transfer in in_doubt(order):
        since = transfer.returned_recorded_at
        if since is not None and not refund.is_acknowledged:
            yield AttentionReason(
                kind=AttentionKind.RETURNED_TWICE,
                since=since,
                refund_id=refund.refund_id,
                message=str(transfer.amount),
            )


def _lost_access(order: "Order") -> Iterator[AttentionReason]:
    for refund in order.refunds_by_id.values():
        since = refund.failed_recorded_at
        if since is None or refund.is_acknowledged:
            continue
        for grant in lost_access(order, refund):
            yield AttentionReason(
                kind=AttentionKind.ACCESS_LOST,
                since=since,
                action_id=grant.action_id,
                action=grant.name,
                refund_id=refund.refund_id,
            )
