"""Ingress as a real process beside real servers that are killed: nothing lost, nothing twice."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.embedded.connection import Connection
from adapters.messaging.stream import STREAM, connect, consumer_of, ensure_stream
from adapters.postgres.schema import apply_schema
from tests.adapters.embedded.probing import leader, processes_of
from tests.adapters.messaging.checkout import Checkout, Sent
from tests.adapters.messaging.taken import taken
from tests.adapters.messaging.under_way import (
    assert_each_once,
    publish_surely,
    until,
    until_acknowledged,
    until_events,
)
from tests.embedded_program import EmbeddedProgram
from tests.support import Database

ORDERS = 150
KILLS = 3
NEVER = 0
REDELIVERED_SECONDS = 1.0
"""Shorter than in production, so that the test need not wait."""


@asynccontextmanager
async def ingress_program(
    database_url: str, nats_url: str, dies_at_batch: int = NEVER
) -> AsyncIterator[Process]:
    """Run ingress as a process; it is killed at the end at the latest."""
    program = ("-m", "tests.adapters.messaging.ingress_program")
    process = await asyncio.create_subprocess_exec(
        sys.executable, *program, database_url, nats_url, str(dies_at_batch)
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def checkouts(number: int) -> tuple[list[Checkout], list[Sent]]:
    opened = [Checkout() for _ in range(number)]
    return opened, [sent for checkout in opened for sent in checkout.all()]


async def test_killed_between_commit_and_acknowledgement_it_does_nothing_twice(
    database: Database, nats_url: str
) -> None:
    opened, messages = checkouts(ORDERS)
    async with taken(database.url), connect(nats_url, name="test") as client:
        await ensure_stream(client)
        jetstream = client.jetstream()
        config = (await jetstream.consumer_info(STREAM, consumer_of(0))).config
        await jetstream.add_consumer(STREAM, config.evolve(ack_wait=REDELIVERED_SECONDS))
        await publish_surely(client, messages)
        for _ in range(KILLS):
            async with ingress_program(database.url, nats_url, dies_at_batch=1) as process:
                assert await process.wait() == -signal.SIGKILL
            info = await jetstream.consumer_info(STREAM, consumer_of(0))
            assert info.num_ack_pending > 0
        async with ingress_program(database.url, nats_url):
            await until_acknowledged(client)

        await assert_each_once(database.url, opened)


async def kill(folder: Path, server: str) -> None:
    """Kill a server, once it runs (again)."""

    async def runs() -> bool:
        lines = processes_of(folder).values()
        return any(line.split("\0")[0].endswith(f"/{server}") for line in lines)

    await until(runs)
    os.kill(leader(folder, server), signal.SIGKILL)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Connection]]:
    """Servers of this module's own, which it may kill; they are started again by themselves."""
    folder = tmp_path_factory.mktemp("servers")
    program = EmbeddedProgram(folder)
    connection = program.connection()
    asyncio.run(apply_schema(connection.database_owner_url))
    yield folder, connection
    program.end()


@pytest.mark.parametrize("server", ["postgres", "nats-server"])
async def test_it_heals_when_a_server_is_killed_under_load(
    server: str, servers: tuple[Path, Connection]
) -> None:
    folder, connection = servers
    opened, messages = checkouts(ORDERS)
    database_url, nats_url = connection.database_url, connection.nats_url
    async with connect(nats_url, name="test") as client:
        async with taken(database_url) as parts:
            before = await parts.journal.head()
        await ensure_stream(client)
        async with ingress_program(database_url, nats_url), asyncio.TaskGroup() as tasks:
            tasks.create_task(publish_surely(client, messages))
            for killed in range(KILLS):
                await until_events(database_url, before + killed * len(messages) // KILLS + 1)
                await kill(folder, server)
            await until_events(database_url, before + len(messages))
            await until_acknowledged(client)

    await assert_each_once(database_url, opened)
