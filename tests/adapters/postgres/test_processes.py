"""Several processes append to one journal."""

import asyncio
import sys
from asyncio.subprocess import PIPE

from tests.adapters.postgres.given import fetch, held_lock, open_journal, until_waiting
from tests.support import Database

PROCESSES = 3
CALLERS = 16
LENGTH = 6_000


async def test_three_processes_append_gapless_and_fair(database: Database) -> None:
    command = ("-m", "tests.adapters.postgres.appender", database.url, str(CALLERS), str(LENGTH))
    async with held_lock(database.url):
        processes = [
            await asyncio.create_subprocess_exec(sys.executable, *command, stdout=PIPE)
            for _ in range(PROCESSES)
        ]
        await until_waiting(database.url, PROCESSES)
    counts = [int((await process.communicate())[0]) for process in processes]
    async with open_journal(database.url) as journal:
        head = await journal.head()
    assert head == 2 * sum(counts)
    [(events, first, last)] = await fetch(
        database.url,
        "SELECT count(DISTINCT position), min(position), max(position) FROM journal.events",
    )
    assert (events, first, last) == (head, 1, head)
    assert min(counts) > sum(counts) / PROCESSES / 2
    decreasing = """
        SELECT count(*) FROM (
            SELECT recorded_at < lag(recorded_at) OVER (ORDER BY position) AS is_earlier
            FROM journal.events
        ) AS e WHERE is_earlier
    """
    assert await fetch(database.url, decreasing) == [(0,)]
