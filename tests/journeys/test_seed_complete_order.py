"""The seed's *Complete Order*, sentence by sentence: docs/seed-coverage.md quotes each."""

import pytest

from domain.order.events import OrderFact
from tests.adapters.commands.given import NEW_HOOK, publish
from tests.examples import (
    COURSE_BACK,
    HOOK,
    HOOK_ACTION,
    RECEIPT,
    RECEIPT_ACTION,
    action_started,
    done,
    failed,
    paid,
    placed,
    refunded,
    requested,
    started,
)
from tests.journeys.order_desk import order_desk, runs
from tests.support import Database

PAID = (*paid(RECEIPT_ACTION, HOOK_ACTION), *done(RECEIPT_ACTION))
FAILED = (*PAID, requested(HOOK_ACTION), action_started(HOOK), failed(HOOK))
REFUNDED = (*PAID, *refunded(COURSE_BACK))
LATEST = {"use_latest_configuration": True}
RESTORE = {"restore_refunded_data": True}


@pytest.mark.parametrize(
    "history",
    [
        pytest.param((started(), placed()), id="not paid"),
        pytest.param(PAID, id="paid"),
        pytest.param(FAILED, id="with a failed action"),
        pytest.param(REFUNDED, id="partially refunded"),
    ],
)
async def test_it_marks_the_order_as_completed_manually(
    database: Database, history: tuple[OrderFact, ...]
) -> None:
    async with order_desk(database, *history) as desk:
        assert (await desk.sheet())["status"] != "marked_as_completed"

        await desk.complete()

        assert (await desk.sheet())["status"] == "marked_as_completed"


async def test_if_run_actions_is_checked_the_actions_rerun(database: Database) -> None:
    async with order_desk(database, *FAILED) as desk:
        answer = await desk.complete(run_actions=True)

        sheet = await desk.sheet()
    assert runs(answer) == [RECEIPT, HOOK]
    assert [(row["status"], row["run"]) for row in sheet["actions"]] == 2 * [("requested", 2)]


async def test_it_is_marked_completed_regardless_of_whether_every_action_succeeds(
    database: Database,
) -> None:
    async with order_desk(database, *PAID) as desk:
        await desk.complete()
        await desk.happened(action_started(HOOK), failed(HOOK))

        sheet = await desk.sheet()
    assert sheet["status"] == "marked_as_completed"
    assert [row["status"] for row in sheet["actions"]] == ["requested", "failed"]


async def test_failed_actions_stay_visible_and_can_be_rerun_individually(
    database: Database,
) -> None:
    async with order_desk(database, *FAILED) as desk:
        await desk.complete(run_actions=False)

        left = await desk.action(HOOK)
        answer = await desk.rerun(HOOK)

    assert (left["status"], left["code"]) == ("failed", "http_500")
    assert runs(answer) == [HOOK]


async def test_restoring_is_offered_only_if_the_order_has_a_refund_history(
    database: Database,
) -> None:
    async with order_desk(database, *PAID) as desk:
        assert not (await desk.sheet())["completion"]["can_restore_refunded_data"]
        refused = await desk.ask("/complete", RESTORE)

        await desk.happened(*refunded(COURSE_BACK))

        assert (await desk.sheet())["completion"]["can_restore_refunded_data"]
        await desk.complete(restore_refunded_data=True)
    assert refused.json()["code"] == "nothing_to_restore"


async def test_it_restores_total_amount_refunded_products_and_payment_status(
    database: Database,
) -> None:
    async with order_desk(database, *REFUNDED) as desk:
        before = await desk.sheet()

        await desk.complete(restore_refunded_data=True)

        after = await desk.sheet()
    for sheet, total, refund, payment_status in (
        (before, 4_000, 10_000, "partially_refunded"),
        (after, 14_000, 0, "paid"),
    ):
        assert sheet["general"]["total"]["amount"] == total
        assert sheet["general"]["lines"][0]["refunded"]["amount"] == refund
        assert sheet["payment_status"] == payment_status


