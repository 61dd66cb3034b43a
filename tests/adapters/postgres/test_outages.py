"""What becomes of an append when the connection breaks: sent again, never twice, never guessed."""

import asyncio

import pytest

from adapters.postgres import journal as journal_module
from adapters.postgres.database import open_pool
from adapters.postgres.errors import JournalUnavailable, OutcomeUnknown
from adapters.postgres.journal import Journal
from adapters.postgres.rows import AppendStatus
from tests.adapters.postgres.given import (
    append_of,
    as_owner,
    fetch,
    held_lock,
    new_stream,
    open_journal,
    until,
    until_waiting,
)
from tests.proxy import Cut, Proxy
from tests.support import Database

MARKER = b"this very append"
OTHERS_HERE = """
FROM pg_stat_activity
WHERE datname = current_database()
AND backend_type = 'client backend'
AND pid <> pg_backend_pid()
"""
OTHERS = f"SELECT count(*) {OTHERS_HERE}"
END_ALL_OTHERS = f"SELECT pg_terminate_backend(pid) {OTHERS_HERE}"


@pytest.mark.parametrize("cut", list(Cut))
async def test_an_append_stands_once_wherever_the_connection_breaks(
    database: Database, cut: Cut
) -> None:
    async with Proxy(database.url) as proxy, open_journal(proxy.url) as journal:
        stream = new_stream()
        proxy.arm(MARKER, cut)
        answers = await journal.append([append_of(stream, events=3, data=MARKER)])
        assert proxy.was_cut.is_set()
        assert [(answer.status, answer.position) for answer in answers] == [
            (AppendStatus.APPENDED, 3)
        ]
        assert [row.version for row in await journal.read_stream(stream)] == [1, 2, 3]
        assert await journal.head() == 3


async def test_an_append_cut_while_it_waits_for_the_lock_is_settled_by_sending_it_again(
    database: Database,
) -> None:
    async with Proxy(database.url) as proxy, open_journal(proxy.url) as journal:
        stream = new_stream()
        proxy.arm(MARKER, Cut.AFTER_REQUEST)
        async with held_lock(database.url):
            appending = asyncio.create_task(journal.append([append_of(stream, data=MARKER)]))
            await proxy.was_cut.wait()
            await until_waiting(database.url, 2)
            assert await fetch(database.url, "SELECT 1 FROM journal.events") == []
        answers = await appending
        assert [(answer.status, answer.position) for answer in answers] == [
            (AppendStatus.APPENDED, 1)
        ]
        assert await journal.head() == 1


async def test_an_append_whose_outcome_cannot_be_learnt_is_unknown_and_not_failed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "RESEND_WAITS_SECONDS", (0.01, 0.01, 0.01))
    async with (
        Proxy(database.url) as proxy,
        open_pool(proxy.url, min_size=1, max_size=1) as pool,
        open_journal(database.url) as elsewhere,
    ):
        await pool.wait()
        pool.timeout = 0.1
        proxy.arm(MARKER, Cut.AFTER_REQUEST)
        async with held_lock(database.url):
            proxy.refuse()
            with pytest.raises(OutcomeUnknown):
                await Journal(pool).append([append_of(new_stream(), data=MARKER)])
            assert await elsewhere.head() == 0
        await until(elsewhere.head, 1)


async def test_nothing_was_asked_of_a_server_that_cannot_be_reached(database: Database) -> None:
    async with Proxy(database.url) as proxy, open_pool(proxy.url, min_size=0, max_size=1) as pool:
        proxy.refuse()
        pool.timeout = 0.1
        with pytest.raises(JournalUnavailable):
            await Journal(pool).append([append_of(new_stream())])


async def test_waiting_too_long_for_the_lock_records_nothing(database: Database) -> None:
    async with open_journal(database.url) as journal:
        await as_owner(database, "ALTER FUNCTION journal.append SET lock_timeout = '50ms'")
        async with held_lock(database.url):
            with pytest.raises(JournalUnavailable, match="lock timeout"):
                await journal.append([append_of(new_stream())])
        assert await journal.head() == 0


async def test_a_server_that_has_become_read_only_is_unavailable(database: Database) -> None:
    await as_owner(
        database, f'ALTER DATABASE "{database.name}" SET default_transaction_read_only = on'
    )
    async with open_journal(database.url) as journal:
        with pytest.raises(JournalUnavailable, match="read-only"):
            await journal.append([append_of(new_stream())])


async def test_the_first_read_works_though_the_server_ended_all_idle_connections(
    database: Database,
) -> None:
    async with open_pool(database.url, min_size=6, max_size=6) as pool:
        await pool.wait()
        await fetch(database.url, END_ALL_OTHERS)
        await until(lambda: fetch(database.url, OTHERS), [(0,)])
        assert await Journal(pool).head() == 0


async def test_reading_goes_on_after_all_connections_were_cut(database: Database) -> None:
    async with Proxy(database.url) as proxy, open_journal(proxy.url) as journal:
        stream = new_stream()
        await journal.append([append_of(stream)])
        proxy.cut_all()
        answers = await journal.append([append_of(stream, 1)])
        assert [answer.position for answer in answers] == [2]
        assert len(await journal.read_stream(stream)) == 2
