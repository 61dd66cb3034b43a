"""Runs a pure Query and decodes each row into the Struct that it promises.

Every run is planned with its own values: a plan for any value would walk the whole table for a
rare one.
"""

from typing import TypeVar

import msgspec
from msgspec import Struct
from psycopg import OperationalError
from psycopg.rows import dict_row
from psycopg_pool import PoolTimeout

from adapters.postgres.database import Pool
from adapters.postgres.errors import JournalUnavailable
from projections.query import Query

ResultT = TypeVar("ResultT", bound=Struct)


async def fetch(pool: Pool, query: Query[ResultT]) -> list[ResultT]:
    """Answer with all rows; raise JournalUnavailable when PostgreSQL cannot be reached."""
    try:
        async with pool.connection() as connection:
            cursor = connection.cursor(binary=True, row_factory=dict_row)
            await cursor.execute(query.sql, query.parameters, prepare=False)
            found = await cursor.fetchall()
    except (OperationalError, PoolTimeout) as error:
        raise JournalUnavailable(str(error)) from error
    return msgspec.convert(found, list[query.result])  # type: ignore[name-defined]


async def fetch_one(pool: Pool, query: Query[ResultT]) -> ResultT:
    """Answer with the one row of a query that always has one."""
    (only,) = await fetch(pool, query)
    return only
