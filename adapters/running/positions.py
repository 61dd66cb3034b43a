"""Where followers stand: positions, heartbeats, and what was set aside.

A follower's position moves by compare-and-swap from where its batch was read, in the statement
that writes what the batch led to (`saving` for read models, `journal.append` for reactions);
nothing else moves it but a rebuild.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct

from adapters.postgres.news import Connection
from domain.identifiers import StreamName

BEGIN = """
INSERT INTO followers.positions (name, position, moved_at)
VALUES (%s, 0, now())
ON CONFLICT (name) DO NOTHING
"""

READ_POSITION = """
SELECT position
FROM followers.positions
WHERE name = %s
"""

READ_SET_ASIDE = """
SELECT DISTINCT ON (stream)
    stream,
    position
FROM followers.set_aside
WHERE follower = %s
ORDER BY
    stream,
    position
"""

TAKE_OVER = """
DELETE FROM followers.heartbeats
WHERE name = %s
"""

BEAT = """
INSERT INTO followers.heartbeats (name, runner, position, seen_at)
VALUES (%s, %s, %s, clock_timestamp())
ON CONFLICT (name, runner) DO UPDATE
SET
    position = excluded.position,
    seen_at = excluded.seen_at
RETURNING (
    SELECT p.position
    FROM followers.positions AS p
    WHERE p.name = heartbeats.name
)
"""

LEAVE = """
DELETE FROM followers.heartbeats
WHERE name = %s
AND runner = %s
"""


class SetAside(Struct, frozen=True, kw_only=True):
    """An event that a follower could not handle, or one behind such an event in its stream."""

    position: int
    stream: StreamName
    reason: str


class SetAsideListed(SetAside, frozen=True, kw_only=True):
    """The same, with when it was found."""

    set_aside_at: datetime


class Place:
    """The active runner's place in the world, on the connection of its lease."""

    def __init__(self, connection: Connection, name: str, runner: str) -> None:
        self._connection = connection
        self._name = name
        self._runner = runner

    async def begin(self) -> None:
        """Follow from the start if nobody did so far, else from where the last runner was."""
        await self._connection.execute(BEGIN, (self._name,))
        await self._connection.execute(TAKE_OVER, (self._name,))

    async def leave(self) -> None:
        """Say that nobody runs it from now on."""
        await self._connection.execute(LEAVE, (self._name, self._runner))

    async def position(self) -> int:
        """Read up to where the follower has handled the journal."""
        position: int = await self._value(READ_POSITION, self._name)
        return position

    async def set_aside(self) -> dict[StreamName, int]:
        """Read which streams are set aside, each with the first position that was."""
        cursor = await self._connection.execute(READ_SET_ASIDE, (self._name,))
        return dict(await cursor.fetchall())

    async def beat(self, position: int) -> int:
        """Say that this runner is alive; return the stored position."""
        stored: int = await self._value(BEAT, self._name, self._runner, position)
        return stored

    async def _value(self, sql: str, *values: object) -> Any:
        row = await (await self._connection.execute(sql, values)).fetchone()
        assert row is not None
        return row[0]
