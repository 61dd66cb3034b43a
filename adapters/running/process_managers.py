"""The process managers there are, and how they are kept running and given another try."""

import asyncio
from collections.abc import Mapping

from adapters.clock import utc_now
from adapters.postgres.database import Pool
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import KeyRing
from adapters.postgres.news import News
from adapters.running.followers import run_followers
from adapters.running.reactor import Reactor
from processors.fulfilment import FULFILMENT
from processors.process_manager import ProcessManager
from processors.refunding import REFUNDING

PROCESS_MANAGERS: Mapping[str, ProcessManager] = {one.name: one for one in (FULFILMENT, REFUNDING)}
"""Every process manager by its name; the schema states where each starts."""

# The row is locked for the moment of the statement only: appends that move this position wait.
RETRY = """
WITH taken_back AS (
    DELETE FROM followers.set_aside
    WHERE follower = %(name)s
    RETURNING position
), first AS (
    SELECT
        count(*) AS triggers,
        min(position) AS position
    FROM taken_back
), moved AS (
    UPDATE followers.positions AS p
    SET
        position = least(p.position, first.position - 1),
        moved_at = now()
    FROM first
    WHERE p.name = %(name)s
    AND first.triggers > 0
)
SELECT triggers
FROM first
"""


async def run_process_managers(
    *, pool: Pool, journal: Journal, key_ring: KeyRing, news: News, stop: asyncio.Event
) -> None:
    """Let the process managers react until `stop` is set; each holds one connection."""
    reactors = [Reactor(one, journal, key_ring, utc_now) for one in PROCESS_MANAGERS.values()]
    await run_followers(reactors, pool=pool, news=news, stop=stop)


async def retry(pool: Pool, name: str) -> int:
    """Send a process manager back to the first trigger that it set aside; say how many it had.

    What it reacted to since is not reacted to again.
    """
    async with pool.connection() as connection:
        row = await (await connection.execute(RETRY, {"name": name})).fetchone()
    assert row is not None
    triggers: int = row[0]
    return triggers
