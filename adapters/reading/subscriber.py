"""One who looks at one shop, and what is told: a queue between the feed and an open stream.

The rule to know: who is too slow for a full queue hears what is in it and then the end.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import TypeAlias
from uuid import UUID

from msgspec import Struct

from domain.identifiers import ShopId

QUEUE_EVENTS_MAX = 256
HEARTBEAT_SECONDS = 15.0
STREAM_SECONDS_MAX = 900.0
"""Then a browser comes again by itself, perhaps to another process."""


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


class Subscriber:
    """One who looks at one shop."""

    def __init__(self, shop: ShopId, key_id: str = "") -> None:
        self.shop = shop
        self.key_id = key_id
        """By which key it was let in; empty where that is not asked."""
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
