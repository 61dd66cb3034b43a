"""A whole pipeline for a benchmark: a fresh ledger, its role processes and a publisher."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from uuid import UUID

from msgspec import Struct
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from adapters.bootstrap import Parts, Role, open_parts
from adapters.messaging.stream import STREAM, connect, ensure_stream
from adapters.running.waiting import wait_for
from adapters.settings import VARIABLE_BY_FIELD, Settings
from projections.orders.projection import ORDERS
from scripts.benchmarks.servers import Bench
from scripts.benchmarks.workload import SHOP

ARGUMENTS_BY_ROLE = {
    role: ("-m", "adapters.cli", "run", role) for role in Role if role is not Role.WORKERS
} | {Role.WORKERS: ("-m", "scripts.benchmarks.instant_workers")}
"""As `up` runs them, but for workers: nothing goes outside."""
POLL_SECONDS = 0.005
DRAIN_SECONDS_MAX = 300.0

IS_COMPLETED = """
SELECT true
FROM read_models.orders_v1
WHERE shop = %s
AND order_id = %s
AND status = 'completed'
"""
POSITION = """
SELECT position
FROM followers.positions
WHERE name = %s
"""
COUNT = """
SELECT count(*)
FROM read_models.orders_v1
WHERE status = 'completed'
"""


class Pipeline(Struct, frozen=True, kw_only=True):
    """What a benchmark publishes to and looks at."""

    parts: Parts
    client: Client
    process_ids: Mapping[Role, int]

    async def position(self) -> int:
        """Tell up to which position the orders table shows the journal."""
        async with self.parts.pool.connection() as connection:
            row = await (await connection.execute(POSITION, (ORDERS.name,))).fetchone()
        return row[0] if row else 0

    async def drained(self) -> int:
        """Wait until everything is visible and count the completed orders."""
        head = await self.parts.journal.head()
        if not await wait_for(
            self.parts.pool, head, [ORDERS.name], timeout_seconds=DRAIN_SECONDS_MAX
        ):
            raise TimeoutError(f"the orders table did not reach {head}")
        async with self.parts.pool.connection() as connection:
            row = await (await connection.execute(COUNT)).fetchone()
        return row[0] if row else 0

    async def completed(self, order_id: UUID) -> None:
        """Wait until an order is shown as completed."""
        async with asyncio.timeout(DRAIN_SECONDS_MAX):
            while not await self._is_completed(order_id):  # noqa: ASYNC110 - it is another process
                await asyncio.sleep(POLL_SECONDS)

    async def _is_completed(self, order_id: UUID) -> bool:
        async with self.parts.pool.connection() as connection:
            cursor = await connection.execute(IS_COMPLETED, (SHOP, order_id))
            return await cursor.fetchone() is not None


@asynccontextmanager
async def running_pipeline(bench: Bench, roles: Sequence[Role]) -> AsyncIterator[Pipeline]:
    """Run each role in a process of its own on a fresh ledger and an empty stream."""
    async with AsyncExitStack() as stack:
        settings = await stack.enter_async_context(bench.fresh_database())
        parts = await stack.enter_async_context(open_parts(settings))
        await parts.shops.add(SHOP, "Bench")
        client = await stack.enter_async_context(connect(settings.nats_url, name="bench"))
        await _empty_stream(client)
        process_ids = {
            role: await stack.enter_async_context(role_process(role, settings)) for role in roles
        }
        yield Pipeline(parts=parts, client=client, process_ids=process_ids)


async def _empty_stream(client: Client) -> None:
    with suppress(NotFoundError):
        await client.jetstream().delete_stream(STREAM)
    await ensure_stream(client)


@asynccontextmanager
async def role_process(role: Role, settings: Settings) -> AsyncIterator[int]:
    """Run a role in a process of its own until the block ends; give its id."""
    variables = {name: str(getattr(settings, field)) for field, name in VARIABLE_BY_FIELD.items()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *ARGUMENTS_BY_ROLE[role]),
        env=os.environ | variables,
        stdin=DEVNULL,
        stdout=DEVNULL,
    )
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()
