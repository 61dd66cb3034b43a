"""Connections to PostgreSQL: autocommit, UTC, prepared at first use, dead peers noticed.

Every role opens one pool. A transaction is asked for where it is needed, by name.
"""

import select
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

WAIT_SECONDS_MAX = 5.0
"""How long a caller waits for a free connection before the database counts as unavailable."""
CONNECT_SECONDS_MAX = 5
RECONNECT_SECONDS_MAX = 5.0
DEAD_PEER_MILLISECONDS_MAX = 10_000

Pool: TypeAlias = AsyncConnectionPool[AsyncConnection[tuple[Any, ...]]]

# Appends are right only if each statement sees what was committed before it: READ COMMITTED,
# whatever the database's own default is.
SESSION_OPTIONS = r"-c timezone=UTC -c default_transaction_isolation=read\ committed"

CONNECTION_OPTIONS: dict[str, Any] = {
    "autocommit": True,
    "prepare_threshold": 0,
    "connect_timeout": CONNECT_SECONDS_MAX,
    "options": SESSION_OPTIONS,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": DEAD_PEER_MILLISECONDS_MAX,
}


@asynccontextmanager
async def open_pool(url: str, *, min_size: int, max_size: int) -> AsyncIterator[Pool]:
    """Open connections; they are made again by themselves when they break."""

    async def check(connection: AsyncConnection[tuple[Any, ...]]) -> None:
        if _has_spoken(connection):
            await pool.check()  # what ended one has ended others
            await pool.check_connection(connection)

    pool: Pool = AsyncConnectionPool(
        url,
        kwargs=CONNECTION_OPTIONS,
        min_size=min_size,
        max_size=max_size,
        check=check,
        timeout=WAIT_SECONDS_MAX,
        reconnect_timeout=RECONNECT_SECONDS_MAX,
        open=False,
    )
    async with pool:
        yield pool


def _has_spoken(connection: AsyncConnection[tuple[Any, ...]]) -> bool:
    """Look for what the server says to an idle connection, its end above all: no round trip."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def url_of(pool: Pool) -> str:
    """Say where a pool of `open_pool` connects to, for who needs a connection of its own there."""
    assert isinstance(pool.conninfo, str)
    return pool.conninfo
