"""Waits until read models have come as far as a position: who wrote then reads what they wrote."""

import asyncio
from collections.abc import Collection

from adapters.postgres.database import Pool
from adapters.running.backoff import Backoff

WAIT_SECONDS_MAX = 10.0
LOOK_SECONDS_MIN = 0.01
"""Between two looks at first; each wait is longer than the one before."""
LOOK_SECONDS_MAX = 0.25

IS_THERE = """
SELECT count(*)
FROM followers.positions
WHERE name = ANY(%s)
AND position >= %s
"""


async def wait_for(
    pool: Pool,
    position: int,
    followers: Collection[str],
    *,
    timeout_seconds: float = WAIT_SECONDS_MAX,
) -> bool:
    """Wait until all these followers have handled this position; False if they do not in time."""
    looks = Backoff(LOOK_SECONDS_MIN, LOOK_SECONDS_MAX)
    try:
        async with asyncio.timeout(timeout_seconds):
            while not await _are_there(pool, position, followers):  # noqa: ASYNC110 - a position that moves tells nobody
                await asyncio.sleep(looks.next_seconds())
    except TimeoutError:
        return False
    return True


async def _are_there(pool: Pool, position: int, followers: Collection[str]) -> bool:
    async with pool.connection() as connection:
        cursor = await connection.execute(IS_THERE, (list(followers), position))
        row = await cursor.fetchone()
    return row == (len(followers),)
