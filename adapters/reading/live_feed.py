"""What changes while people look: one task of a process looks, and tells all subscribers.

The rule to know: it tells what the read models hold already, so whoever asks again upon an event
gets the news. A count grows when a deadline passes with no event, so it looks then as well, and
once a second whatever happens. Who is too slow for a full queue is dropped and may come again.
A subscriber has its place from when it is begun, and loses it when nobody holds it any more.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from weakref import WeakSet

import structlog
from msgspec import Struct

from adapters.clock import utc_now
from adapters.postgres.database import Pool
from adapters.postgres.errors import JournalUnavailable
from adapters.postgres.news import News
from adapters.postgres.query import fetch, fetch_one
from adapters.reading.attention import READ_MODELS
from adapters.reading.subscriber import (
    AttentionCount,
    LiveEvent,
    OrderMoved,
    OrdersMoved,
    Subscriber,
)
from adapters.shops.settings import ShopSettingsStore
from domain.identifiers import ORDER_CATEGORY, ShopId, StreamName, order_id_of, shop_of
from projections.attention.queries import count_attention, next_due
from projections.query import Query

SUBSCRIBERS_MAX = 500
"""Of one process; half of its connections."""
SHOP_SUBSCRIBERS_MAX = 100
KEY_SUBSCRIBERS_MAX = 20
"""Of one shop and of one key, so that neither takes the places of others."""
ORDERS_TOLD_MAX = 100
"""Of one shop at a time; when more have changed, `orders` says so without their ids."""
PAUSE_SECONDS = 0.25
"""Between two looks, so at most four a second."""
LOOK_SECONDS_MAX = 1.0

HANDLED = """
SELECT
    coalesce(min(p.position), 0) AS position,
    (
        SELECT coalesce(max(position), 0)
        FROM journal.events
    ) AS head
FROM unnest(%(names)s::text[]) AS n (name)
LEFT JOIN followers.positions AS p ON p.name = n.name
"""

MOVED = """
SELECT
    stream,
    max(position) AS position
FROM journal.events
WHERE position > %(after)s
AND position <= %(upto)s
GROUP BY stream
ORDER BY position
"""

_log = structlog.get_logger()


class TooManyListen(Exception):
    """Nobody more can listen, for now."""


class _Handled(Struct, frozen=True):
    position: int
    head: int


class _Moved(Struct, frozen=True):
    stream: StreamName
    position: int


class LiveFeed:
    """One per process."""

    def __init__(self, pool: Pool, news: News, shop_settings: ShopSettingsStore) -> None:
        self._pool = pool
        self._news = news
        self._shop_settings = shop_settings
        # Weak, for a stream that is never begun is never ended either.
        self._subscribers: WeakSet[Subscriber] = WeakSet()
        self._looking = asyncio.Lock()
        self._position: int | None = None
        """Up to where moved orders were told; None before the first look."""
        self._pause_seconds = LOOK_SECONDS_MAX
        self._is_ended = False

    @property
    def subscribers(self) -> int:
        """How many listen."""
        return len(self._subscribers)

    async def begin(self, shop: ShopId, key_id: str = "") -> Subscriber:
        """Make a subscriber who knows the count of now and hears the news; raise TooManyListen."""
        if self._is_full(shop, key_id):
            raise TooManyListen
        subscriber = Subscriber(shop, key_id)
        self._subscribers.add(subscriber)
        async with self._looking:
            if self._position is None:
                self._position = (await self._handled()).position
            await self._count(shop, [subscriber])
        return subscriber

    @contextmanager
    def listening(self, subscriber: Subscriber) -> Iterator[None]:
        """Give a subscriber's place free at the end of the block."""
        try:
            yield
        finally:
            self._subscribers.discard(subscriber)

    async def run(self, stop: asyncio.Event) -> None:
        """Look and tell until `stop` is set; then everybody's stream ends."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                heard = self._news.heard
                await self._look_if_possible()
                waiting = asyncio.create_task(self._news.wait(self._pause_seconds, heard))
                await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                await asyncio.wait({stopping}, timeout=PAUSE_SECONDS)
        finally:
            stopping.cancel()
            self._is_ended = True
            for subscriber in self._subscribers:
                subscriber.end()

    def _is_full(self, shop: ShopId, key_id: str) -> bool:
        of_shop = sum(subscriber.shop == shop for subscriber in self._subscribers)
        of_key = sum(subscriber.key_id == key_id for subscriber in self._subscribers)
        return (
            self._is_ended
            or len(self._subscribers) >= SUBSCRIBERS_MAX
            or of_shop >= SHOP_SUBSCRIBERS_MAX
            or of_key >= KEY_SUBSCRIBERS_MAX
        )

    async def _look_if_possible(self) -> None:
        self._pause_seconds = LOOK_SECONDS_MAX
        try:
            async with self._looking:
                await self._look()
        except JournalUnavailable as problem:
            _log.warning("live feed waits for the database", problem=str(problem))

    async def _look(self) -> None:
        handled = await self._handled()
        if handled.head > handled.position:
            self._pause_seconds = PAUSE_SECONDS
        if self._position is not None and handled.position > self._position and self._subscribers:
            await self._tell_moved(self._position, handled.position)
        self._position = handled.position
        for shop, subscribers in self._by_shop().items():
            await self._count(shop, subscribers)

    async def _handled(self) -> _Handled:
        values: dict[str, object] = {"names": list(READ_MODELS)}
        query = Query(sql=HANDLED, parameters=values, result=_Handled)
        return await fetch_one(self._pool, query)

    async def _tell_moved(self, after: int, upto: int) -> None:
        values: dict[str, object] = {"after": after, "upto": upto}
        moved = await fetch(self._pool, Query(sql=MOVED, parameters=values, result=_Moved))
        moved_by_shop: defaultdict[ShopId, list[_Moved]] = defaultdict(list)
        for one in moved:
            if one.stream.startswith(f"{ORDER_CATEGORY}/"):
                moved_by_shop[shop_of(one.stream)].append(one)
        for shop, subscribers in self._by_shop().items():
            for event in _told(moved_by_shop[shop]):
                self._tell(subscribers, event)

    async def _count(self, shop: ShopId, subscribers: Sequence[Subscriber]) -> None:
        now = utc_now()
        grace = (await self._shop_settings.get(shop)).grace
        count = (await fetch_one(self._pool, count_attention(shop, now=now, grace=grace))).count
        due = (await fetch_one(self._pool, next_due(shop, now=now, grace=grace))).due_at
        if due is not None:
            until_due = (due - now).total_seconds()
            self._pause_seconds = min(self._pause_seconds, max(until_due, 0.0))
        behind = [subscriber for subscriber in subscribers if subscriber.count != count]
        for subscriber in behind:
            subscriber.count = count
        self._tell(behind, AttentionCount(count))

    def _tell(self, subscribers: Iterable[Subscriber], event: LiveEvent) -> None:
        for subscriber in subscribers:
            if not subscriber.tell(event):
                self._subscribers.discard(subscriber)

    def _by_shop(self) -> dict[ShopId, list[Subscriber]]:
        by_shop: defaultdict[ShopId, list[Subscriber]] = defaultdict(list)
        for subscriber in self._subscribers:
            if subscriber.count is not None:  # else it is only begun, and hears the count first
                by_shop[subscriber.shop].append(subscriber)
        return by_shop


def _told(moved: Sequence[_Moved]) -> Sequence[LiveEvent]:
    if len(moved) > ORDERS_TOLD_MAX:
        return [OrdersMoved(moved[-1].position)]
    return [OrderMoved(order_id_of(one.stream), one.position) for one in moved]
