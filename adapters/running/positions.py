"""Where followers stand: positions, heartbeats, and what was set aside.

A follower's position moves by compare-and-swap from where its batch was read, in the statement
that writes what the batch led to (`saving` for read models, `journal.append` for reactions).
Beside that it is only ever set back: by a rebuild, by the schema when a read model's own changes, and
for a process manager by a retry of what it set aside.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from adapters.postgres.news import Connection
from domain.identifiers import StreamName

START_AT_BEGINNING = """
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

# Who was fenced meanwhile may find the same once more.
PUT_ASIDE = """
INSERT INTO followers.set_aside (follower, position, stream, reason, set_aside_at)
SELECT
    %s,
    position,
    stream,
    reason,
    now()
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS found (position, stream, reason)
ON CONFLICT (follower, position) DO NOTHING
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


class NoPosition(Exception):
    """A follower that must not begin by itself was never given a position."""


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
        """Be the one who runs it."""
        await self._connection.execute(TAKE_OVER, (self._name,))

    async def start_at_beginning(self) -> None:
        """Follow from the journal's first event if nobody did so far."""
        await self._connection.execute(START_AT_BEGINNING, (self._name,))

    async def leave(self) -> None:
        """Say that nobody runs it from now on."""
        await self._connection.execute(LEAVE, (self._name, self._runner))

    async def position(self) -> int:
        """Read up to where the follower has handled the journal; NoPosition if that is nowhere."""
        cursor = await self._connection.execute(READ_POSITION, (self._name,))
        row = await cursor.fetchone()
        if row is None:
            raise NoPosition(
                f"follower {self._name!r} has no position to follow from: the schema states one for"
                " each process manager; bring it up to date with `order-ledger schema apply`"
            )
        position: int = row[0]
        return position

    async def set_aside(self) -> dict[StreamName, int]:
        """Read which streams are set aside, each with the first position that was."""
        cursor = await self._connection.execute(READ_SET_ASIDE, (self._name,))
        return dict(await cursor.fetchall())

    async def put_aside(self, found: Sequence[SetAside]) -> None:
        """Set events aside; what stands aside already stays as it is."""
        columns = ([getattr(one, name) for one in found] for name in SetAside.__struct_fields__)
        await self._connection.execute(PUT_ASIDE, (self._name, *columns))

    async def beat(self, position: int) -> int:
        """Say that this runner is alive; return the stored position."""
        values = (self._name, self._runner, position)
        row = await (await self._connection.execute(BEAT, values)).fetchone()
        assert row is not None
        stored: int = row[0]
        return stored
