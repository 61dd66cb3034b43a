"""Many actions wait, and one destination in ten never answers; the others must not wait for it.

The work list is filled through the journal and its follower before a worker starts. The peer is
the same worker with the healthy destinations alone; both are timed until no healthy action waits.
"""

import asyncio
import time
from collections.abc import Sequence

from msgspec.structs import replace

from adapters.bootstrap import Parts, Role
from adapters.commands.recording import CommandRecorder
from adapters.running.waiting import wait_for
from adapters.running.workers import LIMITS, run_workers
from domain.configuration.settings import ActionLevel, Webhook
from domain.identifiers import ActionId, CustomerKeyId, OrderId
from domain.order.events import ActionRequested, OrderFact
from domain.order.values import PlannedAction, RunCause
from projections.work_list.projection import WORK_LIST
from scripts.benchmarks.figure import Figure, figure, side_by_side
from scripts.benchmarks.instant import instant_executors
from scripts.benchmarks.pipeline import DRAIN_SECONDS_MAX, running_pipeline
from scripts.benchmarks.servers import Bench
from scripts.benchmarks.workload import AT, nine_facts, order_appends

DESTINATIONS = tuple(f"receiver-{number}.example.com" for number in range(50))
HANGING = DESTINATIONS[::10]
HEALTHY = tuple(name for name in DESTINATIONS if name not in HANGING)
SLOWER_MAX = 1.5
"""How many times as long the healthy ones may take."""
LOOK_SECONDS = 0.02
STOP_SECONDS_MAX = 0.5
"""The hanging calls are cut off once everything is measured."""
HOOK = ActionId("hook")

HEALTHY_WAIT = f"""
SELECT EXISTS (
    SELECT
    FROM {WORK_LIST.table}
    WHERE destination = ANY(%s)
)
"""  # noqa: S608 - made of our own names only


async def hanging(bench: Bench) -> list[Figure]:
    """Carry out all that waits, with the hanging destinations and without them."""
    each = bench.size.waiting_actions // len(DESTINATIONS)

    async def ours() -> float:
        return await _healthy_per_second(bench, DESTINATIONS, each)

    async def peer() -> float:
        return await _healthy_per_second(bench, HEALTHY, each)

    pairs = await side_by_side(ours, peer, bench.size.rounds)
    waiting = each * len(DESTINATIONS)
    found = figure(
        pairs,
        name="hanging",
        what=(
            f"healthy ones of {waiting:,} waiting actions to {len(DESTINATIONS)} destinations, of"
            f" which {len(HANGING)} never answer, by one worker process"
        ),
        unit="actions/s",
        peer_name="the same without the hanging ones",
        ratio_target=1 / SLOWER_MAX,
        remarks=(f"each call is cut off after {LIMITS.call_seconds_max:g} s",),
    )
    return [replace(found, target=f"no more than {SLOWER_MAX:g} times as long: >= 0.67")]


async def _healthy_per_second(bench: Bench, destinations: Sequence[str], each: int) -> float:
    async with running_pipeline(bench, (Role.PROJECTIONS,)) as pipeline:
        parts = pipeline.parts
        await _fill(parts, destinations, each)
        stop = asyncio.Event()
        async with parts.news, asyncio.TaskGroup() as group:
            begin = time.perf_counter()
            group.create_task(_work(parts, stop))
            await _healthy_done(parts)
            elapsed = time.perf_counter() - begin
            stop.set()
    return each * len(HEALTHY) / elapsed


async def _fill(parts: Parts, destinations: Sequence[str], each: int) -> None:
    """Let so many actions to each destination wait, and be shown."""

    def facts_of(order_id: OrderId, key: CustomerKeyId, number: int) -> tuple[OrderFact, ...]:
        return _waiting(order_id, key, number, destinations[number % len(destinations)])

    async for batch in order_appends(parts.key_ring, each * len(destinations), facts_of=facts_of):
        await parts.journal.append(batch)
    head = await parts.journal.head()
    if not await wait_for(parts.pool, head, [WORK_LIST.name], timeout_seconds=DRAIN_SECONDS_MAX):
        raise TimeoutError(f"the work list did not reach {head}")


def _waiting(
    order_id: OrderId, key: CustomerKeyId, number: int, destination: str
) -> tuple[OrderFact, ...]:
    """Tell the story of an order until its webhook is asked for."""
    settings = Webhook(url=f"https://{destination}/orders")
    opened, placed, started, paid, *_ = nine_facts(order_id, key, number)
    action = PlannedAction(
        action_id=HOOK, name="Hook", level=ActionLevel.CHECKOUT, settings=settings
    )
    requested = ActionRequested(
        at=AT,
        action_id=HOOK,
        run=1,
        cause=RunCause.PAYMENT,
        key=f"{order_id}/hook/1",
        settings=settings,
        revision=0,
    )
    return (opened, replace(placed, actions=(action,)), started, paid, requested)


async def _work(parts: Parts, stop: asyncio.Event) -> None:
    await run_workers(
        pool=parts.pool,
        recorder=CommandRecorder(parts.journal.append, parts.order_store, parts.key_ring),
        orders=parts.order_store,
        executors=instant_executors(HANGING),
        news=parts.news,
        stop=stop,
        limits=replace(LIMITS, stop_seconds_max=STOP_SECONDS_MAX),
    )


async def _healthy_done(parts: Parts) -> None:
    async with asyncio.timeout(DRAIN_SECONDS_MAX), parts.pool.connection() as connection:
        waits = True
        while waits:
            await asyncio.sleep(LOOK_SECONDS)
            row = await (await connection.execute(HEALTHY_WAIT, (list(HEALTHY),))).fetchone()
            waits = row == (True,)
