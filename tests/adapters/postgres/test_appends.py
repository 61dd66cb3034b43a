"""What becomes of an append: the journal's promises, one by one."""

import asyncio
from collections.abc import Sequence

import psycopg
import pytest

from adapters.postgres import append_statement
from adapters.postgres.append_statement import APPEND, EVENTS_MAX, parameters
from adapters.postgres.database import open_pool
from adapters.postgres.errors import Fenced, NotStorable
from adapters.postgres.journal import Journal
from adapters.postgres.rows import Append, AppendStatus, InboxEntry, Move, Row
from tests.adapters.postgres.given import (
    append_of,
    as_owner,
    entry,
    fetch,
    held_lock,
    new_stream,
    open_journal,
    until_waiting,
)
from tests.support import Database

APPENDED, CONFLICT = AppendStatus.APPENDED, AppendStatus.CONFLICT

REACTING = "SELECT name, position FROM followers.positions WHERE name = 'reacting'"


async def test_positions_and_versions_count_from_one(database: Database) -> None:
    async with open_journal(database.url) as journal:
        first, second = new_stream(), new_stream()
        answers = await journal.append([append_of(first, events=2), append_of(second, events=3)])
        rows = await journal.read(0, 10)
    assert [(answer.status, answer.position) for answer in answers] == [
        (APPENDED, 2),
        (APPENDED, 5),
    ]
    assert [row.position for row in rows] == [1, 2, 3, 4, 5]
    assert [(row.stream, row.version) for row in rows] == [
        (first, 1),
        (first, 2),
        (second, 1),
        (second, 2),
        (second, 3),
    ]


async def test_a_conflict_fails_only_its_own_request_and_leaves_no_gap(database: Database) -> None:
    async with open_journal(database.url) as journal:
        moved_on, other, ahead = new_stream(), new_stream(), new_stream()
        await journal.append([append_of(moved_on)])
        answers = await journal.append(
            [append_of(moved_on, 0), append_of(other, 0, events=2), append_of(ahead, 7)]
        )
        rows = await journal.read(0, 10)
    assert [answer.status for answer in answers] == [CONFLICT, APPENDED, CONFLICT]
    assert [(row.position, row.stream) for row in rows] == [(1, moved_on), (2, other), (3, other)]


async def test_one_of_many_decisions_on_the_same_version_wins(database: Database) -> None:
    async with open_journal(database.url) as journal:
        stream = new_stream()
        answers = await asyncio.gather(*(journal.append([append_of(stream)]) for _ in range(20)))
        rows = await journal.read_stream(stream)
    assert sum(answer.status == APPENDED for [answer] in answers) == 1
    assert len(rows) == 1


async def test_an_append_to_several_streams_together_is_all_or_nothing(database: Database) -> None:
    async with open_journal(database.url) as journal:
        moved_on, other = new_stream(), new_stream()
        await journal.append([append_of(moved_on)])
        together = [append_of(moved_on, 0), append_of(other)]
        answers = await journal.append_together(together)
        assert APPENDED not in {answer.status for answer in answers}
        assert await journal.head() == 1
        answers = await journal.append_together([append_of(moved_on, 1), append_of(other)])
        assert {answer.status for answer in answers} == {APPENDED}
        assert await journal.head() == 3


async def test_the_identical_append_again_is_answered_as_the_first_time(database: Database) -> None:
    async with open_journal(database.url) as journal:
        stream = new_stream()
        append = append_of(stream, events=2, inbox=(entry("m-1"),))
        first = await journal.append([append])
        await journal.append([append_of(stream, 2)])
        again = await journal.append([append, append_of(new_stream())])
        assert again[0] == first[0]
        assert await journal.head() == 4


async def test_equal_versions_with_other_event_ids_are_a_conflict(database: Database) -> None:
    async with open_journal(database.url) as journal:
        stream = new_stream()
        ours = append_of(stream, events=2)
        await journal.append([append_of(stream, events=2)])
        assert [answer.status for answer in await journal.append([ours])] == [CONFLICT]


