"""Workers that die or freeze beside their call outside, as processes of their own."""

import asyncio
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from domain.configuration.settings import ActionSettings
from domain.identifiers import StreamName
from domain.order.stages import ActionStage
from tests.adapters.running.given import MASTER_KEY
from tests.adapters.running.receiver import Posting, Receiver, open_receiver
from tests.adapters.running.workshop import EMAIL, HOOK, Workshop, open_workshop
from tests.support import Database

NEVER = "never"
CALLS_BEFORE_DEATH = {"before": 0, "during": 1, "after": 1}


@asynccontextmanager
async def worker_process(url: str, receiver: Receiver, death: str) -> AsyncIterator[Process]:
    command = ("-m", "tests.adapters.running.worker_program", url, MASTER_KEY, receiver.url, death)
    process = await asyncio.create_subprocess_exec(sys.executable, *command)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def killed(url: str, receiver: Receiver, moment: str) -> None:
    """Run a worker until it is dead, at this moment of its first call."""
    is_during = moment == "during"
    if is_during:
        receiver.door.clear()
    async with worker_process(url, receiver, NEVER if is_during else moment) as process:
        if is_during:
            await receiver.came.wait()
            process.kill()
        assert await process.wait() == -signal.SIGKILL
    receiver.door.set()


async def begun_and_killed(
    shop: Workshop, database: Database, receiver: Receiver, moment: str, settings: ActionSettings
) -> StreamName:
    stream = await shop.paid(settings)
    await killed(database.url, receiver, moment)
    await shop.followed()
    action = await shop.action(stream)
    assert (action.stage, action.attempt) == (ActionStage.RUNNING, 1)
    assert len(receiver.keys) == CALLS_BEFORE_DEATH[moment]
    return stream


@pytest.mark.parametrize("moment", list(CALLS_BEFORE_DEATH))
async def test_after_a_kill_a_receiver_that_knows_our_key_is_called_again_and_sees_one_effect(
    database: Database, moment: str
) -> None:
    async with open_workshop(database) as shop, open_receiver() as receiver:
        stream = await begun_and_killed(shop, database, receiver, moment, HOOK)
        assert await shop.listed() == [("a1", 1, 2, False)]
        await shop.end_leases()
        async with shop.working({"webhook": Posting(receiver.url)}):
            await shop.until_stage(ActionStage.SUCCEEDED, stream)
        action = await shop.action(stream)
        assert (action.run, action.attempt) == (1, 2)
        assert receiver.effects == {action.key}
        assert len(receiver.keys) == CALLS_BEFORE_DEATH[moment] + 1


@pytest.mark.parametrize("moment", list(CALLS_BEFORE_DEATH))
async def test_after_a_kill_an_email_stays_running_until_a_person_forces_it(
    database: Database, moment: str
) -> None:
    async with open_workshop(database) as shop, open_receiver() as receiver:
        stream = await begun_and_killed(shop, database, receiver, moment, EMAIL)
        first_key = (await shop.action(stream)).key
        async with shop.working({"receipt_email": Posting(receiver.url)}):
            assert await shop.listed() == []
            other = await shop.paid(EMAIL)
            await shop.until_stage(ActionStage.SUCCEEDED, other)
            assert (await shop.action(stream)).stage is ActionStage.RUNNING
            await shop.force(stream)
            await shop.until_stage(ActionStage.SUCCEEDED, stream)
        action = await shop.action(stream)
        assert action.run == 2
        assert receiver.keys.count(first_key) == CALLS_BEFORE_DEATH[moment]
        assert receiver.keys.count(action.key) == 1


async def test_a_paused_worker_that_wakes_after_a_force_re_run_changes_nothing(
    database: Database,
) -> None:
    async with open_workshop(database) as shop, open_receiver() as slow, open_receiver() as quick:
        stream = await shop.paid(EMAIL)
        slow.door.clear()
        async with worker_process(database.url, slow, NEVER) as paused:
            await slow.came.wait()
            paused.send_signal(signal.SIGSTOP)
            await shop.force(stream)
            async with shop.working({"receipt_email": Posting(quick.url)}):
                await shop.until_stage(ActionStage.SUCCEEDED, stream)
            facts = await shop.facts(stream)
            slow.door.set()
            paused.send_signal(signal.SIGCONT)
            await until_recorded(shop, stream, [*facts, "ActionOutcomeLate"])
        action = await shop.action(stream)
        assert (action.stage, action.run, action.attempt) == (ActionStage.SUCCEEDED, 2, 1)
        assert (1, 1, True) in action.outcomes
        assert (len(slow.keys), len(quick.keys)) == (1, 1)
        assert slow.effects.isdisjoint(quick.effects)


async def until_recorded(shop: Workshop, stream: StreamName, facts: list[str]) -> None:
    while await shop.facts(stream) != facts:
        await shop.ledger.news.wait(0.1)
