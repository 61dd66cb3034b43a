"""P3: followers catching up with a whole journal, beside the library's ProjectionRunner."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial

from adapters.bootstrap import Parts
from adapters.postgres.keyring import KeyRing
from adapters.postgres.news import News
from adapters.running.projections import READ_MODELS, rebuild, run_projections
from adapters.running.waiting import wait_for
from scripts.benchmarks.figure import Figure, figure, side_by_side
from scripts.benchmarks.library import library_projections_per_second
from scripts.benchmarks.servers import Bench
from scripts.benchmarks.workload import EVENTS_PER_ORDER, order_appends

TARGET = 50
CATCH_UP_SECONDS_MAX = 900.0


async def catch_up(bench: Bench) -> list[Figure]:
    """Follow the same journal by each read model alone, then by all of them in one process."""
    every = tuple(READ_MODELS)

    figures = []
    async with bench.fresh_parts() as parts:
        await _fill(parts, bench.size.follow_events)
        for names in (*((name,) for name in every), every):
            ours = partial(_handled_per_second, parts, names)
            peer = partial(_library_handled_per_second, bench, len(names))
            figures.append(
                figure(
                    await side_by_side(ours, peer, bench.size.rounds),
                    name=f"P3-{'+'.join(names)}",
                    what=f"{' and '.join(names)} catch up with {bench.size.follow_events:,} events",
                    unit="events/s",
                    peer_name=f"the library's ProjectionRunner, {len(names)} with a row per order",
                    ratio_target=TARGET,
                )
            )
    return figures


async def _library_handled_per_second(bench: Bench, views: int) -> float:
    async with bench.fresh_database() as settings:
        return await asyncio.to_thread(
            library_projections_per_second,
            settings.database_owner_url,
            bench.size.library_follow_events,
            EVENTS_PER_ORDER,
            views,
        )


async def _fill(parts: Parts, events: int) -> None:
    async for batch in order_appends(parts.key_ring, events // EVENTS_PER_ORDER):
        await parts.journal.append(batch)


async def _handled_per_second(parts: Parts, names: Sequence[str]) -> float:
    """Rebuild these read models from nothing; each event counts once for all of them."""
    for name in READ_MODELS:
        await rebuild(parts.pool, READ_MODELS[name])
    head = await parts.journal.head()
    stop = asyncio.Event()
    async with News(parts.settings.database_url) as news:
        begin = time.perf_counter()
        running = asyncio.create_task(
            run_projections(
                pool=parts.pool,
                journal=parts.journal,
                key_ring=KeyRing(parts.pool, parts.master_key),
                news=news,
                stop=stop,
                names=names,
            )
        )
        is_there = await wait_for(parts.pool, head, names, timeout_seconds=CATCH_UP_SECONDS_MAX)
        elapsed = time.perf_counter() - begin
        stop.set()
        await running
    if not is_there:
        raise TimeoutError(f"{', '.join(names)} did not reach {head}")
    return head / elapsed
