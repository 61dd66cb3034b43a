"""Appends of one process share batches, and nothing else: each caller gets its own answer."""

import asyncio

import psycopg
import pytest

from adapters.postgres import writer as writer_module
from adapters.postgres.errors import JournalUnavailable, NotStorable
from adapters.postgres.rows import Appended, AppendStatus
from adapters.postgres.writer import Writer, WriterClosed
from tests.adapters.postgres.given import (
    append_of,
    entry,
    fetch,
    held_lock,
    new_stream,
    open_journal,
    until_waiting,
)
from tests.support import Database

APPENDED, CONFLICT = AppendStatus.APPENDED, AppendStatus.CONFLICT
BATCHES = "SELECT count(DISTINCT recorded_at) FROM journal.events"


async def test_appends_that_wait_share_a_batch(database: Database) -> None:
    async with open_journal(database.url) as journal, Writer(journal) as writer:
        async with held_lock(database.url):
            first = asyncio.create_task(writer.append(append_of(new_stream())))
            await until_waiting(database.url, 1)
            others = [
                asyncio.create_task(writer.append(append_of(new_stream()))) for _ in range(63)
            ]
        answers = [await first, *await asyncio.gather(*others)]
        assert sorted(answer.position for answer in answers) == list(range(1, 65))
        assert await fetch(database.url, BATCHES) == [(2,)]


async def test_a_conflict_fails_only_its_own_caller(database: Database) -> None:
    async with open_journal(database.url) as journal, Writer(journal) as writer:
        moved_on = new_stream()
        await writer.append(append_of(moved_on))
        appends = [append_of(moved_on), append_of(new_stream()), append_of(moved_on, 1)]
        answers = await asyncio.gather(*(writer.append(append) for append in appends))
        assert [answer.status for answer in answers] == [CONFLICT, APPENDED, APPENDED]


async def test_appends_to_one_stream_keep_their_order_over_batches(database: Database) -> None:
    async with open_journal(database.url) as journal, Writer(journal) as writer:
        stream = new_stream()
        appends = [append_of(stream, version) for version in range(10)]
        answers = await asyncio.gather(*(writer.append(append) for append in appends))
        assert [answer.position for answer in answers] == list(range(1, 11))


async def test_an_append_that_is_held_back_is_not_overtaken_on_its_stream(
    database: Database,
) -> None:
    async with open_journal(database.url) as journal, Writer(journal) as writer:
        stream = new_stream()
        appends = [
            append_of(new_stream(), 7, inbox=(entry("m-1"),)),
            append_of(stream, 0, inbox=(entry("m-1"),)),
            append_of(stream, 1),
        ]
        answers = await asyncio.gather(*(writer.append(append) for append in appends))
        assert [answer.status for answer in answers] == [CONFLICT, APPENDED, APPENDED]


async def test_the_same_message_from_two_callers_is_recorded_once(database: Database) -> None:
    async with open_journal(database.url) as journal, Writer(journal) as writer:
        appends = [append_of(new_stream(), inbox=(entry("m-1"),)) for _ in range(2)]
        answers = await asyncio.gather(*(writer.append(append) for append in appends))
        assert [answer.status for answer in answers] == [APPENDED, AppendStatus.KNOWN]


async def test_more_events_than_a_batch_holds_go_by_several(database: Database) -> None:
    async with open_journal(database.url) as journal, Writer(journal) as writer:
        appends = [append_of(new_stream(), events=400) for _ in range(5)]
        await asyncio.gather(*(writer.append(append) for append in appends))
        assert await journal.head() == 2_000
        with pytest.raises(ValueError, match="1001 events"):
            await writer.append(append_of(new_stream(), events=1_001))


async def test_what_cannot_be_stored_fails_only_its_own_caller(database: Database) -> None:
    async with open_journal(database.url) as journal, Writer(journal) as writer:
        poison = append_of(new_stream(), inbox=(entry("nul \0"),))
        appends = [append_of(new_stream()), poison, append_of(new_stream())]
        tasks = [writer.append(append) for append in appends]
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(answer) for answer in answers] == [Appended, NotStorable, Appended]


async def test_closing_appends_what_was_taken_in_and_nothing_after(database: Database) -> None:
    async with open_journal(database.url) as journal:
        async with Writer(journal) as writer:
            tasks = [asyncio.create_task(writer.append(append_of(new_stream()))) for _ in range(10)]
            await asyncio.sleep(0)
        assert sorted([(await task).position for task in tasks]) == list(range(1, 11))
        with pytest.raises(WriterClosed):
            await writer.append(append_of(new_stream()))


async def test_a_caller_who_left_before_the_batch_appends_nothing(database: Database) -> None:
    async with open_journal(database.url) as journal, Writer(journal) as writer:
        async with held_lock(database.url):
            first = asyncio.create_task(writer.append(append_of(new_stream())))
            await until_waiting(database.url, 1)
            left = asyncio.create_task(writer.append(append_of(new_stream())))
            stayed = asyncio.create_task(writer.append(append_of(new_stream())))
            await asyncio.sleep(0)
            left.cancel()
        assert [(await first).position, (await stayed).position] == [1, 2]


async def test_callers_wait_outside_when_too_many_wait_inside(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "WAITING_MAX", 3)
    async with open_journal(database.url) as journal, Writer(journal) as writer:
        async with held_lock(database.url):
            tasks = [asyncio.create_task(writer.append(append_of(new_stream())))]
            await until_waiting(database.url, 1)
            tasks += [asyncio.create_task(writer.append(append_of(new_stream()))) for _ in range(9)]
            await asyncio.sleep(0)
            assert len(writer._waiting) == 2
        await asyncio.gather(*tasks)
        assert await journal.head() == 10


async def test_a_batch_that_fails_does_not_end_the_writer(database: Database) -> None:
    async with await psycopg.AsyncConnection.connect(database.owner_url) as owner:
        await owner.execute("ALTER FUNCTION journal.append SET lock_timeout = '50ms'")
    async with open_journal(database.url) as journal, Writer(journal) as writer:
        async with held_lock(database.url):
            with pytest.raises(JournalUnavailable):
                await writer.append(append_of(new_stream()))
        assert (await writer.append(append_of(new_stream()))).status == APPENDED


async def test_a_mistake_of_ours_comes_loudly_to_its_callers_and_leaves_none_waiting(
    database: Database,
) -> None:
    async with await psycopg.AsyncConnection.connect(database.owner_url) as owner:
        await owner.execute("REVOKE EXECUTE ON FUNCTION journal.append FROM order_ledger_app")
    async with open_journal(database.url) as journal, Writer(journal) as writer:
        appends = [writer.append(append_of(new_stream())) for _ in range(3)]
        answers = await asyncio.gather(*appends, return_exceptions=True)
        assert {type(answer) for answer in answers} == {psycopg.errors.InsufficientPrivilege}
        with pytest.raises(ValueError, match="an inbox entry stands twice"):
            await writer.append(append_of(new_stream(), inbox=(entry("m"), entry("m"))))
