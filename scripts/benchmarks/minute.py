"""P6: the record minute. So many orders a second for a minute, each with three actions.

Orders are offered at a fixed pace, whatever the ledger makes of it; the minute ends when the pace
says so, and whatever is late then counts. The peer is what JetStream alone does.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from statistics import median, quantiles

from msgspec import Struct
from msgspec.structs import replace

from adapters.bootstrap import Role
from adapters.messaging.contracts import ActionIn
from adapters.messaging.published_settings import KajabiGrantIn, ReceiptEmailIn, WebhookIn
from projections.attention.projection import ATTENTION
from projections.orders.projection import ORDERS
from projections.work_list.projection import WORK_LIST
from scripts.benchmarks.end_to_end import jetstream_alone, warm_up
from scripts.benchmarks.figure import Figure, figure, side_by_side
from scripts.benchmarks.pipeline import DRAIN_SECONDS_MAX, Pipeline, running_pipeline
from scripts.benchmarks.processes import Use, use_by_part
from scripts.benchmarks.servers import Bench
from scripts.benchmarks.sizes import Size
from scripts.benchmarks.stories import batch_of_stories
from scripts.feeding.publishing import Publisher

ROLES = (Role.INGRESS, Role.PROJECTIONS, Role.PROCESSORS, Role.WORKERS)
ACTIONS = (
    ActionIn(action_id="receipt", name="Receipt", level="checkout", settings=ReceiptEmailIn()),
    ActionIn(
        action_id="course",
        name="Course",
        level="product",
        line_id="1",
        settings=KajabiGrantIn(
            offer_name="Watercolours", activation_url="https://courses.example.com/activate"
        ),
    ),
    ActionIn(
        action_id="crm",
        name="CRM",
        level="checkout",
        settings=WebhookIn(url="https://crm.example.com/orders"),
    ),
)
EVENTS_PER_ORDER = 14
"""P5's five, and each action requested, started and succeeded."""
BATCHES_PER_SECOND = 20
DONE_SECONDS_TARGET = 2.0
LATENCY_P99_SECONDS_TARGET = 1.0
CPU_MICROSECONDS_TARGET = 190.0
LOOK_SECONDS = 0.02
WITHOUT = "without egress and sealer, which are not built yet, and without alerts"

STANDING = f"""
SELECT
    (SELECT count(*) FROM {ORDERS.table} WHERE status = 'completed'),
    (SELECT count(*) FROM {WORK_LIST.table}),
    (SELECT count(*) FROM {ATTENTION.table})
"""  # noqa: S608 - made of our own names only
WAITS = """
SELECT extract(
    epoch FROM done.recorded_at - (convert_from(paid.data, 'UTF8')::json #>> '{event,at}')::timestamptz
)::float8
FROM journal.events AS done
INNER JOIN journal.events AS paid USING (stream)
WHERE done.position > %s
AND done.name = 'OrderCompleted'
AND paid.name = 'PaymentReceived'
"""


class Minute(Struct, frozen=True, kw_only=True):
    """What one round found."""

    orders_per_second: float
    """From the first message until everything was done."""
    done_seconds: float
    """After the minute's end, until every row and every action was done."""
    waits: Sequence[float]
    """In seconds: from an order's payment message to its last action's recorded outcome."""
    use_by_part: Mapping[str, Use]
    """The CPU of this minute; the memory at its end."""
    events: int

    @property
    def cpu_microseconds_by_part(self) -> dict[str, float]:
        """Give the CPU of each part for each event."""
        return {n: u.cpu_seconds * 1e6 / self.events for n, u in self.use_by_part.items()}


