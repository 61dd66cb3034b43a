"""Leases: held while their holder lives, however long it does nothing."""

import pytest
from psycopg import OperationalError

from adapters.postgres.lease import LeaseTaken, hold_lease
from tests.adapters.postgres.given import fetch, until
from tests.support import Database

IDLE_SECONDS_MAX = 0.5
THREE_TIMES_AS_OLD = """
SELECT count(*)
FROM pg_stat_activity
WHERE datname = current_database()
AND query = 'SELECT 1'
AND clock_timestamp() - backend_start > interval '1.5 seconds'
"""
END_LEASES = """
SELECT pg_terminate_backend(pid, 5000)
FROM pg_locks
WHERE locktype = 'advisory'
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


async def test_a_holder_that_is_busy_elsewhere_keeps_its_lease(database: Database) -> None:
    async with hold_lease(database.url, "work", idle_seconds_max=IDLE_SECONDS_MAX) as lease:
        await until(lambda: fetch(database.url, THREE_TIMES_AS_OLD), [(1,)])
        await lease.check()
        with pytest.raises(LeaseTaken):
            async with hold_lease(database.url, "work"):
                pass


async def test_a_holder_learns_that_its_lease_is_gone(database: Database) -> None:
    async with hold_lease(database.url, "work") as lease:
        await fetch(database.url, END_LEASES)
        with pytest.raises(OperationalError):
            await lease.check()
