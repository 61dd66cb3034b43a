"""News from providers, recorded as the webhooks record it: ours by its key, else as a fact.

The rule to know: news is acknowledged once it is recorded; what comes too early comes again.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from psycopg import OperationalError

from adapters.commands.recording import CommandRecorder, OrderRequest
from adapters.postgres.errors import JournalError
from adapters.postgres.order_store import OrderStore
from domain.identifiers import ExternalRefundId
from domain.message import Actor, ActorKind, Metadata
from domain.money import Money
from domain.order.commands.refunds import FailExternalRefund, ObserveExternalRefund
from domain.order.commands.transfers import (
    ReportTransferDone,
    ReportTransferFailed,
    ReportTransferPending,
)
from domain.order.decide import OrderWish
from domain.order.parts import Refund, TransferState
from domain.order.state import Order
from scripts.simulation.providers import Bank, News, Status
from scripts.simulation.scheduler import Place, Scheduler

PROVIDER = Actor(ActorKind.PROVIDER, "webhook")
RETRY = timedelta(seconds=1)
CURRENCY = "EUR"


class Webhooks:
    """One process that providers tell their news to."""

    def __init__(
        self,
        banks: Mapping[str, Bank],
        *,
        recorder: CommandRecorder,
        orders: OrderStore,
        scheduler: Scheduler,
    ) -> None:
        self._banks = banks
        self._recorder = recorder
        self._orders = orders
        self._scheduler = scheduler

    async def run(self) -> None:
        """Record what is told, and acknowledge it."""
        while True:
            await Place("news", is_ready=self._has_news)
            for bank in self._banks.values():
                for news in bank.news(self._scheduler.time):
                    await self._take(bank, news)

    def wish(self, news: News, order: Order, now: datetime) -> OrderWish:
        """Say what news means."""
        ours = next(_ours(news, order), None)
        if ours is not None:
            return _of_ours(news, *ours, now)
        return _of_others(news, now)

    async def _take(self, bank: Bank, news: News) -> None:
        stream = news.refund.charge.stream
        try:
            order = (await self._orders.refresh([stream]))[stream].order
            wish = self.wish(news, order, self._scheduler.now())
            (answer,) = await self._recorder.record([OrderRequest(stream, wish, _by(news))])
        except (OperationalError, JournalError):
            await Place("webhook waits", until=self._scheduler.time + RETRY)
            return
        await Place("told")
        if answer.rejection is None or not answer.rejection.is_early:
            bank.acknowledge(news)

    def _has_news(self) -> bool:
        return any(bank.has_news(self._scheduler.time) for bank in self._banks.values())


def _by(news: News) -> Metadata:
    reference = news.refund.reference
    return Metadata(
        actor=PROVIDER,
        correlation_id=reference,
        causation_id=reference,
        command_id=f"{reference}/{news.status}",
    )


def _ours(news: News, order: Order) -> Iterator[tuple[Refund, TransferState]]:
    for refund in order.refunds:
        for transfer in refund.transfers:
            if news.refund.key and news.refund.key == transfer.key:
                yield refund, transfer


def _of_ours(news: News, refund: Refund, transfer: TransferState, now: datetime) -> OrderWish:
    refund_id, transfer_id = refund.refund_id, transfer.transfer_id
    if news.status is Status.FAILED:
        return ReportTransferFailed(
            now=now, at=now, refund_id=refund_id, transfer_id=transfer_id, code="failed_later"
        )
    report = ReportTransferDone if news.status is Status.DONE else ReportTransferPending
    return report(
        now=now,
        at=now,
        refund_id=refund_id,
        transfer_id=transfer_id,
        reference=news.refund.reference,
    )


def _of_others(news: News, now: datetime) -> OrderWish:
    external_id = ExternalRefundId(news.refund.reference)
    if news.status is Status.FAILED:
        return FailExternalRefund(
            now=now, at=now, external_refund_id=external_id, code="failed_later"
        )
    return ObserveExternalRefund(
        now=now,
        at=now,
        external_refund_id=external_id,
        payment_id=news.refund.charge.payment_id,
        amount=Money(news.refund.amount, CURRENCY),
        key=news.refund.key,
    )