async def test_a_known_message_is_recorded_once(database: Database) -> None:
    async with open_journal(database.url) as journal:
        stream, other = new_stream(), new_stream()
        await journal.append([append_of(stream, inbox=(entry("m-1"),))])
        answers = await journal.append(
            [append_of(stream, 1, inbox=(entry("m-2"), entry("m-1"))), append_of(other)]
        )
        assert [answer.status for answer in answers] == [AppendStatus.KNOWN, APPENDED]
        assert await journal.head() == 2
        known = await fetch(database.url, "SELECT message_id, stream FROM journal.inbox")
        assert known == [("m-1", stream)]


async def test_a_known_message_with_other_content_is_refused(database: Database) -> None:
    async with open_journal(database.url) as journal:
        await journal.append([append_of(new_stream(), inbox=(entry("m-1"),))])
        changed = append_of(new_stream(), inbox=(entry("m-1", b"other"),))
        answers = await journal.append([changed])
        assert [answer.status for answer in answers] == [AppendStatus.CONTRADICTED]
        assert await journal.head() == 1


async def test_a_message_without_effect_is_known_from_then_on(database: Database) -> None:
    async with open_journal(database.url) as journal:
        stream = new_stream()
        await journal.append([append_of(stream)])
        nothing = append_of(stream, 1, events=0, inbox=(entry("m-1"),))
        assert (await journal.append([nothing]))[0].status == APPENDED
        assert (await journal.append([nothing]))[0].status == AppendStatus.KNOWN
        assert await fetch(database.url, "SELECT stream FROM journal.inbox") == [(stream,)]


async def test_recorded_at_never_decreases_even_when_the_clock_jumps_back(
    database: Database,
) -> None:
    future = """
        INSERT INTO journal.events (position, stream, version, name, event_id, recorded_at, data)
        VALUES (1, 'order/shop/x', 1, 'NoteAdded', gen_random_uuid(), now() + interval '1 day', '')
        RETURNING recorded_at
    """
    [(jumped,)] = await fetch(database.owner_url, future)
    async with open_journal(database.url) as journal:
        await journal.append([append_of(new_stream(), events=2)])
        rows = await journal.read(0, 10)
    assert [row.recorded_at for row in rows] == [jumped] * 3


async def test_a_reaction_batch_keeps_what_fits_and_moves_only_when_all_does(
    database: Database,
) -> None:
    move = Move(follower="reacting", from_position=0, to_position=5)
    async with open_journal(database.url) as journal:
        hot, calm = new_stream(), new_stream()
        await journal.append([append_of(hot)])
        reaction = append_of(calm)
        answers = await journal.append([append_of(hot, 0), reaction], move)
        assert [answer.status for answer in answers] == [CONFLICT, APPENDED]
        assert await fetch(database.url, REACTING) == []
        answers = await journal.append([append_of(hot, 1), reaction], move)
        assert [answer.status for answer in answers] == [APPENDED, APPENDED]
        moved = await fetch(database.url, REACTING)
        assert moved == [("reacting", 5)]
        assert len(await journal.read_stream(calm)) == 1


async def test_who_appends_alone_decides_on_all_that_was_appended_before(
    database: Database,
) -> None:
    seen: list[Row] = []

    def decide(rows: Sequence[Row]) -> Append:
        seen.extend(rows)
        return append_of(stream, expected_version=len(rows))

    stream = new_stream()
    async with open_journal(database.url) as journal:
        async with held_lock(database.url):
            other = asyncio.create_task(journal.append([append_of(stream, events=2)]))
            await until_waiting(database.url, 1)
            alone = asyncio.create_task(journal.append_alone(stream, decide))
            await until_waiting(database.url, 2)
        await asyncio.gather(other, alone)
        rows = await journal.read_stream(stream)
    assert [row.version for row in rows] == [1, 2, 3]
    assert seen == rows[:2]


