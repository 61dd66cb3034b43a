"""One worker's steps: take, carry out, report. The order's own numbers are the fence."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from adapters.commands.recording import OrderRequest
from adapters.postgres import journal as journal_module
from adapters.postgres.errors import JournalUnavailable, OutcomeUnknown
from adapters.postgres.event_ids import new_event_id
from adapters.postgres.rows import Append, NewRow
from adapters.running.hands import Finished
from domain.order.commands.actions import CancelAction
from domain.order.commands.lifecycle import CompleteOrder, EraseCustomerData
from domain.order.retries import DELAYS_SECONDS
from domain.order.stages import ActionStage, CancelReason, OrderStatus
from domain.order.values import Answer
from processors.ports import Failed, Outcome, Succeeded, Task
from tests.adapters.running.given import METADATA, open_ledger, running
from tests.adapters.running.workshop import (
    EMAIL,
    FIRST,
    HOOK,
    ROOM,
    Doing,
    Workshop,
    carried_out,
    now,
    open_workshop,
)
from tests.proxy import Cut, Proxy
from tests.support import Database

RETRYABLE = Failed(code="http_503", message="try later", is_retryable=True)
PERMANENT = Failed(code="http_404", message="no such page")


async def test_what_is_asked_for_is_started_carried_out_and_recorded_with_what_was_said(
    database: Database,
) -> None:
    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK)
        said = Answer(recipient="crm.example.com", reference="msg-1")
        hook = Doing(Succeeded(answer=said))
        await carried_out(shop.worker({"webhook": hook}))
        action = await shop.action(stream)
        await shop.followed()
        assert (action.stage, action.answer, action.worker) == (
            ActionStage.SUCCEEDED,
            said,
            "worker-1",
        )
        assert hook.keys == [action.key]
        assert await shop.facts(stream) == [
            "ActionRequested",
            "ActionStarted",
            "ActionSucceeded",
            "OrderCompleted",
        ]
        assert await shop.listed() == []


async def test_all_actions_of_an_order_are_started_in_one_append(database: Database) -> None:
    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK, EMAIL, HOOK)
        taken = await shop.worker({"webhook": Doing(), "receipt_email": Doing()}).take(ROOM)
        assert len(taken) == 3
        rows = await shop.journal.read_stream(stream, 6)
        assert {row.name for row in rows} == {"ActionStarted"}
        assert len({row.recorded_at for row in rows}) == 1


async def test_a_kind_that_nobody_can_carry_out_is_left_alone(database: Database) -> None:
    async with open_workshop(database) as shop:
        await shop.paid(HOOK, EMAIL)
        taken = await shop.worker({"receipt_email": Doing()}).take(ROOM)
        assert [one.action.kind for one in taken] == ["receipt_email"]


async def test_a_retryable_failure_waits_on_the_list_for_its_next_attempt(
    database: Database,
) -> None:
    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK)
        worker = shop.worker({"webhook": Doing(RETRYABLE)})
        await carried_out(worker)
        await shop.followed()
        action = await shop.action(stream)
        assert (action.stage, action.code, action.message) == (
            ActionStage.RETRYING,
            "http_503",
            "try later",
        )
        assert await shop.listed() == [("a1", 1, 2, False)]
        assert await worker.take(ROOM) == []


async def test_what_the_receiver_asks_for_is_honoured(database: Database) -> None:
    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK)
        asked = replace(RETRYABLE, retry_after_seconds=600)
        await carried_out(shop.worker({"webhook": Doing(asked)}))
        action = await shop.action(stream)
        assert action.retry_at is not None
        assert 590 < (action.retry_at - now()).total_seconds() <= 600


async def test_a_permanent_failure_waits_for_a_person(database: Database) -> None:
    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK)
        await carried_out(shop.worker({"webhook": Doing(PERMANENT)}))
        await shop.followed()
        assert (await shop.action(stream)).stage is ActionStage.FAILED
        assert await shop.listed() == []


async def test_a_mistake_of_an_executor_fails_its_own_action_and_no_other(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    async def stumbles(_: Task) -> Outcome:
        raise RuntimeError("Aino Virtanen lives in Katu 1")

    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK, EMAIL)
        worker = shop.worker({"webhook": Doing(stumbles), "receipt_email": Doing()})
        await carried_out(worker)
        stages = {a.kind: (a.stage, a.code) for a in (await shop.order(stream)).actions}
    assert stages == {
        "webhook": (ActionStage.FAILED, "internal_error"),
        "receipt_email": (ActionStage.SUCCEEDED, ""),
    }
    logged = capsys.readouterr().out
    assert "RuntimeError" in logged
    assert "test_worker.py" in logged
    assert "Aino" not in logged


async def test_a_database_that_is_away_before_anything_goes_out_is_waited_for(
    database: Database,
) -> None:
    async def reads_its_settings(_: Task) -> Outcome:
        raise JournalUnavailable

    async with open_workshop(database) as shop:
        stream = await shop.paid(EMAIL)
        await carried_out(shop.worker({"receipt_email": Doing(reads_its_settings)}))
        action = await shop.action(stream)
        assert (action.stage, action.code) == (ActionStage.RETRYING, "ledger_unavailable")


async def test_an_executor_that_says_nothing_makes_a_mistake_too(database: Database) -> None:
    async def says_nothing(_: Task) -> Any:
        return None

    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK)
        await carried_out(shop.worker({"webhook": Doing(says_nothing)}))
        assert (await shop.action(stream)).code == "internal_error"


async def test_time_is_the_databases_and_passes_while_a_call_lasts(database: Database) -> None:
    steady = iter((1_000.0, 1_001.0, 1_010.0))
    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK)
        seen: list[datetime] = []

        async def looks_at_the_clock(task: Task) -> Outcome:
            seen.append(task.now)
            return RETRYABLE

        executors = {"webhook": Doing(looks_at_the_clock)}
        worker = shop.worker(executors, steady_seconds=lambda: next(steady))
        ((taken, _),) = await carried_out(worker)
        claimed_at = taken.item.claimed_at
        assert seen == [claimed_at + timedelta(seconds=1)]
        action = await shop.action(stream)
        assert action.retry_at == claimed_at + timedelta(seconds=10 + DELAYS_SECONDS[0])


async def test_an_outcome_that_cannot_be_written_down_is_a_mistake_too(database: Database) -> None:
    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK)
        half_a_pair = Succeeded(answer=Answer(excerpt="\ud83d"))
        await carried_out(shop.worker({"webhook": Doing(half_a_pair)}))
        assert (await shop.action(stream)).code == "internal_error"


async def test_what_needs_its_erased_customer_fails_for_good_and_nothing_goes_out(
    database: Database,
) -> None:
    async with open_workshop(database) as shop:
        stream = await shop.paid(EMAIL, HOOK)
        key = (await shop.order(stream)).customer_key
        assert key is not None
        await shop.wish(stream, EraseCustomerData(now=now(), customer_key=key, by="laura"))
        email, hook = Doing(), Doing()
        await carried_out(shop.worker({"receipt_email": email, "webhook": hook}))
        assert {a.kind: (a.stage, a.code) for a in (await shop.order(stream)).actions} == {
            "receipt_email": (ActionStage.FAILED, "customer_erased"),
            "webhook": (ActionStage.SUCCEEDED, ""),
        }
        assert (len(email.keys), len(hook.keys)) == (0, 1)


async def test_two_workers_on_one_item_are_told_apart_by_the_order(database: Database) -> None:
    async with open_ledger(database.url) as ledger:
        shop = Workshop(ledger)
        async with running(ledger.follower("work_list")):
            stream = await shop.paid(EMAIL)
        emails = Doing()
        first, second = (shop.worker({"receipt_email": emails}, n) for n in ("one", "two"))
        (taken,) = await first.take(ROOM)
        await shop.end_leases()
        assert await second.take(ROOM) == []
        assert await shop.listed() == [("a1", 1, 1, False)]
        await first.report([Finished(taken, await first.carry_out(taken))])
        assert len(emails.keys) == 1
        assert (await shop.action(stream)).worker == "one"


async def test_what_a_worker_has_in_hand_it_does_not_begin_again(database: Database) -> None:
    async with open_ledger(database.url) as ledger:
        shop = Workshop(ledger)
        async with running(ledger.follower("work_list")):
            await shop.paid(EMAIL)
        worker = shop.worker({"receipt_email": Doing()})
        assert len(await worker.take(ROOM)) == 1
        await shop.end_leases()
        assert await worker.take(ROOM) == []


async def test_two_workers_at_once_share_what_is_due(database: Database) -> None:
    async with open_workshop(database) as shop:
        await shop.all_paid([(HOOK,)] * 50)
        workers = [shop.worker({"webhook": Doing()}, name) for name in ("one", "two")]
        half = ROOM._replace(overall=25)
        taken = [one.item.stream for worker in workers for one in await worker.take(half)]
        assert len(set(taken)) == len(taken) == 50


async def test_an_item_that_the_order_no_longer_wants_is_dropped_and_does_not_spin(
    database: Database,
) -> None:
    async with open_ledger(database.url) as ledger:
        shop = Workshop(ledger)
        async with running(ledger.follower("work_list")):
            stream = await shop.paid(HOOK)
        cancel = CancelAction(
            now=now(), action_id=FIRST, run=1, reason=CancelReason.ACCESS_STILL_JUSTIFIED
        )
        await shop.recorder.record([OrderRequest(stream, cancel, METADATA)])
        assert await shop.worker({"webhook": Doing()}).take(ROOM) == []
        assert await shop.listed() == [("a1", 1, 1, False)]


async def test_completed_without_running_a_scheduled_retry_never_fires(database: Database) -> None:
    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK)
        hook = Doing(RETRYABLE)
        worker = shop.worker({"webhook": hook})
        await carried_out(worker)
        await shop.wish(
            stream, CompleteOrder(now=now(), command_id="c", by="laura", run_actions=False)
        )
        await shop.end_leases()
        assert await worker.take(ROOM) == []
        assert len(hook.keys) == 1
        assert (await shop.order(stream)).status is OrderStatus.MARKED_AS_COMPLETED


async def test_completed_by_hand_and_then_paid_runs_each_action_once(database: Database) -> None:
    async with open_workshop(database) as shop:
        stream = await shop.placed(HOOK, EMAIL)
        doing = Doing()
        worker = shop.worker({"webhook": doing, "receipt_email": doing})
        await shop.wish(stream, CompleteOrder(now=now(), command_id="c", by="laura"))
        await carried_out(worker)
        await shop.pay(stream)
        assert await worker.take(ROOM) == []
        assert len(set(doing.keys)) == len(doing.keys) == 2
        assert (await shop.order(stream)).status is OrderStatus.MARKED_AS_COMPLETED


async def test_a_start_whose_answer_was_lost_is_carried_out_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "RESEND_WAITS_SECONDS", (0.0,))
    async with Proxy(database.url) as proxy, open_workshop(database) as shop:
        stream = await shop.paid(EMAIL)
        async with open_ledger(proxy.url) as ledger:
            email = Doing()
            worker = Workshop(ledger).worker({"receipt_email": email})
            proxy.arm(b"ActionStarted", Cut.AT_REPLY)
            with pytest.raises(OutcomeUnknown):
                await worker.take(ROOM)
            assert (await shop.action(stream)).stage is ActionStage.RUNNING
            await carried_out(worker)
        assert (await shop.action(stream)).stage is ActionStage.SUCCEEDED
        assert len(email.keys) == 1


async def test_what_was_claimed_and_not_begun_is_given_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "RESEND_WAITS_SECONDS", (0.0,))
    async with Proxy(database.url) as proxy, open_workshop(database) as shop:
        await shop.paid(EMAIL)
        async with open_ledger(proxy.url) as ledger:
            worker = Workshop(ledger).worker({"receipt_email": Doing()})
            proxy.arm(b"ActionStarted", Cut.BEFORE_REQUEST)
            with pytest.raises(OutcomeUnknown):
                await worker.take(ROOM)
            assert await shop.listed() == [("a1", 1, 1, False)]
            await worker.leave()
            assert await shop.listed() == [("a1", 1, 1, True)]


async def test_a_late_answer_is_kept_and_moves_nothing(database: Database) -> None:
    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK)
        slow, quick = (shop.worker({"webhook": Doing()}, n) for n in ("slow", "quick"))
        (taken,) = await slow.take(ROOM)
        await shop.followed()
        await shop.end_leases()
        await carried_out(quick)
        await slow.report([Finished(taken, RETRYABLE)])
        action = await shop.action(stream)
        assert (action.stage, action.attempt, action.worker) == (ActionStage.SUCCEEDED, 2, "quick")
        assert (await shop.facts(stream))[-1] == "ActionOutcomeLate"


async def test_reporting_again_records_nothing_twice(database: Database) -> None:
    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK)
        worker = shop.worker({"webhook": Doing()})
        finished = await carried_out(worker)
        facts = await shop.facts(stream)
        await worker.report(finished)
        assert await shop.facts(stream) == facts


async def test_one_order_that_cannot_be_read_stops_no_other(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_workshop(database) as shop:
        streams = await shop.all_paid([(HOOK,)] * 5)
        bad = NewRow(new_event_id(), "NobodyKnowsThis", b"{}")
        await shop.journal.append([Append(stream=streams[2], expected_version=4, rows=(bad,))])
        done = await carried_out(shop.worker({"webhook": Doing()}))
        assert {one.taken.item.stream for one in done} == {*streams} - {streams[2]}
    assert "order_unreadable" in capsys.readouterr().out
