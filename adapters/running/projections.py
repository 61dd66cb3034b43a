"""The read models there are, and how each stands, is rebuilt and is kept running."""

import asyncio
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from adapters.postgres.database import Pool
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import KeyRing
from adapters.postgres.news import News
from adapters.postgres.query import fetch
from adapters.running.follower import BATCH_EVENTS_MAX, Follower
from adapters.running.garbage import collect_seldom
from adapters.running.positions import SetAsideListed
from adapters.running.row_consumer import RowConsumer
from projections.attention.projection import ATTENTION
from projections.orders.projection import ORDERS
from projections.query import Query
from projections.row_model import RowModel

ROW_MODELS: Mapping[str, RowModel[Any]] = {model.name: model for model in (ORDERS, ATTENTION)}
"""Every read model of one row per order, by its name."""

DEAD_AFTER_SECONDS = 10.0
"""An active runner beats every second; one that was silent for so long is given up."""
SET_ASIDE_LISTED_MAX = 1_000

STANDINGS = """
SELECT
    n.name,
    coalesce(p.position, 0) AS position,
    head.position AS head,
    coalesce(h.runner, '') AS runner,
    extract(epoch FROM clock_timestamp() - h.seen_at)::float8 AS silent_seconds,
    (
        SELECT count(*)
        FROM followers.set_aside AS s
        WHERE s.follower = n.name
    ) AS set_aside
FROM unnest(%(names)s::text[]) WITH ORDINALITY AS n (name, place)
CROSS JOIN (
    SELECT coalesce(max(position), 0) AS position
    FROM journal.events
) AS head
LEFT JOIN followers.positions AS p ON p.name = n.name
LEFT JOIN LATERAL (
    SELECT
        runner,
        seen_at
    FROM followers.heartbeats
    WHERE name = n.name
    ORDER BY seen_at DESC
    LIMIT 1
) AS h ON true
ORDER BY n.place
"""

SET_ASIDE = """
SELECT
    position,
    stream,
    reason,
    set_aside_at
FROM followers.set_aside
WHERE follower = %(name)s
ORDER BY position
LIMIT %(limit)s
"""

# The table first: so does a runner's save, and then neither waits for the other for ever.
EMPTY = "TRUNCATE {table}"
TAKE_BACK = "DELETE FROM followers.set_aside WHERE follower = %s"
RESET = "UPDATE followers.positions SET position = 0, moved_at = now() WHERE name = %s"


class State(StrEnum):
    """How a read model is kept."""

    LIVE = "live"
    CATCH_UP = "catch-up"
    STOPPED = "stopped"
    """Nobody runs it."""
    DEAD = "dead"
    """Its runner went silent without a word."""


class Standing(Struct, frozen=True, kw_only=True):
    """Where a read model is."""

    name: str
    position: int
    head: int
    """Of the journal, at the same moment."""
    runner: str
    silent_seconds: float | None
    """Since its runner last showed that it lives; None when nobody runs it."""
    set_aside: int
    """Events that it could not handle."""

    @property
    def lag(self) -> int:
        """Events that are recorded and that it has not handled."""
        return self.head - self.position

    @property
    def state(self) -> State:
        """How it is kept, in one word."""
        if self.silent_seconds is None:
            return State.STOPPED
        if self.silent_seconds > DEAD_AFTER_SECONDS:
            return State.DEAD
        return State.CATCH_UP if self.lag > BATCH_EVENTS_MAX else State.LIVE


async def run_projections(
    *,
    pool: Pool,
    journal: Journal,
    key_ring: KeyRing,
    news: News,
    stop: asyncio.Event,
    names: Collection[str] = tuple(ROW_MODELS),
) -> None:
    """Keep these read models up to date until `stop` is set; each holds one connection."""
    collect_seldom()
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(
                Follower(
                    RowConsumer(ROW_MODELS[name], journal, key_ring),
                    pool=pool,
                    journal=journal,
                    news=news,
                ).run()
            )
            for name in names
        ]
        await stop.wait()
        for task in tasks:
            task.cancel()


async def standings(pool: Pool) -> list[Standing]:
    """Say how every read model stands."""
    query = Query(sql=STANDINGS, parameters={"names": list(ROW_MODELS)}, result=Standing)
    return await fetch(pool, query)


async def list_set_aside(pool: Pool, name: str) -> list[SetAsideListed]:
    """List what a read model could not handle, the earliest first."""
    values: dict[str, object] = {"name": name, "limit": SET_ASIDE_LISTED_MAX}
    return await fetch(pool, Query(sql=SET_ASIDE, parameters=values, result=SetAsideListed))


async def rebuild(pool: Pool, model: RowModel[Any]) -> None:
    """Empty a read model and send it back to the start; its runner, once there is one, catches up.

    Meanwhile readers see a part. What was set aside is tried anew.
    """
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(EMPTY.format(table=model.table))
        await connection.execute(TAKE_BACK, (model.name,))
        await connection.execute(RESET, (model.name,))
