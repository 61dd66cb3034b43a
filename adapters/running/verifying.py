"""Holds a read model against the journal: its rows must be what their orders' facts give (I3).

Works beside a runner: each portion of rows is read together with the position it stands at.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from psycopg.rows import dict_row

from adapters.postgres.database import Pool
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import KeyRing
from adapters.postgres.rows import Row
from adapters.running.folding import NOTHING, History, fold_for
from adapters.running.opening import opened
from domain.identifiers import StreamName, order_id_of, shop_of
from projections.read_model import ReadModel, StoredRow

PORTION_ORDERS = 500
DIFFERENCES_MAX = 100

ORDERING = ("position", "number")
"""Of entries; a row model has one row for each order."""

STREAMS = """
SELECT
    position,
    stream
FROM journal.events
WHERE position > %s
AND version = 1
AND stream LIKE 'order/%%'
ORDER BY position
LIMIT %s
"""

ROWS = """
SELECT
    w.stream,
    least(p.position, aside.position - 1) AS handled,
    {columns}
FROM unnest(%s::text[], %s::text[], %s::uuid[]) AS w (stream, shop, order_id)
LEFT JOIN followers.positions AS p ON p.name = %s
LEFT JOIN LATERAL (
    SELECT min(s.position) AS position
    FROM followers.set_aside AS s
    WHERE s.follower = p.name
    AND s.stream = w.stream
) AS aside ON true
LEFT JOIN {table} AS t ON t.shop = w.shop AND t.order_id = w.order_id
ORDER BY {order}
"""

STRAY = """
SELECT DISTINCT 'order/' || t.shop || '/' || t.order_id
FROM {table} AS t
WHERE NOT EXISTS (
    SELECT
    FROM journal.events AS e
    WHERE e.stream = 'order/' || t.shop || '/' || t.order_id
)
LIMIT {limit}
"""


class Difference(Struct, frozen=True, kw_only=True):
    """An order whose rows are not what its facts give."""

    stream: StreamName
    expected: tuple[StoredRow, ...]
    """One at most of a row model; the entries in their order of an entry model."""
    found: tuple[StoredRow, ...]


class Verification(Struct, frozen=True, kw_only=True):
    """What came out."""

    orders: int
    """Looked at."""
    differences: tuple[Difference, ...]
    """The first DIFFERENCES_MAX of them."""

    @property
    def is_equal(self) -> bool:
        """The read model is the fold of the journal at its position."""
        return not self.differences


class Verifier:
    """Verifies one read model."""

    def __init__(
        self, model: ReadModel[Any], *, pool: Pool, journal: Journal, key_ring: KeyRing
    ) -> None:
        self._model = model
        self._fold = fold_for(model)
        self._pool = pool
        self._journal = journal
        self._key_ring = key_ring
        columns = ", ".join(f"t.{column}" for column in model.columns)
        order = ", ".join(f"t.{column}" for column in ORDERING if column in model.columns)
        table = model.rows_from or model.table
        self._rows = ROWS.format(columns=columns, table=table, order=order)
        self._stray = STRAY.format(table=table, limit=DIFFERENCES_MAX)

    async def verify(self) -> Verification:
        """Compare every order's rows; what is set aside counts up to where it was."""
        position = orders = 0
        differences = await self._stray_rows()
        while portion := await self._portion(position):
            position = portion[-1][0]
            orders += len(portion)
            differences += await self._compare([stream for _, stream in portion])
        return Verification(orders=orders, differences=tuple(differences[:DIFFERENCES_MAX]))

    async def _stray_rows(self) -> list[Difference]:
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(self._stray)).fetchall()
        streams = [StreamName(stream) for (stream,) in rows]
        found = await self._found(streams)
        return [
            Difference(stream=stream, expected=(), found=found[stream][1]) for stream in streams
        ]

    async def _portion(self, after: int) -> list[tuple[int, StreamName]]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(STREAMS, (after, PORTION_ORDERS))).fetchall()

    async def _compare(self, streams: Sequence[StreamName]) -> list[Difference]:
        found = await self._found(streams)
        facts = await self._journal.read_streams(streams)
        seen = {
            stream: [row for row in facts[stream] if row.position <= handled]
            for stream, (handled, _) in found.items()
        }
        expected = await self._expected(seen)
        return [
            Difference(stream=stream, expected=expected.get(stream, ()), found=rows)
            for stream, (_, rows) in found.items()
            if rows != expected.get(stream, ())
        ]

    async def _expected(
        self, seen: Mapping[StreamName, Sequence[Row]]
    ) -> dict[StreamName, tuple[StoredRow, ...]]:
        rows = [row for facts in seen.values() for row in facts]
        event_of = await opened(rows, self._model.personal, self._key_ring)
        return {
            stream: tuple(self._fold(History(NOTHING, (), facts), event_of).rows)
            for stream, facts in seen.items()
            if facts
        }

    async def _found(
        self, streams: Sequence[StreamName]
    ) -> dict[StreamName, tuple[int, tuple[StoredRow, ...]]]:
        """Read the rows of each order, and up to where they were made."""
        shops = [shop_of(stream) for stream in streams]
        order_ids = [order_id_of(stream) for stream in streams]
        values = (list(streams), shops, order_ids, self._model.name)
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            columns = await (await cursor.execute(self._rows, values)).fetchall()
        found: dict[StreamName, tuple[int, tuple[StoredRow, ...]]] = {}
        for row in columns:
            stream, handled = row.pop("stream"), row.pop("handled") or 0
            _, rows = found.get(stream, (handled, ()))
            found[stream] = (handled, (*rows, *self._stored(row)))
        return found

    def _stored(self, columns: dict[str, Any]) -> tuple[StoredRow, ...]:
        """Read one line of the answer; an order without rows has one that is empty."""
        if columns["order_id"] is None:
            return ()
        return (msgspec.convert(columns, self._model.row_type),)
