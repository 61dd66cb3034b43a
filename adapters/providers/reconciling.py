"""Compares a provider's refunds with the orders', and takes in what no webhook told.

The rule to know: refunds go the same way as news, so what was told before changes nothing. The
sums are compared afterwards, per payment, with the provider's whole list of that payment's; a list
that is not whole compares nothing.
"""

from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from psycopg_pool import PoolTimeout

from adapters.clock import Clock, utc_now
from adapters.log import log_mistake
from adapters.postgres.errors import SERVER_AWAY, JournalUnavailable, OutcomeUnknown
from adapters.postgres.order_store import OrderStore
from adapters.postgres.secrets import Secrets
from adapters.providers.compared import INTERNAL_ERROR, OF_ONE_PAYMENT, Compared, Look
from adapters.providers.configured import configured_providers
from adapters.providers.differences import Differences
from adapters.providers.money_moved import MoneyMoved
from adapters.providers.news_applying import NewsApplier
from adapters.reading.payments import PaymentIndex
from domain.identifiers import PaymentId, ShopId, StreamName, order_stream
from processors.provider_news import RefundSeen
from processors.reconciliation import Difference, difference_of
from processors.refund_provider import NotKnown
from processors.refund_source import RefundSource

EVERY = timedelta(minutes=15)
FIRST_WINDOW = timedelta(days=7)
OVERLAP = timedelta(hours=1)
"""Each look begins so long before the last one: clocks differ, and lists may be late."""
PAGES_MAX = 4_000
UNANSWERED_MAX = 5
"""One after another for any other reason: then it is the provider, and the rest waits."""
PASSES = (*SERVER_AWAY, PoolTimeout, JournalUnavailable, OutcomeUnknown)
"""The database's troubles, which are of no payment."""


class _Place(NamedTuple):
    stream: StreamName
    payment_id: PaymentId


class _Unanswered(Exception):
    """The provider could not be asked, or not to the end."""


class Reconciler:
    """Compares, one shop and provider at a time."""

    def __init__(
        self,
        *,
        sources: Mapping[str, RefundSource],
        applier: NewsApplier,
        differences: Differences,
        payments: PaymentIndex,
        orders: OrderStore,
        moved: MoneyMoved,
        secrets: Secrets,
        clock: Clock = utc_now,
    ) -> None:
        self._sources = sources
        self._applier = applier
        self._differences = differences
        self._payments = payments
        self._orders = orders
        self._moved = moved
        self._secrets = secrets
        self._clock = clock

    async def reconcile(self, shop: ShopId, since: datetime) -> list[Compared]:
        """Compare what moved since a moment, at each provider of the shop that lists refunds."""
        return [
            await self._compare(shop, provider, since) for provider in await self._listing(shop)
        ]

    async def reconcile_due(self, shop: ShopId) -> list[Compared]:
        """Compare what moved since the last time, where that is long enough ago."""
        compared = []
        for provider in await self._listing(shop):
            since = await self._due_since(shop, provider)
            if since is not None:
                compared.append(await self._compare(shop, provider, since))
        return compared

    async def _listing(self, shop: ShopId) -> Sequence[str]:
        return sorted(await configured_providers(self._secrets, shop) & self._sources.keys())

    async def _due_since(self, shop: ShopId, provider: str) -> datetime | None:
        now = self._clock()
        last = await self._differences.last_look(shop, provider)
        if last is None:
            return now - FIRST_WINDOW
        if now - last.tried_at < EVERY:
            return None
        return (last.done_at or now - FIRST_WINDOW) - OVERLAP

    async def _compare(self, shop: ShopId, provider: str, since: datetime) -> Compared:
        began = self._clock()
        look = Look(shop=shop, provider=provider)
        look.failure = await _failure_of(look, self._walk(look, since)) or look.failure
        left = next((one.code for one in look.not_compared), "")
        await self._differences.looked(shop, provider, began, look.failure or left)
        return look.compared

    async def _walk(self, look: Look, since: datetime) -> None:
        """Compare payment by payment, until the provider itself is in trouble."""
        listed = [one async for one in self._listed(look, since)]
        places = await self._touched(look.shop, look.provider, listed, since)
        unanswered = 0
        for transaction_id, place in places.items():
            failure = await _failure_of(look, self._compare_one(look, transaction_id, place))
            look.note(transaction_id, failure)
            unanswered = unanswered + 1 if failure and failure not in OF_ONE_PAYMENT else 0
            if unanswered == UNANSWERED_MAX:
                raise _Unanswered(failure)

    async def _listed(self, look: Look, since: datetime) -> AsyncIterator[RefundSeen]:
        """Walk through the provider's list, taking each page in as news."""
        after, shop, provider = "", look.shop, look.provider
        for _ in range(PAGES_MAX):
            page = await self._sources[provider].refunds_since(shop, since, after)
            if isinstance(page, NotKnown):
                raise _Unanswered(page.code)
            look.take(page)
            await self._applier.take_in(await self._applier.keep(shop, provider, page.refunds))
            for seen in page.refunds:
                yield seen
            after = page.next_after
            if not after:
                return
        raise _Unanswered("list_too_long")

    async def _touched(
        self, shop: ShopId, provider: str, listed: Iterable[RefundSeen], since: datetime
    ) -> dict[str, _Place]:
        """Name the payments that either side has news of, or that differed before."""
        ids = {one for seen in listed for one in seen.transaction_ids}
        ids |= {one.transaction_id for one in await self._differences.all(shop)}
        ids |= await self._paid_back(shop, provider, since)
        found = {one: await self._payments.find(shop, provider, one) for one in sorted(ids)}
        return {
            transaction_id: _Place(order_stream(shop, payment.order_id), payment.payment_id)
            for transaction_id, payment in found.items()
            if payment is not None
        }

    async def _paid_back(self, shop: ShopId, provider: str, since: datetime) -> set[str]:
        streams = await self._moved.orders_since(shop, since)
        loaded = await self._orders.load(streams) if streams else {}
        return {
            payment.transaction_id
            for one in loaded.values()
            for payment in one.order.payments
            if payment.is_received and payment.provider == provider
        }

    async def _compare_one(self, look: Look, transaction_id: str, place: _Place) -> None:
        shop, provider = look.shop, look.provider
        theirs = await self._sources[provider].refunds_of(shop, transaction_id)
        if isinstance(theirs, NotKnown):
            raise _Unanswered(theirs.code)
        order = (await self._orders.refresh([place.stream]))[place.stream].order
        difference = difference_of(order, place.payment_id, theirs)
        found: list[Difference] = [] if difference is None else [difference]
        agreeing = [transaction_id] if difference is None else []
        await self._differences.see(shop, provider, found, agreeing, self._clock())


async def _failure_of(look: Look, doing: Awaitable[None]) -> str:
    """Do a part of a look; say by a code what kept it from being done."""
    try:
        await doing
    except PASSES:
        raise
    except _Unanswered as problem:
        return str(problem)
    except Exception as problem:  # noqa: BLE001 - one payment or shop must not hold up the others
        log_mistake("reconciliation_mistake", problem, shop=look.shop, provider=look.provider)
        return INTERNAL_ERROR
    return ""
