"""The state tables of refunds and their transfers, and which steps of them a fact was.

The rule to know: a step that is not in the table is a mistake, of the code or of the table.
"""

from collections.abc import Iterator
from typing import NamedTuple

from domain.identifiers import TransferId
from domain.order.parts import Refund, TransferState
from domain.order.state import Order
from domain.order.values import TransferMethod

NOTHING = "nothing"
RESTORED = "restored"


class Step(NamedTuple):
    """From one state to the next."""

    of: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.of}: {self.before} → {self.after}"


PROVIDER, MANUAL, NONE, REFUND = "provider", "manual", "none", "refund"
STEPS = frozenset(
    Step(of, before, after)
    for of, before, afters in (
        (PROVIDER, NOTHING, ("requested",)),
        (PROVIDER, "requested", ("started",)),
        (PROVIDER, "started", ("started", "pending", "done", "failed", "unresolved")),
        (PROVIDER, "unresolved", ("started", "pending", "done", "failed", "unresolved")),
        (PROVIDER, "pending", ("done", "failed")),
        (PROVIDER, "done", ("failed", "done")),
        (PROVIDER, "failed", ("done",)),
        (MANUAL, NOTHING, ("requested",)),
        (MANUAL, "requested", ("done",)),
        (MANUAL, "done", ("requested", "done")),
        (NONE, NOTHING, ("requested",)),
        (NONE, "requested", ("done",)),
        (NONE, "done", ("requested",)),
        (REFUND, NOTHING, ("requested",)),
        (REFUND, "requested", ("issued", "failed")),
        (REFUND, "issued", ("failed", RESTORED)),
        (REFUND, RESTORED, ("failed",)),
    )
    for after in afters
)
"""What can happen to a transfer of each method, and to a refund that is asked for here."""


def steps(before: Order, after: Order) -> Iterator[Step]:
    """Say which steps one fact was; those of refunds made elsewhere are not counted."""
    for refund_id, refund in after.refunds_by_id.items():
        known = before.refunds_by_id.get(refund_id)
        if refund is known or _is_from_elsewhere(refund):
            continue
        if known is None or _word(known) != _word(refund):
            yield Step(REFUND, _word(known), _word(refund))
        transfers = {t.transfer_id: t for t in known.transfers} if known else {}
        for transfer in refund.transfers:
            yield from _step(transfers, transfer)


def _is_from_elsewhere(refund: Refund) -> bool:
    return any(t.method is TransferMethod.ELSEWHERE for t in refund.transfers)


def _word(refund: Refund | None) -> str:
    if refund is None:
        return NOTHING
    is_restored = refund.is_restored and refund.stage == "issued"
    return RESTORED if is_restored else refund.stage.value


def _step(known: dict[TransferId, TransferState], transfer: TransferState) -> Iterator[Step]:
    before = known.get(transfer.transfer_id)
    if before is None:
        yield Step(transfer.method.value, NOTHING, transfer.stage.value)
    elif (before.stage, before.stage_recorded_at) != (transfer.stage, transfer.stage_recorded_at):
        yield Step(transfer.method.value, before.stage.value, transfer.stage.value)
