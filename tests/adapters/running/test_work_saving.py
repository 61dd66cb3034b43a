"""How the work list keeps up with the journal, and leases with it."""

from adapters.running.hands import Finished
from adapters.running.projections import ROW_MODELS, rebuild
from domain.identifiers import ActionId, StreamName
from domain.order.commands.actions import RerunAction, StartAction, SucceedAction
from processors.ports import Failed
from tests.adapters.running.workshop import (
    EMAIL,
    HOOK,
    ROOM,
    Doing,
    Workshop,
    carried_out,
    now,
    open_workshop,
)
from tests.support import Database

RETRYABLE = Failed(code="http_503", is_retryable=True)
BOTH_KINDS = ("receipt_email", "webhook")


async def started(shop: Workshop, stream: StreamName, action: str) -> None:
    await shop.wish(
        stream,
        StartAction(now=now(), action_id=ActionId(action), run=1, attempt=1, worker="elsewhere"),
    )


async def test_a_fact_about_one_action_leaves_the_lease_of_another_alone(
    database: Database,
) -> None:
    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK, EMAIL)
        assert len(await shop.work.claim(BOTH_KINDS, ROOM)) == 2
        await started(shop, stream, "a1")
        assert await shop.listed() == [("a1", 1, 2, False), ("a2", 1, 1, False)]


async def test_a_new_run_is_due_whatever_lease_the_old_one_had(database: Database) -> None:
    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK)
        await shop.work.claim(BOTH_KINDS, ROOM)
        await shop.wish(
            stream, RerunAction(now=now(), command_id="r", action_id=ActionId("a1"), by="laura")
        )
        assert await shop.listed() == [("a1", 2, 1, True)]


async def test_a_retry_is_due_at_its_time_and_not_when_the_lease_of_the_failed_one_would_end(
    database: Database,
) -> None:
    due = "SELECT available_at = due_at FROM read_models.work_list_v2"
    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK)
        worker = shop.worker({"webhook": Doing(RETRYABLE)})
        (taken,) = await worker.take(ROOM)
        await shop.followed()
        lease_end = await shop.ledger.fetch("SELECT due_at FROM read_models.work_list_v2")
        await worker.report([Finished(taken, RETRYABLE)])
        await shop.followed()
        action = await shop.action(stream)
        assert await shop.ledger.fetch(due) == [(True,)]
        assert await shop.ledger.fetch("SELECT due_at FROM read_models.work_list_v2") == [
            (action.retry_at,)
        ]
        assert lease_end != [(action.retry_at,)]


async def test_what_is_out_of_hand_leaves_the_list_and_the_rest_stays(database: Database) -> None:
    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK, EMAIL)
        await started(shop, stream, "a1")
        done = SucceedAction(now=now(), action_id=ActionId("a1"), run=1, attempt=1)
        await shop.wish(stream, done)
        assert await shop.listed() == [("a2", 1, 1, True)]


async def test_the_list_is_what_the_journal_gives_and_a_rebuild_gives_the_same(
    database: Database,
) -> None:
    async with open_workshop(database) as shop:
        streams = await shop.all_paid([(HOOK, EMAIL)] * 20)
        await started(shop, streams[0], "a1")
        await started(shop, streams[1], "a2")
        await carried_out(shop.worker({"webhook": Doing()}))
        await shop.followed()
        before = await shop.ledger.verify("work_list")
        await rebuild(shop.ledger.pool, ROW_MODELS["work_list"])
        await shop.followed()
        after = await shop.ledger.verify("work_list")
    assert (before.differences, after.differences) == ((), ())
    assert before.orders == after.orders == 20


async def test_verifying_finds_an_item_that_is_missing(database: Database) -> None:
    async with open_workshop(database) as shop:
        await shop.paid(HOOK, EMAIL)
        await shop.ledger.fetch(
            "DELETE FROM read_models.work_list_v2 WHERE item_id = 'a2' RETURNING 1"
        )
        (difference,) = (await shop.ledger.verify("work_list")).differences
        assert difference.expected != difference.found
