"""The simulated journal answers as PostgreSQL's does, whatever is asked of it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from uuid import UUID

import pytest

from adapters.postgres.database import open_pool
from adapters.postgres.errors import Fenced
from adapters.postgres.journal import Journal
from adapters.postgres.rows import Append, Appended, AppendStatus, InboxEntry, Move, NewRow, Row
from domain.identifiers import ShopId, StreamName
from scripts.simulation.journal import JournalTables
from tests.support import Database

REQUESTS = 500
Request = tuple[Sequence[Append], Move | None]
Answer = list[Appended] | None
"""None: fenced."""


@pytest.mark.parametrize("seed", range(3))
def test_the_simulated_journal_answers_as_the_real_one(database: Database, seed: int) -> None:
    tables = JournalTables(lambda: datetime(2026, 3, 2, tzinfo=UTC))
    requests, expected = _asked(Random(seed), tables)

    answers, rows = asyncio.run(_really(database, requests))

    assert answers == expected
    assert rows == [_said(row) for row in tables.rows]
    assert None in answers
    assert {one.status for answer in answers for one in answer or ()} == set(AppendStatus)


def _asked(random: Random, tables: JournalTables) -> tuple[list[Request], list[Answer]]:
    """Make up appends that fit, conflict, come again, are known, and move followers."""
    requests: list[Request] = []
    answers: list[Answer] = []
    for number in range(REQUESTS):
        is_again = bool(requests) and random.random() < 0.25
        request = random.choice(requests[-5:]) if is_again else _request(random, tables, number)
        requests.append(request)
        answers.append(tables.append(*request))
    return requests, answers


def _request(random: Random, tables: JournalTables, number: int) -> Request:
    names = random.sample(("a", "b", "c"), random.randint(0, 2))
    appends = [_append(random, tables, StreamName(name), number) for name in names]
    if random.random() < 0.4:
        return appends, None
    follower = random.choice("xy")
    stands_at = tables.positions.get(follower, 0)
    from_position = random.choice((None, stands_at, stands_at, stands_at - 1))
    to_position = stands_at + random.choice((-1, 0, 1, 2))
    return appends, Move(follower=follower, from_position=from_position, to_position=to_position)


def _append(random: Random, tables: JournalTables, stream: StreamName, number: int) -> Append:
    head = len(tables.streams.get(stream, ()))
    rows = tuple(
        NewRow(UUID(int=number << 16 | ord(stream) << 8 | n), "Happened", b"{}")
        for n in range(random.randrange(3))
    )
    message_id = f"{stream}{random.randrange(60)}"
    entry = InboxEntry(ShopId("s"), message_id, random.choice((b"1", b"1", b"2")))
    return Append(
        stream=stream,
        expected_version=max(0, head + random.choice((0, 0, 0, 0, -1, -2, 1))),
        rows=rows,
        inbox=(entry,) if random.random() < 0.4 else (),
    )


async def _really(
    database: Database, requests: Sequence[Request]
) -> tuple[list[Answer], list[tuple[object, ...]]]:
    async with open_pool(database.url, min_size=1, max_size=1) as pool:
        journal = Journal(pool)
        answers = [await _answer(journal, request) for request in requests]
        return answers, [_said(row) for row in await journal.read(0, 2 * REQUESTS)]


async def _answer(journal: Journal, request: Request) -> Answer:
    try:
        return await journal.append(*request)
    except Fenced:
        return None


def _said(row: Row) -> tuple[object, ...]:
    return (row.position, row.stream, row.version, row.name, row.event_id, row.data)
