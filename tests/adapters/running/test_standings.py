"""How read models stand, and waiting for them."""

import asyncio

import pytest

from adapters.running import standings as module
from adapters.running.liveness import State
from adapters.running.process_managers import PROCESS_MANAGERS
from adapters.running.projections import READ_MODELS, run_projections
from adapters.running.standings import standings
from adapters.running.waiting import wait_for
from tests.adapters.postgres.given import until
from tests.adapters.running.given import BOTH, Ledger, open_ledger, running
from tests.projections.sample import samples
from tests.support import Database


async def states(ledger: Ledger) -> list[State]:
    return [standing.state for standing in await standings(ledger.pool, BOTH)]


async def test_before_anybody_ran_everything_is_stopped_at_the_start(database: Database) -> None:
    async with open_ledger(database.url) as ledger:
        await ledger.record(samples(3))
        found = await standings(ledger.pool)
        assert [standing.name for standing in found] == [*READ_MODELS, *PROCESS_MANAGERS]
        head = await ledger.journal.head()
        assert {(s.position, s.lag, s.state) for s in found} == {(0, head, State.STOPPED)}


async def test_run_projections_keeps_all_live_until_it_is_told_to_stop(
    database: Database,
) -> None:
    async with open_ledger(database.url) as ledger:
        stop = asyncio.Event()
        run = asyncio.create_task(
            run_projections(
                pool=ledger.pool,
                journal=ledger.journal,
                key_ring=ledger.key_ring,
                news=ledger.news,
                stop=stop,
                names=BOTH,
            )
        )
        await ledger.record(samples(9))
        await ledger.caught_up()
        await until(lambda: states(ledger), [State.LIVE] * len(BOTH))
        found = await standings(ledger.pool, BOTH)
        assert {standing.lag for standing in found} == {0}
        assert len({standing.runner for standing in found}) == len(BOTH)
        stop.set()
        await run
        assert await states(ledger) == [State.STOPPED] * len(BOTH)


async def test_far_behind_is_catching_up_and_silent_is_dead(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_ledger(database.url) as ledger:
        await ledger.record(samples(3))
        await ledger.fetch(
            "INSERT INTO followers.heartbeats (name, runner, position, seen_at)"
            " VALUES ('orders', 'quick', 0, clock_timestamp()),"
            " ('attention', 'gone', 0, clock_timestamp() - interval '1 minute') RETURNING 1"
        )
        assert await states(ledger) == [State.LIVE, State.DEAD]
        monkeypatch.setattr(module, "BATCH_EVENTS_MAX", 5)
        assert await states(ledger) == [State.CATCH_UP, State.DEAD]


async def test_waiting_ends_when_all_are_there_and_gives_up_in_time(database: Database) -> None:
    async with open_ledger(database.url) as ledger:
        await ledger.record(samples(3))
        head = await ledger.journal.head()
        async with running(ledger.follower("orders")):
            assert await wait_for(ledger.pool, head, ["orders"])
            assert not await wait_for(ledger.pool, head, BOTH, timeout_seconds=0.1)
            assert not await wait_for(ledger.pool, head + 1, ["orders"], timeout_seconds=0.1)
            async with running(ledger.follower("attention")):
                assert await wait_for(ledger.pool, head, BOTH)
