"""A diligent person who looks at transfers of which nobody knows, and says how they ended.

The rule to know: a person sees all that the provider has, waits for what is not final, and acts
only where the ledger cannot find the end by itself.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from psycopg import OperationalError

from adapters.commands.recording import CommandRecorder, OrderRequest
from adapters.postgres.errors import JournalError
from adapters.postgres.order_store import OrderStore
from domain.identifiers import StreamName
from domain.message import Actor, ActorKind, Metadata
from domain.order.commands.transfers import ConfirmManualRefund
from domain.order.decide import OrderWish
from domain.order.parts import Payment, Refund, TransferState
from domain.order.providers import knows_keys
from domain.order.stages import TransferStage
from scripts.simulation.providers import Bank, Status
from scripts.simulation.refunders import CLERK, confirmation
from scripts.simulation.scheduler import Place, Scheduler

LOOKS_EVERY = timedelta(hours=3)
WAITS = timedelta(hours=2)
WAITS_LONG = timedelta(days=3)
"""Where the ledger still tries by itself."""


class Clerk:
    """One person at the provider's dashboard, now and then."""

    def __init__(
        self,
        banks: Mapping[str, Bank],
        waiting: Callable[[], list[StreamName]],
        *,
        recorder: CommandRecorder,
        orders: OrderStore,
        scheduler: Scheduler,
    ) -> None:
        self._banks = banks
        self._waiting = waiting
        self._recorder = recorder
        self._orders = orders
        self._scheduler = scheduler

    async def run(self) -> None:
        """Look whenever transfers have waited for long."""
        while True:
            await Place("clerk", is_ready=lambda: bool(self._waiting()))
            await Place("clerk waits", until=self._scheduler.time + LOOKS_EVERY)
            try:
                for stream in self._waiting():
                    await self._look_at(stream)
            except (OperationalError, JournalError):
                continue

    async def _look_at(self, stream: StreamName) -> None:
        order = (await self._orders.refresh([stream]))[stream].order
        for refund, transfer in order.transfers:
            payment = order.payments_by_id[transfer.payment_id]
            wish = self._wish(refund, transfer, payment)
            if wish is not None:
                await self._recorder.record([OrderRequest(stream, wish, _metadata(transfer))])

    def _wish(self, refund: Refund, transfer: TransferState, payment: Payment) -> OrderWish | None:
        now, since = self._scheduler.time, transfer.changed_recorded_at
        if transfer.stage is not TransferStage.UNRESOLVED or since is None:
            return None
        if now - since < (WAITS_LONG if knows_keys(payment.provider) else WAITS):
            return None
        bank = self._banks[payment.provider]
        bank.settle(now)
        found = bank.find(transfer.key)
        if found is None or found.status is Status.FAILED:
            return ConfirmManualRefund(
                now=now,
                refund_id=refund.refund_id,
                transfer_id=transfer.transfer_id,
                by=CLERK,
                was_paid=False,
            )
        return confirmation(refund, transfer, found, now) if found.is_final else None


def _metadata(transfer: TransferState) -> Metadata:
    return Metadata(
        actor=Actor(ActorKind.OPERATOR, CLERK),
        correlation_id=transfer.transfer_id,
        causation_id=transfer.transfer_id,
        command_id=f"{transfer.transfer_id}/clerk",
    )
