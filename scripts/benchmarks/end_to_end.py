"""P5: from the publisher to the row in the orders table, everything on this machine.

First as fast as it goes, with a bounded backlog; then at half of that, to see how fresh the table
is. The peer is what JetStream alone does with the same messages.
"""

import asyncio
import time
from collections.abc import Sequence
from statistics import median, quantiles
from uuid import UUID

from msgspec.structs import replace
from nats.aio.client import Client

from adapters.bootstrap import Role
from adapters.messaging.contracts import ActionIn
from adapters.messaging.puller import Puller
from adapters.messaging.stream import STREAM, consumer_of
from scripts.benchmarks.figure import Figure, figure, side_by_side
from scripts.benchmarks.pipeline import Pipeline, running_pipeline
from scripts.benchmarks.servers import Bench
from scripts.benchmarks.stories import MESSAGES_PER_ORDER, batch_of_stories
from scripts.feeding.publishing import Publisher

ROLES = (Role.INGRESS, Role.PROJECTIONS)
ORDERS_PER_BATCH = 250
"""1,000 messages: the largest atomic batch."""
BACKLOG_ORDERS_MAX = 5_000
EVENTS_PER_ORDER = 5
"""Opened, filled in, to a provider, paid, completed."""
ORDERS_PER_SECOND_TARGET = 2_000
FRESHNESS_P99_SECONDS_TARGET = 0.3
PACED_BATCHES_PER_SECOND = 20
PULLED_AT_ONCE = 500
WARM_UP_ORDERS = 100
WITHOUT = "without process managers and workers; egress and sealer are not built yet"


async def end_to_end(bench: Bench) -> list[Figure]:
    """Measure sustained orders a second, and freshness at half of it."""

    async def ours() -> float:
        async with running_pipeline(bench, ROLES) as pipeline:
            return await _sustained(pipeline, bench.size.seconds)

    async def peer() -> float:
        async with running_pipeline(bench, ()) as pipeline:
            return await jetstream_alone(pipeline.client, bench.size.append_events // 40)

    pairs = await side_by_side(ours, peer, bench.size.rounds)
    reached = median(of_ours for of_ours, _ in pairs)
    async with running_pipeline(bench, ROLES) as pipeline:
        p99 = await _freshness_p99(pipeline, reached / 2, bench.size.seconds)
    return [_throughput(pairs, bench.size.seconds), _freshness(p99, reached / 2)]


def _throughput(pairs: Sequence[tuple[float, float]], seconds: int) -> Figure:
    found = figure(
        pairs,
        name="P5",
        what=f"four-message orders from publisher to row, sustained {seconds} s",
        unit="orders/s",
        peer_name="JetStream alone: publish in atomic batches, pull, acknowledge each",
        ratio_target=0,
        remarks=(WITHOUT,),
    )
    return replace(
        found,
        target=f">= {ORDERS_PER_SECOND_TARGET:,} orders/s",
        met=found.ours >= ORDERS_PER_SECOND_TARGET,
    )


def _freshness(p99_seconds: float, orders_per_second: float) -> Figure:
    found = figure(
        [(p99_seconds, FRESHNESS_P99_SECONDS_TARGET)],
        name="P5-freshness",
        what=f"published to visible, p99, at {orders_per_second:,.0f} orders/s",
        unit="s",
        peer_name="the target itself",
        ratio_target=0,
        remarks=(WITHOUT,),
    )
    return replace(
        found,
        target=f"< {FRESHNESS_P99_SECONDS_TARGET} s",
        met=p99_seconds < FRESHNESS_P99_SECONDS_TARGET,
    )


async def _sustained(pipeline: Pipeline, seconds: float) -> float:
    """Publish for so long, never too far ahead of what is visible; count what became visible."""
    publisher = Publisher(pipeline.client)
    published = await warm_up(pipeline, publisher)
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds:
        if published - await pipeline.position() // EVENTS_PER_ORDER > BACKLOG_ORDERS_MAX:
            await asyncio.sleep(0.01)
            continue
        messages, last = batch_of_stories(published, ORDERS_PER_BATCH)
        await publisher.publish(messages)
        published += ORDERS_PER_BATCH
    await pipeline.completed(last)
    elapsed = time.perf_counter() - begin
    _expect(await pipeline.drained(), published)
    return (published - WARM_UP_ORDERS) / elapsed


async def _freshness_p99(pipeline: Pipeline, orders_per_second: float, seconds: int) -> float:
    """Publish at a steady pace; time the last order of each batch until it is shown completed."""
    publisher = Publisher(pipeline.client)
    orders = max(1, round(orders_per_second / PACED_BATCHES_PER_SECOND))
    clock = time.perf_counter
    first = await warm_up(pipeline, publisher)
    begin = clock()
    probes: list[asyncio.Task[float]] = []
    batches = seconds * PACED_BATCHES_PER_SECOND
    for number in range(batches):
        await asyncio.sleep(max(0.0, begin + number / PACED_BATCHES_PER_SECOND - clock()))
        messages, last = batch_of_stories(first + number * orders, orders)
        published_at = clock()
        await publisher.publish(messages)
        probes.append(asyncio.create_task(_visible_after(pipeline, last, published_at)))
    waits = await asyncio.gather(*probes)
    _expect(await pipeline.drained(), first + batches * orders)
    return quantiles(waits, n=100)[98]


async def warm_up(
    pipeline: Pipeline, publisher: Publisher, actions: Sequence[ActionIn] = ()
) -> int:
    """Wait until every role is up: an order came through. Returns how many were published."""
    messages, last = batch_of_stories(0, WARM_UP_ORDERS, actions)
    await publisher.publish(messages)
    await pipeline.completed(last)
    return WARM_UP_ORDERS


async def _visible_after(pipeline: Pipeline, order_id: UUID, published_at: float) -> float:
    await pipeline.completed(order_id)
    return time.perf_counter() - published_at


async def jetstream_alone(client: Client, orders: int) -> float:
    """Publish, pull and acknowledge the same messages without a ledger, in one process."""
    publisher = Publisher(client)
    puller = Puller(client, STREAM, consumer_of(0))
    left = 0
    begin = time.perf_counter()
    for first in range(0, orders, ORDERS_PER_BATCH):
        messages, _ = batch_of_stories(first, ORDERS_PER_BATCH)
        await publisher.publish(messages)
        left += len(messages)
    sent = left
    while left:
        pulled = await puller.batch(PULLED_AT_ONCE, 1.0)
        for message in pulled:
            await message.ack()
        left -= len(pulled)
    elapsed = time.perf_counter() - begin
    await puller.close()
    return sent / MESSAGES_PER_ORDER / elapsed


def _expect(found: int, published: int) -> None:
    if found != published:
        raise AssertionError(f"{published} orders were published, {found} are shown completed")
