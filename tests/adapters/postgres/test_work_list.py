"""Claiming from the work list: fair to destinations, and nothing twice."""

import asyncio
from collections import Counter

from psycopg import AsyncConnection

from adapters.postgres.database import open_pool
from adapters.postgres.work_list import CLAIM, Room, WorkList
from domain.identifiers import StreamName
from tests.adapters.postgres.given import fetch
from tests.support import Database

FILL = """
INSERT INTO read_models.work_list_v2
SELECT
    'demo',
    gen_random_uuid(),
    'webhook',
    'a1',
    'h' || number %% {hosts},
    1,
    1,
    due_at,
    due_at,
    4,
    4
FROM generate_series(1, {items}) AS number
CROSS JOIN LATERAL (SELECT now() - make_interval(secs => {items} - number) AS due_at) AS d
"""
KINDS = ("webhook",)
EVERYTHING = Room(overall=1_000, each=1_000, by_destination={})


async def fill(url: str, items: int, hosts: int) -> None:
    sql = FILL.format(items=items, hosts=hosts).replace("%%", "%")
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(sql.encode())
        await connection.execute("ANALYZE read_models.work_list_v2")


async def test_of_each_destination_no_more_is_claimed_than_it_has_room_for(
    database: Database,
) -> None:
    await fill(database.url, items=50, hosts=5)
    room = Room(overall=100, each=4, by_destination={"h1": 0, "h2": 1})
    async with open_pool(database.url, min_size=1, max_size=1) as pool:
        claimed = await WorkList(pool).claim(KINDS, room)
    assert Counter(item.destination for item in claimed) == {"h0": 4, "h2": 1, "h3": 4, "h4": 4}


async def test_no_more_is_claimed_than_there_is_room_for_overall(database: Database) -> None:
    await fill(database.url, items=50, hosts=5)
    async with open_pool(database.url, min_size=1, max_size=1) as pool:
        assert len(await WorkList(pool).claim(KINDS, EVERYTHING._replace(overall=7))) == 7


async def test_with_little_room_every_destination_has_its_turn(database: Database) -> None:
    await fill(database.url, items=400, hosts=4)
    async with open_pool(database.url, min_size=1, max_size=1) as pool:
        work = WorkList(pool)
        claimed = [await work.claim(KINDS, EVERYTHING._replace(overall=1)) for _ in range(40)]
    assert len({item.destination for (item,) in claimed}) == 4


async def test_the_longest_due_comes_first(database: Database) -> None:
    await fill(database.url, items=9, hosts=1)
    oldest = "SELECT 'order/' || shop || '/' || order_id FROM read_models.work_list_v2 ORDER BY due_at LIMIT 3"
    expected = await fetch(database.url, oldest)
    async with open_pool(database.url, min_size=1, max_size=1) as pool:
        claimed = await WorkList(pool).claim(KINDS, EVERYTHING._replace(each=3))
    assert {(str(item.stream),) for item in claimed} == {*expected}


async def test_what_is_claimed_is_nobody_elses_until_it_is_given_back(database: Database) -> None:
    await fill(database.url, items=10, hosts=2)
    async with open_pool(database.url, min_size=1, max_size=1) as pool:
        work = WorkList(pool)
        claimed = await work.claim(KINDS, EVERYTHING)
        assert len(claimed) == 10
        assert await work.claim(KINDS, EVERYTHING) == []
        await work.release(claimed[:3])
        again = await work.claim(KINDS, EVERYTHING)
    assert {item.stream for item in again} == {item.stream for item in claimed[:3]}


async def test_other_kinds_and_what_is_not_due_stay(database: Database) -> None:
    await fill(database.url, items=3, hosts=1)
    async with open_pool(database.url, min_size=1, max_size=1) as pool:
        assert await WorkList(pool).claim(("receipt_email",), EVERYTHING) == []
        async with pool.connection() as connection:
            await connection.execute(
                "UPDATE read_models.work_list_v2 SET available_at = now() + interval '1 minute'"
            )
        assert await WorkList(pool).claim(KINDS, EVERYTHING) == []


async def test_many_who_claim_at_once_take_each_item_once_and_nobody_waits(
    database: Database,
) -> None:
    await fill(database.url, items=400, hosts=10)
    room = Room(overall=20, each=3, by_destination={})
    async with open_pool(database.url, min_size=8, max_size=8) as pool:
        work = WorkList(pool)
        found: list[StreamName] = []
        while claims := await asyncio.gather(*(work.claim(KINDS, room) for _ in range(8))):
            some = [item.stream for claim in claims for item in claim]
            if not some:
                break
            found += some
    assert len(set(found)) == len(found) == 400


async def test_a_claim_of_a_long_list_reads_only_what_it_takes(database: Database) -> None:
    await fill(database.url, items=20_000, hosts=50)
    values = {
        "kinds": list(KINDS),
        "overall": 100,
        "each": 10,
        "busy": [],
        "rooms": [],
        "claim_seconds": 30,
    }
    async with await AsyncConnection.connect(database.url, autocommit=True) as connection:
        cursor = await connection.execute(f"EXPLAIN (ANALYZE, COSTS OFF) {CLAIM}".encode(), values)
        plan = "\n".join(line for (line,) in await cursor.fetchall())
    assert "Seq Scan on work_list_v2" not in plan
    assert "work_list_v2_claim_index" in plan
