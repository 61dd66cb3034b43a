"""The journal for threads: an event loop of its own that runs the very same code.

The eventsourcing library is synchronous; everything else of ours is asyncio. A call waits for its
coroutine, so nothing of the journal is written twice.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import AsyncExitStack
from threading import Thread
from typing import Any, TypeVar

from adapters.master_key import MasterKey
from adapters.postgres.database import Pool, open_pool
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import KeyRing
from adapters.postgres.news import News

CONNECTIONS_MAX = 5

T = TypeVar("T")


class Bridge:
    """An open journal. Close it when done."""

    pool: Pool
    news: News
    journal: Journal
    key_ring: KeyRing

    def __init__(self, url: str, master_key: MasterKey) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="journal", daemon=True)
        self._thread.start()
        self._parts = AsyncExitStack()
        self.call(self._open(url, master_key))

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end, from any other thread."""
        return self.start(work).result()

    def start(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Begin a coroutine; cancel the answer to end it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self) -> None:
        """Close the connections and end the loop; harmless when done already."""
        if self._loop.is_closed():
            return
        self.call(self._parts.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self, url: str, master_key: MasterKey) -> None:
        pool = open_pool(url, min_size=1, max_size=CONNECTIONS_MAX)
        self.pool = await self._parts.enter_async_context(pool)
        self.news = await self._parts.enter_async_context(News(url))
        self.journal = Journal(self.pool, self.news.announce)
        self.key_ring = KeyRing(self.pool, master_key)
        await self.key_ring.check_master_key()
