"""What came from the checkout and what became of it: list, show, replay, for people and programs.

The rule to know: a body holds personal data; `body_of` is for those with the right to see it, and
who has that is the caller's to check. Everything here is limited to the shops that it is given.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct, convert, structs
from psycopg import AsyncCursor
from psycopg.rows import dict_row

from adapters.messaging.held import Held
from adapters.messaging.intake import Intake
from adapters.messaging.verdicts import Outcome
from adapters.postgres.database import Pool
from domain.identifiers import OrderId, ShopId, StreamName, order_stream

PAGE_MAX = 1_000
LOOK_AFTER = timedelta(minutes=10)
"""A message that waits longer than this needs a look: its fact should have come."""

HELD = """
SELECT
    held_id,
    shop,
    message_id,
    outcome,
    code,
    reason,
    type,
    stream,
    received_at,
    last_seen_at,
    times_seen,
    body_bytes,
    outcome = 'parked' AND received_at < now() - %(look_after)s AS needs_look,
    '{}'::text[] AS facts
FROM messages.held
WHERE (%(shops)s::text[] IS NULL OR shop = ANY (%(shops)s))
AND (%(outcome)s::text IS NULL OR outcome = %(outcome)s)
AND (%(topic)s::text IS NULL OR split_part(stream, '/', 3) = %(topic)s)
AND (%(message_id)s::text IS NULL OR message_id = %(message_id)s)
ORDER BY needs_look DESC, held_id DESC
LIMIT %(limit)s
"""

# An idempotency key of a person's request stands behind a control character, before the space.
APPLIED = """
WITH newest AS (
    SELECT i.*
    FROM unnest(%(shops)s::text[]) AS asked (shop)
    CROSS JOIN LATERAL (
        SELECT
            i.shop,
            i.message_id,
            i.stream,
            i.recorded_at,
            d.last_seen_at,
            d.times_seen
        FROM journal.inbox AS i
        LEFT JOIN messages.duplicates AS d USING (shop, message_id)
        WHERE i.shop = asked.shop
        AND i.message_id >= ' '
        AND (%(message_ids)s::text[] IS NULL OR i.message_id = ANY (%(message_ids)s))
        AND (%(outcome)s::text IS DISTINCT FROM 'duplicate' OR d.times_seen IS NOT NULL)
        ORDER BY i.recorded_at DESC, i.message_id
        LIMIT %(limit)s
    ) AS i
), caused AS (
    SELECT
        e.stream,
        convert_from(e.data, 'UTF8')::jsonb -> 'metadata' ->> 'command_id' AS message_id,
        array_agg(e.name ORDER BY e.position) AS facts,
        max(e.position) AS position
    FROM (SELECT DISTINCT stream, recorded_at FROM newest) AS n
    JOIN journal.events AS e USING (stream, recorded_at)
    GROUP BY 1, 2
)
SELECT
    0 AS held_id,
    n.shop,
    n.message_id,
    'applied' AS outcome,
    '' AS code,
    '' AS reason,
    '' AS type,
    n.stream,
    n.recorded_at AS received_at,
    coalesce(n.last_seen_at, n.recorded_at) AS last_seen_at,
    coalesce(n.times_seen, 0) + 1 AS times_seen,
    0 AS body_bytes,
    false AS needs_look,
    coalesce(c.facts, '{}') AS facts