async def test_the_second_of_two_runners_is_fenced_whatever_its_batch_size(
    database: Database,
) -> None:
    async with open_journal(database.url) as journal:
        first = Move(follower="reacting", from_position=0, to_position=100)
        second = Move(follower="reacting", from_position=0, to_position=150)
        await journal.append([append_of(new_stream())], first)
        with pytest.raises(Fenced):
            await journal.append([append_of(new_stream())], second)
        with pytest.raises(Fenced):
            await journal.append([append_of(new_stream())], first)
        assert await journal.head() == 1


async def test_a_reaction_sent_again_is_not_fenced_by_its_own_first_sending(
    database: Database,
) -> None:
    async with open_journal(database.url) as journal:
        move = Move(follower="reacting", from_position=0, to_position=100)
        reaction = [append_of(new_stream())]
        assert await journal.append(reaction, move) == await journal.append(reaction, move)
        assert await journal.head() == 1


async def test_a_reaction_without_events_sent_again_is_not_fenced_either(
    database: Database,
) -> None:
    async with open_journal(database.url) as journal:
        move = Move(follower="reacting", from_position=0, to_position=100)
        noted = append_of(new_stream(), events=0, inbox=(entry("m-1"), entry("m-2")))
        batch = [append_of(new_stream()), noted]
        first = await journal.append(batch, move)
        assert await journal.append(batch, move) == first
        assert {answer.status for answer in first} == {APPENDED}


@pytest.mark.parametrize(
    "inbox", [(entry("m-1"), entry("m-2")), (entry("m-1", b"other"),)], ids=["more", "other"]
)
async def test_another_reaction_without_events_is_not_taken_for_one_sent_again(
    database: Database, inbox: tuple[InboxEntry, ...]
) -> None:
    async with open_journal(database.url) as journal:
        move = Move(follower="reacting", from_position=0, to_position=100)
        stream = new_stream()
        await journal.append([append_of(stream, events=0, inbox=(entry("m-1"),))], move)
        with pytest.raises(Fenced):
            await journal.append([append_of(stream, events=0, inbox=inbox)], move)


async def test_two_writers_agree_whatever_isolation_the_database_is_set_to(
    database: Database,
) -> None:
    await as_owner(
        database,
        f'ALTER DATABASE "{database.name}" SET default_transaction_isolation = "repeatable read"',
    )
    async with open_journal(database.url) as journal, open_journal(database.url) as other:
        async with held_lock(database.url):
            appending = [
                asyncio.create_task(writer.append([append_of(new_stream())]))
                for writer in (journal, other)
            ]
            await until_waiting(database.url, 2)
        answers = await asyncio.gather(*appending)
        assert sorted(answer.position for (answer,) in answers) == [1, 2]


async def test_appends_go_on_beside_a_long_snapshot_that_does_not_see_them(
    database: Database,
) -> None:
    count = "SELECT count(*) FROM journal.events"
    async with (
        open_journal(database.url) as journal,
        await psycopg.AsyncConnection.connect(database.url) as old,
    ):
        await old.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        assert await (await old.execute(count)).fetchone() == (0,)
        for _ in range(20):
            await journal.append([append_of(new_stream(), events=5)])
        assert await (await old.execute(count)).fetchone() == (0,)
        assert [row.position for row in await journal.read(0, 1_000)] == list(range(1, 101))


async def test_streams_are_read_whole_or_after_a_version(database: Database) -> None:
    async with open_journal(database.url) as journal:
        whole, tail, absent = new_stream(), new_stream(), new_stream()
        await journal.append([append_of(whole, events=3), append_of(tail, events=3)])
        found = await journal.read_streams([whole, tail, absent], {tail: 2})
        versions = {stream: [row.version for row in rows] for stream, rows in found.items()}
        assert versions == {whole: [1, 2, 3], tail: [3], absent: []}
        assert [row.version for row in await journal.read_stream(whole, 1, 2)] == [2]


