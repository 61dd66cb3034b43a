"""P2: concurrent commands, each on its own order, beside the library's `save()`."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from adapters.bootstrap import Parts
from adapters.postgres.codec import encode
from adapters.postgres.order_store import LoadedOrder
from adapters.postgres.rows import Append
from domain.identifiers import StreamName
from domain.order.commands.lifecycle import AddNote
from domain.order.decide import OrderWish, decide
from domain.order.events import NoteAdded
from domain.order.evolve import evolve
from processors.command_handler import Decider, decide_in_turn
from scripts.benchmarks.figure import Figure, figure, side_by_side
from scripts.benchmarks.library import library_commands_per_second
from scripts.benchmarks.servers import Bench
from scripts.benchmarks.workload import AT, EVENTS_PER_ORDER, METADATA, order_appends

CALLERS = 64
COMMANDS_TARGET = 8
APPENDS_TARGET = 20
PEER_NAME = "the eventsourcing library's save() on its own PostgreSQL module, 64 threads"
NOTE = NoteAdded(at=AT, by="bench", command_id="bench")
ORDERS = Decider(decide, evolve)
Work = Callable[[Parts, StreamName, int], Awaitable[None]]


async def concurrent_commands(bench: Bench) -> list[Figure]:
    """Run 64 callers: load, decide and append; then appends alone."""

    async def commands() -> float:
        return await _per_second(bench, _command)

    async def appends() -> float:
        return await _per_second(bench, _append)

    async def peer() -> float:
        async with bench.fresh_database() as settings:
            return await asyncio.to_thread(
                library_commands_per_second,
                settings.database_owner_url,
                CALLERS,
                bench.size.library_commands,
            )

    return [
        figure(
            await side_by_side(commands, peer, bench.size.rounds),
            name="P2",
            what=f"{CALLERS} callers load, decide and append, each on its own order",
            unit="commands/s",
            peer_name=PEER_NAME,
            ratio_target=COMMANDS_TARGET,
        ),
        figure(
            await side_by_side(appends, peer, bench.size.rounds),
            name="P2-appends",
            what=f"{CALLERS} callers append one event, each to its own order",
            unit="appends/s",
            peer_name=PEER_NAME,
            ratio_target=APPENDS_TARGET,
        ),
    ]


async def _per_second(bench: Bench, work: Work) -> float:
    each = bench.size.commands // CALLERS
    async with bench.fresh_parts() as parts:
        streams = []
        async for batch in order_appends(parts.key_ring, CALLERS):
            await parts.journal.append(batch)
            streams += [append.stream for append in batch]

        async def caller(stream: StreamName) -> None:
            for number in range(each):
                await work(parts, stream, number)

        begin = time.perf_counter()
        await asyncio.gather(*map(caller, streams))
        return each * CALLERS / (time.perf_counter() - begin)


async def _command(parts: Parts, stream: StreamName, number: int) -> None:
    loaded = (await parts.order_store.load([stream]))[stream]
    now = datetime.now(UTC)
    command: OrderWish = AddNote(now=now, command_id=str(number), by="bench", text="called")
    turn = decide_in_turn(ORDERS, loaded.order, [command], now)
    facts = [fact for accepted in turn.accepted for fact in accepted.facts]
    rows = [encode(fact, METADATA, parts.key_ring, loaded.order.customer_key) for fact in facts]
    await parts.writer.append(
        Append(stream=stream, expected_version=loaded.version, rows=tuple(rows))
    )
    parts.order_store.remember(stream, LoadedOrder(loaded.version + len(rows), turn.state))


async def _append(parts: Parts, stream: StreamName, number: int) -> None:
    row = encode(NOTE, METADATA, parts.key_ring, None)
    version = EVENTS_PER_ORDER + number
    await parts.writer.append(Append(stream=stream, expected_version=version, rows=(row,)))
