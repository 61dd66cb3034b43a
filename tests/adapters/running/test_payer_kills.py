"""Payers that die or freeze beside their call to a provider, as processes of their own."""

import asyncio
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from domain.identifiers import StreamName
from domain.order.attention import NO_GRACE, AttentionKind
from domain.order.stages import RefundStage, TransferStage
from tests.adapters.running.bank import Bank, BankProvider, open_bank
from tests.adapters.running.given import MASTER_KEY
from tests.adapters.running.till import (
    COURSE_GROSS,
    paying,
    refunding,
    transfer_of,
    until_transfer,
)
from tests.adapters.running.workshop import Workshop, now, open_workshop
from tests.support import Database

NEVER = "never"
CALLS_BEFORE_DEATH = {"before": 0, "during": 1, "after": 1}


@asynccontextmanager
async def payer_process(url: str, bank: Bank, death: str) -> AsyncIterator[Process]:
    command = ("-m", "tests.adapters.running.payer_program", url, MASTER_KEY, bank.url, death)
    process = await asyncio.create_subprocess_exec(sys.executable, *command)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def begun_and_killed(
    shop: Workshop, database: Database, bank: Bank, moment: str, provider: str
) -> StreamName:
    """Let a payer begin a transfer and die at this moment of its call."""
    stream = await refunding(shop, provider)
    is_during = moment == "during"
    if is_during:
        bank.door.clear()
    async with payer_process(database.url, bank, NEVER if is_during else moment) as process:
        if is_during:
            await bank.came.wait()
            process.kill()
        assert await process.wait() == -signal.SIGKILL
    bank.door.set()
    await shop.followed()
    transfer = await transfer_of(shop, stream)
    assert (transfer.stage, transfer.attempt) == (TransferStage.STARTED, 1)
    assert len(bank.asked) == CALLS_BEFORE_DEATH[moment]
    await shop.end_leases()
    return stream


@pytest.mark.parametrize("moment", list(CALLS_BEFORE_DEATH))
async def test_after_a_kill_a_provider_that_knows_our_key_is_asked_again_and_pays_once(
    database: Database, moment: str
) -> None:
    async with open_workshop(database) as shop, open_bank() as bank:
        stream = await begun_and_killed(shop, database, bank, moment, "stripe")
        async with paying(shop, {"stripe": BankProvider(bank.url)}):
            transfer = await until_transfer(shop, stream, TransferStage.DONE)
        assert transfer.attempt == 2
        assert set(bank.asked) == {transfer.key}
        assert bank.paid == [(transfer.key, COURSE_GROSS)]
        assert (await shop.order(stream)).refunds[0].stage is RefundStage.ISSUED
        assert await shop.listed() == []


@pytest.mark.parametrize("moment", list(CALLS_BEFORE_DEATH))
async def test_after_a_kill_a_provider_that_knows_no_keys_is_looked_up_and_never_asked_again(
    database: Database, moment: str
) -> None:
    async with open_workshop(database) as shop, open_bank(knows_keys=False) as bank:
        stream = await begun_and_killed(shop, database, bank, moment, "paytrail")
        async with paying(shop, {"paytrail": BankProvider(bank.url, can_look=False)}):
            transfer = await until_transfer(shop, stream, TransferStage.UNRESOLVED)
        assert (transfer.attempt, transfer.code) == (1, "not_found_by_stamp")
        assert len(bank.paid) == CALLS_BEFORE_DEATH[moment]
        (reason,) = (await shop.order(stream)).attention_reasons(now(), NO_GRACE)
        assert reason.kind is AttentionKind.TRANSFER_UNRESOLVED


async def test_a_look_after_a_kill_finds_what_was_paid(database: Database) -> None:
    async with open_workshop(database) as shop, open_bank(knows_keys=False) as bank:
        stream = await begun_and_killed(shop, database, bank, "after", "paytrail")
        async with paying(shop, {"paytrail": BankProvider(bank.url)}):
            transfer = await until_transfer(shop, stream, TransferStage.DONE)
        assert (transfer.attempt, bank.looks) == (1, [transfer.key])
        assert bank.paid == [(transfer.key, COURSE_GROSS)]


async def test_a_paused_payer_that_wakes_pays_nothing_twice(database: Database) -> None:
    async with open_workshop(database) as shop, open_bank() as bank:
        stream = await refunding(shop)
        bank.door.clear()
        async with payer_process(database.url, bank, NEVER) as paused:
            await bank.came.wait()
            paused.send_signal(signal.SIGSTOP)
            bank.door.set()
            await shop.followed()
            await shop.end_leases()
            async with paying(shop, {"stripe": BankProvider(bank.url)}):
                transfer = await until_transfer(shop, stream, TransferStage.DONE)
            facts = await shop.facts(stream)
            paused.send_signal(signal.SIGCONT)
            other = await refunding(shop)
            await until_transfer(shop, other, TransferStage.DONE)
        assert await shop.facts(stream) == facts
        assert (transfer.attempt, transfer.worker) == (2, "payer-1")
        assert [key for key, _ in bank.paid].count(transfer.key) == 1