async def test_refunded_data_stays_as_it_is_unless_it_is_restored(database: Database) -> None:
    async with order_desk(database, *REFUNDED) as desk:
        await desk.complete()

        sheet = await desk.sheet()
    assert sheet["general"]["total"]["amount"] == 4_000
    assert sheet["payment_status"] == "partially_refunded"


async def test_latest_configuration_is_offered_only_if_an_action_has_failed(
    database: Database,
) -> None:
    async with order_desk(database, *PAID) as desk:
        await publish(desk.api.parts)
        assert not (await desk.sheet())["completion"]["can_use_latest_configuration"]
        refused = await desk.ask("/complete", LATEST)

        await desk.happened(requested(HOOK_ACTION), action_started(HOOK), failed(HOOK))

        assert (await desk.sheet())["completion"]["can_use_latest_configuration"]
        await desk.complete(use_latest_configuration=True)
    assert refused.json()["code"] == "no_failed_action"


async def test_it_replaces_the_failed_actions_settings_before_rerunning(
    database: Database,
) -> None:
    async with order_desk(database, *FAILED) as desk:
        await publish(desk.api.parts, NEW_HOOK, revision=2)

        answer = await desk.complete(use_latest_configuration=True)

    events = [fact["event"] for fact in answer["recorded"]]
    assert events.index("ActionReconfigured") < events.index("ActionRequested")
    [receipt, hook] = answer["fires"]
    assert (receipt["revision"], hook["revision"]) == (0, 2)
    assert hook["settings"]["url"].startswith("https://hooks.example.com/b")


async def test_the_replaced_settings_are_permanent(database: Database) -> None:
    async with order_desk(database, *FAILED) as desk:
        await publish(desk.api.parts, NEW_HOOK, revision=2)
        await desk.complete(use_latest_configuration=True)
        await desk.happened(action_started(HOOK, run=2), failed(HOOK, run=2))
        await publish(desk.api.parts, None, revision=3)

        answer = await desk.rerun(HOOK)

    assert [one["revision"] for one in answer["fires"]] == [2]


async def test_run_actions_is_on_by_default(database: Database) -> None:
    async with order_desk(database, *PAID) as desk:
        assert runs(await desk.complete()) == [RECEIPT, HOOK]


async def test_when_unchecked_it_is_completed_directly_without_running_any_action(
    database: Database,
) -> None:
    async with order_desk(database, *FAILED) as desk:
        answer = await desk.complete(run_actions=False)

        sheet = await desk.sheet()
    assert runs(answer) == []
    assert sheet["status"] == "marked_as_completed"
    assert [(row["status"], row["run"]) for row in sheet["actions"]] == [
        ("succeeded", 1),
        ("failed", 1),
    ]


async def test_when_unchecked_a_run_going_on_is_said_to_be_left_alone(database: Database) -> None:
    running = (*PAID, requested(HOOK_ACTION), action_started(HOOK))
    async with order_desk(database, *running) as desk:
        answer = await desk.complete(run_actions=False)

        hook = await desk.action(HOOK)
    says = {caution["code"]: caution["says"] for caution in answer["cautions"]}
    assert says["nothing_fires"] == "Nothing fires."
    assert "not known yet, and it no longer asks for attention" in says["left_running"]
    assert (hook["status"], hook["attempt_seconds_max"]) == ("running", 15)
    assert hook["started_at"]


async def test_actions_can_still_be_rerun_after_closing_without_side_effects(
    database: Database,
) -> None:
    async with order_desk(database, *paid(RECEIPT_ACTION, HOOK_ACTION), requested()) as desk:
        await desk.complete(run_actions=False)
        waiting = await desk.action(RECEIPT)

        answer = await desk.rerun(RECEIPT)

    assert waiting["status"] == "cancelled"
    assert runs(answer) == [RECEIPT]
