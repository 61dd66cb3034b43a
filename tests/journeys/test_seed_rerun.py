"""The seed's *Re-run Post-Purchase Actions*, sentence by sentence: docs/seed-coverage.md."""

import pytest

from domain.order.events import ActionCancelled, OrderCompleted, OrderFact
from tests.adapters.commands.given import NEW_HOOK, publish
from tests.examples import (
    BUMP_BACK,
    COURSE_BACK,
    GRANT,
    GRANT_ACTION,
    HOOK,
    HOOK_ACTION,
    RECEIPT,
    RECEIPT_ACTION,
    action_started,
    at,
    done,
    failed,
    marked_completed,
    paid,
    payment_started,
    placed,
    refunded,
    requested,
    started,
)
from tests.journeys.order_desk import order_desk, runs
from tests.support import Database

ACTIONS = (RECEIPT_ACTION, GRANT_ACTION, HOOK_ACTION)
PAID = paid(*ACTIONS)
ALL_DONE = (*PAID, *done(RECEIPT_ACTION), *done(GRANT_ACTION), *done(HOOK_ACTION))
UNPAID = (started(), placed(*ACTIONS))
CANCELLED = ActionCancelled(at=at(6), action_id=RECEIPT, run=1, reason="completed_by_hand")
LATEST = {"use_latest_configuration": True}


async def test_each_row_can_be_rerun(database: Database) -> None:
    async with order_desk(database, *PAID) as desk:
        rows = [row["action_id"] for row in (await desk.sheet())["actions"]]
        for action_id in rows:
            assert runs(await desk.rerun(action_id)) == [action_id]
    assert rows == [RECEIPT, GRANT, HOOK]


async def test_it_retriggers_a_single_action_without_rerunning_every_action(
    database: Database,
) -> None:
    async with order_desk(database, *ALL_DONE) as desk:
        answer = await desk.rerun(RECEIPT, confirmed=True)

        sheet = await desk.sheet()
    assert runs(answer) == [RECEIPT]
    assert [row["run"] for row in sheet["actions"]] == [2, 1, 1]


async def test_a_rerun_is_a_wish_of_its_own_which_no_receiver_takes_for_a_repeat(
    database: Database,
) -> None:
    async with order_desk(database, *ALL_DONE) as desk:
        await desk.rerun(RECEIPT, confirmed=True)
        await desk.rerun(RECEIPT)

        path = f"/orders/{(await desk.sheet())['order_id']}/events"
        events = (await desk.api.get(path, desk.access_key)).json()["events"]
    keys = [
        event["data"]["key"]
        for event in events
        if event["event"] == "ActionRequested" and event["data"]["action_id"] == RECEIPT
    ]
    assert len(keys) == len(set(keys)) == 3


@pytest.mark.parametrize(
    ("status", "history"),
    [
        ("in_progress", UNPAID),
        ("processing", (*UNPAID, payment_started())),
        ("paid", PAID),
        ("completed", (*ALL_DONE, OrderCompleted(at=at(8)))),
        ("marked_as_completed", (*PAID, marked_completed())),
        ("partially_refunded", (*PAID, *refunded(COURSE_BACK))),
        ("refunded", (*ALL_DONE, *refunded(COURSE_BACK, BUMP_BACK))),
    ],
)
async def test_reruns_work_on_orders_in_any_status(
    database: Database, status: str, history: tuple[OrderFact, ...]
) -> None:
    async with order_desk(database, *history) as desk:
        assert (await desk.sheet())["status"] == status

        assert runs(await desk.rerun(RECEIPT, confirmed=True)) == [RECEIPT]


@pytest.mark.parametrize(
    ("state", "news", "options"),
    [
        ("planned", (), {}),
        ("requested", (requested(),), {}),
        ("running", (requested(), action_started()), {"force": True}),
        ("retrying", (requested(), action_started(), failed(retry_at=at(90))), {}),
        ("failed", (requested(), action_started(), failed()), {}),
        ("succeeded", done(RECEIPT_ACTION), {"confirmed": True}),
        ("cancelled", (requested(), CANCELLED), {}),
    ],
)
async def test_reruns_can_target_actions_in_any_state(
    database: Database, state: str, news: tuple[OrderFact, ...], options: dict[str, bool]
) -> None:
    async with order_desk(database, *PAID, *news) as desk:
        assert (await desk.action(RECEIPT))["status"] == state

        await desk.rerun(RECEIPT, **options)

        assert (await desk.action(RECEIPT))["status"] == "requested"


async def test_rerunning_a_successful_action_requires_confirmation(database: Database) -> None:
    async with order_desk(database, *PAID, *done(RECEIPT_ACTION)) as desk:
        row = await desk.action(RECEIPT)
        refused = await desk.ask(f"/actions/{RECEIPT}/rerun", {})

        answer = await desk.rerun(RECEIPT, confirmed=True)

    assert row["needs_confirmation"]
    assert refused.json()["code"] == "confirmation_needed"
    [caution] = answer["cautions"]
    assert caution["code"] == "fires_again"


async def test_a_running_action_needs_a_forced_rerun_with_a_stronger_warning(
    database: Database,
) -> None:
    async with order_desk(database, *PAID, requested(), action_started()) as desk:
        row = await desk.action(RECEIPT)
        refused = await desk.ask(f"/actions/{RECEIPT}/rerun", {"confirmed": True})
        dry = await desk.ask(f"/actions/{RECEIPT}/rerun", {"force": True}, dry_run=True)

        answer = await desk.rerun(RECEIPT, force=True)

    assert row["needs_force"]
    assert refused.json()["code"] == "action_running"
    [caution] = dry.json()["cautions"]
    assert caution["code"] == "forced"
    assert "one attempt lasts at most 50 s" in caution["says"]
    assert "one attempt lasts at most 50 s" in refused.json()["detail"]
    assert runs(answer) == [RECEIPT]


async def test_the_latest_template_is_offered_for_a_failed_action_and_says_what_it_changes(
    database: Database,
) -> None:
    hook_failed = (requested(HOOK_ACTION), action_started(HOOK), failed(HOOK))
    async with order_desk(database, *PAID) as desk:
        await publish(desk.api.parts, NEW_HOOK, revision=2)
        before = await desk.action(HOOK)
        refused = await desk.ask(f"/actions/{HOOK}/rerun", LATEST)
        await desk.happened(*hook_failed)
        after = await desk.action(HOOK)

        answer = await desk.rerun(HOOK, use_latest_configuration=True)

    assert before["newer_configuration"] is None
    assert refused.json()["code"] == "action_not_failed"
    assert after["newer_configuration"]["revision"] == 2
    [firing] = answer["fires"]
    assert firing["differences"] == after["newer_configuration"]["differences"]
    assert firing["revision"] == 2