async def record_minute(bench: Bench) -> list[Figure]:
    """Offer the record minute's orders, and see when everything was done."""
    minutes: list[Minute] = []

    async def ours() -> float:
        async with running_pipeline(bench, ROLES) as pipeline:
            minutes.append(await _minute(pipeline, bench.size))
        return minutes[-1].orders_per_second

    async def peer() -> float:
        async with running_pipeline(bench, ()) as pipeline:
            return await jetstream_alone(pipeline.client, bench.size.append_events // 40)

    pairs = await side_by_side(ours, peer, bench.size.rounds)
    return [
        _throughput(pairs, minutes, bench.size),
        _done(minutes),
        _latency(minutes),
        _cpu(minutes),
    ]


async def _minute(pipeline: Pipeline, size: Size) -> Minute:
    publisher = Publisher(pipeline.client)
    first = await warm_up(pipeline, publisher, ACTIONS)
    orders = size.seconds * size.minute_orders_per_second
    await _done_at(pipeline, first)
    head = await pipeline.parts.journal.head()
    names = {pid: str(role) for role, pid in pipeline.process_ids.items()}
    before = use_by_part(names)
    begin = time.perf_counter()
    await _publish(publisher, first, begin, size)
    end = await _done_at(pipeline, first + orders)
    after = use_by_part(names)
    return Minute(
        orders_per_second=orders / (end - begin),
        done_seconds=end - begin - size.seconds,
        waits=await _waits(pipeline, head),
        use_by_part={name: _since(before[name], use) for name, use in after.items()},
        events=orders * EVENTS_PER_ORDER,
    )


async def _publish(publisher: Publisher, first: int, begin: float, size: Size) -> None:
    for number in range(size.seconds * BATCHES_PER_SECOND):
        due = begin + number / BATCHES_PER_SECOND
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        start, stop = (
            at * size.minute_orders_per_second // BATCHES_PER_SECOND for at in (number, number + 1)
        )
        messages, _ = batch_of_stories(first + start, stop - start, ACTIONS)
        await publisher.publish(messages)


async def _done_at(pipeline: Pipeline, orders: int) -> float:
    """Wait until so many orders are shown completed, and nothing waits or asks for a look."""
    events = orders * EVENTS_PER_ORDER
    async with asyncio.timeout(DRAIN_SECONDS_MAX):
        while (  # noqa: ASYNC110 - it is other processes
            await pipeline.parts.journal.head() < events
            or await _standing(pipeline) != (orders, 0, 0)
        ):
            await asyncio.sleep(LOOK_SECONDS)
    return time.perf_counter()


async def _standing(pipeline: Pipeline) -> tuple[int, ...]:
    async with pipeline.parts.pool.connection() as connection:
        row = await (await connection.execute(STANDING)).fetchone()
    return tuple(row or ())


async def _waits(pipeline: Pipeline, after: int) -> list[float]:
    async with pipeline.parts.pool.connection() as connection:
        rows = await (await connection.execute(WAITS, (after,))).fetchall()
    return [seconds for (seconds,) in rows]


def _since(before: Use, after: Use) -> Use:
    return replace(after, cpu_seconds=after.cpu_seconds - before.cpu_seconds)


def _throughput(
    pairs: Sequence[tuple[float, float]], minutes: Sequence[Minute], size: Size
) -> Figure:
    found = figure(
        pairs,
        name="P6",
        what=(
            f"orders with three actions at {size.minute_orders_per_second} a second for"
            f" {size.seconds} s, from publisher to last action and row"
        ),
        unit="orders/s",
        peer_name="JetStream alone: publish in atomic batches, pull, acknowledge each",
        ratio_target=0,
        remarks=(WITHOUT,),
    )
    is_kept_up = all(it.done_seconds < DONE_SECONDS_TARGET for it in minutes)
    return replace(found, target="the offered pace kept up in each round", met=is_kept_up)


def _done(minutes: Sequence[Minute]) -> Figure:
    return _at_most(
        [it.done_seconds for it in minutes],
        DONE_SECONDS_TARGET,
        name="P6-done",
        what="every row and action done, after the minute's end",
        unit="s",
    )


def _latency(minutes: Sequence[Minute]) -> Figure:
    hundredths = [quantiles(it.waits, n=100) for it in minutes]
    p50 = median(each[49] for each in hundredths)
    return _at_most(
        [each[98] for each in hundredths],
        LATENCY_P99_SECONDS_TARGET,
        name="P6-latency",
        what="payment message to last action done, p99",
        unit="s",
        remarks=(f"p50 {p50:.3f} s",),
    )


def _cpu(minutes: Sequence[Minute]) -> Figure:
    last = minutes[-1]
    cpu = ", ".join(f"{n} {us:.0f}" for n, us in last.cpu_microseconds_by_part.items())
    memory = ", ".join(f"{n} {use.memory_mib:,.0f}" for n, use in last.use_by_part.items())
    return _at_most(
        [sum(it.cpu_microseconds_by_part.values()) for it in minutes],
        CPU_MICROSECONDS_TARGET,
        name="P6-cpu",
        what="CPU for each event, of all processes together",
        unit="µs",
        remarks=(f"last round, µs: {cpu}", f"resident at its end, MiB: {memory}"),
    )


def _at_most(
    values: Sequence[float],
    target: float,
    *,
    name: str,
    what: str,
    unit: str,
    remarks: tuple[str, ...] = (),
) -> Figure:
    """Compare each round with a target that its median must stay below."""
    found = figure(
        [(value, target) for value in values],
        name=name,
        what=what,
        unit=unit,
        peer_name="the target itself",
        ratio_target=0,
        remarks=remarks,
    )
    return replace(found, target=f"< {target:g} {unit}", met=found.ours < target)
