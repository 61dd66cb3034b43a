"""A lease: of all who want the same work, whoever holds it works and the others stand by.

The rule to know: nothing is wrong if two hold it for a moment (a paused process wakes up): appends
check versions and ids, followers their position. The lease keeps order and saves double work, no
more. It has a connection of its own and ends with it, however the work ended. A process that is
frozen answers on the network all the same: the server ends a lease that nobody keeps.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from psycopg import AsyncConnection, Error
from psycopg.pq import TransactionStatus

from adapters.postgres.database import CONNECTION_OPTIONS, SESSION_OPTIONS

IDLE_SECONDS_MAX = 10.0
"""A holder that was silent for so long is frozen, and the lease goes to who stands by."""
KEEPS_PER_IDLE = 5
LEAVE_SECONDS_MAX = 1.0

TAKE = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
CHECK = "SELECT 1"


class LeaseTaken(Exception):
    """Somebody else holds the lease."""


class Lease:
    """An advisory lock of PostgreSQL; it ends with its connection."""

    def __init__(self, connection: AsyncConnection[tuple[Any, ...]]) -> None:
        self.connection = connection
        """For work that must not outlive the lease."""

    async def check(self) -> None:
        """Raise OperationalError if the lease's connection is gone, and the lease with it."""
        await self.connection.execute(CHECK)


@asynccontextmanager
async def hold_lease(
    database_url: str, name: str, *, idle_seconds_max: float = IDLE_SECONDS_MAX
) -> AsyncIterator[Lease]:
    """Take a lease or raise LeaseTaken at once; waiting in the database would hold a snapshot.

    It is kept beside the work, however long a step of that takes.
    """
    options = CONNECTION_OPTIONS | {"options": _session_options(idle_seconds_max)}
    connection = await AsyncConnection.connect(database_url, **options)
    ended = asyncio.Event()
    keeper = asyncio.create_task(_keep(connection, idle_seconds_max / KEEPS_PER_IDLE, ended))
    try:
        row = await (await connection.execute(TAKE, (name,))).fetchone()
        if row is None or not row[0]:
            raise LeaseTaken(name)
        yield Lease(connection)
    finally:
        ended.set()
        try:
            await asyncio.wait({keeper}, timeout=LEAVE_SECONDS_MAX)
        finally:
            keeper.cancel()
            await connection.close()


def _session_options(idle_seconds_max: float) -> str:
    milliseconds = int(idle_seconds_max * 1000)
    return (
        f"{SESSION_OPTIONS} -c idle_session_timeout={milliseconds}"
        f" -c idle_in_transaction_session_timeout={milliseconds}"
    )


async def _keep(
    connection: AsyncConnection[tuple[Any, ...]], seconds: float, ended: asyncio.Event
) -> None:
    """Show the server that this process lives; work on the connection shows it as well."""
    while not (connection.closed or ended.is_set()):
        # Who works with the lease meets the same trouble in its next step, and tells it.
        with suppress(Error):
            if connection.info.transaction_status == TransactionStatus.IDLE:
                await connection.execute(CHECK)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await ended.wait()
