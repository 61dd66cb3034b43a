"""Two runners of a process manager, killed again and again while others write the same orders."""

import asyncio
import random
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.postgres.errors import StillConflicting
from adapters.running.standings import list_set_aside
from domain.identifiers import StreamName
from tests.adapters.postgres.given import until
from tests.adapters.running.given import MASTER_KEY
from tests.adapters.running.reacting import Orders, open_orders
from tests.support import Database

ORDERS = 40
NOTES_MIN = 400
NOTES_AT_ONCE = 8
KILLS_EACH = 3
DEATH_CHANCE = 0.1
SIZES = (25, 60)
"""Of batches: the twins read to different positions."""


@asynccontextmanager
async def twin(url: str, size: int, death_chance: float) -> AsyncIterator[Process]:
    command = ("-m", "tests.adapters.running.reactor_program", url, MASTER_KEY)
    values = (f"twin {size}", str(size), str(death_chance))
    process = await asyncio.create_subprocess_exec(sys.executable, *command, *values)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def die_often(url: str, size: int) -> None:
    for _ in range(KILLS_EACH):
        async with twin(url, size, DEATH_CHANCE) as process:
            assert await process.wait() == -signal.SIGKILL


async def write(
    orders: Orders, streams: list[StreamName], deaths: asyncio.Future[list[None]]
) -> None:
    """Write notes about the same orders, as long as there are deaths, and so many at least."""
    chance = random.Random(5)
    written = 0
    while written < NOTES_MIN or not deaths.done():
        await asyncio.gather(*(note(orders, one) for one in chance.sample(streams, NOTES_AT_ONCE)))
        written += NOTES_AT_ONCE


async def note(orders: Orders, stream: StreamName) -> None:
    try:
        await orders.note(stream)
    except StillConflicting:
        await note(orders, stream)


async def test_each_trigger_is_reacted_to_exactly_once(database: Database) -> None:
    async with open_orders(database.url) as orders:
        streams = await orders.placed(count=ORDERS)
        deaths = asyncio.gather(*(die_often(database.url, size) for size in SIZES))
        await write(orders, streams, deaths)
        await deaths
        triggers = await orders.triggers()

        async def handled() -> tuple[int, int]:
            aside = await list_set_aside(orders.ledger.pool, "echo")
            return len(await orders.reactions()), len(aside)

        async with twin(database.url, SIZES[0], 0), twin(database.url, SIZES[1], 0):
            await until(handled, (len(triggers), 0))
            await orders.ledger.caught_up("echo")
        assert len(triggers) >= NOTES_MIN
        assert await orders.reactions() == dict.fromkeys(triggers, 1)
