"""A runner that is frozen, and not dead: the system answers for it on the network."""

import asyncio
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.adapters.postgres.given import until
from tests.adapters.running.given import MASTER_KEY, Ledger, open_ledger, running
from tests.projections.sample import samples
from tests.support import Database

IDLE_SECONDS_MAX = "1"


@asynccontextmanager
async def runner_process(url: str) -> AsyncIterator[Process]:
    command = ("-m", "tests.adapters.running.runner", url, MASTER_KEY, IDLE_SECONDS_MAX)
    process = await asyncio.create_subprocess_exec(sys.executable, *command)
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def active(ledger: Ledger) -> list[tuple[object, ...]]:
    return await ledger.fetch("SELECT runner FROM followers.heartbeats WHERE name = 'orders'")


async def test_a_frozen_runner_is_relieved_and_does_no_harm_when_it_wakes_up(
    database: Database,
) -> None:
    async with open_ledger(database.url) as ledger, runner_process(database.url) as frozen:
        await ledger.record(samples(9))
        await ledger.caught_up("orders")
        first = await active(ledger)
        frozen.send_signal(signal.SIGSTOP)
        async with running(ledger.follower("orders")):
            await ledger.record(samples(9, seed=2))
            await ledger.caught_up("orders")
            assert await active(ledger) != first
            frozen.send_signal(signal.SIGCONT)
            await ledger.record(samples(9, seed=3))
            await ledger.caught_up("orders")
        await ledger.record(samples(9, seed=4))
        await ledger.caught_up("orders")
        await until(lambda: active(ledger), first)
        verification = await ledger.verify("orders")
    assert (verification.differences, verification.orders) == ((), 36)
