"""News from providers, kept and taken in as by the webhooks: the real applier on tables in memory.

The rule to know: news is acknowledged once it is kept; what it means is the real code's affair.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import replace
from psycopg import OperationalError

from adapters.postgres.codec import decode
from adapters.postgres.errors import JournalError
from adapters.postgres.keyring import KeyRing
from adapters.providers.news_applying import NewsApplier
from adapters.providers.news_store import FIRST_TRY, KeptNews, NewsStore
from adapters.reading.payments import FoundPayment, PaymentIndex
from domain.catalogue import NAMES_BY_TYPE
from domain.identifiers import ExternalRefundId, OrderId, ShopId, TransferId, order_id_of
from domain.money import Money
from domain.order.events import PaymentReceived
from processors.provider_news import Fate, News, RefundSeen
from scripts.simulation.journal import JournalTables, NotSent, ServerAway
from scripts.simulation.providers import Bank, Status, Telling
from scripts.simulation.scheduler import Place, Scheduler
from scripts.simulation.stories import SHOP

RETRY = timedelta(seconds=1)
LOOK = timedelta(seconds=10)
TAKEN_AT_ONCE_MAX = 100
CURRENCY = "EUR"
FATES = {
    Status.PENDING: Fate.IN_PROGRESS,
    Status.DONE: Fate.RETURNED,
    Status.FAILED: Fate.FAILED,
}

NewsKey = tuple[str, str, str]


class NewsTable:
    """What is stored of news. It outlives every process."""

    def __init__(self) -> None:
        self.kept: dict[NewsKey, KeptNews] = {}
        self.retry_at: dict[NewsKey, datetime] = {}
        """Of what is not done."""

    def next_due(self, now: datetime) -> datetime | None:
        """Say when something is to be tried that cannot be now."""
        return min((at for at in self.retry_at.values() if at > now), default=None)


class SimulatedNewsStore(NewsStore):
    """One process's way to the news."""

    def __init__(self, table: NewsTable) -> None:
        self._table = table

    async def keep(
        self, shop: ShopId, provider: str, news: Sequence[News], now: datetime
    ) -> list[KeptNews]:
        """Keep what is not known yet."""
        await Place("keep news", NotSent)
        fresh = []
        for one in news:
            kept = KeptNews(
                shop=shop, provider=provider, news=one, told_at=now, tries=0, waits_for=""
            )
            if _key(kept) not in self._table.kept:
                self._table.kept[_key(kept)] = kept
                self._table.retry_at[_key(kept)] = now + FIRST_TRY
                fresh.append(kept)
        await Place("news kept", ServerAway)
        return fresh

    async def due(self, now: datetime, limit: int) -> list[KeptNews]:
        """Give what is to be tried."""
        await Place("news due", NotSent)
        due = [key for key, at in self._table.retry_at.items() if at <= now]
        return [self._table.kept[key] for key in due][:limit]

    async def failure_of(self, kept: KeptNews, refund: RefundSeen) -> KeptNews | None:
        """Find the news that it failed."""
        await Place("news of failure", NotSent)
        failed = replace(kept, news=replace(refund, fate=Fate.FAILED))
        return self._table.kept.get(_key(failed))

    async def end(self, kept: KeptNews, now: datetime, refusal: str = "") -> None:  # noqa: ARG002
        """Try it no more."""
        await Place("end news", NotSent)
        self._table.retry_at.pop(_key(kept), None)
        await Place("news ended", ServerAway)

    async def put_off(self, kept: KeptNews, retry_at: datetime, waits_for: str) -> None:
        """Try it later."""
        await Place("put news off", NotSent)
        key = _key(kept)
        if key in self._table.retry_at:
            self._table.retry_at[key] = retry_at
            later = replace(kept, tries=kept.tries + 1, waits_for=waits_for)
            self._table.kept[key] = later


class SimulatedPayments(PaymentIndex):
    """Finds payments in the journal itself; how the index follows it has tests of its own."""

    def __init__(self, tables: JournalTables, keys: KeyRing) -> None:
        self._tables = tables
        self._keys = keys

    async def find(self, shop: ShopId, provider: str, transaction_id: str) -> FoundPayment | None:
        """Find a payment."""
        await Place("find payment", NotSent)
        assert shop == SHOP, "there is one shop"
        for row in self._tables.rows:
            if row.name == NAMES_BY_TYPE[PaymentReceived]:
                fact = decode(row, self._keys).event
                assert isinstance(fact, PaymentReceived)
                if (fact.provider, fact.transaction_id) == (provider, transaction_id):
                    return FoundPayment(
                        order_id=order_id_of(row.stream),
                        payment_id=fact.payment_id,
                        amount=fact.amount,
                    )
        return None


class Webhooks:
    """One process that providers tell their news to."""

    def __init__(
        self,
        banks: Mapping[str, Bank],
        applier: NewsApplier,
        table: NewsTable,
        scheduler: Scheduler,
    ) -> None:
        self._banks = banks
        self._applier = applier
        self._table = table
        self._scheduler = scheduler

    async def run(self) -> None:
        """Keep what is told, acknowledge it, and take in what is due."""
        while True:
            await Place("news", is_ready=self._has_news)
            try:
                for name, bank in self._banks.items():
                    for told in bank.news(self._scheduler.time):
                        await self._hear(name, bank, told)
                if not await self._applier.take_in_due():
                    await Place("no news", until=self._scheduler.time + LOOK)
            except (OperationalError, JournalError):
                await Place("webhook waits", until=self._scheduler.time + RETRY)

    def seen(self, told: Telling) -> RefundSeen:
        """Read what is told, as a webhook's reader does."""
        order_id, _, transfer_id = told.refund.key.partition("/")
        return RefundSeen(
            fate=FATES[told.status],
            amount=Money(told.refund.amount, CURRENCY),
            at=self._scheduler.time,
            refund_id=ExternalRefundId(told.refund.reference),
            transaction_ids=(told.refund.charge.transaction_id,),
            order_id=OrderId(UUID(order_id)) if order_id else None,
            transfer_id=TransferId(transfer_id),
            code="failed_later" if told.status is Status.FAILED else "",
        )

    async def _hear(self, provider: str, bank: Bank, told: Telling) -> None:
        kept = await self._applier.keep(SHOP, provider, [self.seen(told)])
        await Place("answered")
        bank.acknowledge(told)
        await self._applier.take_in_complete(kept)

    def _has_news(self) -> bool:
        now = self._scheduler.time
        is_told = any(bank.has_news(now) for bank in self._banks.values())
        return is_told or any(at <= now for at in self._table.retry_at.values())


def _key(kept: KeptNews) -> NewsKey:
    return (kept.shop, kept.provider, kept.news.news_id)
