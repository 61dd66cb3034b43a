"""The work list as workers see it: claim what is due, give back what was not begun.

The rule to know: a claim is a lease in one column and no promise. Whoever claimed has begun only
once ActionStarted or RefundTransferStarted is recorded; two who claim the same, after a lease or a rebuild, are told apart
by the order itself. So claims need not survive a crash, and do not wait for the disk.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from adapters.postgres.database import Pool
from domain.identifiers import StreamName, order_id_of, order_stream, shop_of
from projections.work_list.projection import WORK_LIST

CLAIM_SECONDS = 30
"""How long a claim keeps others off before the start of an attempt is recorded and followed."""

# One look into the index for each destination, in an order by chance, so that none is always last.
# Two claims never wait for each other or for the follower, and take no row twice.
CLAIM = f"""
WITH RECURSIVE destinations (destination) AS (
    (
        SELECT destination
        FROM {WORK_LIST.table}
        ORDER BY destination
        LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT w.destination
        FROM {WORK_LIST.table} AS w
        WHERE w.destination > d.destination
        ORDER BY w.destination
        LIMIT 1
    )
    FROM destinations AS d
    WHERE d.destination IS NOT NULL
), with_room AS (
    SELECT
        d.destination,
        coalesce(b.room, %(each)s) AS room
    FROM destinations AS d
    LEFT JOIN unnest(%(busy)s::text[], %(rooms)s::integer[]) AS b (destination, room)
    ON b.destination = d.destination
    WHERE d.destination IS NOT NULL
    AND coalesce(b.room, %(each)s) > 0
    ORDER BY random()
), due AS MATERIALIZED (
    SELECT
        i.shop,
        i.order_id,
        i.kind,
        i.item_id
    FROM with_room AS r
    CROSS JOIN LATERAL (
        SELECT
            shop,
            order_id,
            kind,
            item_id
        FROM {WORK_LIST.table}
        WHERE destination = r.destination
        AND available_at <= now()
        AND kind = ANY(%(kinds)s)
        ORDER BY available_at
        LIMIT r.room
        FOR UPDATE SKIP LOCKED
    ) AS i
    LIMIT %(overall)s
)
UPDATE {WORK_LIST.table} AS w
SET available_at = now() + make_interval(secs => %(claim_seconds)s)
FROM due AS d
WHERE w.shop = d.shop
AND w.order_id = d.order_id
AND w.kind = d.kind
AND w.item_id = d.item_id
AND set_config('synchronous_commit', 'off', true) IS NOT NULL
RETURNING
    w.shop,
    w.order_id,
    w.kind,
    w.item_id,
    w.destination,
    w.run,
    w.attempt,
    now() AS claimed_at
"""  # noqa: S608 - made of our own names only

PUT_OFF = f"""
WITH given AS MATERIALIZED (
    SELECT
        w.shop,
        w.order_id,
        w.kind,
        w.item_id,
        g.seconds
    FROM unnest(
        %(shops)s::text[],
        %(order_ids)s::uuid[],
        %(kinds)s::text[],
        %(item_ids)s::text[],
        %(runs)s::integer[],
        %(attempts)s::integer[],
        %(seconds)s::float8[]
    ) AS g (shop, order_id, kind, item_id, run, attempt, seconds)
    INNER JOIN {WORK_LIST.table} AS w USING (shop, order_id, kind, item_id, run, attempt)
    FOR UPDATE OF w SKIP LOCKED
)
UPDATE {WORK_LIST.table} AS w
SET available_at = coalesce(now() + make_interval(secs => g.seconds), w.due_at)
FROM given AS g
WHERE w.shop = g.shop
AND w.order_id = g.order_id
AND w.kind = g.kind
AND w.item_id = g.item_id
"""  # noqa: S608 - made of our own names only


class Room(NamedTuple):
    """How much a worker can take."""

    overall: int
    each: int
    """Of one destination, unless `by_destination` says otherwise."""
    by_destination: Mapping[str, int]
    """What is left at those that are busy."""


class Claimed(NamedTuple):
    """One attempt that nobody else takes for a while."""

    stream: StreamName
    """Its order's."""
    kind: str
    item_id: str
    """Of the action or the transfer."""
    destination: str
    run: int
    attempt: int
    claimed_at: datetime
    """By the database's clock, which also said that it is due."""


class WorkList:
    """The table of what waits. Safe to share between tasks and processes."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def claim(self, kinds: Collection[str], room: Room) -> list[Claimed]:
        """Take what is due of these kinds, the longest due of each destination first."""
        values = {
            "kinds": list(kinds),
            "overall": room.overall,
            "each": room.each,
            "busy": list(room.by_destination),
            "rooms": list(room.by_destination.values()),
            "claim_seconds": CLAIM_SECONDS,
        }
        async with self._pool.connection() as connection:
            cursor = await connection.execute(CLAIM, values)
            rows = await cursor.fetchall()
        return [Claimed(order_stream(shop, order_id), *rest) for shop, order_id, *rest in rows]

    async def release(self, items: Sequence[Claimed]) -> None:
        """Give back what was claimed and not begun; others may take it at once."""
        await self._put_off(items, [None] * len(items))

    async def put_off(self, items: Sequence[Claimed], pauses: Sequence[timedelta]) -> None:
        """Let nobody claim these for a while. Like a claim no promise, only a lease."""
        await self._put_off(items, [pause.total_seconds() for pause in pauses])

    async def _put_off(self, items: Sequence[Claimed], seconds: Sequence[float | None]) -> None:
        values = {
            "shops": [shop_of(item.stream) for item in items],
            "order_ids": [order_id_of(item.stream) for item in items],
            "kinds": [item.kind for item in items],
            "item_ids": [item.item_id for item in items],
            "runs": [item.run for item in items],
            "attempts": [item.attempt for item in items],
            "seconds": list(seconds),
        }
        async with self._pool.connection() as connection:
            await connection.execute(PUT_OFF, values)
