"""What changes while people look: one task of a web process looks, and tells all subscribers.

The rule to know: it tells what the read models hold already, so whoever asks again upon an event
gets the news. A count grows when a deadline passes with no event, so it looks then as well, and
once a second whatever happens. Who is too slow for a full queue is dropped and may come again.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeAlias
from uuid import UUID

import structlog
from msgspec import Struct

from adapters.http_api.freshness import READ_MODELS
from adapters.http_api.parts import ApiParts
from adapters.http_api.problems import TooBusy
from adapters.postgres.errors import JournalUnavailable
from adapters.postgres.query import fetch, fetch_one
from domain.identifiers import ORDER_CATEGORY, ShopId, StreamName, order_id_of, shop_of
from projections.attention.queries import count_attention, next_due
from projections.query import Query

SUBSCRIBERS_MAX = 500
"""Of one process; half of its connections."""
QUEUE_EVENTS_MAX = 256
ORDERS_TOLD_MAX = 100
"""Of one shop at a time; when more have changed, `orders` says so without their ids."""
PAUSE_SECONDS = 0.25
"""Between two looks, so at most four a second."""
LOOK_SECONDS_MAX = 1.0
HEARTBEAT_SECONDS = 15.0
STREAM_SECONDS_MAX = 900.0
"""Then a browser comes again by itself, and its key is looked at anew."""

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


class AttentionCount(Struct, frozen=True, tag_field="event", tag="attention"):
    """How many orders need a look now."""

    count: int


class OrderMoved(Struct, frozen=True, tag_field="event", tag="order"):
    """An order has something new, which the read models hold up to this position."""

    order_id: UUID
    position: int


class OrdersMoved(Struct, frozen=True, tag_field="event", tag="orders"):
    """So many orders have something new that they are not named: ask again for what is shown."""

    position: int


LiveEvent: TypeAlias = AttentionCount | OrderMoved | OrdersMoved


class _Handled(Struct, frozen=True):
    position: int
    head: int


class _Moved(Struct, frozen=True):
    stream: StreamName
    position: int


class Subscriber:
    """One who looks at one shop."""

    def __init__(self, shop: ShopId) -> None:
        self.shop = shop
        self.count: int | None = None
        """What was told last."""
        self._queue: asyncio.Queue[LiveEvent | None] = asyncio.Queue(QUEUE_EVENTS_MAX)
        self._is_open = True

    def tell(self, event: LiveEvent) -> bool:
        """Queue an event; False if there is no room, and then there is no more to come."""
        if self._queue.full():
            self._is_open = False
            return False
        self._queue.put_nowait(event)
        return True

    def end(self) -> None:
        """Tell what is queued and no more."""
        self._is_open = False
        if not self._queue.full():
            self._queue.put_nowait(None)

    async def events(self) -> AsyncIterator[LiveEvent | None]:
        """Give the events as they come; None now and then, to show that the line lives."""
        ends_at = asyncio.get_running_loop().time() + STREAM_SECONDS_MAX
        while not self._is_done(ends_at):
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    event = await self._queue.get()
            except TimeoutError:
                yield None
                continue
            if event is not None:
                yield event

    def _is_done(self, ends_at: float) -> bool:
        if self._is_open:
            return asyncio.get_running_loop().time() >= ends_at
        return self._queue.empty()


class LiveFeed:
    """One per web process."""

    def __init__(self, parts: ApiParts) -> None:
        self._parts = parts
        self._subscribers: set[Subscriber] = set()
        self._looking = asyncio.Lock()
        self._position: int | None = None
        """Up to where moved orders were told; None before the first look."""
        self._pause_seconds = LOOK_SECONDS_MAX
        self._is_ended = False

    @property
    def subscribers(self) -> int:
        """How many listen."""
        return len(self._subscribers)

    async def begin(self, shop: ShopId) -> Subscriber:
        """Make a subscriber who knows the count of now; raise TooBusy when too many listen."""
        if self._is_ended or len(self._subscribers) >= SUBSCRIBERS_MAX:
            raise TooBusy("Nobody more can listen. Ask GET /attention from time to time.")
        subscriber = Subscriber(shop)
        async with self._looking:
            if self._position is None:
                self._position = (await self._handled()).position
            await self._count(shop, [subscriber])
        return subscriber

    @contextmanager
    def listening(self, subscriber: Subscriber) -> Iterator[None]:
        """Tell a subscriber the news while the block is open."""
        self._subscribers.add(subscriber)
        try:
            if self._is_ended:
                subscriber.end()
            yield
        finally:
            self._subscribers.discard(subscriber)

    async def run(self, stop: asyncio.Event) -> None:
        """Look and tell until `stop` is set; then everybody's stream ends."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                heard = self._parts.news.heard
                await self._look_if_possible()
                waiting = asyncio.create_task(self._parts.news.wait(self._pause_seconds, heard))
                await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                await asyncio.wait({stopping}, timeout=PAUSE_SECONDS)
        finally:
            stopping.cancel()
            self._is_ended = True
            for subscriber in self._subscribers:
                subscriber.end()

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
        return await fetch_one(self._parts.pool, query)

    async def _tell_moved(self, after: int, upto: int) -> None:
        values: dict[str, object] = {"after": after, "upto": upto}
        moved = await fetch(self._parts.pool, Query(sql=MOVED, parameters=values, result=_Moved))
        moved_by_shop: defaultdict[ShopId, list[_Moved]] = defaultdict(list)
        for one in moved:
            if one.stream.startswith(f"{ORDER_CATEGORY}/"):
                moved_by_shop[shop_of(one.stream)].append(one)
        for shop, subscribers in self._by_shop().items():
            for event in _told(moved_by_shop[shop]):
                self._tell(subscribers, event)

    async def _count(self, shop: ShopId, subscribers: Sequence[Subscriber]) -> None:
        now = datetime.now(UTC)
        grace = (await self._parts.shop_settings.get(shop)).grace
        pool = self._parts.pool
        count = (await fetch_one(pool, count_attention(shop, now=now, grace=grace))).count
        due = (await fetch_one(pool, next_due(shop, now=now, grace=grace))).due_at
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
            by_shop[subscriber.shop].append(subscriber)
        return by_shop


def _told(moved: Sequence[_Moved]) -> Sequence[LiveEvent]:
    if len(moved) > ORDERS_TOLD_MAX:
        return [OrdersMoved(moved[-1].position)]
    return [OrderMoved(order_id_of(one.stream), one.position) for one in moved]
