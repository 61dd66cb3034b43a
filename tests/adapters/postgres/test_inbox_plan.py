"""What a look into the inbox reads while the table is young and the server knows nothing of it."""

from psycopg import AsyncConnection

from adapters.postgres.inbox import FIND
from tests.adapters.postgres.given import SHOP
from tests.adapters.postgres.test_append_plan import READ, append_entries
from tests.support import Database

GROWTH = (1, 40, 400, 1_000)
LOOKS = 12
"""The server keeps a plan from the sixth on."""
ASKED = 60


async def test_a_look_for_new_messages_reads_no_others(database: Database) -> None:
    asked = ([SHOP] * ASKED, [f"new-{number}" for number in range(ASKED)])
    async with await AsyncConnection.connect(database.url, prepare_threshold=0) as looking:
        for entries in GROWTH:
            async with await AsyncConnection.connect(database.url) as appending:
                await append_entries(appending, str(entries), entries)
            for _ in range(LOOKS):
                found = await looking.execute(FIND, asked, binary=True)
                assert await found.fetchall() == []
        row = await (await looking.execute(READ)).fetchone()

    assert row == (0,)