FROM newest AS n
LEFT JOIN caused AS c USING (stream, message_id)
ORDER BY n.recorded_at DESC, c.position DESC NULLS LAST, n.message_id
LIMIT %(limit)s
"""

CAUSES = """
SELECT DISTINCT convert_from(data, 'UTF8')::jsonb -> 'metadata' ->> 'command_id'
FROM journal.events
WHERE stream = ANY (%(streams)s)
"""

SHOPS = """
SELECT shop
FROM access.shops
"""


class MessageRow(Struct, frozen=True, kw_only=True):
    """One message and what became of it."""

    held_id: int
    """Names it for showing its body and for replaying; 0 once the journal knows it."""
    shop: ShopId
    message_id: str
    outcome: Outcome
    code: str
    reason: str
    type: str
    stream: StreamName
    received_at: datetime
    last_seen_at: datetime
    times_seen: int
    body_bytes: int
    needs_look: bool
    facts: tuple[str, ...]
    """Names of the events that it caused; none where all was so already."""


class MessageFilter(Struct, frozen=True, kw_only=True):
    """Which messages to list. `shops` None: of all shops.

    With `order_id`: those held for the order, and those that caused its facts.
    """

    shops: tuple[ShopId, ...] | None
    outcome: Outcome | None = None
    order_id: UUID | None = None
    limit: int = 100


class Messages:
    """Questions about messages, and their replay."""

    def __init__(self, pool: Pool, held: Held, intake: Intake) -> None:
        self._pool = pool
        self._held = held
        self._intake = intake

    async def find(self, wanted: MessageFilter) -> list[MessageRow]:
        """List what waits or is stuck first, then what was applied lately, the newest first."""
        limit = min(wanted.limit, PAGE_MAX)
        rows: list[MessageRow] = []
        if wanted.outcome is None or not wanted.outcome.has_ended_well:
            rows += await self._rows(HELD, _held_values(wanted, limit))
        if (wanted.outcome is None or wanted.outcome.has_ended_well) and len(rows) < limit:
            rows += await self._rows(APPLIED, await self._applied_values(wanted, limit - len(rows)))
        return rows

    async def show(self, shops: Collection[ShopId], message_id: str) -> list[MessageRow]:
        """Give all that is known of one id; several rows if it came with different content."""
        wanted = MessageFilter(shops=tuple(shops))
        values = _held_values(wanted, PAGE_MAX) | {"message_id": message_id}
        known = await self._rows(APPLIED, values | {"message_ids": [message_id]})
        return known + await self._rows(HELD, values)

    async def body_of(self, row: MessageRow) -> bytes:
        """Open the body of a held message; the start of it where it was too large to keep."""
        return await self._held.body_of(row.held_id)

    async def replay(self, rows: Sequence[MessageRow]) -> list[MessageRow]:
        """Put held messages through again, after a fix; says what became of each.

        One that was too large to keep whole cannot be replayed, and is not among the answers.
        """
        verdicts = await self._intake.take_again([row.held_id for row in rows if row.held_id])
        verdict_by_id = {verdict.arrival.held_id: verdict for verdict in verdicts}
        return [
            structs.replace(row, outcome=verdict.outcome, code=verdict.code, reason=verdict.reason)
            for row in rows
            if (verdict := verdict_by_id.get(row.held_id))
        ]

    async def _applied_values(self, wanted: MessageFilter, limit: int) -> dict[str, Any]:
        shops = await self._all_shops() if wanted.shops is None else list(wanted.shops)
        message_ids = None
        if wanted.order_id is not None:
            order_id = OrderId(wanted.order_id)
            message_ids = await self._causes([order_stream(shop, order_id) for shop in shops])
        return {
            "shops": shops,
            "message_ids": message_ids,
            "outcome": wanted.outcome,
            "limit": limit,
        }

    async def _causes(self, streams: list[StreamName]) -> list[str]:
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(CAUSES, {"streams": streams})).fetchall()
        return [message_id for (message_id,) in rows]

    async def _all_shops(self) -> list[ShopId]:
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(SHOPS)).fetchall()
        return [shop for (shop,) in rows]

    async def _rows(self, query: str, values: dict[str, Any]) -> list[MessageRow]:
        async with self._pool.connection() as connection:
            cursor = AsyncCursor(connection, row_factory=dict_row)
            await cursor.execute(query, values)
            return [convert(row, MessageRow) for row in await cursor.fetchall()]


def _held_values(wanted: MessageFilter, limit: int) -> dict[str, Any]:
    return {
        "shops": _shops(wanted),
        "outcome": wanted.outcome,
        "topic": None if wanted.order_id is None else str(wanted.order_id),
        "message_id": None,
        "look_after": LOOK_AFTER,
        "limit": limit,
    }


def _shops(wanted: MessageFilter) -> list[ShopId] | None:
    return None if wanted.shops is None else list(wanted.shops)