async def test_requests_that_get_in_each_others_way_are_refused(database: Database) -> None:
    stream = new_stream()
    async with open_journal(database.url) as journal:
        with pytest.raises(ValueError, match="a stream stands twice"):
            await journal.append([append_of(stream), append_of(stream, 1)])
        with pytest.raises(ValueError, match="an inbox entry stands twice"):
            await journal.append([append_of(new_stream(), inbox=(entry("m"), entry("m")))])
        with pytest.raises(ValueError, match="1001 events"):
            await journal.append([append_of(stream, events=EVENTS_MAX + 1)])


@pytest.mark.parametrize(
    ("place", "numbers"),
    [
        (1, [-5]),
        (1, [0, 0]),
        (2, [-1]),
        (2, [None]),
        (2, [2]),
        (2, [1, 0]),
        (6, [0]),
        (6, [2]),
        (6, [None]),
    ],
    ids=str,
)
async def test_numbers_that_no_caller_of_ours_sends_are_refused_by_the_journal_itself(
    database: Database, place: int, numbers: list[int | None]
) -> None:
    right = parameters([append_of(new_stream(), inbox=(entry("m"),))], None)
    wrong = (*right[:place], numbers, *right[place + 1 :])
    async with open_pool(database.url, min_size=1, max_size=1) as pool:
        async with pool.connection() as connection:
            with pytest.raises(psycopg.errors.RaiseException, match="contradict"):
                await connection.execute(APPEND, wrong)
        assert await Journal(pool).head() == 0
        async with pool.connection() as connection:
            await connection.execute(APPEND, right)
        assert await Journal(pool).head() == 1


async def test_the_journal_itself_refuses_a_batch_that_is_too_long(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_journal(database.url) as journal:
        await journal.append([append_of(new_stream(), events=EVENTS_MAX)])
        monkeypatch.setattr(append_statement, "EVENTS_MAX", EVENTS_MAX + 1)
        with pytest.raises(psycopg.errors.RaiseException, match="a limit"):
            await journal.append([append_of(new_stream(), events=EVENTS_MAX + 1)])
        assert await journal.head() == EVENTS_MAX


@pytest.mark.parametrize(("column", "value"), [("position", 0), ("version", -1)])
async def test_not_even_the_owner_writes_impossible_numbers(
    database: Database, column: str, value: int
) -> None:
    numbers = {"position": 1, "version": 0} | {column: value}
    insert = """
        INSERT INTO journal.events (position, stream, version, name, event_id, recorded_at, data)
        VALUES ({position}, 's', {version}, 'n', gen_random_uuid(), now(), '')
    """
    with pytest.raises(psycopg.errors.CheckViolation, match=f"events_{column}_check"):
        await fetch(database.owner_url, insert.format(**numbers))


@pytest.mark.parametrize("message_id", ["nul \0", "half a pair \ud800"])
async def test_text_that_postgresql_cannot_hold_is_said_to_be_so(
    database: Database, message_id: str
) -> None:
    async with open_journal(database.url) as journal:
        with pytest.raises(NotStorable):
            await journal.append([append_of(new_stream(), inbox=(entry(message_id),))])
        assert await journal.head() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO journal.inbox SELECT 'shop', 'm', '', 'stream', now()",
        "INSERT INTO journal.events SELECT * FROM journal.events",
        "UPDATE journal.events SET data = ''",
        "DELETE FROM journal.events",
        "TRUNCATE journal.events",
        "DELETE FROM journal.inbox",
    ],
)
async def test_the_application_can_only_read_and_append(database: Database, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await fetch(database.url, statement)


@pytest.mark.parametrize("table", ["events", "inbox"])
@pytest.mark.parametrize("statement", ["DELETE FROM", "TRUNCATE"])
async def test_not_even_the_owner_changes_history_by_accident(
    database: Database, statement: str, table: str
) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        await fetch(database.owner_url, f"{statement} journal.{table}")
