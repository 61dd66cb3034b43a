"""Messages on their way: published over any outage, waited for, counted. No time is asserted."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import nats.errors
from nats.aio.client import Client
from psycopg import AsyncConnection, OperationalError

from adapters.messaging.ingress import run_ingress
from adapters.messaging.intake import Intake
from adapters.messaging.stream import STREAM, consumer_of
from tests.adapters.messaging.checkout import Checkout, Sent

POLL_SECONDS = 0.02
AT_ONCE = 50
"""Messages published side by side."""

EVENTS = """
SELECT
    stream,
    array_agg(name ORDER BY version),
    array_agg(version ORDER BY version)
FROM journal.events
GROUP BY stream
"""
POSITIONS = """
SELECT
    count(*),
    coalesce(max(position), 0)
FROM journal.events
"""


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition; the test's own limit ends it."""
    while not await is_so():  # noqa: ASYNC110 - servers tell nobody
        await asyncio.sleep(POLL_SECONDS)


async def publish_surely(client: Client, messages: Sequence[Sent]) -> None:
    """Publish until the stream has each, under the same ids however often."""
    for first in range(0, len(messages), AT_ONCE):
        some = messages[first : first + AT_ONCE]
        await asyncio.gather(*(_publish_surely(client, sent) for sent in some))


async def _publish_surely(client: Client, sent: Sent) -> None:
    headers = {"Nats-Msg-Id": sent.message_id}
    while True:
        try:
            await client.jetstream().publish(sent.subject, sent.body, headers=headers, timeout=1)
        except (nats.errors.Error, TimeoutError):
            await asyncio.sleep(POLL_SECONDS)
        else:
            return


async def count_events(database_url: str) -> int:
    """Count the facts, over whatever outage."""
    while True:
        try:
            async with await AsyncConnection.connect(database_url) as connection:
                row = await (await connection.execute(POSITIONS)).fetchone()
        except OperationalError:
            await asyncio.sleep(POLL_SECONDS)
        else:
            return int(row[0]) if row else 0


async def until_events(database_url: str, number: int) -> None:
    """Wait until there are so many facts."""

    async def are_there() -> bool:
        return await count_events(database_url) >= number

    await until(are_there)


async def until_acknowledged(client: Client, partition: int = 0) -> None:
    """Wait until nothing of a partition is left to deliver or to acknowledge."""

    async def is_acknowledged() -> bool:
        try:
            info = await client.jetstream().consumer_info(STREAM, consumer_of(partition))
        except (nats.errors.Error, TimeoutError):
            return False
        return (info.num_pending, info.num_ack_pending) == (0, 0)

    await until(is_acknowledged)


async def assert_each_once(database_url: str, checkouts: Sequence[Checkout]) -> None:
    """Nothing lost, nothing twice: the four facts of each order, gapless."""
    async with await AsyncConnection.connect(database_url) as connection:
        rows = await (await connection.execute(EVENTS)).fetchall()
        position = await (await connection.execute(POSITIONS)).fetchone()
        held = await (await connection.execute("SELECT count(*) FROM messages.held")).fetchone()
    four = ["OrderPlaced", "OrderStarted", "PaymentReceived", "PaymentStarted"]
    found = {stream: (sorted(names), versions) for stream, names, versions in rows}
    assert [found[checkout.stream] for checkout in checkouts] == [(four, [1, 2, 3, 4])] * len(
        checkouts
    )
    assert position is not None
    assert position == (4 * len(found), 4 * len(found))
    assert held == (0,)


@asynccontextmanager
async def running_ingress(
    client: Client, database_url: str, intake: Intake, partitions: int = 1
) -> AsyncIterator[None]:
    """Run the role beside a test; an error of its ends the test."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(
            run_ingress(
                client=client,
                database_url=database_url,
                intake=intake,
                stop=stop,
                partitions=partitions,
            )
        )
        yield
        stop.set()
