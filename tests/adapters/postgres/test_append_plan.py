"""What an append reads of the inbox while the table is young and the server knows nothing of it."""

from psycopg import AsyncConnection

from adapters.postgres.append_statement import APPEND, parameters
from tests.adapters.postgres.given import append_of, entry, new_stream
from tests.support import Database

ENTRIES_BEFORE = 350
"""As many as once led the planner to the index by time."""
APPENDS = 12
"""The server keeps a plan from the sixth on."""
ENTRIES = 60
READ = """
SELECT idx_tup_fetch + seq_tup_read
FROM pg_stat_xact_user_tables
WHERE relid = 'journal.inbox'::regclass
"""


async def append_entries(connection: AsyncConnection, name: str, count: int) -> None:
    inbox = tuple(entry(f"{name}-{number}") for number in range(count))
    values = parameters([append_of(new_stream(), inbox=inbox)], None)
    await connection.execute(APPEND, values, binary=True)


async def test_an_append_of_new_entries_reads_no_others(database: Database) -> None:
    async with await AsyncConnection.connect(database.url) as connection:
        await append_entries(connection, "before", ENTRIES_BEFORE)
    async with await AsyncConnection.connect(database.url) as connection:
        for number in range(APPENDS):
            await append_entries(connection, str(number), ENTRIES)
        row = await (await connection.execute(READ)).fetchone()

    assert row == (0,)
