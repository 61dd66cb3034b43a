"""The journal: append and read events as bytes, in batches, on asyncio.

After an unknown outcome the identical append is sent again; whether it stands is never guessed
from a read, because the cut connection's backend may still commit a moment later.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from psycopg import AsyncCursor, DataError
from psycopg.errors import Error, ProgramLimitExceeded
from psycopg_pool import PoolTimeout

from adapters.postgres.append_statement import APPEND, answers, parameters
from adapters.postgres.database import Pool
from adapters.postgres.errors import (
    SERVER_AWAY,
    Fenced,
    JournalUnavailable,
    NotStorable,
    OutcomeUnknown,
)
from adapters.postgres.rows import Append, Appended, AppendStatus, Move, Row
from domain.identifiers import StreamName

RESEND_WAITS_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)

READ = """
SELECT
    position,
    stream,
    version,
    name,
    event_id,
    recorded_at,
    data
FROM journal.events
WHERE position > %b
ORDER BY position
LIMIT %b
"""

# Positions have no gaps, hence the last of the next so many is known.
READ_NAMED = """
SELECT
    position,
    stream,
    version,
    name,
    event_id,
    recorded_at,
    data
FROM (
    SELECT
        position,
        stream,
        version,
        name,
        event_id,
        recorded_at,
        data
    FROM journal.events
    WHERE position > %(after)b
    ORDER BY position
    LIMIT %(limit)b
) AS e
WHERE name = ANY(%(names)b)
OR position = (
    SELECT least(max(position), %(last)b)
    FROM journal.events
)
ORDER BY position
"""

READ_STREAM = """
SELECT
    position,
    stream,
    version,
    name,
    event_id,
    recorded_at,
    data
FROM journal.events
WHERE stream = %b::text
AND version > %b
AND version <= %b
ORDER BY version
"""

# The inner ORDER BY keeps the planner to one walk of the index for each stream.
READ_STREAMS = """
SELECT
    e.position,
    e.stream,
    e.version,
    e.name,
    e.event_id,
    e.recorded_at,
    e.data
FROM unnest(%b::text[], %b::bigint[]) AS wanted (stream, after_version)
CROSS JOIN LATERAL (
    SELECT
        position,
        stream,
        version,
        name,
        event_id,
        recorded_at,
        data
    FROM journal.events
    WHERE stream = wanted.stream
    AND version > wanted.after_version
    ORDER BY version
) AS e
"""

HEAD = """
SELECT coalesce(max(position), 0)
FROM journal.events
"""

# The lock of journal.append itself, and as patient.
BE_PATIENT = "SET LOCAL lock_timeout = '5s'"
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('journal', 0))"

VERSION_MAX = 2**63 - 1


class Journal:
    """The only truth, append-only. Safe to share between tasks."""

    def __init__(self, pool: Pool, announce: Callable[[], None] = lambda: None) -> None:
        """Take connections from `pool`; call `announce` (see `News`) after each append."""
        self._pool = pool
        self._announce = announce

    async def append(self, appends: Sequence[Append], move: Move | None = None) -> list[Appended]:
        """Append all that fits, each stream by itself; answer in the order of the requests.

        With `move`, the follower's position moves in the same statement, if all were appended.
        Nothing was recorded after Fenced, JournalUnavailable, NotStorable; OutcomeUnknown says
        that nobody can tell. ValueError: a stream or an inbox entry stands in two of the requests.
        """
        return await self._append(parameters(appends, move), move)

    async def append_together(
        self, appends: Sequence[Append], move: Move | None = None
    ) -> list[Appended]:
        """Append to all of the streams or to none: then no answer says APPENDED."""
        return await self._append(parameters(appends, move, is_atomic=True), move)

    async def append_alone(
        self, stream: StreamName, decide: Callable[[Sequence[Row]], Append]
    ) -> None:
        """Append what `decide` makes of a stream while nobody else can append anything.

        For a stream that others are always quicker with; everybody waits meanwhile. Nothing is
        sent again: after an error nobody can tell, and the driver's own is raised.
        """
        async with self._pool.connection() as connection:
            async with connection.transaction():
                await connection.execute(BE_PATIENT)
                await connection.execute(LOCK)
                cursor = AsyncCursor(connection, row_factory=_row_factory)
                await cursor.execute(READ_STREAM, (stream, 0, VERSION_MAX), binary=True)
                values = parameters([decide(await cursor.fetchall())], None)
                row = await (await connection.execute(APPEND, values, binary=True)).fetchone()
            assert row is not None
            assert answers(row)[0].status is AppendStatus.APPENDED
        self._announce()

    async def read(self, after: int, limit: int, names: Collection[str] | None = None) -> list[Row]:
        """Read the next `limit` events of the whole journal, in order.

        With `names` only those of them, and the last in any case: it says how far that was.
        """
        if names is None:
            return await self._rows(READ, (after, limit))
        last = after + limit
        values = {"after": after, "limit": limit, "names": list(names), "last": last}
        return await self._rows(READ_NAMED, values)

    async def read_stream(
        self, stream: StreamName, after_version: int = 0, to_version: int | None = None
    ) -> list[Row]:
        """Read one stream, in order."""
        last = VERSION_MAX if to_version is None else to_version
        return await self._rows(READ_STREAM, (stream, after_version, last))

    async def read_streams(
        self, streams: Sequence[StreamName], after: Mapping[StreamName, int] | None = None
    ) -> dict[StreamName, list[Row]]:
        """Read several streams at once, each after its version in `after` or whole."""
        versions = after or {}
        wanted = (list(streams), [versions.get(stream, 0) for stream in streams])
        rows_by_stream: dict[StreamName, list[Row]] = {stream: [] for stream in streams}
        for row in await self._rows(READ_STREAMS, wanted):
            rows_by_stream[row.stream].append(row)
        return rows_by_stream

    async def head(self) -> int:
        """Return the last position, 0 while the journal is empty."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(HEAD, binary=True)).fetchall()
        return int(rows[0][0])

    async def _append(self, values: tuple[Any, ...], move: Move | None) -> list[Appended]:
        row = await self._send(values)
        self._announce()
        if row[0]:
            raise Fenced(f"{move} was read from another position")
        return answers(row)

    async def _rows(self, query: str, values: tuple[Any, ...] | dict[str, Any]) -> list[Row]:
        async with self._pool.connection() as connection:
            cursor = AsyncCursor(connection, row_factory=_row_factory)
            await cursor.execute(query, values, binary=True)
            return await cursor.fetchall()

    async def _send(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        is_unknown = False
        for wait_seconds in RESEND_WAITS_SECONDS:
            try:
                return await self._execute(values)
            except (DataError, ProgramLimitExceeded, UnicodeEncodeError) as problem:
                raise NotStorable(str(problem)) from problem
            except SERVER_AWAY as problem:
                is_unknown = is_unknown or not _is_surely_unrecorded(problem)
                if not is_unknown:
                    raise JournalUnavailable(str(problem)) from problem
            await asyncio.sleep(wait_seconds)
            await self._pool.check()
        raise OutcomeUnknown(f"sent {len(RESEND_WAITS_SECONDS)} times without an answer")

    async def _execute(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(APPEND, values, binary=True)).fetchall()
        return rows[0]


def _row_factory(_: object) -> Any:
    return Row._make


def _is_surely_unrecorded(problem: Error) -> bool:
    """No connection was to be had, or the server itself reported that it undid the statement."""
    return isinstance(problem, PoolTimeout) or problem.diag.severity_nonlocalized == "ERROR"
