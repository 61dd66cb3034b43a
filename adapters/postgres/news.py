"""Tells every process that the journal has news, on connections of its own.

An announcement goes out at once, the next ones at most every `PAUSE_SECONDS`. It may be lost with
a connection, so whoever waits also looks by itself from time to time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import structlog
from psycopg import AsyncConnection, OperationalError

from adapters.postgres.database import CONNECTION_OPTIONS

PAUSE_SECONDS = 0.025
RECONNECT_SECONDS = 0.5

LISTEN = "LISTEN journal_news"
NOTIFY = "NOTIFY journal_news"

Connection = AsyncConnection[tuple[Any, ...]]

logger = structlog.get_logger()


class News:
    """One per process; use as an async context manager."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._announced = asyncio.Event()
        self._next = asyncio.Event()
        self.heard = 0
        """How often there was news. Read it before the journal, then wait for it to change."""

    async def __aenter__(self) -> Self:
        self._tasks = [
            asyncio.create_task(self._keep_connected(self._tell)),
            asyncio.create_task(self._keep_connected(self._listen)),
        ]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def announce(self) -> None:
        """Tell everybody that something was appended; never waits."""
        self._announced.set()

    async def wait(self, timeout_seconds: float, since: int | None = None) -> None:
        """Wait for news after `since` (a value of `heard`), by default from now on."""
        if since is not None and since != self.heard:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await self._next.wait()

    async def _keep_connected(self, work: Callable[[Connection], Awaitable[None]]) -> None:
        while True:
            try:
                connection = await AsyncConnection.connect(self._url, **CONNECTION_OPTIONS)
                async with connection:
                    await work(connection)
            except OperationalError as problem:
                logger.warning("news reconnects", problem=str(problem))
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _tell(self, connection: Connection) -> None:
        while True:
            await self._announced.wait()
            await connection.execute(NOTIFY)
            self._announced.clear()
            await asyncio.sleep(PAUSE_SECONDS)

    async def _listen(self, connection: Connection) -> None:
        await connection.execute(LISTEN)
        self._hear()  # what was told while nobody listened
        async for _ in connection.notifies():
            self._hear()

    def _hear(self) -> None:
        self.heard += 1
        self._next.set()
        self._next = asyncio.Event()
