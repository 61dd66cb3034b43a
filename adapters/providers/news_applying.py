"""Takes provider news into the orders that it is about; what finds no payment yet waits.

The rule to know: taking news in twice, or in any order, ends the same. Whoever records that a
refund is returned looks afterwards whether its failure was told, and whoever records a failure
finds what was recorded before: so a failure is never lost between two who work at once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from adapters.clock import Clock, utc_now
from adapters.commands.recording import CommandRecorder, OrderRequest
from adapters.log import log_mistake
from adapters.postgres.errors import UNAVAILABLE
from adapters.postgres.order_store import OrderStore
from adapters.providers.news_store import INTERNAL_ERROR, PAYMENT_UNKNOWN, KeptNews, NewsStore
from adapters.reading.payments import PaymentIndex
from domain.identifiers import PaymentId, ShopId, StreamName, order_stream
from domain.message import Actor, ActorKind, Metadata
from domain.order.state import Order
from domain.rejection import Rejection
from processors.news_wishes import transfer_seen, wishes_of
from processors.provider_news import Fate, News, RefundsChanged, RefundSeen, Told
from processors.refund_provider import NotKnown
from processors.refund_source import RefundSource

RETRY_SECONDS_MIN = 10
RETRY_SECONDS_MAX = 3_600
DOUBLINGS_MAX = 10
TAKEN_AT_ONCE_MAX = 100
NO_LIST = NotKnown(code="no_list")
"""Nobody here can ask the provider for its refunds."""

logger = structlog.get_logger()


class Place(NamedTuple):
    """Where news belongs."""

    stream: StreamName
    order: Order
    payment_id: PaymentId | None
    """None where a transfer of ours says it."""


class NewsApplier:
    """Takes news in. Any number of processes may; safe to share between tasks of one loop."""

    def __init__(
        self,
        *,
        store: NewsStore,
        payments: PaymentIndex,
        orders: OrderStore,
        recorder: CommandRecorder,
        sources: Mapping[str, RefundSource] | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self._store = store
        self._payments = payments
        self._orders = orders
        self._recorder = recorder
        self._sources = sources or {}
        self._clock = clock

    async def keep(self, shop: ShopId, provider: str, news: Sequence[News]) -> list[KeptNews]:
        """Keep what is told, which may then be answered for; answer with what is new."""
        return await self._store.keep(shop, provider, news, self._clock())

    async def take_in(self, kept: Sequence[KeptNews]) -> None:
        """Take news in; whatever keeps one from it is noted, and holds up no other.

        Raises as the journal does: then nothing is lost, and the rest is tried again later.
        """
        for one in kept:
            try:
                await self._take_in(one)
            except UNAVAILABLE:
                raise
            except Exception as problem:  # noqa: BLE001 - one mistake must not hold up the others
                log_mistake("provider_news_mistake", problem, **_named(one))
                await self._put_off(one, INTERNAL_ERROR)

    async def take_in_complete(self, kept: Sequence[KeptNews]) -> None:
        """Take in what says all; what must be asked for is left to who can ask."""
        await self.take_in([one for one in kept if not isinstance(one.news, RefundsChanged)])

    async def take_in_due(self) -> int:
        """Take in what waited long enough; say how many there were."""
        due = await self._store.due(self._clock(), TAKEN_AT_ONCE_MAX)
        await self.take_in(due)
        return len(due)

    async def _take_in(self, kept: KeptNews) -> None:
        if isinstance(kept.news, RefundsChanged):
            await self._look(kept, kept.news)
            return
        if isinstance(kept.news, RefundSeen) and await self._is_outdated(kept, kept.news):
            await self._store.end(kept, self._clock())
            return
        await self._settle(kept, await self._record(kept, kept.news))

    async def _is_outdated(self, kept: KeptNews, seen: RefundSeen) -> bool:
        """Say whether the refund failed, by what was told: that is the last word about it."""
        is_last_word = seen.fate is Fate.FAILED
        return not is_last_word and await self._store.failure_of(kept, seen) is not None

    async def _record(self, kept: KeptNews, told: Told) -> Rejection | str | None:
        """Record what it asks for; say why not, or by a code what it waits for."""
        place = await self._place_of(kept.shop, kept.provider, told)
        if place is None:
            return PAYMENT_UNKNOWN
        wishes = wishes_of(told, place.order, place.payment_id, self._clock())
        metadata = _metadata(kept)
        requests = [OrderRequest(place.stream, wish, metadata) for wish in wishes]
        answers = await self._recorder.record(requests) if requests else []
        return next((one.rejection for one in answers if one.rejection), None)

    async def _settle(self, kept: KeptNews, problem: Rejection | str | None) -> None:
        """Note what became of it, and record a failure that was told meanwhile."""
        if isinstance(problem, str):
            await self._put_off(kept, problem)
        elif problem and problem.is_early:
            await self._put_off(kept, problem.code)
        else:
            await self._end(kept, problem.code if problem else "")

    async def _end(self, kept: KeptNews, refusal: str) -> None:
        if refusal:
            logger.warning("provider_news_refused", **_named(kept), code=refusal)
        await self._store.end(kept, self._clock(), refusal)
        seen = kept.news
        if isinstance(seen, RefundSeen) and seen.fate is not Fate.FAILED:
            failure = await self._store.failure_of(kept, seen)
            if failure is not None:
                await self._take_in(failure)

    async def _place_of(self, shop: ShopId, provider: str, told: Told) -> Place | None:
        """Find the order, as the journal has it now: what is at hand may lack our own transfer."""
        if isinstance(told, RefundSeen) and told.order_id is not None:
            stream = order_stream(shop, told.order_id)
            order = await self._order(stream)
            if transfer_seen(told, order) is not None:
                return Place(stream, order, None)
        for transaction_id in told.transaction_ids:
            found = await self._payments.find(shop, provider, transaction_id)
            if found is not None:
                stream = order_stream(shop, found.order_id)
                return Place(stream, await self._order(stream), found.payment_id)
        return None

    async def _order(self, stream: StreamName) -> Order:
        return (await self._orders.refresh([stream]))[stream].order

    async def _look(self, kept: KeptNews, changed: RefundsChanged) -> None:
        """Ask the provider for all refunds of the payment, and take each in as news."""
        source = self._sources.get(kept.provider)
        refunds = await source.refunds_of(kept.shop, changed.transaction_id) if source else NO_LIST
        if isinstance(refunds, NotKnown):
            await self._put_off(kept, refunds.code)
            return
        await self.take_in(await self.keep(kept.shop, kept.provider, refunds))
        await self._store.end(kept, self._clock())

    async def _put_off(self, kept: KeptNews, waits_for: str) -> None:
        await self._store.put_off(kept, _next_try(kept, self._clock()), waits_for)


def _next_try(kept: KeptNews, now: datetime) -> datetime:
    seconds = RETRY_SECONDS_MIN * 2 ** min(kept.tries, DOUBLINGS_MAX)
    return now + timedelta(seconds=min(seconds, RETRY_SECONDS_MAX))


def _metadata(kept: KeptNews) -> Metadata:
    return Metadata(
        actor=Actor(ActorKind.PROVIDER, kept.provider),
        correlation_id=kept.news.subject,
        causation_id=kept.news.news_id,
        command_id=f"{kept.provider}/{kept.news.news_id}",
    )


def _named(kept: KeptNews) -> dict[str, str]:
    """Name news in the log: ids of the provider's, nothing personal."""
    return {"shop": kept.shop, "provider": kept.provider, "news": kept.news.news_id}
